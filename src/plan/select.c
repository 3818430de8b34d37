/* Which workflows an event starts: each filter of `on` in GitHub's order, with a sentence about the one that decided. */
#include "plan/select.h"

#include "base/vec.h"
#include "graph/show.h"
#include "model/filter_pattern.h"

enum { SHOWN_FILES = 3, SHOWN_PATTERNS = 12 };

/* More comparisons than that are nobody's filters. */
static const uint64_t steps_max = UINT64_C(1) << 32;

/* One trigger being asked. Filters return 1 when they let the event pass, 0 when not, -1 on errors. */
struct asking {
	struct arena *a;
	const struct trigger *t;
	struct trigger_event *e;
	struct git_repo *repo;
	struct err *err;
	struct selection *out;
	struct buf passed; /* what the filters so far had to say */
};

static struct str cut_prefix(struct str s, const char *prefix)
{
	return str_starts(s, str_of(prefix)) ? str_from(s, strlen(prefix)) : s;
}

static struct str member(struct val object, const char *name)
{
	struct val v = val_at(object, name);
	return v.kind == VAL_STRING ? v.s : STR_EMPTY;
}

/* The filter's token when it has something to say. */
static const struct token *filter_of(const struct asking *q, const char *name)
{
	const struct token *t = token_get(q->t->config, name);
	bool empty = !t || t->kind == TOKEN_NULL || (t->kind == TOKEN_SEQUENCE && t->seq.n == 0);
	return empty ? NULL : t;
}

static size_t count_items(const struct token *t)
{
	return t->kind == TOKEN_SEQUENCE ? t->seq.n : 1;
}

static struct str item(const struct token *t, size_t i)
{
	return t->kind == TOKEN_SEQUENCE ? t->seq.items[i]->raw : t->raw;
}

/* As it could stand in the file: [main, 'v*']. */
static struct str items_text(struct arena *a, const struct token *t)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	size_t n = count_items(t);
	for (size_t i = 0; i < MIN(n, (size_t)SHOWN_PATTERNS); i++) {
		struct str s = item(t, i);
		bool quote = s.n == 0 || strchr("*!&?[{|>@`#%-'\"", s.p[0]);
		for (size_t k = 0; k < s.n; k++)
			quote |= s.p[k] == ',' || s.p[k] == '[' || s.p[k] == ']' || s.p[k] == '{' || s.p[k] == '}' ||
			         s.p[k] == '#' || s.p[k] == ':';
		buf_addf(&b, "%s%s%.*s%s", i ? ", " : "[", quote ? "'" : "", STRF(s), quote ? "'" : "");
	}
	buf_adds(&b, n > SHOWN_PATTERNS ? ", …]" : "]");
	return arena_str(a, buf_str(&b));
}

static int decide(struct asking *q, struct str reason)
{
	q->out->kind = SELECTION_FILTERED;
	q->out->reason = reason;
	return 0;
}

static int pass(struct asking *q, struct str reason)
{
	buf_adds(&q->passed, q->passed.n ? "; " : "");
	buf_addstr(&q->passed, reason);
	return 1;
}

static struct str filter_text(const struct asking *q, const char *name)
{
	return arena_printf(q->a, "on.%.*s.%s %.*s", STRF(q->t->event), name, STRF(items_text(q->a, filter_of(q, name))));
}

/* ---- activities ---- */

static int of_types(struct asking *q)
{
	const struct token *types = filter_of(q, "types");
	struct str action = q->e->action, event = q->t->event;
	bool pull = str_is(event, "pull_request") || str_is(event, "pull_request_target");
	if (!types && pull && action.n && !str_is(action, "opened") && !str_is(action, "synchronize") &&
	    !str_is(action, "reopened"))
		return decide(q,
		              arena_printf(q->a, "on.%.*s without types is for opened, synchronize and reopened, not for '%.*s'",
		                           STRF(event), STRF(action)));
	if (!types)
		return 1;
	q->out->filters = true;
	struct str text = filter_text(q, "types");
	if (action.n == 0)
		return pass(q, arena_printf(q->a, "%.*s: the payload has no action to compare", STRF(text)));
	for (size_t i = 0; i < count_items(types); i++)
		if (str_eq(item(types, i), action))
			return pass(q, arena_printf(q->a, "%.*s names '%.*s'", STRF(text), STRF(action)));
	return decide(q, arena_printf(q->a, "%.*s does not name '%.*s'", STRF(text), STRF(action)));
}

/* ---- names ---- */

/* The filter `name` and its `ignoring` form (NULL: none) on a text; what: "branch". */
static int of_name(struct asking *q, const char *name, const char *ignoring, const char *what, struct str text)
{
	const struct token *wanted = filter_of(q, name), *ignored = ignoring ? filter_of(q, ignoring) : NULL;
	const struct token *t = wanted ? wanted : ignored;
	struct filter_list list;
	if (!t)
		return 1;
	q->out->filters = true;
	struct str filter = filter_text(q, wanted ? name : ignoring);
	if (text.n == 0)
		return pass(q, arena_printf(q->a, "%.*s: the payload has no %s to compare", STRF(filter), what));
	filter_list_compile(&list, q->a, t);
	bool selected = filter_list_selects(&list, text);
	const char *says = selected ? "matches" : "does not match";
	struct str reason = arena_printf(q->a, "%.*s %s '%.*s'", STRF(filter), says, STRF(text));
	return selected == (wanted != NULL) ? pass(q, reason) : decide(q, reason);
}

/* Filters for the other kind of ref only: this one is not meant. */
static bool has_any(const struct asking *q, const char *name, const char *ignoring)
{
	return filter_of(q, name) || filter_of(q, ignoring);
}

static int of_ref(struct asking *q)
{
	struct str ref = q->e->ref;
	bool tag = str_starts(ref, STR("refs/tags/")), branches = has_any(q, "branches", "branches-ignore");
	bool tags = has_any(q, "tags", "tags-ignore");
	struct str name = tag ? str_from(ref, 10) : cut_prefix(ref, "refs/heads/");
	if (val_truthy(val_at(q->e->payload, "deleted")))
		return decide(q, arena_printf(q->a, "nothing is started by the deletion of '%.*s'", STRF(name)));
	q->out->filters |= branches || tags;
	if (ref.n == 0 && (branches || tags))
		return decide(q,
		              arena_printf(q->a, "on.push has filters for branches or tags, and HEAD is on none that is known"));
	if (tag && !tags && branches)
		return decide(q, arena_printf(q->a, "on.push has filters for branches only, and '%.*s' is a tag", STRF(name)));
	if (!tag && !branches && tags)
		return decide(q, arena_printf(q->a, "on.push has filters for tags only, and '%.*s' is a branch", STRF(name)));
	return tag ? of_name(q, "tags", "tags-ignore", "tag", name) : of_name(q, "branches", "branches-ignore", "branch", name);
}

/* ---- changed files ---- */

static struct str files_text(struct arena *a, const struct git_changes *c)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (size_t i = 0; i < MIN(c->n, (size_t)SHOWN_FILES); i++)
		buf_addf(&b, "%s%.*s", i ? ", " : "", STRF(c->paths[i]));
	buf_adds(&b, c->n > SHOWN_FILES ? ", …" : "");
	return arena_str(a, buf_str(&b));
}

/* The first file that starts the workflow: a selected one, or with -ignore one that is not; SIZE_MAX when there is none. */
static int find_file(struct asking *q, const struct token *t, bool ignores, const struct git_changes *c, size_t *found)
{
	struct filter_list list;
	filter_list_compile(&list, q->a, t);
	*found = SIZE_MAX;
	for (size_t i = 0; i < c->n && *found == SIZE_MAX; i++) {
		if (filter_list_selects(&list, c->paths[i]) != ignores)
			*found = i;
		if (list.steps > steps_max)
			return err_set(q->err, ERR_INVALID, "on.%.*s: comparing its paths with the changed files takes too long",
			               STRF(q->t->event));
	}
	return 0;
}

static struct str no_file_text(struct asking *q, bool ignores, const struct git_changes *c)
{
	const char *name = ignores ? "paths-ignore" : "paths", *first = c->cut ? "first " : "";
	struct str list = items_text(q->a, filter_of(q, name)), files = files_text(q->a, c);
	struct str on = arena_printf(q->a, "on.%.*s.%s", STRF(q->t->event), name);
	if (c->n == 0)
		return arena_printf(q->a, "%.*s %.*s: no file was changed", STRF(on), STRF(list));
	if (c->n == 1)
		return arena_printf(q->a, "%.*s: the one changed file %s %.*s (%.*s)", STRF(on),
		                    ignores ? "is ignored by" : "does not match", STRF(list), STRF(files));
	if (ignores)
		return arena_printf(q->a, "%.*s: all %s%zu changed files are ignored by %.*s (%.*s)", STRF(on), first, c->n,
		                    STRF(list), STRF(files));
	return arena_printf(q->a, "%.*s: none of the %s%zu changed files matches %.*s (%.*s)", STRF(on), first, c->n, STRF(list),
	                    STRF(files));
}

static int of_paths(struct asking *q)
{
	const struct token *wanted = filter_of(q, "paths"), *t = wanted ? wanted : filter_of(q, "paths-ignore");
	struct git_changes c;
	size_t found;
	if (!t)
		return 1;
	q->out->filters = true;
	struct str filter = filter_text(q, wanted ? "paths" : "paths-ignore");
	if (q->e->tag_push)
		return pass(q, arena_printf(q->a, "%.*s is not asked for a tag", STRF(filter)));
	if (trigger_event_changes(&c, q->e, q->a, q->repo, q->err) < 0)
		return -1;
	if (c.unknown)
		return pass(q, arena_printf(q->a, "%.*s lets pass: which files changed cannot be said", STRF(filter)));
	if (find_file(q, t, !wanted, &c, &found) < 0)
		return -1;
	if (found == SIZE_MAX)
		return decide(q, no_file_text(q, !wanted, &c));
	return pass(
		q, arena_printf(q->a, "%.*s %s %.*s", STRF(filter), wanted ? "matches" : "does not match", STRF(c.paths[found])));
}

/* ---- events with rules of their own ---- */

static int of_push(struct asking *q)
{
	int rc = of_ref(q);
	return rc > 0 ? of_paths(q) : rc;
}

static int of_pull_request(struct asking *q)
{
	int rc = of_name(q, "branches", "branches-ignore", "base branch", cut_prefix(q->e->base_ref, "refs/heads/"));
	return rc > 0 ? of_paths(q) : rc;
}

static int of_merge_group(struct asking *q)
{
	struct str base = member(val_at(q->e->payload, "merge_group"), "base_ref");
	return of_name(q, "branches", "branches-ignore", "base branch", cut_prefix(base, "refs/heads/"));
}

/* Names of workflows: as they are, or as patterns. */
static int of_workflows(struct asking *q)
{
	const struct token *t = filter_of(q, "workflows");
	struct val p = q->e->payload;
	struct str name = member(val_at(p, "workflow_run"), "name");
	if (!name.n)
		name = member(val_at(p, "workflow"), "name");
	for (size_t i = 0; t && i < count_items(t); i++)
		if (name.n && str_eq(item(t, i), name)) {
			q->out->filters = true;
			return pass(q, arena_printf(q->a, "%.*s names '%.*s'", STRF(filter_text(q, "workflows")), STRF(name)));
		}
	return of_name(q, "workflows", NULL, "name of a workflow", name);
}

static int of_workflow_run(struct asking *q)
{
	struct str branch = member(val_at(q->e->payload, "workflow_run"), "head_branch");
	int rc = of_workflows(q);
	return rc > 0 ? of_name(q, "branches", "branches-ignore", "branch", branch) : rc;
}

static int of_image_version(struct asking *q)
{
	struct val image = val_at(q->e->payload, "image_version");
	int rc = of_name(q, "names", NULL, "name of an image", member(image, "name"));
	return rc > 0 ? of_name(q, "versions", NULL, "version of an image", member(image, "version")) : rc;
}

static size_t times(const struct trigger *t)
{
	return t->config && t->config->kind == TOKEN_SEQUENCE ? t->config->seq.n : 0;
}

static struct str time_at(const struct trigger *t, size_t i)
{
	const struct token *cron = token_get(t->config->seq.items[i], "cron");
	return cron ? cron->raw : STR_EMPTY;
}

static int of_schedule(struct asking *q, struct str cron)
{
	_cleanup_buf_ struct buf all = BUF_INIT;
	for (size_t i = 0; i < times(q->t); i++) {
		struct str time = time_at(q->t, i);
		if (cron.n == 0 || str_eq(time, cron))
			return pass(q, arena_printf(q->a, "on.schedule at '%.*s'", STRF(time)));
		if (i < SHOWN_PATTERNS)
			buf_addf(&all, "%s'%.*s'", i ? ", " : "", STRF(time));
	}
	q->out->filters = true;
	if (times(q->t) == 0)
		return decide(q, STR("on.schedule has no times"));
	return decide(q, arena_printf(q->a, "on.schedule has no '%.*s', but %.*s", STRF(cron), STRF(buf_str(&all))));
}

struct str select_cron(const struct workflow *w, struct str cron)
{
	for (size_t i = 0; i < w->ntriggers; i++)
		if (str_is(w->triggers[i].event, "schedule") && times(&w->triggers[i]) > 0)
			return cron.n ? cron : time_at(&w->triggers[i], 0);
	return cron;
}

/* ---- all of them ---- */

static int ask(struct asking *q, struct str cron)
{
	static const struct {
		const char *event;
		int (*rules)(struct asking *q);
	} events[] = {
		{ "push", of_push },
		{ "pull_request", of_pull_request },
		{ "pull_request_target", of_pull_request },
		{ "merge_group", of_merge_group },
		{ "workflow_run", of_workflow_run },
		{ "image_version", of_image_version },
	};
	if (str_is(q->t->event, "schedule"))
		return of_schedule(q, cron);
	int rc = of_types(q);
	for (size_t i = 0; rc > 0 && i < ARRAY_LEN(events); i++)
		if (str_is(q->t->event, events[i].event))
			rc = events[i].rules(q);
	return rc;
}

static struct str other_events(struct arena *a, const struct workflow *w, struct str event)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (size_t i = 0; i < w->ntriggers; i++)
		buf_addf(&b, "%s%.*s", i ? ", " : "", STRF(w->triggers[i].event));
	if (w->ntriggers == 0)
		return arena_printf(a, "not started by '%.*s', nor by anything else", STRF(event));
	return arena_printf(a, "not started by '%.*s': it is started by %.*s", STRF(event), STRF(buf_str(&b)));
}

int select_workflow(struct selection *out, struct arena *a, const struct workflow *w, struct trigger_event *e, struct str cron,
                    struct git_repo *repo, struct err *err)
{
	*out = (struct selection) { .kind = SELECTION_NO_EVENT };
	for (size_t i = 0; i < w->ntriggers && out->kind != SELECTION_RUNS; i++) {
		struct asking q = { .a = a, .t = &w->triggers[i], .e = e, .repo = repo, .err = err, .out = out };
		if (!str_eq(q.t->event, e->name))
			continue;
		int rc = ask(&q, cron);
		if (rc > 0) {
			out->kind = SELECTION_RUNS;
			out->reason = q.passed.n ? arena_str(a, buf_str(&q.passed)) : arena_printf(a, "on.%.*s", STRF(e->name));
		}
		buf_done(&q.passed);
		if (rc < 0)
			return err_wrap(err, "%.*s", STRF(w->path));
	}
	if (out->kind == SELECTION_NO_EVENT)
		out->reason = other_events(a, w, e->name);
	out->reason = show_clean(a, out->reason);
	return 0;
}
