/* What the world refused (open, spawn, network), as data: the failing function fills it and returns a
 * negative number; callers that know more put context in front on the way up. On success the object is
 * left untouched. One line, no trailing dot, no newline. */
#ifndef SIDESTEP_BASE_ERR_H
#define SIDESTEP_BASE_ERR_H

#include "base/macros.h"

enum err_kind {
	ERR_NONE = 0,
	ERR_SYSTEM,      /* the operating system refused */
	ERR_INVALID,     /* an input is not what it should be */
	ERR_USAGE,       /* the caller asked for something that makes no sense */
	ERR_MISSING,     /* the environment lacks something, named in the text */
	ERR_UNSUPPORTED, /* a feature that this build does not have, named in the text */
};

struct err {
	enum err_kind kind;
	int errnum; /* errno, or 0 */
	char text[512];
};

#define ERR_INIT ((struct err) { 0 })

/* Each returns -1, so that `return err_set(...)` reads well. err may be NULL. */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Text + ": " + strerror(errno). */
int err_errno(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Puts "context: " in front of what is there. */
int err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
