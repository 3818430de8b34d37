/* Which remote a repository has, and what server and owner/name its URL stands for. */
#include "base/buf.h"
#include "git/internal.h"

/* url.<base>.insteadOf: the longest prefix that matches is replaced. */
static void rewrite(const struct map *m, struct str url, struct str *base, size_t *longest)
{
	const struct str head = STR("url."), tail = STR(".insteadof");
	for (size_t i = 0; m && i < m->n; i++) {
		struct str key = m->v[i].key, prefix = *(struct str *)m->v[i].value;
		if (!str_starts(key, head) || !str_ends(key, tail) || key.n < head.n + tail.n)
			continue;
		if (prefix.n > *longest && str_starts(url, prefix)) {
			*longest = prefix.n;
			*base = str_n(key.p + head.n, key.n - head.n - tail.n);
		}
	}
}

static struct str rewritten(struct git_repo *r, struct str url)
{
	struct str base = STR_EMPTY;
	size_t longest = 0;
	git_config(r, "url.none.insteadof"); /* loads both configs */
	rewrite(r->cache->user, url, &base, &longest);
	rewrite(r->cache->own, url, &base, &longest);
	if (!longest)
		return url;
	return arena_printf(r->arena, "%.*s%.*s", STRF(base), STRF(str_from(url, longest)));
}

static struct str url_of(struct git_repo *r, struct str remote)
{
	if (!remote.n)
		return STR_EMPTY;
	return git_config(r, arena_printf(r->arena, "remote.%.*s.url", STRF(remote)).p);
}

/* The name of the only remote there is. */
static struct str only_remote(struct git_repo *r)
{
	const struct str head = STR("remote."), tail = STR(".url");
	struct str found = STR_EMPTY, key, value;
	for (size_t i = 0; git_config_next(r, &i, &key, &value);) {
		if (!str_starts(key, head) || !str_ends(key, tail) || key.n <= head.n + tail.n)
			continue;
		if (found.n)
			return STR_EMPTY;
		found = str_n(key.p + head.n, key.n - head.n - tail.n);
	}
	return found;
}

struct str git_remote_of(struct git_repo *r, struct str branch)
{
	if (branch.n) {
		struct str own = git_config(r, arena_printf(r->arena, "branch.%.*s.remote", STRF(branch)).p);
		if (url_of(r, own).n)
			return own;
	}
	return url_of(r, STR("origin")).n ? STR("origin") : only_remote(r);
}

struct str git_remote_url(struct git_repo *r)
{
	struct str head = git_symref(r, STR("HEAD"));
	struct str branch = str_starts(head, STR("refs/heads/")) ? str_from(head, 11) : STR_EMPTY;
	struct str url = url_of(r, git_remote_of(r, branch));
	return url.n ? rewritten(r, url) : url;
}

static bool is_slug_part(struct str s)
{
	if (s.n == 0 || str_is(s, ".") || str_is(s, ".."))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		      c == '.'))
			return false;
	}
	return true;
}

/* "group/owner/name.git/" → prefix "group", slug "owner/name". */
static bool split_path(struct str path, struct str *prefix, struct str *slug)
{
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	if (str_ends(path, STR(".git")))
		path.n -= 4;
	while (path.n && path.p[0] == '/')
		path = str_from(path, 1);
	size_t name = path.n;
	while (name > 0 && path.p[name - 1] != '/')
		name--;
	if (name < 2)
		return false;
	size_t owner = name - 1;
	while (owner > 0 && path.p[owner - 1] != '/')
		owner--;
	*slug = str_from(path, owner);
	*prefix = owner ? str_to(path, owner - 1) : STR_EMPTY;
	return is_slug_part(str_n(path.p + owner, name - 1 - owner)) && is_slug_part(str_from(path, name));
}

static struct str without_port(struct str host)
{
	size_t from = host.n && host.p[0] == '[' ? MIN(str_find_c(host, ']', 0), host.n) : 0;
	size_t colon = str_find_c(host, ':', from);
	host = str_to(host, MIN(colon, host.n));
	return str_is_nocase(host, "ssh.github.com") ? STR("github.com") : host; /* ssh over port 443 */
}

static bool split_authority(struct arena *a, struct str scheme, struct str rest, struct str *server, struct str *slug)
{
	struct str prefix;
	size_t slash = str_find_c(rest, '/', 0);
	if (slash == SIZE_MAX)
		return false;
	struct str host = str_to(rest, slash);
	for (size_t at; (at = str_find_c(host, '@', 0)) != SIZE_MAX;)
		host = str_from(host, at + 1);
	bool web = str_is_nocase(scheme, "https") || str_is_nocase(scheme, "http");
	bool shell = str_is_nocase(scheme, "ssh") || str_is_nocase(scheme, "git") || str_is_nocase(scheme, "git+ssh");
	if (!host.n || (!web && !shell) || !split_path(str_from(rest, slash), &prefix, slug))
		return false;
	if (!web) {
		*server = arena_printf(a, "https://%.*s", STRF(without_port(host)));
		return true;
	}
	const char *kind = str_is_nocase(scheme, "http") ? "http" : "https";
	*server = arena_printf(a, "%s://%.*s%s%.*s", kind, STRF(host), prefix.n ? "/" : "", STRF(prefix));
	return true;
}

bool git_split_url(struct arena *a, struct str url, struct str *server, struct str *slug)
{
	struct str prefix, at_server, at_slug;
	url = str_trim(url);
	size_t scheme = str_find(url, STR("://"), 0);
	if (scheme != SIZE_MAX) {
		if (!split_authority(a, str_to(url, scheme), str_from(url, scheme + 3), &at_server, &at_slug))
			return false;
	} else { /* [user@]host:path */
		size_t colon = str_find_c(url, ':', 0), slash = str_find_c(url, '/', 0);
		if (colon == SIZE_MAX || colon == 0 || slash < colon)
			return false;
		struct str host = str_to(url, colon);
		for (size_t at; (at = str_find_c(host, '@', 0)) != SIZE_MAX;)
			host = str_from(host, at + 1);
		if (!host.n || !split_path(str_from(url, colon + 1), &prefix, &at_slug))
			return false;
		at_server = arena_printf(a, "https://%.*s", STRF(without_port(host)));
	}
	*server = at_server;
	*slug = arena_str(a, at_slug);
	return true;
}
