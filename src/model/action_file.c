/* Where an action's description is looked for: action.yml, action.yaml, Dockerfile, dockerfile. */
#include "base/file.h"
#include "base/path.h"
#include "model/action.h"

/* The first letters of a line that is a key at the top of a file, without quotes; empty: it is none. */
static struct str top_key(struct str line)
{
	size_t end = str_find_c(line, ':', 0);
	if (end == SIZE_MAX)
		return STR_EMPTY;
	struct str key = str_trim(str_to(line, end));
	bool quoted = key.n >= 2 && (key.p[0] == '"' || key.p[0] == '\'') && key.p[key.n - 1] == key.p[0];
	return quoted ? str_n(key.p + 1, key.n - 2) : key;
}

bool action_is_name(struct str name)
{
	return str_is(name, "action.yml") || str_is(name, "action.yaml");
}

bool action_is_file(struct str text, struct str path)
{
	bool runs = false;
	while (text.n) {
		size_t end = MIN(str_find_c(text, '\n', 0), text.n);
		struct str line = str_to(text, end), key = STR_EMPTY;
		text = str_from(text, MIN(end + 1, text.n));
		if (line.n && line.p[0] != ' ' && line.p[0] != '\t')
			key = top_key(line);
		if (str_is(key, "on") || str_is(key, "jobs"))
			return false;
		runs |= str_is(key, "runs");
	}
	return runs || action_is_name(path_base(path));
}

static int read_file(void *cookie, const char *path, struct buf *out, struct err *err)
{
	(void)cookie;
	return file_read_if_there(out, path, SOURCE_MAX, err);
}

/* A Dockerfile alone is an action without inputs. */
static struct action *plain_docker(struct arena *a, struct str path)
{
	struct action *out = arena_make(a, struct action);
	out->path = path;
	out->kind = ACTION_DOCKER;
	out->using = STR("docker");
	out->main = path_base(path);
	out->valid = true;
	return out;
}

int action_load(struct action **out, struct arena *a, struct source_set *sources, struct str dir,
                const struct action_reader *reader, struct diag_list *diags, struct err *err)
{
	static const char *const names[] = { "action.yml", "action.yaml", "Dockerfile", "dockerfile" };
	static const struct action_reader file_system = { .read = read_file };
	if (!reader)
		reader = &file_system;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct str path = path_join(a, dir, str_of(names[i]));
		int rc = reader->read(reader->cookie, path.p, &text, err);
		if (rc < 0)
			return -1;
		if (rc > 0)
			continue;
		*out = i >= 2 ? plain_docker(a, path) : action_read(a, source_add(sources, path, buf_str(&text)), diags);
		(*out)->dir = dir;
		return 0;
	}
	return 1;
}
