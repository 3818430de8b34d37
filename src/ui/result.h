/* What became of steps, jobs and runs, in the words of docs/ARCHITECTURE.md: one word for one thing, in every line and table. */
#ifndef SIDESTEP_UI_RESULT_H
#define SIDESTEP_UI_RESULT_H

#include "ui/model.h"

/* It failed, but its own continue-on-error let the job go on. */
bool step_forgiven(const struct ui_step *s);
/* It failed, and something said that this does not matter: its own continue-on-error, its job's, or that of who waited for it. */
bool step_tolerated(const struct ui_step *s);
/* "success", "failure", "tolerated", ..., "unfinished". */
const char *step_word(const struct ui_step *s);
/* The same for a job, and "not run here". */
const char *job_word(const struct ui_job *j);
/* Why it ended so: its reason, else the exit code or signal of a failure; may append nothing. */
void step_reason(struct buf *out, const struct ui_step *s);
/* The job's reason, unless a step of it says the same. */
struct str job_reason(const struct ui_job *j);
/* "build › Compile", with the workflow among several; "build / Compile" without marks. */
void step_title(struct buf *out, const struct ui_step *s, bool marks);
/* What decided that the run failed: the first step that failed and is not tolerated, or NULL. */
struct ui_step *run_decider(const struct ui_run *r);
/* The next job from *at on that failed without a step that did, or NULL; *at is then behind it. */
const struct ui_job *run_failed_job(const struct ui_run *r, size_t *at);
/* An annotation of the runner that says what is said of its step or job anyway. */
bool note_is_repeated(const struct ui_note *n);
/* Of something that is tolerated. */
bool note_tolerated(const struct ui_note *n);

/* What was saved by running steps of a job side by side. Only work counts: no step that waits for others or is there to be
 * cancelled, no time in a line, and jobs side by side are another matter. */
struct saving {
	size_t steps; /* most at once; less than two: nothing was saved */
	int64_t work_ms, took_ms;
	size_t jobs; /* most at once */
};
/* All zero unless the run was a success. */
struct saving run_saving(const struct ui_run *r);

#endif
