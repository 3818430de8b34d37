/* Another branch, tag or commit than the one that is checked out: written out by git from the objects on this machine. */
#include "base/file.h"
#include "base/map.h"
#include "base/path.h"
#include "checkout/copy.h"
#include "checkout/gitdir.h"
#include "checkout/internal.h"

/* The commit behind an object name (a tag's own object included). Empty: it is not here. */
static struct str peel(struct git_repo *repo, struct arena *a, struct str object)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	const char *spec = arena_printf(a, "%.*s^{commit}", STRF(object)).p;
	struct git_call call = { .trust = GIT_FOREIGN, .repo = repo, .args = GIT("rev-parse", "--verify", "--quiet", spec) };
	if (git_run(&call, &out, NULL) < 0)
		return STR_EMPTY;
	return arena_str(a, str_trim(buf_str(&out)));
}

int branch_resolve(struct str *full, struct str *commit, struct git_repo *repo, struct arena *a, struct str ref, struct err *err)
{
	static const struct {
		const char *from, *as;
	} places[] = { { "refs/heads/", "refs/heads/" },
		       { "refs/remotes/origin/", "refs/heads/" },
		       { "refs/tags/", "refs/tags/" } };
	struct str object = STR_EMPTY;
	*full = STR_EMPTY;
	if (git_is_object_name(ref)) {
		object = ref;
	} else if (str_starts(ref, STR("refs/"))) {
		*full = ref;
		if (git_ref(&object, repo, ref, err) < 0)
			return -1;
		if (!object.n && str_starts(ref, STR("refs/heads/"))) {
			struct str remote = arena_printf(a, "refs/remotes/origin/%.*s", STRF(str_from(ref, 11)));
			if (git_ref(&object, repo, remote, err) < 0)
				return -1;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(places) && !object.n && !full->n; i++) {
		if (git_ref(&object, repo, arena_printf(a, "%s%.*s", places[i].from, STRF(ref)), err) < 0)
			return -1;
		if (object.n)
			*full = arena_printf(a, "%s%.*s", places[i].as, STRF(ref));
	}
	*commit = object.n ? peel(repo, a, object) : STR_EMPTY;
	if (commit->n)
		return 0;
	struct str where = repo->root.n ? repo->root : repo->git_dir;
	return err_set(err, ERR_INVALID, "A branch, tag or commit '%.*s' could not be found in %.*s (git fetch may get it)",
	               STRF(ref), STRF(where));
}

/* What .gitmodules says is content: it names servers, and no directories of this machine. */
#define MODULE_PROTOCOLS "https:ssh"

/* A name that git would refuse could lead anywhere. */
static bool is_module_name(struct arena *a, struct str name)
{
	return name.n && name.p[0] != '/' && str_eq(path_normal(a, name), name) && !str_starts(name, STR("../")) &&
	       !str_is(name, "..") && !str_is(name, ".");
}

/* Clones it to where `git submodule update` finds it as if it had done so. The other one's own copies of what its server has come
 * along, as the commit that is wanted may be in none of its branches. */
static int clone_module(struct checkout *c, struct str local, struct str name, struct err *err)
{
	struct str dir = path_join(c->a, c->dest, arena_printf(c->a, ".git/modules/%.*s", STRF(name)));
	struct str tree = path_join(c->a, c->dest, STR(".git/sidestep-module"));
	const char *separate = arena_printf(c->a, "--separate-git-dir=%.*s", STRF(dir)).p;
	struct git_call clone = { .trust = GIT_OWN,
		                  .args = GIT("clone", "--quiet", "--no-checkout", "--template=", separate, "--", local.p,
		                              tree.p),
		                  .protocols = "file",
		                  .seconds = PLACE_SECONDS };
	struct git_call refs = { .trust = GIT_OWN,
		                 .repo = git_repo_at(c->a, STR_EMPTY, dir),
		                 .args = GIT("fetch", "--quiet", "origin", "+refs/remotes/origin/*:refs/remotes/origin/*"),
		                 .protocols = "file",
		                 .seconds = PLACE_SECONDS };
	if (file_mkdirs(arena_cstr(c->a, path_dir(dir)), 0755, err) < 0 || git_run(&clone, NULL, err) < 0 ||
	    git_run(&refs, NULL, err) < 0)
		return -1;
	return file_remove_tree(tree.p, err);
}

/* A local clone of a submodule serves instead of its server. */
static int use_local_modules(struct checkout *c, struct git_repo *repo, struct err *err)
{
	_cleanup_buf_ struct buf names = BUF_INIT;
	if (place_git(c, &names, GIT("config", "--null", "--name-only", "--get-regexp", "^submodule\\..*\\.url$"), NULL) < 0)
		return 0; /* there are none */
	struct str rest = buf_str(&names);
	for (size_t end; (end = str_find_c(rest, '\0', 0)) != SIZE_MAX; rest = str_from(rest, end + 1)) {
		struct str key = arena_str(c->a, str_to(rest, end));
		struct str name = str_n(key.p + 10, key.n - 14); /* between "submodule." and ".url" */
		struct str local = arena_printf(c->a, "%.*s/modules/%.*s", STRF(repo->common_dir), STRF(name));
		if (is_module_name(c->a, name) && file_is_dir(local.p) &&
		    (place_git(c, NULL, GIT("config", key.p, local.p), err) < 0 || clone_module(c, local, name, err) < 0))
			return -1;
	}
	return 0;
}

static int update_submodules(struct checkout *c, struct git_repo *repo, bool own, struct err *err)
{
	if (c->in.submodules == SUBMODULES_NO || !file_exists(path_join(c->a, c->dest, STR(".gitmodules")).p))
		return 0;
	if (place_git(c, NULL, GIT("submodule", "--quiet", "init"), err) < 0 || (own && use_local_modules(c, repo, err) < 0))
		return -1;
	const char *deep = c->in.submodules == SUBMODULES_RECURSIVE ? "--recursive" : "--";
	const struct place_call how = { .protocols = MODULE_PROTOCOLS, .config = checkout_module_config(c) };
	return place_git_call(c, &how, GIT("submodule", "--quiet", "update", "--init", deep), err);
}

/* ---- filters of somebody else's configuration ---- */

/* "filter.NAME.smudge", .clean or .process */
static struct str filter_name(struct str key)
{
	static const char *const ends[] = { ".smudge", ".process" };
	for (size_t i = 0; str_starts(key, STR("filter.")) && i < ARRAY_LEN(ends); i++)
		if (str_ends(key, str_of(ends[i])))
			return str_n(key.p + 7, key.n - 7 - MIN(key.n - 7, strlen(ends[i])));
	return STR_EMPTY;
}

static bool is_plain_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_'))
			return false;
	}
	return s.n > 0;
}

/* Which files would have gone through a program that is named there, had it been the user's own repository. */
static void tell_filters(struct checkout *c, struct git_repo *repo)
{
	struct map told = { 0 };
	struct str key, value;
	for (size_t i = 0; git_config_next(repo, &i, &key, &value);) {
		_cleanup_buf_ struct buf out = BUF_INIT;
		struct str name = filter_name(key);
		if (!value.n || !is_plain_name(name) || map_has(&told, name))
			continue;
		map_put(c->a, &told, name, c);
		const char *which = arena_printf(c->a, ":(attr:filter=%.*s)", STRF(name)).p;
		size_t n = 0;
		if (place_git(c, &out, GIT("ls-files", "-z", "--", which), NULL) < 0)
			continue;
		for (size_t at = 0; at < out.n; at++)
			n += out.p[at] == '\0';
		if (n)
			say_warning(
				"The repository belongs to somebody else, so the filter '%.*s' of its configuration is not run: "
				"%zu file%s as stored",
				STRF(name), n, n == 1 ? " is" : "s are");
	}
}

int branch_serve(struct checkout *c, struct git_repo *repo, struct str url, struct str full, struct str commit, struct err *err)
{
	bool own = git_repo_is_own(repo);
	struct gitdir_spec spec = { .path = path_join(c->a, c->dest, STR(".git")),
		                    .from = repo,
		                    .own = own,
		                    .objects = checkout_objects(c, repo),
		                    .url = url,
		                    .ref = full,
		                    .commit = commit,
		                    .depth = c->in.depth,
		                    .tags = c->in.tags,
		                    .follow = c->r.early,
		                    .begins = checkout_begins(c) };
	if (gitdir_make(&spec, c->a, err) < 0 ||
	    (c->index.n && copy_file(c->index.p, path_join(c->a, spec.path, STR("index")).p, err) < 0))
		return -1;
	if (own && c->in.lfs && (lfs_find(err) < 0 || lfs_install(c, err) < 0 || lfs_borrow(c, repo, err) < 0))
		return -1;
	const char *protocols = own ? git_protocols(url) : NULL; /* for what a partial clone lacks */
	if (place_git_online(c, protocols, NULL, GIT("reset", "--hard", "--quiet", "HEAD"), err) < 0 ||
	    sparse_apply(c, true, err) < 0 || update_submodules(c, repo, own, err) < 0)
		return -1;
	if (!own)
		tell_filters(c, repo);
	c->out_commit = commit;
	struct str time = took(c), where = repo->root.n ? repo->root : repo->git_dir;
	say("Commit %.*s%s%.*s from %.*s, in %.*s", STRF(commit), full.n ? " of " : "", STRF(full), STRF(where), STRF(time));
	return 0;
}
