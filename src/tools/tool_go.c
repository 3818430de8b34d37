/* Go: a folder (GOROOT) that finds its own parts wherever it is called from, so a link to it is enough. */
#include <errno.h>

#include "base/file.h"
#include "base/path.h"
#include "tools/installed.h"

static const struct shelf shelves[] = {
	{ NULL, NULL, NULL, "/usr/local", "go", "" },
	{ NULL, NULL, NULL, "/usr/lib", "go", "" },
	{ NULL, NULL, "sdk", "", "go", "" },
	{ "GOENV_ROOT", NULL, ".goenv", "versions", "", "" },
	{ "GVM_ROOT", NULL, ".gvm", "gos", "go", "" },
	{ "ASDF_DATA_DIR", NULL, ".asdf", "installs/golang", "", "go" },
	{ "MISE_DATA_DIR", NULL, ".local/share/mise", "installs/go", "", "" },
	{ "GOMODCACHE", "golang.org", "go/pkg/mod/golang.org", "", "toolchain@", "" },
};

/* Its file VERSION begins with "go1.26.8"; a release candidate is none of the versions that are asked for. */
static void see_goroot(struct search *q, struct str dir)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str home = search_real(q, dir), line = STR_EMPTY, rest;
	struct version v;
	if (!home.n || file_read_regular(&text, path_join(q->a, home, STR("VERSION")).p, 4096, NULL) != 0)
		return;
	rest = buf_str(&text);
	str_next_line(&rest, &line);
	line = str_to(line, str_find_c(line, ' ', 0));
	struct str program = path_join(q->a, home, STR("bin/go"));
	if (!str_starts(line, STR("go")) || !version_read(&v, str_from(line, 2)) || !search_wants(q, &v) ||
	    access(program.p, X_OK) != 0)
		return;
	search_add(q, &(struct installed) { .version = v,
	                                    .number = arena_printf(q->a, "%u.%u.%u", v.part[0], v.part[1], v.part[2]),
	                                    .folder = STR("go"),
	                                    .name = STR("Go"),
	                                    .home = home,
	                                    .program = program });
}

static void see_program(struct search *q, struct str path)
{
	see_goroot(q, path_dir(path_dir(search_real(q, path))));
}

static void find_go(struct search *q)
{
	search_path(q, "go", see_program);
	for (size_t i = 0; i < ARRAY_LEN(shelves); i++)
		search_shelf(q, &shelves[i], see_goroot);
}

static int link_home(struct search *q, const struct installed *tool, const char *into, const char *later, struct err *err)
{
	(void)q;
	(void)later;
	return symlink(tool->home.p, into) < 0 ? err_errno(err, "%s", into) : 0;
}

const struct tool_ops tool_go = { find_go, link_home };
