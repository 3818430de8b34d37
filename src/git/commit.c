/* What commits say, and what lies between two of them; the one of HEAD can be read ahead. */
#include <time.h>

#include "git/internal.h"
#include "git/loose.h"
#include "git/objects.h"
#include "git/program.h"

/* "2026-11-21T08:00:00+01:00" */
static struct str iso_time(struct arena *a, int64_t seconds, int zone)
{
	time_t local = (time_t)(seconds + (int64_t)zone * 60);
	struct tm tm;
	if (!gmtime_r(&local, &tm))
		return STR_EMPTY;
	char text[64];
	size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	int minutes = zone < 0 ? -zone : zone;
	return arena_printf(a, "%.*s%c%02d:%02d", (int)n, text, zone < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
}

static void take_facts(struct git_commit *out, struct arena *a, const struct commit_facts *f)
{
	struct str message = f->message;
	while (message.n && message.p[0] == '\n')
		message = str_from(message, 1);
	*out = (struct git_commit) { .sha = f->id,
		                     .message = message,
		                     .author_name = f->author_name,
		                     .author_email = f->author_email,
		                     .committer_name = f->committer_name,
		                     .committer_email = f->committer_email,
		                     .time = iso_time(a, f->seconds, f->zone),
		                     .tree = f->tree,
		                     .parents = f->parents.v,
		                     .nparents = f->parents.n };
}

/* --- reading ahead --- */

void git_read_ahead(struct git_repo *r)
{
	struct git_cache *c = git_cache_of(r);
	struct commit_facts facts;
	struct git_head head;
	struct object_places at;
	if (c->ahead || git_head(&head, r, NULL) < 0 || !head.sha.n)
		return;
	c->ahead_of = head.sha;
	objects_find(&at, r, head.sha.n);
	if (loose_facts(r->arena, &facts, &at, head.sha)) {
		c->ahead_facts = arena_make(r->arena, struct commit_facts);
		*c->ahead_facts = facts;
	} else if (!objects_is_pipe(&at, head.sha)) {
		program_facts_start(&c->ahead, &at, head.sha, NULL);
	}
}

void git_done(struct git_repo *r)
{
	if (!r || !r->cache)
		return;
	program_stop(r->cache->ahead);
	r->cache->ahead = NULL;
}

/* False when it was another commit that was read ahead, or that was not read. */
static bool take_ahead(struct commit_facts *out, struct git_repo *r, struct str sha)
{
	struct git_cache *c = git_cache_of(r);
	struct program *p = c->ahead;
	if ((!p && !c->ahead_facts) || !str_eq(c->ahead_of, sha))
		return false;
	if (c->ahead_facts) {
		*out = *c->ahead_facts;
		return true;
	}
	c->ahead = NULL;
	return program_facts_finish(r->arena, out, p, NULL) == 0;
}

/* --- commits --- */

int git_commits(struct git_commit *out, struct git_repo *r, const struct str *shas, size_t n, struct err *err)
{
	struct commit_facts *facts = arena_array(r->arena, struct commit_facts, n);
	bool ahead = n == 1 && take_ahead(facts, r, shas[0]);
	if (!ahead && objects_facts(facts, r, shas, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		take_facts(&out[i], r->arena, &facts[i]);
	return 0;
}

int git_commit(struct git_commit *out, struct git_repo *r, struct str sha, struct err *err)
{
	return git_commits(out, r, &sha, 1, err);
}

bool git_has_commit(struct git_repo *r, struct str sha)
{
	struct commit_facts facts;
	return git_is_object_name(sha) && objects_facts(&facts, r, &sha, 1, NULL) == 0;
}

/* --- between two commits --- */

int git_merge_base(struct str *sha, struct git_repo *r, struct str a, struct str b, struct err *err)
{
	struct names found;
	*sha = STR_EMPTY;
	if (!a.n)
		return err_set(err, ERR_INVALID, "\"\" is not the name of a commit");
	if (objects_list(&found, r, OBJECTS_BASE, a, b, 1, err) < 0)
		return err_wrap(err, "cannot compare the histories of two commits");
	if (found.n)
		*sha = found.v[0];
	return 0;
}

int git_commits_between(struct str **out, size_t *n, bool *more, struct git_repo *r, struct str from, struct str to, size_t most,
                        struct err *err)
{
	struct names found;
	*n = 0;
	*more = false;
	if (objects_list(&found, r, OBJECTS_BETWEEN, from, to, most, err) < 0)
		return err_wrap(err, "cannot list the commits between two commits");
	*out = found.v;
	*n = MIN(found.n, most);
	*more = found.n > most;
	return 0;
}

int git_changed_files(struct git_changes *out, struct git_repo *r, struct str from, struct str to, size_t most, struct err *err)
{
	struct names found;
	*out = (struct git_changes) { 0 };
	if (objects_list(&found, r, OBJECTS_CHANGED, from, to, most, err) < 0)
		return err_wrap(err, "cannot compare two commits");
	*out = (struct git_changes) { .paths = found.v, .n = MIN(found.n, most), .cut = found.n > most };
	return 0;
}
