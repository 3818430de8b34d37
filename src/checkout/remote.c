/* Repositories elsewhere, fetched by git: the steps of the action one by one, with its refspecs, so that what is left is what it
 * leaves. Who has an empty place gets a fresh repository; one that is there of the same address is cleaned and gone on with. */
#include <strings.h>

#include "base/file.h"
#include "base/path.h"
#include "checkout/internal.h"
#include "git/remote.h"

struct fetch {
	struct checkout *c;
	struct str slug;
	struct str ref;    /* as asked for, or the default branch in full; empty: a commit was asked for */
	struct str commit; /* asked for by its name, or empty */
	const char *protocols;
};

static bool is_below(struct str ref, const char *head)
{
	return str_eq_nocase(str_to(ref, strlen(head)), str_of(head));
}

static int online(struct fetch *f, const char *const *args, struct err *err)
{
	return place_git_online(f->c, f->protocols, NULL, args, err);
}

/* ---- a checkout that is there ---- */

static struct str list_refs(struct checkout *c, const char *below)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	place_git(c, &out, GIT("for-each-ref", "--format=%(refname:short)", below), NULL);
	return arena_str(c->a, buf_str(&out));
}

static int delete_branches(struct checkout *c, struct str names, const char *kind, struct err *err)
{
	struct {
		VEC(const char *);
	} args = { 0 };
	static const char *const first[] = { "branch", "--quiet", "--delete", "--force" };
	struct str line;
	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		*vec_add(c->a, &args) = first[i];
	if (kind)
		*vec_add(c->a, &args) = kind;
	*vec_add(c->a, &args) = "--";
	size_t n = args.n;
	while (str_next_line(&names, &line))
		*vec_add(c->a, &args) = arena_cstr(c->a, line);
	bool any = args.n > n;
	*vec_add(c->a, &args) = NULL;
	return any ? place_git(c, NULL, args.v, err) : 0;
}

/* A branch "a" stands in the way of one that is called "a/b", and the other way round. */
static struct str in_the_way(struct checkout *c, struct str ref)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct str names = list_refs(c, "refs/remotes/origin"), line;
	struct str want = is_below(ref, "refs/heads/") ? str_from(ref, 11) : str_starts(ref, STR("refs/")) ? STR_EMPTY : ref;
	while (want.n && str_next_line(&names, &line)) {
		struct str have = str_from(line, MIN(str_find_c(line, '/', 0), line.n) + 1);
		struct str shorter = have.n < want.n ? have : want, longer = have.n < want.n ? want : have;
		if (shorter.n < longer.n && longer.p[shorter.n] == '/' && str_eq_nocase(str_to(longer, shorter.n), shorter))
			buf_addf(&out, "%.*s\n", STRF(line));
	}
	return arena_str(c->a, buf_str(&out));
}

static int clean_up(struct checkout *c, struct err *err)
{
	const char *const locks[] = { ".git/index.lock", ".git/shallow.lock" };
	for (size_t i = 0; i < ARRAY_LEN(locks); i++)
		unlink(path_join(c->a, c->dest, str_of(locks[i])).p);
	credentials_clear(c);
	if (place_git(c, NULL, GIT("checkout", "--quiet", "--detach"), err) < 0 ||
	    delete_branches(c, list_refs(c, "refs/heads"), NULL, err) < 0 ||
	    delete_branches(c, in_the_way(c, c->in.ref), "--remotes", err) < 0 ||
	    place_git(c, NULL, GIT("submodule", "status"), err) < 0)
		return -1;
	if (!c->in.clean)
		return 0;
	if (place_git(c, NULL, GIT("clean", "-ffdx", "--quiet"), err) < 0)
		return -1;
	return place_git(c, NULL, GIT("reset", "--hard", "--quiet", "HEAD"), err);
}

/* One that cannot be cleaned is made again. */
static int reuse(struct checkout *c, struct err *err)
{
	struct err said = ERR_INIT;
	if (clean_up(c, &said) == 0)
		return 0;
	if (git_interrupted(err))
		return -1;
	say_warning("Unable to clean or reset the repository. The repository will be recreated instead.");
	say_debug("%s", said.text);
	c->again = false;
	return workspace_empty(c, err);
}

/* ---- a fresh one ---- */

static int init(struct fetch *f, bool sha256, struct err *err)
{
	static const char *const dirs[] = { ".git/hooks", ".git/info" };
	struct checkout *c = f->c;
	const char *format = sha256 ? "--object-format=sha256" : "--object-format=sha1";
	if (place_git(c, NULL, GIT("init", "--quiet", "--template=", format, "."), err) < 0 ||
	    place_git(c, NULL, GIT("config", "gc.auto", "0"), err) < 0 ||
	    place_git(c, NULL, GIT("remote", "add", "origin", arena_cstr(c->a, c->url)), err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (file_mkdirs(path_join(c->a, c->dest, str_of(dirs[i])).p, 0755, err) < 0)
			return -1;
	return 0;
}

/* ---- which ref ---- */

/* "ref: refs/heads/main\tHEAD" */
static int default_branch(struct fetch *f, struct err *err)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct str line, rest;
	const struct place_call how = { f->protocols, f->c->config, false };
	if (place_git_ask(f->c, &how, &out, GIT("ls-remote", "--quiet", "--symref", "origin", "HEAD"), err) < 0)
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

struct specs {
	struct arena *a;
	const char *v[6];
	size_t n;
};

static void add_spec(struct specs *s, struct str from, const char *below, struct str name)
{
	s->v[s->n++] = arena_printf(s->a, "+%.*s:%s%.*s", STRF(from), below, STRF(name)).p;
}

#define ALL_BRANCHES "+refs/heads/*:refs/remotes/origin/*"
#define ALL_TAGS     "+refs/tags/*:refs/tags/*"

/* Versions up to v5 ask git to follow tags instead, which brings those of the commits that come. */
static bool brings_all_tags(const struct checkout *c)
{
	return c->in.tags && !c->r.early;
}

/* The ref alone. Names are told by their beginning whatever its case, and asked for as they are. */
static void ask_for_ref(struct fetch *f, struct specs *s)
{
	struct str ref = f->ref;
	bool tags = brings_all_tags(f->c);
	if (!ref.n) {
		s->v[s->n++] = f->commit.p;
	} else if (!is_below(ref, "refs/")) { /* those that begin alike come along */
		struct str star = arena_printf(s->a, "%.*s*", STRF(ref));
		add_spec(s, arena_printf(s->a, "refs/heads/%.*s", STRF(star)), "refs/remotes/origin/", star);
		if (!tags)
			add_spec(s, arena_printf(s->a, "refs/tags/%.*s", STRF(star)), "refs/tags/", star);
	} else if (is_below(ref, "refs/heads/")) {
		add_spec(s, ref, "refs/remotes/origin/", str_from(ref, 11));
	} else if (is_below(ref, "refs/pull/")) {
		add_spec(s, ref, "refs/remotes/pull/", str_from(ref, 10));
	} else if (!is_below(ref, "refs/tags/") || !tags) {
		add_spec(s, ref, "", ref);
	}
}

static void ask_for_all(struct fetch *f, struct specs *s)
{
	s->v[s->n++] = ALL_BRANCHES;
	s->v[s->n++] = ALL_TAGS;
	if (is_below(f->ref, "refs/pull/"))
		add_spec(s, f->ref, "refs/remotes/pull/", str_from(f->ref, 10));
}

/* ---- fetching ---- */

/* The specs, as deep as they are wanted; depth 0: all of it. */
static int fetch(struct fetch *f, const struct specs *specs, struct err *err)
{
	struct checkout *c = f->c;
	const char *args[20] = { "fetch", "--prune", "--no-recurse-submodules" };
	size_t n = 3;
	if (!c->in.tags || !c->r.early)
		args[n++] = "--no-tags";
	args[n++] = c->in.progress ? "--progress" : "--quiet";
	if (c->in.filter.n || c->in.sparse.n)
		args[n++] = arena_printf(c->a, "--filter=%.*s", STRF(c->in.filter.n ? c->in.filter : STR("blob:none"))).p;
	if (c->in.depth)
		args[n++] = arena_printf(c->a, "--depth=%ld", c->in.depth).p;
	else if (file_exists(path_join(c->a, c->dest, STR(".git/shallow")).p))
		args[n++] = "--unshallow";
	args[n++] = "origin";
	for (size_t i = 0; i < specs->n; i++)
		args[n++] = specs->v[i];
	args[n] = NULL;
	const struct place_call how = { f->protocols, c->config, c->in.progress };
	return place_git_ask(c, &how, NULL, args, err);
}

static bool exists(struct checkout *c, struct str ref)
{
	return place_git(c, NULL, GIT("rev-parse", "--verify", "--quiet", arena_printf(c->a, "%.*s^{object}", STRF(ref)).p),
	                 NULL) == 0;
}

static int fetch_wanted(struct fetch *f, struct err *err)
{
	struct specs s = { .a = f->c->a };
	if (f->c->in.depth) {
		if (brings_all_tags(f->c))
			s.v[s.n++] = ALL_TAGS;
		ask_for_ref(f, &s);
		return fetch(f, &s, err);
	}
	ask_for_all(f, &s);
	if (fetch(f, &s, err) < 0)
		return -1;
	if (!f->commit.n || exists(f->c, f->commit))
		return 0;
	s.n = 0; /* it is of no branch and no tag */
	ask_for_ref(f, &s);
	return fetch(f, &s, err);
}

/* One whose objects have longer names is met by its answer. */
static int fetch_as_it_is(struct fetch *f, struct err *err)
{
	struct checkout *c = f->c;
	struct err said = ERR_INIT;
	if (fetch_wanted(f, &said) == 0)
		return 0;
	*err = said;
	if (c->again || str_find(str_of(said.text), STR("mismatched algorithms"), 0) == SIZE_MAX)
		return -1;
	if (file_remove_tree(path_join(c->a, c->dest, STR(".git")).p, err) < 0 || init(f, true, err) < 0)
		return -1;
	return fetch_wanted(f, err);
}

/* ---- the tree ---- */

/* What to check out: a branch from its remote-tracking one, anything else detached. */
static int find_target(struct fetch *f, const char **branch, const char **what, struct err *err)
{
	struct checkout *c = f->c;
	struct str ref = f->ref;
	if (!ref.n) {
		*what = f->commit.p;
	} else if (is_below(ref, "refs/heads/")) {
		*branch = str_from(ref, 11).p;
	} else if (is_below(ref, "refs/pull/")) {
		*what = arena_printf(c->a, "refs/remotes/pull/%s", ref.p + 10).p;
	} else if (is_below(ref, "refs/")) {
		*what = ref.p;
	} else if (exists(c, arena_printf(c->a, "refs/remotes/origin/%s", ref.p))) {
		*branch = ref.p;
	} else {
		struct str tag = arena_printf(c->a, "refs/tags/%s", ref.p);
		*what = tag.p;
		if (!exists(c, tag))
			return err_set(err, ERR_INVALID, "A branch or tag with the name '%s' could not be found in %.*s", ref.p,
			               STRF(f->slug));
	}
	if (*branch)
		*what = arena_printf(c->a, "refs/remotes/origin/%s", *branch).p;
	return 0;
}

static int check_out(struct fetch *f, struct err *err)
{
	struct checkout *c = f->c;
	const char *branch = NULL, *what = NULL;
	if (find_target(f, &branch, &what, err) < 0)
		return -1;
	const struct place_call how = { f->protocols, c->config, false };
	if (c->in.lfs && !c->in.sparse.n && place_git_ask(c, &how, NULL, GIT("lfs", "fetch", "origin", what), err) < 0)
		return -1;
	if (sparse_apply(c, false, err) < 0)
		return -1;
	if (branch)
		return online(f, GIT("checkout", "--quiet", "--force", "-B", branch, "--track", what), err);
	return online(f, GIT("checkout", "--quiet", "--force", "--detach", what), err);
}

static int submodules(struct fetch *f, struct err *err)
{
	struct checkout *c = f->c;
	if (c->in.submodules == SUBMODULES_NO)
		return 0;
	const char *deep = c->in.submodules == SUBMODULES_RECURSIVE ? "--recursive" : NULL;
	const char *depth = c->in.depth ? arena_printf(c->a, "--depth=%ld", c->in.depth).p : "--no-single-branch";
	const struct place_call how = { f->protocols, checkout_module_config(c), false };
	/* GIT() ends at the first NULL, which stands for what is not asked for */
	if (place_git(c, NULL, GIT("submodule", "--quiet", "sync", deep), err) < 0 ||
	    place_git_call(c, &how, GIT("submodule", "--quiet", "update", "--init", "--force", depth, deep), err) < 0)
		return -1;
	const char *again = "git config --local gc.auto 0";
	return place_git(c, NULL, GIT("submodule", "--quiet", "foreach", deep ? deep : again, deep ? again : NULL), err);
}

/* ---- all of it ---- */

static int bring(struct fetch *f, struct err *err)
{
	struct checkout *c = f->c;
	_cleanup_buf_ struct buf head = BUF_INIT;
	if (c->again && reuse(c, err) < 0)
		return -1;
	if (!c->again && init(f, f->commit.n == 64, err) < 0)
		return -1;
	if (!f->ref.n && !f->commit.n && default_branch(f, err) < 0)
		return -1;
	if (c->in.lfs && lfs_install(c, err) < 0)
		return -1;
	if (fetch_as_it_is(f, err) < 0 || check_out(f, err) < 0 || submodules(f, err) < 0 ||
	    place_git(c, &head, GIT("rev-parse", "HEAD"), err) < 0)
		return -1;
	c->out_commit = arena_str(c->a, str_trim(buf_str(&head)));
	return 0;
}

/* Told apart as far as the server does; a plain name that matches nothing ends git without a word. */
static int explain(struct fetch *f, struct err *err)
{
	struct checkout *c = f->c;
	struct err was = *err;
	bool plain = f->ref.n && !is_below(f->ref, "refs/");
	if (plain && str_is(str_of(was.text), "git fetch failed with exit code 1"))
		return err_set(err, ERR_INVALID, "A branch or tag with the name '%.*s' could not be found in %.*s", STRF(f->ref),
		               STRF(f->slug));
	switch (git_remote_refusal(&was)) {
	case GIT_NO_ACCESS:
		return err_set(
			err, ERR_MISSING,
			"repository not found, or no access to it: %.*s (%s); git's credential helpers are asked, and a token "
			"can be given with -s GITHUB_TOKEN or the input 'token'",
			STRF(c->url), was.text);
	case GIT_NO_REPOSITORY:
		return err_set(err, ERR_INVALID, "repository not found: %.*s", STRF(c->url));
	default:
		return git_no_network(c->url, err);
	}
}

int remote_serve(struct checkout *c, struct str slug, struct err *err)
{
	bool by_name = git_is_object_name(c->in.ref);
	struct fetch f = { .c = c,
		           .slug = slug,
		           .ref = by_name ? STR_EMPTY : arena_str(c->a, c->in.ref),
		           .commit = by_name ? arena_str(c->a, c->in.ref) : STR_EMPTY,
		           .protocols = c->ssh ? "ssh:https" : git_protocols(c->url) };
	if (c->r.offline)
		return err_set(
			err, ERR_MISSING,
			"%.*s is not on this machine, and --offline fetches nothing; --local-repository %.*s=DIR serves it "
			"from a directory",
			STRF(slug), STRF(slug));
	if (c->in.lfs && lfs_find(err) < 0)
		return -1;
	say("Fetching %.*s", STRF(c->url));
	if (bring(&f, err) < 0)
		return explain(&f, err);
	c->out_ref = f.ref;
	struct str time = took(c);
	say("Commit %.*s%s%.*s, in %.*s", STRF(c->out_commit), f.ref.n ? " of " : "", STRF(f.ref), STRF(time));
	return 0;
}
