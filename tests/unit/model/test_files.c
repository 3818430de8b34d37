/* Whole files: broken ones of our own with their messages as a user sees them, and other projects' collections: what fixtures
 * hold of them, and all when they are there. With SIDESTEP_UPDATE_GOLDEN set the expected messages are written anew instead. */
#include <criterion/criterion.h>
#include <dirent.h>

#include "loading.h"

#define WORKFLOWS FIXTURES "/workflows"
#define OWN       FIXTURES "/conformance"

static bool read_text(struct buf *out, const char *dir, const char *name)
{
	char path[4096];
	struct err err = ERR_INIT;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return file_read(out, path, 1 << 20, &err) == 0;
}

static bool is_workflow(const char *name)
{
	struct str s = str_of(name);
	return (str_ends(s, STR(".yml")) || str_ends(s, STR(".yaml"))) && !str_ends(s, STR(".action.yml"));
}

/* ---- messages as they are shown ---- */

static void check_golden(const char *name)
{
	_cleanup_buf_ struct buf text = BUF_INIT, got = BUF_INIT, wanted = BUF_INIT;
	char expected[256];
	struct loading l;
	struct err err = ERR_INIT;
	cr_assert(read_text(&text, WORKFLOWS, name));
	load_text(&l, str_of(name), buf_str(&text));
	for (size_t i = 0; i < l.diags.n; i++)
		diag_render(&got, &l.diags, &l.diags.v[i], false, 100);
	snprintf(expected, sizeof(expected), "%.*s.txt", (int)strcspn(name, "."), name);
	if (getenv("SIDESTEP_UPDATE_GOLDEN")) {
		char path[4096];
		snprintf(path, sizeof(path), WORKFLOWS "/%s", expected);
		cr_assert_eq(file_write(path, buf_str(&got), 0644, &err), 0, "%s", err.text);
	} else {
		cr_assert(read_text(&wanted, WORKFLOWS, expected), "%s is missing", expected);
		cr_expect_str_eq(buf_cstr(&got), buf_cstr(&wanted), "%s\n%s", name, buf_cstr(&got));
	}
	load_done(&l);
}

Test(files, messages_as_shown)
{
	_cleanup_closedir_ DIR *d = opendir(WORKFLOWS);
	size_t n = 0;
	cr_assert_not_null(d);
	for (struct dirent *e; (e = readdir(d));)
		if (is_workflow(e->d_name)) {
			check_golden(e->d_name);
			n++;
		}
	cr_expect_geq(n, 5);
}

/* ---- folders whose files all pass, or all fail ---- */

static const char *const placeholders[][2] = {
	{ "$default-branch", "main" },
	{ "$protected-branches", "main" },
	{ "$cron-daily", "\"30 5 * * *\"" },
	{ "$cron-weekly", "\"30 5 * * 1\"" },
	{ "$codeql-languages-matrix", "include: [{language: c-cpp, build-mode: autobuild}]" },
};

/* What GitHub puts in when somebody picks a starter workflow. */
static void fill_placeholders(struct buf *out, struct str text)
{
	while (text.n) {
		size_t k = 0;
		while (k < ARRAY_LEN(placeholders) && !str_starts(text, str_of(placeholders[k][0])))
			k++;
		if (k < ARRAY_LEN(placeholders)) {
			buf_adds(out, placeholders[k][1]);
			text = str_from(text, strlen(placeholders[k][0]));
		} else {
			buf_addc(out, text.p[0]);
			text = str_from(text, 1);
		}
	}
}

/* Files that are not like the rest of their folder; their folders' READMEs say why. */
static bool is_exception(const char *name)
{
	static const char *const names[] = { "918.yaml", "nowsecure-mobile-sbom.yml", "nowsecure.yml" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static size_t check_folder(const char *dir, bool valid)
{
	_cleanup_closedir_ DIR *d = opendir(dir);
	size_t n = 0;
	for (struct dirent *e; d && (e = readdir(d));) {
		_cleanup_buf_ struct buf text = BUF_INIT, filled = BUF_INIT, messages = BUF_INIT;
		struct loading l;
		if (!is_workflow(e->d_name) || !read_text(&text, dir, e->d_name))
			continue;
		fill_placeholders(&filled, buf_str(&text));
		load_text(&l, str_of(e->d_name), buf_str(&filled));
		load_messages(&messages, &l);
		cr_expect_eq(l.w->valid, valid != is_exception(e->d_name), "%s/%s\n%s", dir, e->d_name, buf_cstr(&messages));
		load_done(&l);
		n++;
	}
	return n;
}

static size_t check_collections(const char *top)
{
	static const char *const valid[] = { "schemastore/test",
		                             "starter-workflows/automation",
		                             "starter-workflows/ci",
		                             "starter-workflows/code-scanning",
		                             "starter-workflows/deployments",
		                             "starter-workflows/pages",
		                             "starter-workflows/repo-github/workflows",
		                             "checks/legal" };
	char dir[4096];
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(valid); i++) {
		snprintf(dir, sizeof(dir), "%s/%s", top, valid[i]);
		n += check_folder(dir, true);
	}
	snprintf(dir, sizeof(dir), "%s/schemastore/negative_test", top);
	return n + check_folder(dir, false);
}

Test(files, own_collections)
{
	cr_expect_geq(check_collections(OWN), 60);
}

Test(files, shared_collections)
{
	size_t n = check_collections(CONFORMANCE);
	if (n == 0)
		printf("# skipped: there is no shared conformance data beside the repository\n");
	else
		cr_expect_gt(n, 180);
}

/* ---- one mistake a file ---- */

struct row {
	struct str file, rule, severity, verdict, lines;
};

static struct row cut(struct str line)
{
	struct row r = { 0 };
	struct str *cells[] = { &r.file, &r.rule, &r.severity, &r.verdict, &r.lines };
	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		size_t tab = str_find_c(line, '\t', 0);
		*cells[i] = str_to(line, tab);
		line = tab == SIZE_MAX ? STR_EMPTY : str_from(line, tab + 1);
	}
	return r;
}

static bool starts_with_one_of(struct str s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(s, str_of(list[i])))
			return true;
	return false;
}

/* Whether a line is among "6,7". */
static bool names_line(struct str lines, uint32_t line)
{
	char number[16];
	int len = snprintf(number, sizeof(number), "%u", line);
	while (lines.n) {
		size_t comma = str_find_c(lines, ',', 0);
		if (str_eq(str_to(lines, comma), str_n(number, (size_t)len)))
			return true;
		lines = comma == SIZE_MAX ? STR_EMPTY : str_from(lines, comma + 1);
	}
	return false;
}

/* The messages of these stand at the key; GitHub's own at the step around it. */
static bool marks_elsewhere(struct str rule)
{
	return str_is(rule, "parallel-background") || str_is(rule, "parallel-control") || str_is(rule, "parallel-nested");
}

static void check_row(const char *dir, const struct row *r)
{
	_cleanup_buf_ struct buf text = BUF_INIT, messages = BUF_INIT;
	struct loading l;
	char name[256];
	bool found = false;
	snprintf(name, sizeof(name), "%.*s", STRF(r->file));
	cr_assert(read_text(&text, dir, name), "%s", name);
	load_text(&l, r->file, buf_str(&text));
	for (size_t i = 0; i < l.diags.n; i++) {
		const struct diag *d = &l.diags.v[i];
		bool line = marks_elsewhere(r->rule) || names_line(r->lines, source_pos(l.src, d->at.from).line);
		found |= d->severity == SEVERITY_ERROR && str_is(r->rule, rule_id(d->rule)) && line;
	}
	load_messages(&messages, &l);
	cr_expect(found, "%s wants line %.*s, got:\n%s", name, STRF(r->lines), buf_cstr(&messages));
	load_done(&l);
}

/* How many files there were. */
static size_t check_mistakes(const char *dir)
{
	static const char *const structural[] = { "bg-",   "wait-", "cancel-", "parallel-", "step-", "job-",   "needs-",  "id-",
		                                  "uses-", "call-", "jobs-",   "key-",      "on-",   "event-", "runs-on-" };
	_cleanup_buf_ struct buf table = BUF_INIT;
	if (!read_text(&table, dir, "expected.tsv"))
		return 0;
	struct str rest = buf_str(&table), line;
	size_t n = 0;
	while (str_next_line(&rest, &line)) {
		struct row r = cut(line);
		bool ours = str_is(r.severity, "error") && str_starts(r.verdict, STR("error")) &&
		            !str_ends(r.file, STR(".action.yml"));
		if (!ours || !starts_with_one_of(r.rule, structural, ARRAY_LEN(structural)) ||
		    str_is(r.rule, "job-id-duplicate")) /* a key that is there twice: yaml-duplicate-key */
			continue;
		check_row(dir, &r);
		n++;
	}
	return n;
}

Test(files, own_mistakes)
{
	cr_expect_geq(check_mistakes(OWN "/checks/bad"), 50);
}

Test(files, shared_mistakes)
{
	size_t n = check_mistakes(CONFORMANCE "/checks/bad");
	if (n == 0)
		printf("# skipped: there is no shared conformance data beside the repository\n");
	else
		cr_expect_gt(n, 50);
}
