/* Pattern sets: an index by first bytes, behind the filter. When the checks cost far more than the text is long
 * (long patterns, nearly matching everywhere) an automaton takes over for good. */
#include "log/patterns.h"

#include "base/map.h"
#include "base/vec.h"
#include "log/automaton.h"
#include "log/filter.h"

enum { KEY_MAX = 4, WORK_PER_BYTE = 8, DEBT_MIN = 1 << 20, DEBT_PER_PATTERN_BYTE = 16 };

struct pattern {
	struct str text;
	uint32_t next; /* of the same chain, index + 1 */
	bool breaks;   /* contains \r or \n */
};

struct pattern_set {
	unsigned refs;
	struct arena arena;
	struct {
		VEC(struct pattern);
	} patterns;
	struct map seen;
	uint32_t *heads; /* chains by hash of the first bytes, index + 1 */
	size_t nheads;
	bool has_key[KEY_MAX + 1]; /* patterns with a key of that many bytes */
	size_t longest, total;
	struct filter filter;
	bool grouped; /* the filter's nibble tables are up to date */
	bool plain;
	size_t debt; /* work beyond what the texts' lengths allow for */
	struct automaton *automaton;
};

struct pattern_set *patterns_new(void)
{
	struct pattern_set *set = xcalloc(1, sizeof(*set));
	set->refs = 1;
	set->nheads = 64;
	set->heads = xcalloc(set->nheads, sizeof(*set->heads));
	return set;
}

struct pattern_set *patterns_ref(struct pattern_set *set)
{
	set->refs++;
	return set;
}

void patterns_unref(struct pattern_set *set)
{
	if (!set || --set->refs)
		return;
	automaton_free(set->automaton);
	free(set->heads);
	arena_done(&set->arena);
	free(set);
}

struct pattern_set *patterns_own(struct pattern_set *set)
{
	if (set->refs == 1)
		return set;
	struct pattern_set *copy = patterns_new();
	copy->plain = set->plain;
	for (size_t i = 0; i < set->patterns.n; i++)
		patterns_add(copy, set->patterns.v[i].text);
	patterns_unref(set);
	return copy;
}

static size_t chain_of(const struct pattern_set *set, const char *p, size_t key)
{
	uint32_t v = (uint32_t)key << 27;
	for (size_t i = 0; i < key; i++)
		v = (v ^ (unsigned char)p[i]) * 0x01000193u;
	return (v ^ v >> 15) & (set->nheads - 1);
}

static void enter(struct pattern_set *set, size_t index)
{
	struct pattern *p = &set->patterns.v[index];
	size_t chain = chain_of(set, p->text.p, MIN(p->text.n, KEY_MAX));
	p->next = set->heads[chain];
	set->heads[chain] = (uint32_t)index + 1;
}

static void grow_heads(struct pattern_set *set)
{
	set->nheads *= 4;
	set->heads = xrealloc(set->heads, set->nheads * sizeof(*set->heads));
	memset(set->heads, 0, set->nheads * sizeof(*set->heads));
	for (size_t i = 0; i < set->patterns.n; i++)
		enter(set, i);
}

void patterns_add(struct pattern_set *set, struct str text)
{
	if (text.n == 0 || text.n > UINT32_MAX || map_has(&set->seen, text))
		return;
	text = arena_str(&set->arena, text);
	map_put(&set->arena, &set->seen, text, set);
	struct pattern *p = vec_add(&set->arena, &set->patterns);
	p->text = text;
	p->breaks = memchr(text.p, '\n', text.n) || memchr(text.p, '\r', text.n);
	set->has_key[MIN(text.n, KEY_MAX)] = true;
	set->longest = MAX(set->longest, text.n);
	set->total += text.n;
	if (set->patterns.n * 2 > set->nheads)
		grow_heads(set);
	else
		enter(set, set->patterns.n - 1);
	filter_add(&set->filter, text);
	set->grouped = false;
	set->debt = 0;
	automaton_free(set->automaton);
	set->automaton = NULL;
}

size_t patterns_count(const struct pattern_set *set)
{
	return set->patterns.n;
}

size_t patterns_longest(const struct pattern_set *set)
{
	return set->longest;
}

void patterns_plain(struct pattern_set *set)
{
	set->plain = true;
	set->grouped = false;
}

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void group(struct pattern_set *set)
{
	set->grouped = true;
	size_t n = set->patterns.n;
	if (set->plain || n > FILTER_GROUPED_MAX) {
		filter_group(&set->filter, NULL, 0);
		return;
	}
	_cleanup_free_ struct str *sorted = xcalloc(n + 1, sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		sorted[i] = str_to(set->patterns.v[i].text, FILTER_DEPTH);
	qsort(sorted, n, sizeof(*sorted), by_bytes);
	filter_group(&set->filter, sorted, n);
}

static size_t longest_in_chain(const struct pattern_set *set, struct str here, size_t key, bool lines_only, size_t *work)
{
	size_t best = 0;
	for (uint32_t i = set->heads[chain_of(set, here.p, key)]; i; i = set->patterns.v[i - 1].next) {
		const struct pattern *p = &set->patterns.v[i - 1];
		++*work;
		if (p->text.n <= best || p->text.n > here.n || (p->breaks && lines_only))
			continue;
		if (memcmp(p->text.p, here.p, MIN(p->text.n, KEY_MAX)) != 0)
			continue;
		*work += p->text.n / 8;
		if (memcmp(p->text.p, here.p, p->text.n) == 0)
			best = p->text.n;
	}
	return best;
}

/* Length of the longest pattern that begins where `here` begins, or 0. */
static size_t longest_at(const struct pattern_set *set, struct str here, bool lines_only, size_t *work)
{
	size_t best = 0;
	for (size_t key = 1; key <= KEY_MAX && key <= here.n; key++) {
		if (!set->has_key[key])
			continue;
		size_t n = longest_in_chain(set, here, key, lines_only, work);
		best = MAX(best, n);
	}
	return best;
}

void ranges_add(struct ranges *r, size_t from, size_t to)
{
	while (r->n && r->v[r->n - 1].to >= from) {
		r->n--;
		from = MIN(from, r->v[r->n].from);
		to = MAX(to, r->v[r->n].to);
	}
	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 16;
		r->v = xrealloc(r->v, r->cap * sizeof(*r->v));
	}
	r->v[r->n++] = (struct range) { from, to };
}

void ranges_done(struct ranges *r)
{
	free(r->v);
	*r = (struct ranges) { 0 };
}

static void make_automaton(struct pattern_set *set)
{
	set->automaton = automaton_new();
	for (size_t i = 0; i < set->patterns.n; i++)
		automaton_add(set->automaton, set->patterns.v[i].text, set->patterns.v[i].breaks);
	automaton_link(set->automaton);
}

static bool find_slowly(struct pattern_set *set, struct str text, size_t from, bool lines_only, struct ranges *out)
{
	uint32_t state = 0;
	bool found = false;
	for (size_t i = from; i < text.n; i++) {
		size_t n = automaton_step(set->automaton, &state, (unsigned char)text.p[i], lines_only);
		if (!n)
			continue;
		found = true;
		if (!out)
			return true;
		ranges_add(out, i + 1 - n, i + 1);
	}
	return found;
}

bool patterns_find(struct pattern_set *set, struct str text, bool lines_only, struct ranges *out)
{
	if (!set->patterns.n || !text.n)
		return false;
	if (set->automaton)
		return find_slowly(set, text, 0, lines_only, out);
	if (!set->grouped)
		group(set);
	size_t allowed = text.n * WORK_PER_BYTE + DEBT_MIN + set->total * DEBT_PER_PATTERN_BYTE;
	bool found = false;
	for (size_t i = 0; (i = filter_next(&set->filter, text, i)) < text.n; i++) {
		size_t n = longest_at(set, str_from(text, i), lines_only, &set->debt);
		if (n) {
			found = true;
			if (!out)
				return true;
			ranges_add(out, i, i + n);
		}
		if (set->debt > allowed) {
			make_automaton(set);
			return find_slowly(set, text, i + 1, lines_only, out) || found;
		}
	}
	set->debt -= MIN(set->debt, text.n * WORK_PER_BYTE);
	return found;
}
