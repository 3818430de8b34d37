/* Where a file uses other repositories: steps of jobs and of actions, members of parallel lists, calls of workflows. By the tree
 * alone, so that a file with other faults is pinned as well; with the comment that stands behind each. */
#include "base/vec.h"
#include "git/git.h"
#include "pin/pin.h"
#include "yaml/ytree.h"

enum { DEPTH_MAX = 8 };

struct finder {
	struct arena *a;
	struct pin_file *out;
	struct ytree tree;
	struct {
		VEC(const struct ynode *);
	} aliases;      /* values that are written elsewhere */
	size_t comment; /* those before it are above the line that is looked at */
};

/* ---- one reference ---- */

static bool is_elsewhere(struct str uses)
{
	static const char *const here[] = { "./", ".\\", "$/", "docker://" };
	for (size_t i = 0; i < ARRAY_LEN(here); i++)
		if (str_starts(uses, str_of(here[i])))
			return false;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Behind an anchor and a tag. */
static struct span without_properties(const struct source *src, struct span at)
{
	while (at.from < at.to && (src->text.p[at.from] == '&' || src->text.p[at.from] == '!')) {
		while (at.from < at.to && !is_blank(src->text.p[at.from]))
			at.from++;
		while (at.from < at.to && is_blank(src->text.p[at.from]))
			at.from++;
	}
	return at;
}

/* What is between the quotes of a value, if that is the value itself: on one line, without escapes. */
static bool find_inside(struct span *inside, const struct source *src, const struct ynode *n)
{
	bool quoted = n->style == YSTYLE_SINGLE || n->style == YSTYLE_DOUBLE;
	*inside = without_properties(src, n->at);
	if (quoted && inside->to - inside->from >= 2) {
		inside->from++;
		inside->to--;
	} else if (n->style != YSTYLE_PLAIN) {
		return false;
	}
	return str_eq(str_n(src->text.p + inside->from, inside->to - inside->from), n->text);
}

static struct pin_use *add_use(struct finder *f, const struct ynode *n)
{
	struct pin_use *u = arena_make(f->a, struct pin_use);
	u->at = n->at;
	u->text = n->text;
	*vec_add(f->a, &f->out->uses) = u;
	return u;
}

static void take_uses(struct finder *f, const struct ynode *n)
{
	struct span inside;
	if (n->alias_of) {
		*vec_add(f->a, &f->aliases) = n;
		return;
	}
	if (n->kind != YNODE_STRING || !is_elsewhere(n->text))
		return;
	struct pin_use *u = add_use(f, n);
	size_t at = str_find_c(n->text, '@', 0);
	if (!action_ref_parse(&u->ref, f->a, n->text) || !action_repository_possible(u->ref.repository)) {
		u->state = PIN_UNWRITTEN;
		u->message = arena_printf(f->a, "Expected format {org}/{repo}[/path]@ref. Actual '%.*s'", STRF(n->text));
		u->help = STR("an action is OWNER/REPO[/PATH]@VERSION");
	} else if (!find_inside(&inside, f->out->source, n)) {
		u->state = PIN_UNWRITTEN;
		u->message = STR("it is not written as a plain or quoted text on one line, so it is left alone");
		u->help = arena_printf(f->a, "write uses: %.*s", STRF(n->text));
	} else {
		u->ref_at = (struct span) { n->at.file, inside.from + (uint32_t)at + 1, inside.to };
		u->pinned = git_is_object_name(u->ref.ref);
	}
}

/* ---- where they stand ---- */

static void walk_steps(struct finder *f, const struct ynode *list, unsigned depth)
{
	if (!list || list->kind != YNODE_SEQ || list->alias_of || depth > DEPTH_MAX)
		return;
	for (size_t i = 0; i < list->seq.n; i++) {
		const struct ynode *step = list->seq.items[i], *uses;
		if (step->kind != YNODE_MAP || step->alias_of)
			continue; /* what an alias stands for is met where it is written */
		uses = ynode_get(step, "uses");
		if (uses)
			take_uses(f, uses);
		walk_steps(f, ynode_get(step, "parallel"), depth + 1);
	}
}

static void walk_file(struct finder *f)
{
	const struct ynode *root = f->tree.root, *jobs = root ? ynode_get(root, "jobs") : NULL;
	const struct ynode *runs = root ? ynode_get(root, "runs") : NULL;
	if (jobs && jobs->kind == YNODE_MAP)
		for (size_t i = 0; i < jobs->map.n; i++) {
			const struct ynode *job = jobs->map.pairs[i].value, *uses = ynode_get(job, "uses");
			if (job->alias_of)
				continue;
			if (uses)
				take_uses(f, uses);
			walk_steps(f, ynode_get(job, "steps"), 0);
		}
	if (runs)
		walk_steps(f, ynode_get(runs, "steps"), 0);
}

/* An alias whose text is none of the references that were met cannot be changed: the text may mean something else, too. */
static void judge_aliases(struct finder *f)
{
	for (size_t i = 0; i < f->aliases.n; i++) {
		const struct ynode *n = f->aliases.v[i], *meant = n->alias_of;
		bool met = meant->kind != YNODE_STRING || !is_elsewhere(meant->text);
		for (size_t k = 0; k < f->out->uses.n && !met; k++)
			met = f->out->uses.v[k]->at.from == meant->at.from;
		if (met)
			continue;
		struct pin_use *u = add_use(f, n);
		u->text = meant->text;
		u->state = PIN_UNWRITTEN;
		u->message = arena_printf(f->a, "it is an alias of a text that stands elsewhere: '%.*s'", STRF(meant->text));
		u->help = STR("write the reference here");
	}
}

/* ---- lines and their comments ---- */

static bool in_scalar(const struct ynode *n, uint32_t offset)
{
	if (!n || n->alias_of || offset <= n->at.from || offset >= n->at.to)
		return false;
	if (n->kind == YNODE_SEQ) {
		for (size_t i = 0; i < n->seq.n; i++)
			if (in_scalar(n->seq.items[i], offset))
				return true;
		return false;
	}
	if (n->kind == YNODE_MAP) {
		for (size_t i = 0; i < n->map.n; i++)
			if (in_scalar(n->map.pairs[i].key, offset) || in_scalar(n->map.pairs[i].value, offset))
				return true;
		return false;
	}
	return true;
}

/* "v1.2.3", "tag=v1.2.3" and, for several references on the line, "v1.2.3, v2": the words, or NULL. */
static struct str *version_words(struct finder *f, struct str text, size_t n, size_t *length)
{
	struct str *out = arena_array(f->a, struct str, n);
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		size_t from = at;
		while (at < text.n && !is_blank(text.p[at]) && text.p[at] != ',')
			at++;
		out[i] = str_n(text.p + from, at - from);
		if (!out[i].n)
			return NULL;
		if (i + 1 == n)
			break;
		if (at == text.n || text.p[at] != ',')
			return NULL;
		for (at++; at < text.n && is_blank(text.p[at]); at++)
			;
	}
	*length = at;
	return out;
}

static void read_comment(struct finder *f, struct pin_line *l)
{
	struct str all = f->out->source->text, text;
	uint32_t from = l->comment.from + 1;
	size_t length = 0;
	while (from < l->comment.to && is_blank(all.p[from]))
		from++;
	text = str_n(all.p + from, l->comment.to - from);
	if (str_starts(text, STR("tag="))) {
		from += 4;
		text = str_from(text, 4);
	}
	struct str *words = version_words(f, text, l->uses.n, &length);
	if (!words)
		return;
	bool whole = str_trim(text).n == length, sure = true;
	for (size_t i = 0; i < l->uses.n; i++) {
		const struct pin_use *u = l->uses.v[i];
		bool number = whole && version_parse(words[i]).n && !version_parse(words[i]).before.n;
		bool same = str_eq(words[i], u->ref.ref);
		bool own = whole || same || u->pinned; /* else it may begin what somebody says about a version */
		sure &= (version_is_word(words[i]) && own) || number || (whole && same);
	}
	if (!sure && (!whole || l->uses.n > 1 || !action_ref_possible(words[0])))
		return;
	l->versions = words;
	l->versions_at = (struct span) { l->comment.file, from, from + (uint32_t)length };
	l->sure = sure;
}

static struct pin_line *line_of(struct finder *f, const struct pin_use *u, uint32_t number)
{
	struct pin_file *out = f->out;
	struct pin_line *last = out->lines.n ? out->lines.v[out->lines.n - 1] : NULL;
	if (last && source_line_at(out->source, last->uses.v[0]->at.to) == number)
		return last;
	struct str text = source_line(out->source, number), all = out->source->text;
	struct pin_line *l = arena_make(f->a, struct pin_line);
	uint32_t from = (uint32_t)(text.p - all.p), to = from + (uint32_t)text.n;
	l->comment = SPAN_NONE;
	l->end = to;
	while (f->comment < f->tree.ncomments && f->tree.comments[f->comment].at.from < u->at.to)
		f->comment++;
	if (f->comment < f->tree.ncomments && f->tree.comments[f->comment].at.from < to) {
		l->comment = f->tree.comments[f->comment].at;
		l->comment.to = MIN(l->comment.to, to);
		l->end = l->comment.from;
	}
	while (l->end > from && (is_blank(all.p[l->end - 1]) || all.p[l->end - 1] == '\r'))
		l->end--;
	l->end_in_scalar = in_scalar(f->tree.root, l->end);
	return *vec_add(f->a, &out->lines) = l;
}

static int by_place(const void *a, const void *b)
{
	const struct pin_use *x = *(struct pin_use *const *)a, *y = *(struct pin_use *const *)b;
	return (x->at.from > y->at.from) - (x->at.from < y->at.from);
}

static void make_lines(struct finder *f)
{
	struct pin_file *out = f->out;
	if (out->uses.n)
		qsort(out->uses.v, out->uses.n, sizeof(*out->uses.v), by_place);
	for (size_t i = 0; i < out->uses.n; i++) {
		struct pin_use *u = out->uses.v[i];
		if (u->state != PIN_OPEN)
			continue;
		u->line = line_of(f, u, source_line_at(out->source, u->at.to));
		*vec_add(f->a, &u->line->uses) = u;
	}
	for (size_t i = 0; i < out->lines.n; i++)
		if (out->lines.v[i]->comment.file == out->source->id)
			read_comment(f, out->lines.v[i]);
}

bool pin_find(struct pin_file *out, struct arena *a, const struct source *src, struct diag_list *diags)
{
	struct finder f = { .a = a, .out = out };
	*out = (struct pin_file) { .source = src };
	if (!ytree_parse(&f.tree, a, src, &(struct ytree_options) { 0 }, diags))
		return false;
	out->root = f.tree.root;
	walk_file(&f);
	judge_aliases(&f);
	make_lines(&f);
	return true;
}
