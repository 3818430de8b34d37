/* Which configuration files there are, in which order, and the checks that all of them share. */
#include "config/config.h"

#include <limits.h>
#include <sys/stat.h>

#include "answer/text.h"
#include "base/path.h"
#include "project/project.h"

const struct sidestep_config_key *config_key(const struct config *c, const char *section, struct str name)
{
	for (size_t i = 0; i < c->nkeys; i++) {
		const struct sidestep_config_key *k = &c->keys[i];
		if (str_is(name, k->name) && str_eq(str_of(section), str_of(k->section)))
			return k;
	}
	return NULL;
}

void config_suggest(struct config *c, struct diag *d, const char *section, struct str name, const char *dashes)
{
	const char **names = arena_array(&c->arena, const char *, 2 * c->nkeys + 1);
	size_t n = 0;
	for (size_t i = 0; i < c->nkeys; i++) {
		if (str_eq(str_of(section), str_of(c->keys[i].section)))
			names[n++] = c->keys[i].name;
		else if (!section)
			names[n++] = c->keys[i].section;
	}
	const char *near = str_nearest(name, names, n);
	if (near)
		diag_help(&c->diags, d, "did you mean '%s%s'?", dashes, near);
}

/* ---- values ---- */

static bool check_number(struct config *c, const struct sidestep_config_key *key, struct str value, struct span at)
{
	long long v = 0;
	bool good = value.n > 0 && value.n < 11;
	for (size_t i = 0; i < value.n && good; i++) {
		good = value.p[i] >= '0' && value.p[i] <= '9';
		v = v * 10 + (value.p[i] - '0');
	}
	if (good && v >= key->least && v <= INT_MAX)
		return true;
	diag_error(&c->diags, "config-value", at, "%s needs a whole number of at least %d, not '%.*s'", key->name, key->least,
	           STRF(value));
	return false;
}

static bool check_choice(struct config *c, const struct sidestep_config_key *key, struct str value, struct span at)
{
	_cleanup_buf_ struct buf names = BUF_INIT;
	size_t n = 0;
	for (; key->choices[n]; n++) {
		if (str_is(value, key->choices[n]))
			return true;
		buf_addf(&names, "%s%s", n == 0 ? "" : key->choices[n + 1] ? ", " : " or ", key->choices[n]);
	}
	struct diag *d = diag_error(&c->diags, "config-value", at, "%s cannot be '%.*s', only %s", key->name, STRF(value),
	                            buf_cstr(&names));
	const char *near = str_nearest(value, key->choices, n);
	if (near)
		diag_help(&c->diags, d, "did you mean '%s'?", near);
	return false;
}

static bool check_pair(struct config *c, const struct sidestep_config_key *key, struct str value, struct span at)
{
	size_t sep = str_find_c(value, key->separator, 0);
	bool named = key->kind == SIDESTEP_CONFIG_NAMES && sep == SIZE_MAX && value.n > 0;
	if ((sep != SIZE_MAX && sep > 0) || named)
		return true;
	diag_error(&c->diags, "config-value", at, "%s needs %s, not '%.*s'", key->name, key->form, STRF(value));
	return false;
}

static bool check(struct config *c, const struct sidestep_config_key *key, struct str value, struct span at)
{
	if (memchr(value.p, 0, value.n)) {
		diag_error(&c->diags, "config-value", at, "%s cannot hold a NUL", key->name);
		return false;
	}
	switch (key->kind) {
	case SIDESTEP_CONFIG_FLAG:
		if (str_is(value, "true") || str_is(value, "false"))
			return true;
		diag_error(&c->diags, "config-value", at, "%s is true or false, not '%.*s'", key->name, STRF(value));
		return false;
	case SIDESTEP_CONFIG_NUMBER:
		return check_number(c, key, value, at);
	case SIDESTEP_CONFIG_CHOICE:
		return check_choice(c, key, value, at);
	case SIDESTEP_CONFIG_PAIRS:
	case SIDESTEP_CONFIG_NAMES:
		return check_pair(c, key, value, at);
	default:
		return true;
	}
}

/* "~/x" is below the home directory, what is relative below dir. */
static struct str absolute(struct config *c, struct str dir, struct str path)
{
	const char *home = getenv("HOME");
	if (home && home[0] == '/' && (str_is(path, "~") || str_starts(path, STR("~/"))))
		return path_join(&c->arena, str_of(home), str_from(path, 2));
	return path.n ? path_join(&c->arena, dir, path) : path;
}

static struct str placed(struct config *c, const struct sidestep_config_key *key, struct str dir, struct str value)
{
	size_t from = 0;
	if (!dir.n || !(key->flags & SIDESTEP_CONFIG_PATH))
		return value;
	if (key->kind == SIDESTEP_CONFIG_PAIRS)
		from = str_find_c(value, key->separator, 0) + 1;
	struct str path = absolute(c, dir, str_from(value, from));
	return arena_printf(&c->arena, "%.*s%.*s", (int)from, value.p, STRF(path));
}

void config_add(struct config *c, const struct sidestep_config_key *key, struct str value, struct span at, struct str dir)
{
	if (!check(c, key, value, at))
		return;
	const struct source *src = source_get(&c->sources, at.file);
	*vec_add(&c->arena, &c->items) =
		(struct sidestep_config_item) { .key = key,
		                                .value = arena_cstr(&c->arena, placed(c, key, dir, value)),
		                                .layer = c->layer,
		                                .file = src ? arena_cstr(&c->arena, src->path) : "",
		                                .line = src ? source_line_at(src, at.from) : 0 };
}

/* ---- files ---- */

/* $XDG_CONFIG_HOME/name, or below ~/.config; empty when neither is known. */
static struct str in_config_home(struct arena *a, const char *name)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (xdg && xdg[0] == '/')
		return path_join(a, str_of(xdg), str_of(name));
	if (home && home[0] == '/')
		return arena_printf(a, "%s/.config/%s", home, name);
	return STR_EMPTY;
}

/* Only what is a file: a .env may also be the folder of a Python environment. */
static bool is_file(struct str path)
{
	struct stat st;
	return path.n && stat(path.p, &st) == 0 && S_ISREG(st.st_mode);
}

/* How a file is called: relative when it lies below where the call starts. */
static const char *shown(struct config *c, struct str path)
{
	char cwd[PATH_MAX];
	return arena_cstr(&c->arena, getcwd(cwd, sizeof(cwd)) ? path_below(path, str_of(cwd)) : path);
}

/* dir: what paths in it are relative to; empty: its folder. */
static int read_file(struct config *c, struct str path, struct str dir, bool repository,
                     void (*reader)(struct config *c, const struct config_file *f), struct err *err)
{
	struct source *src;
	c->layer++;
	if (!is_file(path)) /* a folder of that name is somebody else's */
		return 0;
	if (source_load(&src, &c->sources, arena_cstr(&c->arena, path), err) < 0)
		return -1;
	src->path = str_of(shown(c, path));
	*vec_add(&c->arena, &c->files) = src->path.p;
	struct config_file f = { .src = src, .dir = dir.n ? dir : path_dir(path), .repository = repository };
	reader(c, &f);
	return 0;
}

static bool same_file(struct str a, struct str b)
{
	struct stat x, y;
	return stat(a.p, &x) == 0 && stat(b.p, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* In the directory where the call starts, else in the repository's root. */
static struct str near_by(struct config *c, const struct project *p, const char *name)
{
	struct str here = path_join(&c->arena, p->dir, str_of(name));
	return is_file(here) ? here : path_join(&c->arena, p->root, str_of(name));
}

static int read_actrcs(struct config *c, const struct project *p, struct err *err)
{
	const char *home = getenv("HOME");
	struct str files[] = { in_config_home(&c->arena, "act/actrc"),
		               home && home[0] == '/' ? path_join(&c->arena, str_of(home), STR(".actrc")) : STR_EMPTY,
		               near_by(c, p, ".actrc") };
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again |= files[i].n && files[k].n && same_file(files[i], files[k]);
		if (!again && read_file(c, files[i], i == 2 ? STR_EMPTY : p->dir, false, config_read_actrc, err) < 0)
			return -1;
	}
	return 0;
}

/* The files that act reads without being told: below everything, so that naming another one replaces them. */
static void add_act_defaults(struct config *c, const struct project *p)
{
	static const char *const files[][2] = {
		{ ".env", "env-file" }, { ".secrets", "secret-file" }, { ".vars", "var-file" }, { ".input", "input-file" }
	};
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct str path = near_by(c, p, files[i][0]), here = str_of(files[i][0]);
		const struct sidestep_config_key *key = config_key(c, NULL, str_of(files[i][1]));
		if (!key || !is_file(path))
			continue;
		const char *name = shown(c, path);
		*vec_add(&c->arena, &c->files) = name;
		*vec_add(&c->arena, &c->items) =
			(struct sidestep_config_item) { .key = key,
			                                .value = str_eq(path_dir(path), p->dir) ? here.p
			                                                                        : arena_cstr(&c->arena, path),
			                                .layer = c->layer,
			                                .file = name };
	}
}

static int read_all(struct config *c, const struct project *p, bool act_files, struct err *err)
{
	if (act_files)
		add_act_defaults(c, p);
	if (read_file(c, in_config_home(&c->arena, "sidestep/config.yml"), STR_EMPTY, false, config_read_yaml, err) < 0 ||
	    read_file(c, path_join(&c->arena, p->root, STR(".sidestep.yml")), STR_EMPTY, true, config_read_yaml, err) < 0)
		return -1;
	return act_files ? read_actrcs(c, p, err) : 0;
}

static void say_unused(const struct config *c, struct buf *said)
{
	for (size_t i = 0; i < c->unused.n; i++)
		buf_addf(said, "%s%.*s",
		         i ? ", " : "sidestep: note: options of act that have no effect here: ", STRF(c->unused.v[i]));
	if (c->unused.n)
		buf_addc(said, '\n');
}

static enum sidestep_status load(struct config *c, const char *directory, bool act_files, const struct sidestep_render *render,
                                 struct buf *said)
{
	struct err err = ERR_INIT;
	struct project p;
	int rc = project_open(&p, directory, &err);
	if (rc == 0)
		rc = read_all(c, &p, act_files, &err);
	project_done(&p);
	text_diags(said, &c->diags, render);
	if (rc < 0) {
		text_error(said, &err);
		return err.kind == ERR_SYSTEM ? SIDESTEP_ENVIRONMENT : SIDESTEP_USAGE;
	}
	if (c->diags.errors)
		return SIDESTEP_USAGE;
	say_unused(c, said);
	return SIDESTEP_OK;
}

enum sidestep_status sidestep_config_load(struct sidestep_config **out, const char *directory,
                                          const struct sidestep_config_key *keys, size_t nkeys, int act_files,
                                          const struct sidestep_render *render, struct sidestep_text *messages)
{
	struct config *c = xcalloc(1, sizeof(*c));
	struct buf said = BUF_INIT;
	c->keys = keys;
	c->nkeys = nkeys;
	c->sources.arena = c->diags.arena = &c->arena;
	c->diags.sources = &c->sources;
	enum sidestep_status status = load(c, directory, act_files, render, &said);
	text_take(messages, NULL, &said);
	c->shown = (struct sidestep_config) { c->items.v, c->items.n, c->files.v, c->files.n };
	*out = &c->shown;
	if (status != SIDESTEP_OK) {
		sidestep_config_free(*out);
		*out = NULL;
	}
	return status;
}

void sidestep_config_free(struct sidestep_config *config)
{
	struct config *c = (struct config *)config;
	if (!c)
		return;
	arena_done(&c->arena);
	free(c);
}
