/* What a checkout of a working tree leaves out, for those who look at the tree in place of the checkout. */
#include <limits.h>
#include <stdlib.h>

#include "checkout/checkout.h"
#include "checkout/tree.h"

int checkout_hidden(struct arena *a, struct str root, struct str **out, size_t *n, struct err *err)
{
	struct git_repo *repo = NULL;
	struct tree tree;
	char real[PATH_MAX];
	*out = NULL;
	*n = 0;
	if (!realpath(arena_cstr(a, root), real))
		return err_errno(err, "%.*s", STRF(root));
	if (git_discover(&repo, a, real, err) < 0)
		return -1;
	if (!repo || !str_is(repo->root, real)) {
		git_done(repo);
		return 0; /* no repository of its own: all of it is served */
	}
	int rc = tree_read(&tree, a, repo, false, err);
	git_done(repo);
	if (rc < 0)
		return -1;
	*n = tree.ignored.n + tree.links.n; /* submodules are brought when they are asked for */
	*out = arena_array(a, struct str, *n + 1);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = i < tree.ignored.n ? tree.ignored.v[i] : tree.links.v[i - tree.ignored.n];
	return 0;
}
