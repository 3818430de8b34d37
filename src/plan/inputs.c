/* Inputs: booleans of workflow_dispatch are Booleans and all else there are Strings, also numbers; workflow_call has real
 * Numbers. */
#include "plan/inputs.h"

#include <math.h>

#include "base/utf8.h"
#include "base/vec.h"

enum { PAYLOAD_MAX = 65535 };

const struct interface *inputs_of(const struct workflow *w, struct str event)
{
	if (str_is(event, "workflow_dispatch") && w->dispatch.present)
		return &w->dispatch;
	if (str_is(event, "workflow_call") && w->call.present)
		return &w->call;
	return NULL;
}

/* The value given for an input; null counts as none. */
static bool find_given(struct val *out, const struct input_sources *from, struct str name)
{
	return (val_get(from->given, name, out) && out->kind != VAL_NULL) ||
	       (val_get(from->payload, name, out) && out->kind != VAL_NULL);
}

/* ---- what is wrong ---- */

static const char *type_name(enum input_type t)
{
	static const char *const names[] = { [INPUT_STRING] = "string",
		                             [INPUT_BOOLEAN] = "boolean",
		                             [INPUT_NUMBER] = "number",
		                             [INPUT_CHOICE] = "choice",
		                             [INPUT_ENVIRONMENT] = "environment" };
	return names[t];
}

static bool is_option(const struct input_def *def, struct str s)
{
	for (size_t i = 0; i < def->noptions; i++)
		if (str_eq(def->options[i], s))
			return true;
	return false;
}

static void add_options(struct buf *b, const struct input_def *def)
{
	for (size_t i = 0; i < def->noptions; i++)
		buf_addf(b, "%s%.*s", i ? ", " : "", STRF(def->options[i]));
}

static void begin(struct buf *problems, const struct workflow *w)
{
	buf_addf(problems, "sidestep: error: %.*s: ", STRF(w->path));
}

/* Whether the text is one of that type; says what is wrong otherwise. */
static bool check_text(struct buf *problems, const struct workflow *w, const struct input_def *def, struct str s, bool call)
{
	bool fine = def->type == INPUT_BOOLEAN  ? str_is(s, "true") || str_is(s, "false")
	            : def->type == INPUT_NUMBER ? (!call && s.n == 0) || (str_trim(s).n && !isnan(val_number_of(s)))
	            : def->type == INPUT_CHOICE ? is_option(def, s)
	                                        : true;
	if (fine)
		return true;
	begin(problems, w);
	buf_addf(problems, "input '%.*s' cannot be '%.*s': ", STRF(def->name), STRF(s));
	if (def->type == INPUT_CHOICE) {
		buf_adds(problems, "its options are ");
		add_options(problems, def);
	} else {
		buf_adds(problems, def->type == INPUT_BOOLEAN ? "it is true or false" : "it is a number");
	}
	buf_addc(problems, '\n');
	return false;
}

static bool check_input(struct buf *problems, struct arena *a, const struct workflow *w, const struct input_def *def,
                        const struct input_sources *from, bool call, size_t *size)
{
	struct val v;
	if (!find_given(&v, from, def->name)) {
		if (!def->required || def->fallback)
			return true;
		begin(problems, w);
		buf_addf(problems, "input '%.*s' is required: give it with --input %.*s=VALUE\n", STRF(def->name),
		         STRF(def->name));
		return false;
	}
	if (!val_is_primitive(v)) {
		begin(problems, w);
		buf_addf(problems, "input '%.*s' cannot be an %s\n", STRF(def->name), v.kind == VAL_ARRAY ? "array" : "object");
		return false;
	}
	struct str text = val_to_str(a, v);
	*size += utf8_utf16_units(def->name) + utf8_utf16_units(text);
	return check_text(problems, w, def, text, call);
}

static bool check_secrets(struct buf *problems, const struct workflow *w, const struct interface *takes, struct val secrets)
{
	bool fine = true;
	for (size_t i = 0; i < takes->nsecrets; i++) {
		struct val v;
		const struct secret_def *def = &takes->secrets[i];
		if (!def->required || (val_get(secrets, def->name, &v) && v.kind == VAL_STRING && v.s.n))
			continue;
		begin(problems, w);
		buf_addf(problems, "secret '%.*s' is required: give it with --secret %.*s\n", STRF(def->name), STRF(def->name));
		fine = false;
	}
	return fine;
}

static void describe(struct buf *out, const struct input_def *def, int width)
{
	buf_addf(out, "    %-*.*s  %s", width, STRF(def->name), type_name(def->type));
	if (def->noptions) {
		buf_adds(out, ": ");
		add_options(out, def);
	}
	if (def->fallback)
		buf_addf(out, ", default '%.*s'", STRF(def->fallback->raw));
	else if (def->required)
		buf_adds(out, ", required");
	if (def->description.n)
		buf_addf(out, " (%.*s)", STRF(str_to(def->description, str_find_c(def->description, '\n', 0))));
	buf_addc(out, '\n');
}

static void describe_all(struct buf *out, const struct workflow *w, const struct interface *takes)
{
	size_t width = 0;
	if (takes->ninputs)
		buf_addf(out, "  inputs of %.*s:\n", STRF(w->path));
	for (size_t i = 0; i < takes->ninputs; i++)
		width = MAX(width, MIN(takes->inputs[i].name.n, (size_t)32));
	for (size_t i = 0; i < takes->ninputs; i++)
		describe(out, &takes->inputs[i], (int)width);
}

bool inputs_accepted(struct buf *problems, const struct workflow *w, struct str event, const struct input_sources *from)
{
	const struct interface *takes = inputs_of(w, event);
	struct arena scratch = { 0 };
	bool fine = true;
	size_t size = 0;
	if (!takes)
		return true;
	for (size_t i = 0; i < takes->ninputs; i++)
		fine &= check_input(problems, &scratch, w, &takes->inputs[i], from, takes == &w->call, &size);
	arena_done(&scratch);
	if (size > PAYLOAD_MAX && takes == &w->dispatch) {
		begin(problems, w);
		buf_addf(problems, "the inputs have more than %d characters together\n", PAYLOAD_MAX);
		fine = false;
	}
	if (!fine)
		describe_all(problems, w, takes);
	return check_secrets(problems, w, takes, from->secrets) && fine;
}

/* ---- names that nobody takes ---- */

struct names {
	VEC(const char *);
};

static void collect(struct names *out, struct arena *a, const struct workflow *const *workflows, size_t n, struct str event)
{
	for (size_t i = 0; i < n; i++) {
		const struct interface *takes = inputs_of(workflows[i], event);
		for (size_t k = 0; takes && k < takes->ninputs; k++)
			*vec_add(a, out) = arena_cstr(a, takes->inputs[k].name);
	}
}

static bool is_one_of(const struct names *names, struct str name)
{
	for (size_t i = 0; i < names->n; i++)
		if (fold_equal(str_of(names->v[i]), name))
			return true;
	return false;
}

static bool check_names(struct buf *problems, const struct names *names, struct val given)
{
	bool fine = true;
	for (size_t i = 0; given.kind == VAL_OBJECT && i < given.o->n; i++) {
		struct str name = given.o->keys[i];
		if (is_one_of(names, name))
			continue;
		const char *near = names->n ? str_nearest(name, names->v, names->n) : NULL;
		buf_addf(problems, "sidestep: error: no workflow has an input '%.*s'", STRF(name));
		if (near)
			buf_addf(problems, ": did you mean '%s'?", near);
		buf_addc(problems, '\n');
		fine = false;
	}
	return fine;
}

bool inputs_known(struct buf *problems, const struct workflow *const *workflows, size_t n, struct str event, struct val given,
                  struct val payload)
{
	struct arena scratch = { 0 };
	struct names names = { 0 };
	collect(&names, &scratch, workflows, n, event);
	bool fine = check_names(problems, &names, given);
	fine &= check_names(problems, &names, payload);
	for (size_t i = 0; !fine && i < n; i++)
		if (inputs_of(workflows[i], event))
			describe_all(problems, workflows[i], inputs_of(workflows[i], event));
	arena_done(&scratch);
	return fine;
}

/* ---- values ---- */

/* Of workflow_call: the text as its type. */
static struct val typed(const struct input_def *def, struct str text)
{
	if (def->type == INPUT_BOOLEAN)
		return val_bool(str_is(text, "true"));
	return def->type == INPUT_NUMBER ? val_num(val_number_of(text)) : val_str(text);
}

/* What an input is when nobody gave it and it has no default. */
static struct str first_text(const struct input_def *def, bool call)
{
	if (def->type == INPUT_BOOLEAN)
		return STR("false");
	if (def->type == INPUT_CHOICE && def->noptions)
		return def->options[0];
	return def->type == INPUT_NUMBER && call ? STR("0") : STR_EMPTY;
}

static int call_default(struct val *out, struct arena *a, const struct input_def *def, const struct input_sources *from,
                        struct err *err)
{
	struct expr_error error;
	if (token_eval(out, def->fallback, a, from->env, &error, NULL) < 0)
		return err_set(err, ERR_INVALID, "the default of input '%.*s': %.*s", STRF(def->name), STRF(error.text));
	if (def->type != INPUT_BOOLEAN && def->type != INPUT_NUMBER && val_is_primitive(*out))
		*out = val_str(val_to_str(a, *out));
	enum val_kind wanted = def->type == INPUT_BOOLEAN ? VAL_BOOL : def->type == INPUT_NUMBER ? VAL_NUMBER : VAL_STRING;
	if (out->kind != wanted)
		return err_set(err, ERR_INVALID, "the default of input '%.*s' is no %s", STRF(def->name), type_name(def->type));
	return 0;
}

int inputs_make(struct run_inputs *out, struct arena *a, const struct workflow *w, struct str event,
                const struct input_sources *from, struct err *err)
{
	const struct interface *takes = inputs_of(w, event);
	bool call = takes == &w->call;
	*out = (struct run_inputs) { .values = val_object(a), .texts = val_null() };
	if (takes && !call && takes->ninputs)
		out->texts = val_object(a);
	for (size_t i = 0; takes && i < takes->ninputs; i++) {
		const struct input_def *def = &takes->inputs[i];
		struct str text = first_text(def, call);
		struct val v;
		bool given = find_given(&v, from, def->name);
		if (!given && call && def->fallback) {
			if (call_default(&v, a, def, from, err) < 0)
				return err_wrap(err, "%.*s", STRF(w->path));
		} else {
			text = given ? val_to_str(a, v) : def->fallback ? def->fallback->raw : text;
			v = call || def->type == INPUT_BOOLEAN ? typed(def, text) : val_str(text);
		}
		val_set(a, out->values, def->name, v);
		if (out->texts.kind == VAL_OBJECT)
			val_set(a, out->texts, def->name, val_str(text));
	}
	return 0;
}
