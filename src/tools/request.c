/* What setup actions ask for; see request.h. Sources: actions/setup-node, setup-python, setup-go, setup-java v5 to v7. */
#include "tools/request.h"

#include <sys/utsname.h>

#include "base/path.h"
#include "tools/range.h"

const char *const tool_names[TOOL_COUNT] = { "node", "python", "go", "java" };

static const struct {
	const char *repository, *version, *file;
} actions[TOOL_COUNT] = {
	[TOOL_NODE] = { "actions/setup-node", "node-version", "node-version-file" },
	[TOOL_PYTHON] = { "actions/setup-python", "python-version", "python-version-file" },
	[TOOL_GO] = { "actions/setup-go", "go-version", "go-version-file" },
	[TOOL_JAVA] = { "actions/setup-java", "java-version", "java-version-file" },
};

const char *tool_arch(void)
{
	struct utsname u = { 0 };
	uname(&u);
	return strcmp(u.machine, "x86_64") == 0 ? "x64" : strcmp(u.machine, "aarch64") == 0 ? "arm64" : NULL;
}

static struct str input(struct val with, const char *name)
{
	struct val v;
	if (with.kind != VAL_OBJECT || !val_get(with, str_of(name), &v) || v.kind != VAL_STRING)
		return STR_EMPTY;
	return str_trim(v.s);
}

/* ---- versions ---- */

/* "3.13-dev" is what comes before 3.13.0, and what follows up to 3.14. */
static struct str python_range(struct arena *a, struct str spec)
{
	static const struct str dev = { "-dev", 4 };
	if (str_ends(spec, dev))
		return arena_printf(a, "~%.*s.0-0", STRF(str_to(spec, spec.n - dev.n)));
	return spec;
}

static struct str java_range(struct arena *a, struct str spec)
{
	return str_starts(spec, STR("1.8")) ? arena_str(a, str_from(spec, 2)) : spec;
}

static void add_spec(struct tool_request *r, struct arena *a, struct str spec)
{
	spec = str_trim(spec);
	if (!spec.n)
		return;
	if (r->kind == TOOL_PYTHON)
		spec = python_range(a, spec);
	if (r->kind == TOOL_JAVA)
		spec = java_range(a, spec);
	*vec_add(a, &r->specs) = arena_str(a, spec);
}

static void add_lines(struct tool_request *r, struct arena *a, struct str text)
{
	struct str line;
	while (str_next_line(&text, &line))
		if (line.n && line.p[0] != '#')
			add_spec(r, a, line);
}

/* ---- files ---- */

/* Those that hold versions and nothing else. */
static bool is_plain_file(struct str name)
{
	static const char *const names[] = { ".nvmrc", ".node-version", ".python-version", ".go-version", ".java-version" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* requires-python = ">=3.10,<3.14" */
static struct str find_requires_python(struct arena *a, struct str text)
{
	struct str line;
	while (str_next_line(&text, &line)) {
		line = str_trim(line);
		if (!str_starts(line, STR("requires-python")))
			continue;
		size_t from = str_find_c(line, '"', 0);
		from = from == SIZE_MAX ? str_find_c(line, '\'', 0) : from;
		size_t to = from == SIZE_MAX ? SIZE_MAX : str_find_c(line, line.p[from], from + 1);
		if (to == SIZE_MAX)
			return STR_EMPTY;
		char *range = arena_cstr(a, str_n(line.p + from + 1, to - from - 1));
		for (char *c = range; *c; c++)
			*c = *c == ',' ? ' ' : *c;
		return str_of(range);
	}
	return STR_EMPTY;
}

/* "toolchain go1.22.3" goes before "go 1.22". */
static struct str find_go_directive(struct str text)
{
	struct str line, go = STR_EMPTY;
	while (str_next_line(&text, &line)) {
		struct str value = str_from(line, str_find_c(line, ' ', 0) + 1);
		value = str_to(value, MIN(str_find_c(value, ' ', 0), value.n));
		if (str_starts(line, STR("toolchain go1.")))
			return str_from(value, 2);
		if (!go.n && str_starts(line, STR("go ")))
			go = value;
	}
	return go;
}

/* "nodejs 22.3.0", of asdf and mise. */
static struct str find_asdf_line(enum tool_kind kind, struct str text)
{
	static const char *const names[TOOL_COUNT] = { "nodejs ", "python ", "golang ", "java " };
	struct str line;
	while (str_next_line(&text, &line))
		if (str_starts(line, str_of(names[kind])))
			return str_trim(str_to(str_from(line, strlen(names[kind])),
			                       MIN(str_find_c(line, '#', 0), line.n) - strlen(names[kind])));
	return STR_EMPTY;
}

static struct str text_of_key(struct val object, const char *outer, const char *inner)
{
	struct val v;
	if (object.kind != VAL_OBJECT || !val_get(object, str_of(outer), &v) || v.kind != VAL_OBJECT ||
	    !val_get(v, str_of(inner), &v) || v.kind != VAL_STRING)
		return STR_EMPTY;
	return v.s;
}

/* package.json. Who says it by devEngines, or in another file, is not understood here. */
static struct str find_engine(struct arena *a, struct str text)
{
	struct err err = ERR_INIT;
	struct val manifest, other;
	if (val_from_json(&manifest, a, text, &err) < 0 || manifest.kind != VAL_OBJECT)
		return STR_EMPTY;
	struct str volta = text_of_key(manifest, "volta", "node");
	if (volta.n || val_get(manifest, STR("devEngines"), &other))
		return volta;
	return text_of_key(manifest, "engines", "node");
}

void tool_request_add_file(struct tool_request *r, struct arena *a, struct str text)
{
	struct str name = path_base(r->file);
	if (is_plain_file(name))
		add_lines(r, a, text);
	else if (str_is(name, ".tool-versions") && r->kind != TOOL_JAVA)
		add_spec(r, a, find_asdf_line(r->kind, text));
	else if (str_ends(name, STR(".toml")) && r->kind == TOOL_PYTHON)
		add_spec(r, a, find_requires_python(a, text));
	else if ((str_is(name, "go.mod") || str_is(name, "go.work")) && r->kind == TOOL_GO)
		add_spec(r, a, find_go_directive(text));
	else if (str_ends(name, STR(".json")) && r->kind == TOOL_NODE)
		add_spec(r, a, find_engine(a, text));
}

/* ---- the request ---- */

static bool is_of_this_machine(struct val with)
{
	struct str arch = input(with, "architecture");
	const char *own = tool_arch();
	return own && (!arch.n || str_is_nocase(arch, own));
}

bool tool_request_is_of_ranges(const struct tool_request *r)
{
	static const struct version any = { { 0, 0, 0 } };
	for (size_t i = 0; i < r->specs.n; i++)
		if (range_has(r->specs.v[i], &any) == RANGE_UNKNOWN)
			return false;
	return r->specs.n > 0;
}

static enum tool_kind kind_of(struct str repository)
{
	enum tool_kind kind = 0;
	while (kind < TOOL_COUNT && !str_is_nocase(repository, actions[kind].repository))
		kind++;
	return kind;
}

bool tool_request_is_of(struct str repository)
{
	return kind_of(repository) < TOOL_COUNT;
}

bool tool_request_read(struct tool_request *out, struct arena *a, struct str repository, struct val with)
{
	enum tool_kind kind = kind_of(repository);
	if (kind == TOOL_COUNT || !is_of_this_machine(with))
		return false;
	*out = (struct tool_request) { .kind = kind };
	struct str versions = input(with, actions[kind].version), package = input(with, "java-package");
	if (str_is_nocase(input(with, "check-latest"), "true"))
		return false;
	if (kind == TOOL_PYTHON && str_is_nocase(input(with, "freethreaded"), "true"))
		return false;
	if (kind == TOOL_JAVA && package.n && !str_is_nocase(package, "jdk"))
		return false;
	if (kind == TOOL_JAVA)
		out->distribution = arena_str(a, input(with, "distribution"));
	if (kind == TOOL_PYTHON || kind == TOOL_JAVA)
		add_lines(out, a, versions);
	else
		add_spec(out, a, versions);
	if (!versions.n)
		out->file = arena_str(a, input(with, actions[kind].file));
	if (!versions.n && !out->file.n && kind == TOOL_PYTHON)
		out->file = STR(".python-version");
	return out->specs.n ? tool_request_is_of_ranges(out) : out->file.n > 0;
}
