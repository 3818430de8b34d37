/* NAME=VALUE lists; see pairs.h. Files are read as the dotenv libraries read them, only that what makes no sense is an error. */
#include "config/pairs.h"

#include "base/file.h"
#include "base/map.h"
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

/* A file being read. */
struct reader {
	struct arena *a;
	struct val object;
	struct map here; /* names of this file, with their values: struct str */
	struct str text;
	const char *path;
	size_t at;
	unsigned line;
	struct err *err;
};

static int refuse(struct reader *r, unsigned line, const char *why, struct str word)
{
	return err_set(r->err, ERR_INVALID, "%s:%u: %s%s%.*s", r->path, line, why, word.n ? ": " : "",
	               (int)MIN(word.n, (size_t)60), word.p);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

static char peek(const struct reader *r)
{
	return r->at < r->text.n ? r->text.p[r->at] : '\n';
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->text.n && is_blank(r->text.p[r->at]))
		r->at++;
}

static struct str rest_of_line(const struct reader *r)
{
	struct str rest = str_from(r->text, r->at);
	return str_to(rest, str_find_c(rest, '\n', 0));
}

static void skip_line(struct reader *r)
{
	r->at = MIN(r->at + rest_of_line(r).n + 1, r->text.n);
	r->line++;
}

/* At '$': $NAME or ${NAME} of capitals is what the file has said above; all else is as it stands, passwords above all. */
static void add_reference(struct reader *r, struct buf *value)
{
	size_t from = r->at + 1, to;
	bool brace = from < r->text.n && r->text.p[from] == '{';
	for (to = from += brace; to < r->text.n; to++) {
		char c = r->text.p[to];
		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
			break;
	}
	bool closed = !brace || (to < r->text.n && r->text.p[to] == '}');
	const struct str *known = closed ? map_get(&r->here, str_n(r->text.p + from, to - from)) : NULL;
	buf_addstr(value, known ? *known : STR("$"));
	r->at = known ? to + brace : r->at + 1;
}

/* At the character behind a backslash between double quotes. */
static void add_escaped(struct reader *r, struct buf *value)
{
	char c = peek(r);
	r->line += c == '\n';
	buf_addc(value, (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c));
	r->at++;
}

/* Behind the opening quote; ends behind the closing one. Line breaks belong to the value. */
static int read_quoted(struct reader *r, struct buf *value, char quote)
{
	unsigned first = r->line;
	while (r->at < r->text.n && r->text.p[r->at] != quote) {
		char c = r->text.p[r->at];
		if (quote == '"' && c == '$') {
			add_reference(r, value);
			continue;
		}
		r->at++;
		if (c == '\\' && quote == '"' && r->at < r->text.n) {
			add_escaped(r, value);
			continue;
		}
		if (c == '\r' && peek(r) == '\n' && r->at < r->text.n)
			continue;
		r->line += c == '\n';
		buf_addc(value, c);
		if (c == '\\' && peek(r) == '\'' && r->at < r->text.n)
			buf_addc(value, r->text.p[r->at++]);
	}
	if (r->at >= r->text.n)
		return refuse(r, first, "the quote is not closed", STR_EMPTY);
	r->at++;
	return 0;
}

/* Up to a comment, which has a blank in front, or to the end of the line. */
static void read_plain(struct reader *r, struct buf *value)
{
	size_t start = r->at;
	while (r->at < r->text.n && r->text.p[r->at] != '\n') {
		char c = r->text.p[r->at];
		if (c == '#' && r->at > start && is_blank(r->text.p[r->at - 1]))
			break;
		if (c == '\\' && r->at + 1 < r->text.n && r->text.p[r->at + 1] == '$') {
			buf_addc(value, '$');
			r->at += 2;
		} else if (c == '$') {
			add_reference(r, value);
		} else {
			buf_addc(value, c);
			r->at++;
		}
	}
	while (value->n && is_blank(value->p[value->n - 1]))
		value->n--;
}

static int read_value(struct reader *r, struct buf *value)
{
	char quote = peek(r);
	if (quote != '"' && quote != '\'') {
		read_plain(r, value);
		return 0;
	}
	r->at++;
	if (read_quoted(r, value, quote) < 0)
		return -1;
	skip_blanks(r);
	if (peek(r) != '\n' && peek(r) != '#')
		return refuse(r, r->line, "nothing may follow the closing quote", str_trim(rest_of_line(r)));
	return 0;
}

/* The name and its '=' (or ':'); r ends where the value begins. */
static int read_name(struct reader *r, struct str *name)
{
	struct str line = str_trim(rest_of_line(r));
	if (str_starts(line, STR("export")) && line.n > 6 && is_blank(line.p[6])) {
		r->at += 6;
		skip_blanks(r);
	}
	size_t from = r->at;
	while (r->at < r->text.n && name_char(r->text.p[r->at]))
		r->at++;
	*name = str_n(r->text.p + from, r->at - from);
	skip_blanks(r);
	if (!name->n || (peek(r) != '=' && peek(r) != ':'))
		return refuse(r, r->line, "NAME=VALUE was expected", line);
	r->at++;
	skip_blanks(r);
	return 0;
}

static int read_pair(struct reader *r)
{
	_cleanup_buf_ struct buf value = BUF_INIT;
	struct str name, *kept;
	if (read_name(r, &name) < 0 || read_value(r, &value) < 0)
		return -1;
	if (str_find_c(buf_str(&value), '\0', 0) != SIZE_MAX)
		return refuse(r, r->line, "a value cannot hold a NUL", name);
	name = arena_str(r->a, name);
	kept = arena_make(r->a, struct str);
	*kept = arena_str(r->a, buf_str(&value));
	map_put(r->a, &r->here, name, kept);
	val_set(r->a, r->object, name, val_str(*kept));
	return 0;
}

int pairs_parse(struct val object, struct arena *a, struct str text, const char *path, struct err *err)
{
	struct reader r = { .a = a, .object = object, .text = text, .path = path, .line = 1, .err = err };
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		r.at = 3;
	while (r.at < text.n) {
		skip_blanks(&r);
		if (peek(&r) != '\n' && peek(&r) != '#' && read_pair(&r) < 0)
			return -1;
		skip_line(&r);
	}
	return 0;
}

int pairs_add_files(struct val object, struct arena *a, struct str dir, const struct sidestep_strings *files, struct err *err)
{
	for (size_t i = 0; i < files->n; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		if (file_read_given(&text, path_join(a, dir, str_of(files->v[i])).p, PAIRS_FILE_MAX, err) < 0)
			return -1;
		if (pairs_parse(object, a, buf_str(&text), files->v[i], err) < 0)
			return -1;
	}
	return 0;
}
