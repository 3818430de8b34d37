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
	w->cache_mode = token_get(root, "cache-mode");
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

/* A limit was met: what stands in front of it is as it is. Other faults of the YAML make everything doubtful. */
static bool met_limit(const struct diag_list *diags)
{
	const struct diag *last = diags->n ? &diags->v[diags->n - 1] : NULL;
	return last && last->severity == SEVERITY_ERROR && last->rule == RULE_YAML_SIZE_LIMITS;
}

static struct token *read_shape(struct loader *l, const struct read_limits *limits)
{
	static const struct read_limits none;
	const struct read_limits *m = limits ? limits : &none;
	struct ytree tree;
	struct ytree_options yaml = { .no_anchors = m->no_anchors, .depth = m->depth, .max_chars = m->file_size };
	struct schema_options shape = { m->relaxed_events ? SCHEMA_WORKFLOW_RELAXED : SCHEMA_WORKFLOW, m->no_background };
	if (!ytree_parse(&tree, l->a, l->src, &yaml, l->diags)) {
		if (tree.root && met_limit(l->diags))
			schema_read_as(l->a, tree.root, l->src, &shape, l->diags);
		return NULL;
	}
	return schema_read_as(l->a, tree.root, l->src, &shape, l->diags);
}

/* What GitHub's reader would say so far, and how jobs depend on each other when that is nothing. */
static void conclude(struct loader *l, struct workflow *w, const struct read_limits *limits, size_t nshape)
{
	const struct token *jobs = token_get(w->root, "jobs");
	official_errors(l, w, limits, nshape, w->root != NULL);
	size_t before = l->diags->n;
	if ((w->nerrors && l->diags->errors) || !jobs || jobs->kind != TOKEN_MAPPING)
		return;
	needs_check(l, w, jobs->at);
	if (w->nerrors == 0)
		official_add(l, w, limits, before);
}

static void report_size(struct loader *l, const struct workflow *w)
{
	for (size_t i = 0; i < w->nerrors; i++)
		if (w->errors[i].at.file == UINT32_MAX)
			diag_add(l->diags, RULE_YAML_SIZE_LIMITS, (struct span) { w->source->id, 0, 0 }, "%.*s",
			         STRF(w->errors[i].text));
}

struct workflow *workflow_read_limited(struct arena *a, const struct source *src, struct str repo_path,
                                       const struct read_limits *limits, struct diag_list *diags)
{
	/* a list of its own: what another file has wrong says nothing about this one */
	struct diag_list own = { .arena = diags->arena, .sources = diags->sources };
	struct loader l = { .a = a, .src = src, .diags = &own };
	struct workflow *w = arena_make(a, struct workflow);
	w->path = src->path;
	w->name = arena_str(a, repo_path);
	w->source = src;
	struct token *root = read_shape(&l, limits);
	size_t nshape = own.n;
	w->size = official_size(root);
	if (root)
		read_root(&l, w, root);
	conclude(&l, w, limits, nshape);
	report_size(&l, w);
	w->valid = root && own.errors == 0;
	diag_append(diags, &own);
	return w;
}

const struct job *workflow_job(const struct workflow *w, struct str id)
{
	for (size_t i = 0; i < w->njobs; i++)
		if (str_eq_nocase(w->jobs[i]->id, id))
			return w->jobs[i];
	return NULL;
}
