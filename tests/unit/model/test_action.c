/* action.yml: what is read from it, what the runner has against it, and where it is looked for. */
#include <criterion/criterion.h>

#include "loading.h"
#include "model/action.h"

#define HEAD "name: a\ndescription: b\n"

struct reading {
	struct arena a;
	struct source_set set;
	struct diag_list diags;
	struct action *action;
};

static void begin(struct reading *r)
{
	*r = (struct reading) { 0 };
	r->set.arena = r->diags.arena = &r->a;
	r->diags.sources = &r->set;
}

static void read_text(struct reading *r, const char *text)
{
	begin(r);
	r->action = action_read(&r->a, source_add(&r->set, STR("action.yml"), str_of(text)), &r->diags);
}

/* "line:col text", "file text" or the text alone, one a line. */
static void runner_errors(struct buf *out, const struct action *action)
{
	for (size_t i = 0; i < action->nerrors; i++) {
		const struct reader_error *e = &action->errors[i];
		struct pos p = source_pos(action->source, e->at.from);
		if (e->place == READER_PLACED)
			buf_addf(out, "%u:%u ", p.line, p.col);
		else if (e->place == READER_FILE)
			buf_adds(out, "file ");
		buf_addf(out, "%.*s\n", STRF(e->text));
	}
}

Test(action, composite)
{
	struct reading r;
	read_text(&r, HEAD "inputs: {Who: {default: '${{ github.job }}', deprecationMessage: use what}, what: }\n"
	                   "outputs: {o: {value: '${{ steps.s.outputs.v }}'}, n: {description: d}}\n"
	                   "runs:\n  using: Composite\n  steps:\n  - {run: echo, shell: bash}\n"
	                   "  - {id: s, uses: ./x, if: failure(), with: {a: '${{ inputs.who }}'}}\n"
	                   "  - {run: a, shell: '${{ inputs.who }}', if: '${{ inputs.what }}'}\n");
	const struct action *x = r.action;
	cr_assert(x->valid && x->nerrors == 0);
	cr_assert_eq(x->kind, ACTION_COMPOSITE);
	cr_assert(str_is(x->name, "a"));
	cr_assert_eq(x->ninputs, 2);
	cr_assert(str_is(x->inputs[0].deprecated, "use what"));
	cr_assert_eq(action_input(x, STR("WHO")), &x->inputs[0]);
	cr_assert_null(action_input(x, STR("whom")));
	cr_assert_null(x->inputs[1].fallback);
	cr_assert_eq(x->noutputs, 2);
	cr_assert_null(x->outputs[1].value);
	cr_assert_eq(x->body->nsteps, 3);
	cr_assert(str_is(x->body->steps[0]->id, "__run"));
	cr_assert(str_is(x->body->steps[0]->condition_text, "success()"));
	cr_assert(str_is(x->body->steps[0]->shell, "bash"));
	cr_assert(str_is(x->body->steps[1]->condition_text, "failure()"));
	cr_assert_eq(x->body->steps[2]->shell_token->kind, TOKEN_EXPR);
	arena_done(&r.a);
}

Test(action, node_and_docker)
{
	struct reading r;
	read_text(&r, HEAD "runs: {using: node20, main: m.js, post: p.js, post-if: success()}\n");
	cr_assert(r.action->valid);
	cr_assert_eq(r.action->kind, ACTION_NODE);
	cr_assert(str_is(r.action->main, "m.js") && str_is(r.action->post.script, "p.js"));
	cr_assert(str_is(expr_text(r.action->post.condition), "success()"));
	cr_assert_null(r.action->pre.condition);
	arena_done(&r.a);
	read_text(&r,
	          HEAD "runs: {using: docker, image: Dockerfile, entrypoint: e, args: [a], env: {A: b}, pre-entrypoint: p}\n");
	cr_assert_eq(r.action->kind, ACTION_DOCKER);
	cr_assert(str_is(r.action->main, "Dockerfile") && str_is(r.action->entrypoint, "e") && r.action->args && r.action->env);
	cr_assert(str_is(expr_text(r.action->pre.condition), "always()"));
	cr_assert_str_eq(action_kind_name(r.action->kind), "container");
	arena_done(&r.a);
}

Test(action, what_the_runner_says)
{
	static const char *const cases[][2] = {
		{ "runs: {using: node20, main: m}\n", "" },
		{ "foo: 1\nbranding: {color: pink}\nauthor: [a]\nruns: {using: node20, main: m}\ninputs: {a: {type: x}}\n", "" },
		{ HEAD, "Top level 'runs:' section is required for action.yml\n" },
		{ HEAD "runs: {using: node14, main: m}\n",
		  "'using: node14' is not supported, use 'docker', 'node12', 'node16', 'node20' or 'node24' instead.\n" },
		{ HEAD "runs: {using: node20, main: m, image: i}\n", "3:32 Unexpected value 'image'\n" },
		{ HEAD "outputs: {o: {value: x, other: y}}\nruns: {using: node20, main: m}\n",
		  "3:25 Unexpected value 'other'\n" },
		{ HEAD "inputs: {a: {default: '${{ env.X }}'}}\nruns: {using: node20, main: m}\n",
		  "3:23 Unrecognized named-value: 'env'. Located at position 1 within expression: env.X\n" },
		{ HEAD "x: &a 1\nruns: {using: node20, main: m}\n",
		  "file Anchors are not currently supported. Remove the anchor 'a'\n" },
		{ HEAD "runs: {using: composite, steps: [{run: a}, {uses: x}, {run: a, shell: b, if: secrets.A}]}\n",
		  "3:34 Required property is missing: shell\n"
		  "3:51 Expected format {org}/{repo}[/path]@ref. Actual 'x'\n"
		  "3:78 Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.A\n" },
		{ HEAD "runs: {using: composite, steps: [{run: a, shell: b, id: x}, {run: a, shell: b, id: X}]}\n",
		  "3:84 The identifier 'X' may not be used more than once within the same scope.\n" },
		{ HEAD "runs: {using: node20, main: m, post: p, post-if: '${{ always() }}'}\n",
		  "3:50 Explicit expression syntax ${{ }} is not supported for 'post-if'\n" },
		{ HEAD "runs: {using: node20, main: m, post: p, post-if: secrets.A}\n",
		  "3:50 Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.A\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct reading r;
		_cleanup_buf_ struct buf got = BUF_INIT;
		read_text(&r, cases[i][0]);
		runner_errors(&got, r.action);
		cr_expect_str_eq(buf_cstr(&got), cases[i][1], "%s\n%s", cases[i][0], buf_cstr(&got));
		arena_done(&r.a);
	}
}

Test(action, many_errors_are_cut)
{
	struct reading r;
	_cleanup_buf_ struct buf text = BUF_INIT;
	buf_adds(&text, HEAD "runs:\n  using: composite\n  steps:\n");
	for (int i = 0; i < 30; i++)
		buf_adds(&text, "  - {run: a, shell: b, wait: c}\n");
	read_text(&r, buf_cstr(&text));
	cr_assert_eq(r.action->nerrors, 10);
	cr_assert_geq(r.diags.errors, 30);
	arena_done(&r.a);
}

/* Files by path, for looking. */
static int find(void *cookie, const char *path, struct buf *out, struct err *err)
{
	const char *const *files = cookie;
	if (strstr(path, "secret"))
		return err_set(err, ERR_SYSTEM, "%s: not for you", path);
	for (; *files; files += 2)
		if (strcmp(*files, path) == 0) {
			buf_adds(out, files[1]);
			return 0;
		}
	return 1;
}

Test(action, where_it_is_looked_for)
{
	static const char *const files[] = { "a/action.yaml",
		                             HEAD "runs: {using: node20, main: second}\n",
		                             "b/action.yaml",
		                             HEAD "runs: {using: node20, main: second}\n",
		                             "b/action.yml",
		                             HEAD "runs: {using: node20, main: first}\n",
		                             "c/dockerfile",
		                             "FROM x\n",
		                             NULL };
	static const char *const cases[][2] = { { "a", "second" }, { "b", "first" }, { "c", "dockerfile" }, { "d", NULL } };
	struct action_reader reader = { (void *)(uintptr_t)files, find };
	struct err err = ERR_INIT;
	struct reading r;
	begin(&r);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int rc = action_load(&r.action, &r.a, &r.set, str_of(cases[i][0]), &reader, &r.diags, &err);
		cr_assert_eq(rc, cases[i][1] ? 0 : 1);
		if (cases[i][1])
			cr_assert(str_is(r.action->main, cases[i][1]) && str_is(r.action->dir, cases[i][0]));
	}
	cr_assert_eq(action_load(&r.action, &r.a, &r.set, STR("secret"), &reader, &r.diags, &err), -1);
	cr_assert_eq(action_load(&r.action, &r.a, &r.set, STR("/nowhere/at/all"), NULL, &r.diags, &err), 1);
	arena_done(&r.a);
}
