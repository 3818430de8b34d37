/* A job as its steps see it, without a job around: steps from text on the fake host, everything else in the test's hand. */
#ifndef TESTS_UNIT_STEP_BENCH_H
#define TESTS_UNIT_STEP_BENCH_H

#include "step/frame.h"
#include "support/fake_host.h"

struct bench {
	struct arena arena;
	struct source_set sources;
	struct diag_list diags;
	struct host *host;
	struct session session;
	struct journal journal;
	struct job_base job;
	struct sink sink;
	struct sink *sinks[1];
	struct str said; /* events: "start ID\n", "end ID OUTCOME/CONCLUSION\n", "log TEXT\n" */
	/* what hashFiles answers, and how often it was asked */
	enum eval_result hash;
	int hashes;
};

/* Steps as the lines below `steps:`, indented by six blanks. Kinds are those of the program; tests may set others before
 * bench_go. */
struct bench *bench_new(const char *steps);
/* Does all that can be done now. */
void bench_go(struct bench *b);
/* Delivers what happened on the host, then goes on. */
void bench_turn(struct bench *b);
/* The first step with that id that was reached, or NULL. */
struct step_run *bench_step(struct bench *b, const char *id);
/* Whether a line was said, whole. */
bool bench_said(struct bench *b, const char *line);
int bench_times(struct bench *b, const char *part);
void bench_free(struct bench *b);

#endif
