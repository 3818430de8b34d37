/* The work folder of a session: job directories are made below it. A session that was killed leaves it; it is locked as long
 * as it is used, so a later one knows. */
#ifndef SIDESTEP_STORE_WORK_H
#define SIDESTEP_STORE_WORK_H

#include "base/arena.h"
#include "base/err.h"
#include "os/host.h"

struct work {
	struct str dir;      /* …/work/<unique> */
	struct str lock;     /* …/work/<unique>.lock */
	struct str other;    /* the place of folders that is not today's, with what was left there; empty: none */
	int fd;              /* it is held; -1: not */
	bool opened;         /* the folder is there */
	struct proc *pruner; /* removes what earlier sessions have left, or NULL */
	struct host *host;
};

/* The folder for them: that of `state`, unless a part of its name begins with a dot. Tools that pass over hidden folders (web
 * servers, test runners) look at the whole path, and no workspace of GitHub's has such a part; then it is a folder of ours in
 * `common` ("/var/tmp"). Where that cannot be had, `state` it is. */
struct str work_place(struct arena *a, struct str state, const char *common);
/* The one of the two that it is not, where a session of yesterday may have worked; empty: it is not ours alone to write to. */
struct str work_other_place(struct arena *a, struct str state, const char *common);
/* Makes the folder. keep: nobody is ever to remove it. */
int work_open(struct work *w, bool keep, struct err *err);
/* Removes what killed sessions have left, in both places: a little at once, much in a helper (self __prune DIR…) that may
 * outlive this session. Of a folder that is to stay only the tokens of checkouts go, by the helper. */
void work_prune(struct work *w, struct host *host, const char *self, char *const *envp);
/* Lets go of the helper: before the host is freed. */
void work_let_go(struct work *w);
/* Removes the folder, unless there is so much in it that a later session has to. keep: it stays; where a token is still in it,
 * a later session looks there. */
void work_close(struct work *w, bool keep);
/* Takes the tokens of checkouts out of the folder of a session that is over. */
void work_forget(const char *dir);
/* The helper, for these places. Returns an exit code. */
int work_prune_main(char *const *dirs);

#endif
