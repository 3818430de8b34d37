/* Parsing: the rows are turned into getopt_long's tables, and what it finds into the verb's struct. What is
 * wrong is said once, with the nearest known name. */
#include "cli/options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>

#include "base/map.h"
#include "cli/act.h"
#include "cli/help.h"
#include "cli/verbs.h"

#define FIRST_VALUE 1000 /* getopt's value of row 0; letters stay below */
#define MAX_ROWS    160

static const char *const color_names[] = { "auto", "always", "never", NULL };

const struct opt common_options[] = {
	{ .kind = OPT_HEADING, .name = "General" },
	{ .kind = OPT_CHOICE,
	  .name = "color",
	  .arg = "WHEN",
	  .at = offsetof(struct cli, color),
	  .choices = color_names,
	  .trust = TRUST_REPOSITORY,
	  .help = "colour the output: auto (on a terminal, unless NO_COLOR is set), always or never" },
	{ .kind = OPT_HELP, .letter = 'h', .name = "help", .help = "show this help" },
	{ .kind = OPT_VERSION, .name = "version", .help = "show the version" },
	{ 0 },
};

/* All rows of a call, and the same as getopt wants them. */
struct table {
	struct cli *c;
	const struct opt *row[MAX_ROWS];
	void *base[MAX_ROWS];
	struct option longs[MAX_ROWS + 1];
	char shorts[2 * MAX_ROWS + 2];
	const char *names[MAX_ROWS];
	size_t n, nshorts;
};

/* "--list=false": what is a switch of act's, too, takes it as there. */
static bool is_act_switch(const struct cli *c, const struct opt *o)
{
	return !o->arg && c->verb->options == run_options && act_is_switch(o->name);
}

static void table_add(struct table *t, const struct opt *o, void *base)
{
	for (; !opt_is_end(o) && t->n < MAX_ROWS; o++) {
		if (o->kind == OPT_HEADING)
			continue;
		t->row[t->n] = o;
		t->base[t->n] = base;
		t->names[t->n] = o->name;
		int argument = o->arg ? required_argument : is_act_switch(t->c, o) ? optional_argument : no_argument;
		t->longs[t->n] = (struct option) { o->name, argument, NULL, FIRST_VALUE + (int)t->n };
		if (o->letter) {
			t->shorts[t->nshorts++] = o->letter;
			if (o->arg)
				t->shorts[t->nshorts++] = ':';
		}
		t->n++;
	}
}

/* The row of a value that getopt_long made from this table. */
static size_t table_find(const struct table *t, int value)
{
	size_t i = 0;

	if (value >= FIRST_VALUE)
		return (size_t)(value - FIRST_VALUE);
	while (i < t->n && t->row[i]->letter != value)
		i++;
	assert(i < t->n);
	return i;
}

static int set_number(struct cli *c, const struct opt *o, int *out, const char *text)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || end == text || *end || v < o->value || v > INT_MAX)
		return cli_usage(c, "--%s needs a whole number of at least %d, not '%s'", o->name, o->value, text);
	*out = (int)v;
	return OPTIONS_GO_ON;
}

static int set_choice(struct cli *c, const struct opt *o, int *out, const char *text)
{
	size_t n = 0;

	for (; o->choices[n]; n++)
		if (strcmp(o->choices[n], text) == 0) {
			if (o->available && (int)n >= o->available)
				return cli_unavailable(arena_printf(&c->arena, "--%s %s", o->name, text).p);
			*out = (int)n;
			return OPTIONS_GO_ON;
		}
	const char *near = str_nearest(str_of(text), o->choices, n);
	if (near)
		return cli_usage(c, "--%s cannot be '%s'; did you mean '%s'?", o->name, text, near);

	_cleanup_buf_ struct buf b = BUF_INIT;
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", o->choices[i]);
	return cli_usage(c, "--%s cannot be '%s', only %s", o->name, text, buf_cstr(&b));
}

static bool is_by_name(const struct opt *o)
{
	return o->config == CONFIG_BY_NAME || o->config == CONFIG_SECRET;
}

/* NAME=VALUE, made of a name alone where the row says so; NULL when it is none. */
static const char *whole_pair(struct cli *c, const struct opt *o, const char *text)
{
	const char *sep = strchr(text, o->value), *value;

	if (sep)
		return sep > text ? text : NULL;
	value = o->environment && *text ? getenv(text) : NULL;
	return value ? arena_printf(&c->arena, "%s%c%s", text, o->value, value).p : NULL;
}

static int set_list(struct cli *c, const struct opt *o, struct opt_list *out, const char *text, int layer)
{
	const char *entry = o->kind == OPT_PAIRS ? whole_pair(c, o, text) : text;
	if (!entry)
		return cli_usage(c, "--%s needs %s, not '%s'%s", o->name, o->arg, text,
		                 o->environment && *text != o->value ? ", which is not in the environment either" : "");
	if (!is_by_name(o) && out->layer != layer)
		out->n = out->asked = 0;
	out->layer = layer;
	out->asked += layer == OPT_COMMAND_LINE;
	*vec_add(&c->arena, out) = entry;
	return OPTIONS_GO_ON;
}

/* A flag that a file sets to false leaves alone what another flag has put into the same variable. */
static void set_flag(const struct opt *o, int *out, const char *text)
{
	int on = o->value ? o->value : 1;
	if (!text || strcmp(text, "true") == 0)
		*out = on;
	else if (*out == on || o->off)
		*out = o->off;
}

static int print_version(const struct cli *c)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	help_version(&b);
	return cli_out(c, b.p, b.n);
}

int option_set(struct cli *c, const struct opt *o, void *base, const char *text, int layer)
{
	void *at = (char *)base + o->at;

	switch (o->kind) {
	case OPT_FLAG:
		set_flag(o, at, text);
		return OPTIONS_GO_ON;
	case OPT_NUMBER:
		return set_number(c, o, at, text);
	case OPT_TEXT:
		*(const char **)at = text;
		return OPTIONS_GO_ON;
	case OPT_LIST:
	case OPT_PAIRS:
		return set_list(c, o, at, text, layer);
	case OPT_CHOICE:
		return set_choice(c, o, at, text);
	case OPT_LATER:
		return cli_unavailable(arena_printf(&c->arena, "--%s", o->name).p);
	case OPT_ACT:
		return act_set(c, o, base, text);
	case OPT_HELP:
		return help_print(c, c->verb);
	case OPT_VERSION:
		return print_version(c);
	case OPT_HEADING:
		break;
	}
	return OPTIONS_GO_ON;
}

/* A switch with its value, "true" or "false". Those of ours that are no flags have nothing to be switched off. */
static int set_switch(struct cli *c, const struct opt *o, void *base, const char *text)
{
	bool on = strcmp(text, "true") == 0;

	if (!on && strcmp(text, "false") != 0)
		return cli_usage(c, "--%s is true or false, not '%s'", o->name, text);
	if (o->kind == OPT_FLAG || o->kind == OPT_ACT)
		return option_set(c, o, base, text, OPT_COMMAND_LINE);
	return on ? option_set(c, o, base, NULL, OPT_COMMAND_LINE) : OPTIONS_GO_ON;
}

/* getopt said '?': an unknown option, an ambiguous one, or an argument where none belongs. */
static int refuse(struct table *t, const char *word)
{
	struct str name = str_of(word);
	const char *near;

	if (optopt >= FIRST_VALUE)
		return cli_usage(t->c, "--%s takes no argument", t->row[optopt - FIRST_VALUE]->name);
	if (optopt)
		return cli_usage(t->c, "unknown option '-%c'", optopt);
	name = str_from(name, 2);
	name = str_to(name, str_find_c(name, '=', 0));
	for (size_t i = 0; i < t->n; i++)
		if (name.n && str_starts(str_of(t->names[i]), name))
			return cli_usage(t->c, "option '--%.*s' could be several, '--%s' for one", STRF(name), t->names[i]);
	near = str_nearest(name, t->names, t->n);
	if (near)
		return cli_usage(t->c, "unknown option '--%.*s'; did you mean '--%s'?", STRF(name), near);
	return cli_usage(t->c, "unknown option '--%.*s'", STRF(name));
}

/* Of the entries NAME… with the same name only the last one counts: it was given on the highest layer. */
static void keep_last_of_each(struct cli *c, struct opt_list *l)
{
	struct map seen = { 0 };
	size_t kept = l->n, configured = l->n - l->asked;
	for (size_t i = l->n; i-- > 0;) {
		struct str entry = str_of(l->v[i]), name = str_to(entry, str_find_c(entry, '=', 0));
		if (map_has(&seen, name)) {
			l->asked -= i >= configured;
			continue;
		}
		map_put(&c->arena, &seen, name, l);
		l->v[--kept] = l->v[i];
	}
	l->n -= kept;
	if (l->n && kept)
		memmove(l->v, l->v + kept, l->n * sizeof(*l->v));
}

static int check_args(struct cli *c)
{
	const struct verb *v = c->verb;

	if ((int)c->nargs < v->min_args)
		return cli_usage(c, "%s needs %s", v->name, v->args);
	if (v->max_args >= 0 && (int)c->nargs > v->max_args) {
		if (v->max_args == 0)
			return cli_usage(c, "%s takes no arguments, but got '%s'", v->name, c->args[0]);
		return cli_usage(c, "%s takes only %s; '%s' is too much", v->name, v->args, c->args[v->max_args]);
	}
	return OPTIONS_GO_ON;
}

/* NAME=VALUE of a secret stood in an argument, *at. Everyone may read those of every process (ps, /proc/PID/cmdline), so from now
 * on the argument is a copy of ours, and the value is wiped where it stood. Returns the text in the copy. */
static char *move_secret(struct cli *c, char **at, char *text)
{
	char *value = strchr(text, '=');

	if (!value || text < c->own_args || text > c->own_args_end)
		return text;
	char *copy = arena_strdup(&c->arena, *at) + (text - *at);
	*at = copy - (text - *at);
	explicit_bzero(value + 1, strlen(value + 1));
	return copy;
}

int options_parse(struct cli *c, int argc, char **argv, void *args)
{
	struct table t = { .c = c };
	int value, answer;

	t.shorts[t.nshorts++] = ':'; /* tell a missing argument from an unknown option */
	table_add(&t, c->verb->options, args);
	if (c->verb->options == run_options)
		table_add(&t, act_rows(c), args);
	table_add(&t, common_options, c);
	opterr = 0;
	optind = 0;
	while ((value = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		if (value == '?')
			return refuse(&t, argv[optind - 1]);
		if (value == ':' && optopt >= FIRST_VALUE)
			return cli_usage(c, "--%s needs its argument, %s", t.row[optopt - FIRST_VALUE]->name,
			                 t.row[optopt - FIRST_VALUE]->arg);
		if (value == ':')
			return cli_usage(c, "-%c needs its argument, %s", optopt, t.row[table_find(&t, optopt)]->arg);
		size_t i = table_find(&t, value);
		if (t.row[i]->config == CONFIG_SECRET)
			optarg = move_secret(c, &argv[optind - 1], optarg);
		bool is_long = value >= FIRST_VALUE;
		const char *text = t.row[i]->arg || is_long ? optarg : NULL;
		answer = is_long && text && is_act_switch(c, t.row[i])
		                 ? set_switch(c, t.row[i], t.base[i], text)
		                 : option_set(c, t.row[i], t.base[i], text, OPT_COMMAND_LINE);
		if (answer != OPTIONS_GO_ON)
			return answer;
	}
	for (size_t i = 0; i < t.n; i++)
		if (is_by_name(t.row[i]))
			keep_last_of_each(c, (struct opt_list *)((char *)t.base[i] + t.row[i]->at));
	c->args = (const char *const *)argv + optind;
	c->nargs = (size_t)(argc - optind);
	return check_args(c);
}

struct sidestep_strings opt_strings(const struct opt_list *l)
{
	return (struct sidestep_strings) { l->v, l->n };
}
