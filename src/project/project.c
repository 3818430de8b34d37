/* Finding and loading the files of a project; see project.h. */
#include "project/project.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/file.h"
#include "base/path.h"
#include "model/action.h"
#include "project/find.h"

/* What was named cannot be looked at: errno says why. */
static int not_usable(const char *path, struct err *err)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(err, ERR_USAGE, "%s: no such file or folder", path);
	err_errno(err, "%s", path);
	err->kind = ERR_USAGE;
	return -1;
}

int project_open(struct project *p, const char *directory, struct err *err)
{
	*p = (struct project) { 0 };
	p->sources.arena = &p->arena;
	p->diags.arena = &p->arena;
	p->diags.sources = &p->sources;
	char real[PATH_MAX];
	if (!realpath(directory ? directory : ".", real))
		return not_usable(directory ? directory : "the current directory", err);
	if (!file_is_dir(real))
		return err_set(err, ERR_USAGE, "%s is not a directory", directory);
	p->dir = arena_str(&p->arena, str_of(real));
	if (git_discover(&p->repo, &p->arena, real, err) < 0)
		return -1;
	p->root = p->repo && p->repo->root.n ? p->repo->root : p->dir;
	return 0;
}

void project_done(struct project *p)
{
	git_done(p->repo);
	arena_done(&p->arena);
	*p = (struct project) { 0 };
}

/* Unsaved texts of files that are not in their folder yet. */
static void list_unsaved(struct project *p, struct paths *out, struct str folder)
{
	for (size_t i = 0; i < p->sources.unsaved.n; i++) {
		const struct source *s = p->sources.unsaved.v[i].value;
		if (path_is_yaml(s->file) && str_eq(path_dir(s->file), folder) && !file_exists(s->file.p))
			*vec_add(&p->arena, out) = s->file;
	}
}

/* The yaml files directly in a folder, with those that are not saved yet, sorted. */
static int list_folder(struct project *p, struct paths *out, struct str folder, struct err *err)
{
	size_t first = out->n;
	if (find_yaml(out, &p->arena, folder, err) < 0)
		return -1;
	list_unsaved(p, out, folder);
	find_sort(out, first);
	return 0;
}

struct str project_shown_path(struct project *p, struct str path)
{
	char cwd[PATH_MAX];
	if (!getcwd(cwd, sizeof(cwd)))
		return path;
	struct str here = str_of(cwd);
	struct str below = path_below(path, here);
	if (!str_eq(below, path))
		return arena_str(&p->arena, below);
	struct str up = STR_EMPTY;
	while (here.n > 1 && str_starts(here, p->root)) {
		up = arena_printf(&p->arena, "../%.*s", STRF(up));
		here = path_dir(here);
		below = path_below(path, here);
		if (!str_eq(below, path))
			return arena_printf(&p->arena, "%.*s%.*s", STRF(up), STRF(below));
	}
	return path;
}

void project_put_unsaved(struct project *p, const char *path, struct str text, int64_t version)
{
	struct str full = path_normal(&p->arena, path_join(&p->arena, p->dir, str_of(path)));
	source_put(&p->sources, full, project_shown_path(p, full), text, version);
}

static void add_workflow(struct project *p, const struct source *src, struct str name)
{
	p->workflows =
		arena_grow(&p->arena, p->workflows, p->n * sizeof(struct workflow *), (p->n + 1) * sizeof(struct workflow *));
	p->workflows[p->n++] = workflow_read(&p->arena, src, name, &p->diags);
}

static int load_one(struct project *p, struct str path, struct paths *seen, struct err *err)
{
	for (size_t i = 0; i < seen->n; i++)
		if (str_eq(seen->v[i], path))
			return 0;
	*vec_add(&p->arena, seen) = path;
	const struct source *src;
	if (source_load(&src, &p->sources, path, project_shown_path(p, path), err) < 0)
		return -1;
	if (action_is_file(src->text, path)) {
		if (!p->takes_any)
			return err_set(err, ERR_INVALID,
			               "%.*s: is the file of an action, not a workflow ('sidestep check' looks at both)",
			               STRF(src->path));
		action_read(&p->arena, src, &p->diags);
		p->nactions++;
		return 0;
	}
	add_workflow(p, src, path_below(path, p->root));
	return 0;
}

static int load_stdin(struct project *p, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (file_read_fd(&text, 0, SOURCE_MAX, err) < 0)
		return err_wrap(err, "standard input");
	const struct source *src = source_add(&p->sources, STR("<stdin>"), buf_str(&text));
	if (action_is_file(src->text, src->path)) {
		action_read(&p->arena, src, &p->diags);
		p->nactions++;
	} else {
		add_workflow(p, src, src->path);
	}
	return 0;
}

/* What is directly in a folder, else the workflows of the repository that it is, and the actions below it. */
static int add_given_folder(struct project *p, struct paths *files, struct str full, const char *path, struct err *err)
{
	size_t was = files->n;
	if (list_folder(p, files, full, err) < 0)
		return -1;
	if (files->n == was && list_folder(p, files, path_join(&p->arena, full, STR(".github/workflows")), err) < 0)
		return -1;
	if (p->takes_any && (files->n == was || !str_eq(path_dir(files->v[was]), full)))
		find_actions(files, &p->arena, full, FIND_DEPTH);
	if (files->n > was)
		return 0;
	return err_set(err, ERR_USAGE, "no workflow%s file (*.yml, *.yaml) in %s", p->takes_any ? " or action" : "", path);
}

static int add_given(struct project *p, struct paths *files, const char *path, struct err *err)
{
	struct str full = path_normal(&p->arena, path_join(&p->arena, p->dir, str_of(path)));
	if (file_is_dir(full.p))
		return add_given_folder(p, files, full, path, err);
	if (access(full.p, R_OK) < 0 && !source_unsaved(&p->sources, full))
		return not_usable(path, err);
	*vec_add(&p->arena, files) = full;
	return 0;
}

/* The files that nobody named are the repository's: no link of theirs makes us read, and quote, what lies elsewhere. */
static int refuse_links_out(struct project *p, const struct paths *files, struct err *err)
{
	_cleanup_close_ int root = open(p->root.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_errno(err, "%s", p->root.p);
	for (size_t i = 0; i < files->n; i++)
		if (!beneath_stays(root, arena_cstr(&p->arena, path_below(files->v[i], p->root))))
			return err_set(err, ERR_INVALID,
			               "%s: is a link that leads out of the repository; name the file itself if it is to be read",
			               project_shown_path(p, files->v[i]).p);
	return 0;
}

/* The workflows of the repository; its actions too, where files of both kinds are taken. */
static int add_own(struct project *p, struct paths *files, struct err *err)
{
	struct str folder = path_join(&p->arena, p->root, STR(".github/workflows"));
	if (list_folder(p, files, folder, err) < 0)
		return -1;
	if (p->takes_any)
		find_actions(files, &p->arena, p->root, p->repo || files->n ? FIND_DEPTH : 0);
	if (files->n == 0 && p->takes_any)
		return err_set(err, ERR_USAGE,
		               "no workflow or action file in %.*s: name one, or go to a repository that has some",
		               STRF(p->root));
	if (files->n == 0)
		return err_set(err, ERR_USAGE, "no workflow file in %.*s: name one with -W, or go to a repository that has some",
		               STRF(folder));
	return refuse_links_out(p, files, err);
}

int project_load(struct project *p, const char *const *paths, size_t npaths, bool any, struct err *err)
{
	p->takes_any = any;
	struct paths files = { 0 }, seen = { 0 };
	for (size_t i = 0; i < npaths; i++) {
		if (any && strcmp(paths[i], "-") == 0) {
			if (load_stdin(p, err) < 0)
				return -1;
		} else if (add_given(p, &files, paths[i], err) < 0) {
			return -1;
		}
	}
	if (npaths == 0 && add_own(p, &files, err) < 0)
		return -1;
	for (size_t i = 0; i < files.n; i++)
		if (load_one(p, files.v[i], &seen, err) < 0)
			return -1;
	return 0;
}
