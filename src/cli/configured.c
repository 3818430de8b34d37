/* The command line is read twice: first for where to start, then on top of what the files say. */
#include "cli/configured.h"

#include <errno.h>
#include <sys/stat.h>

#include "cli/verbs.h"

enum { MAX_KEYS = 128 };

/* One key of a file and the row it stands for. */
struct keys {
	struct sidestep_config_key key[MAX_KEYS];
	const struct opt *row[MAX_KEYS];
	size_t n;
};

static enum sidestep_config_kind kind_of(const struct opt *o)
{
	switch (o->kind) {
	case OPT_FLAG:
		return SIDESTEP_CONFIG_FLAG;
	case OPT_NUMBER:
		return SIDESTEP_CONFIG_NUMBER;
	case OPT_TEXT:
		return SIDESTEP_CONFIG_TEXT;
	case OPT_LIST:
		return o->config == CONFIG_SECRET ? SIDESTEP_CONFIG_NAMES : SIDESTEP_CONFIG_LIST;
	case OPT_PAIRS:
		return SIDESTEP_CONFIG_PAIRS;
	case OPT_CHOICE:
		return SIDESTEP_CONFIG_CHOICE;
	default:
		return SIDESTEP_CONFIG_ANY;
	}
}

static unsigned flags_of(const struct opt *o)
{
	bool by_name = o->config == CONFIG_BY_NAME || o->config == CONFIG_SECRET;
	return (complete_is_path(o->complete) ? SIDESTEP_CONFIG_PATH : 0) | (by_name ? SIDESTEP_CONFIG_BY_NAME : 0) |
	       (o->trust == TRUST_USER ? SIDESTEP_CONFIG_PRIVATE : 0) | (o->trust == TRUST_INSIDE ? SIDESTEP_CONFIG_INSIDE : 0);
}

static void add_keys(struct keys *k, const struct opt *o, const char *section)
{
	for (; !opt_is_end(o) && k->n < MAX_KEYS; o++) {
		if (o->kind == OPT_HEADING || o->kind == OPT_HELP || o->kind == OPT_VERSION || o->config == CONFIG_NOT_THERE)
			continue;
		k->key[k->n] = (struct sidestep_config_key) {
			.section = section,
			.name = o->name,
			.kind = kind_of(o),
			.least = o->value,
			.separator = o->kind == OPT_PAIRS ? (char)o->value : '=',
			.choices = o->choices,
			.form = o->arg,
			.flags = flags_of(o),
			.users = o->users,
		};
		k->row[k->n++] = o;
	}
}

static bool is_common(const struct opt *o)
{
	for (const struct opt *row = common_options; !opt_is_end(row); row++)
		if (row == o)
			return true;
	return false;
}

/* What the command line, which has been read into args, says. Of lists each entry, of all else that it is said. */
struct given {
	VEC(struct sidestep_config_given);
};

static void add_given(struct cli *c, struct given *g, const struct sidestep_config_key *key, const struct opt *o, const void *at)
{
	const struct opt_list *list = at;
	switch (o->kind) {
	case OPT_LIST:
	case OPT_PAIRS:
		for (size_t i = 0; i < list->n; i++)
			*vec_add(&c->arena, g) = (struct sidestep_config_given) { key, list->v[i] };
		break;
	case OPT_TEXT:
		if (*(const char *const *)at)
			*vec_add(&c->arena, g) = (struct sidestep_config_given) { key, *(const char *const *)at };
		break;
	case OPT_FLAG:
		if (*(const int *)at == (o->value ? o->value : 1))
			*vec_add(&c->arena, g) = (struct sidestep_config_given) { key, "true" };
		break;
	case OPT_NUMBER:
	case OPT_CHOICE:
		if (*(const int *)at)
			*vec_add(&c->arena, g) = (struct sidestep_config_given) { key, "" };
		break;
	default:
		break;
	}
}

static void find_given(struct cli *c, struct given *g, const struct keys *k, const struct configured *how)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct opt *o = k->row[i];
		if (!is_common(o) && str_eq(str_of(k->key[i].section), str_of(how->section)))
			add_given(c, g, &k->key[i], o, (const char *)how->args + o->at);
	}
}

/* What a file names must not make us wait: only on the command line a pipe is somebody's wish. NULL: it can be read. */
static const char *trouble_with(const struct configured *how, const char *path)
{
	_cleanup_buf_ struct buf full = BUF_INIT;
	struct stat st;

	if (path[0] != '/' && how->directory && *how->directory)
		buf_addf(&full, "%s/", *how->directory);
	buf_adds(&full, path);
	if (stat(buf_cstr(&full), &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? "is not there" : NULL; /* all else is told by who reads it */
	return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ? NULL : "is not a regular file";
}

/* Whether a stronger place says something else in place of item i. */
static bool is_replaced(const struct sidestep_config *files, size_t i, const struct given *given)
{
	for (size_t k = 0; k < given->n; k++)
		if (given->v[k].key == files->items[i].key)
			return true;
	for (size_t k = i + 1; k < files->n; k++)
		if (files->items[k].key == files->items[i].key && files->items[k].layer > files->items[i].layer)
			return true;
	return false;
}

static int check_file(struct cli *c, const struct configured *how, const struct sidestep_config *files, size_t i,
                      const struct given *given)
{
	const struct sidestep_config_item *item = &files->items[i];
	const char *trouble = is_replaced(files, i, given) ? NULL : trouble_with(how, item->value);
	return trouble ? cli_usage(c, "%s:%u: %s: %s %s", item->file, item->line, item->key->name, item->value, trouble)
	               : OPTIONS_GO_ON;
}

/* Items of other sections are for other verbs; they were only checked. */
static int apply(struct cli *c, const struct keys *k, const struct sidestep_config *files, const struct configured *how,
                 const struct given *given)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct sidestep_config_item *item = &files->items[i];
		const struct opt *o = k->row[item->key - k->key];
		bool common = is_common(o), same = str_eq(str_of(item->key->section), str_of(how->section));
		if (!common && !same)
			continue;
		bool file = o->complete == COMPLETE_FILES || o->complete == COMPLETE_WORKFLOWS;
		int code = file ? check_file(c, how, files, i, given) : OPTIONS_GO_ON;
		if (code != OPTIONS_GO_ON)
			return code;
		code = option_set(c, o, common ? (void *)c : how->args, arena_strdup(&c->arena, item->value), item->layer);
		if (code != OPTIONS_GO_ON) {
			cli_say("%s:%u: it was asked for there", item->file, item->line);
			return code;
		}
	}
	return OPTIONS_GO_ON;
}

static void say_files(const struct sidestep_config *files)
{
	for (size_t i = 0; i < files->nfiles; i++)
		cli_say("read %s", files->files[i]);
}

/* The messages of the library, unless they are notes that nobody wants. */
static int answer(const struct cli *c, enum sidestep_status status, struct sidestep_text *text, bool quiet)
{
	if (status == SIDESTEP_OK && quiet) {
		sidestep_text_done(text);
		return status;
	}
	return cli_result(c, status, text);
}

static int with_files(struct cli *c, int argc, char **argv, const struct keys *k, const struct configured *how)
{
	struct sidestep_config *files = NULL;
	struct sidestep_text text = { 0 };
	struct sidestep_render render = cli_render(c);
	bool quiet = how->verbosity && *how->verbosity < 0;
	const char *directory = *how->directory; /* also while the options are read again */
	struct configured here = *how;
	struct given given = { 0 };
	here.directory = &directory;
	find_given(c, &given, k, how);
	const struct sidestep_config_query query = { .directory = directory,
		                                     .keys = k->key,
		                                     .nkeys = k->n,
		                                     .given = given.v,
		                                     .ngiven = given.n,
		                                     .act_files = how->act_files };
	enum sidestep_status status = sidestep_config_load(&files, &query, &render, &text);
	int code = answer(c, status, &text, quiet);

	if (code != SIDESTEP_OK)
		return code;
	code = OPTIONS_GO_ON;
	if (files->n) {
		int color = c->color;
		memset(how->args, 0, how->size);
		c->color = COLOR_AUTO;
		code = apply(c, k, files, &here, &given);
		if (code == OPTIONS_GO_ON)
			code = options_parse(c, argc, argv, how->args);
		else
			c->color = color;
	}
	if (code == OPTIONS_GO_ON && how->verbosity && *how->verbosity > 0)
		say_files(files);
	sidestep_config_free(files);
	return code;
}

int options_parse_configured(struct cli *c, int argc, char **argv, const struct configured *how)
{
	struct keys k = { .n = 0 };
	int code = options_parse(c, argc, argv, how->args);

	if (code != OPTIONS_GO_ON || (how->off && *how->off))
		return code;
	add_keys(&k, run_options, NULL);
	add_keys(&k, common_options, NULL);
	add_keys(&k, check_options, "check");
	return with_files(c, argc, argv, &k, how);
}
