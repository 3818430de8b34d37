/* See recorder.h. */
#include "recorder.h"

static const struct {
	const char *name;
	char byte;
} shown[] = {
	{ "<LF>", '\n' }, { "<CR>", '\r' }, { "<NUL>", '\0' }, { "<ESC>", '\033' }, { "<FF>", '\xFF' },
};

void show(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t k = 0;
		while (k < ARRAY_LEN(shown) && shown[k].byte != s.p[i])
			k++;
		if (k < ARRAY_LEN(shown))
			buf_adds(out, shown[k].name);
		else
			buf_addc(out, s.p[i]);
	}
}

void unshow(struct buf *out, struct str s, const char *workspace)
{
	while (s.n) {
		size_t k = 0;
		while (k < ARRAY_LEN(shown) && !str_starts(s, str_of(shown[k].name)))
			k++;
		if (k < ARRAY_LEN(shown)) {
			buf_addc(out, shown[k].byte);
			s = str_from(s, strlen(shown[k].name));
		} else if (str_starts(s, STR("<WS>"))) {
			buf_adds(out, workspace);
			s = str_from(s, 4);
		} else if (str_starts(s, STR("<FIX>"))) {
			buf_adds(out, FIXTURES);
			s = str_from(s, 5);
		} else {
			buf_addc(out, s.p[0]);
			s = str_from(s, 1);
		}
	}
}

static const char *const levels[] = { "info", "debug", "group", "endgroup", "command", "error", "warning", "notice" };
static const char *const streams[] = { "out", "err", "run" };

static void on_lines(void *cookie, enum log_stream stream, enum log_level level, const struct str *lines, size_t n)
{
	struct recorder *r = cookie;
	r->batches++;
	for (size_t i = 0; i < n; i++) {
		r->lines++;
		r->bytes += lines[i].n;
		r->longest = MAX(r->longest, lines[i].n);
		if (!r->keep)
			continue;
		buf_addf(&r->text, "%s %s: ", streams[stream], levels[level]);
		show(&r->text, lines[i]);
		buf_addc(&r->text, '\n');
	}
}

static void add_field(struct recorder *r, const char *name, struct str s)
{
	if (!s.n)
		return;
	buf_addf(&r->text, " %s=", name);
	show(&r->text, s);
}

static void add_numbers(struct recorder *r, const char *name, uint32_t from, uint32_t to)
{
	if (from || to)
		buf_addf(&r->text, " %s=%u-%u", name, from, to);
}

static void on_annotation(void *cookie, const struct log_annotation *a)
{
	struct recorder *r = cookie;
	buf_addf(&r->text, "annotation %s", levels[a->level]);
	add_field(r, "file", a->file);
	add_numbers(r, "line", a->line, a->end_line);
	add_numbers(r, "col", a->col, a->end_col);
	add_field(r, "title", a->title);
	buf_adds(&r->text, ": ");
	show(&r->text, a->message);
	buf_addc(&r->text, '\n');
}

static void add_pair(struct recorder *r, const char *what, struct str name, struct str value)
{
	buf_addf(&r->text, "%s ", what);
	show(&r->text, name);
	buf_addc(&r->text, '=');
	show(&r->text, value);
	buf_addc(&r->text, '\n');
}

static void on_output(void *cookie, struct str name, struct str value)
{
	add_pair(cookie, "output", name, value);
}

static void on_state(void *cookie, struct str name, struct str value)
{
	add_pair(cookie, "state", name, value);
}

static void on_env(void *cookie, struct str name, struct str value)
{
	add_pair(cookie, "env", name, value);
}

static void on_path(void *cookie, struct str path)
{
	add_pair(cookie, "path", STR_EMPTY, path);
}

static void on_failed(void *cookie)
{
	struct recorder *r = cookie;
	buf_adds(&r->text, "failed\n");
}

static struct str ask_env(void *cookie, const char *name)
{
	struct recorder *r = cookie;
	for (size_t i = 0; i < r->nenv; i++)
		if (str_is(r->env[i].name, name))
			return r->env[i].value;
	return STR_EMPTY;
}

const struct log_ops recorder_ops = {
	.lines = on_lines,
	.annotation = on_annotation,
	.set_output = on_output,
	.save_state = on_state,
	.set_env = on_env,
	.add_path = on_path,
	.failed = on_failed,
	.env = ask_env,
};

void recorder_done(struct recorder *r)
{
	buf_done(&r->text);
	arena_done(&r->arena);
}
