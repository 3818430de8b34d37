/* Paths as text; see path.h. */
#include "base/path.h"

#include "base/buf.h"

struct str path_join(struct arena *a, struct str base, struct str rest)
{
	if (rest.n == 0)
		return arena_str(a, base);
	if (base.n == 0 || rest.p[0] == '/')
		return arena_str(a, rest);
	const char *sep = base.p[base.n - 1] == '/' ? "" : "/";
	return arena_printf(a, "%.*s%s%.*s", STRF(base), sep, STRF(rest));
}

struct str path_normal(struct arena *a, struct str p)
{
	bool absolute = p.n && p.p[0] == '/';
	_cleanup_buf_ struct buf out = BUF_INIT;
	size_t floor = 0; /* what ".." may not eat: leading ".."s */
	while (p.n) {
		size_t end = str_find_c(p, '/', 0);
		struct str part = str_to(p, end == SIZE_MAX ? p.n : end);
		p = str_from(p, end == SIZE_MAX ? p.n : end + 1);
		if (part.n == 0 || str_is(part, "."))
			continue;
		if (str_is(part, "..") && out.n > floor) {
			while (out.n > floor && out.p[out.n - 1] != '/')
				out.n--;
			if (out.n > floor)
				out.n--;
			continue;
		}
		if (str_is(part, "..") && absolute)
			continue;
		if (out.n)
			buf_addc(&out, '/');
		buf_addstr(&out, part);
		if (str_is(part, ".."))
			floor = out.n;
	}
	if (absolute)
		return arena_printf(a, "/%.*s", STRF(buf_str(&out)));
	return out.n ? arena_str(a, buf_str(&out)) : arena_str(a, STR("."));
}

struct str path_base(struct str p)
{
	for (size_t i = p.n; i > 0; i--)
		if (p.p[i - 1] == '/')
			return str_from(p, i);
	return p;
}

bool path_is_yaml(struct str p)
{
	return str_ends(p, STR(".yml")) || str_ends(p, STR(".yaml"));
}

struct str path_dir(struct str p)
{
	for (size_t i = p.n; i > 0; i--)
		if (p.p[i - 1] == '/')
			return i == 1 ? str_to(p, 1) : str_to(p, i - 1);
	return STR(".");
}

struct str path_below(struct str p, struct str dir)
{
	if (str_is(dir, "/") && p.n > 1 && p.p[0] == '/')
		return str_from(p, 1);
	if (p.n > dir.n && str_starts(p, dir) && p.p[dir.n] == '/')
		return str_from(p, dir.n + 1);
	return p;
}

struct str path_safe_name(struct arena *a, struct str s, size_t max)
{
	size_t n = s.n < max ? s.n : max;
	char *p = arena_cstr(a, str_to(s, n));
	for (size_t i = 0; i < n; i++) {
		char c = p[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
		          c == '-';
		if (!ok)
			p[i] = '_';
	}
	if (n == 0)
		return STR("_");
	if (p[0] == '.')
		p[0] = '_';
	return (struct str) { p, n };
}
