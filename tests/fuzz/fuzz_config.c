/* Configuration files with any bytes, as the user's own and as the repository's. The first byte says which file it is. Of the
 * repository's, nothing that belongs to the user may come out. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const choices[] = { "text", "json", "quiet", NULL };

/* One of each kind, under names that both forms know. */
static const struct sidestep_config_key keys[] = {
	{ .name = "workflows", .kind = SIDESTEP_CONFIG_LIST, .flags = SIDESTEP_CONFIG_PATH | SIDESTEP_CONFIG_INSIDE },
	{ .name = "env-file", .kind = SIDESTEP_CONFIG_LIST, .flags = SIDESTEP_CONFIG_PATH | SIDESTEP_CONFIG_INSIDE },
	{ .name = "env",
	  .kind = SIDESTEP_CONFIG_PAIRS,
	  .separator = '=',
	  .form = "NAME=VALUE",
	  .flags = SIDESTEP_CONFIG_BY_NAME },
	{ .name = "matrix", .kind = SIDESTEP_CONFIG_PAIRS, .separator = ':', .form = "KEY:VALUE" },
	{ .name = "local-repository",
	  .kind = SIDESTEP_CONFIG_PAIRS,
	  .separator = '=',
	  .form = "OWNER/REPO=DIR",
	  .flags = SIDESTEP_CONFIG_PATH | SIDESTEP_CONFIG_INSIDE | SIDESTEP_CONFIG_BY_NAME },
	{ .name = "secret",
	  .kind = SIDESTEP_CONFIG_NAMES,
	  .separator = '=',
	  .form = "NAME[=VALUE]",
	  .flags = SIDESTEP_CONFIG_PRIVATE | SIDESTEP_CONFIG_BY_NAME },
	{ .name = "platform", .kind = SIDESTEP_CONFIG_PAIRS, .separator = '=', .form = "LABEL=host", .users = "host" },
	{ .name = "github-url", .kind = SIDESTEP_CONFIG_TEXT, .flags = SIDESTEP_CONFIG_PRIVATE },
	{ .name = "in-place", .kind = SIDESTEP_CONFIG_FLAG, .users = "true" },
	{ .name = "offline", .kind = SIDESTEP_CONFIG_FLAG, .users = "false" },
	{ .name = "max-parallel", .kind = SIDESTEP_CONFIG_NUMBER, .least = 1 },
	{ .name = "format", .kind = SIDESTEP_CONFIG_CHOICE, .choices = choices },
	{ .name = "watch", .kind = SIDESTEP_CONFIG_ANY },
	{ .section = "check", .name = "format", .kind = SIDESTEP_CONFIG_CHOICE, .choices = choices },
};

static void look_at(const struct sidestep_config_item *item, const struct source *src)
{
	size_t n = strlen(item->key->name);
	bool said = str_find(src->text, STR("kept-by"), 0) != SIZE_MAX;
	if (n == 0 || item->line == 0 || item->line > src->nlines)
		abort();
	if (!item->repository)
		return;
	if ((item->key->flags & SIDESTEP_CONFIG_PRIVATE) || (item->key->users && str_is(str_of(item->value), item->key->users)) ||
	    (!said && str_find(str_of(item->value), STR("kept-by-the-user"), 0) != SIZE_MAX))
		abort();
	if (item->key->kind == SIDESTEP_CONFIG_LIST && item->value[0] && !str_starts(str_of(item->value), STR("/proc/self")))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	struct config c = { .keys = keys, .nkeys = ARRAY_LEN(keys), .root = STR("/proc/self") };
	c.sources.arena = c.diags.arena = &c.arena;
	c.diags.sources = &c.sources;
	c.root_fd = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	setenv("HIDDEN", "kept-by-the-user", 1);
	struct source *src = source_add(&c.sources, STR("fuzz"), str_n((const char *)data + 1, size - 1));
	struct config_file f = { .src = src, .dir = STR("/proc/self/fd"), .repository = data[0] & 1 };
	if (data[0] & 2)
		config_read_actrc(&c, &f);
	else
		config_read_yaml(&c, &f);
	trust_judge(&c);
	for (size_t i = 0; i < c.items.n; i++)
		look_at(&c.items.v[i], src);
	_cleanup_buf_ struct buf out = BUF_INIT;
	for (size_t i = 0; i < c.diags.n && i < 20; i++)
		diag_render(&out, &c.diags, &c.diags.v[i], i & 1, 40 + (int)(size % 100));
	close(c.root_fd);
	arena_done(&c.arena);
	return 0;
}
