/* The contexts of `sidestep eval`; see eval_place.h. What the file of contexts has is taken from it; the rest is made from the
 * repository as for a run, when the expression asks for it, so that 1 + 1 looks at nothing. */
#include "api/eval_place.h"

#include "api/session.h"
#include "base/file.h"
#include "base/path.h"
#include "checkout/checkout.h"
#include "context/runner.h"
#include "hash/hash_files.h"

enum { CONTEXT_MAX = 64 << 20 };

static const char *const made_here[] = { "github", "runner", "vars", "env", "inputs" };

struct eval_place {
	struct arena arena;
	struct val given; /* the contexts of the file */
	struct expr_scope scope;
	const struct sidestep_run_options *run;
	struct sidestep_session *session; /* its options and its repository; NULL: not looked at yet */
	bool known;                       /* they could be read */
	struct val github;                /* null: not made yet */
	struct map *left_out;             /* what a checkout does not serve; NULL: not asked yet */
	struct err trouble;
};

static int load_contexts(struct val *out, struct arena *a, const char *path, struct err *err)
{
	*out = val_object(a);
	if (!path)
		return 0;
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (file_read_given(&text, path, CONTEXT_MAX, err) < 0)
		return -1;
	if (val_from_json(out, a, arena_str(a, buf_str(&text)), err) < 0)
		return err_wrap(err, "%s", path);
	if (out->kind != VAL_OBJECT)
		return err_set(err, ERR_INVALID, "%s: a JSON object of contexts was expected, this is %s", path,
		               val_kind_name(out->kind));
	return 0;
}

static struct expr_scope known_names(struct arena *a, struct val given, bool repository)
{
	const char **names = arena_array(a, const char *, given.o->n + ARRAY_LEN(made_here));
	struct val ignored;
	size_t n = 0;
	for (size_t i = 0; i < given.o->n; i++)
		names[n++] = arena_cstr(a, given.o->keys[i]);
	for (size_t i = 0; i < ARRAY_LEN(made_here) && repository; i++)
		if (!val_get(given, str_of(made_here[i]), &ignored))
			names[n++] = made_here[i];
	return (struct expr_scope) { .contexts = names, .ncontexts = n, .fns = repository ? EXPR_FN_HASHFILES : 0 };
}

int eval_place_new(struct eval_place **out, const struct sidestep_eval_options *o, struct err *err)
{
	struct eval_place *p = *out = xcalloc(1, sizeof(*p));
	p->run = o->run;
	p->github = val_null();
	if (load_contexts(&p->given, &p->arena, o->context_file, err) < 0)
		return -1;
	p->scope = known_names(&p->arena, p->given, o->run != NULL);
	return 0;
}

void eval_place_free(struct eval_place *p)
{
	if (!p)
		return;
	sidestep_session_free(p->session);
	arena_done(&p->arena);
	free(p);
}

const struct expr_scope *eval_place_scope(const struct eval_place *p)
{
	return &p->scope;
}

const struct err *eval_place_trouble(const struct eval_place *p)
{
	return &p->trouble;
}

/* ---- the repository ---- */

/* The options of the run and its repository, of which the first call finds out. False: there is trouble. */
static bool look(struct eval_place *p)
{
	if (p->session)
		return p->known;
	struct sidestep_session *s = p->session = xcalloc(1, sizeof(*s));
	memcpy(&s->opt, p->run, MIN(sizeof(s->opt), (size_t)p->run->size));
	if (!s->opt.github_url)
		s->opt.github_url = "https://github.com";
	p->known = project_open(&s->project, s->opt.directory, &p->trouble) == 0 &&
	           state_find(&s->state, &s->arena, s->opt.log_dir, s->opt.cache_dir, &p->trouble) == 0 &&
	           session_read_options(s, &p->trouble) == 0;
	if (p->known)
		s->exec.tool_cache = path_join(&s->arena, s->state.cache, STR("tools"));
	return p->known;
}

static struct val github(struct eval_place *p)
{
	struct sidestep_session *s = p->session;
	const struct sidestep_run_options *o = &s->opt;
	if (p->github.kind == VAL_OBJECT)
		return p->github;
	if (s->project.repo && !o->event_file)
		git_read_ahead(s->project.repo);
	struct event_request q = { .name = str_of(o->event && o->event[0] ? o->event : "push"),
		                   .payload_file =
		                           o->event_file ? path_join(&s->arena, s->project.dir, str_of(o->event_file)).p : NULL,
		                   .repo = s->project.repo,
		                   .dir = s->project.root.p,
		                   .actor = str_of(o->actor) };
	if (trigger_event_for(&s->event, &s->arena, &q, &p->trouble) < 0)
		return val_null();
	p->github = github_context(&s->arena, &s->event, str_of(o->github_url), STR_EMPTY, STR_EMPTY, STR_EMPTY);
	val_set_str(&s->arena, p->github, "workspace", s->project.root);
	return p->github;
}

static struct val context(void *cookie, struct str name)
{
	struct eval_place *p = cookie;
	struct val v;
	if (val_get(p->given, name, &v) || !p->run || !look(p))
		return val_get(p->given, name, &v) ? v : val_null();
	struct sidestep_session *s = p->session;
	if (str_is(name, "github"))
		return github(p);
	if (str_is(name, "runner"))
		return runner_context(&s->arena, &s->exec, STR_EMPTY, s->project.root);
	return str_is(name, "vars") ? s->exec.vars : str_is(name, "env") ? s->exec.env : s->exec.inputs;
}

/* ---- hashFiles ---- */

/* What is ignored is not copied, and neither are submodules without being asked for. */
static int find_left_out(struct eval_place *p, struct err *err)
{
	struct str *paths;
	size_t n;
	if (p->left_out)
		return 0;
	if (checkout_hidden(&p->arena, p->session->project.root, &paths, &n, err) < 0)
		return -1;
	p->left_out = arena_make(&p->arena, struct map);
	for (size_t i = 0; i < n; i++)
		map_put(&p->arena, p->left_out, str_to(paths[i], paths[i].n - str_ends(paths[i], STR("/"))), p);
	return 0;
}

static int hash_tree(void *cookie, struct arena *a, const struct str *patterns, size_t n, struct str *out, struct err *err)
{
	struct eval_place *p = cookie;
	if (!look(p)) {
		*err = p->trouble;
		return -1;
	}
	if (find_left_out(p, err) < 0)
		return -1;
	return hash_files_except(out, a, p->session->project.root, str_of(getenv("HOME")), patterns, n, p->left_out, err);
}

struct expr_env eval_place_env(struct eval_place *p)
{
	return (struct expr_env) { .cookie = p, .context = context, .hash_files = hash_tree };
}
