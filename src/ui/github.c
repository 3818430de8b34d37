/* Inside a job of GitHub Actions: a group for each step, ::error:: for each failure.
 *
 * Groups cannot nest or interleave, so one step at a time writes straight through; lines of the others are
 * held back until its group ends, or until there are many. What steps print is no business of the outer
 * runner: its commands are stopped, under a token that no step can know, whenever foreign text is written. */
#include <sys/random.h>

#include "base/hex.h"
#include "base/utf8.h"
#include "ui/result.h"
#include "ui/sink.h"
#include "ui/text.h"

enum { HELD_MAX = 1 << 16 };

struct github_sink {
	struct text_sink t; /* first */
	struct ui_step *open;
	bool stopped;
	char token[33];
};

/* ---- commands of the outer runner --------------------------------------------------------------- */

static void stop_commands(struct github_sink *g)
{
	if (!g->stopped)
		buf_addf(&g->t.out.buf, "::stop-commands::%s\n", g->token);
	g->stopped = true;
}

static void resume_commands(struct github_sink *g)
{
	if (g->stopped)
		buf_addf(&g->t.out.buf, "::%s::\n", g->token);
	g->stopped = false;
}

/* Percent-escapes of workflow commands; properties know two more. Other controls are left out, and what would change the order
 * of other characters is shown as its code: the outer runner's reader sees what was written. */
static void add_escaped(struct buf *out, struct str s, bool property)
{
	uint32_t cp;
	for (size_t i = 0; i < s.n;) {
		i += utf8_decode(s, i, &cp);
		if (cp == '%' || cp == '\r' || cp == '\n' || (property && (cp == ':' || cp == ',')))
			buf_addf(out, "%%%02X", (unsigned)cp);
		else if (clean_is_deceiving(cp))
			clean_put_code(out, cp);
		else if (!clean_is_control(cp) || cp == '\t')
			utf8_append(out, cp);
	}
}

static void add_property(struct buf *out, const char *key, struct str value, bool *first)
{
	if (!value.n)
		return;
	buf_addf(out, "%c%s=", *first ? ' ' : ',', key);
	add_escaped(out, value, true);
	*first = false;
}

static void add_number(struct buf *out, const char *key, uint32_t n, bool *first)
{
	char text[16];
	snprintf(text, sizeof(text), "%u", n);
	add_property(out, key, n ? str_of(text) : STR_EMPTY, first);
}

/* ---- groups ------------------------------------------------------------------------------------- */

static void close_group(struct github_sink *g)
{
	if (!g->open)
		return;
	resume_commands(g);
	buf_adds(&g->t.out.buf, "::endgroup::\n");
	g->open = NULL;
}

/* Opens the group of a step and writes what was held back of it. */
static void open_group(struct github_sink *g, struct ui_step *s)
{
	if (g->open == s)
		return;
	close_group(g);
	resume_commands(g);
	struct buf *out = &g->t.out.buf;
	_cleanup_buf_ struct buf title = BUF_INIT;
	step_title(&title, s, false);
	buf_adds(out, "::group::");
	add_escaped(out, buf_str(&title), false);
	buf_adds(out, s->grouped ? " (continued)\n" : "\n");
	s->grouped = true;
	g->open = s;
	stop_commands(g);
	buf_addstr(out, buf_str(&s->held));
	buf_done(&s->held);
}

static void log_lines(struct github_sink *g, struct ui_at at, const struct event *e)
{
	struct text_sink *t = &g->t;
	if (output_hidden(e->log.level, t->verbosity) || !e->log.n)
		return;
	struct ui_step *s = at.step;
	if (!s)
		close_group(g);
	else if (!g->open)
		open_group(g, s);
	struct buf *to = s && s != g->open ? &s->held : &t->out.buf;
	if (!s)
		stop_commands(g);
	for (size_t i = 0; i < e->log.n; i++) {
		if (!s && at.job)
			buf_addf(to, "%.*s: ", STRF(at.job->name));
		add_output(to, &t->look, e->log.level, e->log.lines[i]);
		buf_addc(to, '\n');
	}
	if (s && s->held.n > HELD_MAX)
		open_group(g, s);
}

/* ---- events ------------------------------------------------------------------------------------- */

static void step_end(struct github_sink *g, struct ui_step *s)
{
	struct buf *out = &g->t.out.buf;
	_cleanup_buf_ struct buf reason = BUF_INIT, title = BUF_INIT;
	step_reason(&reason, s);
	step_title(&title, s, false);
	if (s->started || s->held.n) {
		open_group(g, s);
	} else {
		close_group(g);
		stop_commands(g);
		buf_addf(out, "%.*s: ", STRF(buf_str(&title)));
	}
	buf_adds(out, step_word(s));
	if (s->duration_ms >= 0) {
		buf_adds(out, " in ");
		text_duration(out, s->duration_ms);
	}
	if (reason.n)
		buf_addf(out, ": %.*s", STRF(buf_str(&reason)));
	buf_addc(out, '\n');
	if (g->open == s)
		close_group(g);
	if (s->conclusion != RESULT_FAILURE || s->control || step_tolerated(s))
		return;
	bool first = true;
	resume_commands(g);
	buf_adds(out, "::error");
	add_property(out, "title", buf_str(&title), &first);
	buf_adds(out, "::");
	add_escaped(out, reason.n ? buf_str(&reason) : STR("failed"), false);
	buf_addc(out, '\n');
}

static void annotation(struct github_sink *g, struct ui_at at, const struct event *e)
{
	if (at.step && !e->annotation.file.n && str_starts(e->annotation.message, STR("Process completed with exit code ")))
		return; /* said when the step ends */
	struct buf *out = &g->t.out.buf;
	bool first = true;
	resume_commands(g);
	buf_addf(out, "::%s", log_level_name(e->annotation.level));
	add_property(out, "file", e->annotation.file, &first);
	add_number(out, "line", e->annotation.line, &first);
	add_number(out, "endLine", e->annotation.end_line, &first);
	add_number(out, "col", e->annotation.col, &first);
	add_number(out, "endColumn", e->annotation.end_col, &first);
	add_property(out, "title", e->annotation.title, &first);
	buf_adds(out, "::");
	add_escaped(out, e->annotation.message, false);
	buf_addc(out, '\n');
	if (g->open)
		stop_commands(g);
}

static void job_line(struct github_sink *g, struct ui_at at, const struct event *e)
{
	struct buf *out = &g->t.out.buf;
	bool skip = e->type == EVENT_JOB_SKIP;
	if (e->type != EVENT_JOB_END && !skip)
		return;
	close_group(g);
	stop_commands(g);
	buf_addf(out, "%.*s: %s", STRF(at.job->name), job_word(at.job));
	if (!skip) {
		buf_adds(out, " in ");
		text_duration(out, at.job->duration_ms);
	}
	if (at.job->reason.n)
		buf_addf(out, ": %.*s", STRF(at.job->reason));
	buf_addc(out, '\n');
}

static void finish_run(struct github_sink *g, struct ui_run *r)
{
	struct text_sink *t = &g->t;
	close_group(g);
	stop_commands(g);
	text_sink_run_end(t, &t->out.buf, r, t->out.lines);
}

static void github_event(struct sink *s, const struct event *e)
{
	struct github_sink *g = (struct github_sink *)s;
	struct ui_at at = model_apply(&g->t.model, e, 0);
	if (e->type == EVENT_RUN_START) {
		stop_commands(g);
		add_run_title(&g->t.out.buf, at.run, &g->t.look);
		buf_addc(&g->t.out.buf, '\n');
	} else if (e->type == EVENT_RUN_END) {
		finish_run(g, at.run);
	} else if (e->type == EVENT_ANNOTATION) {
		annotation(g, at, e);
	} else if (e->type == EVENT_LOG) {
		log_lines(g, at, e);
	} else if (e->type == EVENT_STEP_END && at.step) {
		step_end(g, at.step);
	} else if (at.job && !at.step) {
		job_line(g, at, e);
	}
	screen_flush((struct screen *)s);
}

static void github_end(struct sink *s)
{
	struct github_sink *g = (struct github_sink *)s;
	close_group(g);
	if (!g->t.ended)
		stop_commands(g);
	text_sink_end(&g->t, &g->t.out.buf, g->t.out.lines);
	resume_commands(g);
	screen_flush((struct screen *)s);
}

static int github_close(struct sink *s, struct err *err)
{
	github_end(s);
	return text_sink_close((struct text_sink *)s, err);
}

static void make_token(struct github_sink *g)
{
	unsigned char bytes[16] = { 0 };
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
		uint64_t now = g->t.now();
		memcpy(bytes, &now, sizeof(now));
	}
	hex_text(g->token, bytes, sizeof(bytes));
}

struct sink *sink_github(const struct ui_options *o)
{
	static const struct sink_ops ops = {
		.name = "github", .event = github_event, .tick = screen_tick, .end = github_end, .close = github_close
	};
	struct github_sink *g = xcalloc(1, sizeof(*g));
	text_sink_init(&g->t, o, &ops, false);
	make_token(g);
	return &g->t.sink;
}
