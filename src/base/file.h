/* Whole-file helpers. Every read knows its largest size; every descriptor is close-on-exec. */
#ifndef SIDESTEP_BASE_FILE_H
#define SIDESTEP_BASE_FILE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Appends the rest of fd to out; fails with ERR_INVALID when it is longer than max. */
int file_read_fd(struct buf *out, int fd, size_t max, struct err *err);
/* Of a regular file; nothing else is waited for, a pipe or a device is refused by name. */
int file_read(struct buf *out, const char *path, size_t max, struct err *err);
/* Of what a user named himself, which may be a pipe as well: <(command), or a FIFO whose writer is still to come. A signal
 * that waits, blocked, ends it with EINTR. ERR_USAGE: it cannot be opened. */
int file_read_given(struct buf *out, const char *path, size_t max, struct err *err);
/* Whether the path stands for a descriptor that was handed to us: <(command). */
bool file_is_inherited(const char *path);
/* What a reading found instead of a file. */
enum {
	FILE_NONE = 1,  /* nothing of that name, or a directory */
	FILE_OTHER = 2, /* a pipe, a device, a socket */
};
/* Reads what was just opened, with O_NONBLOCK, as path; fd < 0: errno tells why it was not. Above zero: FILE_… */
int file_read_opened(struct buf *out, int fd, const char *path, size_t max, struct err *err);
/* The same for what anybody may have put there: a pipe does not block. FILE_NONE: no regular file of that name is there. */
int file_read_regular(struct buf *out, const char *path, size_t max, struct err *err);
/* The same, but a pipe or device is refused. FILE_NONE: nothing of that name is there, or a directory. */
int file_read_if_there(struct buf *out, const char *path, size_t max, struct err *err);
/* Creates or replaces; mode as given (minus umask never applies: fchmod). */
int file_write(const char *path, struct str text, mode_t mode, struct err *err);
/* The same at the end of what is there. */
int file_append(const char *path, struct str text, mode_t mode, struct err *err);
/* close(2) of what was written: some file systems tell only now that there was no room. -1 with errno; *fd is -1 then. */
int file_close(int *fd);
/* write(2) until all is out; -1 with errno. */
int file_write_all(int fd, const void *p, size_t n);
/* mkdir -p with the given mode for what is created. */
int file_mkdirs(const char *path, mode_t mode, struct err *err);
/* rm -rf, all of it at once (base/remove.h has the details); missing is fine. */
int file_remove_tree(const char *path, struct err *err);
bool file_exists(const char *path);
bool file_is_dir(const char *path);

#endif
