/* Pinning: from files to references, from their repositories to commits, back into the files; and what is said of it. */
#include <sidestep/pin.h>

#include <errno.h>
#include <limits.h>
#include <time.h>

#include "actions/store.h"
#include "answer/text.h"
#include "base/clean.h"
#include "base/path.h"
#include "base/replace.h"
#include "base/vec.h"
#include "config/pairs.h"
#include "pin/pin.h"
#include "store/state.h"
#include "value/val.h"

enum { SECONDS_A_DAY = 24 * 60 * 60 };

extern char **environ;

struct pinning {
	struct project p;
	struct sidestep_pin_options opt;
	struct pin_options how;
	struct val local; /* OWNER/REPO[@REF] → folder */
	struct {
		VEC(struct pin_file *);
	} files;
	struct {
		VEC(struct listing *);
	} listings;
	struct buf out, said;
	bool found, invalid, no_way; /* in the order in which they decide about the status */
	size_t changed, changed_files, fine;
};

/* ---- what there is ---- */

static void fail_with(struct pinning *g, const struct err *err)
{
	text_error(&g->said, err);
	*(err->kind == ERR_INVALID ? &g->invalid : &g->no_way) = true;
}

static int load_files(struct pinning *g, struct err *err)
{
	struct arena *a = &g->p.arena;
	struct pin_paths paths = { 0 };
	if (pin_files(&paths, &g->p, g->opt.paths, g->opt.npaths, err) < 0)
		return -1;
	for (size_t i = 0; i < paths.n; i++) {
		const struct source *src;
		struct err why = ERR_INIT;
		struct pin_file *f = arena_make(a, struct pin_file);
		if (file_stays(arena_cstr(a, paths.v[i]), g->p.root.p, &why) < 0 ||
		    source_load(&src, &g->p.sources, paths.v[i], project_shown_path(&g->p, paths.v[i]), &why) < 0)
			fail_with(g, &why);
		else if (pin_find(f, a, src, &g->p.diags))
			*vec_add(a, &g->files) = f;
		else
			g->invalid = true;
	}
	return 0;
}

/* ---- asking ---- */

static struct str folder_of(struct pinning *g, const struct action_ref *ref)
{
	struct arena *a = &g->p.arena;
	struct val v = val_null();
	if (!val_get(g->local, arena_printf(a, "%.*s@%.*s", STRF(ref->repository), STRF(ref->ref)), &v))
		val_get(g->local, ref->repository, &v);
	return v.kind == VAL_STRING ? path_normal(a, path_join(a, g->p.root, v.s)) : STR_EMPTY;
}

static struct listing *listing_of(struct pinning *g, const struct action_ref *ref)
{
	struct arena *a = &g->p.arena;
	struct str dir = folder_of(g, ref), server = str_of(g->opt.github_url);
	struct str url = dir.n ? dir : action_place_of(a, STR_EMPTY, server, ref->repository).url;
	for (size_t i = 0; i < g->listings.n; i++)
		if (str_eq(g->listings.v[i]->url, url))
			return g->listings.v[i];
	struct listing *l = arena_make(a, struct listing);
	*l = (struct listing) { .repository = ref->repository, .server = dir.n ? STR_EMPTY : server, .url = url };
	return *vec_add(a, &g->listings) = l;
}

static const char *own_path(struct pinning *g)
{
	char self[PATH_MAX];
	ssize_t n = g->opt.self ? 0 : readlink("/proc/self/exe", self, sizeof(self));
	return g->opt.self ? g->opt.self : n > 0 ? arena_cstr(&g->p.arena, str_n(self, (size_t)n)) : "/proc/self/exe";
}

static int ask_all(struct pinning *g, struct err *err)
{
	struct arena *a = &g->p.arena;
	struct listing **asked = arena_array(a, struct listing *, g->listings.n + 1);
	struct state state = { 0 };
	size_t n = 0;
	if (g->opt.offline && state_find(&state, a, NULL, g->opt.cache_dir, err) < 0)
		return -1;
	for (size_t i = 0; i < g->listings.n; i++) {
		struct listing *l = g->listings.v[i];
		if (!l->server.n)
			listing_of_folder(a, l, l->url);
		else if (!g->opt.offline)
			asked[n++] = l;
		else
			listing_remember(a, l, path_join(a, state.cache, STR("actions")));
	}
	const struct listing_options opt = { .self = own_path(g), .environ = environ, .token = str_of(g->opt.token) };
	return n ? listings_ask(a, asked, n, &opt, err) : 0;
}

static int judge_all(struct pinning *g, struct err *err)
{
	for (size_t i = 0; i < g->files.n; i++)
		for (size_t k = 0; k < g->files.v[i]->uses.n; k++) {
			struct pin_use *u = g->files.v[i]->uses.v[k];
			if (pin_needs_listing(u, &g->how))
				u->listing = listing_of(g, &u->ref);
		}
	if (ask_all(g, err) < 0)
		return -1;
	for (size_t i = 0; i < g->files.n; i++)
		for (size_t k = 0; k < g->files.v[i]->uses.n; k++)
			pin_judge(&g->p.arena, g->files.v[i]->uses.v[k], &g->how);
	return 0;
}

/* ---- writing ---- */

/* Who applies a patch follows no links. */
static struct str patched_path(struct pinning *g, struct str file)
{
	char real[PATH_MAX], root[PATH_MAX];
	struct str shown = path_below(file, g->p.root);
	if (!realpath(file.p, real) || !realpath(g->p.root.p, root))
		return shown;
	struct str place = str_of(real), below = path_below(place, str_of(root));
	return str_eq(below, place) ? shown : arena_str(&g->p.arena, below);
}

static void write_file(struct pinning *g, struct pin_file *f)
{
	const struct source *src = f->source;
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t n = pin_edit(&text, &g->p.arena, f);
	if (!n)
		return;
	if (g->opt.diff)
		pin_diff(&g->out, patched_path(g, src->file), src->text, buf_str(&text));
	if (!g->opt.diff && !g->opt.check && file_replace(src->file.p, g->p.root.p, src->text, buf_str(&text), &err) < 0) {
		fail_with(g, &err);
		for (size_t k = 0; k < f->uses.n; k++)
			if (f->uses.v[k]->state == PIN_CHANGE) {
				f->uses.v[k]->state = PIN_UNWRITTEN;
				f->uses.v[k]->message = STR("the file could not be written");
			}
		return;
	}
	g->changed += n;
	g->changed_files++;
}

/* ---- what is said ---- */

static bool is_finding(const struct pinning *g, const struct pin_use *u)
{
	return u->state != PIN_FINE && (u->state != PIN_CHANGE || g->how.check);
}

static void count_use(struct pinning *g, const struct pin_use *u)
{
	g->fine += u->state == PIN_FINE;
	if (u->state == PIN_NO_WAY)
		g->no_way = true;
	else if (is_finding(g, u))
		g->found = true;
}

static void say_finding(struct pinning *g, struct buf *out, const struct source *src, const struct pin_use *u,
                        const struct sidestep_render *r)
{
	bool color = r && (out == &g->out ? r->color : r->messages_color);
	struct pos at = source_pos(src, u->at.from);
	buf_adds(out, color ? "\033[1m" : "");
	clean_append(out, src->path);
	buf_addf(out, ":%u:%u:%s %serror:%s ", at.line, at.col, color ? "\033[0m" : "", color ? "\033[1;31m" : "",
	         color ? "\033[0m" : "");
	clean_append(out, u->message);
	buf_adds(out, u->help.n ? "\n    " : "");
	clean_append(out, u->help);
	buf_addc(out, '\n');
}

static void say_change(struct pinning *g, const struct source *src, const struct pin_use *u)
{
	struct pos at = source_pos(src, u->at.from);
	clean_append(&g->out, src->path);
	buf_addf(&g->out, ":%u:%u: ", at.line, at.col);
	clean_append(&g->out, u->text);
	buf_addf(&g->out, " -> %.*s # ", STRF(u->sha));
	clean_append(&g->out, u->version);
	buf_addc(&g->out, '\n');
}

static void say_uses(struct pinning *g, const struct sidestep_render *render)
{
	struct buf *findings = g->opt.check && !g->opt.diff && !g->opt.json ? &g->out : &g->said;
	for (size_t i = 0; i < g->files.n; i++)
		for (size_t k = 0; k < g->files.v[i]->uses.n; k++) {
			const struct pin_use *u = g->files.v[i]->uses.v[k];
			count_use(g, u);
			if (is_finding(g, u) && !g->opt.json)
				say_finding(g, findings, g->files.v[i]->source, u, render);
			else if (u->state == PIN_CHANGE && !g->opt.diff && !g->opt.json)
				say_change(g, g->files.v[i]->source, u);
		}
}

static void say_remembered(struct pinning *g)
{
	for (size_t i = 0; i < g->listings.n; i++) {
		const struct listing *l = g->listings.v[i];
		if (!l->remembered || !l->n)
			continue;
		int64_t days = MAX(((int64_t)time(NULL) - l->asked_at) / SECONDS_A_DAY, INT64_C(0));
		buf_adds(&g->said, "sidestep: ");
		clean_append(&g->said, l->repository);
		buf_addf(&g->said, " as it is stored, %lld day%s old: --offline asks nobody\n", (long long)days,
		         days == 1 ? "" : "s");
	}
}

static void say_sum(struct pinning *g)
{
	if (g->opt.json || g->opt.check)
		return;
	buf_addf(&g->said, "%zu reference%s %s in %zu file%s, %zu stay%s\n", g->changed, g->changed == 1 ? "" : "s",
	         g->opt.diff ? "would be pinned" : "pinned", g->changed_files, g->changed_files == 1 ? "" : "s", g->fine,
	         g->fine == 1 ? "s" : "");
}

static void json_text(struct arena *a, struct val o, const char *key, struct str s)
{
	val_set(a, o, str_of(key), s.n ? val_str(s) : val_null());
}

static struct val json_use(struct pinning *g, const struct source *src, const struct pin_use *u)
{
	static const char *const states[] = {
		[PIN_OPEN] = "unknown",      [PIN_FINE] = "fine",      [PIN_CHANGE] = "change",      [PIN_DRIFT] = "drift",
		[PIN_NOWHERE] = "not-found", [PIN_NO_WAY] = "unknown", [PIN_UNWRITTEN] = "unwritten"
	};
	struct arena *a = &g->p.arena;
	struct val o = val_object(a);
	struct pos from = source_pos(src, u->at.from), to = source_pos(src, u->at.to);
	bool writes = u->state == PIN_CHANGE && !g->opt.check && !g->opt.diff;
	val_set_str(a, o, "path", src->path);
	val_set(a, o, STR("line"), val_num(from.line));
	val_set(a, o, STR("col"), val_num(from.col));
	val_set(a, o, STR("end_line"), val_num(to.line));
	val_set(a, o, STR("end_col"), val_num(to.col));
	val_set_str(a, o, "uses", u->text);
	json_text(a, o, "repository", u->ref.repository);
	json_text(a, o, "ref", u->ref.ref);
	val_set(a, o, STR("pinned"), val_bool(u->pinned));
	val_set_str(a, o, "state", str_of(states[u->state]));
	json_text(a, o, "sha", u->sha);
	json_text(a, o, "version", u->version);
	val_set(a, o, STR("written"), val_bool(writes));
	json_text(a, o, "message", u->message);
	json_text(a, o, "help", u->help);
	return o;
}

static void put_json(struct pinning *g)
{
	struct val all = val_array(&g->p.arena);
	for (size_t i = 0; i < g->files.n; i++)
		for (size_t k = 0; k < g->files.v[i]->uses.n; k++)
			val_push(&g->p.arena, all, json_use(g, g->files.v[i]->source, g->files.v[i]->uses.v[k]));
	buf_clear(&g->out);
	val_to_json(&g->out, all, JSON_PRETTY);
	buf_addc(&g->out, '\n');
}

/* ---- the whole ---- */

static int read_locals(struct pinning *g, struct err *err)
{
	g->local = val_object(&g->p.arena);
	return pairs_add(g->local, &g->p.arena, &g->opt.local_repositories, "--local-repository", err);
}

static enum sidestep_status pin_all(struct pinning *g, const struct sidestep_render *render)
{
	struct err err = ERR_INIT;
	if (project_open(&g->p, g->opt.directory, &err) < 0 || read_locals(g, &err) < 0 || load_files(g, &err) < 0 ||
	    judge_all(g, &err) < 0) {
		text_error(&g->said, &err);
		return status_of_error(&err);
	}
	for (size_t i = 0; i < g->files.n; i++)
		write_file(g, g->files.v[i]);
	text_diags(&g->said, &g->p.diags, render);
	say_uses(g, render);
	if (g->opt.json)
		put_json(g);
	say_remembered(g);
	say_sum(g);
	if (g->found)
		return SIDESTEP_FAILED;
	return g->invalid ? SIDESTEP_INVALID : g->no_way ? SIDESTEP_ENVIRONMENT : SIDESTEP_OK;
}

enum sidestep_status sidestep_pin(const struct sidestep_pin_options *options, const struct sidestep_render *render,
                                  struct sidestep_text *text)
{
	struct pinning g = { .opt = { .size = 0 } };
	memcpy(&g.opt, options, MIN(sizeof(g.opt), (size_t)options->size));
	if (!g.opt.github_url)
		g.opt.github_url = "https://github.com";
	g.how = (struct pin_options) { .check = g.opt.check, .update = g.opt.update };
	enum sidestep_status status = pin_all(&g, render);
	text_take(text, &g.out, &g.said);
	project_done(&g.p);
	return status;
}
