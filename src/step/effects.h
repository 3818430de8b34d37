/* What a step changes for others. */
#ifndef SIDESTEP_STEP_EFFECTS_H
#define SIDESTEP_STEP_EFFECTS_H

#include "step/step.h"

/* The files a step may write its commands to: new and empty, once for each step. False: it has failed. */
bool step_make_files(struct step_run *s);
/* Takes what it has written to them. */
void effects_from_files(struct step_run *s);
void effects_set_output(struct step_run *s, struct str name, struct str value);
/* In a plan: an output that only a run knows. */
void effects_plan_output(struct step_run *s, struct str name, struct str written);
void effects_set_env(struct step_run *s, struct str name, struct str value);
void effects_add_path(struct step_run *s, struct str dir);
/* For the later stages of its action, at once; a step that has none keeps nothing. */
void effects_save_state(struct step_run *s, struct str name, struct str value);
/* It has ended and is not joined yet: of its memory only these are kept. */
void effects_keep(struct step_run *s);
/* Makes outputs, env and paths of a step visible, then its outcome. Once. */
void effects_publish(struct step_run *s);
/* The directories of GITHUB_PATH that a step sees, oldest first. */
struct str *effects_paths(struct step_run *s, size_t *n);
/* The variables in front of a step's own env; they live in its arena or longer. */
struct val effects_base_env(struct step_run *s);

#endif
