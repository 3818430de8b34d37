/* Repositories elsewhere: fetched by git, with the refspecs the action itself uses. */
#include "base/file.h"
#include "base/path.h"
#include "checkout/internal.h"

struct fetch {
	struct checkout *c;
	struct str ref; /* as asked for, or the default branch in full */
	bool by_name;   /* the ref is an object name */
	const char *protocols;
};

/* --- which ref --- */

/* "ref: refs/heads/main\tHEAD" */
static int default_branch(struct fetch *f, struct err *err)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct str line, rest;
	if (place_git_online(f->c, f->protocols, &out, GIT("ls-remote", "--quiet", "--symref", "origin", "HEAD"), err) < 0)
		return -1;
	rest = buf_str(&out);
	while (str_next_line(&rest, &line))
		if (str_starts(line, STR("ref: "))) {
			size_t tab = str_find_c(line, '\t', 0);
			f->ref = arena_str(f->c->a, str_n(line.p + 5, MIN(tab, line.n) - 5));
			return 0;
		}
	return err_set(err, ERR_INVALID, "the repository has no default branch");
}

/* At most six, the last NULL. */
static void refspecs(struct fetch *f, const char *specs[6])
{
	struct arena *a = f->c->a;
	struct str ref = f->ref;
	size_t n = 0;
	if (f->c->in.depth == 0) {
		specs[n++] = "+refs/heads/*:refs/remotes/origin/*";
		specs[n++] = "+refs/tags/*:refs/tags/*";
	}
	if (f->by_name) {
		if (f->c->in.depth)
			specs[n++] = ref.p;
	} else if (str_starts(ref, STR("refs/heads/"))) {
		specs[n++] = arena_printf(a, "+%s:refs/remotes/origin/%s", ref.p, ref.p + 11).p;
	} else if (str_starts(ref, STR("refs/tags/"))) {
		specs[n++] = arena_printf(a, "+%s:%s", ref.p, ref.p).p;
	} else if (str_starts(ref, STR("refs/"))) {
		specs[n++] = arena_printf(a, "+%s:refs/remotes/%s", ref.p, ref.p + 5).p;
	} else {
		specs[n++] = arena_printf(a, "+refs/heads/%s*:refs/remotes/origin/%s*", ref.p, ref.p).p;
		specs[n++] = arena_printf(a, "+refs/tags/%s*:refs/tags/%s*", ref.p, ref.p).p;
	}
	specs[n] = NULL;
}

static int fetch(struct fetch *f, struct err *err)
{
	const char *args[20] = { "fetch", "--quiet", "--prune", "--no-recurse-submodules", "--force" };
	const char *specs[6];
	size_t n = 5;
	args[n++] = f->c->in.tags ? "--tags" : "--no-tags";
	if (f->c->in.depth)
		args[n++] = arena_printf(f->c->a, "--depth=%ld", f->c->in.depth).p;
	args[n++] = "origin";
	refspecs(f, specs);
	for (size_t i = 0; specs[i]; i++)
		args[n++] = specs[i];
	args[n] = NULL;
	return place_git_online(f->c, f->protocols, NULL, args, err);
}

static bool exists(struct checkout *c, const char *ref)
{
	return place_git(c, NULL, GIT("rev-parse", "--verify", "--quiet", ref), NULL) == 0;
}

/* Writes the tree out, on a branch or detached, as the action does. */
static int switch_to(struct fetch *f, struct err *err)
{
	struct checkout *c = f->c;
	struct str ref = f->ref;
	if (f->by_name)
		return place_git(c, NULL, GIT("checkout", "--quiet", "--force", "--detach", ref.p), err);
	struct str branch = str_starts(ref, STR("refs/heads/")) ? str_from(ref, 11)
	                    : str_starts(ref, STR("refs/"))     ? STR_EMPTY
	                                                        : ref;
	const char *remote = arena_printf(c->a, "refs/remotes/origin/%.*s", STRF(branch)).p;
	if (branch.n && exists(c, remote))
		return place_git(c, NULL, GIT("checkout", "--quiet", "--force", "-B", branch.p, "--track", remote), err);
	const char *tag = str_starts(ref, STR("refs/tags/")) ? ref.p
	                  : str_starts(ref, STR("refs/"))    ? arena_printf(c->a, "refs/remotes/%s", ref.p + 5).p
	                                                     : arena_printf(c->a, "refs/tags/%s", ref.p).p;
	if (exists(c, tag))
		return place_git(c, NULL, GIT("checkout", "--quiet", "--force", "--detach", tag), err);
	return err_set(err, ERR_INVALID, "A branch or tag with the name '%.*s' could not be found", STRF(ref));
}

static int submodules(struct checkout *c, const char *protocols, struct err *err)
{
	if (c->in.submodules == SUBMODULES_NO)
		return 0;
	const char *depth = c->in.depth ? arena_printf(c->a, "--depth=%ld", c->in.depth).p : "--no-single-branch";
	const char *deep = c->in.submodules == SUBMODULES_RECURSIVE ? "--recursive" : "--";
	return place_git_online(c, protocols, NULL, GIT("submodule", "--quiet", "update", "--init", "--force", depth, deep), err);
}

static int set_up(struct fetch *f, struct str url, struct err *err)
{
	struct checkout *c = f->c;
	if (place_git(c, NULL, GIT("init", "--quiet", "--template=", "."), err) < 0 ||
	    place_git(c, NULL, GIT("config", "gc.auto", "0"), err) < 0 ||
	    place_git(c, NULL, GIT("remote", "add", "origin", arena_cstr(c->a, url)), err) < 0)
		return -1;
	f->ref = arena_str(c->a, c->in.ref);
	f->by_name = git_is_object_name(f->ref);
	return f->ref.n ? 0 : default_branch(f, err);
}

int remote_serve(struct checkout *c, struct str url, struct err *err)
{
	struct fetch f = { .c = c, .protocols = git_protocols(url) };
	_cleanup_buf_ struct buf head = BUF_INIT;
	if (c->in.ssh_key.n)
		return err_set(err, ERR_UNSUPPORTED, "input 'ssh-key' is not supported; keys of the ssh agent are used");
	struct git_call lfs = { .trust = GIT_OFFLINE, .args = GIT("lfs", "version") };
	if (c->in.lfs && git_run(&lfs, NULL, NULL) < 0)
		return err_set(err, ERR_MISSING, "input 'lfs' needs git-lfs, which is not installed");
	say("Fetching %.*s", STRF(url));
	if (set_up(&f, url, err) < 0 || fetch(&f, err) < 0)
		return git_no_network(url, err);
	if (switch_to(&f, err) < 0 || checkout_narrow(c, err) < 0 || submodules(c, f.protocols, err) < 0 ||
	    place_git(c, &head, GIT("rev-parse", "HEAD"), err) < 0)
		return git_no_network(url, err);
	c->out_commit = arena_str(c->a, str_trim(buf_str(&head)));
	c->out_ref = f.ref;
	struct str time = took(c);
	say("Commit %.*s of %.*s, in %.*s", STRF(c->out_commit), STRF(f.ref), STRF(time));
	return 0;
}
