/* Filter patterns: compiled into a row of elements, matched by going through the text once with the set of places in the row
 * that can be reached. Source: GitHub's workflow syntax, filter pattern cheat sheet. */
#include "model/filter_pattern.h"

#include "base/utf8.h"
#include "base/vec.h"

enum element_test { TEST_CHAR, TEST_CLASS, TEST_SEGMENT /* all but '/' */, TEST_ANY };

/* One character of the text, or with `loop` any number of them. `skip` elements may be left out: this one, or, at the start of a
 * run of folders, two. */
struct filter_element {
	enum element_test test;
	uint8_t skip;
	bool loop;
	bool until_slash; /* a loop that ends with a '/' */
	uint32_t c;
	struct str set; /* between the brackets */
};

struct compiler {
	struct arena *a;
	struct str text;
	struct filter_fault *fault;
	struct {
		VEC(struct filter_element);
	} row;
	bool repeatable; /* the last element may get a '?' or '+' */
};

/* One character of s at *i; bytes that are no UTF-8 are characters of their own. */
static uint32_t next_char(struct str s, size_t *i)
{
	uint32_t c;
	unsigned char byte = (unsigned char)s.p[*i];
	if (byte < 0x80) {
		++*i;
		return byte;
	}
	unsigned n = utf8_decode(s, *i, &c);
	if (c == 0xfffd && byte != 0xef) {
		++*i;
		return 0x110000 + byte;
	}
	*i += n;
	return c;
}

static int fail(struct compiler *c, size_t from, size_t to, const char *why)
{
	*c->fault = (struct filter_fault) { from, MIN(to, c->text.n), why };
	return -1;
}

static struct filter_element *add(struct compiler *c, enum element_test test)
{
	struct filter_element *e = vec_add(c->a, &c->row);
	e->test = test;
	return e;
}

/* ---- sets of characters ---- */

static bool is_escape(struct str s, size_t i)
{
	return s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] && strchr("*?+[]!\\", s.p[i + 1]);
}

/* One member of a set: a character, or a range. */
static void next_member(struct str set, size_t *i, uint32_t *low, uint32_t *high)
{
	*i += is_escape(set, *i);
	*low = *high = next_char(set, i);
	if (*i + 1 < set.n && set.p[*i] == '-') {
		++*i;
		*i += is_escape(set, *i);
		*high = next_char(set, i);
	}
}

static int kind_of(uint32_t c)
{
	return c >= 'a' && c <= 'z' ? 1 : c >= 'A' && c <= 'Z' ? 2 : c >= '0' && c <= '9' ? 3 : 0;
}

static bool in_set(struct str set, uint32_t c)
{
	uint32_t low, high;
	for (size_t i = 0; i < set.n;) {
		next_member(set, &i, &low, &high);
		if (c >= low && c <= high)
			return true;
	}
	return false;
}

static int check_set(struct compiler *c, struct str set, size_t at)
{
	uint32_t low, high;
	for (size_t i = 0; i < set.n;) {
		size_t from = i;
		next_member(set, &i, &low, &high);
		if (low != high && (!kind_of(low) || kind_of(low) != kind_of(high)))
			return fail(c, at + from, at + i,
			            "a range goes from letter to letter of the same case, or from digit to digit");
		if (low > high)
			return fail(c, at + from, at + i, "the range ends before it begins");
	}
	return 0;
}

/* *i stands on the '['. */
static int add_set(struct compiler *c, size_t *i)
{
	size_t from = *i + 1, to = from;
	while (to < c->text.n && c->text.p[to] != ']')
		to += is_escape(c->text, to) ? 2 : 1;
	if (to >= c->text.n)
		return fail(c, *i, c->text.n, "'[' has no ']'");
	if (to == from)
		return fail(c, *i, to + 1, "a set needs at least one character");
	struct filter_element *e = add(c, TEST_CLASS);
	e->set = str_n(c->text.p + from, to - from);
	*i = to + 1;
	c->repeatable = true;
	return check_set(c, e->set, from);
}

/* ---- the rest of the grammar ---- */

static int add_repeat(struct compiler *c, size_t *i)
{
	bool plus = c->text.p[*i] == '+';
	if (!c->repeatable)
		return fail(c, *i, *i + 1,
		            plus ? "'+' has no character in front of it to repeat"
		                 : "'?' has no character in front of it to leave out");
	struct filter_element *last = &c->row.v[c->row.n - 1];
	if (plus) {
		struct filter_element again = *last;
		again.loop = true;
		again.skip = 1;
		*vec_add(c->a, &c->row) = again;
	} else {
		last->skip = 1;
	}
	c->repeatable = false;
	++*i;
	return 0;
}

/* Two stars are whole folders when a '/' stands on both sides, which the one behind must not have to repeat. */
static bool is_folders(struct str s, size_t first, size_t from, size_t to)
{
	return to - from == 2 && to < s.n && s.p[to] == '/' && (from == first || s.p[from - 1] == '/') &&
	       !(to + 1 < s.n && (s.p[to + 1] == '?' || s.p[to + 1] == '+'));
}

static void add_stars(struct compiler *c, size_t first, size_t *i)
{
	size_t from = *i;
	while (*i < c->text.n && c->text.p[*i] == '*')
		++*i;
	c->repeatable = false;
	if (is_folders(c->text, first, from, *i)) {
		add(c, TEST_ANY)->skip = 2;
		struct filter_element *e = add(c, TEST_ANY);
		e->loop = e->until_slash = true;
		++*i;
		return;
	}
	struct filter_element *e = add(c, *i - from > 1 ? TEST_ANY : TEST_SEGMENT);
	e->loop = true;
	e->skip = 1;
}

static int add_next(struct compiler *c, size_t first, size_t *i)
{
	switch (c->text.p[*i]) {
	case '*':
		add_stars(c, first, i);
		return 0;
	case '?':
	case '+':
		return add_repeat(c, i);
	case '[':
		return add_set(c, i);
	default:
		*i += is_escape(c->text, *i);
		add(c, TEST_CHAR)->c = next_char(c->text, i);
		c->repeatable = true;
		return 0;
	}
}

int filter_pattern_compile(struct filter_pattern *out, struct arena *a, struct str text, struct filter_fault *fault)
{
	struct compiler c = { .a = a, .text = text, .fault = fault };
	bool negative = text.n && text.p[0] == '!';
	size_t first = negative;
	if (text.n == first)
		return fail(&c, 0, text.n, "there is no pattern");
	if (text.n > FILTER_PATTERN_MAX)
		return fail(&c, 0, text.n, "it is longer than 4096 bytes");
	for (size_t i = first; i < text.n;)
		if (add_next(&c, first, &i) < 0)
			return -1;
	*out = (struct filter_pattern) { .text = text, .negative = negative, .v = c.row.v, .n = c.row.n };
	for (size_t i = 0; i < out->n; i += MAX(out->v[i].skip, 1))
		out->least += out->v[i].skip == 0;
	return 0;
}

/* ---- matching ---- */

static bool test(const struct filter_element *e, uint32_t c)
{
	switch (e->test) {
	case TEST_CHAR:
		return e->c == c;
	case TEST_CLASS:
		return in_set(e->set, c);
	case TEST_SEGMENT:
		return c != '/';
	default:
		return true;
	}
}

/* The places that can be reached, in ascending order up to `last`. */
struct places {
	uint8_t here[FILTER_PATTERN_MAX + 1]; /* no element without a byte of its own */
	size_t first, last;                   /* first > last: none */
};

static void reach(const struct filter_pattern *p, struct places *s, size_t i)
{
	while (!s->here[i]) {
		s->here[i] = 1;
		s->first = MIN(s->first, i);
		s->last = MAX(s->last, i);
		if (i == p->n || !p->v[i].skip)
			return;
		i += p->v[i].skip;
	}
}

static void start(struct places *s, size_t n)
{
	s->first = n + 1;
	s->last = 0;
}

/* From `now`, which becomes empty, to `then` by one character; returns what it cost. */
static uint64_t move(const struct filter_pattern *p, struct places *now, struct places *then, uint32_t c)
{
	uint64_t steps = 0;
	start(then, p->n);
	for (size_t i = now->first; i <= now->last; i++) {
		const struct filter_element *e = &p->v[i];
		bool here = now->here[i];
		now->here[i] = 0;
		if (!here || i == p->n)
			continue;
		steps += 1 + e->set.n;
		if (!test(e, c))
			continue;
		if (e->until_slash && c == '/')
			reach(p, then, i + 1);
		reach(p, then, e->loop ? i : i + 1);
	}
	return steps;
}

bool filter_pattern_matches(const struct filter_pattern *p, struct str text, uint64_t *steps)
{
	struct places sets[2], *now = &sets[0], *then = &sets[1];
	uint64_t done = 1;
	if (p->least > text.n)
		return false;
	memset(sets[0].here, 0, p->n + 1);
	memset(sets[1].here, 0, p->n + 1);
	start(now, p->n);
	reach(p, now, 0);
	for (size_t i = 0; i < text.n && now->first <= now->last;) {
		done += move(p, now, then, next_char(text, &i));
		struct places *was = now;
		now = then;
		then = was;
	}
	if (steps)
		*steps += done;
	return now->first <= now->last && now->here[p->n];
}

/* ---- lists ---- */

void filter_list_compile(struct filter_list *out, struct arena *a, const struct token *t)
{
	struct filter_fault fault;
	size_t n = !t ? 0 : t->kind == TOKEN_SEQUENCE ? t->seq.n : 1;
	*out = (struct filter_list) { .v = arena_array(a, struct filter_pattern, n + 1) };
	for (size_t i = 0; i < n; i++) {
		const struct token *item = t->kind == TOKEN_SEQUENCE ? t->seq.items[i] : t;
		if (filter_pattern_compile(&out->v[out->n], a, item->raw, &fault) == 0)
			out->n++;
	}
}

bool filter_list_selects(struct filter_list *l, struct str text)
{
	for (size_t i = l->n; i-- > 0;)
		if (filter_pattern_matches(&l->v[i], text, &l->steps))
			return !l->v[i].negative;
	return false;
}
