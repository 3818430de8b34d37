/* From text to automaton. A pattern of m segments has m + 2 states: "next is segment i" for each, "matched here" and "matched
 * further up"; the last stands for the descendants that every pattern includes. A "**" at the end says the same, so it is
 * dropped. */
#include "hash/hash_glob.h"

#include "base/map.h"
#include "base/utf8.h"
#include "hash/segment.h"
#include "value/blank.h"

enum { PATTERN_MAX = 65536 }; /* the official globber's */

struct glob_pattern {
	bool exclude;
	bool directory; /* ends in '/': matches directories, and what is in them */
	struct segment *v;
	size_t n;
	uint32_t first;  /* its first state */
	struct str root; /* the part in front of the first glob */
};

struct parts {
	VEC(struct str);
};

/* As JavaScript trims: U+FEFF is a blank there, U+0085 is none. */
static unsigned js_blank(struct str s, size_t i)
{
	uint32_t cp;
	unsigned n = utf8_decode(s, i, &cp);
	return cp == 0xFEFF ? n : cp == 0x85 ? 0 : blank_at(s, i);
}

static struct str js_trim(struct str s)
{
	while (s.n && js_blank(s, 0))
		s = str_from(s, js_blank(s, 0));
	while (s.n) {
		size_t i = s.n - 1;
		while (i > 0 && s.n - i < 4 && ((unsigned char)s.p[i] & 0xC0) == 0x80)
			i--;
		if (js_blank(s, i) != s.n - i)
			break;
		s.n = i;
	}
	return s;
}

static void split(struct parts *out, struct arena *a, struct str path)
{
	for (size_t i = 0; i < path.n;) {
		size_t end = MIN(str_find_c(path, '/', i), path.n);
		if (end > i)
			*vec_add(a, out) = str_n(path.p + i, end - i);
		i = end + 1;
	}
}

/* The segments in front of the pattern's own: of the workspace, of the home directory, or none. *text loses what they stand for.
 */
static int base_parts(struct parts *out, struct arena *a, struct str *text, struct str workspace, struct str home,
                      struct err *err)
{
	char next = text->n > 1 ? text->p[1] : '/';
	if (text->p[0] == '/')
		return 0;
	if (text->p[0] == '~' && next == '/') {
		if (!home.n || home.p[0] != '/')
			return err_set(err, ERR_INVALID, "no home directory");
		*text = str_from(*text, 1);
		split(out, a, home);
		return 0;
	}
	if (text->p[0] == '.' && next == '/')
		*text = str_from(*text, 1);
	split(out, a, workspace);
	return 0;
}

static int check_parts(struct arena *a, const struct parts *own, bool absolute, struct err *err)
{
	for (size_t i = 0; i < own->n; i++) {
		struct str plain = segment_plain(a, own->v[i]);
		if (str_is(plain, "..") || (str_is(plain, ".") && (i > 0 || absolute)))
			return err_set(err, ERR_INVALID, "'.' and '..' are not allowed");
	}
	return 0;
}

static void set_segments(struct glob_pattern *p, struct arena *a, const struct parts *base, const struct parts *own)
{
	_cleanup_buf_ struct buf root = BUF_INIT;
	bool plain = true;
	p->v = arena_array(a, struct segment, base->n + own->n + 1);
	for (size_t i = 0; i < base->n; i++) {
		p->v[p->n++] = segment_name(base->v[i]);
		buf_addc(&root, '/');
		buf_addstr(&root, base->v[i]);
	}
	for (size_t i = 0; i < own->n; i++) {
		struct str text = plain ? segment_plain(a, own->v[i]) : STR_EMPTY;
		plain &= text.n > 0;
		if (plain)
			buf_addc(&root, '/');
		buf_addstr(&root, text);
		p->v[p->n++] = segment_read(a, own->v[i]);
	}
	while (p->n && p->v[p->n - 1].any)
		p->n--;
	p->root = root.n ? arena_str(a, buf_str(&root)) : STR("/");
}

static int read_pattern(struct glob *g, struct str text, struct str workspace, struct str home, struct err *err)
{
	struct glob_pattern *p = arena_make(g->a, struct glob_pattern);
	struct parts base = { 0 }, own = { 0 };
	while (text.n && text.p[0] == '!') {
		p->exclude = !p->exclude;
		text = js_trim(str_from(text, 1));
	}
	if (!text.n)
		return err_set(err, ERR_INVALID, "a pattern is empty");
	bool absolute = text.p[0] == '/';
	p->directory = text.p[text.n - 1] == '/';
	split(&own, g->a, text);
	if (check_parts(g->a, &own, absolute, err) < 0 || base_parts(&base, g->a, &text, workspace, home, err) < 0)
		return -1;
	if (text.n + (absolute ? 0 : workspace.n + 1) > PATTERN_MAX)
		return err_set(err, ERR_INVALID, "a pattern is too long");
	own.n = 0;
	split(&own, g->a, text);
	set_segments(p, g->a, &base, &own);
	p->first = (uint32_t)g->nstates;
	g->nstates += p->n + 2;
	*vec_add(g->a, &g->patterns) = p;
	return 0;
}

static bool has_ancestor(const struct map *paths, struct str path)
{
	while (path.n > 1) {
		do
			path.n--;
		while (path.n && path.p[path.n] != '/');
		if (map_has(paths, path.n ? path : STR("/")))
			return true;
	}
	return false;
}

/* Where includes begin, each once, without those below another one. */
static void find_roots(struct glob *g)
{
	struct map all = { 0 }, taken = { 0 };
	for (size_t i = 0; i < g->patterns.n; i++)
		if (!g->patterns.v[i]->exclude)
			map_put(g->a, &all, g->patterns.v[i]->root, g);
	for (size_t i = 0; i < all.n; i++) {
		if (has_ancestor(&all, all.v[i].key) || map_has(&taken, all.v[i].key))
			continue;
		map_put(g->a, &taken, all.v[i].key, g);
		*vec_add(g->a, &g->roots) = all.v[i].key;
	}
}

static void number_states(struct glob *g)
{
	g->seen = arena_array(g->a, uint64_t, g->nstates + 1);
	g->pattern_of = arena_array(g->a, uint32_t, g->nstates + 1);
	for (size_t i = 0; i < g->patterns.n; i++)
		for (size_t k = 0; k < g->patterns.v[i]->n + 2; k++)
			g->pattern_of[g->patterns.v[i]->first + k] = (uint32_t)i;
}

int glob_read(struct glob *g, struct arena *a, struct str lines, struct str workspace, struct str home, struct err *err)
{
	struct str line;
	*g = (struct glob) { .a = a };
	while (str_next_line(&lines, &line)) {
		line = js_trim(line);
		if (line.n && line.p[0] != '#' && read_pattern(g, line, workspace, home, err) < 0)
			return -1;
	}
	number_states(g);
	find_roots(g);
	return 0;
}

/* A "**" may also stand for nothing: then what follows it is next, too. */
static void add_state(struct glob *g, struct arena *a, struct glob_states *out, uint32_t state)
{
	const struct glob_pattern *p = g->patterns.v[g->pattern_of[state]];
	for (;; state++) {
		if (g->seen[state] == g->round)
			return;
		g->seen[state] = g->round;
		*vec_add(a, out) = state;
		if (state - p->first >= p->n || !p->v[state - p->first].any)
			return;
	}
}

void glob_start(struct glob *g, struct arena *a, struct glob_states *out)
{
	out->n = 0;
	g->round++;
	for (size_t i = 0; i < g->patterns.n; i++)
		add_state(g, a, out, g->patterns.v[i]->first);
}

void glob_step(struct glob *g, struct arena *a, struct glob_states *out, const struct glob_states *from, struct str name)
{
	out->n = 0;
	g->round++;
	for (size_t i = 0; i < from->n; i++) {
		uint32_t state = from->v[i];
		const struct glob_pattern *p = g->patterns.v[g->pattern_of[state]];
		size_t at = state - p->first;
		if (at >= p->n)
			add_state(g, a, out, p->first + (uint32_t)p->n + 1);
		else if (p->v[at].any)
			add_state(g, a, out, state);
		else if (segment_match(&p->v[at], name))
			add_state(g, a, out, state + 1);
	}
}

bool glob_wants(const struct glob *g, const struct glob_states *s)
{
	bool wanted = false;
	for (size_t i = 0; i < s->n; i++) {
		const struct glob_pattern *p = g->patterns.v[g->pattern_of[s->v[i]]];
		size_t at = s->v[i] - p->first;
		if (at > p->n || (at == p->n && !p->directory))
			wanted = !p->exclude;
	}
	return wanted;
}

bool glob_descends(const struct glob *g, const struct glob_states *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (!g->patterns.v[g->pattern_of[s->v[i]]]->exclude)
			return true;
	return false;
}
