/* What all calls have in common: the token, the method, the ids, the body. */
#include "service/twirp.h"

#include "service/server.h"

/* A token speaks for its own run; the job in the request may be another one's, as lists name it. */
static bool ids_match(struct exchange *x, struct val request)
{
	struct str run = member_text(request, "workflow_run_backend_id");
	if (run.n == 0 || str_eq(run, x->caller.run))
		return true;
	reply_error(x, 403, "permission_denied", "the token is of another run");
	return false;
}

void twirp_end(struct exchange *x, const struct twirp_method *methods, size_t n)
{
	struct str name = exchange_rest(x);
	struct val request;
	for (size_t i = 0; i < n; i++) {
		if (!str_is(name, methods[i].name))
			continue;
		if (!str_is(x->method, "POST"))
			reply_error(x, 404, "bad_route", "methods are called with POST");
		else if (caller_find(x, "token") && exchange_json(x, &request) && ids_match(x, request))
			methods[i].call(x, request);
		return;
	}
	reply_error(x, 404, "bad_route", "no such method");
}
