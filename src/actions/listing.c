/* Tags and branches; see listing.h. */
#include "actions/listing.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>

#include "actions/helper.h"
#include "actions/inventory.h"
#include "base/file.h"
#include "base/vec.h"
#include "git/remote.h"
#include "os/host.h"

enum { AT_ONCE = 8, ANSWER_MAX = 32 << 20, WORDS_MAX = 4096, LOOK_MS = 50 };

static const char *const words[] = {
	[LISTING_DONE] = "ok", [LISTING_NOWHERE] = "nowhere", [LISTING_NO_WAY] = "no-way", [LISTING_TROUBLE] = "trouble"
};

struct refs_list {
	VEC(struct listed_ref);
};

/* ---- what git says ---- */

/* A line "<sha>\t<name>"; behind an annotated tag one with ^{} follows, with the commit. */
static void take_ref(struct arena *a, struct refs_list *out, struct str line)
{
	size_t tab = str_find_c(line, '\t', 0);
	struct str sha = str_to(line, MIN(tab, line.n)), name = tab == SIZE_MAX ? STR_EMPTY : str_from(line, tab + 1);
	if (!git_is_object_name(sha) || !str_starts(name, STR("refs/")))
		return;
	if (!str_ends(name, STR("^{}")))
		*vec_add(a, out) = (struct listed_ref) { arena_str(a, name), arena_str(a, sha) };
	else if (out->n && str_eq(out->v[out->n - 1].name, str_to(name, name.n - 3)))
		out->v[out->n - 1].sha = arena_str(a, sha);
}

static void take_answer(struct arena *a, struct listing *l, struct str answer)
{
	struct refs_list refs = { 0 };
	struct str line, word;
	if (!str_next_line(&answer, &line))
		return;
	word = str_to(line, MIN(str_find_c(line, ' ', 0), line.n));
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_is(word, words[i]))
			l->state = (enum listing_state)i;
	l->error = arena_str(a, str_from(line, word.n + 1));
	while (str_next_line(&answer, &line))
		take_ref(a, &refs, line);
	l->v = refs.v;
	l->n = refs.n;
}

/* ---- helpers ---- */

struct asking {
	struct arena *a;
	struct host *host;
	const struct listing_options *opt;
	struct listing *l;
	struct proc *proc;
	bool exited, eof;
	struct buf answer, words;
};

static void helper_wrote(void *cookie, enum host_stream stream, struct str bytes)
{
	struct asking *k = cookie;
	struct buf *into = stream == HOST_STDOUT ? &k->answer : &k->words;
	buf_addstr(into, str_to(bytes, into->max - into->n));
}

static void helper_closed(void *cookie)
{
	((struct asking *)cookie)->eof = true;
}

static void helper_ended(void *cookie, const struct proc_status *st)
{
	(void)st;
	((struct asking *)cookie)->exited = true;
}

static char **with_token(struct arena *a, const struct listing_options *opt)
{
	size_t n = 0;
	while (opt->environ[n])
		n++;
	char **out = arena_array(a, char *, n + 2);
	memcpy(out, opt->environ, n * sizeof(*out));
	if (opt->token.n)
		out[n] = (char *)(uintptr_t)arena_printf(a, ACTION_TOKEN_VARIABLE "=%.*s", STRF(opt->token)).p;
	return out;
}

static int start_asking(struct asking *k, struct err *err)
{
	static const struct proc_events events = { helper_wrote, helper_closed, helper_ended };
	char **argv = arena_array(k->a, char *, 5);
	argv[0] = arena_strdup(k->a, k->opt->self);
	argv[1] = arena_strdup(k->a, "__refs");
	argv[2] = arena_cstr(k->a, k->l->server);
	argv[3] = arena_cstr(k->a, k->l->url);
	struct spawn_spec spec = { .path = k->opt->self,
		                   .argv = argv,
		                   .envp = with_token(k->a, k->opt),
		                   .cwd = "/",
		                   .label = "__refs",
		                   .on = &events,
		                   .cookie = k };
	return k->host->ops->spawn(k->host, &spec, &k->proc, err);
}

static void end_asking(struct asking *k)
{
	if (!k->proc)
		return;
	if (k->exited && k->eof) {
		k->l->state = LISTING_TROUBLE;
		k->l->error = arena_printf(k->a, "the helper that asks for the refs of %.*s has failed: %.*s",
		                           STRF(k->l->repository), STRF(str_trim(buf_str(&k->words))));
		take_answer(k->a, k->l, buf_str(&k->answer));
	} else {
		k->host->ops->signal(k->host, k->proc, SIGKILL);
	}
	k->host->ops->release(k->host, k->proc);
	k->proc = NULL;
	buf_done(&k->answer);
	buf_done(&k->words);
}

/* Starts what there is room for; how many run. */
static int start_some(struct asking *all, size_t n, size_t *next, size_t *running, struct err *err)
{
	for (; *next < n && *running < AT_ONCE; ++*next, ++*running)
		if (start_asking(&all[*next], err) < 0)
			return -1;
	return 0;
}

static int turn(struct host *h, struct err *err)
{
	if (git_interrupted(err))
		return -1;
	return h->ops->wait(h, h->ops->now(h) + LOOK_MS * UINT64_C(1000000), err);
}

int listings_ask(struct arena *a, struct listing *const *all, size_t n, const struct listing_options *opt, struct err *err)
{
	size_t next = 0, running = 0;
	struct host *h = host_real_new(&(struct host_options) { .flags = HOST_NO_CGROUP }, err);
	if (!h)
		return -1;
	struct asking *ask = arena_array(a, struct asking, n + 1);
	for (size_t i = 0; i < n; i++)
		ask[i] = (struct asking) { .a = a,
			                   .host = h,
			                   .opt = opt,
			                   .l = all[i],
			                   .answer = BUF_INIT_MAX(ANSWER_MAX),
			                   .words = BUF_INIT_MAX(WORDS_MAX) };
	int rc = start_some(ask, n, &next, &running, err);
	while (rc == 0 && running) {
		rc = turn(h, err);
		for (size_t i = 0; i < next; i++)
			if (ask[i].proc && ask[i].exited && ask[i].eof) {
				end_asking(&ask[i]);
				running--;
			}
		if (rc == 0)
			rc = start_some(ask, n, &next, &running, err);
	}
	for (size_t i = 0; i < next; i++)
		end_asking(&ask[i]);
	h->ops->free(h);
	return rc;
}

/* ---- the child ---- */

static enum listing_state state_of(const struct err *err)
{
	enum git_refusal why = git_remote_refusal(err);
	if (why == GIT_NO_REPOSITORY)
		return LISTING_NOWHERE;
	return why != GIT_TROUBLE || err->kind == ERR_MISSING ? LISTING_NO_WAY : LISTING_TROUBLE;
}

int actions_refs_main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	if (argc != 4)
		return 2;
	struct git_remote remote = { .a = &a,
		                     .server = str_of(argv[2]),
		                     .url = str_of(argv[3]),
		                     .token = arena_str(&a, str_of(getenv(ACTION_TOKEN_VARIABLE))) };
	unsetenv(ACTION_TOKEN_VARIABLE);
	buf_addf(&out, "%s\n", words[LISTING_DONE]);
	if (git_remote_run(&remote, NULL, &out, GIT("ls-remote", "--tags", "--heads", "--", argv[3]), ANSWER_MAX, &err) < 0) {
		buf_clear(&out);
		buf_addf(&out, "%s %.*s\n", words[state_of(&err)], STRF(git_remote_why(&remote, &err)));
	}
	int rc = file_write_all(STDOUT_FILENO, out.p, out.n) < 0;
	arena_done(&a);
	return rc;
}

/* ---- without asking ---- */

void listing_remember(struct arena *a, struct listing *l, struct str store)
{
	struct action_place place = action_place_of(a, store, l->server, l->repository);
	struct stored_refs stored;
	struct refs_list refs = { 0 };
	inventory_refs(&stored, a, &place);
	for (size_t i = 0; i < stored.n; i++) {
		const struct stored_ref *r = &stored.v[i];
		struct str name = str_starts(r->name, STR("refs/")) ? r->name : arena_printf(a, "refs/tags/%.*s", STRF(r->name));
		*vec_add(a, &refs) = (struct listed_ref) { name, r->sha };
		if (i == 0 || r->asked_at < l->asked_at)
			l->asked_at = r->asked_at;
	}
	l->v = refs.v;
	l->n = refs.n;
	l->remembered = true;
	l->state = refs.n ? LISTING_DONE : LISTING_NO_WAY;
	if (!refs.n)
		l->error = arena_printf(a, "nothing of %.*s is stored, and --offline asks nobody", STRF(l->repository));
}

/* An annotated tag is one object more. What is no commit in the end is of no use to anybody. */
static void add_refs(struct refs_list *out, struct arena *a, struct git_repo *r, struct str prefix)
{
	struct git_ref_list refs;
	if (git_refs(&refs, r, prefix, NULL) < 0)
		return;
	for (size_t i = 0; i < refs.n; i++) {
		struct git_commit commit;
		if (git_commit(&commit, r, refs.v[i].sha, NULL) == 0)
			*vec_add(a, out) = (struct listed_ref) { arena_str(a, refs.v[i].name), arena_str(a, commit.sha) };
	}
}

void listing_of_folder(struct arena *a, struct listing *l, struct str dir)
{
	struct refs_list refs = { 0 };
	struct git_repo *r = NULL;
	struct err err = ERR_INIT;
	char real[PATH_MAX];
	bool found = realpath(arena_cstr(a, dir), real) && git_discover(&r, a, real, &err) == 0 && r;
	/* not one that only holds the folder */
	if (!found || !(str_is(r->root, real) || (!r->root.n && str_is(r->git_dir, real)))) {
		l->state = LISTING_NOWHERE;
		l->error = arena_printf(a, "%.*s is no git repository", STRF(dir));
		return;
	}
	add_refs(&refs, a, r, STR("refs/tags/"));
	add_refs(&refs, a, r, STR("refs/heads/"));
	git_done(r);
	l->state = LISTING_DONE;
	l->v = refs.v;
	l->n = refs.n;
}

static bool is_ref(const struct listed_ref *r, struct str before, struct str ref)
{
	return r->name.n == before.n + ref.n && str_starts(r->name, before) && str_ends(r->name, ref);
}

struct str listing_find(const struct listing *l, struct str ref)
{
	struct str places[] = { STR("refs/tags/"), STR("refs/heads/"), STR_EMPTY };
	for (size_t p = str_starts(ref, STR("refs/")) ? 2 : 0; p < ARRAY_LEN(places); p++)
		for (size_t i = 0; i < l->n; i++)
			if (is_ref(&l->v[i], places[p], ref))
				return l->v[i].sha;
	return STR_EMPTY;
}
