/* Which files are looked at. */
#include <limits.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "git/run.h"
#include "model/action.h"
#include "pin/pin.h"
#include "project/find.h"

/* Each file once, by the first name that leads to it: a link is no second file. Two hard links are: what is written takes the
 * place of one of them. */
static void add_path(struct pin_paths *out, struct arena *a, struct str path)
{
	char real[PATH_MAX];
	struct str place = realpath(arena_cstr(a, path), real) ? arena_str(a, str_of(real)) : path;
	out->met++;
	if (map_has(&out->places, place))
		return;
	map_put(a, &out->places, place, NULL);
	*vec_add(a, out) = path;
}

static void add_paths(struct pin_paths *out, struct arena *a, const struct paths *found)
{
	for (size_t i = 0; i < found->n; i++)
		add_path(out, a, found->v[i]);
}

/* The yaml files directly in a folder. */
static int add_folder(struct pin_paths *out, struct arena *a, struct str dir, struct err *err)
{
	struct paths found = { 0 };
	if (find_yaml(&found, a, dir, err) < 0)
		return -1;
	add_paths(out, a, &found);
	return 0;
}

static void add_if_there(struct pin_paths *out, struct arena *a, struct str dir, const char *name)
{
	struct str path = path_join(a, dir, str_of(name));
	if (file_exists(path.p))
		add_path(out, a, path);
}

/* Of a repository, or an action, what belongs to it; any other folder holds workflows itself. */
static int add_argument(struct pin_paths *out, struct project *p, const char *path, struct err *err)
{
	struct arena *a = &p->arena;
	struct str full = path_normal(a, path_join(a, p->dir, str_of(path)));
	size_t was = out->met;
	if (!file_is_dir(full.p)) {
		if (!file_exists(full.p))
			return err_set(err, ERR_USAGE, "%s: no such file or folder", path);
		add_path(out, a, full);
		return 0;
	}
	if (add_folder(out, a, path_join(a, full, STR(".github/workflows")), err) < 0)
		return -1;
	add_if_there(out, a, full, "action.yml");
	add_if_there(out, a, full, "action.yaml");
	if (out->met == was && add_folder(out, a, full, err) < 0)
		return -1;
	return out->met > was ? 0 : err_set(err, ERR_USAGE, "no workflow or action file (*.yml, *.yaml) in %s", path);
}

/* What git tracks, or would. */
static int add_actions(struct pin_paths *out, struct project *p, struct err *err)
{
	struct arena *a = &p->arena;
	_cleanup_buf_ struct buf listed = BUF_INIT;
	struct paths found = { 0 };
	struct git_call call = { .trust = GIT_FOREIGN,
		                 .repo = p->repo,
		                 .index = true,
		                 .args = GIT("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
		                             ":(glob)**/action.yml", ":(glob)**/action.yaml"),
		                 .dir = arena_cstr(a, p->root) };
	if (git_run(&call, &listed, err) < 0)
		return -1;
	struct str rest = buf_str(&listed);
	for (size_t end; (end = str_find_c(rest, '\0', 0)) != SIZE_MAX; rest = str_from(rest, end + 1)) {
		struct str path = path_join(a, p->root, str_to(rest, end));
		if (action_is_name(path_base(path)) && file_exists(path.p))
			*vec_add(a, &found) = path;
	}
	find_sort(&found, 0);
	add_paths(out, a, &found);
	return 0;
}

int pin_files(struct pin_paths *out, struct project *p, const char *const *paths, size_t npaths, struct err *err)
{
	struct arena *a = &p->arena;
	for (size_t i = 0; i < npaths; i++)
		if (add_argument(out, p, paths[i], err) < 0)
			return -1;
	if (npaths)
		return 0;
	if (add_folder(out, a, path_join(a, p->root, STR(".github/workflows")), err) < 0)
		return -1;
	if (p->repo && p->repo->root.n && add_actions(out, p, err) < 0)
		return -1;
	if (!p->repo) {
		add_if_there(out, a, p->root, "action.yml");
		add_if_there(out, a, p->root, "action.yaml");
	}
	return out->n ? 0
	              : err_set(err, ERR_USAGE,
	                        "no workflow or action file in %.*s: name one, or go to a repository that has some",
	                        STRF(p->root));
}
