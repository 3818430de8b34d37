/* What a called file and its jobs ask for against what their caller has, with GitHub's messages. */
#include "model/cache_mode.h"
#include "model/calls_check.h"

/* "contents: write, issues: read" of those that are asked for beyond what is allowed; false: there are none. words: by
 * read-all or write-all. */
static bool excess(struct buf *asked, struct buf *allowed, const struct permissions *ask, const struct permissions *most,
                   bool words)
{
	for (int i = 0; i < PERMISSIONS; i++) {
		if (ask->level[i] <= most->level[i] || (words && !permission_is_old((enum permission)i)))
			continue;
		buf_addf(asked, "%s%s: %s", asked->n ? ", " : "", permission_name(i), permission_level_name(ask->level[i]));
		buf_addf(allowed, "%s%s: %s", allowed->n ? ", " : "", permission_name(i), permission_level_name(most->level[i]));
	}
	return asked->n > 0;
}

/* name empty: the workflow itself asks. */
static void check_one(struct diag_list *diags, const struct job *call, const struct token *list, const struct permissions *most,
                      struct str name)
{
	struct permissions ask;
	_cleanup_buf_ struct buf asked = BUF_INIT, allowed = BUF_INIT;
	if (!permissions_read(&ask, list) || !excess(&asked, &allowed, &ask, most, list->kind != TOKEN_MAPPING))
		return;
	struct diag *d =
		diag_add(diags, RULE_CALL_PERMISSIONS, call->at,
	                 "Error calling workflow '%.*s'. The %s '%.*s' is requesting '%.*s', but is only allowed '%.*s'.",
	                 STRF(call->uses), name.n ? "nested job" : "workflow", STRF(name.n ? name : call->uses),
	                 STRF(buf_str(&asked)), STRF(buf_str(&allowed)));
	diag_help(diags, d, "give the calling job these permissions, or ask for less in the called file");
}

static struct str shown_name(const struct job *j)
{
	bool literal = j->name && j->name->kind == TOKEN_STRING && j->name->s.n;
	return literal ? j->name->s : j->id;
}

unsigned calls_check_cache(struct diag_list *diags, const struct workflow *caller, const struct job *call, unsigned handed)
{
	unsigned most = cache_mode_effective(call->cache_mode, caller->cache_mode, handed);
	for (size_t i = 0; most && i < call->called->njobs; i++) {
		const struct job *j = call->called->jobs[i];
		unsigned ask = cache_mode_effective(j->cache_mode, call->called->cache_mode, 0);
		if (!(ask & ~most))
			continue;
		struct diag *d =
			diag_add(diags, RULE_CALL_PERMISSIONS, call->at,
		                 "Error calling workflow '%.*s'. The nested job '%.*s' is requesting 'cache-mode: %s', but is "
		                 "only allowed 'cache-mode: %s'.",
		                 STRF(call->uses), STRF(shown_name(j)), cache_mode_word(ask), cache_mode_word(most));
		diag_help(diags, d, "give the calling job this cache-mode, or ask for less in the called file");
	}
	return most;
}

bool calls_check_permissions(struct diag_list *diags, struct permissions *most, const struct workflow *caller,
                             const struct job *call, const struct permissions *handed, bool write_policy)
{
	const struct workflow *called = call->called;
	bool given = permissions_read(most, call->permissions) || permissions_read(most, caller->permissions);
	if (!given)
		*most = handed ? *handed : permissions_default(write_policy);
	check_one(diags, call, called->permissions, most, STR_EMPTY);
	for (size_t i = 0; i < called->njobs; i++) {
		const struct job *j = called->jobs[i];
		check_one(diags, call, j->permissions, most, shown_name(j));
	}
	return given || handed;
}
