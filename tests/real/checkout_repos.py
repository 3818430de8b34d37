"""The repositories that the tests about checkouts use, made in a folder: OWNER/NAME, bare, for githttp.Server or file://."""
import os, subprocess
from real import GIT

NEVER = "0" * 39 + "1"


def git(d, *args, input=None):
    env = dict(os.environ, **GIT, GIT_COMMITTER_DATE="2026-01-01T00:00:00Z", GIT_AUTHOR_DATE="2026-01-01T00:00:00Z", GIT_CONFIG_GLOBAL="/dev/null",
               GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="protocol.file.allow", GIT_CONFIG_VALUE_0="always")
    r = subprocess.run(["git", *args], cwd=d, env=env, capture_output=True, text=True, input=input)
    assert r.returncode == 0, (args, r.stderr)
    return r.stdout.strip()


def write(d, path, text, mode=0o644):
    full = os.path.join(d, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w") as f:
        f.write(text)
    os.chmod(full, mode)


def commit(d, message, **files):
    git(d, "add", "-A")
    git(d, "commit", "-q", "--allow-empty", "-m", message)
    return git(d, "rev-parse", "HEAD")


class Repos:
    """Work trees below root/work, what is served below root/srv."""

    def __init__(self, root):
        self.root, self.srv = root, os.path.join(root, "srv")
        self.shas = {}
        self.make_deep()
        self.make_lib()

    def work(self, name, *options):
        d = os.path.join(self.root, "work", name)
        os.makedirs(d)
        git(d, "init", "-q", "-b", "main", *options)
        return d

    def publish(self, name):
        d = os.path.join(self.srv, name)
        if not os.path.isdir(d):
            os.makedirs(os.path.dirname(d), exist_ok=True)
            git(self.root, "clone", "-q", "--mirror", os.path.join(self.root, "work", name), d)
        else:
            git(d, "fetch", "-q", "--prune", "origin", "+refs/*:refs/*")
        return d

    def history(self, d, name):
        """Three commits, tags of both kinds, branches whose names begin alike, a pull request."""
        s = self.shas
        write(d, "README.md", "one\n")
        write(d, "a/file", "a\n")
        write(d, "a/sub/file", "as\n")
        write(d, "b/file", "b\n")
        write(d, "run.sh", "#!/bin/sh\necho hi\n", 0o755)
        write(d, "sp ace/ümlaut", "x\n")
        os.symlink("a/file", os.path.join(d, "link"))
        s[name, 1] = commit(d, "one")
        git(d, "tag", "v1")
        write(d, "README.md", "two\n")
        s[name, 2] = commit(d, "two")
        git(d, "tag", "-a", "v2", "-m", "the second")
        git(d, "checkout", "-q", "-b", "dev")
        write(d, "dev", "dev\n")
        s[name, "dev"] = commit(d, "dev")
        git(d, "branch", "dev-next")
        git(d, "branch", "feature/x", "v1")
        git(d, "checkout", "-q", "main")
        git(d, "checkout", "-q", "--detach")
        git(d, "merge", "-q", "--no-ff", "-m", "Merge", "dev")
        s[name, "merge"] = git(d, "rev-parse", "HEAD")
        git(d, "update-ref", "refs/pull/5/merge", "HEAD")
        git(d, "update-ref", "refs/pull/5/head", "dev")
        git(d, "update-ref", "refs/other/thing", "v1^{commit}")
        git(d, "checkout", "-q", "main")
        write(d, "README.md", "three\n")
        s[name, 3] = commit(d, "three")

    def make_deep(self):
        d = self.work("them/deep")
        write(d, "deep", "deep\n")
        self.shas["deep"] = commit(d, "deep")
        self.publish("them/deep")
        d = self.work("them/mod")
        write(d, "mod", "old\n")
        commit(d, "old")
        write(d, "mod", "mod\n")
        git(d, "submodule", "add", "-q", self.srv + "/them/deep", "inner")
        git(d, "config", "-f", ".gitmodules", "submodule.inner.url", "../deep")
        self.shas["mod"] = commit(d, "mod")
        self.publish("them/mod")

    def make_lib(self):
        d = self.work("them/lib")
        self.history(d, "lib")
        self.publish("them/lib")
        d = self.work("them/holder")
        write(d, "top", "top\n")
        git(d, "submodule", "add", "-q", self.srv + "/them/mod", "mod")
        git(d, "config", "-f", ".gitmodules", "submodule.mod.url", "../mod")
        self.shas["holder"] = commit(d, "holder")
        self.publish("them/holder")
        d = self.work("them/sha256", "--object-format=sha256")
        write(d, "file", "256\n")
        self.shas["sha256"] = commit(d, "one")
        self.publish("them/sha256")

    def make_lfs(self):
        """A file that git-lfs keeps; the program must be there."""
        d = self.work("them/large")
        git(d, "lfs", "install", "--local")
        git(d, "lfs", "track", "*.bin")
        write(d, "data.bin", "large\n" * 1000)
        write(d, "sub/more.bin", "more\n")
        self.shas["large"] = commit(d, "large")
        srv = self.publish("them/large")
        subprocess.run(["cp", "-r", d + "/.git/lfs", srv + "/lfs"], check=True)

    def own(self, url, workflow, name="me/own"):
        """The repository of the run: a clone of what the server has, so that nothing differs."""
        d = os.path.join(self.root, "work", name)
        if not os.path.isdir(d):
            self.work(name)
            write(d, ".github/workflows/t.yml", workflow)
            self.history(d, "own")
            git(d, "remote", "add", "origin", f"{url}/{name}")
            self.publish(name)
        return d
