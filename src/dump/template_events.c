/* `on` in the template form: every event with its filters, one or a list written as a list; inputs and secrets of
 * workflow_call and workflow_dispatch by name. */
#include "dump/template_internal.h"
#include "value/val.h"

/* Places are never shown here. */
static void put_plain(struct form_writer *f, const struct token *t)
{
	struct template_form plain = *f->form;
	const struct template_form *was = f->form;
	plain.places = false;
	f->form = &plain;
	form_token(f, t);
	f->form = was;
}

static void put_list(struct form_writer *f, const struct token *t)
{
	buf_addc(f->out, '[');
	if (t->kind != TOKEN_SEQUENCE)
		put_plain(f, t);
	for (size_t i = 0; t->kind == TOKEN_SEQUENCE && i < t->seq.n; i++) {
		if (i)
			buf_addc(f->out, ',');
		put_plain(f, t->seq.items[i]);
	}
	buf_addc(f->out, ']');
}

static void put_name(struct form_writer *f, struct str name)
{
	struct str so_far = buf_str(f->out);
	if (so_far.p[so_far.n - 1] != '{')
		buf_addc(f->out, ',');
	json_string(f->out, name);
	buf_addc(f->out, ':');
}

/* The members of an input or a secret that are there. */
static void put_definition(struct form_writer *f, const struct token *t, bool input)
{
	static const char *const members[] = { "description", "required", "type", "default" };
	const struct token *options = form_get(t, "options");
	buf_addc(f->out, '{');
	for (size_t i = 0; i < (input ? ARRAY_LEN(members) : 2); i++) {
		const struct token *value = form_get(t, members[i]);
		if (!value)
			continue;
		form_key(f, members[i]);
		put_plain(f, value);
	}
	if (input && !form_get(t, "type"))
		buf_adds(f->out, buf_str(f->out).p[f->out->n - 1] == '{' ? "\"type\":\"string\"" : ",\"type\":\"string\"");
	if (input && options) {
		form_key(f, "options");
		put_list(f, options);
	}
	buf_addc(f->out, '}');
}

static void put_definitions(struct form_writer *f, const char *key, const struct token *t, bool inputs)
{
	if (!t || t->kind != TOKEN_MAPPING)
		return;
	form_key(f, key);
	buf_addc(f->out, '{');
	for (size_t i = 0; i < t->map.n; i++) {
		put_name(f, t->map.pairs[i].key->s);
		put_definition(f, t->map.pairs[i].value, inputs);
	}
	buf_addc(f->out, '}');
}

static void put_schedule(struct form_writer *f, const struct token *t)
{
	static const char *const members[] = { "cron", "timezone" };
	buf_addc(f->out, '[');
	for (size_t i = 0; i < t->seq.n; i++) {
		buf_adds(f->out, i ? ",{" : "{");
		for (size_t m = 0; m < ARRAY_LEN(members); m++) {
			const struct token *value = form_get(t->seq.items[i], members[m]);
			if (value) {
				form_key(f, members[m]);
				put_plain(f, value);
			}
		}
		buf_addc(f->out, '}');
	}
	buf_addc(f->out, ']');
}

static void put_filters(struct form_writer *f, const struct token *t)
{
	static const char *const filters[] = { "branches",     "branches-ignore", "tags",     "tags-ignore", "paths",
		                               "paths-ignore", "types",           "versions", "names",       "workflows" };
	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		const struct token *value = form_get(t, filters[i]);
		if (value) {
			form_key(f, filters[i]);
			put_list(f, value);
		}
	}
}

static void put_event(struct form_writer *f, const struct trigger *t)
{
	bool call = str_is(t->event, "workflow_call"), dispatch = str_is(t->event, "workflow_dispatch");
	put_name(f, t->event);
	if (t->config && t->config->kind == TOKEN_SEQUENCE) {
		put_schedule(f, t->config);
		return;
	}
	buf_addc(f->out, '{');
	if (call || dispatch)
		put_definitions(f, "inputs", form_get(t->config, "inputs"), true);
	if (call)
		put_definitions(f, "secrets", form_get(t->config, "secrets"), false);
	if (!call && !dispatch)
		put_filters(f, t->config);
	buf_addc(f->out, '}');
}

void form_events(struct form_writer *f, const struct workflow *w)
{
	form_key(f, "events");
	buf_addc(f->out, '{');
	for (size_t i = 0; i < w->ntriggers; i++)
		put_event(f, &w->triggers[i]);
	buf_addc(f->out, '}');
}
