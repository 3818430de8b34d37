/* What the parts of the template form share. */
#ifndef SIDESTEP_DUMP_TEMPLATE_INTERNAL_H
#define SIDESTEP_DUMP_TEMPLATE_INTERNAL_H

#include "dump/template_form.h"

/* What stands in front of a byte of a line, in UTF-16 units. */
struct form_mark {
	size_t at, units;
};

struct form_writer {
	struct buf *out;
	const struct template_form *form;
	const struct source_set *sources;
	struct str *files; /* paths, in the order in which they were read */
	size_t nfiles;
	struct arena arena;
	struct {
		const struct source *src;
		uint32_t line;
		struct form_mark *v;
	} marks; /* of the long line met last */
};

/* `"key":`, with a comma in front unless it is the first member of an object. */
void form_key(struct form_writer *f, const char *key);
/* Line and column as GitHub counts them: columns in UTF-16 units. */
struct pos form_pos(struct form_writer *f, const struct source *src, uint32_t offset);
/* Any token; NULL is null. */
void form_token(struct form_writer *f, const struct token *t);
/* A member, when there is a token for it. */
void form_member(struct form_writer *f, const char *key, const struct token *t);
/* A literal text that stands at a place. */
void form_text(struct form_writer *f, struct str s, struct span at);
/* An expression; at SPAN_NONE: made by the reader. */
void form_expression(struct form_writer *f, struct str text, struct span at);
/* template_events.c: `on` as an object. */
void form_events(struct form_writer *f, const struct workflow *w);

/* The value of a key in a mapping token, or NULL. */
const struct token *form_get(const struct token *map, const char *key);

#endif
