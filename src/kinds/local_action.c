/* Local actions; see local_action.h. */
#include "kinds/local_action.h"

#include "base/path.h"

bool local_action_is(struct str uses)
{
	return str_starts(uses, STR("./")) || str_starts(uses, STR(".\\")) || str_starts(uses, STR("$/"));
}

struct str local_action_folder(struct arena *a, const struct job_base *j, struct str uses, struct str workspace)
{
	bool own = uses.p[0] == '$';
	struct str rest = uses.p[1] == '/' ? str_from(uses, 2) : uses;
	return path_normal(a, path_join(a, own ? j->session->opt.source_dir : workspace, rest));
}

static int read_action_file(void *cookie, const char *path, struct buf *out, struct err *err)
{
	struct place *p = cookie;
	return p->ops->read_file(p, path, out, SOURCE_MAX, err);
}

int local_action_load(struct local_action *out, struct arena *a, struct job_base *j, struct str dir, struct err *err)
{
	struct source_set *sources = arena_make(a, struct source_set);
	sources->arena = a;
	struct diag_list diags = { .arena = a, .sources = sources };
	struct action_reader reader = { j->here, read_action_file };
	if (memchr(dir.p, '\0', dir.n))
		return 1; /* no folder has such a name */
	out->sources = sources;
	return action_load(&out->action, a, sources, dir, &reader, &diags, err);
}
