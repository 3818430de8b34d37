/* Pre and post stages of actions, with a kind of action made for this: every step whose id begins with "a" has them. */
#include <criterion/criterion.h>

#include "job/job.h"
#include "kinds/kinds.h"
#include "step/effects.h"
#include "step/stages.h"
#include "support/fake_host.h"

static struct {
	struct arena arena;
	struct source_set sources;
	struct diag_list diags;
	struct host *host;
	struct session session;
	struct journal journal;
	struct scope scope;
	struct job_run *job; /* NULL: it has ended */
	enum result conclusion;
	struct sink sink;
	struct sink *sinks[1];
	struct str said; /* "start ID KIND NAME\n", "end ID OUTCOME\n" */
	const char *post_condition;
	bool pre;
} w;

/* ---- the kind ---- */

static enum step_begun spawn(struct step_run *s, const char *stage)
{
	char *argv[] = { (char *)"/node", arena_strdup(&s->arena, stage), NULL };
	return step_make_files(s) && step_spawn(s, s->job->place, "/node", argv, "/") ? STEP_BEGUN : STEP_OVER;
}

static enum step_begun begin_pre(struct step_run *s)
{
	stages_register_post(s);
	return spawn(s, "pre");
}

static enum step_begun begin_post(struct step_run *s)
{
	return spawn(s, "post");
}

static const struct step_ops pre_ops = { .begin = begin_pre, .stop = step_stop_process, .end = step_end_process };
static const struct step_ops post_ops = { .begin = begin_post, .stop = step_stop_process, .end = step_end_process };

static struct stage make_stage(const struct step_ops *ops, const char *condition)
{
	static const char *const names[] = { "env" };
	const struct expr_scope scope = { .contexts = names, .ncontexts = 1, .fns = EXPR_FN_STATUS };
	struct stage stage = { .ops = ops, .condition_text = str_of(condition) };
	struct expr *e;
	struct expr_error error;
	cr_assert_eq(expr_parse(&e, &w.arena, stage.condition_text, &scope, &error), 0);
	stage.condition = e;
	return stage;
}

static enum step_begun begin_main(struct step_run *s)
{
	stages_use(s)->post = make_stage(&post_ops, w.post_condition);
	stages_register_post(s);
	return spawn(s, "main");
}

static const struct step_ops main_ops = { .begin = begin_main, .stop = step_stop_process, .end = step_end_process };

static const struct step_ops *test_kind(const struct gnode *n)
{
	return str_starts(n->id, STR("a")) ? &main_ops : kind_of(n);
}

static void ask_for_pre(struct frame *f)
{
	for (size_t i = 0; w.pre && i < f->n; i++)
		if (str_starts(f->nodes[i].id, STR("a"))) {
			struct step_use *u = stages_use_of(f, &f->nodes[i]);
			u->pre = make_stage(&pre_ops, "always()");
			u->post = make_stage(&post_ops, w.post_condition);
		}
}

/* ---- the job ---- */

static void record(struct sink *sink, const struct event *e)
{
	(void)sink;
	if (e->type == EVENT_STEP_START)
		w.said = arena_printf(&w.arena, "%.*sstart %.*s %.*s %.*s\n", STRF(w.said), STRF(e->step),
		                      STRF(e->step_start.kind), STRF(e->step_start.name));
	if (e->type == EVENT_STEP_END)
		w.said = arena_printf(&w.arena, "%.*send %.*s %s\n", STRF(w.said), STRF(e->step),
		                      result_name(e->step_end.outcome));
}

static bool no_context(void *owner, struct arena *a, struct str name, struct val *out)
{
	(void)owner;
	(void)a;
	(void)name;
	(void)out;
	return false;
}

static void begun(void *owner, struct job_run *j)
{
	(void)owner;
	(void)j;
}

static void ended(void *owner, struct job_run *j)
{
	(void)owner;
	w.conclusion = j->conclusion;
	w.job = NULL;
	job_free(j);
}

static void go(void)
{
	struct err err = ERR_INIT;
	cr_assert_eq(w.host->ops->wait(w.host, 0, &err), 0);
	do {
		w.session.changed = false;
		if (w.job)
			job_advance(w.job);
	} while (w.session.changed);
}

static void start(const char *steps)
{
	static const struct sink_ops recorder = { .name = "record", .event = record };
	static const struct scope_ops nothing = { .context = no_context };
	static const struct job_ops ops = { begun, ended };
	static char path[] = "PATH=/usr/bin:/bin";
	static char *inherited[] = { path, NULL };
	struct arena *a = &w.arena;
	w.sources.arena = w.diags.arena = a;
	w.diags.sources = &w.sources;
	struct str yaml = arena_printf(a, "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n%s", steps);
	const struct source *src = source_add(&w.sources, STR("t.yml"), yaml);
	struct workflow *workflow = workflow_read(a, src, STR(".github/workflows/t.yml"), &w.diags);
	cr_assert(workflow->valid, "%s", w.diags.n ? w.diags.v[0].text.p : "");
	w.host = fake_host_new();
	w.session = (struct session) { .host = w.host,
		                       .opt = { .max_background = 10,
		                                .environ = inherited,
		                                .work_dir = STR("/work"),
		                                .tool_cache = STR("/tools"),
		                                .env = val_object_case_sensitive(a) } };
	w.sink.ops = &recorder;
	w.sinks[0] = &w.sink;
	w.journal = (struct journal) {
		.session = &w.session, .run = STR("r"), .sinks = w.sinks, .nsinks = 1, .masker = masker_new()
	};
	w.scope = (struct scope) { .ops = &nothing, .arena = a, .results = a, .sources = &w.sources };
	if (!w.post_condition)
		w.post_condition = "always()";
	struct val github = val_object(a);
	val_set_str(a, github, "repository", STR("o/r"));
	val_set_str(a, github, "server_url", STR("https://github.com"));
	struct job_spec spec = { .speaker = { &w.journal, STR("j"), STR("j"), w.journal.masker },
		                 .job = workflow->jobs[0],
		                 .workflow = workflow,
		                 .graph = graph_lower(a, workflow->jobs[0]),
		                 .around = &w.scope,
		                 .github = github,
		                 .payload = val_object(a),
		                 .masker = w.journal.masker,
		                 .kind_of = test_kind,
		                 .prepare = ask_for_pre,
		                 .results = a,
		                 .ops = &ops };
	w.job = job_start(&w.session, &spec);
	go();
}

static void ends(const char *step, int code)
{
	fake_exit(w.host, step, code);
	go();
}

static int line_of(const char *line)
{
	struct str rest = w.said, next;
	for (int n = 1; str_next_line(&rest, &next); n++)
		if (str_is(next, line))
			return n;
	return 0;
}

static void done(enum result conclusion)
{
	cr_assert_null(w.job, "%.*s", STRF(w.said));
	cr_assert_eq(w.conclusion, conclusion, "%.*s", STRF(w.said));
}

static void tear_down(void)
{
	if (w.job)
		job_free(w.job);
	w.host->ops->free(w.host);
	masker_free(w.journal.masker);
	arena_done(&w.arena);
}

TestSuite(stages, .fini = tear_down);

#define THREE "      - id: a1\n        run: x\n      - id: a2\n        run: x\n      - id: plain\n        run: x\n"

Test(stages, posts_run_last_first)
{
	start(THREE);
	ends("a1", 0);
	ends("a2", 0);
	ends("plain", 0);
	cr_assert(fake_is_running(w.host, "__post_a2"));
	cr_assert_not(fake_was_started(w.host, "__post_a1"));
	cr_assert_str_eq(fake_arg(w.host, "__post_a2", 1), "post");
	ends("__post_a2", 0);
	ends("__post_a1", 0);
	done(RESULT_SUCCESS);
	cr_assert(line_of("start __post_a1 post Post Run x"), "%.*s", STRF(w.said));
	cr_assert(line_of("end __post_a1 success"));
}

Test(stages, posts_run_after_a_failure_and_on_their_own)
{
	start(THREE);
	ends("a1", 0);
	ends("a2", 1);
	cr_assert_not(fake_was_started(w.host, "plain"));
	ends("__post_a2", 3);
	ends("__post_a1", 0);
	done(RESULT_FAILURE);
}

Test(stages, a_failing_post_fails_the_job)
{
	start("      - id: a1\n        run: x\n");
	ends("a1", 0);
	ends("__post_a1", 1);
	done(RESULT_FAILURE);
	cr_assert(line_of("end __post_a1 failure"));
}

Test(stages, its_continue_on_error_holds_for_its_post)
{
	start("      - id: a1\n        run: x\n        continue-on-error: true\n");
	ends("a1", 0);
	ends("__post_a1", 1);
	done(RESULT_SUCCESS);
}

Test(stages, what_never_began_has_no_post)
{
	start("      - id: plain\n        run: x\n      - id: a1\n        run: x\n");
	ends("plain", 1);
	done(RESULT_FAILURE);
	cr_assert_not(fake_was_started(w.host, "__post_a1"));
}

Test(stages, posts_run_after_cancellation)
{
	start(THREE);
	ends("a1", 0);
	job_cancel(w.job, STR("cancelled"));
	fake_on_signal(w.host, "a2", 2, 130);
	go();
	ends("a2", 130);
	cr_assert(fake_is_running(w.host, "__post_a2"), "%.*s", STRF(w.said));
	ends("__post_a2", 0);
	ends("__post_a1", 0);
	done(RESULT_CANCELLED);
}

Test(stages, a_condition_decides)
{
	w.post_condition = "success()";
	start(THREE);
	ends("a1", 0);
	ends("a2", 1);
	done(RESULT_FAILURE);
	cr_assert(line_of("end __post_a2 skipped"), "%.*s", STRF(w.said));
	cr_assert(line_of("end __post_a1 skipped"));
}

Test(stages, cancellation_looks_at_the_condition_of_a_running_post)
{
	w.post_condition = "success()";
	start("      - id: a1\n        run: x\n");
	ends("a1", 0);
	cr_assert(fake_is_running(w.host, "__post_a1"));
	job_cancel(w.job, STR("cancelled"));
	cr_assert_str_eq(fake_signals(w.host, "__post_a1"), "2");
	ends("__post_a1", 0);
	done(RESULT_CANCELLED);
	cr_assert(line_of("end __post_a1 cancelled"));
}

Test(stages, a_killed_job_runs_none)
{
	start(THREE);
	job_kill(w.job);
	go();
	fake_advance(w.host, 10 * SECOND);
	go();
	done(RESULT_CANCELLED);
	cr_assert_not(fake_was_started(w.host, "__post_a1"));
}

Test(stages, background_steps_have_theirs_after_the_join)
{
	start("      - id: a1\n        run: x\n        background: true\n      - id: a2\n        run: x\n        background: "
	      "true\n");
	w.post_condition = "failure()";
	ends("a2", 0);
	cr_assert_not(fake_was_started(w.host, "__post_a2"), "the other one still runs");
	ends("a1", 1);
	cr_assert(fake_is_running(w.host, "__post_a2"), "%.*s", STRF(w.said));
	ends("__post_a2", 0);
	ends("__post_a1", 0);
	done(RESULT_FAILURE);
}

Test(stages, merged_failures_are_seen_by_posts)
{
	w.post_condition = "failure()";
	start("      - id: a1\n        run: x\n        background: true\n      - cancel: a1\n        id: c\n");
	fake_on_signal(w.host, "a1", 2, 1);
	ends("a1", 1);
	cr_assert_null(w.job);
	done(RESULT_SUCCESS);
	cr_assert(line_of("end a1 cancelled"), "%.*s", STRF(w.said));
	cr_assert(line_of("end __post_a1 skipped"));
}

Test(stages, state_is_for_the_stages_of_one_step)
{
	w.pre = true;
	start(THREE);
	cr_assert_str_eq(fake_arg(w.host, "__pre_a1", 1), "pre");
	cr_assert_not(fake_was_started(w.host, "a1"));
	fake_write(w.host, "__pre_a1", "GITHUB_STATE", "from_pre=1\n");
	ends("__pre_a1", 0);
	ends("__pre_a2", 0);
	cr_assert_str_eq(fake_env(w.host, "a1", "STATE_from_pre"), "1");
	fake_output(w.host, "a1", HOST_STDOUT, "::save-state name=from_main::2\n");
	ends("a1", 0);
	cr_assert_null(fake_env(w.host, "a2", "STATE_from_pre"));
	ends("a2", 0);
	ends("plain", 0);
	ends("__post_a2", 0);
	cr_assert_str_eq(fake_env(w.host, "__post_a1", "STATE_from_pre"), "1");
	cr_assert_str_eq(fake_env(w.host, "__post_a1", "STATE_from_main"), "2");
	ends("__post_a1", 0);
	done(RESULT_SUCCESS);
	cr_assert(line_of("start __pre_a1 pre Pre Run x"), "%.*s", STRF(w.said));
}

Test(stages, a_step_with_a_pre_stage_has_its_post_although_it_was_skipped)
{
	w.pre = true;
	start(THREE);
	ends("__pre_a1", 1);
	ends("__pre_a2", 0);
	cr_assert_not(fake_was_started(w.host, "a1"));
	ends("__post_a2", 0);
	ends("__post_a1", 0);
	done(RESULT_FAILURE);
}
