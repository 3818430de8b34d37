/* The parts of a job's life among themselves. */
#ifndef SIDESTEP_JOB_INTERNAL_H
#define SIDESTEP_JOB_INTERNAL_H

#include "job/job.h"
#include "step/frame.h"

enum { DEFAULT_JOB_MINUTES = 360, DEFAULT_CANCEL_MINUTES = 5 };

/* set_up.c */
/* Folders, environment, defaults, limits; false: it has failed, and said so. */
bool job_set_up(struct job_run *j);
/* Says an error that fails the whole job. */
void job_set_up_error(struct job_run *j, struct str text);
bool job_eval_minutes(struct job_run *j, const struct token *t, int fallback, int *out);

/* gather.c */
/* Asks for the actions of other repositories that its steps name. False: there are none. */
bool gather_begin(struct job_run *j);
/* Goes on where it can. True: it is over; the job has failed, and said so, or its steps may begin. */
bool gather_go_on(struct job_run *j);
/* Says which steps will fail when they are reached, as something they need is not there. */
void gather_survey(struct job_run *j);

/* log.c */
/* Says these lines as a note, and empties the text. */
void job_note(struct job_run *j, struct buf *text);
/* Its folders are made. */
void job_note_folders(struct job_run *j);
/* Set-up is over: where the job is from and what it is called. */
void job_note_name(struct job_run *j);

/* end.c: no step is left: the result is settled, then what they left behind is cleared away. */
void job_end(struct job_run *j);

/* cleanup.c */
/* Kills processes, then removes the work folder; true: all is over. */
bool cleanup_begin(struct job_run *j);
/* Goes on when something has happened; true: all is over. */
bool cleanup_go_on(struct job_run *j);

/* critical.c: the longest chain of its steps. */
void job_critical(struct job_run *j);

/* scope.c */
struct scope job_scope(struct job_run *j);

/* hashing.c */
/* hashFiles of its steps. */
enum eval_result job_hash_files(struct step_run *s, struct arena *results, const struct str *patterns, size_t n, struct str *out,
                                struct err *err);
/* Ends the helpers of a step that is over. */
void job_hash_forget(struct step_run *s);
/* Ends them all. */
void hashing_end(struct job_run *j);

#endif
