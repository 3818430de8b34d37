/* What the renderers share: opening, size of the terminal, prefixes. */
#ifndef SIDESTEP_UI_SINK_H
#define SIDESTEP_UI_SINK_H

#include "ui/closing.h"
#include "ui/model.h"
#include "ui/screen.h"
#include "ui/style.h"
#include "ui/ui.h"

/* The part every text renderer begins with. */
struct text_sink {
	struct sink sink; /* these four first: it is a struct screen */
	struct out out;
	const char *trouble;
	void (*stopping)(struct sink *s, int level, int signal, uint64_t grace_ns);
	struct look look;
	struct ui_model model;
	bool ended; /* the verdict was written */
	int verbosity;
	struct str log_dir; /* heap */
	uint64_t (*now)(void);
};

/* Fills the common part. marks: it is for a terminal. */
void text_sink_init(struct text_sink *t, const struct ui_options *o, const struct sink_ops *ops, bool marks);
/* Closes the output and frees t. */
int text_sink_close(struct text_sink *t, struct err *err);
/* Columns and rows of the terminal behind fd; 100 and 24 when there is none. */
void terminal_size(int fd, size_t *ret_width, size_t *ret_rows);
/* "[job/step] ", "[job] " or, among several runs, "[ci.yml job/step] "; dim. */
void add_prefix(struct text_sink *t, struct ui_at at);
/* Remembers that somebody wants an end. */
void note_stopping(struct text_sink *t, int level, int signal, uint64_t grace_ns);
/* A line of output without prefix, cleaned, marked by its level: "error: ", "warning: ". */
void add_output(struct buf *out, const struct look *look, enum log_level level, struct str line);
/* Not shown: ends of groups, and debug lines unless more was asked for. */
bool output_hidden(enum log_level level, int verbosity);
/* A run has ended: its closing part, unless there are several; then those come together, at the end. */
void text_sink_run_end(struct text_sink *t, struct buf *out, struct ui_run *r, size_t lines);
/* Closing parts that are missing, also of runs that were cut off, those that went well first; then the verdict. Nothing the
 * second time. */
void text_sink_end(struct text_sink *t, struct buf *out, size_t lines);
/* "ci.yml: CI, push on refs/heads/main (1a2b3c4)" */
void add_run_title(struct buf *out, const struct ui_run *r, const struct look *look);

#endif
