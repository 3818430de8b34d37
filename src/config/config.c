/* Which configuration files there are, whose they are, in which order they count, and the checks that all of them share. What a
 * file of the repository may say is in trust.c. */
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "answer/text.h"
#include "base/beneath.h"
#include "base/clean.h"
#include "base/file.h"
#include "base/path.h"
#include "git/run.h"
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
	diag_add(&c->diags, RULE_CONFIG_VALUE, at, "%s needs a whole number of at least %d, not '%.*s'", key->name, key->least,
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
	struct diag *d = diag_add(&c->diags, RULE_CONFIG_VALUE, at, "%s cannot be '%.*s', only %s", key->name, STRF(value),
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
	diag_add(&c->diags, RULE_CONFIG_VALUE, at, "%s needs %s, not '%.*s'", key->name, key->form, STRF(value));
	return false;
}

static bool check(struct config *c, const struct sidestep_config_key *key, struct str value, struct span at)
{
	if (memchr(value.p, 0, value.n)) {
		diag_add(&c->diags, RULE_CONFIG_VALUE, at, "%s cannot hold a NUL", key->name);
		return false;
	}
	switch (key->kind) {
	case SIDESTEP_CONFIG_FLAG:
		if (str_is(value, "true") || str_is(value, "false"))
			return true;
		diag_add(&c->diags, RULE_CONFIG_VALUE, at, "%s is true or false, not '%.*s'", key->name, STRF(value));
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

void config_add(struct config *c, const struct config_file *f, const struct sidestep_config_key *key, struct str value,
                struct span at)
{
	if (!check(c, key, value, at))
		return;
	value = placed(c, key, f->dir, value);
	const char *why = f->repository ? trust_refusal(c, key, value) : NULL;
	if (why) {
		trust_claim(c, key, value, at, why);
		return;
	}
	*vec_add(&c->arena, &c->items) = (struct sidestep_config_item) { .key = key,
		                                                         .value = arena_cstr(&c->arena, value),
		                                                         .layer = c->layer,
		                                                         .file = arena_cstr(&c->arena, f->src->path),
		                                                         .line = source_line_at(f->src, at.from),
		                                                         .repository = f->repository };
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

const char *config_users_file(struct config *c)
{
	struct str path = in_config_home(&c->arena, "sidestep/config.yml");
	const char *home = getenv("HOME");
	struct str below = path.n ? path_below(path, str_of(home)) : STR("~/.config/sidestep/config.yml");
	return below.n < path.n ? arena_printf(&c->arena, "~/%.*s", STRF(below)).p : arena_cstr(&c->arena, path.n ? path : below);
}

/* How a file is called: relative when it lies below where the call starts. */
static const char *shown(struct config *c, struct str path)
{
	char cwd[PATH_MAX];
	return arena_cstr(&c->arena, getcwd(cwd, sizeof(cwd)) ? path_below(path, str_of(cwd)) : path);
}

/* A file of the repository that lies elsewhere, or is not to be had from there: a claim about the whole of it. */
static void claim_file(struct config *c, struct str path, const struct sidestep_config_key *key, const char *why)
{
	const struct source *src = source_add(&c->sources, str_of(shown(c, path)), STR_EMPTY);
	trust_claim(c, key, path, (struct span) { .file = src->id }, why);
}

/* Whether a file of the repository is there; one that leads out of it is, too, and a pipe. *st: of what is there. */
static bool is_there(struct config *c, struct str path, struct stat *st)
{
	const char *below = arena_cstr(&c->arena, path_below(path, c->root));
	_cleanup_close_ int fd = beneath_open(c->root_fd, below, O_PATH, 0);
	*st = (struct stat) { 0 };
	return fd < 0 ? errno == EXDEV : fstat(fd, st) == 0 && !S_ISDIR(st->st_mode);
}

#define NO_FILE "is not a regular file"

/* 1: there is no such file, or what is in its place is said already. A folder of that name is somebody else's. */
static int read_text(struct config *c, struct str path, bool repository, struct buf *text, struct err *err)
{
	struct stat st;
	if (!repository)
		return file_read_if_there(text, arena_cstr(&c->arena, path), SOURCE_MAX, err);
	int rc = beneath_read(text, c->root_fd, arena_cstr(&c->arena, path_below(path, c->root)), SOURCE_MAX, err);
	if (rc == 1 && is_there(c, path, &st))
		claim_file(c, path, NULL, NO_FILE);
	if (rc >= 0 || err->errnum != EXDEV)
		return rc;
	claim_file(c, path, NULL, "is a link that leads out of the repository");
	return 1;
}

/* dir: what paths in it are relative to; empty: its folder. */
static int read_file(struct config *c, struct str path, struct str dir, bool repository,
                     void (*reader)(struct config *c, const struct config_file *f), struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	c->layer++;
	int rc = path.n ? read_text(c, path, repository, &text, err) : 1;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	struct source *src = source_add(&c->sources, str_of(shown(c, path)), buf_str(&text));
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
	struct stat st;
	struct str here = path_join(&c->arena, p->dir, str_of(name));
	return is_there(c, here, &st) ? here : path_join(&c->arena, p->root, str_of(name));
}

static int read_actrcs(struct config *c, const struct project *p, struct err *err)
{
	const char *home = getenv("HOME");
	struct str files[] = { in_config_home(&c->arena, "act/actrc"),
		               home && home[0] == '/' ? path_join(&c->arena, str_of(home), STR(".actrc")) : STR_EMPTY,
		               near_by(c, p, ".actrc") };
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		bool again = false, here = i == 2;
		for (size_t k = 0; k < i; k++)
			again |= files[i].n && files[k].n && same_file(files[i], files[k]);
		if (!again && read_file(c, files[i], here ? STR_EMPTY : p->dir, here, config_read_actrc, err) < 0)
			return -1;
	}
	return 0;
}

/* NULL: a file of secrets is the user's own, put there and kept out of the repository; else why it is not. */
static const char *not_the_users(struct config *c, const struct project *p, struct str path, const struct stat *st)
{
	_cleanup_buf_ struct buf listed = BUF_INIT;
	if (st->st_uid != geteuid())
		return "holds secrets and belongs to somebody else";
	if (!p->repo)
		return NULL;
	const char *below = arena_cstr(&c->arena, path_below(path, c->root));
	static const char *const literally[] = { "GIT_LITERAL_PATHSPECS=1", NULL };
	struct git_call call = { .repo = p->repo,
		                 .index = true,
		                 .args = GIT("ls-files", "-z", "--", below),
		                 .dir = arena_cstr(&c->arena, c->root),
		                 .env = literally };
	if (git_run(&call, &listed, NULL) < 0)
		return "holds secrets, and git cannot say whether it came with the repository";
	return listed.n ? "holds secrets and is tracked by git" : NULL;
}

/* One of the files that act reads without being told: below everything, so that naming another one replaces them. */
static void add_act_default(struct config *c, const struct project *p, const char *name, const char *option)
{
	struct stat st;
	struct str path = near_by(c, p, name);
	const struct sidestep_config_key *key = config_key(c, NULL, str_of(option));
	if (!key || !is_there(c, path, &st))
		return;
	const char *why = !st.st_mode                            ? "is a link that leads out of the repository"
	                  : !S_ISREG(st.st_mode)                 ? NO_FILE
	                  : key->flags & SIDESTEP_CONFIG_PRIVATE ? not_the_users(c, p, path, &st)
	                                                         : NULL;
	if (why) {
		claim_file(c, path, key, why);
		return;
	}
	const char *file = shown(c, path);
	*vec_add(&c->arena, &c->files) = file;
	*vec_add(&c->arena, &c->items) =
		(struct sidestep_config_item) { .key = key,
		                                .value = str_eq(path_dir(path), p->dir) ? name : arena_cstr(&c->arena, path),
		                                .layer = c->layer,
		                                .file = file,
		                                .repository = true };
}

static void add_act_defaults(struct config *c, const struct project *p)
{
	static const char *const files[][2] = {
		{ ".env", "env-file" }, { ".secrets", "secret-file" }, { ".vars", "var-file" }, { ".input", "input-file" }
	};
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		add_act_default(c, p, files[i][0], files[i][1]);
}

static int read_all(struct config *c, const struct project *p, bool act_files, struct err *err)
{
	c->root = p->root;
	c->root_fd = open(arena_cstr(&c->arena, p->root), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->root_fd < 0)
		return err_errno(err, "%.*s", STRF(p->root));
	if (act_files)
		add_act_defaults(c, p);
	if (read_file(c, in_config_home(&c->arena, "sidestep/config.yml"), STR_EMPTY, false, config_read_yaml, err) < 0 ||
	    read_file(c, path_join(&c->arena, p->root, STR(".sidestep.yml")), STR_EMPTY, true, config_read_yaml, err) < 0 ||
	    (act_files && read_actrcs(c, p, err) < 0))
		return -1;
	trust_judge(c);
	return 0;
}

static void say_unused(const struct config *c, struct buf *said)
{
	for (size_t i = 0; i < c->unused.n; i++) {
		buf_adds(said, i ? ", " : "sidestep: note: options of act that have no effect here: ");
		clean_append(said, c->unused.v[i]);
	}
	if (c->unused.n)
		buf_addc(said, '\n');
}

static enum sidestep_status load(struct config *c, const struct sidestep_config_query *query,
                                 const struct sidestep_render *render, struct buf *said)
{
	struct err err = ERR_INIT;
	struct project p;
	int rc = project_open(&p, query->directory, &err);
	if (rc == 0)
		rc = read_all(c, &p, query->act_files, &err);
	if (c->root_fd >= 0)
		close(c->root_fd);
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

enum sidestep_status sidestep_config_load(struct sidestep_config **out, const struct sidestep_config_query *query,
                                          const struct sidestep_render *render, struct sidestep_text *messages)
{
	struct config *c = xcalloc(1, sizeof(*c));
	struct buf said = BUF_INIT;
	c->keys = query->keys;
	c->nkeys = query->nkeys;
	c->given = query->given;
	c->ngiven = query->ngiven;
	c->root_fd = -1;
	c->sources.arena = c->diags.arena = &c->arena;
	c->diags.sources = &c->sources;
	enum sidestep_status status = load(c, query, render, &said);
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
