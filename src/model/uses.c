/* The form of `uses`: actions in steps, workflows in jobs. */
#include "model/internal.h"

static size_t count(struct str s, char c)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

/* owner/repo[/path]@ref with nothing empty in front of the path. */
static bool is_remote(struct str uses)
{
	size_t at = str_find_c(uses, '@', 0);
	if (at == SIZE_MAX || count(uses, '@') != 1 || at + 1 == uses.n)
		return false;
	struct str left = str_to(uses, at);
	size_t slash = 0;
	while (slash < left.n && left.p[slash] != '/' && left.p[slash] != '\\')
		slash++;
	size_t end = slash + 1;
	while (end < left.n && left.p[end] != '/' && left.p[end] != '\\')
		end++;
	return slash > 0 && slash < left.n && end > slash + 1;
}

void uses_check_step(struct loader *l, struct str uses, struct span at)
{
	static const char *const local[] = { "./", ".\\", "$/", "docker://" };
	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		if (str_starts(uses, str_of(local[i])))
			return;
	if (str_find(uses, STR("/.github/workflows/"), 0) != SIZE_MAX && is_remote(uses)) {
		diag_error(l->diags, "uses-workflow-in-step", at,
		           "Reusable workflows should be referenced at the top-level `jobs.<job_id>.uses` key, not within steps");
	} else if (!is_remote(uses)) {
		struct diag *d = diag_error(l->diags, "uses-format", at, "Expected format {org}/{repo}[/path]@ref. Actual '%.*s'",
		                            STRF(uses));
		if (str_find_c(uses, '@', 0) == SIZE_MAX && str_find_c(uses, '/', 0) != SIZE_MAX)
			diag_help(l->diags, d, "say which version: %.*s@v1, or ./%.*s for an action of this repository",
			          STRF(uses), STRF(uses));
		else
			diag_help(l->diags, d, "an action is owner/repo@ref, ./folder of this repository, or docker://image");
	}
}

static bool has_yaml_ending(struct str s)
{
	return str_ends(s, STR(".yml")) || str_ends(s, STR(".yaml"));
}

static const char *file_error(struct str file)
{
	if (str_find_c(file, '/', 0) != SIZE_MAX)
		return "workflows must be defined at the top level of the .github/workflows/ directory";
	if (!has_yaml_ending(file))
		return "workflow file should have either a '.yml' or '.yaml' file extension";
	return str_is(file, ".yml") || str_is(file, ".yaml") ? "invalid workflow file name" : NULL;
}

static const char *ref_error(struct loader *l, struct str ref)
{
	if (ref.n == 0)
		return "no version specified";
	if (strchr("/.", ref.p[0]) || strchr("/.", ref.p[ref.n - 1]))
		return "version cannot begin or end with a slash '/' or a dot '.'";
	for (size_t i = 0; i < ref.n; i++) {
		unsigned char c = (unsigned char)ref.p[i];
		if (c == ' ' || c == '\t')
			return "version cannot have whitespace";
		if (c < 0x20 || c == 0x7F)
			return "version cannot have ASCII control characters";
		if (strchr("?*[]\\~^:", c))
			return arena_printf(l->a, "invalid character '%c' in version", c).p;
	}
	static const char *const pairs[] = { "@{", "..", "//" };
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (str_find(ref, str_of(pairs[i]), 0) != SIZE_MAX)
			return arena_printf(l->a, "invalid character '%s' in version", pairs[i]).p;
	return NULL;
}

static const char *call_error(struct loader *l, struct str uses)
{
	static const char folder[] = ".github/workflows/";
	bool self = str_starts(uses, STR("$/"));
	if (self || str_starts(uses, STR("./"))) {
		struct str path = str_from(uses, 2);
		if (str_find_c(uses, '@', 0) != SIZE_MAX)
			return self ? "cannot specify version when calling self repository workflows"
			            : "cannot specify version when calling local workflows";
		if (!str_starts(path, STR(folder)))
			return self ? "self repository workflows must be rooted in '.github/workflows'"
			            : "local workflow references must be rooted in '.github/workflows'";
		return file_error(str_from(path, sizeof(folder) - 1));
	}
	size_t at = str_find_c(uses, '@', 0), root = str_find(uses, STR(folder), 0);
	if (count(uses, '@') > 1)
		return "too many '@' in workflow reference";
	if (root == SIZE_MAX)
		return "references to workflows must be rooted in '.github/workflows'";
	struct str slug = str_to(uses, root);
	if (count(slug, '/') != 2 || slug.p[0] == '/' || str_find(slug, STR("//"), 0) != SIZE_MAX)
		return "references to workflows must be prefixed with format 'owner/repository/' or './' for local workflows";
	if (at == SIZE_MAX)
		return "no version specified";
	const char *error = file_error(str_n(uses.p + root + sizeof(folder) - 1, at - root - (sizeof(folder) - 1)));
	return error ? error : ref_error(l, str_from(uses, at + 1));
}

void uses_check_call(struct loader *l, struct str uses, struct span at)
{
	const char *error = call_error(l, uses);
	if (error)
		diag_error(l->diags, "call-uses-format", at, "Invalid workflow reference '%.*s': %s", STRF(uses), error);
}
