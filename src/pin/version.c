/* Tags as versions. */
#include "pin/pin.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where the numbers begin: at the start, or behind a separator (and a v). */
static size_t numbers_at(struct str text, bool *v)
{
	for (size_t i = 0; i < text.n; i++) {
		bool start = i == 0 || strchr("/-_@", text.p[i - 1]);
		*v = start && (text.p[i] == 'v' || text.p[i] == 'V') && i + 1 < text.n && is_digit(text.p[i + 1]);
		if (*v || (start && is_digit(text.p[i])))
			return i;
	}
	return SIZE_MAX;
}

static bool is_suffix(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= 'A' && s.p[i] <= 'Z') &&
		    !strchr("-+._", s.p[i]))
			return false;
	return s.n == 0 || s.p[0] == '-' || s.p[0] == '+';
}

struct version version_parse(struct str text)
{
	struct version out = { .before = STR_EMPTY, .suffix = STR_EMPTY };
	size_t i = numbers_at(text, &out.v);
	if (i == SIZE_MAX)
		return out;
	out.before = str_to(text, i);
	i += out.v;
	for (;;) {
		uint64_t number = 0;
		if (out.n == ARRAY_LEN(out.number) || i == text.n || !is_digit(text.p[i]))
			return (struct version) { .before = STR_EMPTY, .suffix = STR_EMPTY };
		for (; i < text.n && is_digit(text.p[i]); i++)
			number = number < UINT64_MAX / 10 - 1 ? number * 10 + (uint64_t)(text.p[i] - '0') : UINT64_MAX / 10;
		out.number[out.n++] = number;
		if (i == text.n || text.p[i] != '.')
			break;
		i++;
	}
	out.suffix = str_from(text, i);
	if (!is_suffix(out.suffix))
		out.n = 0;
	return out;
}

bool version_is_word(struct str word)
{
	struct version v = version_parse(word);
	return v.n > 0 && v.before.n == 0 && (v.v || v.n > 1);
}

/* The numbers first; a release goes above its pre-releases, and those go by their bytes. */
static int compare(const struct version *a, const struct version *b)
{
	for (size_t i = 0; i < ARRAY_LEN(a->number); i++)
		if (a->number[i] != b->number[i])
			return a->number[i] < b->number[i] ? -1 : 1;
	if (!a->suffix.n != !b->suffix.n)
		return a->suffix.n ? -1 : 1;
	return str_cmp(a->suffix, b->suffix);
}

/* Whether tag says the same as ref and perhaps more: v7.0.1 for v7. */
static bool extends(const struct version *tag, const struct version *ref)
{
	if (!str_eq(tag->before, ref->before) || tag->n < ref->n)
		return false;
	for (unsigned i = 0; i < ref->n; i++)
		if (tag->number[i] != ref->number[i])
			return false;
	return ref->suffix.n == 0 || str_eq(tag->suffix, ref->suffix);
}

bool version_may_be_written(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!is_digit(name.p[i]) && !(name.p[i] >= 'a' && name.p[i] <= 'z') && !(name.p[i] >= 'A' && name.p[i] <= 'Z') &&
		    !memchr("._+/@-", name.p[i], 6))
			return false;
	return name.n > 0;
}

/* A server chooses the names of its tags: those that no comment may hold count for nothing. */
static struct str tag_name(const struct listed_ref *r)
{
	struct str name = str_starts(r->name, STR("refs/tags/")) ? str_from(r->name, 10) : STR_EMPTY;
	return version_may_be_written(name) ? name : STR_EMPTY;
}

struct str version_of_commit(const struct listing *l, struct str sha, struct str ref)
{
	struct version wanted = version_parse(ref), best = { .n = 0 };
	struct str name = version_may_be_written(ref) ? ref : STR_EMPTY;
	for (size_t i = 0; i < l->n; i++) {
		struct version tag = version_parse(tag_name(&l->v[i]));
		if (!tag.n || !str_eq(l->v[i].sha, sha) || (wanted.n && !extends(&tag, &wanted)))
			continue;
		bool plainer = best.n == tag.n && !tag.suffix.n && best.suffix.n;
		bool higher = best.n == tag.n && !tag.suffix.n == !best.suffix.n && compare(&tag, &best) > 0;
		if (tag.n > best.n || plainer || higher) {
			best = tag;
			name = tag_name(&l->v[i]);
		}
	}
	return name;
}

/* Before 1.0 each second number is a line of its own. */
static bool same_line(const struct version *a, const struct version *b)
{
	if (!str_eq(a->before, b->before) || a->number[0] != b->number[0])
		return false;
	return a->number[0] > 0 || b->n < 2 || a->number[1] == b->number[1];
}

struct str version_newest(const struct listing *l, struct str text)
{
	struct version own = version_parse(text), best = { .n = 0 };
	struct str name = STR_EMPTY;
	for (size_t i = 0; own.n && i < l->n; i++) {
		struct version tag = version_parse(tag_name(&l->v[i]));
		if (!tag.n || !same_line(&tag, &own) || (tag.suffix.n && !own.suffix.n))
			continue;
		int order = best.n ? compare(&tag, &best) : 1;
		if (order > 0 || (order == 0 && tag.n > best.n)) {
			best = tag;
			name = tag_name(&l->v[i]);
		}
	}
	return name;
}
