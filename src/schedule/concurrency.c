/* Concurrency groups of workflows and jobs: who stands at which gate, what happens when it opens or when a newer one
 * takes the place. Other processes tell nobody, so that gates are looked at four times a second while one is held. */
#include "schedule/concurrency.h"

#include "base/utf8.h"
#include "schedule/flow.h"
#include "schedule/leg.h"

#define LOOK_EVERY (SECOND / 4)
enum { GROUP_NAME_MAX = 400 };

/* ---- what the file says ---- */

static bool read_flag(struct val v, bool *out)
{
	*out = v.kind == VAL_BOOL && v.b;
	return v.kind == VAL_BOOL || v.kind == VAL_NULL || v.kind == VAL_UNKNOWN;
}

/* From the evaluated value; false: *wrong says what is wrong with it. */
static bool gate_request_from(struct gate_request *r, struct arena *a, struct val v, struct str *wrong)
{
	bool whole = v.kind != VAL_OBJECT;
	struct val group = whole ? v : val_at(v, "group"), flag = whole ? val_null() : val_at(v, "cancel-in-progress");
	*r = (struct gate_request) { .group = STR_EMPTY };
	if (group.kind == VAL_ARRAY || group.kind == VAL_OBJECT) {
		*wrong = group.kind == VAL_ARRAY ? STR("A sequence was not expected") : STR("A mapping was not expected");
		return false;
	}
	r->group = val_to_str(a, group);
	r->queue_max = !whole && val_at(v, "queue").kind == VAL_STRING && str_is(val_at(v, "queue").s, "max");
	if (!read_flag(flag, &r->cancel_in_progress))
		*wrong = arena_printf(a, "Unexpected value '%.*s'", STRF(val_to_str(a, flag)));
	else if (r->group.n == 0)
		*wrong = STR("Concurrency group name cannot be empty");
	else if (utf8_utf16_units(r->group) > GROUP_NAME_MAX)
		*wrong = STR("Concurrency group name must be less than 400 characters");
	else if (r->queue_max && r->cancel_in_progress)
		*wrong = STR("'queue: max' cannot be combined with 'cancel-in-progress: true'.");
	else
		return true;
	return false;
}

bool concurrency_read(struct gate_request *r, const struct token *t, const struct scope *scope, struct str *why)
{
	struct str wrong;
	struct val v;
	if (scope_value(&v, t, scope, why) != EVAL_OK)
		return false;
	if (gate_request_from(r, scope->results, v, &wrong))
		return true;
	*why = scope_complaint(scope, wrong, t->at);
	return false;
}

/* ---- standing in line ---- */

/* Whether a workflow around has the group already: it would wait for itself for ever. */
static const struct flow *deadlock(const struct flow *around, struct str group)
{
	for (const struct flow *f = around; f; f = f->caller ? f->caller->flow : NULL)
		if (f->turn.entered && fold_equal(f->turn.group, group))
			return f;
	return NULL;
}

void turn_enter(struct turn *t, struct run *r, const struct flow *around, struct str who, const struct gate_request *request)
{
	struct gates *g = r->gates;
	t->group = request->group;
	if (g->session->opt.dry_run)
		return;
	if (deadlock(around, request->group)) {
		t->lost = true;
		t->why = arena_printf(&r->arena,
		                      "Canceling since a deadlock was detected for concurrency group: '%.*s' between a top level "
		                      "workflow and '%.*s'",
		                      STRF(request->group), STRF(who));
		return;
	}
	struct err err = ERR_INIT;
	if (g->store->ops->enter(g->store, request, &t->id, &err) < 0) {
		journal_trouble(&r->journal, err.text); /* better to run than to wait for nobody */
		return;
	}
	t->entered = t->held = true;
	*vec_add(&g->arena, &g->turns) = t;
	g->stirred = true;
	gates_look(g);
}

void turn_leave(struct turn *t, struct gates *g)
{
	if (!t->entered)
		return;
	g->owes |= !g->store->ops->leave(g->store, t->group, t->id);
	t->entered = t->held = false;
	size_t kept = 0;
	for (size_t i = 0; i < g->turns.n; i++)
		if (g->turns.v[i] != t)
			g->turns.v[kept++] = g->turns.v[i];
	g->turns.n = kept;
	g->stirred = true;
	g->session->changed = true;
}

/* ---- all gates ---- */

void gates_open(struct gates *g, struct session *session, struct gate *store)
{
	*g = (struct gates) { .session = session, .store = store ? store : gate_memory_new(), .own = !store };
}

void gates_close(struct gates *g)
{
	while (g->turns.n)
		turn_leave(g->turns.v[0], g);
	if (g->own)
		g->store->ops->free(g->store);
	arena_done(&g->arena);
}

static void look_at_turn(struct turn *t, struct gates *g)
{
	struct err err = ERR_INIT;
	enum gate_state state = g->store->ops->look(g->store, t->group, t->id, &err);
	if (state == GATE_FAILED && t->held && !t->lost) {
		t->lost = g->session->changed = true;
		t->why = arena_printf(&g->arena, "the place in concurrency group '%.*s' is lost: %s", STRF(t->group), err.text);
	} else if (state == GATE_CANCELLED && !t->lost) {
		t->lost = g->session->changed = true;
		t->why = arena_printf(&g->arena, "Canceling since a higher priority waiting request for '%.*s' exists",
		                      STRF(t->group));
	} else if (state == GATE_OPEN && t->held) {
		t->held = false;
		g->session->changed = true;
	}
}

void gates_look(struct gates *g)
{
	uint64_t now = session_now(g->session);
	if ((g->turns.n == 0 && !g->owes) || (!g->stirred && now < g->look_at))
		return;
	g->owes = g->owes && !g->store->ops->settle(g->store);
	g->stirred = false;
	g->look_at = now + LOOK_EVERY;
	for (size_t i = 0; i < g->turns.n; i++)
		look_at_turn(g->turns.v[i], g);
}

uint64_t gates_deadline(const struct gates *g)
{
	return g->turns.n || g->owes ? g->look_at : NEVER;
}
