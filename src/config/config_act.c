/* .actrc: one option a line, as act reads them: split at the first blank, $NAME and ${NAME} from the environment (in the user's
 * own files), # comments.
 * What act would pass over in silence is an error here; what has no effect here is remembered, to be said once. */
#include "config/config.h"

enum act_how {
	ACT_VALUE,    /* its value is the option's */
	ACT_SWITCH,   /* sets a flag */
	ACT_PLATFORM, /* LABEL=IMAGE or LABEL=-self-hosted */
	ACT_JSON,
	ACT_HOST,        /* a server's name */
	ACT_JOBS,        /* 0: as many as there are */
	ACT_NO_VALUE,    /* no effect here; takes a value */
	ACT_NO_SWITCH,   /* no effect here */
	ACT_NOT_IN_FILE, /* a command rather than an option */
};

struct act_flag {
	const char *name;
	char letter;
	enum act_how how;
	const char *key; /* ours */
};

static const struct act_flag act_flags[] = {
	{ "workflows", 'W', ACT_VALUE, "workflows" },
	{ "job", 'j', ACT_VALUE, "job" },
	{ "matrix", 0, ACT_VALUE, "matrix" },
	{ "eventpath", 'e', ACT_VALUE, "eventpath" },
	{ "secret", 's', ACT_VALUE, "secret" },
	{ "secret-file", 0, ACT_VALUE, "secret-file" },
	{ "env", 0, ACT_VALUE, "env" },
	{ "env-file", 0, ACT_VALUE, "env-file" },
	{ "var", 0, ACT_VALUE, "var" },
	{ "var-file", 0, ACT_VALUE, "var-file" },
	{ "input", 0, ACT_VALUE, "input" },
	{ "input-file", 0, ACT_VALUE, "input-file" },
	{ "local-repository", 0, ACT_VALUE, "local-repository" },
	{ "artifact-server-path", 0, ACT_VALUE, "artifact-dir" },
	{ "platform", 'P', ACT_PLATFORM, "platform" },
	{ "github-instance", 0, ACT_HOST, "github-url" },
	{ "concurrent-jobs", 0, ACT_JOBS, "max-parallel" },
	{ "json", 0, ACT_JSON, "format" },
	{ "bind", 'b', ACT_SWITCH, "in-place" },
	{ "action-offline-mode", 0, ACT_SWITCH, "offline" },
	{ "dryrun", 'n', ACT_SWITCH, "dry-run" },
	{ "watch", 'w', ACT_SWITCH, "watch" },
	{ "verbose", 'v', ACT_SWITCH, "verbose" },
	{ "quiet", 'q', ACT_SWITCH, "quiet" },
	{ "actor", 'a', ACT_NO_VALUE, NULL },
	{ "defaultbranch", 0, ACT_NO_VALUE, NULL },
	{ "remote-name", 0, ACT_NO_VALUE, NULL },
	{ "userns", 0, ACT_NO_VALUE, NULL },
	{ "network", 0, ACT_NO_VALUE, NULL },
	{ "container-architecture", 0, ACT_NO_VALUE, NULL },
	{ "container-daemon-socket", 0, ACT_NO_VALUE, NULL },
	{ "container-options", 0, ACT_NO_VALUE, NULL },
	{ "container-cap-add", 0, ACT_NO_VALUE, NULL },
	{ "container-cap-drop", 0, ACT_NO_VALUE, NULL },
	{ "artifact-server-addr", 0, ACT_NO_VALUE, NULL },
	{ "artifact-server-port", 0, ACT_NO_VALUE, NULL },
	{ "cache-server-path", 0, ACT_NO_VALUE, NULL },
	{ "cache-server-addr", 0, ACT_NO_VALUE, NULL },
	{ "cache-server-port", 0, ACT_NO_VALUE, NULL },
	{ "cache-server-external-url", 0, ACT_NO_VALUE, NULL },
	{ "action-cache-path", 0, ACT_NO_VALUE, NULL },
	{ "replace-ghe-action-with-github-com", 0, ACT_NO_VALUE, NULL },
	{ "replace-ghe-action-token-with-github-com", 0, ACT_NO_VALUE, NULL },
	{ "reuse", 'r', ACT_NO_SWITCH, NULL },
	{ "pull", 'p', ACT_NO_SWITCH, NULL },
	{ "rebuild", 0, ACT_NO_SWITCH, NULL },
	{ "rm", 0, ACT_NO_SWITCH, NULL },
	{ "privileged", 0, ACT_NO_SWITCH, NULL },
	{ "no-recurse", 0, ACT_NO_SWITCH, NULL },
	{ "no-skip-checkout", 0, ACT_NO_SWITCH, NULL },
	{ "detect-event", 'd', ACT_NO_SWITCH, NULL },
	{ "use-gitignore", 0, ACT_NO_SWITCH, NULL },
	{ "use-new-action-cache", 0, ACT_NO_SWITCH, NULL },
	{ "no-cache-server", 0, ACT_NO_SWITCH, NULL },
	{ "insecure-secrets", 0, ACT_NO_SWITCH, NULL },
	{ "log-prefix-job-id", 0, ACT_NO_SWITCH, NULL },
	{ "strict", 0, ACT_NO_SWITCH, NULL },
	{ "directory", 'C', ACT_NOT_IN_FILE, NULL },
	{ "list", 'l', ACT_NOT_IN_FILE, NULL },
	{ "graph", 'g', ACT_NOT_IN_FILE, NULL },
	{ "help", 'h', ACT_NOT_IN_FILE, NULL },
	{ "version", 0, ACT_NOT_IN_FILE, NULL },
	{ "bug-report", 0, ACT_NOT_IN_FILE, NULL },
	{ "man-page", 0, ACT_NOT_IN_FILE, NULL },
	{ "list-options", 0, ACT_NOT_IN_FILE, NULL },
	{ "validate", 0, ACT_NOT_IN_FILE, NULL },
};

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

static bool takes_value(const struct act_flag *f)
{
	return f->how == ACT_VALUE || f->how == ACT_PLATFORM || f->how == ACT_HOST || f->how == ACT_JOBS ||
	       f->how == ACT_NO_VALUE;
}

static const struct act_flag *find_flag(const struct line *l)
{
	for (size_t i = 0; i < ARRAY_LEN(act_flags); i++) {
		const struct act_flag *f = &act_flags[i];
		if (l->is_short ? f->letter && l->name.p[0] == f->letter : str_is(l->name, f->name))
			return f;
	}
	return NULL;
}

static void set(struct line *l, const char *key_name, struct str value)
{
	const struct sidestep_config_key *key = config_key(l->c, NULL, str_of(key_name));
	if (key)
		config_add(l->c, l->f, key, key->kind == SIDESTEP_CONFIG_ANY ? STR_EMPTY : value, l->at);
}

static void unused(struct line *l, const struct act_flag *f)
{
	struct str name = arena_printf(&l->c->arena, "--%s", f->name);
	for (size_t i = 0; i < l->c->unused.n; i++)
		if (str_eq(l->c->unused.v[i], name))
			return;
	*vec_add(&l->c->arena, &l->c->unused) = name;
}

/* Labels are matched in lower case by act; an image is what is not said to be the machine itself. */
static void set_platform(struct line *l)
{
	struct arena *a = &l->c->arena;
	size_t eq = str_find_c(l->value, '=', 0);
	if (eq == SIZE_MAX || eq == 0) {
		diag_add(&l->c->diags, RULE_CONFIG_VALUE, l->at, "--platform needs LABEL=IMAGE or LABEL=-self-hosted, not '%.*s'",
		         STRF(l->value));
		return;
	}
	struct str label = str_to(l->value, eq), image = str_from(l->value, eq + 1);
	bool ours = str_is(image, "host") || str_is(image, "skip") || str_starts(image, STR("docker://"));
	if (str_is(image, "-self-hosted"))
		image = STR("host");
	else if (!ours)
		image = arena_printf(a, "docker://%.*s", STRF(image));
	set(l, "platform", arena_printf(a, "%.*s=%.*s", STRF(label), STRF(image)));
}

static void set_host(struct line *l)
{
	bool url = str_find(l->value, STR("://"), 0) != SIZE_MAX;
	set(l, "github-url", url ? l->value : arena_printf(&l->c->arena, "https://%.*s", STRF(l->value)));
}

static void apply(struct line *l, const struct act_flag *f)
{
	struct str truth = l->has_value ? l->value : STR("true");
	switch (f->how) {
	case ACT_VALUE:
		set(l, f->key, l->value);
		break;
	case ACT_SWITCH:
		set(l, f->key, truth);
		break;
	case ACT_PLATFORM:
		set_platform(l);
		break;
	case ACT_JSON:
		if (!str_is(truth, "false"))
			set(l, "format", STR("json"));
		break;
	case ACT_HOST:
		set_host(l);
		break;
	case ACT_JOBS:
		if (!str_is(l->value, "0"))
			set(l, f->key, l->value);
		break;
	case ACT_NO_VALUE:
	case ACT_NO_SWITCH:
		unused(l, f);
		break;
	case ACT_NOT_IN_FILE:
		diag_add(&l->c->diags, RULE_CONFIG_KEY, l->at, "--%s belongs on the command line", f->name);
		break;
	}
}

static void refuse(struct line *l)
{
	const char *names[ARRAY_LEN(act_flags)], *near = NULL;
	struct diag *d = diag_add(&l->c->diags, RULE_CONFIG_KEY, l->at, "unknown option '%s%.*s'", l->is_short ? "-" : "--",
	                          STRF(l->name));
	if (l->is_short)
		return;
	for (size_t i = 0; i < ARRAY_LEN(act_flags); i++)
		names[i] = act_flags[i].name;
	near = str_nearest(l->name, names, ARRAY_LEN(names));
	if (near)
		diag_help(&l->c->diags, d, "did you mean '--%s'?", near);
	else
		config_suggest(l->c, d, NULL, l->name, "--");
}

/* An option of act, or one of ours. */
static void read_option(struct line *l)
{
	const struct act_flag *f = find_flag(l);
	const struct sidestep_config_key *key = f || l->is_short ? NULL : config_key(l->c, NULL, l->name);
	if (!f && !key) {
		refuse(l);
		return;
	}
	const char *name = f ? f->name : key->name;
	bool value = f ? takes_value(f) : key->kind != SIDESTEP_CONFIG_FLAG && key->kind != SIDESTEP_CONFIG_ANY;
	if (f && f->how == ACT_NOT_IN_FILE)
		apply(l, f);
	else if (value && !l->has_value)
		diag_add(&l->c->diags, RULE_CONFIG_VALUE, l->at, "--%s needs its value on the same line", name);
	else if (!value && l->has_value && !l->attached)
		diag_add(&l->c->diags, RULE_CONFIG_VALUE, l->at, "--%s takes no value", name);
	else if (f)
		apply(l, f);
	else
		set(l, key->name, value || l->has_value ? l->value : STR("true"));
}

/* -Wfile, -W file, -W=file, -nv */
static void read_short(struct line *l, struct str letters, struct str behind, bool has_behind)
{
	l->is_short = true;
	for (size_t i = 0; i < letters.n; i++) {
		l->name = str_n(letters.p + i, 1);
		const struct act_flag *f = find_flag(l);
		struct str rest = str_from(letters, i + 1);
		l->attached = rest.n && rest.p[0] == '=';
		l->has_value = l->attached || (f && takes_value(f) && rest.n) || (!rest.n && has_behind);
		l->value = l->attached ? str_from(rest, 1) : rest.n ? rest : behind;
		if (rest.n && !l->attached && has_behind)
			l->value = arena_printf(&l->c->arena, "%.*s %.*s", STRF(rest), STRF(behind));
		read_option(l);
		if (l->has_value || !f)
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
