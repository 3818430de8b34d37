/* Copies of trees for a job; see trees.h. The helper (`sidestep __place FROM TO …`) writes a line when one is done: those that
 * need a copy wait for it, others do not. */
#include "kinds/trees.h"

#include <signal.h>

#include "actions/mount.h"
#include "base/path.h"
#include "session/session.h"

struct tree_copier {
	struct job_base *j;
	struct proc *proc; /* NULL: it has ended */
	struct action_tree **trees;
	size_t ntrees, copied;
	bool exited, eof, stopped;
	struct proc_status status;
	struct buf words;
};

/* ---- the helper ---- */

/* Its next copies are there. */
static void take_copies(struct tree_copier *c, size_t n)
{
	for (; n && c->copied < c->ntrees; n--)
		c->trees[c->copied++]->state = TREE_THERE;
	c->j->session->changed = true;
}

static void end_copier(struct tree_copier *c)
{
	struct host *h = c->j->session->host;
	if (c->status.exit_code == 0)
		take_copies(c, c->ntrees);
	for (; c->copied < c->ntrees; c->copied++) {
		struct action_tree *tree = c->trees[c->copied];
		tree->state = TREE_NEVER;
		tree->trouble = arena_printf(&c->j->arena, "the action repository '%.*s' cannot be copied: %.*s",
		                             STRF(tree->name), STRF(str_trim(buf_str(&c->words))));
	}
	h->ops->release(h, c->proc);
	c->proc = NULL;
	c->j->session->changed = true;
}

static void copier_says(void *cookie, enum host_stream stream, struct str bytes)
{
	struct tree_copier *c = cookie;
	size_t lines = 0;
	for (size_t i = 0; stream == HOST_STDOUT && i < bytes.n; i++)
		lines += bytes.p[i] == '\n';
	if (stream == HOST_STDOUT)
		take_copies(c, lines);
	else
		buf_addstr(&c->words, str_to(bytes, c->words.max - c->words.n));
}

static void copier_eof(void *cookie)
{
	struct tree_copier *c = cookie;
	c->eof = true;
	if (c->exited)
		end_copier(c);
}

static void copier_exit(void *cookie, const struct proc_status *st)
{
	struct tree_copier *c = cookie;
	c->exited = true;
	c->status = *st;
	if (c->eof)
		end_copier(c);
}

static char **copier_argv(struct tree_copier *c)
{
	struct arena *a = &c->j->arena;
	char **argv = arena_array(a, char *, 2 * c->ntrees + 3);
	size_t n = 0;
	argv[n++] = arena_cstr(a, c->j->session->opt.self);
	argv[n++] = arena_strdup(a, "__place");
	for (size_t i = 0; i < c->ntrees; i++) {
		argv[n++] = arena_cstr(a, c->trees[i]->from);
		argv[n++] = arena_cstr(a, c->trees[i]->dir);
	}
	return argv;
}

static int start_copier(struct tree_copier *c, struct err *err)
{
	static const struct proc_events events = { copier_says, copier_eof, copier_exit };
	struct session *e = c->j->session;
	struct spawn_spec spec = { .path = e->opt.self.p,
		                   .argv = copier_argv(c),
		                   .envp = e->opt.environ,
		                   .cwd = "/",
		                   .label = "__place",
		                   .on = &events,
		                   .cookie = c };
	if (e->host->ops->spawn(e->host, &spec, &c->proc, err) == 0)
		return 0;
	c->proc = NULL;
	return -1;
}

/* ---- giving ---- */

static bool mount_views(struct trees *t, struct str around, const struct action_view *views, size_t n)
{
	struct job_base *j = t->j;
	return n == 0 || actions_mount(&j->arena, around, views, n, path_join(&j->arena, j->dir, STR("_overlays")));
}

/* Stored trees lie in one folder, SERVER; of others each is its own. */
static void mount_trees(struct trees *t, struct action_tree *const *trees, size_t n)
{
	struct job_base *j = t->j;
	struct action_view *views = arena_array(&j->arena, struct action_view, n + 1);
	struct str around = STR_EMPTY;
	size_t nviews = 0;
	if (!j->session->opt.overlay || !n)
		return;
	if (!t->shelf)
		actions_shelf(&j->arena, path_join(&j->arena, j->dir, STR("_actions")));
	t->shelf = true;
	for (size_t i = 0; i < n; i++) {
		const struct action_view view = { trees[i]->from, trees[i]->dir };
		if (trees[i]->stored) {
			views[nviews++] = view;
			around = path_dir(path_dir(path_dir(view.tree)));
		} else if (mount_views(t, view.tree, &view, 1)) {
			trees[i]->state = TREE_THERE;
		}
	}
	bool mounted = mount_views(t, around, views, nviews);
	for (size_t i = 0; mounted && i < n; i++)
		if (trees[i]->stored)
			trees[i]->state = TREE_THERE;
}

int trees_give(struct trees *t, struct action_tree *const *trees, size_t n, struct err *err)
{
	struct arena *a = &t->j->arena;
	mount_trees(t, trees, n);
	struct tree_copier *c = arena_make(a, struct tree_copier);
	*c = (struct tree_copier) { .j = t->j, .words = BUF_INIT_MAX(4096) };
	c->trees = arena_array(a, struct action_tree *, n + 1);
	for (size_t i = 0; i < n; i++)
		if (trees[i]->state == TREE_AWAY) {
			trees[i]->state = TREE_SOON;
			c->trees[c->ntrees++] = trees[i];
		}
	if (!c->ntrees)
		return 0;
	*vec_add(a, &t->copiers) = c;
	return start_copier(c, err);
}

/* ---- the end ---- */

static void stop_copier(struct tree_copier *c)
{
	struct host *h = c->j->session->host;
	if (!c->stopped && !c->exited)
		h->ops->signal(h, c->proc, SIGKILL);
	c->stopped = true;
}

bool trees_end(struct trees *t)
{
	bool over = true;
	for (size_t i = 0; i < t->copiers.n; i++)
		if (t->copiers.v[i]->proc) {
			over = false;
			stop_copier(t->copiers.v[i]);
		}
	return over;
}

void trees_free(struct trees *t)
{
	for (size_t i = 0; i < t->copiers.n; i++) {
		struct tree_copier *c = t->copiers.v[i];
		struct host *h = c->j->session->host;
		if (c->proc) {
			stop_copier(c);
			h->ops->release(h, c->proc);
		}
		buf_done(&c->words);
	}
}
