/* Ids of jobs and steps: their form, that none is used twice, and names for steps without one. */
#include "model/internal.h"

enum { ID_MAX = 100, SUFFIX_MAX = 12, COMPARED_MAX = 100000 };

static bool id_char(char c, bool first)
{
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	return letter || (!first && ((c >= '0' && c <= '9') || c == '-'));
}

bool id_check(struct loader *l, struct str id, struct span at, enum rule rule)
{
	bool ok = id.n > 0 && id.n < ID_MAX;
	for (size_t i = 0; ok && i < id.n; i++)
		ok = id_char(id.p[i], i == 0);
	if (!ok) {
		struct diag *d = diag_add(
			l->diags, id.n < ID_MAX ? rule : RULE_ID_TOO_LONG, at,
			"The identifier '%.*s' is invalid. IDs may only contain alphanumeric characters, '_', and '-'. IDs "
			"must start with a letter or '_' and must be less than 100 characters.",
			STRF(id));
		if (id.n >= ID_MAX)
			diag_help(l->diags, d, "it has %zu characters", id.n);
		return false;
	}
	if (str_starts(id, STR("__"))) {
		diag_add(l->diags, RULE_ID_RESERVED, at, "The identifier '%.*s' is invalid. IDs starting with '__' are reserved.",
		         STRF(id));
		return false;
	}
	return true;
}

struct str fold_ascii(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	return (struct str) { p, s.n };
}

const struct id_place *id_add(struct loader *l, struct id_set *set, const struct id_place *place)
{
	struct str key = fold_ascii(l->a, place->id);
	struct id_place *there = map_get(&set->folded, key);
	if (there)
		return there;
	struct id_place *own = arena_make(l->a, struct id_place);
	*own = *place;
	map_put(l->a, &set->folded, key, own);
	return NULL;
}

const struct id_place *id_find(struct loader *l, const struct id_set *set, struct str id)
{
	return map_get(&set->folded, fold_ascii(l->a, id));
}

/* The counter of a name. Names that are equal where a number would cut them share one, so that the search stays short. */
static unsigned *counter(struct loader *l, struct id_made *made, struct str name)
{
	struct str stem = str_to(name, ID_MAX - SUFFIX_MAX);
	unsigned *next = map_get(&made->next, stem);
	if (!next) {
		next = arena_make(l->a, unsigned);
		*next = 2;
		map_put(l->a, &made->next, stem, next);
	}
	return next;
}

struct str id_generate(struct loader *l, struct id_made *made, struct str base)
{
	struct str name = str_to(arena_printf(l->a, "__%.*s", STRF(base)), ID_MAX);
	char *p = (char *)(uintptr_t)name.p; /* just made */
	for (size_t i = 0; i < name.n; i++)
		if (!id_char(p[i], false))
			p[i] = '_';
	char numbered[ID_MAX + SUFFIX_MAX + 1];
	struct str id = name;
	for (unsigned *next = counter(l, made, name); map_has(&made->used, id); ++*next) {
		char suffix[SUFFIX_MAX + 1];
		size_t n = (size_t)snprintf(suffix, sizeof(suffix), "_%u", *next);
		id = str_to(name, ID_MAX - n);
		id.n = (size_t)snprintf(numbered, sizeof(numbered), "%.*s%s", STRF(id), suffix);
		id.p = numbered;
	}
	id = arena_str(l->a, id);
	map_put(l->a, &made->used, id, made);
	return id;
}

const char *id_suggest(struct loader *l, struct str word, const char *const *names, size_t n)
{
	if (l->compared > COMPARED_MAX)
		return NULL;
	l->compared += n;
	return n ? str_nearest(word, names, n) : NULL;
}
