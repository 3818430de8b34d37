/* Reads called workflows; see called.h. Each file is read once, however often it is called. */
#include "project/called.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "base/beneath.h"
#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "fetch/fetch_file.h"
#include "model/calls.h"

enum { SILENCE_MS = 500, WHY_MAX = 300 }; /* what is there sooner needs no words */

/* A reference to a file of a repository, taken apart. */
struct reference {
	struct str repository; /* "owner/repo"; empty: that of the run */
	struct str path, ref;
};

struct known_file {
	struct str key;
	struct called_file file;
};

struct reader {
	struct project *p;
	const struct call_places *places;
	struct str own; /* "owner/repo" of the project, or empty */
	struct {
		VEC(struct known_file);
	} known;
	bool fetches;       /* for the job that is looked at */
	struct err missing; /* the first thing that could not be had */
};

static struct arena *arena_of(struct reader *r)
{
	return &r->p->arena;
}

/* "./x" and "$/x" are files of the repository of the caller, at its commit. */
static struct reference take_apart(const struct workflow *from, struct str uses)
{
	struct reference out = { STR_EMPTY, STR_EMPTY, STR_EMPTY };
	if (str_starts(uses, STR("./")) || str_starts(uses, STR("$/"))) {
		out.repository = from->repository;
		out.path = str_from(uses, 2);
		out.ref = from->sha.n ? from->sha : from->ref;
		return out;
	}
	size_t slash = str_find_c(uses, '/', 0), second = slash == SIZE_MAX ? slash : str_find_c(uses, '/', slash + 1);
	size_t at = str_find_c(uses, '@', 0);
	if (second == SIZE_MAX || at == SIZE_MAX || at < second)
		return out;
	out.repository = str_to(uses, second);
	out.path = str_n(uses.p + second + 1, at - second - 1);
	out.ref = str_from(uses, at + 1);
	return out;
}

static const char *local_dir(struct reader *r, const struct reference *ref)
{
	struct val places = r->places->local_repositories;
	if (places.kind != VAL_OBJECT)
		return NULL;
	struct val v = val_at(places, arena_printf(arena_of(r), "%.*s@%.*s", STRF(ref->repository), STRF(ref->ref)).p);
	if (v.kind != VAL_STRING)
		v = val_at(places, arena_cstr(arena_of(r), ref->repository));
	return v.kind == VAL_STRING ? path_join(arena_of(r), r->p->dir, v.s).p : NULL;
}

/* The same text under the same name is one source: what is wrong with it is said once. */
static const struct source *add_source(struct reader *r, struct str name, struct str text)
{
	const struct source_set *set = &r->p->sources;
	for (size_t i = 0; i < set->n; i++)
		if (str_eq(set->v[i]->path, name) && str_eq(set->v[i]->text, text))
			return set->v[i];
	return source_add(&r->p->sources, name, text);
}

/* "owner/repo/.github/workflows/x.yml@ref" */
static struct str full_name(struct reader *r, const struct reference *ref)
{
	return arena_printf(arena_of(r), "%.*s/%.*s@%.*s", STRF(ref->repository), STRF(ref->path), STRF(ref->ref));
}

static int take_working_file(struct reader *r, struct str dir, const struct reference *ref, struct str shown,
                             struct called_file *out, struct err *err)
{
	struct str full = path_join(arena_of(r), dir, ref->path);
	_cleanup_buf_ struct buf text = BUF_INIT;
	out->source = source_unsaved(&r->p->sources, path_normal(arena_of(r), full));
	if (out->source)
		return 0;
	_cleanup_close_ int root = open(arena_cstr(arena_of(r), dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = root < 0 ? 1 : beneath_read(&text, root, arena_cstr(arena_of(r), ref->path), SOURCE_MAX, err);
	if (rc < 0 && err->errnum == EXDEV)
		return err_set(err, ERR_INVALID, "%.*s: is a link that leads out of its repository", STRF(full));
	if (rc == 1 && file_exists(full.p))
		return err_set(err, ERR_INVALID, "%.*s: is not a regular file", STRF(full));
	if (rc == 1)
		err_set(err, ERR_INVALID, "workflow was not found: there is no %.*s", STRF(full));
	if (rc != 0)
		return -1;
	out->source = add_source(r, shown.n ? shown : project_shown_path(r->p, full), buf_str(&text));
	return 0;
}

/* ---- fetching ---- */

/* One file that is fetched. */
struct fetching {
	struct reader *r;
	struct str repository;
	uint64_t since;
};

static uint64_t now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void tell_fetching(const struct fetching *f)
{
	const struct call_places *places = f->r->places;
	if (map_has(places->told, f->repository))
		return;
	map_put(arena_of(f->r), places->told, arena_str(arena_of(f->r), f->repository), f->r->p);
	places->say(places->cookie, arena_printf(arena_of(f->r), "fetching %.*s ...", STRF(f->repository)).p);
}

static void fetching_goes_on(void *cookie)
{
	const struct fetching *f = cookie;
	if (now_ms() - f->since >= SILENCE_MS)
		tell_fetching(f);
}

static void fetching_again(void *cookie, const struct err *why, double seconds)
{
	const struct fetching *f = cookie;
	const struct call_places *places = f->r->places;
	tell_fetching(f);
	places->say(places->cookie, arena_printf(arena_of(f->r), "fetching %.*s: %.*s; it is asked again in %.1f seconds",
	                                         STRF(f->repository), WHY_MAX, why->text, seconds)
	                                    .p);
}

static int take_fetched_file(struct reader *r, const struct reference *ref, struct called_file *out, struct err *err)
{
	struct arena *a = arena_of(r);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct fetching f = { .r = r, .repository = ref->repository, .since = now_ms() };
	bool tells = r->places->say != NULL;
	struct fetch_store store = { .url = arena_printf(a, "%s/%.*s", r->places->github_url, STRF(ref->repository)),
		                     .server = str_of(r->places->github_url),
		                     .token = r->places->token,
		                     .dir = r->places->store,
		                     .offline = r->places->offline,
		                     .tick = tells ? fetching_goes_on : NULL,
		                     .again = tells ? fetching_again : NULL,
		                     .cookie = &f };
	if (fetch_file(&text, &out->sha, a, &store, ref->ref, ref->path, err) < 0)
		return -1;
	out->source = add_source(r, full_name(r, ref), buf_str(&text));
	return 0;
}

/* Of this repository at another commit. 1: it is not known here. */
static int take_own_file(struct reader *r, const struct reference *ref, struct called_file *out, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	int rc = local_file(&text, &out->sha, r->p->repo, ref->ref, ref->path, err);
	if (rc == 0)
		out->source = add_source(r, full_name(r, ref), buf_str(&text));
	return rc;
}

static int find(struct reader *r, const struct reference *ref, struct called_file *out, struct err *err)
{
	*out = (struct called_file) { .repo_path = ref->path, .repository = ref->repository, .ref = ref->ref };
	if (!ref->repository.n)
		return take_working_file(r, r->p->root, ref, STR_EMPTY, out, err);
	const char *dir = local_dir(r, ref);
	if (dir)
		return take_working_file(r, str_of(dir), ref, full_name(r, ref), out, err);
	struct err own = ERR_INIT;
	if (r->own.n && r->p->repo && str_eq_nocase(r->own, ref->repository)) {
		int rc = take_own_file(r, ref, out, &own);
		if (rc <= 0)
			*err = own;
		if (rc <= 0)
			return rc;
	}
	if (!r->fetches)
		return 0; /* only files that are here are looked at */
	if (take_fetched_file(r, ref, out, err) == 0)
		return 0;
	if (own.kind != ERR_NONE && err->kind == ERR_MISSING)
		*err = own; /* a clone that lacks the ref, and nobody to ask */
	return -1;
}

/* Once a signal waits or a server does not answer, nothing more is asked for. */
static bool has_ended(const struct reader *r)
{
	return r->missing.errnum == EINTR || r->missing.errnum == ETIMEDOUT;
}

static int read_called(void *cookie, const struct workflow *from, struct str uses, struct called_file *out, struct err *err)
{
	struct reader *r = cookie;
	struct reference ref = take_apart(from, uses);
	if (has_ended(r))
		return 0;
	if (!ref.path.n)
		return err_set(err, ERR_INVALID, "it names no file");
	struct str key = full_name(r, &ref);
	for (size_t i = 0; i < r->known.n; i++)
		if (str_eq(r->known.v[i].key, key)) {
			*out = r->known.v[i].file;
			return 0;
		}
	if (find(r, &ref, out, err) < 0) {
		if (r->missing.kind == ERR_NONE && (err->kind == ERR_MISSING || err->errnum == EINTR))
			r->missing = *err;
		return r->missing.errnum == EINTR ? 0 : -1;
	}
	if (out->source) /* another job may have it fetched */
		*vec_add(arena_of(r), &r->known) = (struct known_file) { key, *out };
	return 0;
}

static void begin_job(void *cookie, const struct job *job)
{
	struct reader *r = cookie;
	const struct call_places *places = r->places;
	bool runs = !places->jobs;
	for (size_t i = 0; !runs && i < places->njobs; i++)
		runs = places->jobs[i] == job;
	r->fetches = runs && places->store.n > 0;
}

int project_load_calls(struct project *p, struct workflow *w, const struct call_places *places, struct err *err)
{
	struct str server;
	struct reader r = { .p = p, .places = places };
	if (!w->valid || !calls_any(w))
		return 0;
	if (p->repo)
		git_split_url(&p->arena, git_remote_url(p->repo), &server, &r.own);
	struct call_reader reader = { &r, begin_job, read_called };
	/* what the repository allows its token by default is not known here: nothing is refused for it */
	calls_load(w, &p->arena, &reader, &(struct call_options) { .write_policy = true }, &p->diags);
	if (r.missing.kind == ERR_NONE)
		return 0;
	*err = r.missing;
	return -1;
}
