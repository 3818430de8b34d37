/* The manual page sidestep(1), from the same rows as --help. */
#include "cli/help.h"

/* troff text: backslashes and dashes are escaped, and a dot or quote may not open a line. */
static void add_text(struct buf *b, const char *s)
{
	if (*s == '.' || *s == '\'')
		buf_adds(b, "\\&");
	for (; *s; s++)
		if (*s == '\\')
			buf_adds(b, "\\e");
		else if (*s == '-')
			buf_adds(b, "\\-");
		else
			buf_addc(b, *s);
}

static void add_option(struct buf *b, const struct opt *o)
{
	buf_adds(b, ".TP\n");
	if (o->letter)
		buf_addf(b, "\\fB\\-%c\\fR, ", o->letter);
	buf_adds(b, "\\fB\\-\\-");
	add_text(b, o->name);
	buf_adds(b, "\\fR");
	if (o->arg) {
		buf_adds(b, " \\fI");
		add_text(b, o->arg);
		buf_adds(b, "\\fR");
	}
	buf_addc(b, '\n');
	add_text(b, o->help);
	buf_adds(b, ".\n");
}

static void add_options(struct buf *b, const struct opt *o)
{
	for (; !opt_is_end(o); o++)
		if (o->kind == OPT_HEADING)
			buf_addf(b, ".PP\n%s:\n", o->name);
		else if (o->kind != OPT_LATER)
			add_option(b, o);
}

static void add_verb(struct buf *b, const struct verb *v)
{
	buf_addf(b, ".SS \"sidestep %s %s\"\n", v->name, v->args);
	add_text(b, v->description);
	buf_addc(b, '\n');
	add_options(b, v->options);
}

static const char head[] = ".TH SIDESTEP 1 \"\" \"Sidestep " SIDESTEP_VERSION "\" \"User Commands\"\n"
			   ".SH NAME\nsidestep \\- run GitHub Actions workflows on this machine\n"
			   ".SH SYNOPSIS\n.B sidestep\n[\\fICOMMAND\\fR] [\\fIOPTION\\fR...]\n"
			   ".SH DESCRIPTION\n"
			   "Runs, checks and draws workflows as GitHub Actions would execute them. Without a command: run.\n"
			   ".SH COMMANDS\n";

static const char tail[] =
	".SH EXIT STATUS\n"
	".TP\n.B 0\nEvery job succeeded or was skipped; nothing found.\n"
	".TP\n.B 1\nA job failed; findings of severity error.\n"
	".TP\n.B 2\nWrong usage.\n"
	".TP\n.B 3\nA workflow, action or input file is invalid and nothing was run.\n"
	".TP\n.B 4\nSomething needed is missing; it is named.\n"
	".TP\n.B 129, 130, 143\nStopped by SIGHUP, SIGINT, SIGTERM, after clean\\-up.\n"
	".TP\n.B 141\nStopped since nobody reads its output any more (| head), as by SIGINT, in silence. When all had "
	"ended before, the code is that of the run.\n"
	".SH ENVIRONMENT\n"
	".TP\n.B COLUMNS\nHow wide the output may be; without it as wide as the terminal, in a pipe as wide as "
	"it gets.\n"
	".TP\n.B NO_COLOR\nNo colour unless \\-\\-color always asks for it.\n"
	".TP\n.B XDG_STATE_HOME, XDG_CACHE_HOME\nWhere runs, and where actions and caches are kept.\n"
	".TP\n.B XDG_CONFIG_HOME\nWhere the user's configuration is.\n"
	".TP\n.B ACTIONS_RUNNER_HOOK_JOB_STARTED, ACTIONS_RUNNER_HOOK_JOB_COMPLETED\n"
	"Scripts (.sh, .ps1 or .js, absolute paths) that run before and after all else of each job.\n"
	".SH FILES\n"
	".TP\n.I $XDG_STATE_HOME/sidestep/runs/<run\\-id>/\n"
	"One run: events.ndjson, the log of each step under jobs/, and what it left behind.\n"
	".TP\n.I /var/tmp/sidestep\\-UID/\n"
	"Where jobs work while they run, as no part of a workspace's name should begin with a dot; with XDG_STATE_HOME set to a "
	"path without such parts, below that.\n"
	".TP\n.I $XDG_CACHE_HOME/sidestep/\nActions by commit, caches, tools.\n"
	".TP\n.I .sidestep.yml\n"
	"Options of run by their long names, and those of check under check; in the root of the repository. "
	"What belongs to the user (addresses, paths outside, in\\-place, platforms on this machine, secrets) "
	"is refused there.\n"
	".TP\n.I $XDG_CONFIG_HOME/sidestep/config.yml\nThe same, for all repositories.\n"
	".TP\n.I .actrc, .env, .secrets, .vars, .input\nAs act reads them.\n";

void help_man(struct buf *b)
{
	buf_adds(b, head);
	for (size_t i = 0; i < nverbs; i++)
		if (verb_is_here(&verbs[i]))
			add_verb(b, &verbs[i]);
	buf_adds(b, ".SH OPTIONS OF EVERY COMMAND\n");
	add_options(b, common_options + 1); /* its heading is the section's */
	buf_adds(b, tail);
}
