/* What the renderers share; see sink.h. */
#include "ui/sink.h"

#include <assert.h>
#include <sys/ioctl.h>

#include "ui/text.h"

void terminal_size(int fd, size_t *ret_width, size_t *ret_rows)
{
	struct winsize size;
	bool known = ioctl(fd, TIOCGWINSZ, &size) == 0;
	*ret_width = known && size.ws_col ? size.ws_col : 100;
	*ret_rows = known && size.ws_row ? size.ws_row : 24;
}

void text_sink_init(struct text_sink *t, const struct ui_options *o, const struct sink_ops *ops, bool marks)
{
	size_t width, rows;
	terminal_size(o->fd, &width, &rows);
	static_assert(offsetof(struct text_sink, sink) == offsetof(struct screen, sink) &&
	                      offsetof(struct text_sink, out) == offsetof(struct screen, out) &&
	                      offsetof(struct text_sink, stopping) == offsetof(struct screen, stopping),
	              "a text sink is a screen");
	screen_init((struct screen *)t, ops, o, !marks);
	t->look = (struct look) { .color = o->color,
		                  .marks = marks,
		                  .width = o->width > 0 ? (size_t)o->width
		                           : marks      ? width
		                                        : LOOK_UNBOUNDED };
	t->verbosity = o->verbosity;
	t->model.several = o->runs > 1;
	t->now = o->now ? o->now : screen_now;
	if (o->log_dir_hint.n) {
		char *dir = xmalloc(o->log_dir_hint.n);
		memcpy(dir, o->log_dir_hint.p, o->log_dir_hint.n);
		t->log_dir = str_n(dir, o->log_dir_hint.n);
	}
}

void text_sink_run_end(struct text_sink *t, struct buf *out, struct ui_run *r, size_t lines)
{
	if (t->model.several || r->closed)
		return;
	r->closed = true;
	closing_render(out, r, &t->look, lines, t->log_dir);
}

static void close_runs(struct text_sink *t, struct buf *out, size_t lines, bool good)
{
	for (struct ui_run *r = t->model.first; r; r = r->next) {
		bool is_good = r->conclusion == RESULT_SUCCESS || r->conclusion == RESULT_SKIPPED;
		if (r->closed || is_good != good)
			continue;
		if (!r->ended)
			r->wall_ms = -1;
		r->ended = r->closed = true; /* a live block goes with it */
		closing_render(out, r, &t->look, lines, t->log_dir);
	}
}

void text_sink_end(struct text_sink *t, struct buf *out, size_t lines)
{
	if (t->ended)
		return;
	t->ended = true;
	close_runs(t, out, lines, true);
	close_runs(t, out, lines, false);
	verdict_render(out, &t->model, &t->look, t->trouble);
}

int text_sink_close(struct text_sink *t, struct err *err)
{
	int rc = out_close(&t->out, "output", err);
	model_done(&t->model);
	free((char *)t->log_dir.p);
	free(t);
	return rc;
}

void add_prefix(struct text_sink *t, struct ui_at at)
{
	struct buf *b = &t->out.buf;
	paint(b, &t->look, PAINT_DIM);
	buf_addc(b, '[');
	if (!at.job || run_tagged(at.run)) {
		buf_addstr(b, run_title(at.run));
		if (at.job)
			buf_addc(b, ' ');
	}
	if (at.job)
		buf_addstr(b, at.job->label);
	if (at.step) {
		buf_addc(b, '/');
		buf_addstr(b, step_label(at.step));
	}
	buf_addc(b, ']');
	paint(b, &t->look, PAINT_RESET);
	buf_addc(b, ' ');
}

void note_stopping(struct text_sink *t, int level, int signal, uint64_t grace_ns)
{
	uint64_t now = t->now();
	if (!t->model.stop.level) {
		t->model.stop.signal = signal;
		t->model.stop.since = now;
		t->model.stop.until = now + grace_ns;
	}
	t->model.stop.level = level;
}

bool output_hidden(enum log_level level, int verbosity)
{
	return level == LOG_ENDGROUP || (level == LOG_DEBUG && verbosity < 1);
}

void add_output(struct buf *out, const struct look *look, enum log_level level, struct str line)
{
	static const char *const words[] = {
		[LOG_DEBUG] = "debug: ",   [LOG_GROUP] = "group: ", [LOG_ENDGROUP] = "",        [LOG_ERROR] = "error: ",
		[LOG_NOTICE] = "notice: ", [LOG_COMMAND] = "+ ",    [LOG_WARNING] = "warning: "
	};
	static const enum paint colors[] = {
		[LOG_DEBUG] = PAINT_DIM,      [LOG_GROUP] = PAINT_CYAN,  [LOG_ENDGROUP] = PAINT_DIM, [LOG_ERROR] = PAINT_RED,
		[LOG_WARNING] = PAINT_YELLOW, [LOG_NOTICE] = PAINT_CYAN, [LOG_COMMAND] = PAINT_CYAN
	};
	if (level == LOG_INFO) {
		clean_line(out, line, look->color ? CLEAN_SGR : 0);
		return;
	}
	paint_text(out, look, colors[level], str_of(words[level]));
	clean_line(out, line, look->color ? CLEAN_SGR : 0);
}

void add_run_title(struct buf *out, const struct ui_run *r, const struct look *look)
{
	struct str title = run_title(r);
	paint_text(out, look, PAINT_BOLD, title);
	buf_adds(out, ": ");
	if (r->name.n && !str_eq(r->name, title) && !str_eq(r->name, r->workflow))
		buf_addf(out, "%.*s, ", STRF(r->name));
	if (r->title.n && !str_eq(r->title, r->name) && !str_eq(r->title, r->workflow))
		buf_addf(out, "\"%.*s\", ", STRF(r->title));
	buf_addstr(out, r->event);
	if (r->ref.n)
		buf_addf(out, " on %.*s", STRF(r->ref));
	if (r->sha.n)
		buf_addf(out, " (%.*s)", STRF(str_to(r->sha, 7)));
}
