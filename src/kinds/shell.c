/* Shells of run steps; see shell.h. Rules: actions/runner, ScriptHandler and ScriptHandlerHelpers. */
#include "kinds/shell.h"

#include "base/buf.h"
#include "base/vec.h"

static const struct {
	const char *name, *template, *extension;
	bool hosted;
} builtin[] = {
	{ "bash", "--noprofile --norc -e -o pipefail {0}", ".sh", true },
	{ "sh", "-e {0}", ".sh", true },
	{ "python", "{0}", ".py", true },
	{ "pwsh", "-command \". '{0}'\"", ".ps1", true },
	{ "powershell", "-command \". '{0}'\"", ".ps1", false },
	{ "cmd", "/D /E:ON /V:OFF /S /C \"CALL \"{0}\"\"", ".cmd", false },
};

int shell_resolve(struct shell *out, struct arena *a, struct str value, struct err *err)
{
	size_t blank = str_find_c(value, ' ', 0);
	struct shell sh = { .command = arena_str(a, str_to(value, blank)), .template = STR_EMPTY, .extension = "" };
	if (blank != SIZE_MAX) {
		sh.template = str_from(value, blank + 1);
		while (sh.template.n && (sh.template.p[0] == ' ' || sh.template.p[0] == '\t'))
			sh.template = str_from(sh.template, 1);
	}
	for (size_t i = 0; i < ARRAY_LEN(builtin); i++) {
		if (!str_is_nocase(sh.command, builtin[i].name))
			continue;
		sh.extension = builtin[i].extension;
		sh.hosted = builtin[i].hosted;
		if (sh.template.n == 0)
			sh.template = str_of(builtin[i].template);
	}
	if (str_find(sh.template, STR("{0}"), 0) == SIZE_MAX)
		return err_set(err, ERR_INVALID,
		               "Invalid shell option. Shell must be a valid built-in (bash, sh, cmd, powershell, pwsh) "
		               "or a format string containing '{0}'");
	*out = sh;
	return 0;
}

struct shell shell_default(bool have_bash)
{
	return (struct shell) { have_bash ? STR("bash") : STR("sh"), STR("-e {0}"), ".sh", true };
}

/* Expands braces as .NET's composite formatting does; the script's place becomes one NUL byte, so that
 * splitting cannot tear a path with blanks. */
static int format_template(struct buf *out, struct str t, struct err *err)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		bool twice = i + 1 < t.n && t.p[i + 1] == c;
		if (c != '{' && c != '}') {
			buf_addc(out, c);
		} else if (twice) {
			buf_addc(out, c);
			i++;
		} else if (c == '{' && str_starts(str_from(t, i), STR("{0}"))) {
			buf_addc(out, '\0');
			i += 2;
		} else {
			return err_set(err, ERR_INVALID, "Input string was not in a correct format: shell template '%.*s'",
			               STRF(t));
		}
	}
	return 0;
}

/* One argument from at on, by .NET's rules for quotes and backslashes; returns where the next one may start. */
static size_t next_argument(struct buf *out, struct str line, size_t at, const char *script)
{
	bool quoted = false;
	while (at < line.n) {
		char c = line.p[at];
		if (!quoted && (c == ' ' || c == '\t'))
			break;
		if (c == '\\') {
			size_t run = 0;
			while (at < line.n && line.p[at] == '\\') {
				run++;
				at++;
			}
			bool before_quote = at < line.n && line.p[at] == '"';
			for (size_t i = 0; i < (before_quote ? run / 2 : run); i++)
				buf_addc(out, '\\');
			if (before_quote && run % 2) {
				buf_addc(out, '"');
				at++;
			}
			continue;
		}
		at++;
		if (c == '"' && quoted && at < line.n && line.p[at] == '"') {
			buf_addc(out, '"');
			at++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == '\0') {
			buf_adds(out, script);
		} else {
			buf_addc(out, c);
		}
	}
	return at;
}

int shell_argv(char ***out, struct arena *a, const struct shell *sh, const char *exe, const char *script, struct err *err)
{
	_cleanup_buf_ struct buf line = BUF_INIT, word = BUF_INIT;
	if (format_template(&line, sh->template, err) < 0)
		return -1;
	struct {
		VEC(char *);
	} argv = { 0 };
	*vec_add(a, &argv) = arena_strdup(a, exe);
	struct str text = buf_str(&line);
	for (size_t at = 0; at < text.n;) {
		if (text.p[at] == ' ' || text.p[at] == '\t') {
			at++;
			continue;
		}
		buf_clear(&word);
		at = next_argument(&word, text, at, script);
		*vec_add(a, &argv) = arena_cstr(a, buf_str(&word));
	}
	*vec_add(a, &argv) = NULL;
	*out = argv.v;
	return 0;
}

struct str shell_script(struct arena *a, const struct shell *sh, struct str run)
{
	if (str_is(sh->command, "cmd"))
		return arena_printf(a, "@echo off\n%.*s", STRF(run));
	if (str_is(sh->command, "pwsh") || str_is(sh->command, "powershell"))
		return arena_printf(a,
		                    "$ErrorActionPreference = 'stop'\n%.*s\n"
		                    "if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }",
		                    STRF(run));
	return run;
}
