/* Programs that we need ourselves: where they are found, and running one to its end, for helper children and for what is done
 * before a run: whoever may block. */
#ifndef SIDESTEP_OS_PROGRAM_H
#define SIDESTEP_OS_PROGRAM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "os/host.h"

/* The folders in which they are looked for: those of a PATH that are absolute. A relative one is a folder of the repository
 * that we stand in, whose programs are for its steps alone. path empty: the usual ones. */
struct str program_path_of(struct arena *a, struct str path);
/* Those of our own PATH. */
struct str program_path(struct arena *a);
/* A program in one of them; an absolute name is itself. h may be NULL: it is looked for on this machine. NULL: not there. */
const char *program_find(struct host *h, const char *name, char *out, size_t size);

struct program_call {
	const char *const *args; /* NULL-terminated; args[0] as for program_find */
	char *const *env;        /* NULL: our own, with program_path() as PATH */
	struct host *host;       /* that starts it; NULL: one of its own */
	unsigned seconds;        /* until it must have ended; 0: no limit */
	struct buf *out, *words; /* take its stdout and its stderr, up to their max; NULL: nobody wants it */
};
/* Started in /. The exit code, 128 + signal when a signal ended it; -1: it could not be started (ERR_MISSING: there is no such
 * program), or has not ended in its time and was killed. */
int program_run(const struct program_call *call, struct err *err);
/* Asks for something short: what it prints on stdout, without the blanks around it. Another exit code than 0 is -1; err then has
 * the last line that it said. */
int program_ask(struct str *out, struct arena *a, const struct program_call *call, struct err *err);

#endif
