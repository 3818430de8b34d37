/* What several kinds of steps do alike. */
#ifndef SIDESTEP_KINDS_COMMON_H
#define SIDESTEP_KINDS_COMMON_H

#include "model/action.h"
#include "step/plan.h"
#include "step/stages.h"

/* The folded block in front of a step's own output: said in one go, since each saying is an event. */
void kind_say_block(struct step_run *s, struct str title, struct buf *text);
/* The variables of its env, for that block. */
void kind_add_env(struct step_run *s, struct buf *text);
/* The block of an action, with its inputs. */
void kind_say_inputs(struct step_run *s, struct val with);
/* Its `with`, evaluated. After EVAL_ERROR the step has failed. */
enum eval_result kind_eval_with(struct step_run *s, struct val *with);
/* What begin answers when an evaluation was not EVAL_OK. */
enum step_begun kind_unevaluated(enum eval_result rc);
/* In a dry run: says what it would have started. plan NULL: nothing is known of it. Always STEP_OVER. */
enum step_begun kind_dry(struct step_run *s, const char *what, const struct step_plan *plan);
/* In a dry run: says why it would fail, anywhere; plan NULL: no more than that. Always STEP_OVER. */
enum step_begun kind_dry_fail(struct step_run *s, const char *why, const struct step_plan *plan);
/* The same of what this program or this machine does not have. */
enum step_begun kind_dry_refuse(struct step_run *s, const char *why, const struct step_plan *plan);
/* Says that --stub has put nothing in the place of its action. Always STEP_OVER. */
enum step_begun kind_stubbed(struct step_run *s);
/* Says that an action cannot run and why, and fails the step. Always STEP_OVER. */
enum step_begun kind_refuse(struct step_run *s, const char *why);
/* "the action 'x' on line 3 cannot run: … are not available"; inside: the action that holds the step, or NULL. */
const char *kind_missing(struct arena *a, const struct step *step, const struct action *inside, const char *what);

/* The same with another reason. */
const char *kind_cannot(struct arena *a, const struct step *step, const struct action *inside, const char *why);
/* After a failure: says so when the step names the token of the run and nobody has given one. */
void kind_hint_token(struct step_run *s);
/* Whether such a step is served by a kind of its own, so that no action is fetched for it: actions/checkout without
 * --real-checkout. */
bool kind_is_served(const struct job_base *j, struct str uses);
/* A stage with that condition, which the reader has found in order. a: what the stage lives in. */
struct stage kind_stage(struct arena *a, const struct step_ops *ops, struct str condition);

#endif
