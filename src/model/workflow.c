/* A whole workflow file: text → tree → tokens → model; see workflow.h. */
#include "model/workflow.h"

#include "model/internal.h"

static void read_jobs(struct loader *l, struct workflow *w, const struct token *jobs)
{
	if (!jobs || jobs->kind != TOKEN_MAPPING)
		return;
	w->jobs = arena_array(l->a, struct job *, jobs->map.n + 1);
	for (size_t i = 0; i < jobs->map.n; i++)
		if (jobs->map.pairs[i].key->kind == TOKEN_STRING)
			w->jobs[w->njobs++] = job_read(l, jobs->map.pairs[i].key, jobs->map.pairs[i].value);
	values_check(l, w);
	if (l->diags->errors == 0)
		needs_check(l, w, jobs->at);
}

static void read_root(struct loader *l, struct workflow *w, const struct token *root)
{
	w->root = root;
	struct str name = token_text(root, "name");
	if (name.n) {
		w->name = name;
		w->has_name = true;
	}
	w->run_name = token_get(root, "run-name");
	w->permissions = token_get(root, "permissions");
	w->env = token_get(root, "env");
	w->concurrency = token_get(root, "concurrency");
	w->defaults_run = token_get(token_get(root, "defaults"), "run");
	triggers_read(l, w, token_get(root, "on"));
	read_jobs(l, w, token_get(root, "jobs"));
}

struct workflow *workflow_read(struct arena *a, const struct source *src, struct str repo_path, struct diag_list *diags)
{
	return workflow_read_limited(a, src, repo_path, NULL, diags);
}

struct workflow *workflow_read_limited(struct arena *a, const struct source *src, struct str repo_path,
                                       const struct read_limits *limits, struct diag_list *diags)
{
	(void)limits;
	/* a list of its own: what another file has wrong says nothing about this one */
	struct diag_list own = { .arena = diags->arena, .sources = diags->sources };
	struct loader l = { .a = a, .src = src, .diags = &own };
	struct workflow *w = arena_make(a, struct workflow);
	w->path = src->path;
	w->name = arena_str(a, repo_path);
	w->source = src;
	struct ytree tree;
	struct token *root = NULL;
	if (ytree_parse(&tree, a, src, &(struct ytree_options) { .no_anchors = false }, &own))
		root = schema_read(a, tree.root, src, SCHEMA_WORKFLOW, &own); /* half a tree would only give false errors */
	if (root)
		read_root(&l, w, root);
	w->valid = root && own.errors == 0;
	for (size_t i = 0; i < own.n; i++) {
		struct diag *d = vec_add(diags->arena, diags);
		*d = own.v[i];
		diags->errors += d->severity == SEVERITY_ERROR;
	}
	return w;
}

int workflow_load(struct workflow **out, struct arena *a, struct source_set *sources, const char *path, struct str repo_path,
                  struct diag_list *diags, struct err *err)
{
	struct source *src;
	if (source_load(&src, sources, path, err) < 0)
		return -1;
	*out = workflow_read(a, src, repo_path, diags);
	return 0;
}

const struct job *workflow_job(const struct workflow *w, struct str id)
{
	for (size_t i = 0; i < w->njobs; i++)
		if (str_eq_nocase(w->jobs[i]->id, id))
			return w->jobs[i];
	return NULL;
}
