/* The options of act, and what each of them is here. One table for its command line, for .actrc and for the documentation. */
#ifndef SIDESTEP_ACT_H
#define SIDESTEP_ACT_H

#include <sidestep/version.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sidestep_act_how {
	SIDESTEP_ACT_OPTION,  /* the option .key of ours, with the same value; a switch sets a flag */
	SIDESTEP_ACT_CHOICE,  /* a switch: the option .key is .value */
	SIDESTEP_ACT_SERVER,  /* a server's name, or its URL: the option .key is the URL */
	SIDESTEP_ACT_COUNT,   /* a number; 0 is what .key is when nobody says anything */
	SIDESTEP_ACT_NOTHING, /* no effect; .note says what is so here instead */
	SIDESTEP_ACT_COMMAND  /* a switch that does something else than run: .key is our way to say it */
};

/* Each row is one option of act 0.2.89. */
struct sidestep_act_option {
	const char *name;
	char letter;     /* short form, or 0 */
	const char *arg; /* what its value is called, or NULL: a switch */
	enum sidestep_act_how how;
	const char *key;   /* ours, without dashes; see .how */
	const char *value; /* SIDESTEP_ACT_CHOICE: the value of ours; SIDESTEP_ACT_NOTHING: that for which nothing is different */
	const char *note;  /* what is different, or NULL: nothing */
};

/* The table, in the order of `act --help`. */
SIDESTEP_API const struct sidestep_act_option *sidestep_act_options(size_t *n);

#ifdef __cplusplus
}
#endif
#endif
