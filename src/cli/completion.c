/* Completion scripts for bash, zsh and fish. Generated as plain shell text with one case per verb; what a row
 * offers for its argument is its choices, files or folders. */
#include "cli/completion.h"

/* Appends s for a place between the given quotes: '…' in shells is left and entered again around a quote. */
static void add_quoted(struct buf *b, const char *s)
{
	buf_addc(b, '\'');
	for (; *s; s++)
		if (*s == '\'')
			buf_adds(b, "'\\''");
		else
			buf_addc(b, *s);
	buf_addc(b, '\'');
}

static void add_words(struct buf *b, const char *const *words, const char *between)
{
	for (size_t i = 0; words && words[i]; i++)
		buf_addf(b, "%s%s", i ? between : "", words[i]);
}

/* --- bash --- */

static void bash_option_names(struct buf *b, const struct opt *o)
{
	for (; !opt_is_end(o); o++) {
		if (o->kind == OPT_HEADING)
			continue;
		if (o->letter)
			buf_addf(b, " -%c", o->letter);
		buf_addf(b, " --%s", o->name);
	}
}

/* "verb:--option|verb:-o) what the argument may be;;" for each option that has an argument. */
static void bash_arguments(struct buf *b, const char *verb, const struct opt *o)
{
	for (; !opt_is_end(o); o++) {
		if (o->kind == OPT_HEADING || !o->arg)
			continue;
		buf_addf(b, "\t%s:--%s", verb, o->name);
		if (o->letter)
			buf_addf(b, "|%s:-%c", verb, o->letter);
		buf_adds(b, ") ");
		if (o->choices) {
			buf_adds(b, "words='");
			add_words(b, o->choices, " ");
			buf_adds(b, "'");
		} else {
			buf_adds(b, o->complete == COMPLETE_FOLDERS ? "kind=-d"
			            : o->complete == COMPLETE_FILES ? "kind=-f"
			                                            : ":");
		}
		buf_adds(b, " ;;\n");
	}
}

static void bash_positionals(struct buf *b)
{
	for (size_t i = 0; i < nverbs; i++) {
		const struct verb *v = &verbs[i];
		buf_addf(b, "\t%s) ", v->name);
		buf_adds(b, v->complete == COMPLETE_FILES ? "kind=-f; " : "");
		buf_adds(b, "words='");
		add_words(b, v->words, " ");
		buf_adds(b, "'; options='");
		bash_option_names(b, v->options);
		bash_option_names(b, common_options);
		buf_adds(b, "' ;;\n");
	}
}

void completion_bash(struct buf *b)
{
	buf_adds(b, "# bash completion for sidestep\n_sidestep()\n{\n"
	            "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
	            "\tlocal words='' kind='' options=''\n"
	            "\tCOMPREPLY=()\n"
	            "\tif [[ $COMP_CWORD == 1 && $cur != -* ]]; then\n"
	            "\t\tCOMPREPLY=($(compgen -W '");
	for (size_t i = 0; i < nverbs; i++)
		buf_addf(b, "%s%s", i ? " " : "", verbs[i].name);
	buf_adds(b, "' -- \"$cur\"))\n\t\treturn\n\tfi\n"
	            "\t[[ $verb == -* ]] && verb=run\n"
	            "\tcase $verb:$prev in\n");
	for (size_t i = 0; i < nverbs; i++)
		bash_arguments(b, verbs[i].name, verbs[i].options);
	bash_arguments(b, "*", common_options);
	buf_adds(b, "\t*) case $verb in\n");
	bash_positionals(b);
	buf_adds(b, "\tesac ;;\n\tesac\n"
	            "\tif [[ $cur == -* ]]; then words=$options kind=''; fi\n"
	            "\tCOMPREPLY=($(compgen ${kind:+$kind} -W \"$words\" -- \"$cur\"))\n"
	            "\t[[ -n $kind ]] && compopt -o filenames 2>/dev/null\n"
	            "\treturn 0\n}\ncomplete -F _sidestep sidestep\n");
}

/* --- zsh --- */

/* Inside an _arguments specification brackets and colons have a meaning. */
static void zsh_escape(struct buf *b, const char *s)
{
	for (; *s; s++)
		if (*s == '\'')
			buf_adds(b, "'\\''");
		else if (strchr("[]:\\", *s))
			buf_addf(b, "\\%c", *s);
		else
			buf_addc(b, *s);
}

static void zsh_action(struct buf *b, const char *const *words, enum opt_complete complete)
{
	if (words) {
		buf_adds(b, "(");
		add_words(b, words, " ");
		buf_adds(b, ")");
	} else if (complete != COMPLETE_NOTHING) {
		buf_adds(b, complete == COMPLETE_FOLDERS ? "_files -/" : "_files");
	} else {
		buf_addc(b, ' ');
	}
}

static void zsh_option(struct buf *b, const struct opt *o)
{
	bool again = o->kind == OPT_LIST || o->kind == OPT_PAIRS;

	buf_adds(b, " \\\n\t\t\t");
	if (o->letter)
		buf_addf(b, "%s{-%c,--%s}", again ? "'*'" : "", o->letter, o->name);
	else
		buf_addf(b, "%s--%s", again ? "'*'" : "", o->name);
	buf_adds(b, "'[");
	zsh_escape(b, o->help);
	buf_adds(b, "]");
	if (o->arg) {
		buf_addc(b, ':');
		zsh_escape(b, o->arg);
		buf_addc(b, ':');
		zsh_action(b, o->choices, o->complete);
	}
	buf_addc(b, '\'');
}

static void zsh_options(struct buf *b, const struct opt *o)
{
	for (; !opt_is_end(o); o++)
		if (o->kind != OPT_HEADING)
			zsh_option(b, o);
}

void completion_zsh(struct buf *b)
{
	buf_adds(b, "#compdef sidestep\n_sidestep()\n{\n\tlocal -a verbs\n\tlocal verb\n\tverbs=(\n");
	for (size_t i = 0; i < nverbs; i++) {
		buf_addf(b, "\t\t'%s:", verbs[i].name);
		zsh_escape(b, verbs[i].summary);
		buf_adds(b, "'\n");
	}
	buf_adds(b, "\t)\n\tif (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
	            "\t\t_describe command verbs\n\t\treturn\n\tfi\n"
	            "\tverb=run\n\tif [[ $words[2] != -* ]]; then\n"
	            "\t\tverb=$words[2]\n\t\tshift words\n\t\t(( CURRENT-- ))\n\tfi\n"
	            "\tcase $verb in\n");
	for (size_t i = 0; i < nverbs; i++) {
		buf_addf(b, "\t%s)\n\t\t_arguments -s -S", verbs[i].name);
		zsh_options(b, verbs[i].options);
		zsh_options(b, common_options);
		if (verbs[i].max_args) {
			buf_adds(b, " \\\n\t\t\t'*: :");
			zsh_action(b, verbs[i].words, verbs[i].complete);
			buf_addc(b, '\'');
		}
		buf_adds(b, " ;;\n");
	}
	buf_adds(b,
	         "\tesac\n}\nif [[ $funcstack[1] == _sidestep ]]; then _sidestep \"$@\"; else compdef _sidestep sidestep; fi\n");
}

/* --- fish --- */

static void fish_options(struct buf *b, const struct opt *o, const char *condition)
{
	for (; !opt_is_end(o); o++) {
		if (o->kind == OPT_HEADING)
			continue;
		buf_adds(b, "complete -c sidestep");
		if (condition)
			buf_addf(b, " -n '%s'", condition);
		if (o->letter)
			buf_addf(b, " -s %c", o->letter);
		buf_addf(b, " -l %s", o->name);
		if (o->arg)
			buf_adds(b, " -r");
		if (o->choices) {
			buf_adds(b, " -f -a '");
			add_words(b, o->choices, " ");
			buf_adds(b, "'");
		} else if (o->arg) {
			buf_adds(b, o->complete == COMPLETE_NOTHING ? " -f" : " -F");
		}
		buf_adds(b, " -d ");
		add_quoted(b, o->help);
		buf_addc(b, '\n');
	}
}

void completion_fish(struct buf *b)
{
	_cleanup_buf_ struct buf seen = BUF_INIT;

	buf_adds(b, "# fish completion for sidestep\ncomplete -c sidestep -f\n");
	for (size_t i = 0; i < nverbs; i++) {
		buf_addf(b, "complete -c sidestep -n __fish_use_subcommand -a %s -d ", verbs[i].name);
		add_quoted(b, verbs[i].summary);
		buf_addc(b, '\n');
	}
	for (size_t i = 0; i < nverbs; i++) {
		const struct verb *v = &verbs[i];
		buf_clear(&seen);
		buf_addf(&seen, "__fish_seen_subcommand_from %s", v->name);
		fish_options(b, v->options, buf_cstr(&seen));
		if (v->complete == COMPLETE_FILES)
			buf_addf(b, "complete -c sidestep -n '%s' -F\n", buf_cstr(&seen));
		if (v->words) {
			buf_addf(b, "complete -c sidestep -n '%s' -a '", buf_cstr(&seen));
			add_words(b, v->words, " ");
			buf_adds(b, "'\n");
		}
	}
	fish_options(b, common_options, NULL);
}
