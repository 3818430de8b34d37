/* One step's output: bytes in, masked lines, annotations and workflow commands out (runner.md section 4).
 *
 * Lines end at \n, \r\n and lone \r. Whole chunks without a command marker take a fast path: masked, split
 * and handed on as one batch. Memory is bounded: a line longer than LOG_LINE_MAX is handed on in pieces. */
#ifndef SIDESTEP_LOG_STREAM_H
#define SIDESTEP_LOG_STREAM_H

#include "event/event.h"
#include "log/mask.h"

enum { LOG_LINE_MAX = 1 << 20, LOG_ANNOTATIONS_MAX = 10 };

struct log_annotation {
	enum log_level level; /* error, warning, notice */
	struct str message, file, title;
	uint32_t line, end_line, col, end_col; /* 0: absent */
};

/* What the stream tells its step. All texts live until the callback returns. */
struct log_ops {
	/* n lines in a row, masked, without prefix; level says what they are ("##[error]" is the log file's business). */
	void (*lines)(void *cookie, enum log_stream stream, enum log_level level, const struct str *lines, size_t n);
	/* At most LOG_ANNOTATIONS_MAX of each level; the log line has been given already. */
	void (*annotation)(void *cookie, const struct log_annotation *a);
	void (*set_output)(void *cookie, struct str name, struct str value); /* unmasked */
	void (*save_state)(void *cookie, struct str name, struct str value);
	void (*set_env)(void *cookie, struct str name, struct str value); /* only when unsecure commands are allowed */
	void (*add_path)(void *cookie, struct str path);
	/* A command could not be processed: the step fails even if it exits 0. Its errors have been given. */
	void (*failed)(void *cookie);
	/* The value of a variable in the step's env context or the runner's environment; empty when unset. */
	struct str (*env)(void *cookie, const char *name);
};

/* Shared by the steps of a job: masks and problem matchers, which apply to every step from the moment they
 * are set. */
struct log_job;
struct log_job *log_job_new(struct masker *masker /* not owned */, struct str workspace, bool step_debug);
void log_job_free(struct log_job *j);
/* "https://github.com/owner/repo" of the repository, for matcher file paths. */
void log_job_set_repository(struct log_job *j, struct str server_url, struct str repository);

struct log_step;
struct log_step *log_step_new(struct log_job *j, const struct log_ops *ops, void *cookie);
void log_step_free(struct log_step *s);
void log_step_feed(struct log_step *s, enum log_stream stream, struct str bytes);
/* Both streams have ended: hands on what is left. */
void log_step_end(struct log_step *s);
/* Lines of the runner itself, masked on the way; counts annotations for error, warning, notice. No
 * commands are looked for. */
void log_step_say(struct log_step *s, enum log_level level, struct str text);

#endif
