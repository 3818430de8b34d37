/* Results as texts; see text.h and <sidestep/text.h>. */
#include "answer/text.h"

#include "base/clean.h"

static char *steal(struct buf *b, size_t *size)
{
	*size = b->n;
	char *p = b->p ? b->p : xcalloc(1, 1);
	p[b->n] = '\0'; /* buffers keep the room */
	*b = (struct buf) { .max = b->max };
	return p;
}

void text_take(struct sidestep_text *t, struct buf *out, struct buf *messages)
{
	struct buf none = BUF_INIT;
	t->out = steal(out ? out : &none, &t->out_size);
	t->messages = steal(messages ? messages : &none, &t->messages_size);
}

void sidestep_text_done(struct sidestep_text *t)
{
	free(t->out);
	free(t->messages);
	*t = (struct sidestep_text) { 0 };
}

void text_error(struct buf *messages, const struct err *err)
{
	buf_adds(messages, "sidestep: error: ");
	clean_append(messages, str_of(err->text));
	buf_addc(messages, '\n');
}

static void put_diags(struct buf *messages, struct diag_list *diags, bool lint, const struct sidestep_render *render)
{
	diag_sort(diags);
	for (size_t i = 0; i < diags->n; i++)
		if (lint || !diag_is_lint(&diags->v[i]))
			diag_render(messages, diags, &diags->v[i], render && render->messages_color,
			            render && render->width ? render->width : 100);
}

void text_diags(struct buf *messages, struct diag_list *diags, const struct sidestep_render *render)
{
	put_diags(messages, diags, false, render);
}

void text_findings(struct buf *messages, struct diag_list *diags, const struct sidestep_render *render)
{
	put_diags(messages, diags, true, render);
}

enum sidestep_status status_of_error(const struct err *err)
{
	switch (err->kind) {
	case ERR_USAGE:
		return SIDESTEP_USAGE;
	case ERR_INVALID:
		return SIDESTEP_INVALID;
	default:
		return SIDESTEP_ENVIRONMENT;
	}
}
