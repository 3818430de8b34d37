/* From a text to jobs and steps: ids, names, targets, needs, references; what is said about the wrong ones. */
#include <criterion/criterion.h>
#include <time.h>

#include "loading.h"

#define JOB   "on: push\njobs:\n  j:\n    runs-on: x\n"
#define STEPS JOB "    steps:\n"

static void expect(const char *text, const char *messages)
{
	struct loading l;
	_cleanup_buf_ struct buf got = BUF_INIT;
	load_text(&l, STR("t.yml"), str_of(text));
	load_messages(&got, &l);
	cr_expect_str_eq(buf_cstr(&got), messages, "%s\n  got:\n%s  expected:\n%s", text, buf_cstr(&got), messages);
	cr_expect_eq(l.w->valid, l.diags.errors == 0);
	load_done(&l);
}

static bool same(struct str got, const char *wanted)
{
	return str_eq(got, str_of(wanted));
}

#define expect_str(got, wanted)                                                                                                  \
	do {                                                                                                                     \
		struct str got_ = (got);                                                                                         \
		cr_expect(same(got_, (wanted)), "got '%.*s', expected '%s'", STRF(got_), (wanted));                              \
	} while (0)

/* ---- what is read ---- */

Test(workflow, fields)
{
	static const char text[] = "name: CI\nrun-name: r\nenv: {A: b}\ndefaults: {run: {shell: sh}}\n"
				   "on:\n  push: {branches: [main]}\n  pull_request:\n  schedule: [{cron: '0 0 * * *'}]\n"
				   "jobs:\n"
				   "  a:\n    runs-on: x\n    strategy: {fail-fast: false, max-parallel: 2, matrix: {os: [l]}}\n"
				   "    defaults: {run: {working-directory: d}}\n    steps: [{run: a}]\n"
				   "  b:\n    needs: A\n    runs-on: x\n    if: always()\n    strategy: ${{ fromJSON('{}') }}\n"
				   "  c:\n    needs: [a, b]\n    if: github.ref == 'x'\n    uses: ./.github/workflows/d.yml\n    "
				   "secrets: inherit\n    with: {k: v}\n";
	struct loading l;
	load_text(&l, STR("t.yml"), STR(text));
	const struct workflow *w = l.w;
	cr_assert(w->valid);
	expect_str(w->name, "CI");
	cr_expect(w->has_name && w->run_name && w->env && w->defaults_run && !w->concurrency && w->root);
	cr_assert_eq(w->ntriggers, 3);
	expect_str(w->triggers[0].event, "push");
	cr_expect(w->triggers[0].config && !w->triggers[1].config && w->triggers[2].config->kind == TOKEN_SEQUENCE);
	cr_assert_eq(w->njobs, 3);
	const struct job *a = w->jobs[0], *b = w->jobs[1], *c = workflow_job(w, STR("C"));
	cr_expect(c == w->jobs[2] && !workflow_job(w, STR("d")));
	cr_expect(a->fail_fast && a->max_parallel && a->matrix && a->defaults_run && a->line == 10 && !a->is_call);
	cr_expect(b->strategy && b->strategy->kind == TOKEN_EXPR && !b->matrix && b->nneeds == 1 && b->nsteps == 0);
	expect_str(b->needs[0].name, "A");
	cr_expect_eq(source_pos(l.src, b->needs[0].at.from).line, 16);
	expect_str(a->condition_text, "success()");
	expect_str(b->condition_text, "always()");
	expect_str(c->condition_text, "success() && (github.ref == 'x')");
	cr_expect(a->condition && b->condition && c->condition);
	cr_expect(c->is_call && c->secrets_inherit && c->with && c->nneeds == 2);
	expect_str(c->uses, "./.github/workflows/d.yml");
	load_done(&l);
}

Test(workflow, names_and_triggers)
{
	static const char *const events[] = { "on: push\n", "on: [push]\n", "on: {push: }\n" };
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		struct loading l;
		_cleanup_buf_ struct buf text = BUF_INIT;
		buf_addf(&text, "%sjobs: {j: {runs-on: x}}\n", events[i]);
		load_text(&l, STR("t.yml"), buf_str(&text));
		cr_assert(l.w->valid && l.w->ntriggers == 1);
		expect_str(l.w->triggers[0].event, "push");
		expect_str(l.w->name, ".github/workflows/t.yml");
		cr_expect(!l.w->has_name && !l.w->triggers[0].config);
		load_done(&l);
	}
	static const char *const kinds[] = { "run", "uses", "wait", "wait-all", "cancel", "parallel" };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		cr_expect_str_eq(step_kind_name((enum step_kind)i), kinds[i]);
}

/* Steps written in flow style, and of each "kind id: name", members behind "> ". */
static void list_steps(struct buf *out, struct step *const *steps, size_t n, const char *indent)
{
	for (size_t i = 0; i < n; i++) {
		const struct step *s = steps[i];
		buf_addf(out, "%s%s %.*s: %.*s%s", indent, step_kind_name(s->kind), STRF(s->id), STRF(s->default_name),
		         s->background ? " &" : "");
		for (size_t t = 0; t < s->ntargets; t++)
			buf_addf(out, " ->%.*s", STRF(s->targets[t].name));
		buf_addc(out, '\n');
		list_steps(out, s->members, s->nmembers, "> ");
	}
}

Test(workflow, steps)
{
	static const char text[] = STEPS "    - run: \"\\n  echo one  \\n echo two\"\n"
					 "    - {run: b, id: b, background: true}\n"
					 "    - run: ${{ github.sha }} and more\n"
					 "    - uses: actions/checkout@v4\n"
					 "    - {uses: actions/cache/save@v4, background: true, id: Save}\n"
					 "    - uses: actions/checkout@v3\n"
					 "    - uses: docker://alpine:3.8\n"
					 "    - uses: ./local\n"
					 "    - uses: $/own\n"
					 "    - wait: b\n"
					 "    - wait: [b, Save]\n"
					 "    - wait: []\n"
					 "    - cancel: b\n"
					 "    - wait-all:\n"
					 "    - wait-all: true\n"
					 "    - parallel: [{run: p}, {run: q}, {run: r, id: r}]\n"
					 "    - parallel: [{run: s}, {uses: actions/checkout@v4}]\n"
					 "    - {name: n, run: c}\n";
	struct loading l;
	_cleanup_buf_ struct buf got = BUF_INIT;
	load_text(&l, STR("t.yml"), STR(text));
	cr_assert(l.w->valid);
	list_steps(&got, l.w->jobs[0]->steps, l.w->jobs[0]->nsteps, "");
	cr_expect_str_eq(buf_cstr(&got),
	                 "run __run: Run echo one\n"
	                 "run b: Run b &\n"
	                 "run __run_2: Run ${{ github.sha }} and more\n"
	                 "uses __actions_checkout: Run actions/checkout@v4\n"
	                 "uses Save: Run actions/cache/save@v4 &\n"
	                 "uses __actions_checkout_2: Run actions/checkout@v3\n"
	                 "uses __alpine_3_8: Run alpine:3.8\n"
	                 "uses __self: Run ./local\n"
	                 "uses __self_2: Run $/own\n"
	                 "wait __wait: Wait ->b\n"
	                 "wait __wait_2: Wait ->b ->Save\n"
	                 "wait __wait_3: Wait\n"
	                 "cancel __cancel: Cancel ->b\n"
	                 "wait-all __wait-all: Wait for all\n"
	                 "wait-all __wait-all_2: Wait for all\n"
	                 "parallel __parallel: Parallel group\n"
	                 "> run __run: Run p\n"
	                 "> run __run_2: Run q\n"
	                 "> run r: Run r\n"
	                 "parallel __parallel_2: Parallel group\n"
	                 "> run __run: Run s\n"
	                 "> uses __actions_checkout: Run actions/checkout@v4\n"
	                 "run __run_3: Run c\n",
	                 "got:\n%s", buf_cstr(&got));
	load_done(&l);
}

/* A name that is too long is cut, also in front of its number; names that meet are told apart. */
Test(workflow, generated_ids_differ)
{
	struct loading l;
	_cleanup_buf_ struct buf text = BUF_INIT;
	char long_name[128];
	memset(long_name, 'a', sizeof(long_name));
	buf_adds(&text, STEPS "    - uses: run/2@v1\n    - run: a\n    - run: b\n");
	for (char end = 'x'; end <= 'z'; end++)
		for (int i = 0; i < 2; i++)
			buf_addf(&text, "    - uses: %.*s%c/b@v1\n", 97, long_name, end);
	load_text(&l, STR("t.yml"), buf_str(&text));
	cr_assert(l.w->valid);
	const struct job *j = l.w->jobs[0];
	expect_str(j->steps[0]->id, "__run_2");
	expect_str(j->steps[1]->id, "__run");
	expect_str(j->steps[2]->id, "__run_3");
	for (size_t i = 0; i < j->nsteps; i++) {
		cr_expect_leq(j->steps[i]->id.n, 100);
		for (size_t k = 0; k < i; k++)
			cr_expect(!str_eq(j->steps[i]->id, j->steps[k]->id), "%.*s twice", STRF(j->steps[i]->id));
	}
	load_done(&l);
}

/* ---- what is refused ---- */

#define BAD_ID(id)                                                                                                               \
	"The identifier '" id "' is invalid. IDs may only contain alphanumeric characters, '_', and '-'. IDs must start with a " \
	"letter or '_' and must be less than 100 characters."

Test(workflow, ids)
{
	static const char *const cases[][2] = {
		{ STEPS "    - {id: 1st, run: a}\n", "6:12 " BAD_ID("1st") " [step-id-invalid]\n" },
		{ STEPS "    - {id: a.b, run: a}\n", "6:12 " BAD_ID("a.b") " [step-id-invalid]\n" },
		{ STEPS "    - {id: __a, run: a}\n",
		  "6:12 The identifier '__a' is invalid. IDs starting with '__' are reserved. [id-reserved]\n" },
		{ "on: push\njobs:\n  my.job: {runs-on: x}\n", "3:3 " BAD_ID("my.job") " [job-id-invalid]\n" },
		{ STEPS "    - {id: _, run: a}\n    - {id: a-1_B, run: a}\n", "" },
		{ STEPS "    - {id: a, run: a}\n    - {id: a, run: a}\n",
		  "7:12 The identifier 'a' may not be used more than once within the same scope. [step-id-duplicate]\n" },
		{ STEPS "    - {id: a, run: a}\n    - {id: A, wait-all: }\n",
		  "7:12 The identifier 'A' may not be used more than once within the same scope. [step-id-duplicate-case]\n" },
		{ STEPS "    - parallel: [{id: a, run: a}]\n    - parallel: [{id: a, run: a}]\n",
		  "7:23 The identifier 'a' may not be used more than once within the same scope. [parallel-id-duplicate]\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(cases[i][0], cases[i][1]);
}

#define A "    - {id: a, run: a, background: true}\n"

Test(workflow, targets)
{
	static const char *const cases[][2] = {
		{ STEPS A "    - wait: a\n    - cancel: a\n    - wait: [a, a]\n", "" },
		{ STEPS "    - {id: f, run: f}\n    - wait: f\n    - wait: []\n", "" },
		{ STEPS A "    - wait: b\n", "7:13 Step references unknown step ID 'b' [wait-unknown]\n" },
		{ STEPS A "    - wait: A\n", "7:13 Step references unknown step ID 'A' [wait-target-case]\n" },
		{ STEPS "    - wait: a\n" A, "6:13 Step references unknown step ID 'a' [wait-later]\n" },
		{ STEPS "    - parallel: [{id: m, run: a}]\n    - cancel: m\n",
		  "7:15 Step references unknown step ID 'm' [wait-parallel-member]\n" },
		{ STEPS "    - {id: a, wait: a}\n", "6:21 Step 'a' cannot reference itself [wait-self]\n" },
		{ STEPS "    - {wait: a, id: a}\n", "6:14 Step 'a' cannot reference itself [wait-self]\n" },
		{ STEPS "    - run: a\n    - wait: __run\n",
		  "7:13 The identifier '__run' is invalid. IDs starting with '__' are reserved. [wait-reserved]\n" },
		{ STEPS "    - wait-all: false\n", "6:17 The value of 'wait-all' must be true or omitted [wait-all-value]\n" },
		{ "on: push\njobs:\n  i: {runs-on: x, steps: [{id: a, run: a}]}\n  j: {runs-on: x, steps: [{wait: a}]}\n",
		  "4:34 Step references unknown step ID 'a' [wait-unknown]\n" },
		{ STEPS "    - parallel: [{run: a}, {wait: q}]\n",
		  "6:29 'wait' is not allowed inside a parallel block. [parallel-control]\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(cases[i][0], cases[i][1]);
}

/* One finding for one mistake, whatever the order of the keys; GitHub's reader may say two (see test_schema.c). */
Test(workflow, one_finding_for_one_mistake)
{
	static const char *const cases[][2] = {
		{ STEPS "    - use: a/b@c\n", "6:7 Unexpected value 'use' [key-unknown-step]\n" },
		{ STEPS "    - {with: {x: y}, use: a/b@c}\n", "6:22 Unexpected value 'use' [key-unknown-step]\n" },
		{ STEPS "    - {use: a/b@c, with: {x: y}}\n", "6:8 Unexpected value 'use' [key-unknown-step]\n" },
		{ STEPS "    - runs: a\n", "6:7 Unexpected value 'runs' [key-unknown-step]\n" },
		{ STEPS "    - {shell: sh, runs: a}\n", "6:19 Unexpected value 'runs' [key-unknown-step]\n" },
		{ STEPS "    - {shell: sh, uses: a/b@c}\n", "6:8 Unexpected value 'shell' [step-key-misplaced]\n" },
		{ STEPS "    - {uses: a/b@c, shell: sh}\n", "6:21 Unexpected value 'shell' [step-key-misplaced]\n" },
		{ STEPS "    - {with: {x: y}, run: a}\n", "6:8 Unexpected value 'with' [step-key-misplaced]\n" },
		{ STEPS "    - {run: a, with: {x: y}}\n", "6:16 Unexpected value 'with' [step-key-misplaced]\n" },
		{ STEPS "    - {run: a, uses: a/b@c}\n", "6:16 Unexpected value 'uses' [step-two-actions]\n" },
		{ STEPS "    - {shell: sh, uses: a/b@c, run: a}\n", "6:19 Unexpected value 'uses' [step-two-actions]\n" },
		{ STEPS "    - {shell: sh, with: {x: y}}\n",
		  "6:7 There's not enough info to determine what you meant. Add one of these properties: cancel, parallel, run, "
		  "shell, uses, wait, wait-all, with, working-directory [step-no-action]\n" },
		{ STEPS "    - {background: true, wait: []}\n", "6:8 Unexpected value 'background' [bg-misplaced]\n" },
		{ "on: push\njob: {a: {runs-on: x}}\n", "2:1 Unexpected value 'job' [key-unknown-workflow]\n" },
		{ "on: push\njobs: {a: {run-on: x, steps: [{run: a}]}}\n", "2:12 Unexpected value 'run-on' [key-unknown-job]\n" },
		{ "on: push\njobs: {a: {runs-on: x, with: {b: c}, uses: ./.github/workflows/w.yml}}\n",
		  "2:12 Unexpected value 'runs-on' [job-mixed-kind]\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(cases[i][0], cases[i][1]);
}

Test(workflow, needs)
{
	static const char *const cases[][2] = {
		{ "on: push\njobs:\n  a: {runs-on: x}\n  b: {needs: [A, a], runs-on: x}\n", "" },
		{ "on: push\njobs:\n  a: {runs-on: x}\n  b: {needs: [a, c], runs-on: x}\n  d: {needs: b, runs-on: x}\n",
		  "4:18 Job 'b' depends on unknown job 'c'. [needs-unknown]\n" },
		{ "on: push\njobs:\n  a: {runs-on: x}\n  b: {needs: b, runs-on: x}\n",
		  "4:14 Job 'b' needs itself [needs-self]\n" },
		{ "on: push\njobs:\n  r: {runs-on: x}\n  a: {needs: [r, b], runs-on: x}\n  b: {needs: a, runs-on: x}\n",
		  "4:18 Jobs wait for each other: a -> b -> a [needs-cycle]\n" },
		{ "on: push\njobs:\n  r: {runs-on: x}\n  a: {needs: [r, b], runs-on: x}\n  b: {needs: c, runs-on: x}\n"
		  "  c: {needs: [b, c], runs-on: x}\n  d: {needs: a, runs-on: x}\n",
		  "5:14 Jobs wait for each other: b -> c -> b [needs-cycle]\n" },
		{ "on: push\njobs:\n  a: {needs: b, runs-on: x}\n  b: {needs: a, runs-on: x}\n",
		  "3:3 The workflow must contain at least one job with no dependencies. [needs-no-root]\n" },
		{ "on: push\njobs:\n  a: {needs: b, runs-on: x}\n  b: {needs: q, runs-on: x}\n",
		  "4:14 Job 'b' depends on unknown job 'q'. [needs-unknown]\n" },
		{ "on: push\njobs: {}\n", "2:7 The workflow must contain at least one job with no dependencies. [jobs-empty]\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(cases[i][0], cases[i][1]);
}

/* ---- speed ---- */

static double load_lines(size_t n, const char *head, const char *line)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct loading l;
	struct timespec from, to;
	buf_adds(&text, head);
	for (size_t i = 0; i < n; i++) {
		for (const char *p = line; *p; p++)
			if (*p == '#')
				buf_addf(&text, "%zu", i);
			else if (*p == '+')
				buf_addf(&text, "%zu", i + 1);
			else
				buf_addc(&text, *p);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	load_text(&l, STR("t.yml"), buf_str(&text));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	cr_expect(l.w->njobs > 0);
	load_done(&l);
	return (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

Test(workflow, time_is_linear)
{
	static const struct {
		const char *what, *head, *line;
	} cases[] = {
		{ "steps", STEPS, "    - {id: s#, run: a, background: true}\n    - wait: s#\n" },
		{ "generated ids", STEPS, "    - run: a\n    - uses: o/r@v1\n" },
		{ "unknown targets", STEPS, "    - {id: s#, run: a}\n    - wait: q#\n" },
		{ "repeated ids", STEPS, "    - {id: s, run: a}\n    - {id: s, run: a}\n" },
		{ "a chain from its end", "on: push\njobs:\n  j5000: {runs-on: x}\n", "  j#: {needs: j+, runs-on: x}\n" },
		{ "unknown needs", "on: push\njobs:\n  r: {runs-on: x}\n", "  j#: {needs: q#, runs-on: x}\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		double ms = load_lines(5000, cases[i].head, cases[i].line);
		cr_log_info("10,000 of %s: %.1f ms", cases[i].what, ms);
		cr_expect_lt(ms, 1500, "%s took %.1f ms", cases[i].what, ms); /* a twentieth of that; sanitizers take longer */
	}
}
