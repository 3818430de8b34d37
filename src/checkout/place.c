/* The git program in the repository of the workspace: what every such call is given. */
#include "base/path.h"
#include "checkout/internal.h"

static int call_git(struct checkout *c, const char *protocols, struct buf *out, const char *const *args, struct err *err)
{
	const char *const env[] = { c->in.lfs ? "GIT_LFS_SKIP_SMUDGE=0" : "GIT_LFS_SKIP_SMUDGE=1", NULL };
	struct git_call call = { .trust = protocols ? GIT_OWN : GIT_OFFLINE,
		                 .repo = git_repo_at(c->a, c->dest, path_join(c->a, c->dest, STR(".git"))),
		                 .args = args,
		                 .protocols = protocols,
		                 .env = env,
		                 .config = protocols ? c->auth : NULL,
		                 .seconds = PLACE_SECONDS };
	return git_run(&call, out, err);
}

int place_git(struct checkout *c, struct buf *out, const char *const *args, struct err *err)
{
	return call_git(c, NULL, out, args, err);
}

int place_git_online(struct checkout *c, const char *protocols, struct buf *out, const char *const *args, struct err *err)
{
	return call_git(c, protocols ? protocols : "none", out, args, err);
}
