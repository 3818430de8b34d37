/* The captured logs of fixtures/log/<theme>.case: each case gives settings, what the step wrote and what must come of
 * it, and is fed at once, byte by byte and in odd pieces. The format is described in fixtures/log/README.md. */
#include <criterion/criterion.h>

#include <glob.h>

#include "base/file.h"
#include "recorder.h"

struct test_case {
	struct str name, settings, in, out;
};

enum { CHUNKS = 4 };

static const size_t chunk_sizes[CHUNKS] = { SIZE_MAX, 1, 7, 64 };

/* Feeds the lines of the case; a line "2|text" is for stderr. Line breaks belong to the lines, but "<END>" at the end
 * of one takes its line break away. */
static void feed_lines(struct log_step *s, struct str in, size_t chunk, const char *workspace)
{
	_cleanup_buf_ struct buf run = BUF_INIT;
	struct str line;
	bool more = str_next_line(&in, &line);
	while (more) {
		bool err = str_starts(line, STR("2|"));
		buf_clear(&run);
		while (more && str_starts(line, STR("2|")) == err) {
			bool cut = str_ends(line, STR("<END>"));
			unshow(&run, str_to(str_from(line, err ? 2 : 0), line.n - (err ? 2u : 0u) - (cut ? 5u : 0u)), workspace);
			if (!cut)
				buf_addc(&run, '\n');
			more = str_next_line(&in, &line);
		}
		struct str rest = buf_str(&run);
		while (rest.n) {
			struct str part = str_to(rest, chunk);
			log_step_feed(s, err ? LOG_STDERR : LOG_STDOUT, part);
			rest = str_from(rest, part.n);
		}
	}
}

static void apply_setting(struct recorder *r, struct masker *m, bool *debug, bool *again, struct str line, const char *ws)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	unshow(&b, line, ws);
	struct str s = buf_str(&b);
	if (str_is(s, "debug")) {
		*debug = true;
	} else if (str_is(s, "again")) {
		*again = true;
	} else if (str_starts(s, STR("secret "))) {
		masker_add_secret(m, str_from(s, 7));
	} else if (str_starts(s, STR("env "))) {
		size_t eq = str_find_c(s, '=', 0);
		r->env[r->nenv].name = arena_str(&r->arena, str_to(str_from(s, 4), eq - 4));
		r->env[r->nenv++].value = arena_str(&r->arena, str_from(s, eq + 1));
	} else {
		cr_assert_fail("unknown setting: %.*s", STRF(s));
	}
}

static bool add_instead(struct buf *want, struct str line, const char *mark, const char *text)
{
	size_t at = str_find(line, str_of(mark), 0);
	if (at == SIZE_MAX)
		return false;
	buf_addstr(want, str_to(line, at));
	buf_adds(want, text);
	buf_addstr(want, str_from(line, at + strlen(mark)));
	return true;
}

static void add_wanted(struct buf *want, struct str line, const char *workspace)
{
#define DEPRECATED(command)                                                                                                      \
	"The `" command                                                                                                          \
	"` command is deprecated and will be disabled soon. Please upgrade to using Environment Files. For more "                \
	"information see: "                                                                                                      \
	"https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/"
	if (!add_instead(want, line, "<WS>", workspace) &&
	    !add_instead(want, line, "<DEPRECATED set-output>", DEPRECATED("set-output")) &&
	    !add_instead(want, line, "<DEPRECATED save-state>", DEPRECATED("save-state")))
		buf_addstr(want, line);
	buf_addc(want, '\n');
}

static bool run_case(const char *file, const struct test_case *c, size_t chunk, const char *workspace)
{
	struct recorder r = { .keep = true };
	struct masker *m = masker_new();
	bool debug = false, again = false;
	struct str settings = c->settings, line;
	while (str_next_line(&settings, &line))
		apply_setting(&r, m, &debug, &again, line, workspace);
	struct log_job *j = log_job_new(m, str_of(workspace), debug);
	log_job_set_repository(j, STR("https://example.com"), STR("me/demo"));
	for (int round = 0; round <= again; round++) {
		struct log_step *s = log_step_new(j, &recorder_ops, &r);
		feed_lines(s, c->in, chunk, workspace);
		log_step_end(s);
		log_step_free(s);
	}
	_cleanup_buf_ struct buf want = BUF_INIT;
	struct str out = c->out;
	while (str_next_line(&out, &line))
		add_wanted(&want, line, workspace);
	bool ok = str_eq(buf_str(&r.text), buf_str(&want));
	cr_expect(ok, "%s: %.*s (chunks of %zd):\n--- want\n%s--- got\n%s", file, STRF(c->name), (ssize_t)chunk, buf_cstr(&want),
	          buf_cstr(&r.text));
	log_job_free(j);
	masker_free(m);
	recorder_done(&r);
	return ok;
}

/* Cuts the text up to the line that is `until` off *rest. */
static struct str section(struct str *rest, const char *until)
{
	struct str start = *rest, line, before = *rest;
	while (str_next_line(rest, &line)) {
		if (until ? str_starts(line, str_of(until)) : false) {
			*rest = before;
			return str_n(start.p, (size_t)(line.p - start.p));
		}
		before = *rest;
	}
	return start;
}

static void run_file(const char *path, const char *workspace)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	cr_assert_eq(file_read(&b, path, 1 << 20, &err), 0, "%s", err.text);
	struct str rest = buf_str(&b), line;
	section(&rest, "=== ");
	while (str_next_line(&rest, &line)) {
		struct test_case c = { .name = str_from(line, 4) };
		c.settings = section(&rest, "--- in");
		str_next_line(&rest, &line);
		c.in = section(&rest, "--- out");
		str_next_line(&rest, &line);
		c.out = section(&rest, "=== ");
		bool ok = true;
		for (size_t i = 0; i < CHUNKS && ok; i++)
			ok = run_case(path, &c, chunk_sizes[i], workspace);
	}
}

static void put(struct arena *a, const char *workspace, const char *name, const char *text)
{
	struct err err = ERR_INIT;
	const char *path = arena_printf(a, "%s/%s", workspace, name).p;
	char *dir = arena_strdup(a, path);
	*strrchr(dir, '/') = '\0';
	cr_assert_eq(file_mkdirs(dir, 0755, &err), 0, "%s", err.text);
	cr_assert_eq(file_write(path, str_of(text), 0644, &err), 0, "%s", err.text);
}

/* A workspace with a clone of the workflow's repository, one of another, and files outside of both. */
static void fill_workspace(const char *workspace)
{
	struct arena a = { 0 };
	put(&a, workspace, ".git/config", "[remote \"origin\"]\n\turl = https://example.com/Me/Demo\n");
	put(&a, workspace, "src/a.c", "int a;\n");
	put(&a, workspace, "other/.git/config", "[remote \"origin\"]\n\turl = git@example.com:me/else.git\n");
	put(&a, workspace, "other/b.c", "int b;\n");
	put(&a, workspace, "ssh/.git/config", "\turl = git@example.com:me/demo.git\r\n");
	put(&a, workspace, "ssh/lib/c.c", "int c;\n");
	put(&a, workspace, "m.json",
	    "{\"problemMatcher\":[{\"owner\":\"m\",\"pattern\":[{\"regexp\":\"^M (.+)$\",\"message\":1}]}]}");
	arena_done(&a);
}

Test(log_cases, fixtures)
{
	char workspace[] = "/tmp/sidestep-log-XXXXXX";
	cr_assert(mkdtemp(workspace));
	fill_workspace(workspace);
	glob_t g;
	cr_assert_eq(glob(FIXTURES "/log/*.case", 0, NULL, &g), 0);
	cr_assert_geq(g.gl_pathc, 5);
	for (size_t i = 0; i < g.gl_pathc; i++)
		run_file(g.gl_pathv[i], workspace);
	globfree(&g);
	cr_expect_eq(file_remove_tree(workspace, NULL), 0);
}
