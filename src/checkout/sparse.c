/* The input sparse-checkout: patterns of directories (cone mode), or lines as in .gitignore, which the action adds to git's own
 * file rather than replacing it. */
#include "base/file.h"
#include "base/path.h"
#include "checkout/internal.h"

static int set_cone(struct checkout *c, struct err *err)
{
	const char **args = arena_array(c->a, const char *, c->in.sparse.n + 5);
	size_t n = 0;
	args[n++] = "sparse-checkout";
	args[n++] = "set";
	args[n++] = "--cone";
	args[n++] = "--end-of-options";
	for (size_t i = 0; i < c->in.sparse.n; i++)
		args[n++] = c->in.sparse.v[i];
	args[n] = NULL;
	return place_git(c, NULL, args, err);
}

static int add_patterns(struct checkout *c, bool tree, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str info = path_join(c->a, c->dest, STR(".git/info"));
	for (size_t i = 0; i < c->in.sparse.n; i++)
		buf_addf(&text, "\n%s", c->in.sparse.v[i]);
	buf_addc(&text, '\n');
	if (place_git(c, NULL, GIT("config", "core.sparseCheckout", "true"), err) < 0 || file_mkdirs(info.p, 0755, err) < 0 ||
	    file_append(path_join(c->a, info, STR("sparse-checkout")).p, buf_str(&text), 0644, err) < 0)
		return -1;
	return tree ? place_git(c, NULL, GIT("sparse-checkout", "reapply"), err) : 0;
}

int sparse_apply(struct checkout *c, bool tree, struct err *err)
{
	if (c->in.sparse.n)
		return c->in.sparse_cone ? set_cone(c, err) : add_patterns(c, tree, err);
	if (!c->again || tree)
		return 0;
	/* What "disable" leaves behind is of no use, and some versions of git stumble over it. */
	if (place_git(c, NULL, GIT("sparse-checkout", "disable"), err) < 0)
		return -1;
	place_git(c, NULL, GIT("config", "--local", "--unset-all", "extensions.worktreeConfig"), NULL);
	return 0;
}
