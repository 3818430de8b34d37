/* Actions that steps use, as far as they are here: in the repository, or in the store of those of other repositories. Each is
 * read once, and below the root it belongs to: no link of its leads elsewhere. */
#include <fcntl.h>
#include <unistd.h>

#include "actions/reference.h"
#include "actions/store.h"
#include "base/beneath.h"
#include "base/file.h"
#include "base/path.h"
#include "checkout/checkout.h"
#include "git/git.h"
#include "plan/lacks.h"
#include "survey/internal.h"

enum { DEPTH_MAX = 10 };

/* The files of one repository. */
struct tree {
	struct str root;
};

static struct lack action_of_step(struct survey *s, const struct step *step, const struct tree *around, unsigned depth);

static int read_below(void *cookie, const char *path, struct buf *out, struct err *err)
{
	const struct tree *tree = cookie;
	struct str below = path_below(str_of(path), tree->root);
	_cleanup_close_ int root = open(tree->root.p, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_errno(err, "%.*s", STRF(tree->root));
	return beneath_read(out, root, below.p, SOURCE_MAX, err);
}

static struct lack lack_in_body(struct survey *s, const struct action *action, const struct tree *tree, unsigned depth)
{
	struct lack lack = { RULE_NONE, STR_EMPTY, STR_EMPTY };
	for (size_t i = 0; action->body && i < action->body->nsteps && lack.rule == RULE_NONE; i++) {
		const struct step *step = action->body->steps[i];
		if (step->kind == STEP_USES)
			lack = action_of_step(s, step, tree, depth + 1);
		else if (step->kind == STEP_RUN && step->shell.n)
			lack = survey_shell(s, step->shell);
		if (lack.rule != RULE_NONE && !lack.inside.n)
			lack.inside = arena_printf(&s->arena, "line %u of %.*s", step->line,
			                           STRF(path_below(action->path, tree->root)));
	}
	return lack;
}

/* Whether the file is among those that are checked themselves. */
static bool is_looked_at(const struct survey *s, struct str path)
{
	for (size_t i = 0; i < s->diags->sources->n; i++)
		if (str_eq(s->diags->sources->v[i]->file, path))
			return true;
	return false;
}

static struct lack lack_of(struct survey *s, const struct action *action, const struct tree *tree, unsigned depth)
{
	const char *what = lacks_of_action(action);
	struct lack lack = { RULE_NONE, STR_EMPTY, STR_EMPTY };
	if (action->nerrors && is_looked_at(s, action->path))
		return lack; /* what is wrong in it is said where it stands */
	if (action->nerrors)
		return (struct lack) { RULE_HERE_ACTION,
			               arena_printf(&s->arena, "the action will not load: %.*s", STRF(action->errors[0].text)),
			               path_below(action->path, tree->root) };
	if (what)
		return (struct lack) { RULE_HERE_CONTAINER,
			               arena_printf(&s->arena, "%.*s: the step fails here",
			                            STRF(lacks_sentence(&s->arena, what))),
			               path_below(action->path, tree->root) };
	if (action->kind == ACTION_NODE)
		lack = survey_node(s);
	return lack.rule == RULE_NONE ? lack_in_body(s, action, tree, depth) : lack;
}

static struct lack read_action(struct survey *s, const struct tree *tree, struct str path, unsigned depth)
{
	struct lack none = { RULE_NONE, STR_EMPTY, STR_EMPTY }, *known;
	struct str dir = path_normal(&s->arena, path_join(&s->arena, tree->root, path));
	struct source_set *sources = arena_make(&s->arena, struct source_set);
	struct diag_list diags = { .arena = &s->arena, .sources = sources };
	struct action_reader reader = { (void *)(uintptr_t)tree, read_below };
	struct action *action;
	sources->arena = &s->arena;
	if (memchr(dir.p, '\0', dir.n) || (!str_eq(dir, tree->root) && str_eq(path_below(dir, tree->root), dir)))
		return none;
	known = map_get(&s->actions, dir);
	if (known)
		return *known;
	known = arena_make(&s->arena, struct lack);
	*known = none; /* also for one that uses itself */
	map_put(&s->arena, &s->actions, dir, known);
	if (action_load(&action, &s->arena, sources, dir, &reader, &diags, NULL) == 0)
		*known = lack_of(s, action, tree, depth);
	return *known;
}

/* The stored tree of a reference, when it is whole; nobody is asked, and nothing is touched. */
static bool find_stored(struct survey *s, const struct action_ref *ref, struct tree *out)
{
	int64_t when;
	if (!action_repository_possible(ref->repository) || !action_ref_possible(ref->ref) || !action_path_possible(ref->path))
		return false;
	struct action_place place = action_place_of(&s->arena, s->o->store, s->o->server, ref->repository);
	struct str sha = git_is_object_name(ref->ref) ? ref->ref : action_ref_stored(&s->arena, &place, ref->ref, &when);
	if (!sha.n)
		return false;
	out->root = action_tree(&s->arena, &place, sha);
	return file_exists(arena_printf(&s->arena, "%.*s.ok", STRF(out->root)).p) && file_is_dir(out->root.p);
}

static struct lack action_of_step(struct survey *s, const struct step *step, const struct tree *around, unsigned depth)
{
	struct lack none = { RULE_NONE, STR_EMPTY, STR_EMPTY };
	struct str uses = step->uses;
	struct action_ref ref;
	if (lacks_is_image(step))
		return (struct lack) { RULE_HERE_CONTAINER,
			               arena_printf(&s->arena, "%.*s: the step fails here",
			                            STRF(lacks_sentence(&s->arena, lacks_container_actions))),
			               STR_EMPTY };
	if (checkout_is(uses) || depth > DEPTH_MAX)
		return none;
	if (str_starts(uses, STR("$/")))
		return read_action(s, around, str_from(uses, 2), depth);
	if (str_starts(uses, STR("./")) || str_starts(uses, STR(".\\"))) {
		struct tree *own = arena_make(&s->arena, struct tree);
		own->root = s->o->root;
		return read_action(s, own, uses, depth);
	}
	struct tree *stored = arena_make(&s->arena, struct tree);
	if (!action_ref_parse(&ref, &s->arena, uses) || !find_stored(s, &ref, stored))
		return none; /* what is not here is not known */
	return read_action(s, stored, ref.path, depth);
}

struct lack survey_action(struct survey *s, const struct step *step)
{
	struct tree *own = arena_make(&s->arena, struct tree);
	own->root = s->o->root;
	return action_of_step(s, step, own, 1);
}
