/* What the files of the output pipeline share: a job's settings, a step with its two streams, and the ways to say
 * something. Everything here is private to log/. */
#ifndef SIDESTEP_LOG_INTERNAL_H
#define SIDESTEP_LOG_INTERNAL_H

#include "log/command.h"
#include "log/matcher.h"
#include "log/stream.h"

/* Files that a step may name are read up to this size. */
enum { LOG_FILE_MAX = 1 << 20, LOG_MESSAGE_MAX = 4096 };

struct log_job {
	struct masker *masker; /* not owned; NULL: nothing is masked */
	struct str workspace, server_url, repository;
	bool step_debug;
	struct matcher_list matchers; /* newest first */
	unsigned matchers_version;    /* changes whenever the list does */
	struct arena arena;
};

/* One of a step's two streams. */
struct splitter {
	enum log_stream stream;
	struct buf carry; /* the begin of an unfinished line */
	bool skip_lf;     /* the last byte was \r: a \n now belongs to it */
	bool continued;   /* pieces of this line have been handed on */
	bool swallow;     /* the rest of this line is dropped */
	bool in_mask;     /* the piece before ended inside (or at the end of) a masked range */
	size_t mask_left; /* so many bytes of the carry belong to it */
	struct matchers matchers;
};

struct log_step {
	struct log_job *job;
	const struct log_ops *ops;
	void *cookie;
	struct splitter streams[2];
	bool echo;
	bool stopped; /* stop-commands is in force */
	struct buf stop_token;
	unsigned annotations[LOG_NOTICE + 1]; /* given so far, by level */
	struct arena scratch;                 /* of the line at hand */
};

/* Hands on text as lines of this level, masked. An empty text is one empty line; `tail` bytes at its end are dropped
 * after masking. */
void step_lines(struct log_step *s, enum log_stream stream, enum log_level level, struct str text, size_t tail);
/* Logs an error, warning or notice and records it as an annotation. `raw` is not masked yet; log_text is what the log
 * shows in place of the message when its p is not NULL. */
void step_issue(struct log_step *s, enum log_stream stream, const struct log_annotation *raw, struct str log_text);
/* An annotation without a place, from a formatted text. */
void step_complain(struct log_step *s, enum log_level level, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A line for those who asked for step debugging. */
void step_debug(struct log_step *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The places of an annotation command, put in order as GitHub's runner does. */
void annotation_fill(struct log_step *s, struct log_annotation *out, const struct command *c);

/* Processes the line if it is a command; false when it is ordinary output. */
bool commands_line(struct log_step *s, enum log_stream stream, struct str line);
/* The same for a line longer than can be kept, of which this is the begin; true: drop the rest of it. */
bool commands_long_line(struct log_step *s, enum log_stream stream, struct str begin, size_t tail);

/* One command of the table. On failure the step fails with the error's text. */
typedef int command_run(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err);
command_run cmd_set_output, cmd_save_state, cmd_set_env, cmd_add_path, cmd_add_mask, cmd_debug, cmd_issue, cmd_group,
	cmd_endgroup, cmd_echo, cmd_add_matcher, cmd_remove_matcher;

/* Shows the line to the problem matchers; true when one made an annotation of it (and the line has been logged). */
bool matchers_line(struct log_step *s, struct splitter *sp, struct str line);
/* Brings a stream's matchers up to the job's list; false when there are none. */
bool matchers_ready(struct log_step *s, struct splitter *sp);
/* The file of a matched problem, relative to the workflow's repository; empty when it is not to be told. */
struct str matcher_file(struct log_step *s, struct str file, struct str from_path);
/* Reads a regular file named by a step; ENOENT and others are told as the official runner words them. */
int read_named_file(struct buf *out, const char *path, struct err *err);

#endif
