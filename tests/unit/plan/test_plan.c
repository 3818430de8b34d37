/* Which jobs are planned, what they need, what they are called and where they run. */
#include <criterion/criterion.h>

#include "base/utf8.h"
#include "plan/plan.h"
#include "unit/graph/sketch.h"

static const char chain[] = "job a\njob b needs a\njob c needs b\njob d needs c a\njob e\n";

/* "d1[c,a]{a,b,c}": id, stage, needs, ancestors. */
static void expect(const char *sketch, const char *jobs, bool no_needs, const char *want)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct str ids[8], rest = str_of(jobs);
	struct plan_options opt = { .jobs = ids, .no_needs = no_needs };
	struct plan *p = NULL;
	_cleanup_buf_ struct buf b = BUF_INIT;
	while (opt.njobs < ARRAY_LEN(ids) && str_next_line(&rest, &ids[opt.njobs]))
		opt.njobs++;
	if (plan_make(&p, &a, sketch_workflow(&a, sketch), &opt, &err) < 0)
		buf_addf(&b, "%d %s", err.kind, err.text);
	for (size_t i = 0; p && i < p->n; i++) {
		const struct plan_job *j = p->jobs[i];
		cr_expect_eq(j->index, i);
		cr_expect_not_null(j->graph);
		buf_addf(&b, "%s%.*s%u", i ? " " : "", STRF(j->job->id), j->stage);
		for (size_t k = 0; k < j->nneeds; k++)
			buf_addf(&b, "%s%.*s%s", k ? "," : "[", STRF(j->needs[k]->job->id), k + 1 == j->nneeds ? "]" : "");
		for (size_t k = 0; k < j->nancestors; k++)
			buf_addf(&b, "%s%.*s%s", k ? "," : "{", STRF(j->ancestors[k]->job->id),
			         k + 1 == j->nancestors ? "}" : "");
	}
	cr_expect_str_eq(buf_cstr(&b), want, "%s / %s\n got %s\nwant %s", sketch, jobs, buf_cstr(&b), want);
	arena_done(&a);
}

Test(plan, jobs)
{
	expect(chain, "", false, "a0 b1[a]{a} c2[b]{a,b} d3[c,a]{a,b,c} e0");
	expect(chain, "C", false, "a0 b1[a]{a} c2[b]{a,b}");
	expect(chain, "c", true, "c0");
	expect(chain, "e\nb", false, "a0 b1[a]{a} e0");
	expect(chain, "d\na", true, "a0 d1[a]{a}");
	expect("job b needs a\njob a\n", "", false, "b1[a]{a} a0");
	expect("job a needs b\njob b needs a\n", "a", false, "a1[b]{b} b2[a]{b,a}"); /* invalid; must only end */
}

Test(plan, unknown_job)
{
	expect("job build\njob test\n", "biuld", false, "3 .github/workflows/t.yml has no job 'biuld'; did you mean 'build'?");
	expect("job build\njob test\n", "zzzzzzzz", false, "3 .github/workflows/t.yml has no job 'zzzzzzzz'");
	cr_expect_eq(ERR_USAGE, 3);
}

Test(plan, three_hundred_jobs)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct plan *p = NULL;
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (int i = 0; i < 300; i++)
		buf_addf(&b, i ? "job j%d needs j%d j0\n" : "job j0\n", i, i - 1);
	cr_assert_eq(plan_make(&p, &a, sketch_workflow(&a, buf_cstr(&b)), NULL, &err), 0);
	cr_expect_eq(p->jobs[299]->nancestors, 299);
	cr_expect_eq(p->jobs[299]->stage, 299);
	buf_clear(&b);
	for (int i = 0; i < 20000; i++)
		buf_addf(&b, i ? "job j%d needs j%d\n" : "job j0\n", i, i - 1);
	cr_expect_eq(plan_make(&p, &a, sketch_workflow(&a, buf_cstr(&b)), NULL, &err), -1);
	cr_expect_eq(err.kind, ERR_INVALID);
	arena_done(&a);
}

Test(plan, has_event)
{
	struct trigger on[] = { { .event = STR("push") }, { .event = STR("workflow_dispatch") } };
	struct workflow w = { .triggers = on, .ntriggers = 2 };
	cr_expect(plan_has_event(&w, STR("push")) && plan_has_event(&w, STR("workflow_dispatch")));
	cr_expect(!plan_has_event(&w, STR("Push")) && !plan_has_event(&w, STR("pull_request")));
}

Test(plan, names)
{
	struct arena a = { 0 };
	cr_expect(str_is(plan_job_name(&a, STR("build"), STR(" (1, x)"), false), "build (1, x)"));
	cr_expect(str_is(plan_job_name(&a, STR("Build it"), STR(" (1)"), true), "Build it"));
	cr_expect(str_is(plan_job_name(&a, STR("build"), STR_EMPTY, false), "build"));
	char text[160];
	memset(text, 'n', sizeof(text));
	cr_expect_eq(plan_job_name(&a, str_n(text, 100), STR_EMPTY, false).n, 100);
	struct str cut = plan_job_name(&a, str_n(text, 99), STR(" (1)"), false);
	cr_expect(cut.n == 100 && str_ends(cut, STR("n...")));
	cr_expect_eq(plan_job_name(&a, str_n(text, 160), STR(" (1)"), true).n, 160);
	/* a character of two units is not split: 96 + 2 units do not fit into 97 */
	memcpy(text + 96, "🙂", 4);
	cut = plan_job_name(&a, str_n(text, 120), STR_EMPTY, false);
	cr_expect(cut.n == 99 && utf8_valid(cut));
	arena_done(&a);
}

#if defined(__aarch64__)
#define HERE_LABEL  "ubuntu-24.04-arm"
#define HERE_ARCH   "arm64"
#define OTHER_LABEL "ubuntu-latest"
#define OTHER_ARCH  "x64"
#else
#define HERE_LABEL  "ubuntu-latest"
#define HERE_ARCH   "x64"
#define OTHER_LABEL "ubuntu-24.04-arm"
#define OTHER_ARCH  "arm64"
#endif

/* Labels and rules ("label=target") are split at blanks. */
static size_t words(struct str *out, size_t max, const char *text)
{
	struct str rest = str_of(text);
	size_t n = 0;
	while (rest.n && n < max) {
		size_t end = str_find_c(rest, ' ', 0);
		out[n++] = str_to(rest, end);
		rest = end == SIZE_MAX ? STR_EMPTY : str_from(rest, end + 1);
	}
	return n;
}

static struct placement place(const char *labels, const char *group, const char *rules)
{
	struct str list[8], texts[8];
	struct platform_rule rule[8];
	size_t n = words(list, 8, labels), nrules = words(texts, 8, rules);
	for (size_t i = 0; i < nrules; i++) {
		size_t eq = str_find_c(texts[i], '=', 0);
		rule[i] = (struct platform_rule) { str_to(texts[i], eq), str_from(texts[i], eq + 1) };
	}
	return plan_place(list, n, str_of(group), rule, nrules);
}

Test(plan, places)
{
	static const struct {
		const char *labels, *group, *rules;
		enum place_kind kind;
		const char *label, *image;
	} cases[] = {
		{ HERE_LABEL, "", "", PLACE_HOST, NULL, "" },
		{ "self-hosted linux " HERE_ARCH, "", "", PLACE_HOST, NULL, "" },
		{ "Self-Hosted LINUX", "", "", PLACE_HOST, NULL, "" },
		{ OTHER_LABEL, "", "", PLACE_NOT_HERE, OTHER_LABEL, "" },
		{ "self-hosted " OTHER_ARCH, "", "", PLACE_NOT_HERE, OTHER_ARCH, "" },
		{ "windows-latest", "", "", PLACE_NOT_HERE, "windows-latest", "" },
		{ "macos-15", "", "", PLACE_NOT_HERE, "macos-15", "" },
		{ "self-hosted gpu", "", "", PLACE_NOT_HERE, "gpu", "" },
		{ "ubuntu-", "", "", PLACE_NOT_HERE, "ubuntu-", "" },
		{ "self-hosted gpu", "", "GPU=host", PLACE_HOST, "GPU", "" },
		{ "self-hosted gpu", "", "self-hosted,gpu=docker://img:1", PLACE_CONTAINER, "self-hosted,gpu", "img:1" },
		{ "gpu big", "", "gpu=host", PLACE_NOT_HERE, "big", "" },
		{ "gpu", "", "gpu,big=host", PLACE_NOT_HERE, "gpu", "" },
		{ "windows-latest", "", "windows-latest=skip", PLACE_SKIP, "windows-latest", "" },
		{ "windows-latest x", "", "windows-latest=skip", PLACE_SKIP, "windows-latest", "" },
		{ HERE_LABEL, "", HERE_LABEL "=docker://debian:12", PLACE_CONTAINER, HERE_LABEL, "debian:12" },
		{ HERE_LABEL, "", HERE_LABEL "=skip " HERE_LABEL "=host", PLACE_HOST, HERE_LABEL, "" },
		{ "self-hosted gpu", "", "self-hosted,gpu=host gpu=skip", PLACE_HOST, "self-hosted,gpu", "" },
		{ "", "big", "", PLACE_NOT_HERE, "big", "" },
		{ HERE_LABEL, "big", "", PLACE_NOT_HERE, "big", "" },
		{ "gpu", "org/big", "big=host", PLACE_HOST, "big", "" },
		{ "", "big", "BIG=docker://i", PLACE_CONTAINER, "BIG", "i" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct placement p = place(cases[i].labels, cases[i].group, cases[i].rules);
		cr_expect_eq(p.kind, cases[i].kind, "case %zu (%s): kind %d", i, cases[i].labels, p.kind);
		cr_expect(!cases[i].label || str_is(p.label, cases[i].label), "case %zu: label %.*s", i, STRF(p.label));
		cr_expect(str_is(p.image, cases[i].image), "case %zu: image %.*s", i, STRF(p.image));
	}
#if !defined(__aarch64__)
	cr_expect_eq(place("ubuntu-slim", "", "").kind, PLACE_HOST);
	cr_expect_eq(place("ubuntu-22.04", "", "").kind, PLACE_HOST);
	cr_expect_eq(place("Ubuntu-24.04-16core", "", "").kind, PLACE_HOST);
	cr_expect_eq(place("ubuntu-22.04-ARM", "", "").kind, PLACE_NOT_HERE);
#endif
}

Test(plan, labels_that_were_meant)
{
	static const char *const cases[][2] = {
		{ "ubuntu-latst", "ubuntu-latest" },
		{ "ubunto-latest", "ubuntu-latest" },
		{ "windows-latest", NULL },
		{ "window-latest", "windows-latest" },
		{ "macos-lates", "macos-latest" },
		{ "Ubuntu-Latest", NULL },
		{ "ubuntu-latest-m", NULL },
		{ "ubuntu-24.04-16core", NULL },
		{ "gpu", NULL },
		{ "self_hosted", "self-hosted" },
		{ "ubuntu-22.4", "ubuntu-22.04" },
		{ "ubuntu-99", "ubuntu-latest" },
		{ "ubuntu-99.04", "ubuntu-26.04" },
		{ "ubuntu-28.04", NULL },
		{ "ubuntu-28.04-arm", NULL },
		{ "ubuntu-20.04", NULL },
		{ "ubuntu-latest-foo", "ubuntu-latest" },
		{ "ubuntu-latest-arm", "ubuntu-24.04-arm" },
		{ "ubuntu-latest-16-cores", NULL },
		{ "ubuntu-big", "ubuntu-latest" },
		{ "ubuntu-", "ubuntu-latest" },
		{ "ubuntu", "ubuntu-latest" },
		{ "my-runner", NULL },
		{ "windows-latest-foo", NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *meant = plan_label_meant(str_of(cases[i][0]));
		cr_expect(meant == cases[i][1] || (meant && cases[i][1] && strcmp(meant, cases[i][1]) == 0), "%s: %s",
		          cases[i][0], meant ? meant : "(none)");
	}
	cr_expect_eq(place("ubuntu-latst", "", "").kind, PLACE_NOT_HERE);
	cr_expect_eq(place("ubuntu-99", "", "").kind, PLACE_NOT_HERE);
	cr_expect_eq(place("ubuntu-big", "", "").kind, PLACE_NOT_HERE);
	cr_expect_eq(place("ubuntu-big", "", "ubuntu-big=host").kind, PLACE_HOST);
}

static void words_are(struct placement place, const char *wants, const char *help)
{
	struct arena a = { 0 };
	struct label_words w = plan_label_words(&a, &place);
	cr_expect(str_is(w.wants, wants) && str_is(w.help, help), "%.*s|%.*s", STRF(w.wants), STRF(w.help));
	arena_done(&a);
}

Test(plan, why_a_label_is_not_run_here)
{
	words_are((struct placement) { .label = STR("windows-latest") }, "it wants windows-latest", "");
	words_are((struct placement) { .label = STR("ubuntu-99") }, "it wants ubuntu-99, which GitHub does not offer",
	          "did you mean 'ubuntu-latest'?");
	words_are((struct placement) { .label = STR("ubuntu") }, "it wants ubuntu, which GitHub does not offer",
	          "did you mean 'ubuntu-latest'?");
	words_are((struct placement) { .label = STR("my-runner") }, "it wants my-runner",
	          "a runner of your own? -P my-runner=host runs it here");
	words_are((struct placement) { .label = STR("ubuntu-ours"), .by_group = true },
	          "it wants a runner of the group ubuntu-ours", "a runner of your own? -P ubuntu-ours=host runs it here");
}

#if !defined(__aarch64__)
Test(plan, labels_that_are_retired)
{
	struct str labels[] = { STR("linux"), STR("Ubuntu-20.04") }, which = STR_EMPTY;
	struct platform_rule rule = { STR("ubuntu-20.04"), STR("host") };
	cr_expect_eq(place("ubuntu-20.04", "", "").kind, PLACE_HOST);
	cr_expect(plan_wants_retired(&which, labels, 2, NULL, 0) && str_eq(which, labels[1]));
	cr_expect_not(plan_wants_retired(&which, labels, 2, &rule, 1), "the user has said what to do with it");
	cr_expect_not(plan_wants_retired(&which, labels, 1, NULL, 0));
}
#endif

Test(plan, a_machine_that_stands_in)
{
	static const struct {
		const char *label, *machine, *rule;
		bool stands_in;
	} cases[] = {
		{ "ubuntu-24.04", "ubuntu-24.04", "", false },
		{ "ubuntu-latest", "ubuntu-24.04", "", false },
		{ "ubuntu-24.04-16core", "ubuntu-24.04", "", false },
		{ "ubuntu-22.04", "ubuntu-24.04", "", true },
		{ "ubuntu-latest", "ubuntu-22.04", "", true },
		{ "ubuntu-latest", "", "", true },
		{ "self-hosted", "", "", false },
		{ "ubuntu-latest", "", "ubuntu-latest", false },
		{ "ubuntu-28.04", "ubuntu-24.04", "", true },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str labels[] = { STR("linux"), str_of(cases[i].label) }, which = STR_EMPTY;
		struct platform_rule rule = { str_of(cases[i].rule), STR("host") };
		bool got = plan_stands_in(&which, labels, 2, &rule, rule.label.n > 0, str_of(cases[i].machine));
		cr_expect_eq(got, cases[i].stands_in, "%s on %s", cases[i].label, cases[i].machine);
		cr_expect(!got || str_eq(which, labels[1]));
	}
}
