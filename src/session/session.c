/* The clock and the inherited variables of a session. */
#include "session/session.h"

uint64_t session_now(const struct session *s)
{
	return s->host->ops->now(s->host);
}

struct str session_environ(const struct session *s, struct str name)
{
	for (char **e = s->opt.environ; e && *e; e++)
		if (strncmp(*e, name.p, name.n) == 0 && (*e)[name.n] == '=')
			return str_of(*e + name.n + 1);
	return STR_EMPTY;
}
