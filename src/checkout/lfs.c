/* The input lfs: large files by the git-lfs program, which has to be there. */
#include "base/file.h"
#include "base/path.h"
#include "checkout/copy.h"
#include "checkout/internal.h"

int lfs_find(struct err *err)
{
	struct git_call version = { .trust = GIT_OFFLINE, .args = GIT("lfs", "version") };
	if (git_run(&version, NULL, NULL) == 0)
		return 0;
	return git_interrupted(err) ? -1 : err_set(err, ERR_MISSING, "input 'lfs' needs git-lfs, which is not installed");
}

/* Its hooks go where hooks are looked for, which for our own calls is nowhere. */
int lfs_install(struct checkout *c, struct err *err)
{
	const char *hooks = path_join(c->a, c->dest, STR(".git/hooks")).p;
	const struct place_call how = { .config = GIT("core.hooksPath", hooks) };
	return place_git_call(c, &how, GIT("lfs", "install", "--local"), err);
}

int lfs_borrow(struct checkout *c, struct git_repo *from, struct err *err)
{
	struct copier k;
	struct str have = path_join(c->a, from->common_dir, STR("lfs/objects"));
	const char *to = path_join(c->a, c->dest, STR(".git/lfs/objects")).p;
	if (!file_is_dir(have.p))
		return 0;
	if (file_mkdirs(to, 0755, err) < 0 || copier_open(&k, c->a, have.p, to, err) < 0)
		return -1;
	int rc = copier_add_tree(&k, STR_EMPTY, err);
	if (rc == 0)
		rc = copier_finish(&k, err);
	copier_done(&k);
	return rc;
}
