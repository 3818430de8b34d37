/* hashFiles() of a job's steps: a helper on this machine reads the files (hash/hash_helper.h), the evaluation is pending until it
 * has answered and is then made again. What it found holds for the moment of the step that asked: its reading at its place, its
 * beginning, its end; files may change between them. */
#include "checkout/checkout.h"
#include "hash/hash_helper.h"
#include "job/internal.h"

enum moment { MOMENT_PLACE, MOMENT_BEGINNING, MOMENT_END };

struct hashing {
	struct hashing *next;
	struct job_run *job;
	const struct step_run *step;
	enum moment moment;
	struct arena a;
	struct str request;
	struct proc *proc; /* NULL: it never began */
	struct buf said;
	bool exited, ended; /* the process; its output */
	struct str hash;    /* what it found, when it is done and wrong is not set */
	struct err wrong;
};

static enum moment moment_of(const struct step_run *s)
{
	return s->ended_at ? MOMENT_END : s->started_at ? MOMENT_BEGINNING : MOMENT_PLACE;
}

/* When a job is cancelled the condition of a step that has its slot is looked at once more: with what was found before. */
static bool is_looked_at_again(const struct step_run *s)
{
	return !s->ended_at && (s->proc || s->inner || s->state == ST_PREPARING);
}

static struct hashing *find_hashing(struct job_run *j, const struct step_run *s, struct str request)
{
	for (struct hashing *h = j->hashings; h; h = h->next)
		if (h->step == s && (h->moment == moment_of(s) || is_looked_at_again(s)) && str_eq(h->request, request))
			return h;
	return NULL;
}

static bool is_answered(const struct hashing *h)
{
	return !h->proc || (h->exited && h->ended);
}

/* ---- the helper ---- */

static void helper_ended(struct hashing *h)
{
	if (!is_answered(h))
		return;
	if (hash_answer_read(&h->hash, &h->a, buf_str(&h->said), &h->wrong) < 0 && h->wrong.kind == ERR_NONE)
		h->wrong.kind = ERR_SYSTEM;
	h->job->base.session->changed = true;
}

static void helper_says(void *cookie, enum host_stream stream, struct str bytes)
{
	struct hashing *h = cookie;
	if (stream == HOST_STDOUT)
		buf_addstr(&h->said, bytes);
}

static void helper_eof(void *cookie)
{
	struct hashing *h = cookie;
	h->ended = true;
	helper_ended(h);
}

static void helper_exit(void *cookie, const struct proc_status *st)
{
	struct hashing *h = cookie;
	(void)st; /* its answer says more */
	h->exited = true;
	helper_ended(h);
}

static const struct proc_events helper_events = { helper_says, helper_eof, helper_exit };

static struct hashing *start_helper(struct job_run *j, const struct step_run *s, struct str request)
{
	struct hashing *h = xcalloc(1, sizeof(*h));
	struct place *here = j->base.here;
	const struct exec_options *opt = &j->base.session->opt;
	*h = (struct hashing) { .next = j->hashings, .job = j, .step = s, .moment = moment_of(s) };
	h->request = arena_str(&h->a, request);
	h->said = BUF_INIT_MAX(HASH_ANSWER_MAX);
	j->hashings = h;
	char *self = (char *)(uintptr_t)opt->self.p;
	char *argv[] = { self, (char *)"__hash", NULL };
	struct spawn_spec spec = { .path = self,
		                   .argv = argv,
		                   .envp = hash_request_environ(&h->a, h->request, opt->environ),
		                   .cwd = "/",
		                   .label = "hash",
		                   .on = &helper_events,
		                   .cookie = h };
	if (!spec.envp)
		err_set(&h->wrong, ERR_SYSTEM, "hashFiles has too many patterns");
	else if (here->ops->spawn(here, &spec, &h->proc, &h->wrong) < 0)
		h->proc = NULL;
	return h;
}

static void forget(struct hashing *h)
{
	struct place *here = h->job->base.here;
	if (h->proc && !is_answered(h))
		here->ops->signal(here, h->proc, 9);
	if (h->proc)
		here->ops->detach(here, h->proc);
	if (h->proc)
		here->ops->release(here, h->proc);
	buf_done(&h->said);
	arena_done(&h->a);
	free(h);
}

static void forget_of(struct job_run *j, const struct step_run *s)
{
	for (struct hashing **at = &j->hashings; *at;) {
		struct hashing *h = *at;
		if (s && h->step != s) {
			at = &h->next;
			continue;
		}
		*at = h->next;
		forget(h);
	}
}

void job_hash_forget(struct step_run *s)
{
	forget_of((struct job_run *)s->job, s);
}

void hashing_end(struct job_run *j)
{
	forget_of(j, NULL);
}

/* ---- the function ---- */

static struct str home_of(const struct step_run *s)
{
	struct val v;
	if (s->env.kind == VAL_OBJECT && val_get(s->env, STR("HOME"), &v) && v.kind == VAL_STRING)
		return v.s;
	return session_environ(s->job->session, STR("HOME"));
}

/* In a dry run the workspace is never made: what a checkout has put there is the user's tree as it would be served. What steps
 * would make is not known; where nothing matches, and something would have run, they may have made it. */
static enum eval_result plan_hash(const struct job_run *j, struct str hash)
{
	const struct job_base *b = &j->base;
	if (b->plan_tree == PLAN_TREE_UNKNOWN || (!hash.n && b->plan_dirty))
		return EVAL_UNKNOWN;
	return EVAL_OK;
}

enum eval_result job_hash_files(struct step_run *s, struct arena *results, const struct str *patterns, size_t n, struct str *out,
                                struct err *err)
{
	struct job_run *j = (struct job_run *)s->job;
	bool dry = s->job->session->opt.dry_run;
	*out = STR_EMPTY;
	bool source = j->base.plan_tree == PLAN_TREE_SOURCE || s->job->session->opt.in_place;
	if (dry && !source)
		return plan_hash(j, *out);
	struct arena scratch = { 0 };
	struct hash_request request = { dry ? s->job->session->opt.source_dir : s->job->workspace, home_of(s), patterns, n, dry };
	struct str text = hash_request_text(&scratch, &request);
	struct hashing *h = find_hashing(j, s, text);
	if (!h)
		h = start_helper(j, s, text);
	arena_done(&scratch);
	if (!is_answered(h))
		return EVAL_PENDING;
	if (h->wrong.kind != ERR_NONE) {
		*err = h->wrong;
		return EVAL_ERROR;
	}
	*out = arena_str(results, h->hash);
	return dry ? plan_hash(j, *out) : EVAL_OK;
}
