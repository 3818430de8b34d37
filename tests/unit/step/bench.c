/* A job as its steps see it, without a job around; see bench.h. */
#include "bench.h"

#include <criterion/criterion.h>

#include "kinds/kinds.h"

static void add(struct bench *b, struct str line)
{
	b->said = arena_printf(&b->arena, "%.*s%.*s\n", STRF(b->said), STRF(line));
}

static void record(struct sink *sink, const struct event *e)
{
	struct bench *b = (struct bench *)((char *)sink - offsetof(struct bench, sink));
	if (e->type == EVENT_STEP_START)
		add(b, arena_printf(&b->arena, "start %.*s", STRF(e->step)));
	if (e->type == EVENT_STEP_END)
		add(b, arena_printf(&b->arena, "end %.*s %s/%s", STRF(e->step), result_name(e->step_end.outcome),
		                    result_name(e->step_end.conclusion)));
	for (size_t i = 0; e->type == EVENT_LOG && i < e->log.n; i++)
		add(b, arena_printf(&b->arena, "log %.*s", STRF(e->log.lines[i])));
}

static bool no_context(void *owner, struct arena *a, struct str name, struct val *out)
{
	(void)owner;
	(void)a;
	(void)name;
	(void)out;
	return false;
}

/* Its answers are the bench's. */
static void forget_hash(struct step_run *s)
{
	(void)s;
}

static enum eval_result hash(struct step_run *s, struct arena *results, const struct str *patterns, size_t n, struct str *out,
                             struct err *err)
{
	struct bench *b = (struct bench *)((char *)s->job - offsetof(struct bench, job));
	(void)n;
	b->hashes++;
	if (b->hash == EVAL_ERROR)
		err_set(err, ERR_INVALID, "no hash");
	*out = arena_printf(results, "hash of %.*s", STRF(patterns[0]));
	return b->hash;
}

struct bench *bench_new(const char *steps)
{
	static const struct sink_ops recorder = { .name = "record", .event = record };
	static const struct scope_ops nothing = { .context = no_context };
	static char path[] = "PATH=/usr/bin:/bin";
	static char *inherited[] = { path, NULL };
	struct bench *b = xcalloc(1, sizeof(*b));
	struct arena *a = &b->arena;
	b->sources.arena = b->diags.arena = a;
	b->diags.sources = &b->sources;
	struct str yaml = arena_printf(a, "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n%s", steps);
	const struct source *src = source_add(&b->sources, STR("t.yml"), yaml);
	struct workflow *w = workflow_read(a, src, STR(".github/workflows/t.yml"), &b->diags);
	cr_assert(w->valid, "%s", b->diags.n ? b->diags.v[0].text.p : "");
	b->host = fake_host_new();
	b->session = (struct session) { .host = b->host,
		                        .opt = { .max_background = 10, .environ = inherited, .source_dir = STR("/src") } };
	b->sink.ops = &recorder;
	b->sinks[0] = &b->sink;
	b->journal = (struct journal) { .session = &b->session, .run = STR("r"), .sinks = b->sinks, .nsinks = 1 };
	struct masker *masker = b->journal.masker = masker_new();
	b->job = (struct job_base) { .session = &b->session,
		                     .speaker = { &b->journal, STR("j"), STR("j"), masker },
		                     .masker = masker,
		                     .log = log_job_new(masker, STR("/work"), false),
		                     .workflow = w,
		                     .kind_of = kind_of,
		                     .hash_files = hash,
		                     .hash_forget = forget_hash,
		                     .dir = STR("/dir"),
		                     .workspace = STR("/work"),
		                     .temp = STR("/temp"),
		                     .tracking_id = STR("id"),
		                     .status = RESULT_SUCCESS };
	b->job.scope = (struct scope) { .ops = &nothing, .arena = a, .results = a, .sources = &b->sources };
	b->job.env = val_object_case_sensitive(a);
	b->job.github = val_object(a);
	b->job.place = b->job.here = place_here(b->host, "id");
	b->job.frame = frame_new(&b->job, NULL);
	const struct job_graph *g = graph_lower(a, w->jobs[0]);
	frame_set_nodes(b->job.frame, g->nodes, g->n);
	return b;
}

void bench_go(struct bench *b)
{
	do {
		b->session.changed = false;
		job_base_hand_out_slots(&b->job);
		job_base_resume(&b->job);
		frame_advance(b->job.frame);
	} while (b->session.changed);
}

void bench_turn(struct bench *b)
{
	struct err err = ERR_INIT;
	cr_assert_eq(b->host->ops->wait(b->host, 0, &err), 0, "%s", err.text);
	bench_go(b);
}

struct step_run *bench_step(struct bench *b, const char *id)
{
	const struct frame *f = b->job.frame;
	for (size_t i = 0; i < f->n; i++)
		if (f->steps[i] && str_is(f->steps[i]->node->id, id))
			return f->steps[i];
	return NULL;
}

bool bench_said(struct bench *b, const char *line)
{
	struct str rest = b->said, next;
	while (str_next_line(&rest, &next))
		if (str_is(next, line))
			return true;
	return false;
}

int bench_times(struct bench *b, const char *part)
{
	int n = 0;
	struct str rest = b->said, next;
	while (str_next_line(&rest, &next))
		n += str_find(next, str_of(part), 0) != SIZE_MAX;
	return n;
}

void bench_free(struct bench *b)
{
	static const struct group_events nobody = { 0 };
	frame_release(b->job.frame);
	b->job.here->ops->close(b->job.here, &nobody, NULL);
	log_job_free(b->job.log);
	masker_free(b->journal.masker);
	b->host->ops->free(b->host);
	arena_done(&b->job.arena);
	arena_done(&b->arena);
	free(b);
}
