/* Looking into an environment; see environ.h. */
#include "base/environ.h"

#include <string.h>

struct str environ_value(char *const *list, struct str name)
{
	for (; list && *list; list++)
		if (strncmp(*list, name.p, name.n) == 0 && (*list)[name.n] == '=')
			return str_of(*list + name.n + 1);
	return STR_EMPTY;
}
