"""What a checkout has left in a folder, as one line of JSON: the files and all that git knows, without what is different in each
run (times, the folder's own name)."""
import hashlib, json, os, stat, subprocess, sys


def git(d, *args):
    r = subprocess.run(["git", *args], cwd=d, capture_output=True, text=True)
    return r.stdout.rstrip("\n").split("\n") if r.returncode == 0 and r.stdout.strip() else [] if r.returncode == 0 else [f"exit {r.returncode}"]


def files(top):
    out = {}
    for dir, dirs, names in os.walk(top):
        for name in names + [d for d in dirs if os.path.islink(os.path.join(dir, d))]:
            path = os.path.join(dir, name)
            st = os.lstat(path)
            if stat.S_ISLNK(st.st_mode):
                what = "-> " + os.readlink(path)
            elif name == ".git":
                what = open(path).read().strip()
            else:
                with open(path, "rb") as f:
                    what = f"{stat.S_IMODE(st.st_mode):o} {hashlib.sha1(f.read()).hexdigest()[:12]}"
            out[os.path.relpath(path, top)] = what
        dirs[:] = sorted(d for d in dirs if d != ".git")
        out.update({os.path.relpath(os.path.join(dir, d), top) + "/": "" for d in dirs if not os.listdir(os.path.join(dir, d))})
    return dict(sorted(out.items()))


def state(top):
    out = {"files": files(top)}
    if not os.path.isdir(os.path.join(top, ".git")):
        return out
    out["head"] = git(top, "symbolic-ref", "--quiet", "HEAD") + git(top, "rev-parse", "HEAD")
    out["refs"] = git(top, "for-each-ref", "--format=%(refname) %(objectname) %(objecttype)")
    out["log"] = git(top, "log", "--format=%H")
    out["reached"] = sorted(git(top, "rev-list", "--all"))
    out["shallow"] = sorted(git(top, "rev-parse", "--is-shallow-repository"))
    out["status"] = git(top, "status", "--porcelain", "--branch", "--ignored")
    out["index"] = git(top, "ls-files", "--stage", "-t")
    out["describe"] = git(top, "describe", "--always", "--tags")
    out["config"] = sorted(git(top, "config", "--local", "--no-includes", "--list"))
    out["included"] = sorted(set(git(top, "config", "--list")) - set(git(top, "config", "--no-includes", "--list")))
    out["sparse"] = git(top, "sparse-checkout", "list")
    out["submodules"] = git(top, "submodule", "status", "--recursive")
    out["in submodules"] = git(top, "submodule", "--quiet", "foreach", "--recursive",
                               "echo $displaypath; git symbolic-ref -q HEAD; git status --porcelain; git rev-parse --is-shallow-repository; git config --local --no-includes --list | sort; "
                               "git config extra.none; git config --list --includes | grep ^http | sort || :")
    out["hooks"] = sorted(n for n in os.listdir(os.path.join(top, ".git", "hooks")) if not n.endswith(".sample")) if os.path.isdir(os.path.join(top, ".git/hooks")) else None
    out["info"] = os.path.isdir(os.path.join(top, ".git/info"))
    return out


if __name__ == "__main__":
    print(json.dumps(state(os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "."))))
