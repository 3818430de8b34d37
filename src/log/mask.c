/* Maskers: which texts are secret, and the replacement by ***. Finding them is patterns.c. */
#include "log/mask.h"

#include "log/patterns.h"
#include "log/variants.h"

struct masker {
	struct pattern_set *set;
};

struct masker *masker_new(void)
{
	struct masker *m = xcalloc(1, sizeof(*m));
	m->set = patterns_new();
	return m;
}

struct masker *masker_clone(const struct masker *m)
{
	struct masker *copy = xcalloc(1, sizeof(*copy));
	copy->set = patterns_ref(m->set);
	return copy;
}

void masker_free(struct masker *m)
{
	if (!m)
		return;
	patterns_unref(m->set);
	free(m);
}

struct pattern_set *masker_patterns(const struct masker *m)
{
	return m->set;
}

static void add_form(void *cookie, struct str form)
{
	patterns_add(cookie, form);
}

static void add_value(struct masker *m, struct str value)
{
	if (value.n == 0)
		return;
	m->set = patterns_own(m->set);
	variants_each(value, add_form, m->set);
}

static void add_lines(struct masker *m, struct str value)
{
	for (size_t i = 0; i < value.n;) {
		size_t end = i;
		while (end < value.n && value.p[end] != '\n' && value.p[end] != '\r')
			end++;
		add_value(m, str_trim(str_n(value.p + i, end - i)));
		i = end + 1;
	}
}

void masker_add_secret(struct masker *m, struct str value)
{
	value = str_trim(value);
	add_value(m, value);
	add_lines(m, value);
}

void masker_add_mask(struct masker *m, struct str value)
{
	add_value(m, value);
	add_lines(m, value);
}

bool masker_empty(const struct masker *m)
{
	return patterns_count(m->set) == 0;
}

size_t masker_longest(const struct masker *m)
{
	return patterns_longest(m->set);
}

static void replace(struct str text, const struct ranges *r, struct buf *out)
{
	size_t at = 0;
	for (size_t i = 0; i < r->n; i++) {
		buf_add(out, text.p + at, r->v[i].from - at);
		buf_add(out, "***", 3);
		at = r->v[i].to;
	}
	buf_addstr(out, str_from(text, at));
}

void masker_apply(const struct masker *m, struct str text, struct buf *out)
{
	struct ranges r = { 0 };
	patterns_find(m->set, text, false, &r);
	replace(text, &r, out);
	ranges_done(&r);
}

bool masker_lines(const struct masker *m, struct str text, struct buf *out)
{
	struct ranges r = { 0 };
	bool hit = patterns_find(m->set, text, true, &r);
	if (hit)
		replace(text, &r, out);
	ranges_done(&r);
	return hit;
}

bool masker_hits(const struct masker *m, struct str text)
{
	return patterns_find(m->set, text, false, NULL);
}

struct str masker_str(const struct masker *m, struct arena *a, struct str s)
{
	if (!m)
		return s;
	struct ranges r = { 0 };
	if (patterns_find(m->set, s, false, &r)) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		replace(s, &r, &b);
		s = arena_str(a, buf_str(&b));
	}
	ranges_done(&r);
	return s;
}
