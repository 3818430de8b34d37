/* JSON lines back to events; see event_read.h. Lenient on purpose: a file of another version may lack
 * fields or have more of them. */
#include "event/event_read.h"

#include "event/names.h"

static struct str text_of(struct val o, const char *key)
{
	struct val v = val_at(o, key);
	return v.kind == VAL_STRING ? v.s : STR_EMPTY;
}

/* Whole numbers that a double holds exactly; anything else is `none`. */
static int64_t number_of(struct val o, const char *key, int64_t none)
{
	struct val v = val_at(o, key);
	if (v.kind != VAL_NUMBER || !(v.num >= -9007199254740992.0 && v.num <= 9007199254740992.0))
		return none;
	return (int64_t)v.num;
}

static uint32_t small_of(struct val o, const char *key)
{
	int64_t n = number_of(o, key, 0);
	return n < 0 || n > UINT32_MAX ? 0 : (uint32_t)n;
}

static int int_of(struct val o, const char *key, int none)
{
	int64_t n = number_of(o, key, none);
	return n < INT32_MIN || n > INT32_MAX ? none : (int)n;
}

static bool bool_of(struct val o, const char *key)
{
	struct val v = val_at(o, key);
	return v.kind == VAL_BOOL && v.b;
}

static const struct str *list_of(struct arena *a, struct val o, const char *key, size_t *n)
{
	struct val v = val_at(o, key);
	*n = 0;
	if (v.kind != VAL_ARRAY || v.a->n == 0)
		return NULL;
	struct str *out = arena_array(a, struct str, v.a->n);
	for (size_t i = 0; i < v.a->n; i++)
		out[i] = v.a->v[i].kind == VAL_STRING ? v.a->v[i].s : STR_EMPTY;
	*n = v.a->n;
	return out;
}

static void read_run_start(struct event *e, struct val o)
{
	e->run_start.workflow = text_of(o, "workflow");
	e->run_start.name = text_of(o, "name");
	e->run_start.event = text_of(o, "event");
	e->run_start.ref = text_of(o, "ref");
	e->run_start.sha = text_of(o, "sha");
	e->run_start.version = text_of(o, "version");
	e->run_start.title = text_of(o, "run_name");
}

static void read_step_end(struct event *e, struct val o)
{
	e->step_end.name = text_of(o, "name");
	e->step_end.kind = text_of(o, "kind");
	e->step_end.outcome = result_read(text_of(o, "outcome"));
	e->step_end.conclusion = result_read(text_of(o, "conclusion"));
	e->step_end.exit_code = int_of(o, "exit_code", -1);
	e->step_end.signal = int_of(o, "signal", 0);
	e->step_end.queued_ms = number_of(o, "queued_ms", -1);
	e->step_end.duration_ms = number_of(o, "duration_ms", 0);
	e->step_end.max_rss_kb = number_of(o, "max_rss_kb", -1);
	e->step_end.cpu_ms = number_of(o, "cpu_ms", -1);
	e->step_end.reason = text_of(o, "reason");
}

static void read_annotation(struct event *e, struct val o)
{
	e->annotation.level = log_level_read(text_of(o, "level"));
	e->annotation.message = text_of(o, "message");
	e->annotation.file = text_of(o, "file");
	e->annotation.title = text_of(o, "title");
	e->annotation.line = small_of(o, "line");
	e->annotation.end_line = small_of(o, "end_line");
	e->annotation.col = small_of(o, "col");
	e->annotation.end_col = small_of(o, "end_col");
}

static void read_log(struct event *e, struct arena *a, struct val o)
{
	struct str *line = arena_make(a, struct str);
	*line = text_of(o, "line");
	e->log.stream = log_stream_read(text_of(o, "stream"));
	e->log.level = log_level_read(text_of(o, "level"));
	e->log.lines = line;
	e->log.n = 1;
}

static void read_run_end(struct event *e, struct arena *a, struct val o)
{
	e->run_end.conclusion = result_read(text_of(o, "conclusion"));
	e->run_end.wall_ms = number_of(o, "wall_ms", 0);
	e->run_end.work_ms = number_of(o, "work_ms", 0);
	e->run_end.critical_path_ms = number_of(o, "critical_path_ms", 0);
	e->run_end.jobs = val_at(o, "jobs");
	e->run_end.critical_path = text_of(o, "critical_path");
	e->run_end.side_by_side = small_of(o, "side_by_side");
	e->run_end.not_here = list_of(a, o, "not_here", &e->run_end.nnot_here);
}

static void read_step_begin(struct event *e, struct val o)
{
	if (e->type == EVENT_STEP_QUEUE) {
		e->step_queue.name = text_of(o, "name");
		e->step_queue.group = text_of(o, "group");
		return;
	}
	e->step_start.name = text_of(o, "name");
	e->step_start.kind = text_of(o, "kind");
	e->step_start.group = text_of(o, "group");
	e->step_start.background = bool_of(o, "background");
	e->step_start.pid = number_of(o, "pid", 0);
}

static void read_job(struct event *e, struct arena *a, struct val o)
{
	if (e->type == EVENT_JOB_START) {
		e->job_start.name = text_of(o, "name");
		e->job_start.matrix = val_at(o, "matrix");
		e->job_start.needs = list_of(a, o, "needs", &e->job_start.nneeds);
		e->job_start.runs_on = list_of(a, o, "runs_on", &e->job_start.nruns_on);
		e->job_start.workspace = text_of(o, "workspace");
		e->job_start.uses = text_of(o, "uses");
		e->job_start.environment = text_of(o, "environment");
		e->job_start.concurrency = text_of(o, "concurrency");
		e->job_start.permissions = val_at(o, "permissions");
		e->job_start.continue_on_error = bool_of(o, "continue_on_error");
		return;
	}
	if (e->type == EVENT_JOB_QUEUE) {
		e->job_queue.name = text_of(o, "name");
		e->job_queue.reason = text_of(o, "reason");
		return;
	}
	if (e->type == EVENT_JOB_SKIP) {
		e->job_skip.name = text_of(o, "name");
		e->job_skip.reason = text_of(o, "reason");
		e->job_skip.conclusion = result_read(text_of(o, "conclusion"));
		if (e->job_skip.conclusion == RESULT_NONE)
			e->job_skip.conclusion = RESULT_SKIPPED; /* older files say none */
		e->job_skip.not_here = bool_of(o, "not_here");
		e->job_skip.needs = list_of(a, o, "needs", &e->job_skip.nneeds);
		return;
	}
	e->job_end.name = text_of(o, "name");
	e->job_end.conclusion = result_read(text_of(o, "conclusion"));
	e->job_end.outputs = val_at(o, "outputs");
	e->job_end.duration_ms = number_of(o, "duration_ms", 0);
	e->job_end.reason = text_of(o, "reason");
	e->job_end.environment_url = text_of(o, "environment_url");
	e->job_end.continue_on_error = bool_of(o, "continue_on_error");
}

static void read_plan(struct event *e, struct arena *a, struct val o)
{
	e->plan.runs = outlook_read(text_of(o, "runs"));
	e->plan.condition = text_of(o, "condition");
	e->plan.reason = text_of(o, "reason");
	e->plan.cannot = text_of(o, "cannot");
	e->plan.name = text_of(o, "name");
	e->plan.kind = text_of(o, "kind");
	e->plan.group = text_of(o, "group");
	e->plan.background = bool_of(o, "background");
	e->plan.depth = small_of(o, "depth");
	e->plan.uses = text_of(o, "uses");
	e->plan.command = text_of(o, "command");
	e->plan.shell = text_of(o, "shell");
	e->plan.directory = text_of(o, "working_directory");
	e->plan.with = val_at(o, "with");
	e->plan.env = val_at(o, "env");
	e->plan.joins = list_of(a, o, "joins", &e->plan.njoins);
}

static void read_fields(struct event *e, struct arena *a, struct val o)
{
	switch (e->type) {
	case EVENT_RUN_START:
		read_run_start(e, o);
		break;
	case EVENT_JOB_QUEUE:
	case EVENT_JOB_START:
	case EVENT_JOB_SKIP:
	case EVENT_JOB_END:
		read_job(e, a, o);
		break;
	case EVENT_STEP_QUEUE:
	case EVENT_STEP_START:
		read_step_begin(e, o);
		break;
	case EVENT_LOG:
		read_log(e, a, o);
		break;
	case EVENT_ANNOTATION:
		read_annotation(e, o);
		break;
	case EVENT_STEP_END:
		read_step_end(e, o);
		break;
	case EVENT_STEP_JOIN:
		e->step_join.by = text_of(o, "by");
		e->step_join.outputs = val_at(o, "outputs");
		break;
	case EVENT_ARTIFACT:
		e->artifact.name = text_of(o, "name");
		e->artifact.path = text_of(o, "path");
		e->artifact.digest = text_of(o, "digest");
		e->artifact.size = number_of(o, "size", 0);
		break;
	case EVENT_RUN_END:
		read_run_end(e, a, o);
		break;
	case EVENT_PLAN:
		read_plan(e, a, o);
		break;
	case EVENT_TYPE_COUNT:
		break;
	}
}

int event_parse(struct event *out, struct arena *a, struct str line, struct err *err)
{
	struct val o;
	if (val_from_json(&o, a, line, err) < 0)
		return err_wrap(err, "event");
	if (o.kind != VAL_OBJECT)
		return err_set(err, ERR_INVALID, "event: not an object");
	struct event e = { 0 };
	struct str type = text_of(o, "type");
	if (!event_type_read(&e.type, type))
		return err_set(err, ERR_INVALID, "event: unknown type \"%.*s\"", STRF(str_to(type, 60)));
	if (!event_time_read(&e.time_ms, text_of(o, "time")))
		e.time_ms = 0;
	e.run = text_of(o, "run");
	e.job = text_of(o, "job");
	e.job_id = text_of(o, "job_id");
	e.step = text_of(o, "step");
	e.index = small_of(o, "index");
	read_fields(&e, a, o);
	*out = e;
	return 0;
}
