/* A workflow under the fake host: text in, virtual time, recorded events out. */
#ifndef TESTS_UNIT_EXEC_SIM_H
#define TESTS_UNIT_EXEC_SIM_H

#include "base/vec.h"
#include "model/calls.h"
#include "schedule/engine.h"
#include "support/fake_host.h"

/* Whether everything is some ten times as slow. */
#if defined(__SANITIZE_ADDRESS__)
#define SIM_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIM_SANITIZED 1
#endif
#endif
#ifndef SIM_SANITIZED
#define SIM_SANITIZED 0
#endif

struct sim {
	struct arena arena;
	struct source_set sources;
	struct diag_list diags;
	struct workflow *workflow;
	struct plan *plan;
	struct trigger_event event;
	struct exec_options opt;
	struct host *host;
	struct engine *engine;
	struct run *run;
	struct sink sink;
	struct sink *sinks[1];
	struct val events; /* array of objects, one an event line */
	struct {
		VEC(struct called_file);
	} called;
	const char *job; /* what sim_end and friends look at: "j" */
};

/* Reads the workflow (a failure ends the test) with options that tests may change before sim_start. */
struct sim *sim_new(const char *yaml);
/* The jobs of `j` only: steps are given as the lines below `steps:`, indented by six blanks. */
struct sim *sim_steps(const char *steps);
/* A file that is called with that `uses`; before sim_start. */
void sim_called(struct sim *s, const char *uses, const char *yaml);
void sim_start(struct sim *s);
void sim_free(struct sim *s);
/* Delivers what is queued, without letting time pass. */
void sim_turn(struct sim *s);
/* Lets things happen until the run is over; fails the test when it never is. */
void sim_finish(struct sim *s);
/* sim_turn after time has passed. */
void sim_pass(struct sim *s, double seconds);
/* Exit now, and what follows from it. */
void sim_exit(struct sim *s, const char *step, int code);

/* The n-th event (from 0) of that type and step (NULL: any); null value when there is none. */
struct val sim_event(struct sim *s, const char *type, const char *step, int n);
int sim_count(struct sim *s, const char *type, const char *step);
/* A text member of it, "" when there is none. */
const char *sim_text(struct sim *s, struct val event, const char *key);
/* "outcome/conclusion" of a step's end, "" while it has not ended. */
const char *sim_end(struct sim *s, const char *step);
/* Conclusion of the job with that key, "" while it has not ended. */
const char *sim_job(struct sim *s, const char *key);
const char *sim_conclusion(struct sim *s); /* of the run */
/* Whether a step (NULL: any) logged a line that contains text. */
bool sim_logged(struct sim *s, const char *step, const char *text);
/* The script that was written for a process. */
const char *sim_script(struct sim *s, const char *step);

#endif
