/* An event as NDJSON. Field names are a contract with those who read the stream: add, never rename.
 *
 * Log lines are what there are millions of: the part that a batch has in common is written once and copied
 * for each further line. */
#include <inttypes.h>

#include "event/names.h"

static void add_key(struct buf *b, const char *key)
{
	buf_adds(b, ",\"");
	buf_adds(b, key);
	buf_add(b, "\":", 2);
}

static void add_text(struct buf *b, const char *key, struct str s)
{
	add_key(b, key);
	json_string(b, s);
}

/* Null when empty. */
static void add_text_or_null(struct buf *b, const char *key, struct str s)
{
	add_key(b, key);
	if (s.n)
		json_string(b, s);
	else
		buf_adds(b, "null");
}

static void add_word(struct buf *b, const char *key, const char *word)
{
	add_text(b, key, str_of(word));
}

static void add_number(struct buf *b, const char *key, int64_t n)
{
	add_key(b, key);
	buf_addf(b, "%" PRId64, n);
}

/* Null when it is the value that means "none". */
static void add_number_or_null(struct buf *b, const char *key, int64_t n, int64_t none)
{
	add_key(b, key);
	if (n == none)
		buf_adds(b, "null");
	else
		buf_addf(b, "%" PRId64, n);
}

static void add_bool(struct buf *b, const char *key, bool v)
{
	add_key(b, key);
	buf_adds(b, v ? "true" : "false");
}

static void add_list(struct buf *b, const char *key, const struct str *v, size_t n)
{
	add_key(b, key);
	buf_addc(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(b, ',');
		json_string(b, v[i]);
	}
	buf_addc(b, ']');
}

/* {} unless it is an object. */
static void add_object(struct buf *b, const char *key, struct val v)
{
	add_key(b, key);
	if (v.kind == VAL_OBJECT)
		val_to_json(b, v, JSON_COMPACT);
	else
		buf_adds(b, "{}");
}

static void add_common(struct buf *b, const struct event *e)
{
	char time[25];
	event_time_text(time, e->time_ms);
	buf_addf(b, "{\"type\":\"%s\",\"time\":\"%s\"", event_type_name(e->type), time);
	add_text(b, "run", e->run);
	if (e->job.n)
		add_text(b, "job", e->job);
	if (e->job_id.n)
		add_text(b, "job_id", e->job_id);
	if (e->step.n)
		add_text(b, "step", e->step);
	if (e->index)
		add_number(b, "index", e->index);
}

static void run_start(struct buf *b, const struct event *e)
{
	add_text(b, "workflow", e->run_start.workflow);
	add_text(b, "name", e->run_start.name);
	add_text(b, "event", e->run_start.event);
	add_text_or_null(b, "ref", e->run_start.ref);
	add_text_or_null(b, "sha", e->run_start.sha);
	add_text(b, "version", e->run_start.version);
	if (e->run_start.title.n)
		add_text(b, "run_name", e->run_start.title);
}

static void job_queue(struct buf *b, const struct event *e)
{
	add_text(b, "name", e->job_queue.name);
	add_text(b, "reason", e->job_queue.reason);
}

static void job_start(struct buf *b, const struct event *e)
{
	add_text(b, "name", e->job_start.name);
	if (e->job_start.matrix.kind == VAL_OBJECT) {
		add_object(b, "matrix", e->job_start.matrix);
	} else {
		add_key(b, "matrix");
		buf_adds(b, "null");
	}
	add_list(b, "needs", e->job_start.needs, e->job_start.nneeds);
	add_list(b, "runs_on", e->job_start.runs_on, e->job_start.nruns_on);
	add_text(b, "workspace", e->job_start.workspace);
	if (e->job_start.uses.n)
		add_text(b, "uses", e->job_start.uses);
	if (e->job_start.environment.n)
		add_text(b, "environment", e->job_start.environment);
	if (e->job_start.concurrency.n)
		add_text(b, "concurrency", e->job_start.concurrency);
	if (e->job_start.permissions.kind == VAL_OBJECT)
		add_object(b, "permissions", e->job_start.permissions);
	if (e->job_start.continue_on_error)
		add_bool(b, "continue_on_error", true);
}

static void job_skip(struct buf *b, const struct event *e)
{
	add_text(b, "name", e->job_skip.name);
	add_text(b, "reason", e->job_skip.reason);
	add_word(b, "conclusion", result_name(e->job_skip.conclusion));
	add_bool(b, "not_here", e->job_skip.not_here);
	add_list(b, "needs", e->job_skip.needs, e->job_skip.nneeds);
}

static void step_queue(struct buf *b, const struct event *e)
{
	add_text(b, "name", e->step_queue.name);
	add_bool(b, "background", true);
	add_text_or_null(b, "group", e->step_queue.group);
}

static void step_start(struct buf *b, const struct event *e)
{
	add_text(b, "name", e->step_start.name);
	add_text(b, "kind", e->step_start.kind);
	add_bool(b, "background", e->step_start.background);
	add_text_or_null(b, "group", e->step_start.group);
	add_number_or_null(b, "pid", e->step_start.pid, 0);
}

static void annotation(struct buf *b, const struct event *e)
{
	add_word(b, "level", log_level_name(e->annotation.level));
	add_text(b, "message", e->annotation.message);
	add_text_or_null(b, "file", e->annotation.file);
	add_number_or_null(b, "line", e->annotation.line, 0);
	add_number_or_null(b, "end_line", e->annotation.end_line, 0);
	add_number_or_null(b, "col", e->annotation.col, 0);
	add_number_or_null(b, "end_col", e->annotation.end_col, 0);
	add_text_or_null(b, "title", e->annotation.title);
}

static void step_end(struct buf *b, const struct event *e)
{
	add_text(b, "name", e->step_end.name);
	add_text(b, "kind", e->step_end.kind);
	add_word(b, "outcome", result_name(e->step_end.outcome));
	add_word(b, "conclusion", result_name(e->step_end.conclusion));
	add_number_or_null(b, "exit_code", e->step_end.exit_code, -1);
	add_number_or_null(b, "signal", e->step_end.signal, 0);
	add_number_or_null(b, "queued_ms", e->step_end.queued_ms, -1);
	add_number(b, "duration_ms", e->step_end.duration_ms);
	add_number_or_null(b, "max_rss_kb", e->step_end.max_rss_kb, -1);
	add_number_or_null(b, "cpu_ms", e->step_end.cpu_ms, -1);
	if (e->step_end.reason.n)
		add_text(b, "reason", e->step_end.reason);
}

static void step_join(struct buf *b, const struct event *e)
{
	add_text(b, "by", e->step_join.by);
	add_object(b, "outputs", e->step_join.outputs);
}

static void job_end(struct buf *b, const struct event *e)
{
	add_text(b, "name", e->job_end.name);
	add_word(b, "conclusion", result_name(e->job_end.conclusion));
	add_object(b, "outputs", e->job_end.outputs);
	add_number(b, "duration_ms", e->job_end.duration_ms);
	if (e->job_end.reason.n)
		add_text(b, "reason", e->job_end.reason);
	if (e->job_end.environment_url.n)
		add_text(b, "environment_url", e->job_end.environment_url);
	if (e->job_end.continue_on_error)
		add_bool(b, "continue_on_error", true);
}

static void artifact(struct buf *b, const struct event *e)
{
	add_text(b, "name", e->artifact.name);
	add_text(b, "path", e->artifact.path);
	add_number(b, "size", e->artifact.size);
	if (e->artifact.digest.n)
		add_text(b, "digest", e->artifact.digest);
}

static void run_end(struct buf *b, const struct event *e)
{
	add_word(b, "conclusion", result_name(e->run_end.conclusion));
	add_number(b, "wall_ms", e->run_end.wall_ms);
	add_number(b, "work_ms", e->run_end.work_ms);
	add_number(b, "critical_path_ms", e->run_end.critical_path_ms);
	add_object(b, "jobs", e->run_end.jobs);
	add_text(b, "critical_path", e->run_end.critical_path);
	add_number(b, "side_by_side", e->run_end.side_by_side);
	add_list(b, "not_here", e->run_end.not_here, e->run_end.nnot_here);
}

static void add_text_if(struct buf *b, const char *key, struct str text)
{
	if (text.n)
		add_text(b, key, text);
}

static void plan(struct buf *b, const struct event *e)
{
	add_text(b, "name", e->plan.name);
	add_word(b, "runs", outlook_name(e->plan.runs));
	add_text_if(b, "condition", e->plan.condition);
	add_text_if(b, "reason", e->plan.reason);
	add_text_if(b, "cannot", e->plan.cannot);
	if (!e->step.n)
		return;
	add_text(b, "kind", e->plan.kind);
	add_bool(b, "background", e->plan.background);
	add_text_or_null(b, "group", e->plan.group);
	add_number(b, "depth", e->plan.depth);
	add_text_if(b, "uses", e->plan.uses);
	add_text_if(b, "command", e->plan.command);
	add_text_if(b, "shell", e->plan.shell);
	add_text_if(b, "working_directory", e->plan.directory);
	if (e->plan.with.kind == VAL_OBJECT)
		add_object(b, "with", e->plan.with);
	if (e->plan.env.kind == VAL_OBJECT)
		add_object(b, "env", e->plan.env);
	if (e->plan.njoins)
		add_list(b, "joins", e->plan.joins, e->plan.njoins);
}

/* Everything up to the line itself is the same for all lines of a batch. */
static void log_lines(struct buf *b, const struct event *e)
{
	size_t start = b->n;
	add_common(b, e);
	add_word(b, "stream", log_stream_name(e->log.stream));
	add_word(b, "level", log_level_name(e->log.level));
	add_key(b, "line");
	size_t prefix = b->n - start;
	for (size_t i = 0; i < e->log.n; i++) {
		if (i) {
			if (!buf_reserve(b, prefix + e->log.lines[i].n + 4))
				return;
			memcpy(b->p + b->n, b->p + start, prefix);
			b->n += prefix;
		}
		json_string(b, e->log.lines[i]);
		buf_add(b, "}\n", 2);
	}
	if (e->log.n == 0)
		b->n = start;
}

void event_json(struct buf *out, const struct event *e)
{
	static void (*const fields[EVENT_TYPE_COUNT])(struct buf *, const struct event *) = {
		[EVENT_RUN_START] = run_start,
		[EVENT_JOB_QUEUE] = job_queue,
		[EVENT_JOB_START] = job_start,
		[EVENT_JOB_SKIP] = job_skip,
		[EVENT_STEP_QUEUE] = step_queue,
		[EVENT_STEP_START] = step_start,
		[EVENT_ANNOTATION] = annotation,
		[EVENT_STEP_END] = step_end,
		[EVENT_STEP_JOIN] = step_join,
		[EVENT_JOB_END] = job_end,
		[EVENT_ARTIFACT] = artifact,
		[EVENT_RUN_END] = run_end,
		[EVENT_PLAN] = plan,
	};
	if (e->type == EVENT_LOG) {
		log_lines(out, e);
		return;
	}
	if ((size_t)e->type >= EVENT_TYPE_COUNT)
		return;
	add_common(out, e);
	fields[e->type](out, e);
	buf_add(out, "}\n", 2);
}
