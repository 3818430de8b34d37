/* Steps: six shapes, ids, names, and what wait, cancel and parallel may hold. */
#include "model/internal.h"

/* What the steps of one job share. */
struct step_reader {
	struct loader *l;
	const struct step *group; /* the parallel step being read, or NULL */
	struct id_set ids;        /* explicit ones of the whole job, parallel groups included */
	struct map reachable;     /* ids of earlier steps of the job's own list, exact case: what wait and cancel may name */
	struct {
		VEC(const char *);
	} names; /* the same, for suggestions */
};

static const struct {
	const char *key;
	enum step_kind kind;
} shapes[] = { { "run", STEP_RUN },           { "uses", STEP_USES },     { "wait", STEP_WAIT },
	       { "wait-all", STEP_WAIT_ALL }, { "cancel", STEP_CANCEL }, { "parallel", STEP_PARALLEL } };

const char *step_kind_name(enum step_kind k)
{
	return shapes[k].key;
}

static bool find_shape(const struct token *body, enum step_kind *kind)
{
	for (size_t i = 0; i < body->map.n; i++)
		for (size_t k = 0; k < ARRAY_LEN(shapes); k++)
			if (body->map.pairs[i].key->kind == TOKEN_STRING && str_is(body->map.pairs[i].key->s, shapes[k].key)) {
				*kind = shapes[k].kind;
				return true;
			}
	return false;
}

/* ---- names ---- */

static struct str first_line(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n' || s.p[0] == '\r'))
		s = str_from(s, 1);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\n' || s.p[i] == '\r')
			s = str_to(s, i);
	return str_trim(s);
}

static struct str default_name(struct loader *l, const struct step *s)
{
	static const char *const fixed[] = { [STEP_WAIT] = "Wait",
		                             [STEP_WAIT_ALL] = "Wait for all",
		                             [STEP_CANCEL] = "Cancel",
		                             [STEP_PARALLEL] = "Parallel group" };
	if (s->kind == STEP_RUN)
		return arena_printf(l->a, "Run %.*s", STRF(first_line(s->run ? s->run->raw : STR_EMPTY)));
	if (s->kind == STEP_USES)
		return arena_printf(l->a, "Run %.*s",
		                    STRF(str_starts(s->uses, STR("docker://")) ? str_from(s->uses, 9) : s->uses));
	return str_of(fixed[s->kind]);
}

/* What a generated id is made of. */
static struct str id_base(struct loader *l, const struct step *s)
{
	if (s->kind != STEP_USES)
		return str_of(step_kind_name(s->kind));
	if (str_starts(s->uses, STR("docker://")))
		return str_from(s->uses, 9);
	if (s->uses.n && (s->uses.p[0] == '.' || s->uses.p[0] == '$'))
		return STR("self");
	struct str slug = str_to(s->uses, str_find_c(s->uses, '@', 0));
	size_t slash = str_find_c(slug, '/', 0), end = slash == SIZE_MAX ? SIZE_MAX : str_find_c(slug, '/', slash + 1);
	return arena_str(l->a, str_to(slug, end));
}

/* ---- targets ---- */

/* A target that is the id of no step above: what it is instead. */
static void report_unknown(struct step_reader *r, const struct ref *target)
{
	struct loader *l = r->l;
	const struct id_place *place = id_find(l, &r->ids, target->name);
	bool above = place && map_has(&r->reachable, place->id), exact = place && str_eq(place->id, target->name);
	enum rule rule = above          ? RULE_WAIT_TARGET_CASE
	                 : !exact       ? RULE_WAIT_UNKNOWN
	                 : place->group ? RULE_WAIT_PARALLEL_MEMBER
	                                : RULE_WAIT_LATER;
	struct diag *d = diag_add(l->diags, rule, target->at, "Step references unknown step ID '%.*s'", STRF(target->name));
	const char *near = above ? NULL : id_suggest(l, target->name, r->names.v, r->names.n);
	if (above)
		diag_help(l->diags, d, "upper and lower case count: did you mean '%.*s'?", STRF(place->id));
	else if (exact && place->group)
		diag_help(l->diags, d, "members of a parallel group are waited for at its end");
	else if (exact)
		diag_help(l->diags, d, "only steps that stand above can be named");
	else if (near)
		diag_help(l->diags, d, "did you mean '%s'?", near);
	else
		diag_help(l->diags, d, "give the background step above an id and name that");
	if (exact)
		diag_note(l->diags, d, place->at, "defined here");
}

static void check_target(struct step_reader *r, const struct step *s, const struct ref *target)
{
	struct loader *l = r->l;
	if (s->id.n && !s->id_generated && str_eq(target->name, s->id))
		diag_add(l->diags, RULE_WAIT_SELF, target->at, "Step '%.*s' cannot reference itself", STRF(target->name));
	else if (str_starts(target->name, STR("__")))
		diag_add(l->diags, RULE_WAIT_RESERVED, target->at,
		         "The identifier '%.*s' is invalid. IDs starting with '__' are reserved.", STRF(target->name));
	else if (!map_has(&r->reachable, target->name))
		report_unknown(r, target);
}

/* ---- one step ---- */

static void check_wait_all(struct loader *l, const struct token *value)
{
	if (value && value->kind == TOKEN_BOOL && !value->b)
		diag_add(l->diags, RULE_WAIT_ALL_VALUE, value->at, "The value of 'wait-all' must be true or omitted");
}

static void check_member(struct loader *l, const struct token *body, const struct step *s)
{
	for (size_t i = 0; i < body->map.n; i++) {
		const struct token *key = body->map.pairs[i].key;
		if (str_is(key->s, "background"))
			diag_add(l->diags, RULE_PARALLEL_BACKGROUND, key->at,
			         "'background' is not allowed inside a parallel block. Steps in a parallel block are "
			         "automatically run as background steps.");
		else if (str_is(key->s, "parallel"))
			diag_add(l->diags, RULE_PARALLEL_NESTED, key->at, "Nested 'parallel' blocks are not allowed.");
		else if (s->kind != STEP_RUN && s->kind != STEP_USES && str_is(key->s, step_kind_name(s->kind)))
			diag_add(l->diags, RULE_PARALLEL_CONTROL, key->at, "'%s' is not allowed inside a parallel block.",
			         step_kind_name(s->kind));
	}
}

static void report_duplicate(struct loader *l, const struct id_place *second, const struct id_place *first)
{
	enum rule rule = first->group != second->group   ? RULE_PARALLEL_ID_DUPLICATE
	                 : str_eq(first->id, second->id) ? RULE_STEP_ID_DUPLICATE
	                                                 : RULE_STEP_ID_DUPLICATE_CASE;
	struct diag *d =
		diag_add(l->diags, rule, second->at,
	                 "The identifier '%.*s' may not be used more than once within the same scope.", STRF(second->id));
	diag_note(l->diags, d, first->at, "first defined here");
}

static void read_id(struct step_reader *r, struct step *s, const struct token *body)
{
	const struct token *id = token_get(body, "id");
	if (!id)
		return;
	s->id = id->s;
	s->id_at = id->at;
	if (!id_check(r->l, s->id, s->id_at, RULE_STEP_ID_INVALID))
		return;
	struct id_place place = { s->id, s->id_at, r->group };
	const struct id_place *first = id_add(r->l, &r->ids, &place);
	if (first)
		report_duplicate(r->l, &place, first);
}

static struct step *read_step(struct step_reader *r, const struct token *body);

static void read_members(struct step_reader *r, struct step *s, const struct token *list)
{
	if (!list || list->kind != TOKEN_SEQUENCE)
		return;
	s->members = arena_array(r->l->a, struct step *, list->seq.n + 1);
	const struct step *around = r->group;
	r->group = s;
	for (size_t i = 0; i < list->seq.n; i++) {
		struct step *m = list->seq.items[i]->kind == TOKEN_MAPPING ? read_step(r, list->seq.items[i]) : NULL;
		if (m)
			s->members[s->nmembers++] = m;
	}
	r->group = around;
}

static void read_shape(struct step_reader *r, struct step *s, const struct token *body)
{
	struct loader *l = r->l;
	switch (s->kind) {
	case STEP_RUN:
		s->run = token_get(body, "run");
		s->working_directory = token_get(body, "working-directory");
		s->shell = token_text(body, "shell");
		s->shell_token = token_get(body, "shell");
		break;
	case STEP_USES:
		s->uses = token_text(body, "uses");
		s->uses_at = token_get(body, "uses")->at;
		s->with = token_get(body, "with");
		uses_check_step(l, s->uses, s->uses_at);
		break;
	case STEP_WAIT:
	case STEP_CANCEL:
		token_refs(l, token_get(body, step_kind_name(s->kind)), &s->targets, &s->ntargets);
		break;
	case STEP_WAIT_ALL:
		check_wait_all(l, token_get(body, "wait-all"));
		break;
	case STEP_PARALLEL:
		read_members(r, s, token_get(body, "parallel"));
		break;
	}
}

static struct step *read_step(struct step_reader *r, const struct token *body)
{
	struct loader *l = r->l;
	enum step_kind kind;
	if (!find_shape(body, &kind))
		return NULL; /* reported when the keys were read */
	struct step *s = arena_make(l->a, struct step);
	s->kind = kind;
	s->body = body;
	s->at = body->at;
	s->line = line_of(l, body->at);
	read_id(r, s, body);
	s->name = token_get(body, "name");
	s->timeout_minutes = token_get(body, "timeout-minutes");
	s->continue_on_error = token_get(body, "continue-on-error");
	s->env = token_get(body, "env");
	const struct token *background = token_get(body, "background");
	s->background = background && background->kind == TOKEN_BOOL && background->b;
	const struct expr_scope *scope = l->step_conditions ? l->step_conditions : schema_step_condition_scope();
	if (kind == STEP_RUN || kind == STEP_USES)
		s->condition = condition_read(l, token_get(body, "if"), scope, &s->condition_text);
	if (r->group)
		check_member(l, body, s);
	read_shape(r, s, body);
	s->default_name = default_name(l, s);
	return s;
}

/* After all explicit ids are known; each parallel group counts anew. */
static void generate_ids(struct step_reader *r, struct step **steps, size_t n)
{
	struct id_made made = { 0 };
	for (size_t i = 0; i < n; i++) {
		if (!steps[i]->id.n) {
			steps[i]->id_generated = true;
			steps[i]->id = id_generate(r->l, &made, id_base(r->l, steps[i]));
		}
		generate_ids(r, steps[i]->members, steps[i]->nmembers);
	}
}

/* In the order of the file: a step may name only what stands above it. */
static void check_targets(struct step_reader *r, const struct job *job)
{
	for (size_t i = 0; i < job->nsteps; i++) {
		const struct step *s = job->steps[i];
		for (size_t t = 0; t < s->ntargets; t++)
			check_target(r, s, &s->targets[t]);
		if (s->id.n && !s->id_generated) {
			map_put(r->l->a, &r->reachable, s->id, job->steps[i]);
			*vec_add(r->l->a, &r->names) = arena_cstr(r->l->a, s->id);
		}
	}
}

void steps_read(struct loader *l, struct job *job, const struct token *steps)
{
	if (!steps || steps->kind != TOKEN_SEQUENCE)
		return;
	struct step_reader r = { .l = l };
	job->steps = arena_array(l->a, struct step *, steps->seq.n + 1);
	for (size_t i = 0; i < steps->seq.n; i++) {
		struct step *s = steps->seq.items[i]->kind == TOKEN_MAPPING ? read_step(&r, steps->seq.items[i]) : NULL;
		if (s)
			job->steps[job->nsteps++] = s;
	}
	generate_ids(&r, job->steps, job->nsteps);
	check_targets(&r, job);
}
