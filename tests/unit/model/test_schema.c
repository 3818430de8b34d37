/* The schema reader: small texts and what is said about them; real files that must pass; its speed. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <time.h>

#include "base/file.h"
#include "model/schema.h"

/* One text read; everything lives in the arena. */
struct reading {
	struct arena a;
	struct source_set set;
	struct diag_list diags;
	const struct source *src;
	struct token *root;
	bool well_formed;
};

static void begin(struct reading *r, struct str text, enum schema_root kind)
{
	struct ytree tree;
	struct ytree_options options = { .no_anchors = kind == SCHEMA_ACTION };
	*r = (struct reading) { 0 };
	r->set.arena = &r->a;
	r->diags = (struct diag_list) { .arena = &r->a, .sources = &r->set };
	r->src = source_add(&r->set, STR("t.yml"), text);
	r->well_formed = ytree_parse(&tree, &r->a, r->src, &options, &r->diags);
	if (r->well_formed)
		r->root = schema_read(&r->a, tree.root, r->src, kind, &r->diags);
}

static void end(struct reading *r)
{
	arena_done(&r->a);
}

/* "line:col text [rule]" of every message of the reader, one a line. */
static void write_messages(struct buf *out, const struct reading *r)
{
	for (size_t i = 0; i < r->diags.n; i++) {
		const struct diag *d = &r->diags.v[i];
		struct pos p = source_pos(r->src, d->at.from);
		if (d->audience == DIAG_FOR_PEOPLE)
			continue;
		buf_addf(out, "%u:%u %.*s [%s]\n", p.line, p.col, STRF(d->text), rule_id(d->rule));
	}
}

static void expect(const char *text, const char *messages, enum schema_root kind)
{
	struct reading r;
	_cleanup_buf_ struct buf got = BUF_INIT;
	begin(&r, str_of(text), kind);
	write_messages(&got, &r);
	cr_expect_str_eq(buf_cstr(&got), messages, "%s\n  got:\n%s  expected:\n%s", text, buf_cstr(&got), messages);
	end(&r);
}

#define JOB   "on: push\njobs:\n  j:\n    runs-on: x\n"
#define STEPS JOB "    steps:\n"

Test(schema, keys)
{
	static const char *const cases[][2] = {
		{ JOB "    stepz: [{run: echo}]\n", "5:5 Unexpected value 'stepz' [key-unknown-job]\n" },
		{ JOB "timeout: 5\n", "5:1 Unexpected value 'timeout' [key-unknown-workflow]\n" },
		{ "on: push\n", "1:1 Required property is missing: jobs [jobs-missing]\n" },
		{ "jobs: {j: {runs-on: x}}\n", "1:1 Required property is missing: on [on-missing]\n" },
		{ "on: push\njobs:\n  j:\n    steps: []\n", "4:5 Required property is missing: runs-on [job-runs-on-missing]\n" },
		{ "on: push\njobs:\n  j:\n    Runs-On: x\n    steps: []\n", "4:5 Unexpected value 'Runs-On' [key-wrong-case]\n" },
		{ JOB "    uses: a/b/.github/workflows/c.yml@v1\n", "5:5 Unexpected value 'uses' [job-mixed-kind]\n" },
		{ JOB "    with: {a: b}\n", "5:5 Unexpected value 'with' [job-call-key-without-uses]\n" },
		{ "on: push\njobs:\n  j:\n    uses: ./.github/workflows/a.yml\n    runs-on: x\n",
		  "5:5 Unexpected value 'runs-on' [job-mixed-kind]\n" },
		{ JOB "    strategy: {failfast: true}\n", "5:16 Unexpected value 'failfast' [key-unknown-nested]\n" },
		{ JOB "    env: {<<: {A: b}}\n", "5:15 A mapping was not expected [yaml-merge-key]\n" },
		{ JOB "    <<: {A: b}\n", "5:5 Unexpected value '<<' [yaml-merge-key]\n" },
		{ JOB "    concurrency:\n      cancel-in-progress: true\n",
		  "6:7 Required property is missing: group [concurrency-group-missing]\n" },
		{ JOB "    container: {image: a, command: b}\n", "5:27 Unexpected value 'command' [container-command-key]\n" },
		{ JOB "    services: {s: {image: a, command: b}}\n", "" },
		{ JOB "    environment: {url: x}\n", "5:18 Required property is missing: name [environment-name-missing]\n" },
		{ "- push\n", "1:1 A sequence was not expected [yaml-root-not-mapping]\n" },
		{ "push\n", "1:1 Unexpected value 'push' [yaml-root-not-mapping]\n" },
		{ "", "1:1 The file is empty [yaml-empty-file]\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(cases[i][0], cases[i][1], SCHEMA_WORKFLOW);
}

#define NOT_ENOUGH "There's not enough info to determine what you meant. Add one of these properties: "

Test(schema, steps)
{
	static const char *const cases[][2] = {
		{ STEPS "    - runn: a\n",
		  "6:7 Unexpected value 'runn' [key-unknown-step]\n6:7 " NOT_ENOUGH
		  "cancel, parallel, run, shell, uses, wait, wait-all, with, working-directory [step-no-action]\n" },
		{ STEPS "    - name: a\n",
		  "6:7 " NOT_ENOUGH "cancel, run, shell, uses, wait, wait-all, with, working-directory [step-no-action]\n" },
		{ STEPS "    - if: true\n", "6:7 " NOT_ENOUGH "run, shell, uses, with, working-directory [step-no-action]\n" },
		{ STEPS "    - shell: sh\n", "6:7 Required property is missing: run [step-no-action]\n" },
		{ STEPS "    - {run: a, uses: b@v1}\n", "6:16 Unexpected value 'uses' [step-two-actions]\n" },
		{ STEPS "    - {run: a, wait: b}\n", "6:16 Unexpected value 'wait' [step-two-actions]\n" },
		{ STEPS "    - {uses: a@b, shell: sh}\n", "6:19 Unexpected value 'shell' [step-key-misplaced]\n" },
		{ STEPS "    - {run: a, with: {}}\n", "6:16 Unexpected value 'with' [step-key-misplaced]\n" },
		{ STEPS "    - {run: a, with: {}}\n      \n    - null : b\n      run: c\n",
		  "6:16 Unexpected value 'with' [step-key-misplaced]\n8:7 Unexpected value '' [string-empty]\n" },
		{ STEPS "    - {wait: a, if: b}\n", "6:17 Unexpected value 'if' [wait-key]\n" },
		{ STEPS "    - {wait: a, background: true}\n", "6:17 Unexpected value 'background' [bg-misplaced]\n" },
		{ STEPS "    - {name: n, parallel: []}\n",
		  "6:17 Unexpected value 'parallel' [parallel-key]\n6:7 " NOT_ENOUGH
		  "cancel, run, shell, uses, wait, wait-all, with, working-directory [step-no-action]\n" },
		{ STEPS "    - {parallel: [], name: n}\n", "6:22 Unexpected value 'name' [parallel-key]\n" },
		{ STEPS "    - parallel:\n", "6:16 Unexpected value '' [parallel-not-list]\n" },
		{ STEPS "    - cancel: [a]\n", "6:15 A sequence was not expected [cancel-list]\n" },
		{ STEPS "    - wait-all: yes\n    - wait-all:\n    - wait-all: true\n",
		  "6:17 Unexpected value 'yes' [wait-all-value]\n" },
		{ STEPS "    - {run: a, background: 'true'}\n", "6:28 Unexpected value 'true' [bg-not-boolean]\n" },
		{ STEPS "    - {run: a, background: \"${{ true }}\"}\n",
		  "6:28 A template expression is not allowed in this context [bg-not-boolean]\n" },
		{ JOB "    steps: {run: a}\n", "5:12 A mapping was not expected [wrong-node-kind]\n" },
		{ JOB "    steps:\n      not: a\n", "6:7 A mapping was not expected [wrong-node-kind]\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(cases[i][0], cases[i][1], SCHEMA_WORKFLOW);
}

Test(schema, values)
{
	static const char *const cases[][2] = {
		{ JOB "    timeout-minutes: two\n", "5:22 Unexpected value 'two' [type-number]\n" },
		{ JOB "    timeout-minutes: \"5\"\n", "5:22 Unexpected value '5' [quoted-number]\n" },
		{ JOB "    continue-on-error: yes\n", "5:24 Unexpected value 'yes' [yaml-11-boolean]\n" },
		{ JOB "    continue-on-error: 'true'\n", "5:24 Unexpected value 'true' [quoted-boolean]\n" },
		{ JOB "    timeout-minutes: !!int \"5\"\n", "5:22 The scalar style 'DoubleQuoted' on line 5 and column 22 is not "
		                                            "valid with the tag 'tag:yaml.org,2002:int' "
		                                            "[yaml-tag-mismatch]\n" },
		{ JOB "    strategy: {matrix: {include: [{<<: {a: b}, c: d}]}}\n",
		  "5:36 Unexpected value '<<' [yaml-merge-key]\n" },
		{ JOB "    name: [a]\n", "5:11 A sequence was not expected [type-string-got-collection]\n" },
		{ JOB "    name: 1\n    env: {A: true, B: 3.10, C: }\n", "" },
		{ JOB "    env: {A: [1]}\n", "5:14 A sequence was not expected [env-value-collection]\n" },
		{ JOB "    env:\n", "5:9 Unexpected value '' [section-empty]\n" },
		{ JOB "    permissions: write\n", "5:18 Unexpected value 'write' [permission-shorthand]\n" },
		{ JOB "    permissions: {models: write}\n", "5:27 Unexpected value 'write' [permission-level]\n" },
		{ JOB "    permissions: {content: read}\n", "5:19 Unexpected value 'content' [permission-unknown]\n" },
		{ JOB "    concurrency: {group: g, queue: many}\n", "5:36 Unexpected value 'many' [enum-value]\n" },
		{ "on: push\njobs:\n", "2:6 Unexpected value '' [jobs-empty]\n" },
		{ "on: push\njobs:\n  j:\n    runs-on: ''\n", "4:14 Unexpected value '' [string-empty]\n" },
		{ "on: push\njobs:\n  j:\n    runs-on: [a, [b]]\n",
		  "4:18 A sequence was not expected [type-string-got-collection]\n" },
		{ JOB "    strategy: {matrix: {os: [a, 1, {b: [c]}], include: [{a: 1}]}}\n", "" },
		{ JOB "    strategy: {matrix: {os: a}}\n", "5:29 Unexpected value 'a' [matrix-vector-not-list]\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(cases[i][0], cases[i][1], SCHEMA_WORKFLOW);
}

Test(schema, events)
{
#define REST "\njobs: {j: {runs-on: x}}\n"
	static const char *const cases[][2] = {
		{ "on: pull-request" REST, "1:5 Unexpected value 'pull-request' [event-unknown]\n" },
		{ "on: [push, pul]" REST, "1:12 Unexpected value 'pul' [event-unknown]\n" },
		{ "on: {issues: {types: [create]}}" REST, "1:23 Unexpected value 'create' [event-type-unknown]\n" },
		{ "on: {issues: {types: opened}, push: , schedule: [{cron: '1 1 1 1 1'}]}" REST, "" },
		{ "on: {push: {types: [x]}}" REST, "1:13 Unexpected value 'types' [event-types-unsupported]\n" },
		{ "on: {push: {branch: main}}" REST, "1:13 Unexpected value 'branch' [event-filter-unknown]\n" },
		{ "on: {release: {tags: [v]}}" REST, "1:16 Unexpected value 'tags' [event-filter-unsupported]\n" },
		{ "on: {create: {tags: [v]}}" REST, "1:14 A mapping was not expected [event-filter-unsupported]\n" },
		{ "on: {schedule: [{timezone: UTC}]}" REST, "1:17 Required property is missing: cron [schedule-cron-missing]\n" },
		{ "on: {workflow_call: {inputs: {a: {required: true}}}}" REST,
		  "1:34 Required property is missing: type [call-input-type-missing]\n" },
		{ "on: {workflow_dispatch: {inputs: {a: {type: text, typ: b}, b: }}}" REST,
		  "1:45 Unexpected value 'text' [dispatch-input-type]\n1:51 Unexpected value 'typ' [dispatch-input-key]\n" },
		{ "on: {repository_dispatch: {types: [a, b]}, workflow_dispatch: }" REST, "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(cases[i][0], cases[i][1], SCHEMA_WORKFLOW);
}

Test(schema, expressions)
{
	static const char *const cases[][2] = {
		{ JOB "    env: ${{ fromJSON('{}') }}\n    steps:\n    - run: ${{ secrets.A }} ${{ hashFiles('a') }}\n", "" },
		{ JOB "    timeout-minutes: ${{ secrets.A }}\n",
		  "5:22 Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.A "
		  "[expr-context-unavailable]\n5:22 Unexpected value '${{ secrets.A }}' [type-number]\n" },
		{ JOB "    name: ${{ githb.sha }}\n",
		  "5:11 Unrecognized named-value: 'githb'. Located at position 1 within expression: githb.sha "
		  "[expr-unknown-context]\n" },
		{ JOB "    name: ${{ success() }}\n",
		  "5:11 Unrecognized function: 'success'. Located at position 1 within expression: success() "
		  "[expr-function-unavailable]\n" },
		{ JOB "    name: a ${{ 1 + 1 }}\n",
		  "5:11 Unexpected symbol: '+'. Located at position 3 within expression: 1 + 1 [expr-syntax]\n" },
		{ JOB "    name: a ${{ }}\n", "5:11 An expression was expected [expr-empty]\n" },
		{ STEPS "    - {run: a, shell: \"${{ 'bash' }}\"}\n", "" },
		{ STEPS "    - {run: a, shell: \"${{ env.S }}\"}\n",
		  "6:23 Unrecognized named-value: 'env'. Located at position 1 within expression: env.S [expr-in-shell]\n" },
		{ STEPS "    - {id: \"${{ 1 }}\", run: a}\n",
		  "6:12 A template expression is not allowed in this context [expr-where-literal]\n" },
		{ "name: Mixed ${{ format('hello {0}', 'world') }}\non:\n  ${{ format('a {0}', 'b') }}:\njobs:\n  ${{ "
		  "format('a') }}\n",
		  "1:7 A template expression is not allowed in this context [expr-where-literal]\n"
		  "3:3 A template expression is not allowed in this context [expr-where-literal]\n"
		  "5:3 A template expression is not allowed in this context [expr-where-literal]\n" },
		{ JOB "    env:\n      a: \"x ${{ insert }}\"\n      b: ${{ insert }}\n      ${{ insert }}: ${{ github.ref }}\n",
		  "6:10 The directive 'insert' is not allowed in this context. Directives are not supported for expressions that "
		  "are embedded within a string. Directives are only supported when the entire value is an expression. "
		  "[template-insert-misuse]\n7:10 Unexpected value '${{ insert }}' [template-insert-misuse]\n" },
		{ JOB "    concurrency: {\"${{ insert }}\": {group: a}}\n", "" },
		{ JOB "    snapshot: {image-name: a, if: secrets.A}\n",
		  "5:35 Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.A "
		  "[expr-context-unavailable]\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(cases[i][0], cases[i][1], SCHEMA_WORKFLOW);
}

#define META "name: a\ndescription: b\n"

Test(schema, actions)
{
	static const char *const cases[][2] = {
		{ META "runs: {using: node20, main: a.js, post: b.js, post-if: always()}\n", "" },
		{ META "runs: {using: node20, image: a, main: b}\n",
		  "3:23 'image' is not valid for Node.js actions (using: node20) [meta-runs-key]\n" },
		{ META "runs: {using: composite}\n",
		  "3:7 'steps' is required for composite actions (using: composite) [meta-runs-required]\n" },
		{ META "runs: {using: node14, main: b}\n", "3:15 Unexpected value 'node14' [meta-using]\n" },
		{ META "runs: {using: composite, steps: [{run: a}]}\n",
		  "3:34 Required property is missing: shell [meta-composite-shell]\n" },
		{ META "runs: {using: composite, steps: [{run: a, shell: '${{ inputs.s }}', background: true}]}\n",
		  "3:69 Unexpected value 'background' [meta-composite-key]\n" },
		{ META "runs: {using: composite, steps: [{run: a, shell: sh, timeout-minutes: 1}]}\n",
		  "3:54 Unexpected value 'timeout-minutes' [meta-composite-key]\n" },
		{ META "foo: 1\nruns: {using: docker, image: Dockerfile, args: ['${{ inputs.a }}']}\n",
		  "3:1 Unexpected value 'foo' [meta-unknown-key]\n" },
		{ META "inputs: {a: {default: '${{ env.X }}', other: 1}}\nruns: {using: node24, main: a}\n",
		  "3:23 Unrecognized named-value: 'env'. Located at position 1 within expression: env.X "
		  "[meta-input-default-context]\n" },
		{ "runs: {using: node20, main: a}\n", "1:1 Required property is missing: name [meta-required]\n"
		                                      "1:1 Required property is missing: description [meta-required]\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(cases[i][0], cases[i][1], SCHEMA_ACTION);
}

static const struct token *member(const struct token *map, const char *key)
{
	for (size_t i = 0; map && map->kind == TOKEN_MAPPING && i < map->map.n; i++)
		if (str_is(map->map.pairs[i].key->s, key))
			return map->map.pairs[i].value;
	return NULL;
}

Test(schema, tokens_and_help)
{
	struct reading r;
	begin(&r,
	      STR(JOB "    env: &e {V: 3.10, N: }\n    stepz: 1\n    if: a == b\n    name: x ${{ github.sha }}\n  k:\n"
	              "    runs-on: x\n    env: *e\n    timeout-minutes: 5\n"),
	      SCHEMA_WORKFLOW);
	cr_assert_eq(r.diags.n, 2); /* GitHub's, and the same for people */
	cr_expect_str_eq(arena_cstr(&r.a, r.diags.v[0].help), "did you mean 'steps'?");
	cr_expect_eq(r.diags.v[0].at.to - r.diags.v[0].at.from, 5);
	const struct token *jobs = member(r.root, "jobs"), *j = member(jobs, "j"), *k = member(jobs, "k");
	cr_expect_null(member(j, "stepz"));
	cr_expect(str_is(member(member(j, "env"), "V")->s, "3.1"));
	cr_expect(str_is(member(member(j, "env"), "V")->raw, "3.10"));
	cr_expect_eq(member(member(k, "env"), "N")->kind, TOKEN_STRING);
	cr_expect(str_is(member(j, "if")->s, "a == b"));
	cr_expect_eq(member(j, "name")->kind, TOKEN_EXPR);
	cr_expect_not_null(member(j, "name")->expr);
	cr_expect_eq(member(k, "timeout-minutes")->num, 5);
	end(&r);
}

/* ---- files of real projects ---- */

static void replace_all(struct buf *text, const char *from, const char *to)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	size_t at = 0, next;
	while ((next = str_find(buf_str(text), str_of(from), at)) != SIZE_MAX) {
		buf_add(&out, text->p + at, next - at);
		buf_adds(&out, to);
		at = next + strlen(from);
	}
	buf_addstr(&out, str_from(buf_str(text), at));
	buf_clear(text);
	buf_addstr(text, buf_str(&out));
}

static void fill_placeholders(struct buf *text)
{
	static const char *const rows[][2] = {
		{ "$default-branch", "main" },
		{ "$protected-branches", "main" },
		{ "$cron-daily", "\"30 5 * * *\"" },
		{ "$cron-weekly", "\"30 5 * * 1\"" },
		{ "$codeql-languages-matrix", "include: [{language: c-cpp, build-mode: autobuild}]" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		replace_all(text, rows[i][0], rows[i][1]);
}

/* What must be refused: {{ }} without $; a filter on an event that takes none. */
static bool must_fail(const char *name)
{
	static const char *const names[] = { "nowsecure-mobile-sbom.yml", "nowsecure.yml", "918.yaml" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static size_t check_folder(const char *dir)
{
	_cleanup_closedir_ DIR *d = opendir(dir);
	size_t n = 0;
	for (struct dirent *e; d && (e = readdir(d));) {
		_cleanup_buf_ struct buf text = BUF_INIT, messages = BUF_INIT;
		char path[4096];
		struct err err = ERR_INIT;
		struct str name = str_of(e->d_name);
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if ((!str_ends(name, STR(".yml")) && !str_ends(name, STR(".yaml"))) || file_read(&text, path, 1 << 20, &err) < 0)
			continue;
		struct reading r;
		fill_placeholders(&text);
		begin(&r, buf_str(&text), SCHEMA_WORKFLOW);
		write_messages(&messages, &r);
		cr_expect_eq(r.diags.errors > 0, must_fail(e->d_name), "%s\n%s", path, buf_cstr(&messages));
		end(&r);
		n++;
	}
	return n;
}

static size_t check_real_files(const char *top)
{
	static const char *const folders[] = { "automation",  "ci",    "code-scanning",
		                               "deployments", "pages", "repo-github/workflows" };
	char path[4096];
	snprintf(path, sizeof(path), "%s/schemastore/test", top);
	size_t n = check_folder(path);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(path, sizeof(path), "%s/starter-workflows/%s", top, folders[i]);
		n += check_folder(path);
	}
	return n;
}

Test(schema, own_real_files)
{
	cr_expect_geq(check_real_files(FIXTURES "/conformance"), 30);
}

Test(schema, shared_real_files)
{
	size_t n = check_real_files(CONFORMANCE);
	if (n == 0)
		printf("# skipped: there is no shared conformance data beside the repository\n");
	else
		cr_expect_gt(n, 100);
}

/* ---- speed ---- */

static double read_steps(size_t n)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct ytree tree;
	struct ytree_options options = { 0 };
	struct reading r = { 0 };
	struct timespec from, to;
	buf_adds(&text, STEPS);
	for (size_t i = 0; i < n; i++)
		buf_addf(&text, "    - name: step %zu\n      run: echo ${{ github.sha }}\n", i);
	r.set.arena = &r.a;
	r.diags = (struct diag_list) { .arena = &r.a, .sources = &r.set };
	r.src = source_add(&r.set, STR("t.yml"), buf_str(&text));
	cr_assert(ytree_parse(&tree, &r.a, r.src, &options, &r.diags));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	cr_expect_not_null(schema_read(&r.a, tree.root, r.src, SCHEMA_WORKFLOW, &r.diags));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	cr_expect_eq(r.diags.errors, 0);
	end(&r);
	return (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

Test(schema, time_is_linear)
{
	double once = read_steps(5000), twice = read_steps(10000);
	cr_log_info("5,000 steps %.1f ms, 10,000 steps %.1f ms", once, twice);
	cr_expect_lt(twice, 500, "10,000 steps took %.1f ms", twice); /* usually a tenth of that; sanitizers take longer */
}
