/* The names of jobs as they are shown. */
#include "base/utf8.h"
#include "plan/plan.h"

enum { NAME_MAX_UNITS = 100, NAME_CUT_UNITS = 97 };

/* Bytes of the longest prefix of whole characters with at most that many UTF-16 units. */
static size_t prefix_of_units(struct str s, size_t units)
{
	size_t i = 0;
	while (i < s.n) {
		uint32_t cp;
		unsigned n = utf8_decode(s, i, &cp);
		size_t needs = cp > 0xffff ? 2 : 1;
		if (needs > units)
			break;
		units -= needs;
		i += n;
	}
	return i;
}

struct str plan_job_name(struct arena *a, struct str name_or_id, struct str suffix, bool evaluated)
{
	if (evaluated && name_or_id.n)
		return arena_str(a, name_or_id);
	struct str whole = arena_printf(a, "%.*s%.*s", STRF(name_or_id), STRF(suffix));
	if (utf8_utf16_units(whole) <= NAME_MAX_UNITS)
		return whole;
	return arena_printf(a, "%.*s...", (int)prefix_of_units(whole, NAME_CUT_UNITS), whole.p);
}
