/* `on`: one event, a list, or a mapping of events to their configuration. */
#include "model/internal.h"

static void add(struct loader *l, struct workflow *w, const struct token *name, const struct token *config)
{
	if (name->kind != TOKEN_STRING)
		return;
	w->triggers =
		arena_grow(l->a, w->triggers, w->ntriggers * sizeof(*w->triggers), (w->ntriggers + 1) * sizeof(*w->triggers));
	if (config && config->kind == TOKEN_NULL)
		config = NULL;
	w->triggers[w->ntriggers++] = (struct trigger) { name->s, name->at, config };
	if (str_is(name->s, "workflow_call"))
		interface_read(l, &w->call, config);
	else if (str_is(name->s, "workflow_dispatch"))
		interface_read(l, &w->dispatch, config);
}

void triggers_read(struct loader *l, struct workflow *w, const struct token *on)
{
	if (!on)
		return;
	if (on->kind == TOKEN_STRING)
		add(l, w, on, NULL);
	for (size_t i = 0; on->kind == TOKEN_SEQUENCE && i < on->seq.n; i++)
		add(l, w, on->seq.items[i], NULL);
	for (size_t i = 0; on->kind == TOKEN_MAPPING && i < on->map.n; i++) {
		add(l, w, on->map.pairs[i].key, on->map.pairs[i].value);
		filters_check(l, on->map.pairs[i].value);
		if (str_is(on->map.pairs[i].key->s, "workflow_dispatch"))
			inputs_check(l, on->map.pairs[i].value);
		else if (str_is(on->map.pairs[i].key->s, "schedule"))
			schedule_check(l, on->map.pairs[i].value);
	}
}
