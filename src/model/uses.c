/* The form of `uses`: actions in steps, workflows in jobs. */
#include "base/path.h"
#include "model/internal.h"

#define FOLDER ".github/workflows/"

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

static void report_format(struct loader *l, struct str uses, struct span at)
{
	bool dotless = uses.n > 0 && uses.p[0] == '.';
	struct diag *d = diag_add(l->diags, dotless ? RULE_USES_LOCAL_DOTLESS : RULE_USES_FORMAT, at,
	                          "Expected format {org}/{repo}[/path]@ref. Actual '%.*s'", STRF(uses));
	if (dotless)
		diag_help(l->diags, d, "an action of this repository begins with ./: did you mean './%.*s'?", STRF(uses));
	else if (str_find_c(uses, '@', 0) == SIZE_MAX && str_find_c(uses, '/', 0) != SIZE_MAX)
		diag_help(l->diags, d, "say which version: %.*s@v1, or ./%.*s for an action of this repository", STRF(uses),
		          STRF(uses));
	else
		diag_help(l->diags, d, "an action is owner/repo@ref, ./folder of this repository, or docker://image");
}

void uses_check_step(struct loader *l, struct str uses, struct span at)
{
	static const char *const local[] = { "./", ".\\", "$/", "docker://" };
	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		if (str_starts(uses, str_of(local[i])))
			return;
	if (str_find(uses, STR("/.github/workflows/"), 0) != SIZE_MAX && is_remote(uses)) {
		struct diag *d = diag_add(
			l->diags, RULE_USES_REUSABLE_IN_STEP, at,
			"Reusable workflows should be referenced at the top-level `jobs.<job_id>.uses` key, not within steps");
		diag_help(l->diags, d, "call it from a job of its own, with uses instead of steps");
	} else if (!is_remote(uses)) {
		report_format(l, uses, at);
	}
}

/* What is wrong with the reference to a called workflow; reason NULL: nothing. */
struct call_error {
	enum rule rule;
	const char *reason;
};

static struct call_error file_error(struct str file)
{
	if (str_find_c(file, '/', 0) != SIZE_MAX)
		return (struct call_error) { RULE_CALL_USES_NESTED,
			                     "workflows must be defined at the top level of the .github/workflows/ directory" };
	if (!path_is_yaml(file))
		return (struct call_error) { RULE_CALL_USES_EXTENSION,
			                     "workflow file should have either a '.yml' or '.yaml' file extension" };
	if (str_is(file, ".yml") || str_is(file, ".yaml"))
		return (struct call_error) { RULE_CALL_USES_FORMAT, "invalid workflow file name" };
	return (struct call_error) { 0 };
}

/* A part between slashes that git refuses: it begins with a dot or ends with .lock. */
static bool has_bad_part(struct str ref)
{
	for (;;) {
		size_t slash = str_find_c(ref, '/', 0);
		struct str part = str_to(ref, slash);
		if (str_starts(part, STR(".")) || str_ends(part, STR(".lock")))
			return true;
		if (slash == SIZE_MAX)
			return false;
		ref = str_from(ref, slash + 1);
	}
}

static const char *ref_character_error(struct loader *l, struct str ref)
{
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

static const char *ref_error(struct loader *l, struct str ref)
{
	char first = ref.p[0], last = ref.p[ref.n - 1];
	if (first == '/' || first == '.' || last == '/' || last == '.')
		return "version cannot begin or end with a slash '/' or a dot '.'";
	const char *reason = ref_character_error(l, ref);
	if (!reason && has_bad_part(ref))
		reason = arena_printf(l->a, "invalid version: %.*s", STRF(ref)).p;
	return reason;
}

/* ./ and $/ */
static struct call_error own_error(struct str uses)
{
	bool self = uses.p[0] == '$';
	struct str path = str_from(uses, 2);
	if (str_find_c(uses, '@', 0) != SIZE_MAX)
		return (struct call_error) { RULE_CALL_USES_LOCAL_REF,
			                     self ? "cannot specify version when calling self repository workflows"
			                          : "cannot specify version when calling local workflows" };
	if (!str_starts(path, STR(FOLDER)))
		return (struct call_error) { RULE_CALL_USES_FORMAT,
			                     self ? "self repository workflows must be rooted in '.github/workflows'"
			                          : "local workflow references must be rooted in '.github/workflows'" };
	return file_error(str_from(path, sizeof(FOLDER) - 1));
}

/* owner/repository/.github/workflows/file@ref */
static struct call_error remote_error(struct loader *l, struct str uses)
{
	size_t at = str_find_c(uses, '@', 0), root = str_find(uses, STR(FOLDER), 0);
	if (count(uses, '@') > 1)
		return (struct call_error) { RULE_CALL_USES_FORMAT, "too many '@' in workflow reference" };
	if (root == SIZE_MAX || root > at)
		return (struct call_error) { RULE_CALL_USES_FORMAT,
			                     "references to workflows must be rooted in '.github/workflows'" };
	struct str slug = str_to(uses, root);
	if (count(slug, '/') != 2 || slug.p[0] == '/' || str_find(slug, STR("//"), 0) != SIZE_MAX)
		return (struct call_error) { RULE_CALL_USES_FORMAT, "references to workflows must be prefixed with format "
			                                            "'owner/repository/' or './' for local workflows" };
	if (at == SIZE_MAX || at + 1 == uses.n)
		return (struct call_error) { RULE_CALL_USES_NO_REF, "no version specified" };
	struct call_error file = file_error(str_from(str_to(uses, at), root + sizeof(FOLDER) - 1));
	return file.reason ? file : (struct call_error) { RULE_CALL_REF_FORMAT, ref_error(l, str_from(uses, at + 1)) };
}

void uses_check_call(struct loader *l, struct str uses, struct span at)
{
	bool own = str_starts(uses, STR("./")) || str_starts(uses, STR("$/"));
	struct call_error e = own ? own_error(uses) : remote_error(l, uses);
	if (!e.reason)
		return;
	struct diag *d = diag_add(l->diags, e.rule, at, "Invalid workflow reference '%.*s': %s", STRF(uses), e.reason);
	diag_help(l->diags, d,
	          own ? "a workflow of this repository is ./" FOLDER "FILE.yml, without a version"
	              : "a workflow of another repository is OWNER/REPOSITORY/" FOLDER "FILE.yml@VERSION");
}
