/* Which workflows an event starts, and the sentence that says why. */
#include <criterion/criterion.h>

#include "plan/select.h"
#include "unit/model/loading.h"

/* An event made by hand: name, action, ref, base, the payload as JSON, the changed files with blanks between; "?": unknown. */
struct given {
	const char *name, *action, *ref, *base, *payload, *files;
};

static struct git_changes *changes_of(struct arena *a, const char *files)
{
	struct git_changes *c = arena_make(a, struct git_changes);
	struct str rest = str_of(files);
	c->paths = arena_array(a, struct str, rest.n + 1);
	c->unknown = str_is(rest, "?");
	while (rest.n && !c->unknown) {
		size_t end = MIN(str_find_c(rest, ' ', 0), rest.n);
		c->paths[c->n++] = str_to(rest, end);
		rest = str_from(rest, end + 1);
	}
	return c;
}

static struct trigger_event event_of(struct arena *a, const struct given *g)
{
	struct trigger_event e = { .name = str_of(g->name),
		                   .action = str_of(g->action),
		                   .ref = str_of(g->ref),
		                   .base_ref = str_of(g->base),
		                   .tag_push = g->ref && strncmp(g->ref, "refs/tags/", 10) == 0,
		                   .payload = val_null() };
	if (g->files)
		e.changes = changes_of(a, g->files);
	if (g->payload)
		cr_assert_eq(val_from_json(&e.payload, a, str_of(g->payload), NULL), 0, "%s", g->payload);
	return e;
}

static void expect(const char *on, const struct given *g, const char *cron, enum selection_kind kind, const char *reason)
{
	struct loading l;
	struct selection got;
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	buf_addf(&text, "on: %s\njobs: {j: {runs-on: x, steps: [{run: a}]}}\n", on);
	load_text(&l, STR("t.yml"), buf_str(&text));
	cr_assert(l.w->valid, "%s", on);
	struct trigger_event e = event_of(&l.a, g);
	cr_assert_eq(select_workflow(&got, &l.a, l.w, &e, str_of(cron), NULL, &err), 0, "%s: %s", on, err.text);
	cr_expect(got.kind == kind && str_is(got.reason, reason), "%s\n  got:      %d %.*s\n  expected: %d %s", on, (int)got.kind,
	          STRF(got.reason), (int)kind, reason);
	load_done(&l);
}

struct row {
	const char *on;
	struct given event;
	enum selection_kind kind;
	const char *reason;
};

static void expect_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		expect(rows[i].on, &rows[i].event, "", rows[i].kind, rows[i].reason);
}

#define RUNS  SELECTION_RUNS
#define OUT   SELECTION_FILTERED
#define OTHER SELECTION_NO_EVENT
#define MAIN                                                                                                                     \
	{                                                                                                                        \
		"push", .ref = "refs/heads/main"                                                                                 \
	}
#define TAG                                                                                                                      \
	{                                                                                                                        \
		"push", .ref = "refs/tags/v1.2"                                                                                  \
	}
#define PUSH(changed)                                                                                                            \
	{                                                                                                                        \
		"push", .ref = "refs/heads/main", .files = (changed)                                                             \
	}

Test(select, pushes)
{
	static const struct row rows[] = {
		{ "push", MAIN, RUNS, "on.push" },
		{ "[pull_request, schedule]", MAIN, OTHER, "not started by 'push': it is started by pull_request, schedule" },
		{ "{push: {branches: main}}", MAIN, RUNS, "on.push.branches [main] matches 'main'" },
		{ "{push: {branches: [dev, 'releases/**']}}",
		  { "push", .ref = "refs/heads/feature/x" },
		  OUT,
		  "on.push.branches [dev, releases/**] does not match 'feature/x'" },
		{ "{push: {branches: ['**', '!main']}}", MAIN, OUT, "on.push.branches ['**', '!main'] does not match 'main'" },
		{ "{push: {branches: ['!main', '**']}}", MAIN, RUNS, "on.push.branches ['!main', '**'] matches 'main'" },
		{ "{push: {branches-ignore: [main]}}", MAIN, OUT, "on.push.branches-ignore [main] matches 'main'" },
		{ "{push: {branches-ignore: [dev]}}", MAIN, RUNS, "on.push.branches-ignore [dev] does not match 'main'" },
		{ "{push: {branches: []}}", MAIN, RUNS, "on.push" },
		/* branches and tags */
		{ "{push: {tags: [v*]}}", MAIN, OUT, "on.push has filters for tags only, and 'main' is a branch" },
		{ "{push: {tags-ignore: [v*]}}", MAIN, OUT, "on.push has filters for tags only, and 'main' is a branch" },
		{ "{push: {branches: [main]}}", TAG, OUT, "on.push has filters for branches only, and 'v1.2' is a tag" },
		{ "{push: {branches-ignore: [x]}}", TAG, OUT, "on.push has filters for branches only, and 'v1.2' is a tag" },
		{ "{push: {branches: [main], tags: [v1.*]}}", TAG, RUNS, "on.push.tags [v1.*] matches 'v1.2'" },
		{ "{push: {branches: [main], tags: [v2.*]}}", TAG, OUT, "on.push.tags [v2.*] does not match 'v1.2'" },
		{ "{push: {tags-ignore: [v1.*]}}", TAG, OUT, "on.push.tags-ignore [v1.*] matches 'v1.2'" },
		{ "push", TAG, RUNS, "on.push" },
		{ "{push: {paths: [a]}}", TAG, RUNS, "on.push.paths [a] is not asked for a tag" },
		{ "{push: {tags: [v*], paths: [a]}}", TAG, RUNS,
		  "on.push.tags [v*] matches 'v1.2'; on.push.paths [a] is not asked for a tag" },
		{ "{push: {branches: [main]}}",
		  { .name = "push" },
		  OUT,
		  "on.push has filters for branches or tags, and HEAD is on none that is known" },
		{ "push",
		  { "push", .ref = "refs/heads/x", .payload = "{\"deleted\": true}" },
		  OUT,
		  "nothing is started by the deletion of 'x'" },
	};
	expect_rows(rows, ARRAY_LEN(rows));
}

Test(select, paths)
{
	static const struct row rows[] = {
		{ "{push: {paths: ['src/**']}}", PUSH("docs/a.md src/a.c"), RUNS, "on.push.paths [src/**] matches src/a.c" },
		{ "{push: {paths: ['src/**']}}", PUSH("docs/a.md"), OUT,
		  "on.push.paths: the one changed file does not match [src/**] (docs/a.md)" },
		{ "{push: {paths: ['src/**']}}", PUSH("a b c"), OUT,
		  "on.push.paths: none of the 3 changed files matches [src/**] (a, b, c)" },
		{ "{push: {paths: ['src/**']}}", PUSH("a b c d"), OUT,
		  "on.push.paths: none of the 4 changed files matches [src/**] (a, b, c, …)" },
		{ "{push: {paths: ['**', '!docs/**']}}", PUSH("docs/a docs/b"), OUT,
		  "on.push.paths: none of the 2 changed files matches ['**', '!docs/**'] (docs/a, docs/b)" },
		{ "{push: {paths-ignore: ['docs/**']}}", PUSH("docs/a docs/b"), OUT,
		  "on.push.paths-ignore: all 2 changed files are ignored by [docs/**] (docs/a, docs/b)" },
		{ "{push: {paths-ignore: ['docs/**']}}", PUSH("docs/a"), OUT,
		  "on.push.paths-ignore: the one changed file is ignored by [docs/**] (docs/a)" },
		{ "{push: {paths-ignore: ['docs/**']}}", PUSH("docs/a b"), RUNS,
		  "on.push.paths-ignore [docs/**] does not match b" },
		{ "{push: {paths: ['**']}}", PUSH(""), OUT, "on.push.paths ['**']: no file was changed" },
		{ "{push: {paths-ignore: [a]}}", PUSH(""), OUT, "on.push.paths-ignore [a]: no file was changed" },
		{ "{push: {paths: [a]}}", PUSH("?"), RUNS, "on.push.paths [a] lets pass: which files changed cannot be said" },
		{ "{push: {branches: [dev], paths: [a]}}", PUSH("a"), OUT, "on.push.branches [dev] does not match 'main'" },
		{ "{push: {branches: [main], paths: [b]}}", PUSH("a"), OUT,
		  "on.push.paths: the one changed file does not match [b] (a)" },
		{ "{push: {branches: [main], paths: [a]}}", PUSH("a"), RUNS,
		  "on.push.branches [main] matches 'main'; on.push.paths [a] matches a" },
		{ "{push: {paths: [A]}}", PUSH("a"), OUT, "on.push.paths: the one changed file does not match [A] (a)" },
		{ "{push: {paths: [a]}}", PUSH("\033[31m"), OUT,
		  "on.push.paths: the one changed file does not match [a] ( [31m)" },
		{ "{pull_request: {paths: [a]}}",
		  { "pull_request", .files = "b" },
		  OUT,
		  "on.pull_request.paths: the one changed file does not match [a] (b)" },
	};
	expect_rows(rows, ARRAY_LEN(rows));
}

Test(select, pull_requests)
{
#define PULL(what)                                                                                                               \
	{                                                                                                                        \
		"pull_request", .action = (what), .base = "main"                                                                 \
	}
	static const struct row rows[] = {
		{ "pull_request", PULL("opened"), RUNS, "on.pull_request" },
		{ "pull_request", PULL("synchronize"), RUNS, "on.pull_request" },
		{ "pull_request", PULL("reopened"), RUNS, "on.pull_request" },
		{ "pull_request", PULL("closed"), OUT,
		  "on.pull_request without types is for opened, synchronize and reopened, not for 'closed'" },
		{ "{pull_request: {types: [closed]}}", PULL("opened"), OUT,
		  "on.pull_request.types [closed] does not name 'opened'" },
		{ "{pull_request: {types: closed}}", PULL("closed"), RUNS, "on.pull_request.types [closed] names 'closed'" },
		{ "{pull_request: {branches: [main]}}", PULL("opened"), RUNS, "on.pull_request.branches [main] matches 'main'" },
		{ "{pull_request: {branches: [dev]}}", PULL("opened"), OUT,
		  "on.pull_request.branches [dev] does not match 'main'" },
		{ "{pull_request: {branches-ignore: [m*]}}", PULL("opened"), OUT,
		  "on.pull_request.branches-ignore [m*] matches 'main'" },
		{ "{pull_request: {types: [closed], branches: [dev]}}", PULL("opened"), OUT,
		  "on.pull_request.types [closed] does not name 'opened'" },
		{ "pull_request_target",
		  { "pull_request_target", .action = "labeled", .base = "main" },
		  OUT,
		  "on.pull_request_target without types is for opened, synchronize and reopened, not for 'labeled'" },
		{ "issues", { "issues", .action = "labeled" }, RUNS, "on.issues" },
		{ "{issues: {types: [opened]}}",
		  { "issues", .action = "labeled" },
		  OUT,
		  "on.issues.types [opened] does not name 'labeled'" },
	};
	expect_rows(rows, ARRAY_LEN(rows));
}

Test(select, other_events)
{
#define RAN(name, branch)                                                                                                        \
	{                                                                                                                        \
		"workflow_run", .action = "completed",                                                                           \
				.payload = "{\"workflow_run\": {\"name\": \"" name "\", \"head_branch\": \"" branch "\"}}"       \
	}
#define GROUP(base)                                                                                                              \
	{                                                                                                                        \
		"merge_group", .action = "checks_requested", .payload = "{\"merge_group\": {\"base_ref\": \"" base "\"}}"        \
	}
	static const struct row rows[] = {
		{ "{workflow_run: {workflows: [CI]}}", RAN("CI", "main"), RUNS, "on.workflow_run.workflows [CI] names 'CI'" },
		{ "{workflow_run: {workflows: ['C++']}}", RAN("C++", "main"), RUNS,
		  "on.workflow_run.workflows [C++] names 'C++'" },
		{ "{workflow_run: {workflows: [CI]}}", RAN("Lint", "main"), OUT,
		  "on.workflow_run.workflows [CI] does not match 'Lint'" },
		{ "{workflow_run: {workflows: [CI]}}", RAN("", "main"), RUNS,
		  "on.workflow_run.workflows [CI]: the payload has no name of a workflow to compare" },
		{ "{workflow_run: {workflows: [CI], types: [requested]}}", RAN("CI", "main"), OUT,
		  "on.workflow_run.types [requested] does not name 'completed'" },
		{ "{workflow_run: {workflows: [CI], branches: [dev]}}", RAN("CI", "main"), OUT,
		  "on.workflow_run.branches [dev] does not match 'main'" },
		{ "{workflow_run: {workflows: [CI], branches-ignore: [dev]}}", RAN("CI", "main"), RUNS,
		  "on.workflow_run.workflows [CI] names 'CI'; on.workflow_run.branches-ignore [dev] does not match 'main'" },
		{ "{merge_group: {branches: [main]}}", GROUP("refs/heads/main"), RUNS,
		  "on.merge_group.branches [main] matches 'main'" },
		{ "{merge_group: {branches: [dev]}}", GROUP("refs/heads/main"), OUT,
		  "on.merge_group.branches [dev] does not match 'main'" },
		{ "{repository_dispatch: {types: [deploy]}}",
		  { "repository_dispatch", .action = "deploy" },
		  RUNS,
		  "on.repository_dispatch.types [deploy] names 'deploy'" },
		{ "{repository_dispatch: {types: [deploy]}}",
		  { "repository_dispatch", .action = "x" },
		  OUT,
		  "on.repository_dispatch.types [deploy] does not name 'x'" },
		{ "{repository_dispatch: {types: [deploy]}}",
		  { .name = "repository_dispatch" },
		  RUNS,
		  "on.repository_dispatch.types [deploy]: the payload has no action to compare" },
		{ "{image_version: {names: [a*], versions: ['1.*']}}",
		  { "image_version", .payload = "{\"image_version\": {\"name\": \"ab\", \"version\": \"2.0\"}}" },
		  OUT,
		  "on.image_version.versions [1.*] does not match '2.0'" },
		{ "workflow_dispatch", { .name = "workflow_dispatch" }, RUNS, "on.workflow_dispatch" },
		{ "workflow_call", { .name = "workflow_call" }, RUNS, "on.workflow_call" },
		{ "workflow_call",
		  { .name = "Workflow_call" },
		  OTHER,
		  "not started by 'Workflow_call': it is started by workflow_call" },
	};
	expect_rows(rows, ARRAY_LEN(rows));
}

Test(select, schedules)
{
	static const char twice[] = "{schedule: [{cron: '0 0 * * *'}, {cron: '5 4 * * 1'}]}";
	const struct given e = { .name = "schedule" };
	expect(twice, &e, "", RUNS, "on.schedule at '0 0 * * *'");
	expect(twice, &e, "5 4 * * 1", RUNS, "on.schedule at '5 4 * * 1'");
	expect(twice, &e, "1 1 1 1 1", OUT, "on.schedule has no '1 1 1 1 1', but '0 0 * * *', '5 4 * * 1'");
	expect("schedule", &e, "", OUT, "on.schedule has no times");
	struct loading l;
	_cleanup_buf_ struct buf text = BUF_INIT;
	buf_addf(&text, "on: %s\njobs: {j: {runs-on: x, steps: [{run: a}]}}\n", twice);
	load_text(&l, STR("t.yml"), buf_str(&text));
	cr_expect(str_is(select_cron(l.w, STR_EMPTY), "0 0 * * *") && str_is(select_cron(l.w, STR("5 4 * * 1")), "5 4 * * 1"));
	load_done(&l);
}

/* The first 300 files are all that is looked at. */
Test(select, many_files)
{
	struct arena a = { 0 };
	_cleanup_buf_ struct buf files = BUF_INIT;
	for (int i = 0; i < EVENT_FILES_MAX; i++)
		buf_addf(&files, "%sf%d", i ? " " : "", i);
	struct loading l;
	load_text(&l, STR("t.yml"), STR("on: {push: {paths: [f300]}}\njobs: {j: {runs-on: x, steps: [{run: a}]}}\n"));
	const struct given g = PUSH(buf_cstr(&files));
	struct trigger_event e = event_of(&a, &g);
	e.changes->cut = true;
	struct selection got;
	cr_assert_eq(select_workflow(&got, &a, l.w, &e, STR_EMPTY, NULL, NULL), 0);
	cr_expect(str_is(got.reason, "on.push.paths: none of the first 300 changed files matches [f300] (f0, f1, f2, …)"), "%.*s",
	          STRF(got.reason));
	load_done(&l);
	arena_done(&a);
}
