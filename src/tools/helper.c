/* Making a job's tool cache; see helper.h. An entry is made beside its place, where it gets by rename: two steps at once do not
 * disturb each other, and what is there is whole. */
#include "tools/helper.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "base/remove.h"
#include "tools/installed.h"

enum { FILE_MAX = 1 << 20, SERVED_MAX = 12 };

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

/* Whether it has a version in this range that is as new: then the action takes that. */
static bool cache_is_as_new(struct making *m, const struct installed *tool, struct str range)
{
	struct str dir = arena_printf(m->q.a, "%s/%.*s", m->cache, STRF(tool->folder));
	_cleanup_closedir_ DIR *d = m->cache[0] ? opendir(dir.p) : NULL;
	for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
		struct version v;
		struct str name = str_of(e->d_name), number = name;
		if (str_starts(tool->folder, STR("Java_"))) /* the build, which is no pre-release there */
			number = str_to(name, str_find_c(name, '-', 0));
		if (version_read(&v, number) && range_has(range, &v) == RANGE_INSIDE &&
		    version_compare(&v, &tool->version) >= 0 && is_complete(m, m->cache, tool->folder, name))
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

/* Whether it was made here. */
static bool serve_tool(struct making *m, const struct installed *tool)
{
	struct err err = ERR_INIT;
	struct arena *a = m->q.a;
	const char *place = arena_printf(a, "%s/%.*s/%.*s", m->view, STRF(tool->folder), STRF(tool->number)).p;
	const char *beside =
		arena_printf(a, "%s/%.*s/.%.*s.%ld", m->view, STRF(tool->folder), STRF(tool->number), (long)getpid()).p;
	bool ok = is_complete(m, m->view, tool->folder, tool->number) || make_entry(m, tool, beside, place, &err) == 0;
	remove_some(beside, SIZE_MAX, NULL);
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

/* The newest one of its minor versions: what an alias may mean, among many. */
static bool is_newest_of_minor(const struct making *m, const struct installed *tool)
{
	for (size_t i = 0; i < m->q.found.n; i++) {
		const struct installed *other = &m->q.found.v[i];
		if (str_eq(other->folder, tool->folder) && other->version.part[0] == tool->version.part[0] &&
		    other->version.part[1] == tool->version.part[1] && version_compare(&other->version, &tool->version) > 0)
			return false;
	}
	return true;
}

static void mark(bool *chosen, const struct making *m, const struct installed *tool)
{
	if (tool)
		chosen[tool - m->q.found.v] = true;
}

/* Of a range the newest version; of an alias, whose meaning only the action knows, all that it could be. */
static void choose(struct making *m, bool *chosen)
{
	static const struct version any = { { 0, 0, 0 } };
	for (size_t i = 0; i < m->request.specs.n; i++) {
		struct str range = m->request.specs.v[i];
		bool alias = range_has(range, &any) == RANGE_UNKNOWN || str_is(range, "*");
		const struct installed *best = alias ? NULL : newest_in(m, range);
		if (best && !cache_is_as_new(m, best, range))
			mark(chosen, m, best);
		for (size_t k = 0; alias && k < m->q.found.n; k++)
			if (is_newest_of_minor(m, &m->q.found.v[k]))
				mark(chosen, m, &m->q.found.v[k]);
	}
}

static void serve_chosen(struct making *m)
{
	size_t n = m->q.found.n, served = 0;
	bool *chosen = arena_array(m->q.a, bool, n + 1);
	choose(m, chosen);
	for (size_t i = 0; i < n && served < SERVED_MAX; i++) {
		const struct installed *tool = &m->q.found.v[i];
		if (!chosen[i] || is_complete(m, m->cache, tool->folder, tool->number))
			continue;
		served += serve_tool(m, tool);
		link_cached_versions(m, tool->folder);
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
	return m->request.specs.n > 0;
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
