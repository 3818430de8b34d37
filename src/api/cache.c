/* What is kept of other repositories, told to people: list, explain, prune. */
#include <sidestep/cache.h>

#include <time.h>

#include "actions/inventory.h"
#include "actions/reference.h"
#include "answer/text.h"
#include "base/clean.h"
#include "base/path.h"
#include "git/git.h"
#include "store/state.h"
#include "value/val.h"

enum { DAYS_KEPT = 30, SECONDS_A_DAY = 24 * 60 * 60 };

struct cache {
	struct arena a;
	struct sidestep_cache_options opt;
	struct str store;
	struct inventory all;
	struct buf out, said;
};

static int cache_open(struct cache *c, const struct sidestep_cache_options *options)
{
	struct state state = { 0 };
	struct err err = ERR_INIT;
	*c = (struct cache) { 0 };
	if (options)
		memcpy(&c->opt, options, MIN(sizeof(c->opt), (size_t)options->size));
	if (state_find(&state, &c->a, NULL, c->opt.cache_dir, &err) < 0) {
		text_error(&c->said, &err);
		return -1;
	}
	c->store = path_join(&c->a, state.cache, STR("actions"));
	inventory_read(&c->all, &c->a, c->store);
	return 0;
}

static enum sidestep_status cache_close(struct cache *c, enum sidestep_status status, struct sidestep_text *text)
{
	text_take(text, &c->out, &c->said);
	arena_done(&c->a);
	return status;
}

static void add_size(struct buf *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;
	double v = (double)bytes;
	for (; v >= 1024 && unit + 1 < ARRAY_LEN(units); unit++)
		v /= 1024;
	buf_addf(out, unit && v < 10 ? "%.1f %s" : "%.0f %s", v, units[unit]);
}

static void add_age(struct buf *out, int64_t when)
{
	int64_t days = ((int64_t)time(NULL) - when) / SECONDS_A_DAY;
	if (days <= 0)
		buf_adds(out, "today");
	else
		buf_addf(out, "%lld day%s ago", (long long)days, days == 1 ? "" : "s");
}

static void add_refs(struct cache *c, const struct stored_tree *t, struct buf *out, const char *before)
{
	struct stored_refs refs;
	size_t n = 0;
	inventory_refs(&refs, &c->a, &t->place);
	for (size_t i = 0; i < refs.n; i++)
		if (str_eq(refs.v[i].sha, t->sha)) {
			buf_adds(out, n++ ? ", " : before);
			clean_append(out, refs.v[i].name);
		}
}

/* ---- list ---- */

static struct val json_tree(struct cache *c, const struct stored_tree *t)
{
	struct val o = val_object(&c->a), list = val_array(&c->a);
	struct stored_refs refs;
	val_set_str(&c->a, o, "server", t->server);
	val_set_str(&c->a, o, "repository", t->repository);
	val_set_str(&c->a, o, "sha", t->sha);
	inventory_refs(&refs, &c->a, &t->place);
	for (size_t i = 0; i < refs.n; i++)
		if (str_eq(refs.v[i].sha, t->sha))
			val_push(&c->a, list, val_str(refs.v[i].name));
	val_set(&c->a, o, STR("refs"), list);
	val_set(&c->a, o, STR("bytes"), val_num((double)inventory_weigh(&c->a, t)));
	val_set(&c->a, o, STR("used_at"), val_num((double)t->used_at));
	val_set_str(&c->a, o, "path", action_tree(&c->a, &t->place, t->sha));
	return o;
}

static void list_json(struct cache *c)
{
	struct val all = val_array(&c->a);
	for (size_t i = 0; i < c->all.n; i++)
		val_push(&c->a, all, json_tree(c, &c->all.v[i]));
	val_to_json(&c->out, all, JSON_PRETTY);
	buf_addc(&c->out, '\n');
}

static void list_text(struct cache *c)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < c->all.n; i++) {
		const struct stored_tree *t = &c->all.v[i];
		uint64_t bytes = inventory_weigh(&c->a, t);
		sum += bytes;
		buf_addf(&c->out, "%.*s  %.*s  ", STRF(t->repository), STRF(str_to(t->sha, 12)));
		add_size(&c->out, bytes);
		buf_adds(&c->out, "  used ");
		add_age(&c->out, t->used_at);
		add_refs(c, t, &c->out, "  ");
		if (!str_is(t->server, "github.com"))
			buf_addf(&c->out, "  from %.*s", STRF(t->server));
		buf_addc(&c->out, '\n');
	}
	buf_addf(&c->out, "%zu stored commit%s, ", c->all.n, c->all.n == 1 ? "" : "s");
	add_size(&c->out, sum);
	buf_addf(&c->out, ", in %.*s\n", STRF(c->store));
}

enum sidestep_status sidestep_cache_list(const struct sidestep_cache_options *options, struct sidestep_text *text)
{
	struct cache c;
	if (cache_open(&c, options) < 0)
		return cache_close(&c, SIDESTEP_ENVIRONMENT, text);
	if (c.opt.json)
		list_json(&c);
	else
		list_text(&c);
	return cache_close(&c, SIDESTEP_OK, text);
}

/* ---- explain ---- */

static void explain_store(struct cache *c)
{
	buf_addf(
		&c->out,
		"Actions of other repositories are kept in %.*s: for each server and repository the bare repository "
		"OWNER/REPO.git as "
		"it was fetched, and OWNER/REPO/COMMIT, unpacked, for each commit that was used. A full commit that is stored is "
		"never asked for again; a tag or branch is asked for in each run, unless it is --offline. Trees never change: "
		"each "
		"job gets its own copy. 'sidestep cache prune' removes what was not used for %d days.\n",
		STRF(c->store), DAYS_KEPT);
}

/* One tree, if that is what the name means. */
static bool explain_tree(struct cache *c, const struct stored_tree *t, struct str ref)
{
	int64_t when = 0;
	struct str sha = ref.n && !git_is_object_name(ref) ? action_ref_stored(&c->a, &t->place, ref, &when) : ref;
	if (sha.n ? !str_eq(sha, t->sha) : ref.n > 0)
		return false;
	buf_addf(&c->out, "%.*s at %.*s", STRF(t->repository), STRF(t->sha));
	if (when) {
		buf_addf(&c->out, ", what '%.*s' stood for when it was asked for ", STRF(ref));
		add_age(&c->out, when);
	}
	buf_addf(&c->out, "\n  server   %.*s\n  files    %.*s\n  size     ", STRF(t->server),
	         STRF(action_tree(&c->a, &t->place, t->sha)));
	add_size(&c->out, inventory_weigh(&c->a, t));
	buf_adds(&c->out, "\n  used     ");
	add_age(&c->out, t->used_at);
	add_refs(c, t, &c->out, "\n  known as ");
	buf_addc(&c->out, '\n');
	return true;
}

enum sidestep_status sidestep_cache_explain(const struct sidestep_cache_options *options, const char *what,
                                            struct sidestep_text *text)
{
	struct cache c;
	size_t found = 0;
	if (cache_open(&c, options) < 0)
		return cache_close(&c, SIDESTEP_ENVIRONMENT, text);
	if (!what) {
		explain_store(&c);
		return cache_close(&c, SIDESTEP_OK, text);
	}
	struct str name = str_of(what);
	size_t at = str_find_c(name, '@', 0);
	struct str ref = at == SIZE_MAX ? STR_EMPTY : str_from(name, at + 1);
	name = str_to(name, MIN(at, name.n));
	if (!action_repository_possible(name)) {
		buf_addf(&c.said, "sidestep: error: '%s': OWNER/REPO or OWNER/REPO@REF was expected\n", what);
		return cache_close(&c, SIDESTEP_USAGE, text);
	}
	for (size_t i = 0; i < c.all.n; i++)
		if (str_eq_nocase(c.all.v[i].repository, name))
			found += explain_tree(&c, &c.all.v[i], ref);
	if (!found)
		buf_addf(&c.out, "%s is not stored: the next run that uses it fetches it, one with --offline cannot\n", what);
	return cache_close(&c, SIDESTEP_OK, text);
}

/* ---- prune ---- */

enum sidestep_status sidestep_cache_prune(const struct sidestep_cache_options *options, struct sidestep_text *text)
{
	struct cache c;
	size_t gone = 0, busy = 0;
	uint64_t bytes = 0;
	enum sidestep_status status = SIDESTEP_OK;
	if (cache_open(&c, options) < 0)
		return cache_close(&c, SIDESTEP_ENVIRONMENT, text);
	int64_t limit = (int64_t)time(NULL) - (int64_t)(c.opt.days > 0 ? c.opt.days : DAYS_KEPT) * SECONDS_A_DAY;
	for (size_t i = 0; i < c.all.n; i++) {
		const struct stored_tree *t = &c.all.v[i];
		struct err err = ERR_INIT;
		if (!c.opt.all && t->used_at >= limit)
			continue;
		uint64_t size = inventory_weigh(&c.a, t);
		int rc = inventory_remove(&c.a, t, c.opt.dry_run, &err);
		if (rc < 0) {
			text_error(&c.said, &err);
			status = SIDESTEP_ENVIRONMENT;
			continue;
		}
		buf_addf(&c.out, "%s %.*s %.*s\n",
		         rc > 0          ? "in use:"
		         : c.opt.dry_run ? "would remove"
		                         : "removed",
		         STRF(t->repository), STRF(str_to(t->sha, 12)));
		busy += rc > 0;
		gone += rc == 0;
		bytes += rc == 0 ? size : 0;
	}
	buf_addf(&c.out, "%zu of %zu stored commits %s, ", gone, c.all.n, c.opt.dry_run ? "would go" : "removed");
	add_size(&c.out, bytes);
	buf_adds(&c.out, busy ? "; what a run uses stays\n" : "\n");
	return cache_close(&c, status, text);
}
