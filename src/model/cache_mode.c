/* The words of `cache-mode`; see cache_mode.h. */
#include "model/cache_mode.h"

#include "base/macros.h"

static const char *const names[] = { "none", "read", "write-only", "write" }; /* by the set of what is allowed */

unsigned cache_mode_of(struct str word)
{
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (str_is(word, names[i]))
			return i | CACHE_MODE_SAID;
	return 0;
}

unsigned cache_mode_read(const struct token *t)
{
	return t && t->kind == TOKEN_STRING ? cache_mode_of(t->s) : 0;
}

unsigned cache_mode_effective(const struct token *job, const struct token *workflow, unsigned handed)
{
	unsigned own = cache_mode_read(job);
	if (!own)
		own = cache_mode_read(workflow);
	return !own ? handed : handed ? own & handed : own;
}

const char *cache_mode_word(unsigned mode)
{
	return mode & CACHE_MODE_SAID ? names[mode & (CACHE_MODE_READ | CACHE_MODE_WRITE)] : NULL;
}
