/* A workflow under the fake host; see sim.h. */
#include "sim.h"

#include <criterion/criterion.h>

static void record(struct sink *sink, const struct event *e)
{
	struct sim *s = (struct sim *)((char *)sink - offsetof(struct sim, sink));
	struct buf lines = BUF_INIT;
	event_json(&lines, e);
	struct str rest = buf_str(&lines), line;
	while (str_next_line(&rest, &line)) {
		struct val v;
		struct err err = ERR_INIT;
		cr_assert_eq(val_from_json(&v, &s->arena, arena_str(&s->arena, line), &err), 0, "%s: %.*s", err.text, STRF(line));
		val_push(&s->arena, s->events, v);
	}
	buf_done(&lines);
}

static const struct sink_ops recorder = { .name = "record", .event = record };

struct sim *sim_new(const char *yaml)
{
	struct sim *s = xcalloc(1, sizeof(*s));
	s->sources.arena = s->diags.arena = &s->arena;
	s->diags.sources = &s->sources;
	const struct source *src = source_add(&s->sources, STR(".github/workflows/t.yml"), str_of(yaml));
	s->workflow = workflow_read(&s->arena, src, STR(".github/workflows/t.yml"), &s->diags);
	struct buf shown = BUF_INIT;
	for (size_t i = 0; i < s->diags.n; i++)
		diag_render(&shown, &s->diags, &s->diags.v[i], false, 100);
	cr_assert(s->workflow->valid, "%s", buf_cstr(&shown));
	buf_done(&shown);
	s->host = fake_host_new();
	s->job = "j";
	s->events = val_array(&s->arena);
	s->event = (struct trigger_event) { .name = STR("push"),
		                            .payload = val_object(&s->arena),
		                            .ref = STR("refs/heads/main"),
		                            .sha = STR("1234567890123456789012345678901234567890") };
	static char path[] = "PATH=/usr/bin:/bin", home[] = "HOME=/home/u";
	static char *no_environ[] = { path, home, NULL };
	struct arena *a = &s->arena;
	s->opt = (struct exec_options) { .max_parallel = 4,
		                         .max_background = 10,
		                         .self = STR("/usr/bin/sidestep"),
		                         .source_dir = STR("/src"),
		                         .work_dir = STR("/work"),
		                         .tool_cache = STR("/tools"),
		                         .secrets = val_object(a),
		                         .vars = val_object(a),
		                         .inputs = val_object(a),
		                         .env = val_object_case_sensitive(a),
		                         .local_repositories = val_object(a),
		                         .environ = no_environ };
	return s;
}

struct sim *sim_steps(const char *steps)
{
	struct arena a = { 0 };
	struct str yaml = arena_printf(&a, "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n%s", steps);
	struct sim *s = sim_new(yaml.p);
	arena_done(&a);
	return s;
}

void sim_called(struct sim *s, const char *uses, const char *yaml)
{
	struct called_file *f = vec_add(&s->arena, &s->called);
	f->source = source_add(&s->sources, str_of(uses), str_of(yaml));
	f->repo_path = str_of(uses);
}

static int read_called(void *cookie, const struct workflow *from, struct str ref, struct called_file *out, struct err *err)
{
	struct sim *s = cookie;
	(void)from;
	for (size_t i = 0; i < s->called.n; i++)
		if (str_eq(s->called.v[i].source->path, ref)) {
			*out = s->called.v[i];
			return 0;
		}
	return err_set(err, ERR_MISSING, "no file %.*s", STRF(ref));
}

static void load_calls(struct sim *s)
{
	struct call_reader reader = { .cookie = s, .read = read_called };
	struct buf shown = BUF_INIT;
	calls_load(s->workflow, &s->arena, &reader, &(struct call_options) { .write_policy = true }, &s->diags);
	for (size_t i = 0; i < s->diags.n; i++)
		diag_render(&shown, &s->diags, &s->diags.v[i], false, 100);
	cr_assert(s->workflow->valid, "%s", buf_cstr(&shown));
	buf_done(&shown);
}

void sim_start(struct sim *s)
{
	struct err err = ERR_INIT;
	load_calls(s);
	cr_assert_eq(plan_make(&s->plan, &s->arena, s->workflow, &(struct plan_options) { 0 }, &err), 0, "%s", err.text);
	struct val github = val_object(&s->arena);
	val_set_str(&s->arena, github, "repository", STR("o/r"));
	val_set_str(&s->arena, github, "ref", STR("refs/heads/main"));
	val_set_str(&s->arena, github, "server_url", STR("https://github.com"));
	s->sink.ops = &recorder;
	s->sinks[0] = &s->sink;
	s->engine = engine_new(s->host, &s->opt);
	struct run_spec spec = { .plan = s->plan,
		                 .sources = &s->sources,
		                 .id = STR("r1"),
		                 .run_id = STR("1"),
		                 .run_number = STR("1"),
		                 .version = STR("0"),
		                 .event = &s->event,
		                 .github = github,
		                 .sinks = s->sinks,
		                 .nsinks = 1 };
	s->run = engine_add(s->engine, &spec);
	sim_turn(s);
}

void sim_free(struct sim *s)
{
	engine_free(s->engine);
	s->host->ops->free(s->host);
	arena_done(&s->arena);
	free(s);
}

void sim_turn(struct sim *s)
{
	for (int i = 0; i < 6; i++)
		engine_turn(s->engine, 0);
}

void sim_finish(struct sim *s)
{
	int turns = 0;
	while (engine_turn(s->engine, UINT64_MAX))
		cr_assert_lt(++turns, 200000, "the run does not end");
}

void sim_pass(struct sim *s, double seconds)
{
	fake_advance(s->host, (uint64_t)(seconds * 1e9));
	sim_turn(s);
}

void sim_exit(struct sim *s, const char *step, int code)
{
	fake_exit(s->host, step, code);
	sim_turn(s);
}

const char *sim_text(struct sim *s, struct val event, const char *key)
{
	struct val v = val_at(event, key);
	return v.kind == VAL_NULL ? "" : arena_cstr(&s->arena, val_to_str(&s->arena, v));
}

struct val sim_event(struct sim *s, const char *type, const char *step, int n)
{
	for (size_t i = 0; i < s->events.a->n; i++) {
		struct val e = s->events.a->v[i];
		if (strcmp(sim_text(s, e, "type"), type) == 0 && (!step || strcmp(sim_text(s, e, "step"), step) == 0) && n-- == 0)
			return e;
	}
	return val_null();
}

int sim_count(struct sim *s, const char *type, const char *step)
{
	int n = 0;
	while (sim_event(s, type, step, n).kind != VAL_NULL)
		n++;
	return n;
}

const char *sim_end(struct sim *s, const char *step)
{
	struct val e = sim_event(s, "step.end", step, 0);
	if (e.kind == VAL_NULL)
		return "";
	return arena_printf(&s->arena, "%s/%s", sim_text(s, e, "outcome"), sim_text(s, e, "conclusion")).p;
}

const char *sim_job(struct sim *s, const char *key)
{
	for (size_t i = 0; i < s->events.a->n; i++) {
		struct val e = s->events.a->v[i];
		const char *type = sim_text(s, e, "type");
		if (strcmp(sim_text(s, e, "job"), key) != 0)
			continue;
		if (strcmp(type, "job.end") == 0)
			return sim_text(s, e, "conclusion");
		if (strcmp(type, "job.skip") == 0)
			return "skipped";
	}
	return "";
}

const char *sim_conclusion(struct sim *s)
{
	return sim_text(s, sim_event(s, "run.end", NULL, 0), "conclusion");
}

bool sim_logged(struct sim *s, const char *step, const char *text)
{
	for (int n = 0;; n++) {
		struct val e = sim_event(s, "log", step, n);
		if (e.kind == VAL_NULL)
			return false;
		if (strstr(sim_text(s, e, "line"), text))
			return true;
	}
}

const char *sim_script(struct sim *s, const char *step)
{
	const char *last = NULL;
	for (int i = 0; fake_arg(s->host, step, i); i++)
		last = fake_arg(s->host, step, i);
	return last ? fake_file(s->host, last) : NULL;
}
