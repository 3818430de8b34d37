/* Names of actions; see reference.h. */
#include "actions/reference.h"

#include "base/buf.h"
#include "base/path.h"

static bool is_slash(char c)
{
	return c == '/' || c == '\\';
}

/* Exactly one @ with something behind it, at least two parts in front. Empty parts count for nothing. */
bool action_ref_parse(struct action_ref *out, struct arena *a, struct str uses)
{
	size_t at = str_find_c(uses, '@', 0);
	_cleanup_buf_ struct buf path = BUF_INIT;
	struct str parts[2];
	size_t n = 0;
	if (at == SIZE_MAX || at + 1 == uses.n || str_find_c(uses, '@', at + 1) != SIZE_MAX)
		return false;
	struct str left = str_to(uses, at);
	for (size_t i = 0; i < left.n;) {
		size_t end = i;
		while (end < left.n && !is_slash(left.p[end]))
			end++;
		struct str part = str_n(left.p + i, end - i);
		if (part.n && n < 2)
			parts[n++] = part;
		else if (part.n)
			buf_addf(&path, "%s%.*s", path.n ? "/" : "", STRF(part));
		i = end + 1;
	}
	if (n < 2)
		return false;
	out->repository = arena_printf(a, "%.*s/%.*s", STRF(parts[0]), STRF(parts[1]));
	out->path = arena_str(a, buf_str(&path));
	out->ref = arena_str(a, str_from(uses, at + 1));
	return true;
}

static bool is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_name_character(s.p[i]))
			return false;
	return s.n > 0 && s.n <= 100 && !str_is(s, ".") && !str_is(s, "..") && s.p[0] != '-';
}

bool action_repository_possible(struct str repository)
{
	size_t slash = str_find_c(repository, '/', 0);
	return slash != SIZE_MAX && is_name(str_to(repository, slash)) && is_name(str_from(repository, slash + 1));
}

static bool is_ref_part(struct str part)
{
	return part.n > 0 && part.n <= 200 && part.p[0] != '.' && !str_ends(part, STR(".lock")) && part.p[part.n - 1] != '.';
}

bool action_ref_possible(struct str ref)
{
	size_t from = 0;
	if (ref.n == 0 || ref.n > 1000 || ref.p[0] == '-' || str_is(ref, "@"))
		return false;
	for (size_t i = 0; i < ref.n; i++)
		if ((unsigned char)ref.p[i] <= ' ' || ref.p[i] == 0x7F || strchr("~^:?*[\\", ref.p[i]))
			return false;
	if (str_find(ref, STR(".."), 0) != SIZE_MAX || str_find(ref, STR("@{"), 0) != SIZE_MAX)
		return false;
	for (size_t i = 0; i <= ref.n; i++)
		if (i == ref.n || ref.p[i] == '/') {
			if (!is_ref_part(str_n(ref.p + from, i - from)))
				return false;
			from = i + 1;
		}
	return true;
}

bool action_path_possible(struct str path)
{
	struct arena a = { 0 };
	struct str normal = path_normal(&a, path);
	bool leaves = str_is(normal, "..") || str_starts(normal, STR("../")) || memchr(path.p, '\0', path.n);
	arena_done(&a);
	return !leaves;
}

bool action_ref_is_short(struct str ref)
{
	for (size_t i = 0; i < ref.n; i++)
		if (!((ref.p[i] >= '0' && ref.p[i] <= '9') || (ref.p[i] >= 'a' && ref.p[i] <= 'f')))
			return false;
	return ref.n >= 4 && ref.n < 40;
}
