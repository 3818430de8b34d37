/* What workflows are given: types, defaults, and what is said about values that do not fit. */
#include <criterion/criterion.h>

#include "plan/inputs.h"
#include "unit/model/loading.h"

static const char file[] = "on:\n"
			   "  workflow_dispatch:\n"
			   "    inputs:\n"
			   "      env: {type: choice, options: [dev, prod]}\n"
			   "      level: {type: choice, options: [a, b], default: b}\n"
			   "      n: {type: number, default: 28}\n"
			   "      m: {type: number}\n"
			   "      dry: {type: boolean}\n"
			   "      wet: {type: boolean, default: true}\n"
			   "      where: {type: environment}\n"
			   "      Who: {required: true, description: who it is for}\n"
			   "      had: {required: true, default: x}\n"
			   "      plain:\n"
			   "  workflow_call:\n"
			   "    inputs:\n"
			   "      n: {type: number, default: \"${{ vars.size }}\"}\n"
			   "      m: {type: number}\n"
			   "      b: {type: boolean, required: true}\n"
			   "      s: {type: string, default: \"${{ github.ref }}!\"}\n"
			   "      bad: {type: boolean, default: \"${{ vars.b }}\"}\n"
			   "    secrets: {T: {required: true}, U: {required: false}}\n"
			   "jobs: {j: {runs-on: x, steps: [{run: a}]}}\n";

static struct val object(struct arena *a, const char *json)
{
	struct val v = val_null();
	if (json)
		cr_assert_eq(val_from_json(&v, a, str_of(json), NULL), 0, "%s", json);
	return v;
}

static struct val context(void *cookie, struct str name)
{
	struct val v = val_null();
	val_get(*(struct val *)cookie, name, &v);
	return v;
}

struct row {
	const char *event, *given, *payload, *secrets, *vars;
	const char *problems; /* of the values; NULL: none */
	const char *values, *texts;
};

static void expect_values(struct loading *l, const struct row *r, const struct input_sources *from)
{
	struct run_inputs got;
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf values = BUF_INIT, texts = BUF_INIT;
	if (inputs_make(&got, &l->a, l->w, str_of(r->event), from, &err) < 0) {
		cr_expect_str_eq(err.text, r->values);
		return;
	}
	val_to_json(&values, got.values, JSON_COMPACT);
	val_to_json(&texts, got.texts, JSON_COMPACT);
	cr_expect_str_eq(buf_cstr(&values), r->values, "%s: %s", r->given, buf_cstr(&values));
	cr_expect_str_eq(buf_cstr(&texts), r->texts, "%s: %s", r->given, buf_cstr(&texts));
}

static void expect(const struct row *r)
{
	struct loading l;
	_cleanup_buf_ struct buf problems = BUF_INIT;
	load_text(&l, STR("t.yml"), STR(file));
	cr_assert(l.w->valid);
	struct val contexts = val_object(&l.a), github = val_object(&l.a);
	val_set_str(&l.a, github, "ref", STR("refs/heads/main"));
	val_set(&l.a, contexts, STR("github"), github);
	val_set(&l.a, contexts, STR("vars"), object(&l.a, r->vars));
	const struct expr_env env = { .cookie = &contexts, .context = context };
	const struct input_sources from = { object(&l.a, r->given), object(&l.a, r->payload), object(&l.a, r->secrets), &env };
	bool fine = inputs_accepted(&problems, l.w, str_of(r->event), &from);
	cr_expect_eq(fine, r->problems == NULL, "%s: %s", r->given, buf_cstr(&problems));
	size_t list = str_find(buf_str(&problems), STR("  inputs of "), 0);
	problems.n = MIN(problems.n, list);
	cr_expect_str_eq(buf_cstr(&problems), r->problems ? r->problems : "", "%s", buf_cstr(&problems));
	if (fine)
		expect_values(&l, r, &from);
	load_done(&l);
}

#define T                   "sidestep: error: t.yml: "
#define CANNOT(name, value) T "input '" name "' cannot be '" value "': "

Test(inputs, of_a_dispatch)
{
	static const char event[] = "workflow_dispatch";
	static const struct row rows[] = {
		{ event, "{\"who\":\"me\"}",
		  .values = "{\"env\":\"dev\",\"level\":\"b\",\"n\":\"28\",\"m\":\"\",\"dry\":false,\"wet\":true,\"where\":\"\","
		            "\"Who\":\"me\",\"had\":\"x\",\"plain\":\"\"}",
		  .texts = "{\"env\":\"dev\",\"level\":\"b\",\"n\":\"28\",\"m\":\"\",\"dry\":\"false\",\"wet\":\"true\","
		           "\"where\":\"\","
		           "\"Who\":\"me\",\"had\":\"x\",\"plain\":\"\"}" },
		{ event, "{\"Who\":\"\",\"env\":\"prod\",\"n\":\"1e3\",\"dry\":\"true\",\"wet\":\"false\",\"had\":\"y\"}",
		  "{\"n\":7,\"m\":1.5,\"plain\":null,\"where\":\"here\",\"dry\":false}",
		  .values = "{\"env\":\"prod\",\"level\":\"b\",\"n\":\"1e3\",\"m\":\"1.5\",\"dry\":true,\"wet\":false,\"where\":"
		            "\"here\","
		            "\"Who\":\"\",\"had\":\"y\",\"plain\":\"\"}",
		  .texts = "{\"env\":\"prod\",\"level\":\"b\",\"n\":\"1e3\",\"m\":\"1.5\",\"dry\":\"true\",\"wet\":\"false\","
		           "\"where\":\"here\",\"Who\":\"\",\"had\":\"y\",\"plain\":\"\"}" },
		{ event, NULL, .problems = T "input 'Who' is required: give it with --input Who=VALUE\n" },
		{ event, NULL, "{\"Who\":null}", .problems = T "input 'Who' is required: give it with --input Who=VALUE\n" },
		{ event, "{\"who\":\"\",\"env\":\"Dev\",\"dry\":\"yes\",\"wet\":\"True\",\"n\":\"two\"}",
		  .problems = CANNOT("env", "Dev") "its options are dev, prod\n" CANNOT("n", "two") "it is a number\n" CANNOT(
			  "dry", "yes") "it is true or false\n" CANNOT("wet", "True") "it is true or false\n" },
		{ event, "{\"who\":\"\"}", "{\"env\":[\"dev\"],\"n\":{}}",
		  .problems = T "input 'env' cannot be an array\n" T "input 'n' cannot be an object\n" },
		{ "push", "{\"x\":\"1\"}", .values = "{}", .texts = "null" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(&rows[i]);
}

Test(inputs, of_a_call)
{
	static const char event[] = "workflow_call", secret[] = "{\"t\":\"s\"}";
	static const struct row rows[] = {
		{ event, "{\"b\":\"true\"}", NULL, secret, "{\"size\":3,\"b\":true}",
		  .values = "{\"n\":3,\"m\":0,\"b\":true,\"s\":\"refs/heads/main!\",\"bad\":true}", .texts = "null" },
		{ event, "{\"b\":\"false\",\"n\":\"0x10\",\"s\":\"\",\"bad\":\"false\"}", NULL, secret,
		  .values = "{\"n\":16,\"m\":0,\"b\":false,\"s\":\"\",\"bad\":false}", .texts = "null" },
		{ event, "{\"b\":\"true\",\"n\":\"1\"}", NULL, secret, "{\"b\":\"x\"}",
		  .values = "t.yml: the default of input 'bad' is no boolean" },
		{ event, "{\"b\":\"true\",\"m\":\"\"}", NULL, secret, .problems = CANNOT("m", "") "it is a number\n" },
		{ event, "{\"b\":\"true\"}", NULL, NULL, .problems = T "secret 'T' is required: give it with --secret T\n" },
		{ event, NULL, NULL, secret, .problems = T "input 'b' is required: give it with --input b=VALUE\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(&rows[i]);
}

Test(inputs, unknown_names)
{
	struct loading l;
	_cleanup_buf_ struct buf problems = BUF_INIT;
	load_text(&l, STR("t.yml"), STR(file));
	const struct workflow *w = l.w;
	const struct input_sources good = { .given = object(&l.a, "{\"WHO\":\"x\",\"n\":\"1\"}") };
	const struct input_sources bad = { .given = object(&l.a, "{\"whom\":\"x\"}"), .payload = object(&l.a, "{\"zzzzzz\":1}") };
	cr_expect(inputs_known(&problems, &w, 1, STR("workflow_dispatch"), good.given, val_null()) && problems.n == 0);
	cr_expect(!inputs_known(&problems, &w, 1, STR("workflow_dispatch"), bad.given, bad.payload));
	static const char want[] = "sidestep: error: no workflow has an input 'whom': did you mean 'Who'?\n"
				   "sidestep: error: no workflow has an input 'zzzzzz'\n"
				   "  inputs of t.yml:\n"
				   "    env    choice: dev, prod\n"
				   "    level  choice: a, b, default 'b'\n"
				   "    n      number, default '28'\n"
				   "    m      number\n"
				   "    dry    boolean\n"
				   "    wet    boolean, default 'true'\n"
				   "    where  environment\n"
				   "    Who    string, required (who it is for)\n"
				   "    had    string, default 'x'\n"
				   "    plain  string\n";
	cr_expect_str_eq(buf_cstr(&problems), want, "%s", buf_cstr(&problems));
	load_done(&l);
}

Test(inputs, together_they_have_a_limit)
{
	struct loading l;
	_cleanup_buf_ struct buf problems = BUF_INIT, text = BUF_INIT;
	load_text(&l, STR("t.yml"), STR(file));
	for (int i = 0; i < 65535; i++)
		buf_addc(&text, 'x');
	struct val given = val_object(&l.a);
	val_set(&l.a, given, STR("who"), val_str(buf_str(&text)));
	const struct input_sources from = { .given = given };
	cr_expect(!inputs_accepted(&problems, l.w, STR("workflow_dispatch"), &from));
	cr_expect(str_starts(buf_str(&problems), STR(T "the inputs have more than 65535 characters together\n")));
	load_done(&l);
}
