/* Concurrency groups of workflows and jobs: who stands at which gate, what happens when it opens or when a newer one
 * takes the place. Other processes tell nobody, so that gates are looked at four times a second while one is held. */
#include "base/utf8.h"
#include "exec/internal.h"

#define LOOK_EVERY (SECOND / 4)
enum { GROUP_NAME_MAX = 400 };

/* ---- what the file says ---- */

static bool read_bool(struct val v, bool *out)
{
	*out = v.kind == VAL_BOOL && v.b;
	return v.kind == VAL_BOOL || v.kind == VAL_NULL;
}

/* From the evaluated value; false: error->text says what is wrong with it. */
static bool make_request(struct gate_request *r, struct arena *a, struct val v, struct expr_error *error)
{
	bool whole = v.kind != VAL_OBJECT;
	struct val group = whole ? v : val_at(v, "group"), flag = whole ? val_null() : val_at(v, "cancel-in-progress");
	*r = (struct gate_request) { .group = STR_EMPTY };
	if (group.kind == VAL_ARRAY || group.kind == VAL_OBJECT) {
		error->text = group.kind == VAL_ARRAY ? STR("A sequence was not expected") : STR("A mapping was not expected");
		return false;
	}
	r->group = val_to_str(a, group);
	r->queue_max = !whole && val_at(v, "queue").kind == VAL_STRING && str_is(val_at(v, "queue").s, "max");
	if (!read_bool(flag, &r->cancel_in_progress))
		error->text = arena_printf(a, "Unexpected value '%.*s'", STRF(val_to_str(a, flag)));
	else if (r->group.n == 0)
		error->text = STR("Concurrency group name cannot be empty");
	else if (utf8_utf16_units(r->group) > GROUP_NAME_MAX)
		error->text = STR("Concurrency group name must be less than 400 characters");
	else if (r->queue_max && r->cancel_in_progress)
		error->text = STR("'queue: max' cannot be combined with 'cancel-in-progress: true'.");
	else
		return true;
	return false;
}

bool concurrency_read(struct gate_request *r, struct run *run, const struct token *t, struct expr_env *env, struct str *error)
{
	struct expr_error e;
	struct span at = t->at;
	struct val v;
	if (token_eval(&v, t, &run->arena, env, &e, &at) == 0) {
		at = t->at;
		if (make_request(r, &run->arena, v, &e))
			return true;
	}
	*error = eval_error_text(&run->arena, run, &e, at);
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

void concurrency_enter(struct turn *t, struct run *r, const struct flow *around, struct str who,
                       const struct gate_request *request)
{
	struct engine *e = r->engine;
	t->group = request->group;
	if (e->opt.dry_run)
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
	if (e->gate->ops->enter(e->gate, request, &t->id, &err) < 0) {
		run_set_trouble(r, err.text); /* better to run than to wait for nobody */
		return;
	}
	t->entered = t->held = true;
	*vec_add(&e->arena, &e->turns) = t;
	e->gates_stirred = true;
	concurrency_look(e);
}

void concurrency_leave(struct turn *t, struct engine *e)
{
	if (!t->entered)
		return;
	e->gate->ops->leave(e->gate, t->group, t->id);
	t->entered = t->held = false;
	size_t kept = 0;
	for (size_t i = 0; i < e->turns.n; i++)
		if (e->turns.v[i] != t)
			e->turns.v[kept++] = e->turns.v[i];
	e->turns.n = kept;
	e->gates_stirred = true;
	e->changed = true;
}

static void look_at(struct turn *t, struct engine *e)
{
	enum gate_state state = e->gate->ops->look(e->gate, t->group, t->id);
	if (state == GATE_CANCELLED && !t->lost) {
		t->lost = e->changed = true;
		t->why = arena_printf(&e->arena, "Canceling since a higher priority waiting request for '%.*s' exists",
		                      STRF(t->group));
	} else if (state == GATE_OPEN && t->held) {
		t->held = false;
		e->changed = true;
	}
}

void concurrency_look(struct engine *e)
{
	uint64_t now = engine_now(e);
	if (e->turns.n == 0 || (!e->gates_stirred && now < e->look_at))
		return;
	e->gates_stirred = false;
	e->look_at = now + LOOK_EVERY;
	for (size_t i = 0; i < e->turns.n; i++)
		look_at(e->turns.v[i], e);
}

uint64_t concurrency_deadline(const struct engine *e)
{
	return e->turns.n ? e->look_at : NEVER;
}
