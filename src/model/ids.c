/* Ids of jobs and steps: their form, that none is used twice, and names for steps without one. */
#include "model/internal.h"

enum { ID_MAX = 100 };

static bool id_char(char c, bool first)
{
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	return letter || (!first && ((c >= '0' && c <= '9') || c == '-'));
}

bool id_check(struct loader *l, struct str id, struct span at, const char *rule)
{
	bool ok = id.n > 0 && id.n < ID_MAX;
	for (size_t i = 0; ok && i < id.n; i++)
		ok = id_char(id.p[i], i == 0);
	if (!ok) {
		diag_error(l->diags, rule, at,
		           "The identifier '%.*s' is invalid. IDs may only contain alphanumeric characters, '_', and '-'. IDs "
		           "must start with a "
		           "letter or '_' and must be less than 100 characters.",
		           STRF(id));
		return false;
	}
	if (str_starts(id, STR("__"))) {
		diag_error(l->diags, rule, at, "The identifier '%.*s' is invalid. IDs starting with '__' are reserved.",
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

const struct span *id_add(struct loader *l, struct id_set *set, struct str id, const struct span *at)
{
	struct str key = fold_ascii(l->a, id);
	struct span *there = map_get(&set->folded, key);
	if (there)
		return there;
	struct span *own = arena_make(l->a, struct span);
	*own = *at;
	map_put(l->a, &set->folded, key, own);
	return NULL;
}

bool id_has(struct loader *l, const struct id_set *set, struct str id)
{
	return map_has(&set->folded, fold_ascii(l->a, id));
}

struct str id_generate(struct loader *l, const struct id_set *taken, struct id_counts *counts, struct str base)
{
	struct str name = arena_printf(l->a, "__%.*s", STRF(base));
	char *p = (char *)(uintptr_t)name.p; /* just made */
	for (size_t i = 0; i < name.n; i++)
		if (!id_char(p[i], false))
			p[i] = '_';
	name = str_to(name, ID_MAX);
	unsigned *next = map_get(&counts->next, name);
	if (!next) {
		next = arena_make(l->a, unsigned);
		*next = 1;
		map_put(l->a, &counts->next, name, next);
	}
	for (;; ++*next) {
		struct str id = arena_str(l->a, name);
		if (*next > 1) {
			char suffix[16];
			int n = snprintf(suffix, sizeof(suffix), "_%u", *next);
			id = arena_printf(l->a, "%.*s%s", STRF(str_to(name, ID_MAX - (size_t)n)), suffix);
		}
		if (!id_has(l, taken, id)) {
			++*next;
			return id;
		}
	}
}
