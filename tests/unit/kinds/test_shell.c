/* Shell templates and command lines. */
#include <criterion/criterion.h>

#include "kinds/shell.h"

static const char *joined(struct arena *a, const char *shell, const char *script)
{
	struct shell sh;
	struct err err = ERR_INIT;
	char **argv;
	if (shell_resolve(&sh, a, str_of(shell), &err) < 0 || shell_argv(&argv, a, &sh, "/x", script, &err) < 0)
		return arena_strdup(a, err.text);
	struct str out = STR_EMPTY;
	for (int i = 1; argv[i]; i++)
		out = arena_printf(a, "%.*s%s<%s>", STRF(out), i > 1 ? " " : "", argv[i]);
	return out.p;
}

Test(shell, command_lines)
{
	static const struct {
		const char *shell, *script, *want;
	} rows[] = {
		{ "bash", "/t/s.sh", "<--noprofile> <--norc> <-e> <-o> <pipefail> </t/s.sh>" },
		{ "sh", "/with blank/s.sh", "<-e> </with blank/s.sh>" },
		{ "python", "/s.py", "</s.py>" },
		{ "pwsh", "/s.ps1", "<-command> <. '/s.ps1'>" },
		{ "perl {0}", "/s", "</s>" },
		{ "bash -x {0} a\\b \"c d\" \"e\"\"f\" 'g h'", "/s", "<-x> </s> <a\\b> <c d> <e\"f> <'g> <h'>" },
		{ "x --a={0}=b {{}}", "/s", "<--a=/s=b> <{}>" },
		{ "x \\\\\"q\\\\\\\"r\" {0}", "/s", "<\\q\\\"r> </s>" },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_assert_str_eq(joined(&a, rows[i].shell, rows[i].script), rows[i].want, "%s: %s", rows[i].shell,
		                 joined(&a, rows[i].shell, rows[i].script));
	static const char *const bad[] = { "perl", "bash -x", "", "x {1}", "x {0} {", "x {0} }" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert(strstr(joined(&a, bad[i], "/s"), "Invalid shell option") ||
		                  strstr(joined(&a, bad[i], "/s"), "correct format"),
		          "%s: %s", bad[i], joined(&a, bad[i], "/s"));
	arena_done(&a);
}

Test(shell, scripts)
{
	struct arena a = { 0 };
	struct shell sh;
	shell_resolve(&sh, &a, STR("pwsh"), NULL);
	struct str text = shell_script(&a, &sh, STR("Get-Date"));
	cr_assert(str_starts(text, STR("$ErrorActionPreference = 'stop'\nGet-Date\nif")));
	shell_resolve(&sh, &a, STR("bash"), NULL);
	cr_assert(str_is(shell_script(&a, &sh, STR("a\r\nb")), "a\r\nb"));
	arena_done(&a);
}
