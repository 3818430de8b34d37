/* What GitHub's reader says: in stages, in the order of the file, and without what only we have against it. */
#include <criterion/criterion.h>

#include "loading.h"
#include "model/calls.h"

#define JOB "on: push\njobs:\n  j:\n    runs-on: x\n"

static void put(struct buf *out, const struct workflow *w)
{
	static const char *const kinds[] = { "", "file ", "bare ", "in " };
	for (size_t i = 0; i < w->nerrors; i++) {
		const struct reader_error *e = &w->errors[i];
		bool placed = e->place == READER_PLACED || e->place == READER_CALL;
		struct pos p = placed ? source_pos(w->source, e->at.from) : (struct pos) { 0, 0 };
		buf_adds(out, kinds[e->place]);
		if (placed)
			buf_addf(out, "%u:%u ", p.line, p.col);
		buf_addf(out, "%.*s\n", STRF(e->text));
	}
}

static void expect(const char *text, const struct read_limits *limits, const char *wanted)
{
	struct arena a = { 0 };
	struct source_set set = { .arena = &a };
	struct diag_list diags = { .arena = &a, .sources = &set };
	_cleanup_buf_ struct buf got = BUF_INIT;
	struct source *src = source_add(&set, STR("t.yml"), str_of(text));
	const struct workflow *w = workflow_read_limited(&a, src, STR("t.yml"), limits, &diags);
	put(&got, w);
	cr_expect_str_eq(buf_cstr(&got), wanted, "%s\n  got:\n%s  expected:\n%s", text, buf_cstr(&got), wanted);
	cr_expect(w->nerrors == 0 || !w->valid, "%s", text);
	arena_done(&a);
}

Test(official, order)
{
	static const char *const rows[][2] = {
		/* duplicates among other errors; what is missing is said at the end of its mapping */
		{ "on: push\njobs:\n  j:\n    steps: [1]\n    env: {A: 1, a: 2}\n    bar: 2\n    STEPS: 3\n",
		  "4:13 Unexpected value '1'\n5:17 'a' is already defined\n6:5 Unexpected value 'bar'\n"
		  "7:5 'STEPS' is already defined\n4:5 Required property is missing: runs-on\n" },
		/* YAML at fault: reading ends, what was said before stays */
		{ JOB "    foo: 1\n    timeout-minutes: !!int x\n    bar: 1\n",
		  "5:5 Unexpected value 'foo'\n"
		  "file The value 'x' on line 6 and column 22 is invalid for the type 'tag:yaml.org,2002:int'\n" },
		/* the shape first; values only when it is right */
		{ JOB "    foo: 1\n    if: foo\n", "5:5 Unexpected value 'foo'\n" },
		{ JOB "    if: foo\n    steps:\n      - {run: a, id: 1}\n",
		  "5:9 Unrecognized named-value: 'foo'. Located at position 1 within expression: foo\n"
		  "7:22 The identifier '1' is invalid. IDs may only contain alphanumeric characters, '_', and '-'. IDs must "
		  "start "
		  "with a letter or '_' and must be less than 100 characters.\n" },
		/* an expression in braces belongs to the shape */
		{ JOB "    if: ${{ foo }}\n    steps:\n      - {run: a, id: 1}\n",
		  "5:9 Unrecognized named-value: 'foo'. Located at position 1 within expression: foo\n" },
		/* how jobs depend on each other comes last */
		{ JOB "    needs: nobody\n  k: {runs-on: x, if: foo}\n",
		  "6:23 Unrecognized named-value: 'foo'. Located at position 1 within expression: foo\n" },
		{ JOB "  k: {runs-on: x, needs: nobody}\n", "5:26 Job 'k' depends on unknown job 'nobody'.\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(rows[i][0], NULL, rows[i][1]);
}

Test(official, ten_errors)
{
	_cleanup_buf_ struct buf text = BUF_INIT, wanted = BUF_INIT;
	buf_adds(&text, JOB);
	for (unsigned i = 0; i < 14; i++) {
		buf_addf(&text, "    k%u: 1\n", i);
		if (i < 10)
			buf_addf(&wanted, "%u:5 Unexpected value 'k%u'\n", i + 5, i);
	}
	expect(buf_cstr(&text), NULL, buf_cstr(&wanted));
	buf_clear(&text);
	buf_clear(&wanted);
	buf_adds(&text, JOB "    steps:\n");
	for (unsigned i = 0; i < 14; i++) {
		buf_adds(&text, "      - {uses: x, id: 1}\n");
		if (i < 5)
			buf_addf(
				&wanted,
				"%u:16 Expected format {org}/{repo}[/path]@ref. Actual 'x'\n%u:23 The identifier '1' is invalid. "
				"IDs "
				"may only contain alphanumeric characters, '_', and '-'. IDs must start with a letter or '_' and "
				"must be less than 100 characters.\n",
				i + 6, i + 6);
	}
	expect(buf_cstr(&text), NULL, buf_cstr(&wanted));
}

Test(official, ours_are_left_out)
{
	static const char *const texts[] = {
		JOB "    concurrency: g\nconcurrency: g\n",
		JOB "    concurrency: {group: g, queue: max, cancel-in-progress: true}\n",
		JOB "    steps: [{uses: a/b/.github/workflows/c.yml@v1}]\n",
		"on: push\njobs:\n  j:\n    uses: a/b\n",
		"on: {push: {branches: [a], branches-ignore: [b]}}\njobs:\n  j:\n    runs-on: x\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		expect(texts[i], NULL, "");
}

Test(official, limits)
{
	static const char file[] = JOB "    env: {A: {B: c}}\n";
	expect(file, &(struct read_limits) { .file_size = 60 }, "5:14 A mapping was not expected\n");
	expect(file, &(struct read_limits) { .file_size = 20 },
	       "file The maximum file size of 20 characters has been exceeded\n");
	expect(file, &(struct read_limits) { .depth = 4 }, "file Maximum object depth exceeded\n");
	expect("on: push\njobs:\n  j:\n    foo: 1\n    env: {A: {B: c}}\n    bar: 1\n", &(struct read_limits) { .depth = 4 },
	       "4:5 Unexpected value 'foo'\nfile Maximum object depth exceeded\n");
	/* 26 + 2 * 5 for t.yml; mappings: root, jobs, j: 72; 50 each and two for each letter: on push jobs j runs-on x */
	static const size_t size = 36 + 72 + 6 * 50 + 2 * (2 + 4 + 4 + 1 + 7 + 1);
	expect(JOB, &(struct read_limits) { .result_size = size }, "");
	expect(JOB, &(struct read_limits) { .result_size = size - 1 }, "file Maximum object size exceeded\n");
}

Test(official, older_servers)
{
	static const struct read_limits old = { .no_anchors = true, .no_background = true, .relaxed_events = true };
	expect(JOB "    env: &e {A: b}\n", &old, "file Anchors are not currently supported. Remove the anchor 'e'\n");
	expect(JOB "    steps: [{run: a, background: true}]\n", &old, "5:22 Unexpected value 'background'\n");
	expect(JOB "    steps: [{wait-all: }]\n", &old,
	       "5:14 Unexpected value 'wait-all'\n5:13 There's not enough info to determine what you meant. Add one of these "
	       "properties: parallel, run, shell, uses, with, working-directory\n");
	expect("on: {nothing: 1, workflow_call: {inputs: {a: {type: b}}}}\njobs:\n  j:\n    runs-on: x\n", &old,
	       "1:53 Unexpected value 'b'\n");
	expect("on: {nothing: 1, push: {branches: {}}}\njobs:\n  j:\n    runs-on: x\n", &old, "");
}

/* ---- calls ---- */

struct called {
	struct source_set *set;
	const char *text;
	const struct source *src;
};

/* Every reference is the one file. */
static int read_called(void *cookie, const struct workflow *from, struct str ref, struct called_file *out, struct err *err)
{
	struct called *c = cookie;
	(void)from;
	if (!str_starts(ref, STR("a/b/")))
		return err_set(err, ERR_MISSING, "no such file");
	if (!c->src)
		c->src = source_add(c->set, STR("called.yml"), str_of(c->text));
	*out = (struct called_file) { .source = c->src, .repo_path = STR("called.yml") };
	return 0;
}

static void expect_call(const char *text, const char *called, const struct call_options *opt, const char *wanted)
{
	struct arena a = { 0 };
	struct source_set set = { .arena = &a };
	struct diag_list diags = { .arena = &a, .sources = &set };
	struct called c = { &set, called, NULL };
	struct call_reader reader = { .cookie = &c, .read = read_called };
	_cleanup_buf_ struct buf got = BUF_INIT;
	struct source *src = source_add(&set, STR("t.yml"), str_of(text));
	struct workflow *w = workflow_read(&a, src, STR("t.yml"), &diags);
	cr_assert(w->valid, "%s", text);
	calls_load(w, &a, &reader, opt, &diags);
	put(&got, w);
	cr_expect_str_eq(buf_cstr(&got), wanted, "%s%s\n  got:\n%s  expected:\n%s", text, called, buf_cstr(&got), wanted);
	cr_expect_eq(w->valid, w->nerrors == 0, "%s", called);
	arena_done(&a);
}

#define CALL   "on: push\njobs:\n  d:\n    uses: a/b/.github/workflows/c.yml@v1\n"
#define CALLED "on: workflow_call\njobs:\n  x:\n    runs-on: l\n"

Test(official, calls)
{
	static const struct {
		const char *caller, *called, *wanted;
	} rows[] = {
		{ CALL, CALLED, "" },
		{ CALL, CALLED "    foo: 1\n",
		  "in 4:11 Error from called workflow called.yml (Line: 5, Col: 5): Unexpected value 'foo'\n" },
		{ CALL, CALLED "    timeout-minutes: !!int x\n",
		  "in 4:11 Error from called workflow called.yml: The value 'x' on line 5 and column 22 is invalid for the type "
		  "'tag:yaml.org,2002:int'\n" },
		{ CALL, "on: push\njobs:\n  x:\n    runs-on: l\n",
		  "in 4:11 Error from called workflow called.yml (Line: 1, Col: 5): workflow_call key is not defined in the "
		  "referenced workflow.\n" },
		/* of two calls with errors only the first is told of */
		{ CALL "    with: {i: 1}\n  e:\n    uses: a/b/.github/workflows/c.yml@v1\n    with: {j: 1}\n", CALLED,
		  "5:15 Invalid input, i is not defined in the referenced workflow.\n" },
		/* inputs as they are declared, then those that are not; secrets likewise */
		{ CALL "    with: {zz: 1, b: ~, n: 1.10}\n    secrets: {q: a}\n",
		  "on:\n  workflow_call:\n    inputs:\n      n: {type: boolean}\n      d: {type: number, default: '1'}\n"
		  "      b: {type: boolean}\n      s: {type: string, required: true}\n    secrets: {t: {required: true}}\n"
		  "jobs:\n  x:\n    runs-on: l\n",
		  "5:28 Unexpected value '1.1'\n"
		  "in 4:11 Error from called workflow called.yml (Line: 5, Col: 34): Unexpected value '1'\n"
		  "5:22 Unexpected value ''\n4:11 Input s is required, but not provided while calling.\n"
		  "5:16 Invalid input, zz is not defined in the referenced workflow.\n"
		  "4:11 Secret t is required, but not provided while calling.\n"
		  "6:18 Invalid secret, q is not defined in the referenced workflow.\n" },
		/* a chain without an end is too deep */
		{ CALL, "on: workflow_call\njobs:\n  x:\n    uses: a/b/.github/workflows/c.yml@v1\n",
		  "bare Nested reusable workflow depth exceeded 9.\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_call(rows[i].caller, rows[i].called, &(struct call_options) { .depth = 0 }, rows[i].wanted);
}

Test(official, limits_of_calls)
{
	expect_call(CALL, CALLED, &(struct call_options) { .jobs = 2 }, "");
	expect_call(CALL, CALLED, &(struct call_options) { .jobs = 1 }, "bare The workflow may not contain more than 1 jobs\n");
	/* called twice, counted twice */
	static const char twice[] = CALL "  e:\n    uses: a/b/.github/workflows/c.yml@v1\n";
	expect_call(twice, CALLED, &(struct call_options) { .jobs = 4 }, "");
	expect_call(twice, CALLED, &(struct call_options) { .jobs = 3 }, "bare The workflow may not contain more than 3 jobs\n");
	expect_call(CALL, CALLED, &(struct call_options) { .limits = &(struct read_limits) { .result_size = 900 } },
	            "in 4:11 Error from called workflow called.yml: Maximum object size exceeded\n");
}
