/* .actrc: one option a line, as act reads them: split at the first blank, $NAME and ${NAME} from the environment (in the user's
 * own files), # comments.
 * What act would pass over in silence is an error here; what has no effect here is remembered, to be said once. */
#include <sidestep/act.h>

#include "config/config.h"

/* One line of the file. */
struct line {
	struct config *c;
	const struct config_file *f;
	struct span at;
	struct str name; /* without dashes; a short form's letter */
	bool is_short;
	struct str value;
	bool has_value;
	bool attached; /* with '=': only so a switch takes a value */
};

static const struct sidestep_act_option *find_option(const struct line *l)
{
	size_t n;
	const struct sidestep_act_option *all = sidestep_act_options(&n);
	for (size_t i = 0; i < n; i++)
		if (l->is_short ? all[i].letter && l->name.p[0] == all[i].letter : str_is(l->name, all[i].name))
			return &all[i];
	return NULL;
}

static void set(struct line *l, const char *key_name, struct str value)
{
	const struct sidestep_config_key *key = config_key(l->c, NULL, str_of(key_name));
	if (key)
		config_add(l->c, l->f, key, key->kind == SIDESTEP_CONFIG_ANY ? STR_EMPTY : value, l->at);
}

/* Remembered, to be named once; not when what it asks for is so here. */
static void without_effect(struct line *l, const struct sidestep_act_option *o, struct str value)
{
	struct str name = arena_printf(&l->c->arena, "--%s", o->name);
	if (o->value && str_is(value, o->value))
		return;
	for (size_t i = 0; i < l->c->unused.n; i++)
		if (str_eq(l->c->unused.v[i], name))
			return;
	*vec_add(&l->c->arena, &l->c->unused) = name;
}

/* LABEL=-self-hosted is our LABEL=host; what stands for an image is told where it is read. */
static void set_platform(struct line *l, const char *key)
{
	size_t eq = str_find_c(l->value, '=', 0);
	if (eq == SIZE_MAX || eq == 0)
		diag_add(&l->c->diags, RULE_CONFIG_VALUE, l->at, "--platform needs LABEL=IMAGE or LABEL=-self-hosted, not '%.*s'",
		         STRF(l->value));
	else if (str_is(str_from(l->value, eq + 1), "-self-hosted"))
		set(l, key, arena_printf(&l->c->arena, "%.*s=host", STRF(str_to(l->value, eq))));
	else
		set(l, key, l->value);
}

static void set_server(struct line *l, const char *key)
{
	bool url = str_find(l->value, STR("://"), 0) != SIZE_MAX;
	set(l, key, url ? l->value : arena_printf(&l->c->arena, "https://%.*s", STRF(l->value)));
}

static void apply(struct line *l, const struct sidestep_act_option *o)
{
	struct str value = l->has_value ? l->value : STR("true");
	switch (o->how) {
	case SIDESTEP_ACT_OPTION:
		if (strcmp(o->name, "platform") == 0)
			set_platform(l, o->key);
		else
			set(l, o->key, value);
		break;
	case SIDESTEP_ACT_CHOICE:
		if (!str_is(value, "false"))
			set(l, o->key, str_of(o->value));
		break;
	case SIDESTEP_ACT_SERVER:
		set_server(l, o->key);
		break;
	case SIDESTEP_ACT_COUNT:
		if (!str_is(value, "0"))
			set(l, o->key, value);
		break;
	case SIDESTEP_ACT_NOTHING:
		without_effect(l, o, value);
		break;
	case SIDESTEP_ACT_COMMAND:
		break; /* refused */
	}
}

static void refuse(struct line *l)
{
	size_t n;
	const struct sidestep_act_option *all = sidestep_act_options(&n);
	struct diag *d = diag_add(&l->c->diags, RULE_CONFIG_KEY, l->at, "unknown option '%s%.*s'", l->is_short ? "-" : "--",
	                          STRF(l->name));
	if (l->is_short)
		return;
	const char **names = arena_array(&l->c->arena, const char *, n), *near;
	for (size_t i = 0; i < n; i++)
		names[i] = all[i].name;
	near = str_nearest(l->name, names, n);
	if (near)
		diag_help(&l->c->diags, d, "did you mean '--%s'?", near);
	else
		config_suggest(l->c, d, NULL, l->name, "--");
}

/* What ends the program, and where it starts, is said for one run. */
static bool belongs_on_the_command_line(const struct line *l, const struct sidestep_act_option *o)
{
	return o->how == SIDESTEP_ACT_COMMAND || (o->how == SIDESTEP_ACT_OPTION && !config_key(l->c, NULL, str_of(o->key)));
}

/* An option of act, or one of ours. */
static void read_option(struct line *l)
{
	const struct sidestep_act_option *o = find_option(l);
	const struct sidestep_config_key *key = o || l->is_short ? NULL : config_key(l->c, NULL, l->name);
	if (!o && !key) {
		refuse(l);
		return;
	}
	const char *name = o ? o->name : key->name;
	bool value = o ? o->arg != NULL : key->kind != SIDESTEP_CONFIG_FLAG && key->kind != SIDESTEP_CONFIG_ANY;
	if (o && belongs_on_the_command_line(l, o))
		diag_add(&l->c->diags, RULE_CONFIG_KEY, l->at, "--%s belongs on the command line", name);
	else if (value && !l->has_value)
		diag_add(&l->c->diags, RULE_CONFIG_VALUE, l->at, "--%s needs its value on the same line", name);
	else if (!value && l->has_value && !l->attached)
		diag_add(&l->c->diags, RULE_CONFIG_VALUE, l->at, "--%s takes no value", name);
	else if (o)
		apply(l, o);
	else
		set(l, key->name, value || l->has_value ? l->value : STR("true"));
}

/* -Wfile, -W file, -W=file, -nv */
static void read_short(struct line *l, struct str letters, struct str behind, bool has_behind)
{
	l->is_short = true;
	for (size_t i = 0; i < letters.n; i++) {
		l->name = str_n(letters.p + i, 1);
		const struct sidestep_act_option *o = find_option(l);
		struct str rest = str_from(letters, i + 1);
		l->attached = rest.n && rest.p[0] == '=';
		l->has_value = l->attached || (o && o->arg && rest.n) || (!rest.n && has_behind);
		l->value = l->attached ? str_from(rest, 1) : rest.n ? rest : behind;
		if (rest.n && !l->attached && has_behind)
			l->value = arena_printf(&l->c->arena, "%.*s %.*s", STRF(rest), STRF(behind));
		read_option(l);
		if (l->has_value || !o)
			return;
	}
}

static void read_long(struct line *l, struct str word, struct str behind, bool has_behind)
{
	size_t eq = str_find_c(word, '=', 0);
	l->name = str_to(word, eq);
	l->attached = eq != SIZE_MAX;
	l->has_value = l->attached || has_behind;
	l->value = l->attached ? str_from(word, eq + 1) : behind;
	if (l->attached && has_behind)
		l->value = arena_printf(&l->c->arena, "%.*s %.*s", STRF(l->value), STRF(behind));
	read_option(l);
}

static size_t name_length(struct str s, size_t from)
{
	size_t i = from;
	while (i < s.n && (s.p[i] == '_' || (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
	                   (i > from && s.p[i] >= '0' && s.p[i] <= '9')))
		i++;
	return i - from;
}

/* The length of $NAME or ${NAME} at i, or 0. */
static size_t reference_at(struct str s, size_t i, struct str *name)
{
	bool brace = i + 1 < s.n && s.p[i + 1] == '{';
	size_t from = i + 1 + brace, n = s.p[i] == '$' ? name_length(s, from) : 0;
	if (n == 0 || (brace && (from + n >= s.n || s.p[from + n] != '}')))
		return 0;
	*name = str_n(s.p + from, n);
	return n + 1 + 2 * (size_t)brace;
}

/* What the environment of the user holds is not for the repository to put where it likes. */
static bool refuse_reference(struct config *c, const struct config_file *f, struct str s, struct span at)
{
	struct str name;
	for (size_t i = 0; f->repository && i < s.n; i++) {
		if (!reference_at(s, i, &name))
			continue;
		struct diag *d = diag_add(&c->diags, RULE_CONFIG_TRUST, at,
		                          "$%.*s is not taken from the environment in a file of the repository", STRF(name));
		diag_help(&c->diags, d, "put the line into ~/.actrc, or say the option on the command line");
		return true;
	}
	return false;
}

static struct str expand(struct arena *a, struct str s)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct str name;
	for (size_t i = 0, n; i < s.n; i += n) {
		n = reference_at(s, i, &name);
		if (n)
			buf_adds(&out, str_of(getenv(arena_cstr(a, name))).p);
		else
			buf_addc(&out, s.p[i]);
		n = n ? n : 1;
	}
	return arena_str(a, buf_str(&out));
}

static void read_line(struct config *c, const struct config_file *f, struct str text, struct span at)
{
	struct line l = { .c = c, .f = f, .at = at };
	size_t end = 0;
	if (refuse_reference(c, f, text, at))
		return;
	text = str_trim(expand(&c->arena, text));
	while (end < text.n && text.p[end] != ' ' && text.p[end] != '\t')
		end++;
	struct str word = str_to(text, end), behind = str_trim(str_from(text, end));
	if (!str_starts(word, STR("-")) || word.n < 2)
		diag_add(&c->diags, RULE_CONFIG_KEY, at, "an option was expected, -X or --name");
	else if (word.p[1] == '-')
		read_long(&l, str_from(word, 2), behind, end < text.n);
	else
		read_short(&l, str_from(word, 1), behind, end < text.n);
}

void config_read_actrc(struct config *c, const struct config_file *f)
{
	struct str rest = f->src->text, line;
	if (str_starts(rest, STR("\xEF\xBB\xBF")))
		rest = str_from(rest, 3);
	while (str_next_line(&rest, &line)) {
		struct str text = str_trim(line);
		uint32_t from = (uint32_t)(text.p - f->src->text.p);
		struct span at = { f->src->id, from, from + (uint32_t)text.n };
		if (text.n && text.p[0] != '#')
			read_line(c, f, text, at);
	}
}
