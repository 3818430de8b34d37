/* Whole runs through the renderers that write lines: stored events in, the exact text out. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/utf8.h"
#include "ui/text.h"
#include "unit/ui/feed.h"

static const char *const runs[] = { "parallel", "failure", "two-runs", "hostile" };

static struct ui_options options(int fd)
{
	return (struct ui_options) { .fd = fd, .log_dir_hint = STR("runs/1/jobs") };
}

static void render(struct buf *out, struct sink *(*make)(const struct ui_options *), struct ui_options o, const char *run)
{
	struct arena a = { 0 };
	size_t n;
	struct event *events = feed_load(&a, run, &n);
	o.fd = feed_file();
	o.runs = strcmp(run, "two-runs") == 0 ? 2 : 1;
	feed_all(make(&o), events, n);
	feed_read(out, o.fd);
	close(o.fd);
	arena_done(&a);
}

/* Bytes that no terminal and no grep should meet: control bytes but line ends and tabs, unless they begin an
 * SGR sequence and colour was asked for. */
static void no_control_bytes(struct str s, bool sgr)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == 0x1B && sgr && i + 1 < s.n && s.p[i + 1] == '[') {
			for (i += 2; i < s.n && s.p[i] != 'm'; i++)
				cr_assert(strchr("0123456789;:", s.p[i]), "not SGR");
			continue;
		}
		cr_assert((c >= 0x20 && c != 0x7F) || c == '\n' || c == '\t', "byte %02x at %zu", c, i);
	}
	cr_assert(utf8_valid(s));
}

static void compare_all(const char *name, struct sink *(*make)(const struct ui_options *))
{
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		struct buf out = BUF_INIT;
		char file[64];
		snprintf(file, sizeof(file), "%s.%s", runs[i], name);
		render(&out, make, options(-1), runs[i]);
		no_control_bytes(buf_str(&out), false);
		golden_compare(file, buf_str(&out));
		buf_done(&out);
	}
}

Test(golden, plain)
{
	compare_all("plain", sink_plain);
}

static struct sink *plan_for_a_pipe(const struct ui_options *o)
{
	return sink_plan(o, false);
}

static struct sink *plan_for_a_terminal(const struct ui_options *o)
{
	return sink_plan(o, true);
}

Test(golden, plans)
{
	static const struct {
		const char *name;
		struct sink *(*make)(const struct ui_options *o);
	} forms[] = { { "plan.pipe", plan_for_a_pipe }, { "plan.tty-80", plan_for_a_terminal } };
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct buf out = BUF_INIT;
		struct ui_options o = options(-1);
		o.width = forms[i].make == plan_for_a_terminal ? 80 : 0;
		render(&out, forms[i].make, o, "plan");
		no_control_bytes(buf_str(&out), false);
		golden_compare(forms[i].name, buf_str(&out));
		struct str rest = buf_str(&out), line;
		while (forms[i].make == plan_for_a_terminal && str_next_line(&rest, &line))
			cr_expect(text_cells(line) <= 80, "%.*s", STRF(line));
		buf_done(&out);
	}
}

/* Whatever comes: other runs, events without a job, hostile bytes. */
Test(golden, plans_of_other_runs)
{
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		struct buf out = BUF_INIT;
		struct ui_options o = options(-1);
		o.color = true;
		o.width = 20;
		render(&out, plan_for_a_terminal, o, runs[i]);
		no_control_bytes(buf_str(&out), true);
		cr_assert(out.n > 0);
		buf_done(&out);
	}
}

Test(golden, quiet)
{
	compare_all("quiet", sink_quiet);
}

/* The token that stops the outer runner's commands is different each time. */
static struct sink *github_sink(const struct ui_options *o)
{
	return sink_github(o);
}

static void hide_tokens(struct buf *out)
{
	struct str mark = STR("::stop-commands::");
	for (size_t at = 0; (at = str_find(buf_str(out), mark, at)) != SIZE_MAX; at += mark.n + 32) {
		char token[33];
		if (at + mark.n + 33 > out->n || out->p[at + mark.n + 32] != '\n')
			continue; /* somebody else's */
		memcpy(token, out->p + at + mark.n, 32);
		for (size_t i = at; (i = str_find(buf_str(out), str_n(token, 32), i)) != SIZE_MAX; i += 32)
			memset(out->p + i, 'T', 32);
	}
}

Test(golden, github)
{
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		struct buf out = BUF_INIT;
		char file[64];
		snprintf(file, sizeof(file), "%s.github", runs[i]);
		render(&out, github_sink, options(-1), runs[i]);
		no_control_bytes(buf_str(&out), false);
		hide_tokens(&out);
		golden_compare(file, buf_str(&out));
		buf_done(&out);
	}
}

Test(golden, json_is_what_was_read)
{
	for (size_t i = 0; i < 3; i++) {
		struct arena a = { 0 };
		struct buf out = BUF_INIT, want = BUF_INIT;
		render(&out, sink_json, options(-1), runs[i]);
		cr_assert_eq(file_read(&want, arena_printf(&a, FIXTURES "/events/%s.ndjson", runs[i]).p, 1 << 24, NULL), 0);
		cr_assert_str_eq(buf_cstr(&out), buf_cstr(&want));
		buf_done(&out);
		buf_done(&want);
		arena_done(&a);
	}
}

Test(golden, verbose_and_colour)
{
	struct ui_options o = options(-1);
	o.verbosity = 1;
	o.color = true;
	struct buf out = BUF_INIT;
	render(&out, sink_plain, o, "hostile");
	no_control_bytes(buf_str(&out), true);
	buf_clear(&out);
	render(&out, sink_plain, o, "parallel");
	cr_assert_neq(str_find(buf_str(&out), STR("waiting for a place: Lint"), 0), SIZE_MAX);
	cr_assert_neq(str_find(buf_str(&out), STR("\x1b[32msuccess\x1b[0m"), 0), SIZE_MAX);
	buf_done(&out);
}

Test(golden, store_has_a_limit_for_each_step)
{
	char path[] = "/tmp/sidestep-store-XXXXXX";
	int fd = mkstemp(path);
	struct err err = ERR_INIT;
	struct sink *s = sink_store(path, 10, &err);
	cr_assert_not_null(s, "%s", err.text);
	struct str lines[] = { STR("12345"), STR("678"), STR("9"), STR("x") };
	struct event e = {
		.type = EVENT_LOG, .run = STR("r"), .job = STR("j"), .job_id = STR("j"), .step = STR("s"), .index = 1
	};
	e.log.lines = lines;
	e.log.n = 4;
	s->ops->event(s, &e);
	s->ops->event(s, &e);
	e.index = 2;
	e.log.n = 1;
	s->ops->event(s, &e);
	cr_assert_eq(s->ops->close(s, &err), 0);
	struct stat st;
	cr_assert_eq(stat(path, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0600);
	_cleanup_buf_ struct buf out = BUF_INIT;
	cr_assert_eq(file_read(&out, path, 1 << 20, NULL), 0);
	size_t n = 0;
	struct str rest = buf_str(&out), line;
	while (str_next_line(&rest, &line))
		n++;
	cr_assert_eq(n, 4, "%s", buf_cstr(&out)); /* two lines, the notice, one line of the other step */
	cr_assert_neq(str_find(buf_str(&out), STR("\"stream\":\"runner\",\"level\":\"notice\""), 0), SIZE_MAX);
	unlink(path);
	close(fd);
	cr_assert_null(sink_store("/nonexistent/dir/events.ndjson", 0, &err));
	cr_assert_eq(err.kind, ERR_SYSTEM);
}
