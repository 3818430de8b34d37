/* Plays the step of a log stream: writes down everything it is told, one line of text each. */
#ifndef SIDESTEP_TESTS_LOG_RECORDER_H
#define SIDESTEP_TESTS_LOG_RECORDER_H

#include "log/stream.h"

struct recorder {
	struct buf text;
	struct arena arena;
	struct {
		struct str name, value;
	} env[8]; /* what the env callback answers */
	size_t nenv;
	size_t lines, bytes, batches, longest; /* counted; text is only kept when keep is set */
	bool keep;
};

extern const struct log_ops recorder_ops;

void recorder_done(struct recorder *r);
/* Appends s with line breaks, NUL and escapes made visible: <LF> <CR> <NUL> <ESC> <FF>. */
void show(struct buf *out, struct str s);
/* The reverse; also <WS> is the workspace and <FIX> the fixtures folder. */
void unshow(struct buf *out, struct str s, const char *workspace);

#endif
