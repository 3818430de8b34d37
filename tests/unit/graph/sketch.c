/* Reads the sketches of sketch.h. */
#include "unit/graph/sketch.h"

#include "base/vec.h"

enum { KINDS = 6 };

struct refs {
	VEC(struct ref);
};

struct steps {
	VEC(struct step *);
	unsigned generated[KINDS]; /* per kind, for "__run_2" */
};

static bool next_word(struct str *rest, struct str *word)
{
	*rest = str_trim(*rest);
	if (rest->n == 0)
		return false;
	size_t end = str_find_c(*rest, ' ', 0);
	*word = str_to(*rest, end);
	*rest = end == SIZE_MAX ? STR_EMPTY : str_from(*rest, end);
	return true;
}

static enum step_kind kind_of(struct str word)
{
	static const struct {
		const char *word;
		enum step_kind kind;
	} words[] = {
		{ "run", STEP_RUN },       { "bg", STEP_RUN },
		{ "uses", STEP_USES },     { "bg-uses", STEP_USES },
		{ "wait", STEP_WAIT },     { "wait-all", STEP_WAIT_ALL },
		{ "cancel", STEP_CANCEL }, { "parallel", STEP_PARALLEL },
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_is(word, words[i].word))
			return words[i].kind;
	abort();
}

static struct ref *read_refs(struct arena *a, struct str rest, size_t *n)
{
	struct refs refs = { 0 };
	struct str word;
	while (next_word(&rest, &word))
		vec_add(a, &refs)->name = word;
	*n = refs.n;
	return refs.v;
}

static void set_id(struct arena *a, struct step *s, struct str id, struct steps *scope)
{
	static const char *const bases[KINDS] = { "__run", "__acme_tool", "__wait", "__wait-all", "__cancel", "__parallel" };
	s->id_generated = id.n == 0 || str_is(id, "-");
	if (!s->id_generated) {
		s->id = id;
		return;
	}
	unsigned n = ++scope->generated[s->kind];
	s->id = n == 1 ? str_of(bases[s->kind]) : arena_printf(a, "%s_%u", bases[s->kind], n);
}

/* Cuts "| name" off the end of a line. */
static const struct token *cut_name(struct arena *a, struct str *line)
{
	size_t bar = str_find_c(*line, '|', 0);
	if (bar == SIZE_MAX)
		return NULL;
	struct token *t = arena_make(a, struct token);
	t->kind = TOKEN_STRING;
	t->raw = t->s = str_trim(str_from(*line, bar + 1));
	*line = str_to(*line, bar);
	return t;
}

static struct step *read_step(struct arena *a, struct str line, uint32_t number, struct steps *scope)
{
	static const char *const names[KINDS] = { "Run", "Run acme/tool@v1", "Wait", "Wait for all", "Cancel", "Parallel group" };
	struct step *s = arena_make(a, struct step);
	struct str word, id = STR_EMPTY;
	s->name = cut_name(a, &line);
	next_word(&line, &word);
	s->kind = kind_of(word);
	s->background = str_starts(word, STR("bg"));
	s->line = number;
	next_word(&line, &id);
	if (id.n && id.p[id.n - 1] == ':')
		id.n--;
	set_id(a, s, id, scope);
	s->default_name = s->kind == STEP_RUN ? arena_printf(a, "Run %.*s", STRF(id)) : str_of(names[s->kind]);
	s->targets = read_refs(a, line, &s->ntargets);
	return s;
}

static size_t indent(struct str line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static struct job *read_job(struct arena *a, struct str *rest, uint32_t *number, size_t level)
{
	struct job *j = arena_make(a, struct job);
	struct steps steps = { 0 }, members = { 0 };
	struct str line, before = *rest;
	j->id = STR("job");
	while (str_next_line(rest, &line)) {
		if (indent(line) < level) {
			*rest = before;
			break;
		}
		before = *rest;
		bool is_member = indent(line) > level;
		struct steps *scope = is_member ? &members : &steps;
		if (!is_member)
			members = (struct steps) { 0 };
		struct step *s = read_step(a, line, ++*number, scope);
		*vec_add(a, scope) = s;
		if (is_member) {
			steps.v[steps.n - 1]->members = members.v;
			steps.v[steps.n - 1]->nmembers = members.n;
		}
	}
	j->steps = steps.v;
	j->nsteps = steps.n;
	return j;
}

struct job *sketch_job(struct arena *a, const char *text)
{
	struct str rest = str_of(text);
	uint32_t number = 0;
	return read_job(a, &rest, &number, 0);
}

struct workflow *sketch_workflow(struct arena *a, const char *text)
{
	struct workflow *w = arena_make(a, struct workflow);
	struct {
		VEC(struct job *);
	} jobs = { 0 };
	struct str rest = str_of(text), line, word, id = STR_EMPTY;
	uint32_t number = 0;
	while (str_next_line(&rest, &line)) {
		const struct token *name = cut_name(a, &line);
		next_word(&line, &word);
		next_word(&line, &id);
		struct job *j = read_job(a, &rest, &number, 1);
		j->id = id;
		j->name = name;
		if (next_word(&line, &word))
			j->needs = read_refs(a, line, &j->nneeds);
		*vec_add(a, &jobs) = j;
	}
	w->path = STR(".github/workflows/t.yml");
	w->name = STR("t");
	w->valid = true;
	w->jobs = jobs.v;
	w->njobs = jobs.n;
	return w;
}
