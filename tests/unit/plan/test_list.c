/* The list of workflows, as a table and as JSON. */
#include <criterion/criterion.h>

#include "graph/show.h"
#include "plan/list.h"
#include "unit/graph/sketch.h"

static struct token *text_token(struct arena *a, const char *text)
{
	struct token *t = arena_make(a, struct token);
	t->kind = TOKEN_STRING;
	t->raw = t->s = str_of(text);
	return t;
}

static const struct workflow *example(struct arena *a)
{
	struct workflow *w = sketch_workflow(
		a, "job lint\n run a\njob test needs lint build\n bg a\n run b\n parallel\n  run c\n  run d\njob build\n");
	w->triggers = arena_array(a, struct trigger, 2);
	w->triggers[w->ntriggers++].event = STR("push");
	w->triggers[w->ntriggers++].event = STR("pull_request");
	w->name = STR("CI");
	for (size_t i = 0; i < 2; i++)
		w->jobs[i]->runs_on = text_token(a, "ubuntu-latest");
	w->jobs[1]->name = text_token(a, "All the tests");
	w->jobs[2]->is_call = true;
	w->jobs[2]->uses = STR("./.github/workflows/b.yml");
	return w;
}

Test(list, table)
{
	struct arena a = { 0 };
	_cleanup_buf_ struct buf b = BUF_INIT;
	const struct workflow *w = example(&a);
	list_render(&b, &w, 1, NULL, false, 0, false);
	static const char want[] = ".github/workflows/t.yml  CI  on push, pull_request\n"
				   "  STAGE  JOB    NAME           NEEDS        RUNS ON        STEPS\n"
				   "  1      lint                               ubuntu-latest  1\n"
				   "  1      build                                             ./.github/workflows/b.yml\n"
				   "  2      test   All the tests  lint, build  ubuntu-latest  4 (3 background)\n";
	cr_expect_str_eq(buf_cstr(&b), want, "got:\n%s", buf_cstr(&b));
	arena_done(&a);
}

Test(list, width_and_color)
{
	struct arena a = { 0 };
	const struct workflow *w[] = { example(&a), example(&a) };
	for (int width = 72; width < 100; width += 4) {
		_cleanup_buf_ struct buf b = BUF_INIT, c = BUF_INIT;
		list_render(&b, w, 2, NULL, false, width, false);
		struct str rest = buf_str(&b), line;
		while (str_next_line(&rest, &line))
			cr_expect_leq(show_cells(line), (size_t)width, "%d: %.*s", width, STRF(line));
		list_render(&c, w, 2, NULL, false, width, true);
		cr_expect_gt(c.n, b.n);
	}
	arena_done(&a);
}

Test(list, json)
{
	struct arena a = { 0 };
	_cleanup_buf_ struct buf b = BUF_INIT;
	const struct workflow *w = example(&a);
	list_render(&b, &w, 1, NULL, true, 80, true);
	static const char want[] = "{\"workflows\":[{\"path\":\".github/workflows/"
				   "t.yml\",\"name\":\"CI\",\"events\":[\"push\",\"pull_request\"],\"jobs\":["
				   "{\"id\":\"lint\",\"name\":\"lint\",\"stage\":1,\"needs\":[],\"runs_on\":\"ubuntu-latest\","
				   "\"steps\":1,\"background_steps\":0,"
				   "\"uses\":null},"
				   "{\"id\":\"test\",\"name\":\"All the "
				   "tests\",\"stage\":2,\"needs\":[\"lint\",\"build\"],\"runs_on\":\"ubuntu-latest\","
				   "\"steps\":4,\"background_steps\":3,\"uses\":null},"
				   "{\"id\":\"build\",\"name\":\"build\",\"stage\":1,\"needs\":[],\"runs_on\":null,\"steps\":0,"
				   "\"background_steps\":0,"
				   "\"uses\":\"./.github/workflows/b.yml\"}]}]}\n";
	cr_expect_str_eq(buf_cstr(&b), want, "got:\n%s", buf_cstr(&b));
	b.n = 0;
	list_render(&b, NULL, 0, NULL, true, 80, false);
	cr_expect_str_eq(buf_cstr(&b), "{\"workflows\":[]}\n");
	arena_done(&a);
}

Test(list, answers)
{
	struct arena a = { 0 };
	const struct workflow *w = example(&a);
	static const struct {
		struct selection answer;
		const char *line, *json;
	} cases[] = {
		{ { SELECTION_RUNS, false, STR("on.push") }, "\n  STAGE", "\"runs\":true,\"reason\":\"on.push\"," },
		{ { SELECTION_RUNS, true, STR("on.push.branches [m] matches 'm'") },
		  "\n  started: on.push.branches [m] matches 'm'\n",
		  "\"runs\":true," },
		{ { SELECTION_FILTERED, true, STR("on.push.branches [m] does not match 'x'") },
		  "\n  not started: on.push.branches [m] does not match 'x'\n",
		  "\"runs\":false,\"reason\":\"on.push.branches [m] does not match 'x'\"," },
		{ { SELECTION_NO_EVENT, false, STR("not started by 'push': it is started by a") },
		  "\n  not started by push\n",
		  "\"runs\":false," },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT, json = BUF_INIT;
		const struct list_answers answers = { STR("push"), &cases[i].answer };
		list_render(&text, &w, 1, &answers, false, 0, false);
		list_render(&json, &w, 1, &answers, true, 0, false);
		cr_expect(strstr(buf_cstr(&text), cases[i].line), "%s", buf_cstr(&text));
		cr_expect(strstr(buf_cstr(&json), cases[i].json), "%s", buf_cstr(&json));
	}
	arena_done(&a);
}
