/* Java: a JDK's file `release` says who made it and which version it is. Only makers that setup-java knows by a name of their own
 * count: a distribution's OpenJDK is no Temurin. A JDK may be used by a link. */
#include <errno.h>

#include "base/file.h"
#include "base/path.h"
#include "tools/installed.h"

static const struct {
	const char *implementor, *distribution, *folder;
} makers[] = {
	{ "Eclipse Adoptium", "temurin", "Temurin-Hotspot" },
	{ "Azul Systems, Inc.", "zulu", "Zulu" },
	{ "Amazon.com Inc.", "corretto", "Corretto" },
	{ "Microsoft", "microsoft", "Microsoft" },
	{ "BellSoft", "liberica", "Liberica" },
	{ "SAP SE", "sapmachine", "SapMachine" },
	{ "Alibaba", "dragonwell", "Dragonwell" },
	{ "JetBrains s.r.o.", "jetbrains", "JetBrains" },
	{ "Tencent", "kona", "Kona" },
};

static const struct shelf shelves[] = {
	{ NULL, NULL, NULL, "/usr/lib/jvm", "", "" },
	{ NULL, NULL, NULL, "/opt/java", "", "" },
	{ "SDKMAN_DIR", NULL, ".sdkman", "candidates/java", "", "" },
	{ NULL, NULL, ".jdks", "", "", "" },
	{ "ASDF_DATA_DIR", NULL, ".asdf", "installs/java", "", "" },
	{ "MISE_DATA_DIR", NULL, ".local/share/mise", "installs/java", "", "" },
};

static struct str release_value(struct str text, const char *key)
{
	struct str line;
	size_t n = strlen(key);
	while (str_next_line(&text, &line))
		if (str_starts(line, str_of(key)) && line.n > n + 2 && line.p[n] == '=' && line.p[n + 1] == '"')
			return str_to(str_from(line, n + 2), str_find_c(str_from(line, n + 2), '"', 0));
	return STR_EMPTY;
}

/* "25.0.3+9-LTS" → 25.0.3-9, "17.0.8.1+1" → 17.0.8-101 (as Temurin counts), "1.8.0_392-b08" → 8.0.392-8. */
static bool read_java_version(struct installed *out, struct arena *a, struct str text)
{
	unsigned n[4] = { 0 }, build = 0;
	int end = 0;
	const char *s = arena_cstr(a, text);
	if (sscanf(s, "1.8.0_%9u-b%9u", &n[2], &build) == 2) {
		n[0] = 8;
	} else if (sscanf(s, "%9u%n", &n[0], &end) == 1) {
		for (size_t i = 1; i < 4 && s[end] == '.'; i++) {
			int more = 0;
			if (sscanf(s + end, ".%9u%n", &n[i], &more) != 1)
				return false;
			end += more;
		}
		if (s[end] == '.' || sscanf(s + end, "+%9u", &build) != 1)
			return false;
	} else {
		return false;
	}
	out->version = (struct version) { { n[0], n[1], n[2] } };
	out->number = arena_printf(a, "%u.%u.%u-%u", n[0], n[1], n[2], n[3] * 100 + build);
	return true;
}

static void see_jdk(struct search *q, struct str dir)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct installed tool = { .home = search_real(q, dir) };
	if (!tool.home.n || file_read_regular(&text, path_join(q->a, tool.home, STR("release")).p, 64 << 10, NULL) != 0)
		return;
	tool.program = path_join(q->a, tool.home, STR("bin/java"));
	if (access(tool.program.p, X_OK) != 0 || access(path_join(q->a, tool.home, STR("bin/javac")).p, X_OK) != 0)
		return;
	struct str version = release_value(buf_str(&text), "JAVA_RUNTIME_VERSION");
	if (!version.n)
		version = release_value(buf_str(&text), "FULL_VERSION");
	if (!read_java_version(&tool, q->a, version) || !search_wants(q, &tool.version))
		return;
	struct str implementor = release_value(buf_str(&text), "IMPLEMENTOR"), wanted = q->request->distribution;
	for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
		if (!str_is(implementor, makers[i].implementor) || (wanted.n && !str_is_nocase(wanted, makers[i].distribution)))
			continue;
		tool.folder = arena_printf(q->a, "Java_%s_jdk", makers[i].folder);
		tool.name = arena_printf(q->a, "Java (%s)", makers[i].distribution);
		search_add(q, &tool);
	}
}

static void see_java(struct search *q, struct str path)
{
	see_jdk(q, path_dir(path_dir(search_real(q, path))));
}

static void find_java(struct search *q)
{
	struct str home = search_environ(q, "JAVA_HOME");
	if (home.n)
		see_jdk(q, home);
	search_path(q, "java", see_java);
	for (size_t i = 0; i < ARRAY_LEN(shelves); i++)
		search_shelf(q, &shelves[i], see_jdk);
}

static int link_jdk(struct search *q, const struct installed *tool, const char *into, const char *later, struct err *err)
{
	(void)q;
	(void)later;
	return symlink(tool->home.p, into) < 0 ? err_errno(err, "%s", into) : 0;
}

const struct tool_ops tool_java = { find_java, link_jdk };
