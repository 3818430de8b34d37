/* Opening what lies below a folder whose content somebody else has written: no link, no ".." and no special file of theirs
 * leads out of it or blocks us. What may stand in such a file is the caller's business. */
#ifndef SIDESTEP_BASE_BENEATH_H
#define SIDESTEP_BASE_BENEATH_H

#include "base/buf.h"
#include "base/err.h"

/* openat(root, path, flags | O_CLOEXEC) that never leaves root, also by links; -1 with errno, EXDEV: it would. The path is
 * relative; waits for nobody (pipes). mode: with O_CREAT. */
int beneath_open(int root, const char *path, int flags, unsigned mode);
/* The same where the kernel cannot resolve so: no link at all is followed (ELOOP, ENOTDIR). */
int beneath_walk(int root, const char *path, int flags, unsigned mode);
/* As beneath_open, without any link on the way: ELOOP or ENOTDIR. */
int beneath_open_nolinks(int root, const char *path, int flags, unsigned mode);
/* Whether path, and as much of it as exists, stays below root; what does not exist yet may be made there. */
bool beneath_stays(int root, const char *path);
/* Appends the file's content. FILE_NONE: no regular file is there; -1 with err->errnum EXDEV when it lies elsewhere. */
int beneath_read(struct buf *out, int root, const char *path, size_t max, struct err *err);
/* Makes folders (0700) down to path, which has no link in it, and opens the last one; -1 with errno. */
int beneath_mkdirs(int root, const char *path);

#endif
