/* What stands at the end of a run: what failed, the table of jobs and steps, annotations, where the logs are; and the
 * verdict, the last line of all. */
#ifndef SIDESTEP_UI_CLOSING_H
#define SIDESTEP_UI_CLOSING_H

#include "ui/model.h"
#include "ui/style.h"

/* The table of every job and step: result, time, reason. Of a long one only steps that did not succeed and the slowest, and a
 * line that says so. */
void table_render(struct buf *out, const struct ui_run *r, const struct look *look);
/* A failed step and its last lines; one that is tolerated: a line. */
void failure_render(struct buf *out, const struct ui_step *s, const struct look *look);
/* Everything but the verdict. Failures come with their last lines unless those were shown just above (by lines written so
 * far). Among several runs the last line is this one's result. */
void closing_render(struct buf *out, struct ui_run *r, const struct look *look, size_t lines, struct str log_dir);
/* One line: the result, then what was saved by running side by side, then the jobs not run here. trouble: why the program does
 * not end with success although the run did; or NULL. */
void summary_line(struct buf *out, struct ui_run *r, const struct look *look, const char *trouble);
/* The last line: the only run's result, or that of all. */
void verdict_render(struct buf *out, const struct ui_model *m, const struct look *look, const char *trouble);

#endif
