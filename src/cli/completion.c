/* Completion scripts for bash, zsh and fish. Generated as plain shell text with one case per verb; what a row offers for its
 * argument is its choices, files, folders, or what this program finds in the workflows when it is asked (--offer). Names of a
 * repository are never read as shell text: whoever presses the key has not chosen them. */
#include "cli/completion.h"

/* What --offer is asked for; NULL: nothing. */
static const char *offered(enum opt_complete c)
{
	static const char *const names[] = { [COMPLETE_WORKFLOWS] = "workflows",
		                             [COMPLETE_EVENTS] = "events",
		                             [COMPLETE_JOBS] = "jobs",
		                             [COMPLETE_MATRIX] = "matrix" };
	return (size_t)c < ARRAY_LEN(names) ? names[c] : NULL;
}

static bool takes_files(enum opt_complete c)
{
	return c == COMPLETE_FILES || c == COMPLETE_WORKFLOWS || c == COMPLETE_EVENTS;
}

static bool is_offered(const struct opt *o)
{
	return o->kind != OPT_HEADING && o->kind != OPT_LATER;
}

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

/* The choices that this build has. */
static void add_choices(struct buf *b, const struct opt *o)
{
	for (size_t i = 0; o->choices[i] && (!o->available || (int)i < o->available); i++)
		buf_addf(b, "%s%s", i ? " " : "", o->choices[i]);
}

/* --- bash --- */

static void bash_option_names(struct buf *b, const struct opt *o)
{
	for (; !opt_is_end(o); o++) {
		if (!is_offered(o))
			continue;
		if (o->letter)
			buf_addf(b, " -%c", o->letter);
		buf_addf(b, " --%s", o->name);
	}
}

/* files=-f, offer=jobs */
static void bash_sources(struct buf *b, enum opt_complete c)
{
	if (takes_files(c) || c == COMPLETE_FOLDERS)
		buf_addf(b, "files=%s; ", c == COMPLETE_FOLDERS ? "-d" : "-f");
	if (offered(c))
		buf_addf(b, "offer=%s; ", offered(c));
}

/* "verb:--option|verb:-o) what the argument may be;;" for each option that has an argument. */
static void bash_arguments(struct buf *b, const char *verb, const struct opt *o)
{
	for (; !opt_is_end(o); o++) {
		if (!is_offered(o) || !o->arg)
			continue;
		buf_addf(b, "\t%s:--%s", verb, o->name);
		if (o->letter)
			buf_addf(b, "|%s:-%c", verb, o->letter);
		buf_adds(b, ") ");
		if (o->choices) {
			buf_adds(b, "words='");
			add_choices(b, o);
			buf_adds(b, "'; ");
		}
		bash_sources(b, o->complete);
		buf_adds(b, ": ;;\n");
	}
}

static void bash_positionals(struct buf *b)
{
	for (size_t i = 0; i < nverbs; i++) {
		const struct verb *v = &verbs[i];
		if (!verb_is_here(v))
			continue;
		buf_addf(b, "\t%s) ", v->name);
		bash_sources(b, v->complete);
		buf_adds(b, "words='");
		add_words(b, v->words, " ");
		buf_adds(b, "'; options='");
		bash_option_names(b, v->options);
		bash_option_names(b, common_options);
		buf_adds(b, "' ;;\n");
	}
}

static void bash_verbs(struct buf *b, const char *between)
{
	bool first = true;
	for (size_t i = 0; i < nverbs; i++) {
		if (!verb_is_here(&verbs[i]))
			continue;
		buf_addf(b, "%s%s", first ? "" : between, verbs[i].name);
		first = false;
	}
}

/* bash divides words at ':' and '=': line has them whole. What is offered is compared and quoted, never expanded as -W does. */
static const char bash_head[] =
	"# bash completion for sidestep\n"
	"_sidestep_line()\n{\n"
	"\tlocal i glue=''\n"
	"\tline=()\n"
	"\tfor ((i = 0; i <= COMP_CWORD; i++)); do\n"
	"\t\tif ((i > 0)) && [[ -n $glue || ${COMP_WORDS[i]} == [:=]* ]]; then line[${#line[@]}-1]+=${COMP_WORDS[i]}\n"
	"\t\telse line+=(\"${COMP_WORDS[i]}\"); fi\n"
	"\t\tglue=''; [[ ${COMP_WORDS[i]} == [:=] ]] && glue=1\n"
	"\tdone\n}\n"
	"_sidestep_ask()\n{\n"
	"\tlocal i args=()\n"
	"\tfor ((i = 1; i < ${#line[@]} - 2; i++)); do\n"
	"\t\tcase ${line[i]} in -C|--directory|-W|--workflows) args+=(\"${line[i]}\" \"${line[i+1]}\") ;; esac\n"
	"\tdone\n"
	"\t\"${line[0]/#\\~/$HOME}\" completion --offer \"$1\" \"${args[@]}\" 2>/dev/null </dev/null\n}\n"
	"_sidestep()\n{\n"
	"\tlocal line; _sidestep_line\n"
	"\tlocal n=${#line[@]} words='' files='' offer='' options='' word before\n"
	"\tlocal cur=${line[n-1]} prev=${line[n-2]} verb=${line[1]}\n"
	"\tCOMPREPLY=()\n"
	"\tif [[ $cur == --*=* ]]; then prev=${cur%%=*} cur=${cur#*=}; fi\n";

static const char bash_tail[] =
	"\tif [[ $cur == -* ]]; then words=$options files='' offer=''; fi\n"
	"\tfor word in $words; do [[ $word == \"$cur\"* ]] && COMPREPLY+=(\"$word\"); done\n"
	"\tif [[ -n $offer ]]; then\n"
	"\t\twhile IFS= read -r word; do\n"
	"\t\t\t[[ $word == \"$cur\"* ]] || continue\n"
	"\t\t\t[[ -n $files ]] || printf -v word %q \"$word\"\n"
	"\t\t\tCOMPREPLY+=(\"$word\")\n"
	"\t\tdone < <(_sidestep_ask \"$offer\")\n"
	"\tfi\n"
	"\tif [[ -n $files ]]; then\n"
	"\t\twhile IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen $files -- \"$cur\")\n"
	"\t\tcompopt -o filenames 2>/dev/null\n"
	"\tfi\n"
	"\tbefore=${cur%\"${cur##*[:=]}\"}\n"
	"\tif [[ -n $before && $COMP_WORDBREAKS == *\"${before: -1}\"* ]]; then COMPREPLY=(\"${COMPREPLY[@]#\"$before\"}\"); fi\n"
	"\treturn 0\n}\ncomplete -F _sidestep sidestep\n";

void completion_bash(struct buf *b)
{
	buf_adds(b, bash_head);
	buf_adds(b, "\tif ((n == 2)) && [[ $cur != -* && $prev != -* ]]; then words='");
	bash_verbs(b, " ");
	buf_adds(b, "' verb=''; fi\n\tcase $verb in ''|");
	bash_verbs(b, "|");
	buf_adds(b, ") ;; *) verb=run ;; esac\n\tcase $verb:$prev in\n");
	for (size_t i = 0; i < nverbs; i++)
		if (verb_is_here(&verbs[i]))
			bash_arguments(b, verbs[i].name, verbs[i].options);
	bash_arguments(b, "*", common_options);
	buf_adds(b, "\t*) case $verb in\n");
	bash_positionals(b);
	buf_adds(b, "\tesac ;;\n\tesac\n");
	buf_adds(b, bash_tail);
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

static void zsh_action(struct buf *b, enum opt_complete complete)
{
	if (offered(complete))
		buf_addf(b, " _sidestep_ask %s%s", offered(complete), takes_files(complete) ? " files" : "");
	else if (complete != COMPLETE_NOTHING)
		buf_adds(b, complete == COMPLETE_FOLDERS ? "_files -/" : "_files");
	else
		buf_addc(b, ' ');
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
		if (o->choices) {
			buf_addc(b, '(');
			add_choices(b, o);
			buf_addc(b, ')');
		} else {
			zsh_action(b, o->complete);
		}
	}
	buf_addc(b, '\'');
}

static void zsh_options(struct buf *b, const struct opt *o)
{
	for (; !opt_is_end(o); o++)
		if (is_offered(o))
			zsh_option(b, o);
}

void completion_zsh(struct buf *b)
{
	buf_adds(b, "#compdef sidestep\n"
	            "_sidestep_ask()\n{\n"
	            "\tlocal -a args found\n\tlocal i\n"
	            "\tfor ((i = 1; i < CURRENT - 1; i++)); do\n"
	            "\t\tcase $words[i] in (-C|--directory|-W|--workflows) args+=(\"$words[i]\" \"$words[i+1]\") ;; esac\n"
	            "\tdone\n"
	            "\tfound=(${(f)\"$($sidestep_program completion --offer $1 $args 2>/dev/null </dev/null)\"})\n"
	            "\tcompadd -a found\n"
	            "\t[[ -n $2 ]] && _files\n\treturn 0\n}\n"
	            "_sidestep()\n{\n\tlocal -a verbs\n\tlocal verb sidestep_program=${~words[1]}\n\tverbs=(\n");
	for (size_t i = 0; i < nverbs; i++) {
		if (!verb_is_here(&verbs[i]))
			continue;
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
		if (!verb_is_here(&verbs[i]))
			continue;
		buf_addf(b, "\t%s)\n\t\t_arguments -s -S", verbs[i].name);
		zsh_options(b, verbs[i].options);
		zsh_options(b, common_options);
		if (verbs[i].max_args) {
			buf_adds(b, " \\\n\t\t\t'*: :");
			if (verbs[i].words) {
				buf_addc(b, '(');
				add_words(b, verbs[i].words, " ");
				buf_addc(b, ')');
			} else {
				zsh_action(b, verbs[i].complete);
			}
			buf_addc(b, '\'');
		}
		buf_adds(b, " ;;\n");
	}
	buf_adds(b,
	         "\tesac\n}\nif [[ $funcstack[1] == _sidestep ]]; then _sidestep \"$@\"; else compdef _sidestep sidestep; fi\n");
}

/* --- fish --- */

static void fish_ask(struct buf *b, enum opt_complete c)
{
	buf_addf(b, " -a '(__sidestep_ask %s)'", offered(c));
}

static void fish_options(struct buf *b, const struct opt *o, const char *condition)
{
	for (; !opt_is_end(o); o++) {
		if (!is_offered(o))
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
			add_choices(b, o);
			buf_adds(b, "'");
		} else if (o->arg) {
			buf_adds(b, complete_is_path(o->complete) || takes_files(o->complete) ? " -F" : " -f");
		}
		if (offered(o->complete))
			fish_ask(b, o->complete);
		buf_adds(b, " -d ");
		add_quoted(b, o->help);
		buf_addc(b, '\n');
	}
}

void completion_fish(struct buf *b)
{
	_cleanup_buf_ struct buf seen = BUF_INIT;

	buf_adds(b, "# fish completion for sidestep\n"
	            "function __sidestep_ask\n"
	            "\tset -l line (commandline -opc)\n"
	            "\tset -l args\n"
	            "\tfor i in (seq 2 (math (count $line) - 1))\n"
	            "\t\tcontains -- $line[$i] -C --directory -W --workflows\n"
	            "\t\tand set args $args $line[$i] $line[(math $i + 1)]\n"
	            "\tend\n"
	            "\tcommand $line[1] completion --offer $argv[1] $args 2>/dev/null </dev/null\n"
	            "end\n"
	            "complete -c sidestep -f\n");
	for (size_t i = 0; i < nverbs; i++) {
		if (!verb_is_here(&verbs[i]))
			continue;
		buf_addf(b, "complete -c sidestep -n __fish_use_subcommand -a %s -d ", verbs[i].name);
		add_quoted(b, verbs[i].summary);
		buf_addc(b, '\n');
	}
	for (size_t i = 0; i < nverbs; i++) {
		const struct verb *v = &verbs[i];
		if (!verb_is_here(v))
			continue;
		buf_clear(&seen);
		buf_addf(&seen, "__fish_seen_subcommand_from %s", v->name);
		fish_options(b, v->options, buf_cstr(&seen));
		if (takes_files(v->complete))
			buf_addf(b, "complete -c sidestep -n '%s' -F\n", buf_cstr(&seen));
		if (offered(v->complete)) {
			buf_addf(b, "complete -c sidestep -n '%s'", buf_cstr(&seen));
			fish_ask(b, v->complete);
			buf_addc(b, '\n');
		}
		if (v->words) {
			buf_addf(b, "complete -c sidestep -n '%s' -a '", buf_cstr(&seen));
			add_words(b, v->words, " ");
			buf_adds(b, "'\n");
		}
	}
	fish_options(b, common_options, NULL);
}
