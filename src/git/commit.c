/* Facts of one commit, in our own types; see lib.c for where they come from. */
#include <time.h>

#include "git/internal.h"
#include "git/lib.h"

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

int git_commit(struct git_commit *out, struct git_repo *r, struct str sha, struct err *err)
{
	struct lib_commit c;
	if (sha.n == 64 || str_is_nocase(git_config(r, "extensions.objectFormat"), "sha256"))
		return err_set(err, ERR_UNSUPPORTED, "commits of repositories with SHA-256 object names cannot be read");
	if (!git_is_object_name(sha))
		return err_set(err, ERR_INVALID, "\"%.*s\" is not the name of a commit", (int)MIN(sha.n, 80), sha.p);
	if (lib_commit_read(&c, r->arena, arena_cstr(r->arena, r->git_dir), arena_cstr(r->arena, sha), err) < 0)
		return -1;
	*out = (struct git_commit) { .sha = c.sha,
		                     .message = c.message,
		                     .author_name = c.author_name,
		                     .author_email = c.author_email,
		                     .committer_name = c.committer_name,
		                     .committer_email = c.committer_email,
		                     .time = iso_time(r->arena, c.time, c.zone),
		                     .tree = c.tree,
		                     .parents = c.parents,
		                     .nparents = c.nparents };
	return 0;
}
