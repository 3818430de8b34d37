/* Which submodules come along: none, the direct ones, or all; what is not there is said. */
#include "checkout/submodule.h"

#include "base/path.h"
#include "base/vec.h"
#include "git/run.h"

enum { NESTED_MAX = 64 };

static int add_part(struct parts *out, struct checkout *c, struct str prefix, struct str dir, struct git_repo *repo, int depth,
                    struct err *err);

static struct git_repo *repository_at(struct checkout *c, struct str dir)
{
	struct git_repo *repo = NULL;
	if (git_discover(&repo, c->a, dir.p, NULL) < 0 || !repo || !repo->root.n)
		return NULL;
	return str_eq(repo->root, dir) ? repo : NULL;
}

static int add_link(struct parts *out, struct checkout *c, const struct part *of, struct str link, int depth, struct err *err)
{
	struct str path = arena_printf(c->a, "%.*s%.*s", STRF(of->prefix), STRF(link));
	bool wanted = c->in.submodules == SUBMODULES_RECURSIVE || (c->in.submodules == SUBMODULES_YES && depth == 0);
	struct str dir = path_join(c->a, of->dir, link);
	struct git_repo *repo = wanted ? repository_at(c, dir) : NULL;
	if (wanted && !repo)
		say_warning("Submodule '%.*s' is not initialised in %.*s and stays empty (git submodule update --init gets it)",
		            STRF(path), STRF(of->dir));
	if (repo && depth < NESTED_MAX)
		return add_part(out, c, arena_printf(c->a, "%.*s/", STRF(path)), dir, repo, depth + 1, err);
	*vec_add(c->a, &out->empty) = path;
	return 0;
}

static int add_part(struct parts *out, struct checkout *c, struct str prefix, struct str dir, struct git_repo *repo, int depth,
                    struct err *err)
{
	struct part *p = arena_make(c->a, struct part);
	*p = (struct part) { .prefix = prefix, .dir = dir, .repo = repo, .own = git_repo_is_own(repo) };
	if (out->last)
		out->last->next = p;
	else
		out->first = p;
	out->last = p;
	if (tree_read(&p->tree, c->a, repo, p->own, err) < 0)
		return -1;
	for (size_t i = 0; i < p->tree.links.n; i++)
		if (add_link(out, c, p, p->tree.links.v[i], depth, err) < 0)
			return -1;
	return 0;
}

int parts_read(struct parts *out, struct checkout *c, struct str dir, struct git_repo *repo, struct err *err)
{
	*out = (struct parts) { 0 };
	return add_part(out, c, STR_EMPTY, dir, repo, 0, err);
}
