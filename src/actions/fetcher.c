/* Asking for actions; see fetcher.h. */
#include "actions/fetcher.h"

#include "actions/helper.h"
#include "actions/reference.h"
#include "actions/store.h"
#include "base/vec.h"
#include "git/git.h"

enum { HELPERS_MAX = 8, ANSWERS_MAX = 1 << 20, WORDS_MAX = 4096 };

struct source_repo;

/* One ref: what others see of it, and who waits. */
struct entry {
	struct fetched out;
	struct source_repo *of;
	struct str ref;
	struct str asked; /* of the helper: the ref, or ACTION_AGAIN and a commit */
	unsigned waiters;
	int held; /* the lock on its tree; -1: none */
};

/* One repository, with the helper that works for it. */
struct source_repo {
	struct action_fetcher *fetcher;
	struct str name;
	struct action_place place;
	struct {
		VEC(struct entry *);
	} entries;
	struct proc *helper;
	bool exited, eof;
	struct proc_status status;
	struct buf answers, words;
	size_t noted; /* bytes of answers that were looked through for notes */
	struct {
		VEC(struct str);
	} notes;
};

struct action_fetcher {
	struct fetcher_options opt;
	struct arena a;
	struct session *session; /* that is told */
	unsigned running;
	struct {
		VEC(struct source_repo *);
	} repos;
};

struct action_fetcher *fetcher_new(const struct fetcher_options *options)
{
	struct action_fetcher *f = xcalloc(1, sizeof(*f));
	f->opt = *options;
	return f;
}

bool fetcher_is_offline(const struct action_fetcher *f)
{
	return f->opt.offline;
}

static void drop_helper(struct source_repo *r)
{
	struct host *h = r->fetcher->opt.host;
	if (!r->helper)
		return;
	if (!r->exited)
		h->ops->signal(h, r->helper, 9);
	h->ops->release(h, r->helper);
	r->helper = NULL;
	r->fetcher->running--;
}

void fetcher_free(struct action_fetcher *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->repos.n; i++) {
		struct source_repo *r = f->repos.v[i];
		drop_helper(r);
		buf_done(&r->answers);
		buf_done(&r->words);
		for (size_t k = 0; k < r->entries.n; k++)
			if (r->entries.v[k]->held >= 0)
				close(r->entries.v[k]->held);
	}
	arena_done(&f->a);
	free(f);
}

/* ---- what is stored ---- */

static bool take_tree(struct entry *e, struct str sha)
{
	struct arena *a = &e->of->fetcher->a;
	e->held = action_tree_hold(a, &e->of->place, sha);
	if (e->held < 0)
		return false;
	e->out.state = FETCH_DONE;
	e->out.sha = arena_str(a, sha);
	e->out.tree = action_tree(a, &e->of->place, sha);
	return true;
}

static void refuse(struct entry *e, enum fetch_state state, struct str why)
{
	e->out.state = state;
	e->out.error = arena_str(&e->of->fetcher->a, why);
}

static void refuse_name(struct entry *e, const char *what)
{
	refuse(e, FETCH_NOWHERE,
	       arena_printf(&e->of->fetcher->a, "Unable to resolve action `%.*s@%.*s`, %s", STRF(e->of->name), STRF(e->ref),
	                    what));
}

/* True: it is known without asking. */
static bool look_up(struct entry *e)
{
	struct action_fetcher *f = e->of->fetcher;
	struct str sha = STR_EMPTY;
	if (!action_repository_possible(e->of->name)) {
		refuse_name(e, "repository not found");
	} else if (!action_ref_possible(e->ref)) {
		refuse_name(e, arena_printf(&f->a, "unable to find version `%.*s`", STRF(e->ref)).p);
	} else {
		if (git_is_object_name(e->ref))
			sha = e->ref;
		else if (f->opt.offline)
			sha = action_ref_stored(&f->a, &e->of->place, e->ref, &e->out.asked_at);
		if (sha.n && take_tree(e, sha))
			return true;
		if (!f->opt.offline)
			return false;
		refuse(e, FETCH_NO_WAY,
		       arena_printf(&f->a, "the action `%.*s@%.*s` is not stored, and --offline fetches nothing",
		                    STRF(e->of->name), STRF(e->ref)));
	}
	return true;
}

/* ---- the helper's answers ---- */

static struct entry *entry_of(struct source_repo *r, struct str ref)
{
	for (size_t i = 0; i < r->entries.n; i++)
		if (str_eq(r->entries.v[i]->ref, ref))
			return r->entries.v[i];
	return NULL;
}

static struct entry *entry_asked(struct source_repo *r, struct str asked)
{
	for (size_t i = 0; i < r->entries.n; i++)
		if (str_eq(r->entries.v[i]->asked, asked) && r->entries.v[i]->out.state == FETCH_RUNS)
			return r->entries.v[i];
	return NULL;
}

/* "WORD REF TEXT" */
static void take_line(struct source_repo *r, struct str line)
{
	size_t blank = MIN(str_find_c(line, ' ', 0), line.n), second = MIN(str_find_c(line, ' ', blank + 1), line.n);
	struct str word = str_to(line, blank), text = str_from(line, MIN(second + 1, line.n));
	if (second <= blank)
		return;
	struct entry *e = entry_asked(r, str_n(line.p + blank + 1, second - blank - 1));
	if (!e)
		return;
	if (!str_is(word, ACTION_SAID_OK))
		refuse(e, str_is(word, ACTION_SAID_NOWHERE) ? FETCH_NOWHERE : FETCH_NO_WAY, text);
	else if (!take_tree(e, text))
		refuse(e, FETCH_NO_WAY, STR("what was fetched is gone from the store"));
}

static void helper_over(struct source_repo *r)
{
	struct action_fetcher *f = r->fetcher;
	struct str rest = buf_str(&r->answers), line;
	while (str_next_line(&rest, &line))
		take_line(r, line);
	for (size_t i = 0; i < r->entries.n; i++) {
		struct entry *e = r->entries.v[i];
		struct str words = str_trim(buf_str(&r->words));
		if (e->out.state == FETCH_RUNS)
			refuse(e, FETCH_NO_WAY,
			       arena_printf(&f->a, "the helper that fetches %.*s ended with exit code %d%s%.*s", STRF(r->name),
			                    r->status.exit_code, words.n ? ": " : "", STRF(words)));
	}
	drop_helper(r);
	fetcher_go(f);
	f->session->changed = true;
}

/* What the helper says while it works, whole lines only. */
static void take_notes(struct source_repo *r)
{
	struct action_fetcher *f = r->fetcher;
	struct str all = buf_str(&r->answers), before = STR(ACTION_SAID_AGAIN " - ");
	for (size_t end; (end = str_find_c(all, '\n', r->noted)) != SIZE_MAX; r->noted = end + 1) {
		struct str line = str_n(all.p + r->noted, end - r->noted);
		if (!str_starts(line, before))
			continue;
		*vec_add(&f->a, &r->notes) = arena_str(&f->a, str_from(line, before.n));
		f->session->changed = true;
	}
	for (size_t i = 0; i < r->entries.n; i++)
		if (r->entries.v[i]->out.state == FETCH_RUNS) {
			r->entries.v[i]->out.notes = r->notes.v;
			r->entries.v[i]->out.nnotes = r->notes.n;
		}
}

static void helper_says(void *cookie, enum host_stream stream, struct str bytes)
{
	struct source_repo *r = cookie;
	struct buf *into = stream == HOST_STDOUT ? &r->answers : &r->words;
	buf_addstr(into, str_to(bytes, into->max - into->n));
	take_notes(r);
}

static void helper_eof(void *cookie)
{
	struct source_repo *r = cookie;
	r->eof = true;
	if (r->exited)
		helper_over(r);
}

static void helper_exit(void *cookie, const struct proc_status *st)
{
	struct source_repo *r = cookie;
	r->exited = true;
	r->status = *st;
	if (r->eof)
		helper_over(r);
}

/* ---- starting one ---- */

static char **helper_environ(struct action_fetcher *f)
{
	size_t n = 0;
	while (f->opt.environ && f->opt.environ[n])
		n++;
	char **out = arena_array(&f->a, char *, n + 2);
	for (size_t i = 0; i < n; i++)
		out[i] = f->opt.environ[i];
	if (f->opt.token.n)
		out[n] = (char *)(uintptr_t)arena_printf(&f->a, ACTION_TOKEN_VARIABLE "=%.*s", STRF(f->opt.token)).p;
	return out;
}

static char **helper_argv(struct source_repo *r)
{
	struct action_fetcher *f = r->fetcher;
	char **argv = arena_array(&f->a, char *, r->entries.n + 6);
	size_t n = 0;
	argv[n++] = arena_strdup(&f->a, f->opt.self.p);
	argv[n++] = arena_strdup(&f->a, "__action");
	argv[n++] = (char *)(uintptr_t)arena_cstr(&f->a, f->opt.store);
	argv[n++] = (char *)(uintptr_t)arena_cstr(&f->a, f->opt.server);
	argv[n++] = (char *)(uintptr_t)arena_cstr(&f->a, r->name);
	for (size_t i = 0; i < r->entries.n; i++) {
		struct entry *e = r->entries.v[i];
		if (e->out.state != FETCH_WAITS)
			continue;
		e->out.state = FETCH_RUNS;
		argv[n++] = (char *)(uintptr_t)arena_cstr(&f->a, e->asked);
	}
	return argv;
}

static void start_helper(struct source_repo *r)
{
	static const struct proc_events events = { helper_says, helper_eof, helper_exit };
	struct action_fetcher *f = r->fetcher;
	struct err err = ERR_INIT;
	struct spawn_spec spec = { .path = f->opt.self.p,
		                   .argv = helper_argv(r),
		                   .envp = helper_environ(f),
		                   .cwd = "/",
		                   .label = "__action",
		                   .on = &events,
		                   .cookie = r };
	r->exited = r->eof = false;
	r->answers.max = ANSWERS_MAX;
	r->words.max = WORDS_MAX;
	buf_clear(&r->answers);
	r->noted = 0;
	buf_clear(&r->words);
	if (f->opt.host->ops->spawn(f->opt.host, &spec, &r->helper, &err) == 0) {
		f->running++;
		return;
	}
	r->helper = NULL;
	for (size_t i = 0; i < r->entries.n; i++)
		if (r->entries.v[i]->out.state == FETCH_RUNS)
			refuse(r->entries.v[i], FETCH_NO_WAY, str_of(err.text));
	f->session->changed = true;
}

void fetcher_go(struct action_fetcher *f)
{
	for (size_t i = 0; i < f->repos.n && f->running < HELPERS_MAX; i++) {
		struct source_repo *r = f->repos.v[i];
		bool waits = false;
		for (size_t k = 0; k < r->entries.n; k++)
			waits |= r->entries.v[k]->out.state == FETCH_WAITS && r->entries.v[k]->waiters;
		if (waits && !r->helper)
			start_helper(r);
	}
}

/* ---- asking ---- */

static struct source_repo *repo_of(struct action_fetcher *f, struct str name)
{
	for (size_t i = 0; i < f->repos.n; i++)
		if (str_eq(f->repos.v[i]->name, name))
			return f->repos.v[i];
	struct source_repo *r = arena_make(&f->a, struct source_repo);
	r->fetcher = f;
	r->name = arena_str(&f->a, name);
	r->place = action_place_of(&f->a, f->opt.store, f->opt.server, r->name);
	return *vec_add(&f->a, &f->repos) = r;
}

struct fetched *fetcher_ask(struct action_fetcher *f, struct session *s, struct str repository, struct str ref)
{
	struct source_repo *r = repo_of(f, repository);
	struct entry *e = entry_of(r, ref);
	f->session = s;
	if (!e) {
		e = arena_make(&f->a, struct entry);
		*e = (struct entry) { .of = r, .ref = arena_str(&f->a, ref), .held = -1 };
		e->asked = e->ref;
		*vec_add(&f->a, &r->entries) = e;
		look_up(e);
	}
	e->waiters++;
	return &e->out;
}

static struct entry *entry_around(struct fetched *what)
{
	return (struct entry *)((char *)what - offsetof(struct entry, out));
}

bool fetcher_again(struct action_fetcher *f, struct fetched *what)
{
	struct entry *e = entry_around(what);
	if (!str_eq(e->asked, e->ref) || what->state != FETCH_DONE)
		return false;
	const char *how = f->opt.offline ? ACTION_OFFLINE : ACTION_AGAIN;
	e->asked = arena_printf(&f->a, "%s%.*s", how, STRF(what->sha));
	close(e->held);
	e->held = -1;
	what->state = FETCH_WAITS;
	fetcher_go(f);
	return true;
}

/* What nobody waits for is asked for again when somebody does. */
void fetcher_leave(struct action_fetcher *f, struct fetched *what)
{
	struct entry *e = entry_around(what);
	struct source_repo *r = e->of;
	(void)f;
	if (--e->waiters || what->state != FETCH_RUNS)
		return;
	for (size_t i = 0; i < r->entries.n; i++)
		if (r->entries.v[i]->out.state == FETCH_RUNS && r->entries.v[i]->waiters)
			return;
	for (size_t i = 0; i < r->entries.n; i++)
		if (r->entries.v[i]->out.state == FETCH_RUNS)
			r->entries.v[i]->out.state = FETCH_WAITS;
	drop_helper(r);
}
