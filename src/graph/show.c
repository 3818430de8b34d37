/* Wording and measuring of what drawings show. Everything here comes from a user's file, so every text is
 * cleaned of what could disturb a terminal before it is shown. */
#include "graph/show.h"

#include "base/clean.h"
#include "base/utf8.h"

enum { VALUE_NODES_MAX = 100000, VALUE_DEPTH_MAX = 100, NOTE_NAMES_MAX = 6 };

/* Also marks of direction, which say nothing in a cell of a drawing. */
static bool disturbs(uint32_t cp)
{
	return clean_is_control(cp) || clean_is_deceiving(cp) || cp == 0x200e || cp == 0x200f || cp == 0xfeff;
}

struct str show_clean(struct arena *a, struct str s)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		i += utf8_decode(s, i, &cp);
		utf8_append(&b, disturbs(cp) ? ' ' : cp);
	}
	return arena_str(a, str_trim(buf_str(&b)));
}

struct str show_token(struct arena *a, const struct token *t)
{
	if (!t || t->kind == TOKEN_SEQUENCE || t->kind == TOKEN_MAPPING)
		return STR_EMPTY;
	if (t->raw.n)
		return t->raw;
	if (t->kind == TOKEN_EXPR)
		return arena_printf(a, "${{ %.*s }}", STRF(t->s));
	return t->kind == TOKEN_STRING ? t->s : STR_EMPTY;
}

struct str show_step_line(struct arena *a, const struct gnode *n)
{
	struct str text = n->step && n->step->kind != STEP_PARALLEL ? str_trim(show_token(a, n->step->name)) : STR_EMPTY;
	struct str line = STR_EMPTY;
	str_next_line(&text, &line);
	line = str_trim(line);
	return line.n ? line : n->default_name;
}

struct str show_step_name(struct arena *a, const struct gnode *n)
{
	return show_clean(a, show_step_line(a, n));
}

struct str show_job_name(struct arena *a, const struct job *j)
{
	struct str name = show_clean(a, show_token(a, j->name));
	return name.n ? name : show_clean(a, j->id);
}

static void add_after(struct buf *b, const char *before, struct str s)
{
	buf_adds(b, before);
	buf_addstr(b, s);
}

static void add_names(struct buf *b, struct arena *a, const struct job_graph *g, const uint32_t *v, size_t n)
{
	for (size_t i = 0; i < MIN(n, (size_t)NOTE_NAMES_MAX); i++) {
		const struct gnode *t = &g->nodes[v[i]];
		bool plain = t->step && !t->step->id_generated;
		buf_adds(b, i ? ", " : " ");
		buf_addstr(b, plain ? show_clean(a, t->id) : show_step_name(a, t));
	}
	if (n > NOTE_NAMES_MAX)
		buf_addf(b, " and %zu more", n - NOTE_NAMES_MAX);
}

struct str show_step_note(struct arena *a, const struct job_graph *g, const struct gnode *n)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	if (n->background) {
		buf_adds(&b, n->group.n ? "parallel" : "background");
		if (n->step && !n->step->id_generated)
			add_after(&b, ", id ", show_clean(a, n->id));
	} else if (n->kind == STEP_CANCEL && n->ntargets) {
		buf_adds(&b, "cancels");
		add_names(&b, a, g, n->targets, n->ntargets);
	} else if (n->njoins) {
		buf_adds(&b, n->implicit ? "implicit, joins" : "joins");
		add_names(&b, a, g, n->joins, n->njoins);
	} else if (n->ntargets) {
		buf_adds(&b, "again");
		add_names(&b, a, g, n->targets, n->ntargets);
	} else if (n->kind == STEP_WAIT || n->kind == STEP_WAIT_ALL || n->kind == STEP_CANCEL) {
		buf_adds(&b, "nothing to join");
	}
	return arena_str(a, buf_str(&b));
}

static void add_labels(struct buf *b, struct arena *a, const struct token *t)
{
	if (t->kind != TOKEN_SEQUENCE) {
		buf_addstr(b, show_clean(a, show_token(a, t)));
		return;
	}
	for (size_t i = 0; i < t->seq.n; i++) {
		buf_adds(b, i ? ", " : "");
		buf_addstr(b, show_clean(a, show_token(a, t->seq.items[i])));
	}
}

struct str show_runs_on(struct arena *a, const struct job *j)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	const struct token *t = j->runs_on;
	if (!t)
		return STR_EMPTY;
	if (t->kind != TOKEN_MAPPING) {
		add_labels(&b, a, t);
		return arena_str(a, buf_str(&b));
	}
	for (size_t i = 0; i < t->map.n; i++) {
		bool group = str_is_nocase(show_token(a, t->map.pairs[i].key), "group");
		buf_addf(&b, "%s%s", i ? ", " : "", group ? "group " : "");
		add_labels(&b, a, t->map.pairs[i].value);
	}
	return arena_str(a, buf_str(&b));
}

struct str show_matrix(struct arena *a, const struct job *j)
{
	const struct token *t = j->matrix;
	if (!t || t->kind != TOKEN_MAPPING)
		return show_clean(a, show_token(a, t));
	_cleanup_buf_ struct buf b = BUF_INIT;
	const struct token *include = NULL;
	for (size_t i = 0; i < t->map.n; i++) {
		struct str key = show_token(a, t->map.pairs[i].key);
		if (str_is(key, "include"))
			include = t->map.pairs[i].value;
		else if (!str_is(key, "exclude"))
			add_after(&b, b.n ? " × " : "", show_clean(a, key));
	}
	if (include && include->kind == TOKEN_SEQUENCE && include->seq.n)
		buf_addf(&b, b.n ? " + %zu include" : "%zu include", include->seq.n);
	else if (include && b.n == 0)
		buf_addstr(&b, show_clean(a, show_token(a, include)));
	return arena_str(a, buf_str(&b));
}

size_t show_cells(struct str s)
{
	size_t cells = 0;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		i += utf8_decode(s, i, &cp);
		cells += (size_t)utf8_width(cp);
	}
	return cells;
}

struct str show_fit(struct arena *a, struct str s, size_t cells)
{
	size_t used = 0, keep = 0;
	if (s.n <= cells || show_cells(s) <= cells)
		return s;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		unsigned n = utf8_decode(s, i, &cp);
		used += (size_t)utf8_width(cp);
		if (used + 1 > cells)
			break;
		i += n;
		keep = i;
	}
	return cells ? arena_printf(a, "%.*s…", (int)keep, s.p) : STR_EMPTY;
}

void show_padded(struct buf *out, struct arena *a, struct str s, size_t cells)
{
	struct str fit = show_fit(a, s, cells);
	buf_addstr(out, fit);
	for (size_t i = show_cells(fit); i < cells; i++)
		buf_addc(out, ' ');
}

struct conversion {
	struct arena *a;
	size_t nodes; /* made so far */
};

static struct val convert(struct conversion *c, const struct token *t, unsigned depth)
{
	if (!t || c->nodes++ > VALUE_NODES_MAX || depth > VALUE_DEPTH_MAX)
		return val_null();
	struct val v;
	switch (t->kind) {
	case TOKEN_BOOL:
		return val_bool(t->b);
	case TOKEN_NUMBER:
		return val_num(t->num);
	case TOKEN_NULL:
		return val_null();
	case TOKEN_SEQUENCE:
		v = val_array(c->a);
		for (size_t i = 0; i < t->seq.n && c->nodes <= VALUE_NODES_MAX; i++)
			val_push(c->a, v, convert(c, t->seq.items[i], depth + 1));
		return v;
	case TOKEN_MAPPING:
		v = val_object_case_sensitive(c->a);
		for (size_t i = 0; i < t->map.n && c->nodes <= VALUE_NODES_MAX; i++)
			val_set(c->a, v, show_token(c->a, t->map.pairs[i].key), convert(c, t->map.pairs[i].value, depth + 1));
		return v;
	default:
		return val_str(show_token(c->a, t));
	}
}

struct val show_value(struct arena *a, const struct token *t)
{
	struct conversion c = { .a = a };
	struct val v = convert(&c, t, 0);
	return c.nodes > VALUE_NODES_MAX ? val_null() : v;
}
