/* What stands at the end of a run: the table of jobs and steps, what failed, annotations, where the logs
 * are, and the last line. */
#ifndef SIDESTEP_UI_CLOSING_H
#define SIDESTEP_UI_CLOSING_H

#include "ui/model.h"
#include "ui/style.h"

/* The table of every job and step: result, time, reason. Of jobs with more than 40 steps only those that did
 * not succeed and the slowest. */
void table_render(struct buf *out, const struct ui_run *r, const struct look *look);
/* A failed step and its last lines. */
void failure_render(struct buf *out, const struct ui_step *s, const struct look *look);
/* The result, then what was saved by running side by side, then the jobs not run here; one line. */
void summary_line(struct buf *out, const struct ui_run *r, const struct look *look);
/* Everything, with the failures again that were shown too far above (by lines written so far). */
void closing_render(struct buf *out, const struct ui_run *r, const struct look *look, size_t lines, struct str log_dir);

#endif
