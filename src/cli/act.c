/* act's options on our command line. What each of them means stands in the library's table (<sidestep/act.h>), which .actrc is
 * read by as well; here it becomes an option of ours, a line that says what is different, or another command. */
#include "cli/act.h"

#include <sidestep/act.h>

static bool has_row(const struct sidestep_act_option *o)
{
	for (const struct opt *row = run_options; !opt_is_end(row); row++)
		if (row->kind != OPT_HEADING && strcmp(row->name, o->name) == 0)
			return true;
	return strcmp(o->name, "help") == 0 || strcmp(o->name, "version") == 0;
}

static bool letter_is_ours(char letter)
{
	for (const struct opt *row = run_options; !opt_is_end(row); row++)
		if (row->kind != OPT_HEADING && letter && row->letter == letter)
			return true;
	return false;
}

const struct opt *act_rows(struct cli *c)
{
	size_t n, filled = 0;
	const struct sidestep_act_option *all = sidestep_act_options(&n);
	struct opt *rows = arena_array(&c->arena, struct opt, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (has_row(&all[i]))
			continue;
		rows[filled++] = (struct opt) { .kind = OPT_ACT,
			                        .letter = letter_is_ours(all[i].letter) ? '\0' : all[i].letter,
			                        .name = all[i].name,
			                        .arg = all[i].arg,
			                        .config = CONFIG_NOT_THERE };
	}
	return rows;
}

static const struct sidestep_act_option *find_act(const char *name)
{
	size_t n, i = 0;
	const struct sidestep_act_option *all = sidestep_act_options(&n);
	while (i < n && strcmp(all[i].name, name) != 0)
		i++;
	return i < n ? &all[i] : NULL;
}

bool act_is_switch(const char *name)
{
	const struct sidestep_act_option *o = find_act(name);
	return o && !o->arg;
}

static int set_ours(struct cli *c, const char *name, struct run_args *args, const char *text)
{
	const struct opt *row = run_options;
	while (!opt_is_end(row) && (row->kind == OPT_HEADING || strcmp(row->name, name) != 0))
		row++;
	return opt_is_end(row) ? OPTIONS_GO_ON : option_set(c, row, args, text, OPT_COMMAND_LINE);
}

static void note(struct cli *c, struct run_args *args, const struct sidestep_act_option *o, const char *value)
{
	if (!o->value || strcmp(o->value, value) != 0)
		*vec_add(&c->arena, &args->act_notes) = arena_printf(&c->arena, "--%s: %s", o->name, o->note).p;
}

int act_set(struct cli *c, const struct opt *row, struct run_args *args, const char *text)
{
	const struct sidestep_act_option *o = find_act(row->name);
	const char *value = text ? text : "true";

	if (!o->arg && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		return cli_usage(c, "--%s is true or false, not '%s'", o->name, value);
	switch (o->how) {
	case SIDESTEP_ACT_OPTION:
		return set_ours(c, o->key, args, value);
	case SIDESTEP_ACT_CHOICE:
		return strcmp(value, "true") == 0 ? set_ours(c, o->key, args, o->value) : OPTIONS_GO_ON;
	case SIDESTEP_ACT_SERVER:
		return set_ours(c, o->key, args, strstr(value, "://") ? value : arena_printf(&c->arena, "https://%s", value).p);
	case SIDESTEP_ACT_COUNT:
		return strcmp(value, "0") == 0 ? OPTIONS_GO_ON : set_ours(c, o->key, args, value);
	case SIDESTEP_ACT_NOTHING:
		note(c, args, o, value);
		return OPTIONS_GO_ON;
	case SIDESTEP_ACT_COMMAND:
		if (strcmp(value, "true") == 0)
			args->act_command = o->key;
		return OPTIONS_GO_ON;
	}
	return OPTIONS_GO_ON;
}

void act_say(const struct run_args *args)
{
	if (args->verbosity < 0 || args->format == RUN_FORMAT_QUIET)
		return;
	for (size_t i = 0; i < args->act_notes.n; i++)
		cli_say("note: %s", args->act_notes.v[i]);
}

/* ---- other commands ---- */

/* A command line under construction. */
struct call {
	VEC(char *);
};

static void add_word(struct cli *c, struct call *call, const char *word)
{
	*vec_add(&c->arena, call) = arena_strdup(&c->arena, word);
}

static void add_option(struct cli *c, struct call *call, const char *option, const char *value)
{
	if (!value)
		return;
	add_word(c, call, option);
	add_word(c, call, value);
}

/* What of this call the other command understands, too. */
static void add_what_fits(struct cli *c, struct call *call, const struct run_args *args, const char *verb)
{
	static const char *const colors[] = { "auto", "always", "never" };
	bool list = strcmp(verb, "list") == 0, check = strcmp(verb, "check") == 0;
	add_option(c, call, "-C", args->directory);
	add_option(c, call, "--color", colors[c->color]);
	if (args->format == RUN_FORMAT_JSON)
		add_option(c, call, "--format", "json");
	if (list)
		add_option(c, call, "-e", args->event_file);
	for (size_t i = 0; i < args->workflows.n && !check; i++)
		add_option(c, call, "-W", args->workflows.v[i]);
	add_word(c, call, "--");
	for (size_t i = 0; i < args->workflows.n && check; i++)
		add_word(c, call, args->workflows.v[i]);
	if (list && args->event)
		add_word(c, call, args->event);
}

bool act_command(struct cli *c, const struct run_args *args, int *code)
{
	const char *words = args->list ? "list" : args->graph ? "graph" : args->act_command;
	struct call call = { 0 };

	if (!words)
		return false;
	struct str rest = str_of(words);
	while (rest.n) { /* "help --man" */
		size_t end = str_find_c(rest, ' ', 0);
		add_word(c, &call, arena_cstr(&c->arena, str_to(rest, end)));
		rest = end == SIZE_MAX ? STR_EMPTY : str_from(rest, end + 1);
	}
	c->verb = verb_find(*call.v[0] == '-' ? "run" : call.v[0]);
	if (*call.v[0] == '-') /* "--version" */
		add_word(c, &call, call.v[0]);
	else if (call.n == 1)
		add_what_fits(c, &call, args, call.v[0]);
	if (args->jobs.n && (args->list || args->graph) && args->verbosity >= 0)
		cli_say("note: --job does not narrow what --%s shows", call.v[0]);
	int n = (int)call.n;
	*vec_add(&c->arena, &call) = NULL;
	*code = c->verb->run(c, n, call.v);
	return true;
}

/* ---- the table ---- */

/* A '|' ends a cell. */
static void add_cell(struct buf *out, const char *s)
{
	for (; *s; s++)
		buf_addf(out, *s == '|' ? "\\%c" : "%c", *s);
}

static void add_names(struct buf *out, const struct sidestep_act_option *o)
{
	if (o->letter)
		buf_addf(out, "`-%c`, ", o->letter);
	buf_addf(out, "`--%s", o->name);
	if (o->arg) {
		buf_addc(out, ' ');
		add_cell(out, o->arg);
	}
	buf_addc(out, '`');
}

static void add_meaning(struct buf *out, const struct sidestep_act_option *o)
{
	switch (o->how) {
	case SIDESTEP_ACT_OPTION:
		buf_adds(out, strcmp(o->key, o->name) == 0 ? "the same" : "");
		if (strcmp(o->key, o->name) != 0)
			buf_addf(out, "`--%s`", o->key);
		break;
	case SIDESTEP_ACT_CHOICE:
		buf_addf(out, "`--%s %s`", o->key, o->value);
		break;
	case SIDESTEP_ACT_SERVER:
		buf_addf(out, "`--%s https://%s`", o->key, o->arg);
		break;
	case SIDESTEP_ACT_COUNT:
		buf_addf(out, "`--%s %s`", o->key, o->arg);
		break;
	case SIDESTEP_ACT_NOTHING:
		buf_adds(out, o->value && strcmp(o->value, "true") == 0 ? "always so" : "no effect");
		break;
	case SIDESTEP_ACT_COMMAND:
		buf_addf(out, "`sidestep %s`", o->key);
		break;
	}
	if (o->note)
		buf_addf(out, "; %s", o->note);
}

void act_table(struct buf *out)
{
	size_t n;
	const struct sidestep_act_option *all = sidestep_act_options(&n);

	buf_adds(out, "| act | Sidestep |\n| --- | --- |\n");
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, "| ");
		add_names(out, &all[i]);
		buf_adds(out, " | ");
		add_meaning(out, &all[i]);
		buf_adds(out, " |\n");
	}
}
