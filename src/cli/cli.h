/* What every part of the program shares: the call being served, and how it speaks.
 *
 * The program is the first user of the public headers: it needs nothing else of the library, and owns what
 * belongs to a process rather than to a library (signal mask, standard streams, the terminal). */
#ifndef SIDESTEP_CLI_CLI_H
#define SIDESTEP_CLI_CLI_H

#include <sidestep/sidestep.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"

struct verb;

enum cli_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* One invocation. */
struct cli {
	struct arena arena; /* lives as long as the process */
	const struct verb *verb;
	bool verb_left_out;                  /* run was meant, but not said */
	bool stdout_closed;                  /* descriptor 1 was closed when we were started */
	const char *own_args, *own_args_end; /* where the kernel keeps our arguments, for everyone to read */
	int color;                           /* enum cli_color, from --color */
	const char *const *args;             /* positional arguments */
	size_t nargs;
};

/* "sidestep: text" and a newline on standard error. */
void cli_say(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The same, then where to find help; returns SIDESTEP_USAGE. */
int cli_usage(const struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* "what is not available in this build"; returns SIDESTEP_ENVIRONMENT. */
int cli_unavailable(const char *what);
/* Writes text to standard output; a failure is said on standard error and is SIDESTEP_ENVIRONMENT. That nobody reads it any more
 * (`| head`) is SIDESTEP_UNREAD, in silence. */
int cli_out(const struct cli *c, const char *text, size_t n);
/* Prints both parts of a library call's result and frees it; returns the exit code. */
int cli_result(const struct cli *c, enum sidestep_status status, struct sidestep_text *t);
/* Messages on standard error while signals are read from signal_fd: a stalled reader keeps them waiting only until one
 * comes, or for `ms` (-1: no end); what is left is dropped. */
void cli_tell(const char *text, size_t n, int signal_fd, int ms);
/* Whether colour belongs on this descriptor: --color, then NO_COLOR, then the terminal. */
int cli_color_on(const struct cli *c, int fd);
/* How texts are to be rendered for standard output and standard error. */
struct sidestep_render cli_render(const struct cli *c);
/* COLUMNS of the environment, or 0. */
int cli_columns(void);
/* Columns that were asked for, else those of the terminal on fd, or 0 when there is none. */
int cli_width(int fd);

/* Whether a word on the command line is written as a path, not as the name of an event: with a slash or a dot. */
bool cli_looks_like_path(const char *word);

/* Opens /dev/null in place of descriptors 0, 1 and 2 that are closed, so that nothing opened later takes
 * their number; tells whether 1 was. */
bool cli_standard_streams(void);

#endif
