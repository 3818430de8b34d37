/* NAME=VALUE lists; see pairs.h. */
#include "api/pairs.h"

#include "base/file.h"
#include "base/path.h"

enum { PAIRS_FILE_MAX = 4 << 20 };

int pairs_add(struct val object, struct arena *a, const struct sidestep_strings *list, const char *option, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str s = str_of(list->v[i]);
		size_t eq = str_find_c(s, '=', 0);
		if (eq == SIZE_MAX || eq == 0)
			return err_set(err, ERR_USAGE, "%s %s: NAME=VALUE was expected", option, list->v[i]);
		val_set(a, object, str_to(s, eq), val_str(arena_str(a, str_from(s, eq + 1))));
	}
	return 0;
}

static bool name_char(char c, bool first)
{
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	return letter || (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
}

/* The value of a double-quoted text from at (behind the quote); returns the offset behind the closing one. */
static size_t unquote(struct buf *out, struct str text, size_t at)
{
	for (; at < text.n && text.p[at] != '"'; at++) {
		char c = text.p[at];
		if (c == '\\' && at + 1 < text.n) {
			c = text.p[++at];
			c = (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
		}
		buf_addc(out, c);
	}
	return at < text.n ? at + 1 : SIZE_MAX;
}

static unsigned line_of(struct str text, size_t at)
{
	unsigned line = 1;
	for (size_t i = 0; i < at && i < text.n; i++)
		line += text.p[i] == '\n';
	return line;
}

static size_t end_of_line(struct str text, size_t at)
{
	size_t nl = str_find_c(text, '\n', at);
	return nl == SIZE_MAX ? text.n : nl;
}

/* One value from at on; returns where its line ends, or SIZE_MAX when a quote is not closed. */
static size_t read_value(struct buf *value, struct str text, size_t at)
{
	if (at < text.n && text.p[at] == '"') {
		at = unquote(value, text, at + 1);
		return at == SIZE_MAX ? at : end_of_line(text, at);
	}
	if (at < text.n && text.p[at] == '\'') {
		size_t end = str_find_c(text, '\'', at + 1);
		if (end == SIZE_MAX)
			return SIZE_MAX;
		buf_add(value, text.p + at + 1, end - at - 1);
		return end_of_line(text, end);
	}
	size_t end = end_of_line(text, at);
	struct str plain = str_n(text.p + at, end - at);
	size_t comment = str_find(plain, STR(" #"), 0);
	buf_addstr(value, str_trim(str_to(plain, comment)));
	return end;
}

static int parse(struct val object, struct arena *a, struct str text, const char *path, struct err *err)
{
	for (size_t at = 0; at < text.n;) {
		size_t end = end_of_line(text, at);
		struct str line = str_trim(str_n(text.p + at, end - at));
		if (line.n == 0 || line.p[0] == '#') {
			at = end + 1;
			continue;
		}
		unsigned number = line_of(text, at);
		size_t name = (size_t)(line.p - text.p), stop;
		if (str_starts(line, STR("export ")))
			name += 7;
		while (name < end && text.p[name] == ' ')
			name++;
		for (stop = name; stop < end && name_char(text.p[stop], stop == name); stop++)
			;
		size_t eq = stop;
		while (eq < end && text.p[eq] == ' ')
			eq++;
		if (stop == name || eq >= end || text.p[eq] != '=')
			return err_set(err, ERR_INVALID, "%s:%u: NAME=VALUE was expected: %.*s", path, number,
			               (int)MIN(line.n, (size_t)60), line.p);
		size_t from = eq + 1;
		while (from < end && (text.p[from] == ' ' || text.p[from] == '\t'))
			from++;
		_cleanup_buf_ struct buf value = BUF_INIT;
		size_t after = read_value(&value, text, from);
		if (after == SIZE_MAX)
			return err_set(err, ERR_INVALID, "%s:%u: the quote is not closed", path, number);
		val_set(a, object, arena_str(a, str_n(text.p + name, stop - name)), val_str(arena_str(a, buf_str(&value))));
		at = after + 1;
	}
	return 0;
}

int pairs_add_files(struct val object, struct arena *a, struct str dir, const struct sidestep_strings *files, struct err *err)
{
	for (size_t i = 0; i < files->n; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		if (file_read(&text, path_join(a, dir, str_of(files->v[i])).p, PAIRS_FILE_MAX, err) < 0) {
			err->kind = ERR_USAGE;
			return -1;
		}
		if (parse(object, a, buf_str(&text), files->v[i], err) < 0)
			return -1;
	}
	return 0;
}
