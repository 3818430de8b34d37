/* --help: one layout for every verb, 80 columns. */
#include "cli/help.h"

#define HELP_COLUMN 30
#define HELP_WIDTH  80

/* Appends words of text from column `at` on, broken at HELP_WIDTH and indented by `indent`. */
static void add_wrapped(struct buf *b, const char *text, size_t at, size_t indent)
{
	bool first = true;

	while (*text) {
		size_t n = strcspn(text, " ");
		if (!first && at + 1 + n > HELP_WIDTH) {
			buf_addf(b, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		if (!first) {
			buf_addc(b, ' ');
			at++;
		}
		buf_add(b, text, n);
		at += n;
		first = false;
		text += n + (text[n] == ' ');
	}
	buf_addc(b, '\n');
}

static void add_pair(struct buf *b, const char *left, const char *help)
{
	size_t n = strlen(left);

	buf_adds(b, left);
	if (n + 2 > HELP_COLUMN) {
		buf_addc(b, '\n');
		n = 0;
	}
	buf_addf(b, "%*s", (int)(HELP_COLUMN - n), "");
	add_wrapped(b, help, HELP_COLUMN, HELP_COLUMN);
}

static void add_option(struct buf *b, const struct opt *o)
{
	_cleanup_buf_ struct buf left = BUF_INIT, right = BUF_INIT;

	if (o->letter)
		buf_addf(&left, "  -%c, ", o->letter);
	else
		buf_adds(&left, "      ");
	buf_addf(&left, "--%s", o->name);
	if (o->arg)
		buf_addf(&left, " %s", o->arg);
	buf_adds(&right, o->help);
	add_pair(b, buf_cstr(&left), buf_cstr(&right));
}

static void add_options(struct buf *b, const struct opt *o)
{
	for (; !opt_is_end(o); o++)
		if (o->kind == OPT_HEADING)
			buf_addf(b, "\n%s:\n", o->name);
		else if (o->kind != OPT_LATER)
			add_option(b, o);
}

static void add_verb_help(struct buf *b, const struct verb *v)
{
	buf_addf(b, "Usage: sidestep %s [OPTION...]%s%s\n\n", v->name, *v->args ? " " : "", v->args);
	add_wrapped(b, v->description, 0, 0);
	add_options(b, v->options);
	add_options(b, common_options);
	if (v->options == run_options)
		buf_adds(b, "\nThe options of act are understood, too: see 'sidestep help --act'.\n");
}

static void add_program_help(struct buf *b)
{
	_cleanup_buf_ struct buf left = BUF_INIT;

	buf_adds(b, "Usage: sidestep [COMMAND] [OPTION...]\n\n"
	            "Runs GitHub Actions workflows on this machine. Without a command: run.\n\nCommands:\n");
	for (size_t i = 0; i < nverbs; i++) {
		if (!verb_is_here(&verbs[i]))
			continue;
		buf_clear(&left);
		buf_addf(&left, "  %s %s", verbs[i].name, verbs[i].args);
		add_pair(b, buf_cstr(&left), verbs[i].summary);
	}
	add_options(b, common_options);
	buf_adds(b, "\nExit status:\n"
	            "  0          every job succeeded or was skipped; nothing found\n"
	            "  1          a job failed; findings of severity error\n"
	            "  2          wrong usage\n"
	            "  3          a workflow, action or input file is invalid and nothing was run\n"
	            "  4          something needed is missing; it is named\n"
	            "  129, 130, 143\n"
	            "             stopped by SIGHUP, SIGINT, SIGTERM, after clean-up\n"
	            "  141        stopped since nobody reads its output any more\n"
	            "\n'sidestep COMMAND --help' tells more about a command.\n");
}

int help_print(const struct cli *c, const struct verb *v)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	if (v)
		add_verb_help(&b, v);
	else
		add_program_help(&b);
	return cli_out(c, b.p, b.n);
}

static const char *type_of(const struct opt *o)
{
	switch (o->kind) {
	case OPT_FLAG:
		return "bool";
	case OPT_NUMBER:
		return "int";
	case OPT_LIST:
	case OPT_PAIRS:
		return "stringArray";
	default:
		return "string";
	}
}

/* The texts of rows are plain: only quotes and backslashes need care. */
static void add_json_text(struct buf *b, const char *s)
{
	buf_addc(b, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *s);
	}
	buf_addc(b, '"');
}

void help_options_json(struct buf *out)
{
	bool first = true;

	for (const struct opt *o = run_options; !opt_is_end(o); o++) {
		if (o->kind == OPT_HEADING || o->kind == OPT_LATER)
			continue;
		buf_adds(out, first ? "[{\"name\":" : ",\n {\"name\":");
		add_json_text(out, o->name);
		buf_addf(out, ",\"default\":\"%s\",\"type\":\"%s\",\"description\":", o->kind == OPT_FLAG ? "false" : "",
		         type_of(o));
		add_json_text(out, o->help);
		buf_addc(out, '}');
		first = false;
	}
	buf_adds(out, "]\n");
}
