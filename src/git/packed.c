/* packed-refs: read once, then looked up by binary search (git writes it sorted and says so in its first line); a
 * file without that promise is indexed in one pass. */
#include "base/file.h"
#include "git/internal.h"

bool git_is_object_name(struct str s)
{
	if (s.n != 40 && s.n != 64)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return true;
}

/* "<object name> <ref name>"; comments and "^<peeled>" lines are not entries. */
static bool split_entry(struct str line, struct str *sha, struct str *name)
{
	size_t blank = str_find_c(line, ' ', 0);
	if (blank == SIZE_MAX)
		return false;
	*sha = str_to(line, blank);
	*name = str_from(line, blank + 1);
	if (name->n && name->p[name->n - 1] == '\r')
		name->n--;
	return git_is_object_name(*sha);
}

bool git_packed_next(struct str *rest, struct str *sha, struct str *name)
{
	struct str line;
	while (str_next_line(rest, &line))
		if (split_entry(line, sha, name))
			return true;
	return false;
}

static void make_index(struct packed_refs *p, struct arena *a)
{
	struct str rest = p->text, sha, name;
	while (git_packed_next(&rest, &sha, &name)) {
		struct str *kept = arena_make(a, struct str);
		*kept = sha;
		map_put(a, &p->index, name, kept);
	}
}

int git_packed_load(struct packed_refs **out, struct git_repo *r, struct err *err)
{
	struct git_cache *c = git_cache_of(r);
	*out = c->packed;
	if (c->packed)
		return 0;
	struct packed_refs *p = arena_make(r->arena, struct packed_refs);
	struct str path = arena_printf(r->arena, "%.*s/packed-refs", STRF(r->common_dir));
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (file_read_regular(&text, path.p, GIT_PACKED_MAX, err) < 0)
		return -1;
	p->text = arena_str(r->arena, buf_str(&text));
	struct str rest = p->text, first;
	if (str_next_line(&rest, &first) && str_starts(first, STR("# pack-refs with:")))
		p->sorted = str_find(first, STR(" sorted"), 0) != SIZE_MAX;
	if (!p->sorted)
		make_index(p, r->arena);
	*out = c->packed = p;
	return 0;
}

static size_t line_start(struct str text, size_t at)
{
	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(struct str text, size_t at)
{
	size_t end = str_find_c(text, '\n', at);
	return end == SIZE_MAX ? text.n : end;
}

/* The search window always begins and ends at a line's start. */
static struct str search_sorted(struct str text, struct str wanted)
{
	size_t lo = 0, hi = text.n;
	while (lo < hi) {
		size_t at = line_start(text, lo + (hi - lo) / 2), mid = at;
		struct str sha, name;
		/* Lines that are no entries belong to the one in front of them; at the top there is none. */
		while (!split_entry(str_n(text.p + at, line_end(text, at) - at), &sha, &name)) {
			if (at <= lo)
				break;
			at = line_start(text, at - 1);
		}
		size_t next = MIN(line_end(text, mid) + 1, text.n);
		if (!split_entry(str_n(text.p + at, line_end(text, at) - at), &sha, &name)) {
			lo = next;
			continue;
		}
		int c = str_cmp(wanted, name);
		if (c == 0)
			return sha;
		if (c < 0)
			hi = at;
		else
			lo = next;
	}
	return STR_EMPTY;
}

int git_packed_find(struct str *sha, struct git_repo *r, struct str name, struct err *err)
{
	struct packed_refs *p;
	*sha = STR_EMPTY;
	if (git_packed_load(&p, r, err) < 0)
		return -1;
	if (p->sorted) {
		*sha = search_sorted(p->text, name);
	} else {
		struct str *found = map_get(&p->index, name);
		if (found)
			*sha = *found;
	}
	if (sha->n)
		*sha = arena_str(r->arena, *sha);
	return 0;
}
