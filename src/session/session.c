/* The clock and the inherited variables of a session. */
#include "session/session.h"

#include "base/environ.h"

uint64_t session_now(const struct session *s)
{
	return s->host->ops->now(s->host);
}

struct str session_environ(const struct session *s, struct str name)
{
	return environ_value(s->opt.environ, name);
}
