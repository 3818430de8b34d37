/* What a job needs of other repositories; see remote.h. A request is a list that grows: each action that has come is read, and
 * what a composite one uses is put behind it. When nothing is left to come, the trees are given to the job (trees.h). */
#include "kinds/remote.h"

#include <fcntl.h>

#include "actions/fetcher.h"
#include "actions/reference.h"
#include "base/beneath.h"
#include "base/path.h"
#include "kinds/common.h"
#include "kinds/local_action.h"
#include "kinds/trees.h"

enum { SECONDS_A_DAY = 24 * 60 * 60 };

/* One ref of a repository, in this job. */
struct remote_repo {
	struct str repository, ref;
	struct fetched *got;     /* NULL: a folder of this machine */
	struct action_tree tree; /* ->from empty: not known yet */
	bool stubbed;            /* that folder was named by --stub */
	bool told;
	size_t noted; /* of got->notes: so many were said */
};

/* One action in it. */
struct remote_action {
	struct remote_repo *repo;
	struct str path;
	struct action_source source; /* ->action NULL: not read yet, or it cannot be read */
	struct str error;
};

struct remote {
	struct job_base *j;
	struct trees trees;
	struct {
		VEC(struct remote_repo *);
	} repos;
	struct {
		VEC(struct remote_action *);
	} actions;
};

/* An action that is needed, and who says so. */
struct want {
	struct remote_action *what;
	struct action_user by;
	unsigned level; /* steps of the job: 0 */
	bool done;
};

struct remote_request {
	struct remote *r;
	struct action_voice voice;
	struct {
		VEC(struct want);
	} wants;
	bool asked;   /* the first lines were said */
	bool settled; /* all has come and was given to the job, or something has not */
	struct str reason;
	bool failed, no_way;
};

static struct remote *remote_of(struct job_base *j)
{
	if (!j->remote) {
		j->remote = arena_make(&j->arena, struct remote);
		j->remote->j = j;
		j->remote->trees.j = j;
	}
	return j->remote;
}

static void say(struct remote_request *q, enum log_level level, struct str text)
{
	q->voice.say(q->voice.cookie, level, text);
}

static void fail(struct remote_request *q, bool no_way, struct str text)
{
	say(q, LOG_ERROR, text);
	if (!q->failed)
		q->reason = text;
	q->failed = true;
	q->no_way |= no_way;
}

/* ---- names ---- */

/* `$/path` where the file that holds it is another repository's; `$/` is the action at its root. */
static bool own_reference(struct action_ref *out, const struct job_base *j, const struct action_source *around, struct str uses)
{
	if (!str_starts(uses, STR("$/")))
		return false;
	const struct workflow *w = j->workflow;
	out->path = str_from(uses, 2);
	if (around) {
		out->repository = around->repository;
		out->ref = around->ref;
	} else {
		out->repository = w->repository;
		out->ref = w->sha.n ? w->sha : w->ref;
	}
	return out->repository.n > 0;
}

static bool reference_of(struct action_ref *out, struct arena *a, const struct job_base *j, const struct action_source *around,
                         struct str uses)
{
	if (str_starts(uses, STR("$/")))
		return own_reference(out, j, around, uses);
	return !local_action_is(uses) && !str_starts(uses, STR("docker://")) && action_ref_parse(out, a, uses);
}

bool remote_is(const struct job_base *j, const struct action_source *around, struct str uses)
{
	struct action_ref ref;
	struct arena a = { 0 };
	bool yes = reference_of(&ref, &a, j, around, uses);
	arena_done(&a);
	return yes;
}

/* ---- the job's list ---- */

/* OWNER/REPO@REF before OWNER/REPO; empty: neither. */
static struct str chosen(struct val map, const struct action_ref *ref)
{
	struct arena a = { 0 };
	struct val v = val_null();
	if (map.kind != VAL_OBJECT)
		return STR_EMPTY;
	if (!val_get(map, arena_printf(&a, "%.*s@%.*s", STRF(ref->repository), STRF(ref->ref)), &v))
		val_get(map, ref->repository, &v);
	arena_done(&a);
	return v.kind == VAL_STRING ? v.s : STR_EMPTY;
}

bool remote_is_stubbed(struct job_base *j, const struct action_source *around, struct str uses)
{
	struct action_ref ref;
	struct arena a = { 0 };
	bool yes = reference_of(&ref, &a, j, around, uses) && str_is(chosen(j->session->opt.stubs, &ref), "none");
	arena_done(&a);
	return yes;
}

/* Relative to where the workflow's repository is. */
static struct str folder_instead(struct job_base *j, const struct action_ref *ref, bool *stubbed)
{
	struct str dir = chosen(j->session->opt.stubs, ref);
	*stubbed = dir.n > 0;
	if (!dir.n)
		dir = chosen(j->session->opt.local_repositories, ref);
	return dir.n ? path_normal(&j->arena, path_join(&j->arena, j->session->opt.source_dir, dir)) : STR_EMPTY;
}

static struct remote_repo *repo_of(struct remote *r, const struct action_ref *ref)
{
	struct job_base *j = r->j;
	for (size_t i = 0; i < r->repos.n; i++)
		if (str_eq_nocase(r->repos.v[i]->repository, ref->repository) && str_eq(r->repos.v[i]->ref, ref->ref))
			return r->repos.v[i];
	struct remote_repo *out = arena_make(&j->arena, struct remote_repo);
	*out = (struct remote_repo) { .repository = arena_str(&j->arena, ref->repository),
		                      .ref = arena_str(&j->arena, ref->ref) };
	out->tree.name = arena_printf(&j->arena, "%.*s@%.*s", STRF(ref->repository), STRF(ref->ref));
	out->tree.dir = arena_printf(&j->arena, "%.*s/_actions/%.*s/%.*s", STRF(j->dir), STRF(ref->repository), STRF(ref->ref));
	out->tree.from = folder_instead(j, ref, &out->stubbed);
	out->tree.stored = out->tree.from.n == 0;
	if (out->tree.stored)
		out->got = fetcher_ask(j->session->opt.actions, j->session, out->repository, out->ref);
	return *vec_add(&j->arena, &r->repos) = out;
}

static struct remote_action *known_action(const struct remote *r, const struct action_ref *ref)
{
	for (size_t i = 0; r && i < r->actions.n; i++) {
		struct remote_action *x = r->actions.v[i];
		if (str_eq_nocase(x->repo->repository, ref->repository) && str_eq(x->repo->ref, ref->ref) &&
		    str_eq(x->path, ref->path))
			return x;
	}
	return NULL;
}

static struct remote_action *action_of(struct remote *r, const struct action_ref *ref)
{
	struct remote_action *x = known_action(r, ref);
	if (x)
		return x;
	x = arena_make(&r->j->arena, struct remote_action);
	x->path = arena_str(&r->j->arena, ref->path);
	x->repo = repo_of(r, ref);
	return *vec_add(&r->j->arena, &r->actions) = x;
}

static struct remote_action *find_action(struct job_base *j, const struct action_source *around, struct str uses)
{
	struct action_ref ref;
	struct arena a = { 0 };
	struct remote_action *x = reference_of(&ref, &a, j, around, uses) ? known_action(j->remote, &ref) : NULL;
	arena_done(&a);
	return x;
}

const struct action_source *remote_find(struct job_base *j, const struct action_source *around, struct str uses)
{
	struct remote_action *x = find_action(j, around, uses);
	bool asked = x && (j->session->opt.dry_run || x->repo->tree.state != TREE_AWAY);
	return asked && x->source.action ? &x->source : NULL;
}

enum remote_state remote_is_placed(struct job_base *j, const struct action_source *around, struct str uses, struct str *reason)
{
	const struct action_tree *tree = &find_action(j, around, uses)->repo->tree;
	if (tree->state == TREE_NEVER)
		*reason = tree->trouble;
	return j->session->opt.dry_run || tree->state == TREE_THERE ? REMOTE_READY
	       : tree->state == TREE_NEVER                          ? REMOTE_FAILED
	                                                            : REMOTE_PENDING;
}

/* ---- wanting ---- */

static void want_step(struct remote_request *q, const struct step *step, const struct action_source *around, unsigned level)
{
	struct job_base *j = q->r->j;
	struct action_ref ref;
	struct action_user by = { .step = step, .inside = around ? around->action : NULL, .workflow = j->workflow };
	if (step->kind != STEP_USES || kind_is_served(j, step->uses) || !reference_of(&ref, &j->arena, j, around, step->uses) ||
	    str_is(chosen(j->session->opt.stubs, &ref), "none"))
		return;
	if (level > ACTION_DEPTH_MAX) {
		fail(q, false, action_with_user(&j->arena, &by, STR("Composite action depth exceeded max depth 9")));
		return;
	}
	if (!action_path_possible(ref.path)) {
		fail(q, false, action_with_user(&j->arena, &by, action_no_manifest(&j->arena, step->uses)));
		return;
	}
	struct remote_action *x = action_of(q->r, &ref);
	for (size_t i = 0; i < q->wants.n; i++)
		if (q->wants.v[i].what == x && q->wants.v[i].level >= level)
			return;
	*vec_add(&j->arena, &q->wants) = (struct want) { .what = x, .by = by, .level = level };
}

static void want_steps(struct remote_request *q, const struct job *body, const struct action_source *around, unsigned level)
{
	for (size_t i = 0; body && i < body->nsteps; i++)
		want_step(q, body->steps[i], around, level);
}

static struct remote_request *request_new(struct remote *r, const struct action_voice *voice)
{
	struct remote_request *q = arena_make(&r->j->arena, struct remote_request);
	*q = (struct remote_request) { .r = r, .voice = *voice };
	return q;
}

static struct remote_request *go(struct remote_request *q)
{
	if (q->wants.n == 0 && !q->failed)
		return NULL;
	fetcher_go(q->r->j->session->opt.actions);
	return q;
}

struct remote_request *remote_ask_job(struct job_base *j, const struct job_graph *g, const struct action_voice *voice)
{
	if (!j->session->opt.actions)
		return NULL;
	struct remote_request *q = request_new(remote_of(j), voice);
	for (size_t i = 0; i < g->n; i++)
		if (g->nodes[i].kind == STEP_USES)
			want_step(q, g->nodes[i].step, NULL, 0);
	return go(q);
}

struct remote_request *remote_ask_action(struct step_run *s, const struct action_voice *voice)
{
	struct job_base *j = s->job;
	if (!j->session->opt.actions || s->source->repository.n || s->source->action->kind != ACTION_COMPOSITE)
		return NULL; /* what others use was asked for with them */
	struct remote_request *q = request_new(remote_of(j), voice);
	want_steps(q, s->source->action->body, s->source, 1);
	return go(q);
}

/* ---- what has come ---- */

/* Its file is read where it is kept, and named as the steps see it. */
static int read_stored(void *cookie, const char *path, struct buf *out, struct err *err)
{
	const struct remote_repo *repo = cookie;
	struct str below = path_below(str_of(path), repo->tree.dir);
	_cleanup_close_ int root = open(repo->tree.from.p, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_errno(err, "%.*s", STRF(repo->tree.from));
	return beneath_read(out, root, below.p, SOURCE_MAX, err);
}

/* Once: an action has one file, however many steps use it. */
static void read_action(struct remote_request *q, struct remote_action *x)
{
	struct arena *a = &q->r->j->arena;
	struct source_set *sources = arena_make(a, struct source_set);
	struct diag_list diags = { .arena = a, .sources = sources };
	struct action_reader reader = { x->repo, read_stored };
	struct err err = ERR_INIT;
	sources->arena = a;
	struct str dir = path_normal(a, path_join(a, x->repo->tree.dir, x->path));
	x->source = (struct action_source) { .sources = sources,
		                             .repository = x->repo->repository,
		                             .ref = x->repo->ref,
		                             .sha = x->repo->got ? x->repo->got->sha : STR_EMPTY,
		                             .stubbed = x->repo->stubbed };
	int rc = action_load(&x->source.action, a, sources, dir, &reader, &diags, &err);
	if (rc < 0)
		x->error = arena_str(a, str_of(err.text));
	else if (rc > 0)
		x->error = action_no_manifest(a, arena_printf(a, "%.*s%s%.*s@%.*s", STRF(x->repo->repository),
		                                              x->path.n ? "/" : "", STRF(x->path), STRF(x->repo->ref)));
	if (rc != 0)
		x->source.action = NULL;
}

static void say_repo(struct remote_request *q, struct remote_repo *repo)
{
	struct arena *a = &q->r->j->arena;
	struct session *e = q->r->j->session;
	if (repo->told || e->opt.dry_run)
		return;
	repo->told = true;
	if (!repo->got) {
		say(q, LOG_INFO,
		    arena_printf(a, "Action repository '%.*s' is %s %.*s", STRF(repo->tree.name),
		                 repo->stubbed ? "stubbed by" : "taken from", STRF(repo->tree.from)));
		return;
	}
	say(q, LOG_INFO,
	    arena_printf(a, "Download action repository '%.*s' (SHA:%.*s)", STRF(repo->tree.name), STRF(repo->got->sha)));
	if (!repo->got->asked_at)
		return;
	int64_t days = (e->host->ops->wall_ms(e->host) / 1000 - repo->got->asked_at) / SECONDS_A_DAY;
	say(q, LOG_INFO,
	    arena_printf(a, "  as '%.*s' stood %lld day%s ago: --offline asks nobody", STRF(repo->ref),
	                 (long long)MAX(days, INT64_C(0)), days == 1 ? "" : "s"));
}

/* False: it has not come yet. */
static bool take_want(struct remote_request *q, size_t i)
{
	struct want w = q->wants.v[i];
	struct remote_action *x = w.what;
	struct remote_repo *repo = x->repo;
	struct arena *a = &q->r->j->arena;
	for (; repo->got && repo->noted < repo->got->nnotes; repo->noted++)
		say(q, LOG_WARNING, repo->got->notes[repo->noted]);
	if (repo->got && (repo->got->state == FETCH_WAITS || repo->got->state == FETCH_RUNS))
		return false;
	q->wants.v[i].done = true;
	if (q->r->j->session->opt.dry_run && repo->got && repo->got->state == FETCH_NO_WAY)
		return true; /* nothing is fetched, so nothing is said against it */
	if (repo->got && repo->got->state != FETCH_DONE) {
		fail(q, repo->got->state == FETCH_NO_WAY, action_with_user(a, &w.by, repo->got->error));
		return true;
	}
	if (repo->got)
		repo->tree.from = repo->got->tree;
	say_repo(q, repo);
	if (!x->source.action && !x->error.n)
		read_action(q, x);
	if (x->error.n && repo->got && !q->r->j->session->opt.dry_run &&
	    fetcher_again(q->r->j->session->opt.actions, repo->got)) {
		x->error = STR_EMPTY; /* a tree that lacks it may be damaged */
		q->wants.v[i].done = false;
		return false;
	}
	if (x->error.n)
		fail(q, false, action_with_user(a, &w.by, x->error));
	else if (x->source.action->nerrors)
		fail(q, false, action_say_errors(&q->voice, a, x->source.action));
	else if (x->source.action->kind == ACTION_COMPOSITE)
		want_steps(q, x->source.action->body, &x->source, w.level + 1);
	return true;
}

/* ---- giving it to the job ---- */

/* Those that the job does not have yet, in the order of its steps. */
static void give_all(struct remote_request *q)
{
	struct arena *a = &q->r->j->arena;
	struct action_tree **trees = arena_array(a, struct action_tree *, q->wants.n + 1);
	struct err err = ERR_INIT;
	size_t n = 0;
	for (size_t i = 0; i < q->wants.n && !q->r->j->session->opt.dry_run; i++) {
		struct action_tree *tree = &q->wants.v[i].what->repo->tree;
		bool listed = tree->state != TREE_AWAY;
		for (size_t k = 0; k < n; k++)
			listed |= trees[k] == tree;
		if (!listed)
			trees[n++] = tree;
	}
	if (trees_give(&q->r->trees, trees, n, &err) < 0)
		fail(q, true, arena_printf(a, "the actions cannot be copied: %s", err.text));
}

enum remote_state remote_turn(struct remote_request *q, struct str *reason, bool *no_way)
{
	bool all = true;
	if (!q->asked && !q->r->j->session->opt.dry_run) {
		say(q, LOG_INFO, STR("Prepare all required actions"));
		say(q, LOG_INFO, STR("Getting action download info"));
		q->asked = true;
	}
	for (size_t i = 0; i < q->wants.n; i++)
		if (!q->wants.v[i].done)
			all &= take_want(q, i);
	fetcher_go(q->r->j->session->opt.actions);
	if (!all)
		return REMOTE_PENDING;
	if (!q->failed && !q->settled)
		give_all(q);
	q->settled = true;
	*reason = q->reason;
	*no_way = q->no_way;
	return q->failed ? REMOTE_FAILED : REMOTE_READY;
}

bool remote_end(struct remote *r)
{
	return !r || trees_end(&r->trees);
}

void remote_free(struct remote *r)
{
	if (!r)
		return;
	trees_free(&r->trees);
	for (size_t i = 0; i < r->repos.n; i++)
		if (r->repos.v[i]->got)
			fetcher_leave(r->j->session->opt.actions, r->repos.v[i]->got);
}
