/* Making a job's tool cache; see helper.h. An entry is made beside its place, where it gets by rename: two steps at once do not
 * disturb each other, and what is there is whole. */
#include "tools/helper.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "base/remove.h"
#include "tools/installed.h"

enum { FILE_MAX = 1 << 20 };

struct making {
	struct search q;
	struct tool_request request;
	const struct tool_ops *ops;
	const char *view, *cache, *arch;
	struct buf answer;
};

static const struct tool_ops *const kinds[TOOL_COUNT] = {
	[TOOL_NODE] = &tool_node, [TOOL_PYTHON] = &tool_python, [TOOL_GO] = &tool_go, [TOOL_JAVA] = &tool_java
};

/* ---- what the tool cache has ---- */

static bool is_complete(struct making *m, const char *root, struct str folder, struct str number)
{
	const char *marker = arena_printf(m->q.a, "%s/%.*s/%.*s/%s.complete", root, STRF(folder), STRF(number), m->arch).p;
	return file_exists(marker) && file_is_dir(arena_cstr(m->q.a, str_to(str_of(marker), strlen(marker) - 9)));
}

/* Whether it has a version in this range that is as new as `than` (NULL: any): then the action takes that. */
static bool cache_is_as_new(struct making *m, struct str folder, struct str range, const struct installed *than)
{
	struct str dir = arena_printf(m->q.a, "%s/%.*s", m->cache, STRF(folder));
	_cleanup_closedir_ DIR *d = m->cache[0] ? opendir(dir.p) : NULL;
	for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
		struct version v;
		struct str name = str_of(e->d_name), number = name;
		if (str_starts(folder, STR("Java_"))) /* the build, which is no pre-release there */
			number = str_to(name, str_find_c(name, '-', 0));
		if (version_read(&v, number) && range_has(range, &v) == RANGE_INSIDE &&
		    (!than || version_compare(&v, &than->version) >= 0) && is_complete(m, m->cache, folder, name))
			return true;
	}
	return false;
}

/* The action sees these as well: a link for each version that is not there yet. */
static void link_cached_versions(struct making *m, struct str folder)
{
	struct str from = arena_printf(m->q.a, "%s/%.*s", m->cache, STRF(folder));
	_cleanup_closedir_ DIR *d = m->cache[0] ? opendir(from.p) : NULL;
	for (struct dirent *e; d && (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.' && is_complete(m, m->cache, folder, str_of(e->d_name))) {
			struct str to = arena_printf(m->q.a, "%s/%.*s/%s", m->view, STRF(folder), e->d_name);
			if (symlink(path_join(m->q.a, from, str_of(e->d_name)).p, to.p) < 0 && errno != EEXIST)
				return; /* then it is fetched again */
		}
}

/* ---- an entry ---- */

static int make_entry(struct making *m, const struct installed *tool, const char *beside, const char *place, struct err *err)
{
	struct arena *a = m->q.a;
	const char *into = arena_printf(a, "%s/%s", beside, m->arch).p;
	const char *later = arena_printf(a, "%s/%s", place, m->arch).p;
	if (file_mkdirs(beside, 0700, err) < 0 || m->ops->lay_out(&m->q, tool, into, later, err) < 0 ||
	    file_write(arena_printf(a, "%s.complete", into).p, STR_EMPTY, 0600, err) < 0)
		return -1;
	if (rename(beside, place) == 0 || is_complete(m, m->view, tool->folder, tool->number))
		return 0;
	return err_errno(err, "%s", place);
}

/* False: it cannot be, and that is all the answer. */
static bool serve_tool(struct making *m, const struct installed *tool)
{
	struct err err = ERR_INIT;
	struct arena *a = m->q.a;
	const char *place = arena_printf(a, "%s/%.*s/%.*s", m->view, STRF(tool->folder), STRF(tool->number)).p;
	const char *beside =
		arena_printf(a, "%s/%.*s/.%.*s.%ld", m->view, STRF(tool->folder), STRF(tool->number), (long)getpid()).p;
	bool ok = is_complete(m, m->view, tool->folder, tool->number) || make_entry(m, tool, beside, place, &err) == 0;
	remove_some(beside, SIZE_MAX, NULL);
	if (!ok)
		buf_clear(&m->answer);
	buf_addf(&m->answer, "%s %.*s %.*s\t%.*s\n", ok ? "served" : "refused", STRF(tool->name), STRF(tool->number),
	         STRF(ok ? tool->program : str_of(err.text)));
	return ok;
}

/* ---- which ones ---- */

static const struct installed *newest_in(const struct making *m, struct str range)
{
	const struct installed *best = NULL;
	for (size_t i = 0; i < m->q.found.n; i++) {
		const struct installed *tool = &m->q.found.v[i];
		if (range_has(range, &tool->version) == RANGE_INSIDE &&
		    (!best || version_compare(&tool->version, &best->version) > 0))
			best = tool;
	}
	return best;
}

/* Of each range the newest version. False: of some there is none, neither here nor in the tool cache. The action would download
 * that, and into the view, with which it would go; so it shall see the user's tool cache, where it stays. */
static bool choose(struct making *m, bool *chosen)
{
	for (size_t i = 0; m->q.found.n && i < m->request.specs.n; i++) {
		struct str range = m->request.specs.v[i];
		const struct installed *best = newest_in(m, range);
		if (cache_is_as_new(m, best ? best->folder : m->q.found.v[0].folder, range, best))
			continue;
		if (!best)
			return false;
		chosen[best - m->q.found.v] = true;
	}
	return true;
}

/* All or nothing, for the same reason: one that cannot be served takes the others with it. */
static void serve_chosen(struct making *m)
{
	size_t n = m->q.found.n;
	bool *chosen = arena_array(m->q.a, bool, n + 1);
	if (!choose(m, chosen))
		return;
	for (size_t i = 0; i < n; i++) {
		if (!chosen[i])
			continue;
		if (!serve_tool(m, &m->q.found.v[i]))
			return;
		link_cached_versions(m, m->q.found.v[i].folder);
	}
}

/* ---- the call ---- */

static bool read_call(struct making *m, int argc, char **argv)
{
	struct arena *a = m->q.a;
	enum tool_kind kind = 0;
	while (kind < TOOL_COUNT && strcmp(argv[4], tool_names[kind]) != 0)
		kind++;
	m->arch = tool_arch();
	if (kind == TOOL_COUNT || !m->arch)
		return false;
	m->view = argv[2];
	m->cache = argv[3];
	m->ops = kinds[kind];
	m->request = (struct tool_request) { .kind = kind, .distribution = str_of(argv[5]), .file = str_of(argv[6]) };
	for (int i = TOOLS_ARGUMENTS; i < argc; i++)
		*vec_add(a, &m->request.specs) = str_of(argv[i]);
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (!m->request.specs.n && m->request.file.n && file_read_regular(&text, argv[6], FILE_MAX, NULL) == 0)
		tool_request_add_file(&m->request, a, buf_str(&text));
	return tool_request_is_of_ranges(&m->request);
}

int tools_main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct making m = { .q = { .a = &a, .environ = environ } };
	m.q.request = &m.request;
	if (argc >= TOOLS_ARGUMENTS && read_call(&m, argc, argv) &&
	    (m.q.host = host_real_new(&(struct host_options) { .flags = HOST_NO_CGROUP }, &err)) != NULL) {
		m.ops->find(&m.q);
		serve_chosen(&m);
		m.q.host->ops->free(m.q.host);
	}
	int rc = file_write_all(STDOUT_FILENO, buf_str(&m.answer).p, m.answer.n);
	buf_done(&m.answer);
	arena_done(&a);
	return rc < 0 ? 1 : 0;
}
