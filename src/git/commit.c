/* Facts of one commit, from its object. */
#include <time.h>

#include "base/vec.h"
#include "git/internal.h"
#include "git/odb.h"

struct parents {
	VEC(struct str);
};

/* A commit as it is written. */
struct raw_commit {
	struct str message, author_name, author_email, committer_name, committer_email, tree;
	int64_t time; /* the committer's, seconds since 1970 */
	int zone;     /* minutes east of UTC */
	struct parents parents;
};

/* "Ada <ada@example.com> 1700000000 +0100" */
static void read_person(struct str line, struct str *name, struct str *email, int64_t *seconds, int *zone)
{
	size_t open = MIN(str_find_c(line, '<', 0), line.n), close = MIN(str_find_c(line, '>', open), line.n);
	*name = str_trim(str_to(line, open));
	*email = close > open ? str_trim(str_n(line.p + open + 1, close - open - 1)) : STR_EMPTY;
	long long when = 0;
	int hhmm = 0;
	char rest[64]; /* a NUL behind it for sscanf */
	snprintf(rest, sizeof(rest), "%.*s", STRF(str_to(str_from(line, close + 1), sizeof(rest) - 1)));
	if (sscanf(rest, "%18lld %5d", &when, &hhmm) >= 1) {
		*seconds = when;
		*zone = hhmm / 100 * 60 + hhmm % 100;
	}
}

/* The head of a commit is lines of "key value", up to an empty one; a line that begins with a blank continues a signature. */
static bool parse(struct raw_commit *c, struct arena *a, struct str text)
{
	struct str line, name, email;
	int64_t author_time = 0;
	int author_zone = 0;
	*c = (struct raw_commit) { .tree = STR_EMPTY,
		                   .author_name = STR_EMPTY,
		                   .author_email = STR_EMPTY,
		                   .committer_name = STR_EMPTY,
		                   .committer_email = STR_EMPTY };
	while (str_next_line(&text, &line) && line.n) {
		if (str_starts(line, STR("tree "))) {
			c->tree = str_from(line, 5);
		} else if (str_starts(line, STR("parent "))) {
			*vec_add(a, &c->parents) = str_from(line, 7);
		} else if (str_starts(line, STR("author "))) {
			read_person(str_from(line, 7), &name, &email, &author_time, &author_zone);
			c->author_name = name;
			c->author_email = email;
		} else if (str_starts(line, STR("committer "))) {
			read_person(str_from(line, 10), &name, &email, &c->time, &c->zone);
			c->committer_name = name;
			c->committer_email = email;
		}
	}
	while (text.n && text.p[0] == '\n')
		text = str_from(text, 1);
	c->message = text;
	return git_is_object_name(c->tree);
}

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

static int read_commit(struct git_commit *out, struct odb *o, struct buf *text, struct str sha, struct err *err)
{
	struct raw_commit c;
	struct oid id;
	struct arena *a = o->repo->arena;
	if (!oid_parse(&id, sha) || sha.n != 2 * o->len)
		return err_set(err, ERR_INVALID, "\"%.*s\" is not the name of a commit", (int)MIN(sha.n, 80), sha.p);
	if (odb_read_kind(text, o, &id, OBJECT_COMMIT, err) < 0)
		return -1;
	if (!parse(&c, a, arena_str(a, buf_str(text))))
		return err_set(err, ERR_INVALID, "object %.*s is no readable commit", STRF(sha));
	*out = (struct git_commit) { .sha = oid_text(a, &id, o->len),
		                     .message = c.message,
		                     .author_name = c.author_name,
		                     .author_email = c.author_email,
		                     .committer_name = c.committer_name,
		                     .committer_email = c.committer_email,
		                     .time = iso_time(a, c.time, c.zone),
		                     .tree = c.tree,
		                     .parents = c.parents.v,
		                     .nparents = c.parents.n };
	return 0;
}

int git_commits(struct git_commit *out, struct git_repo *r, const struct str *shas, size_t n, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_odb_ struct odb *o = n ? odb_open(r, shas[0].n / 2) : NULL;
	for (size_t i = 0; i < n; i++)
		if (read_commit(&out[i], o, &text, shas[i], err) < 0)
			return -1;
	return 0;
}

int git_commit(struct git_commit *out, struct git_repo *r, struct str sha, struct err *err)
{
	return git_commits(out, r, &sha, 1, err);
}

bool git_has_commit(struct git_repo *r, struct str sha)
{
	struct oid id;
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (!oid_parse(&id, sha))
		return false;
	_cleanup_odb_ struct odb *o = odb_open(r, sha.n / 2);
	o->own_only = true;
	return odb_read_kind(&text, o, &id, OBJECT_COMMIT, NULL) == 0;
}
