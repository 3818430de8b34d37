/* The one stream of what happens: everything a user may see of a run is an event. Masking is done before
 * an event exists, so no renderer can leak. JSON lines (cli.md) are the complete form. */
#ifndef SIDESTEP_EVENT_EVENT_H
#define SIDESTEP_EVENT_EVENT_H

#include "base/buf.h"
#include "base/err.h"
#include "value/val.h"

enum event_type {
	EVENT_RUN_START,
	EVENT_JOB_QUEUE,
	EVENT_JOB_START,
	EVENT_JOB_SKIP,
	EVENT_STEP_QUEUE,
	EVENT_STEP_START,
	EVENT_LOG,
	EVENT_ANNOTATION,
	EVENT_STEP_END,
	EVENT_STEP_JOIN,
	EVENT_JOB_END,
	EVENT_ARTIFACT,
	EVENT_RUN_END,
	EVENT_PLAN, /* dry runs only: what a job or a step would do */
	EVENT_TYPE_COUNT
};

/* Whether something would happen in a run, as far as a plan can know. */
enum outlook { OUTLOOK_YES, OUTLOOK_MAYBE, OUTLOOK_AFTER_FAILURE, OUTLOOK_AFTER_CANCELLATION, OUTLOOK_NO };
const char *outlook_name(enum outlook o); /* "yes" "maybe" "after-failure" "after-cancellation" "no" */

enum result { RESULT_NONE, RESULT_SUCCESS, RESULT_FAILURE, RESULT_CANCELLED, RESULT_SKIPPED };
const char *result_name(enum result r); /* "success" ...; "" for RESULT_NONE */

enum log_stream { LOG_STDOUT, LOG_STDERR, LOG_RUNNER };
enum log_level { LOG_INFO, LOG_DEBUG, LOG_GROUP, LOG_ENDGROUP, LOG_COMMAND, LOG_ERROR, LOG_WARNING, LOG_NOTICE };
const char *log_stream_name(enum log_stream s);
const char *log_level_name(enum log_level l);

/* All texts are masked, any bytes. They live until the sink returns. */
struct event {
	enum event_type type;
	int64_t time_ms; /* UTC, milliseconds since 1970 */
	struct str run;  /* run id */
	struct str job;  /* unique key: "build", "test (1, 2)"; empty when it does not apply */
	struct str job_id;
	struct str step; /* step id */
	uint32_t index;  /* of the step, from 1; 0 = none */
	union {
		struct {
			struct str workflow, name, event, ref, sha, version;
			struct str title; /* run-name, evaluated; or what GitHub shows without one */
		} run_start;              /* empty ref, sha: null */
		struct {
			struct str name, reason; /* reason: what it waits for: "a place", ... */
		} job_queue;
		struct {
			struct str name;
			struct val matrix;
			const struct str *needs;
			size_t nneeds;
			const struct str *runs_on;
			size_t nruns_on;
			struct str workspace;
			struct str uses; /* the workflow it calls: its jobs follow as "job / called job"; empty: none */
			struct str environment, concurrency; /* names; empty: none */
			struct val permissions;              /* object: name → level; null: the repository's default */
			bool continue_on_error;              /* should it fail, the run does not */
		} job_start;
		struct {
			struct str name, reason;
			enum result conclusion; /* skipped, or cancelled before it began */
			bool not_here;          /* it is for another system */
			const struct str *needs;
			size_t nneeds;
		} job_skip;
		struct {
			struct str name, group;
		} step_queue; /* empty group: null */
		struct {
			struct str name, kind, group;
			bool background;
			int64_t pid;
		} step_start; /* pid 0: null */
		/* One or more lines in a row of one stream and level: JSON has an event for each. */
		struct {
			enum log_stream stream;
			enum log_level level;
			const struct str *lines;
			size_t n;
		} log;
		struct {
			enum log_level level;
			struct str message, file, title;
			uint32_t line, end_line, col, end_col;
		} annotation; /* 0, empty: absent */
		struct {
			struct str name, kind;
			enum result outcome, conclusion;
			int exit_code /* -1: null */, signal /* 0: null */;
			int64_t queued_ms /* -1: null */, duration_ms, max_rss_kb /* -1 */, cpu_ms /* -1 */;
			struct str reason; /* why skipped, failed or cancelled, or empty */
		} step_end;
		struct {
			struct str by;
			struct val outputs;
		} step_join; /* .step is the joined one */
		struct {
			struct str name;
			enum result conclusion;
			struct val outputs;
			int64_t duration_ms;
			struct str reason;
			struct str environment_url; /* empty: none */
			bool continue_on_error;     /* its failure does not fail the run */
		} job_end;
		/* What the run has uploaded, said at its end. */
		struct {
			struct str name, path, digest; /* "sha256:…", or empty */
			int64_t size;
		} artifact;
		struct {
			enum result conclusion;
			int64_t wall_ms, work_ms, critical_path_ms;
			struct val jobs;
			struct str critical_path; /* "build → test" */
			uint32_t side_by_side;    /* most steps of one job that ran at once */
			const struct str *not_here;
			size_t nnot_here; /* labels of jobs not run here */
		} run_end;
		/* Of a job: .step is empty, and only the first line counts. Texts hold ${{ }} where only a run can know. */
		struct {
			enum outlook runs;
			struct str condition, reason,
				cannot; /* its if as written; why not, on what it depends, a note; why it cannot run here */
			struct str name, kind, group;
			bool background;
			uint32_t depth; /* steps of an action: one more than the action */
			struct str uses, command, shell, directory;
			struct val with, env;    /* objects of strings; null: none */
			const struct str *joins; /* steps that it waits for, or cancels */
			size_t njoins;
		} plan;
	};
};

/* A consumer of events. Sinks never fail a run by themselves: they remember the first write error. */
struct sink;
struct sink_ops {
	const char *name;
	void (*event)(struct sink *s, const struct event *e);
	/* Called when next_tick has come (monotonic ns); may be NULL. */
	void (*tick)(struct sink *s, uint64_t now_ns);
	/* Nothing more comes: writes what is still owed; only close follows, and implies it. May be NULL. */
	void (*end)(struct sink *s);
	/* Finish, flush and free. Returns -1 and err when something could not be written. */
	int (*close)(struct sink *s, struct err *err);
};
struct sink {
	const struct sink_ops *ops;
	uint64_t next_tick; /* monotonic ns; 0 = does not want ticks */
};

/* Appends the event as NDJSON (an EVENT_LOG of n lines gives n lines). */
void event_json(struct buf *out, const struct event *e);
/* "2026-11-21T08:00:00.123Z" */
void event_time_text(char out[static 25], int64_t time_ms);

#endif
