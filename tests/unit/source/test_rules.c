/* The registry of rules: every row is whole, and ids and names say the same. */
#include <criterion/criterion.h>
#include <ctype.h>

#include "source/diag.h"

/* The id as the enumerator spells it. */
static void spell(struct buf *out, const char *id)
{
	for (; *id; id++)
		buf_addc(out, *id == '-' ? '_' : (char)toupper((unsigned char)*id));
}

Test(rules, names_are_their_ids)
{
	static const char *const names[] = {
		"",
#define RULE(name, id, severity, origin, fix, tags, sentence) #name,
#include "source/rules.def"
#undef RULE
	};
	cr_assert_eq(ARRAY_LEN(names), RULE_COUNT);
	for (enum rule r = RULE_NONE + 1; r < RULE_COUNT; r++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		spell(&b, rule_id(r));
		cr_expect_str_eq(buf_cstr(&b), names[r]);
		cr_expect_eq(rule_find(str_of(rule_id(r))), r, "%s stands twice", rule_id(r));
	}
	cr_expect_eq(rule_find(STR("no-such-rule")), RULE_NONE);
	cr_expect_eq(rule_find(STR_EMPTY), RULE_NONE);
}

/* A sentence begins with a capital letter or with the word of a key that it is about, and ends with a dot. */
static bool is_sentence(struct str s)
{
	bool begins = isupper((unsigned char)s.p[0]) || str_starts(s, STR("pre-if")) || str_starts(s, STR("wait-all")) ||
	              str_starts(s, STR("case()")) || str_starts(s, STR("${{"));
	return s.n > 15 && s.n < 120 && begins && s.p[s.n - 1] == '.' && str_find_c(s, '\n', 0) == SIZE_MAX;
}

Test(rules, every_row_is_whole)
{
	for (enum rule r = RULE_NONE + 1; r < RULE_COUNT; r++) {
		const struct rule_info *i = rule_info(r);
		cr_expect(is_sentence(str_of(i->sentence)), "%s: '%s'", i->id, i->sentence);
		cr_expect(i->tags != 0 && i->tags < 1u << RULE_TAGS, "%s has no tag", i->id);
		cr_expect(str_starts(str_of(i->docs), STR("rules.md#")), "%s has no page", i->id);
		/* what only lint says, GitHub does not; and our own files are no business of GitHub's */
		cr_expect((i->origin == RULE_BY_CONFIG) == str_starts(str_of(i->id), STR("config-")), "%s", i->id);
		cr_expect(i->origin != RULE_BY_READER || i->severity == SEVERITY_ERROR, "%s: the reader refuses or is silent",
		          i->id);
	}
}

Test(rules, words)
{
	cr_expect_str_eq(rule_origin_name(rule_info(RULE_META_IF_WITHOUT_HOOK)->origin), "lint");
	cr_expect_str_eq(rule_fix_name(rule_info(RULE_QUOTED_BOOLEAN)->fix), "safe");
	cr_expect_str_eq(rule_tag_name(RULE_TAG_YAML), "yaml");
	cr_expect_str_eq(rule_tag_name(RULE_TAG_SETTINGS), "settings");
	cr_expect_str_eq(severity_name(rule_info(RULE_IF_BLOCK_NEWLINE)->severity), "warning");
}

/* What lint finds counts on its own side, whatever its severity; moving and dropping findings keeps both counts. */
Test(rules, findings_of_lint_are_counted_apart)
{
	struct arena a = { 0 };
	struct diag_list one = { .arena = &a }, all = { .arena = &a };
	struct span at = { 0, 1, 2 };
	diag_add(&one, RULE_YAML_SYNTAX, at, "of the reader");
	diag_add_as(&one, RULE_META_IF_WITHOUT_HOOK, SEVERITY_ERROR, at, "of lint");
	diag_add_as(&one, RULE_META_IF_WITHOUT_HOOK, SEVERITY_ERROR, at, "of lint");
	diag_add(&one, RULE_META_IF_WITHOUT_HOOK, at, "a warning");
	cr_expect(one.errors == 1 && one.lint_errors == 2);
	diag_append(&all, &one);
	diag_append(&all, &one);
	cr_expect(all.n == 8 && all.errors == 2 && all.lint_errors == 4);
	diag_sort(&all);
	cr_expect(all.n == 3 && all.errors == 1 && all.lint_errors == 1, "%zu %zu %zu", all.n, all.errors, all.lint_errors);
	for (size_t i = 0; i < all.n; i++)
		cr_expect_eq(diag_is_lint(&all.v[i]), all.v[i].rule == RULE_META_IF_WITHOUT_HOOK);
	arena_done(&a);
}
