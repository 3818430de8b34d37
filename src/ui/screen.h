/* What every renderer with an output of its own begins with: the sink, and where it writes. */
#ifndef SIDESTEP_UI_SCREEN_H
#define SIDESTEP_UI_SCREEN_H

#include "ui/out.h"

struct screen {
	struct sink sink; /* first: a struct sink is what others hold */
	struct out out;
	const char *trouble; /* of ui_end, while it is called */
	/* What ui_stopping does; NULL: nothing. */
	void (*stopping)(struct sink *s, int level, int signal, uint64_t grace_ns);
};

/* paced: whether steps may be asked to wait for a reader that is nearly as fast (queue.h). */
void screen_init(struct screen *s, const struct sink_ops *ops, const struct ui_options *o, bool paced);
/* Writes what an event gave. */
void screen_flush(struct screen *s);
/* The `tick` of those that draw nothing. */
void screen_tick(struct sink *s, uint64_t now);

/* Monotonic nanoseconds. */
uint64_t screen_now(void);

#endif
