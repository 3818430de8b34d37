/* What steps do to their job: variables, PATH, its status. */
#include "step/job_base.h"

#include "base/map.h"
#include "log/filecmd.h"

void job_base_fail(struct job_base *j)
{
	if (j->status == RESULT_SUCCESS)
		j->status = RESULT_FAILURE;
}

/* A snapshot that a background step holds must not change under it. */
static void own_env(struct job_base *j)
{
	if (!j->env_shared)
		return;
	j->env = val_object_copy(&j->arena, j->env);
	j->env_shared = false;
}

void job_base_set_env(struct job_base *j, struct str name, struct str value)
{
	own_env(j);
	val_set(&j->arena, j->env, arena_str(&j->arena, name), val_str(arena_str(&j->arena, value)));
}

struct str *job_base_paths_with(const struct job_base *j, struct arena *a, const struct filecmd_entry *added, size_t nadded,
                                size_t *n)
{
	struct arena scratch = { 0 };
	struct map seen = { 0 };
	size_t all = j->paths.n + nadded, from = all;
	struct str *out = arena_array(a, struct str, all + 1);
	for (size_t i = all; i-- > 0;) { /* from the newest: of equal ones it is the one that stays */
		struct str dir = i < j->paths.n ? j->paths.v[i] : added[i - j->paths.n].name;
		if (map_has(&seen, dir))
			continue;
		map_put(&scratch, &seen, dir, out);
		out[--from] = dir;
	}
	arena_done(&scratch);
	*n = all - from;
	return out + from;
}

void job_base_add_paths(struct job_base *j, const struct filecmd_entry *added, size_t nadded)
{
	if (nadded == 0)
		return;
	size_t n;
	struct arena scratch = { 0 };
	struct filecmd_entry *kept = arena_array(&scratch, struct filecmd_entry, nadded);
	for (size_t i = 0; i < nadded; i++)
		kept[i].name = arena_str(&j->arena, added[i].name);
	j->paths.v = job_base_paths_with(j, &j->arena, kept, nadded, &n);
	j->paths.n = j->paths.cap = n;
	j->path_dirs = STR_EMPTY;
	j->bash = STR_EMPTY;
	arena_done(&scratch);
}
