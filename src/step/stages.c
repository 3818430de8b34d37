/* The stages of an action; see stages.h. */
#include "step/stages.h"

#include <assert.h>

static struct step_use *new_use(struct frame *f, const struct gnode *n)
{
	struct step_use *u = arena_make(f->mem, struct step_use);
	u->list = f;
	u->node = n;
	u->name = n->default_name;
	return u;
}

struct step_use *stages_use_of(struct frame *f, const struct gnode *n)
{
	size_t i = (size_t)(n - f->nodes);
	if (!f->uses)
		f->uses = arena_array(f->mem, struct step_use *, f->n);
	if (!f->uses[i])
		f->uses[i] = new_use(f, n);
	return f->uses[i];
}

static void push_post(struct step_use *u)
{
	u->registered = true;
	u->older = u->list->posts;
	u->list->posts = u;
}

struct step_use *stages_use_around(struct frame *f, const struct gnode *n)
{
	assert(!f->around && !f->posts);
	f->around = new_use(f, n);
	push_post(f->around);
	return f->around;
}

struct step_use *stages_use(struct step_run *s)
{
	if (!s->use)
		s->use = stages_use_of(s->frame, s->node);
	return s->use;
}

void stages_register_post(struct step_run *s)
{
	struct step_use *u = stages_use(s);
	if (u->registered)
		return;
	if (s->stage == STAGE_MAIN)
		u->name = s->name; /* the first to register gives it */
	push_post(u);
}

/* The step in the file says everything about a stage but its name, its condition and what it does. */
static struct gnode stage_node(struct arena *a, const struct step_use *u, enum step_stage stage, uint32_t index)
{
	struct gnode n = *u->node;
	bool pre = stage == STAGE_PRE;
	struct str name = pre ? u->pre.name : u->post.name;
	n.id = arena_printf(a, "%s%.*s", pre ? "__pre_" : "__post_", STRF(u->node->id));
	n.default_name = name.n ? name : arena_printf(a, "%s %.*s", pre ? "Pre" : "Post", STRF(u->name));
	n.index = index;
	n.background = false;
	n.group = STR_EMPTY;
	n.targets = n.joins = NULL;
	n.ntargets = n.njoins = 0;
	return n;
}

/* uses: in the order in which they run. */
static struct frame *stage_frame(struct frame *f, struct step_run *outer, enum step_stage stage, struct step_use **uses, size_t n)
{
	struct frame *list = frame_new(f->job, outer);
	struct gnode *nodes = arena_array(list->mem, struct gnode, n);
	for (size_t i = 0; i < n; i++)
		nodes[i] = stage_node(list->mem, uses[i], stage, stage == STAGE_PRE ? 0 : (uint32_t)(f->n + 1 + i));
	frame_set_nodes(list, nodes, n);
	list->stage = stage;
	list->uses = uses;
	list->steps_ctx = f->steps_ctx;
	list->status = &f->job->status; /* also within an action */
	list->action = f->action;
	list->sources = f->sources;
	list->source = f->source;
	return list;
}

struct frame *stages_before(struct frame *f, struct step_run *outer)
{
	struct step_use **uses = arena_array(f->mem, struct step_use *, f->n + 1);
	size_t n = 0;
	if (f->around && f->around->pre.ops)
		uses[n++] = f->around;
	for (size_t i = 0; f->uses && i < f->n; i++)
		if (f->uses[i] && f->uses[i]->pre.ops)
			uses[n++] = f->uses[i];
	return n ? stage_frame(f, outer, STAGE_PRE, uses, n) : NULL;
}

size_t stages_posts(const struct frame *f)
{
	size_t n = 0;
	for (const struct step_use *u = f->posts; u; u = u->older)
		n += u->post.ops != NULL;
	return n;
}

struct frame *stages_after(struct frame *f, struct step_run *outer)
{
	size_t n = stages_posts(f);
	if (n == 0)
		return NULL;
	struct step_use **uses = arena_array(f->mem, struct step_use *, n);
	n = 0;
	for (struct step_use *u = outer ? NULL : f->posts; u; u = u->older)
		if (u->post.ops)
			uses[n++] = u;
	for (size_t i = outer ? f->n : 0; i-- > 0;)
		if (f->uses[i] && f->uses[i]->registered && f->uses[i]->post.ops)
			uses[n++] = f->uses[i];
	return stage_frame(f, outer, STAGE_POST, uses, n);
}
