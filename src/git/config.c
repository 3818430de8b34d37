/* The git config format: [section "sub"] name = value, with quotes, escapes, comments and continued lines. Includes
 * are not followed. Also the three files it is looked up in: the repository's, the user's, the system's. */
#include "base/file.h"
#include "base/vec.h"
#include "git/internal.h"

struct reader {
	struct map *out;
	struct arena *a;
	struct str text;
	size_t at;
	struct buf section; /* "remote.origin." */
};

static int peek(const struct reader *r)
{
	return r->at < r->text.n ? (unsigned char)r->text.p[r->at] : -1;
}

static void skip_blanks(struct reader *r)
{
	while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\r')
		r->at++;
}

static void skip_line(struct reader *r)
{
	while (peek(r) >= 0 && peek(r) != '\n')
		r->at++;
}

static char lower(int c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool is_name(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* After "[section ": the quoted part and the closing bracket. */
static bool read_subsection(struct reader *r)
{
	skip_blanks(r);
	if (peek(r) != '"')
		return false;
	r->at++;
	buf_addc(&r->section, '.');
	for (; peek(r) != '"'; r->at++) {
		if (peek(r) == '\\')
			r->at++;
		if (peek(r) < 0 || peek(r) == '\n')
			return false;
		buf_addc(&r->section, (char)peek(r));
	}
	r->at++;
	return peek(r) == ']';
}

static void read_section(struct reader *r)
{
	buf_clear(&r->section);
	r->at++;
	for (; is_name(peek(r)) || peek(r) == '.'; r->at++)
		buf_addc(&r->section, lower(peek(r)));
	bool good = r->section.n && (peek(r) == ']' || read_subsection(r));
	if (!good) {
		buf_clear(&r->section);
		skip_line(r);
		return;
	}
	r->at++;
	buf_addc(&r->section, '.');
}

/* After a backslash inside a value. False when it is no escape git knows. */
static bool read_escape(struct reader *r, struct buf *value)
{
	int c = peek(r);
	if (c < 0)
		return false;
	r->at++;
	if (c == '\r' && peek(r) == '\n') {
		r->at++;
		return true;
	}
	switch (c) {
	case '\n':
		return true; /* the value goes on */
	case 'n':
		buf_addc(value, '\n');
		return true;
	case 't':
		buf_addc(value, '\t');
		return true;
	case 'b':
		buf_addc(value, '\b');
		return true;
	case '"':
	case '\\':
		buf_addc(value, (char)c);
		return true;
	default:
		return false;
	}
}

static bool read_value(struct reader *r, struct buf *value)
{
	bool quoted = false;
	size_t keep = 0; /* blanks behind this are not part of the value */
	skip_blanks(r);
	for (;;) {
		int c = peek(r);
		if (c < 0 || c == '\n')
			break;
		if (!quoted && (c == '#' || c == ';')) {
			skip_line(r);
			break;
		}
		r->at++;
		if (c == '"') {
			quoted = !quoted;
			keep = value->n;
			continue;
		}
		if (c == '\\') {
			if (!read_escape(r, value))
				return false;
			keep = value->n;
			continue;
		}
		buf_addc(value, (char)c);
		if (quoted || (c != ' ' && c != '\t' && c != '\r'))
			keep = value->n;
	}
	value->n = keep;
	return !quoted;
}

static void read_setting(struct reader *r)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	_cleanup_buf_ struct buf value = BUF_INIT;
	buf_addstr(&key, buf_str(&r->section));
	size_t before = key.n;
	for (; is_name(peek(r)); r->at++)
		buf_addc(&key, lower(peek(r)));
	bool good = key.n > before && before > 0;
	skip_blanks(r);
	if (good && peek(r) == '=') {
		r->at++;
		good = read_value(r, &value);
	} else {
		good = good && (peek(r) == '\n' || peek(r) == '#' || peek(r) == ';' || peek(r) < 0);
		buf_adds(&value, "true"); /* a bare name */
		skip_line(r);
	}
	if (!good) {
		skip_line(r);
		return;
	}
	struct str *kept = arena_make(r->a, struct str);
	*kept = arena_str(r->a, buf_str(&value));
	map_put(r->a, r->out, arena_str(r->a, buf_str(&key)), kept);
}

void git_config_parse(struct map *out, struct arena *a, struct str text)
{
	struct reader r = { .out = out, .a = a, .text = text };
	if (str_starts(text, STR("\xef\xbb\xbf")))
		r.at = 3;
	for (;;) {
		skip_blanks(&r);
		int c = peek(&r);
		if (c < 0)
			break;
		if (c == '\n')
			r.at++;
		else if (c == '#' || c == ';')
			skip_line(&r);
		else if (c == '[')
			read_section(&r);
		else
			read_setting(&r);
	}
	buf_done(&r.section);
}

static void parse_file(struct map *out, struct arena *a, const char *path)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (file_read_regular(&text, path, GIT_CONFIG_MAX, NULL) == 0)
		git_config_parse(out, a, buf_str(&text));
}

static struct map *load_user(struct arena *a)
{
	struct map *m = arena_make(a, struct map);
	const char *no_system = getenv("GIT_CONFIG_NOSYSTEM");
	if (!no_system || !*no_system || strcmp(no_system, "0") == 0 || strcmp(no_system, "false") == 0)
		parse_file(m, a, "/etc/gitconfig");
	const char *global = getenv("GIT_CONFIG_GLOBAL"), *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
	if (global) {
		parse_file(m, a, global);
		return m;
	}
	if (xdg && *xdg)
		parse_file(m, a, arena_printf(a, "%s/git/config", xdg).p);
	else if (home && *home)
		parse_file(m, a, arena_printf(a, "%s/.config/git/config", home).p);
	if (home && *home)
		parse_file(m, a, arena_printf(a, "%s/.gitconfig", home).p);
	return m;
}

static struct map *own_config(struct git_repo *r)
{
	struct git_cache *c = git_cache_of(r);
	if (c->own)
		return c->own;
	c->own = arena_make(r->arena, struct map);
	parse_file(c->own, r->arena, arena_printf(r->arena, "%.*s/config", STRF(r->common_dir)).p);
	struct str *per_worktree = map_get(c->own, STR("extensions.worktreeconfig"));
	if (per_worktree && str_is_nocase(*per_worktree, "true"))
		parse_file(c->own, r->arena, arena_printf(r->arena, "%.*s/config.worktree", STRF(r->git_dir)).p);
	return c->own;
}

/* Section and name are kept in small letters; only the middle of a key has a case. */
static struct str fold_key(struct arena *a, const char *key)
{
	struct str k = arena_str(a, str_of(key));
	char *p = (char *)k.p;
	char *last = strrchr(p, '.');
	for (char *c = p; *c && *c != '.'; c++)
		*c = lower(*c);
	for (char *c = last ? last : p; *c; c++)
		*c = lower(*c);
	return k;
}

struct str git_config(struct git_repo *r, const char *key)
{
	struct str k = fold_key(r->arena, key);
	struct str *v = map_get(own_config(r), k);
	if (v)
		return *v;
	struct git_cache *c = git_cache_of(r);
	if (!c->user)
		c->user = load_user(r->arena);
	v = map_get(c->user, k);
	return v ? *v : STR_EMPTY;
}

struct str git_user_config(struct arena *a, const char *key)
{
	struct str *v = map_get(load_user(a), fold_key(a, key));
	return v ? *v : STR_EMPTY;
}

bool git_config_next(struct git_repo *r, size_t *i, struct str *key, struct str *value)
{
	struct map *m = own_config(r);
	if (*i >= m->n)
		return false;
	*key = m->v[*i].key;
	*value = *(struct str *)m->v[*i].value;
	++*i;
	return true;
}
