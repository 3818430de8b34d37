/* Tokens in the template form: bare JSON for plain literals, objects with a type for the rest and whenever places are
 * asked for. */
#include "dump/template_internal.h"
#include "value/val.h"

const struct token *form_get(const struct token *map, const char *key)
{
	for (size_t i = 0; map && map->kind == TOKEN_MAPPING && i < map->map.n; i++)
		if (map->map.pairs[i].key->kind == TOKEN_STRING && str_is(map->map.pairs[i].key->s, key))
			return map->map.pairs[i].value;
	return NULL;
}

void form_key(struct form_writer *f, const char *key)
{
	struct str so_far = buf_str(f->out);
	if (so_far.n && so_far.p[so_far.n - 1] != '{')
		buf_addc(f->out, ',');
	buf_addf(f->out, "\"%s\":", key);
}

static void put_comma(struct form_writer *f, size_t i)
{
	if (i)
		buf_addc(f->out, ',');
}

/* The number of a file in the table, from 1; 0 when it is not there. */
static size_t file_number(const struct form_writer *f, struct str path)
{
	for (size_t i = 0; i < f->nfiles; i++)
		if (str_eq(f->files[i], path))
			return i + 1;
	return 0;
}

/* Where a block stands: at its first key or item. */
static uint32_t place_of(const struct token *t)
{
	return t->kind == TOKEN_MAPPING && t->map.n ? MIN(t->at.from, t->map.pairs[0].key->at.from) : t->at.from;
}

static void put_place(struct form_writer *f, uint32_t file, uint32_t offset)
{
	const struct source *src = f->form->places ? source_get(f->sources, file) : NULL;
	if (!src)
		return;
	struct pos p = form_pos(f, src, offset);
	buf_addf(f->out, ",\"file\":%zu,\"line\":%u,\"col\":%u", file_number(f, src->path), p.line, p.col);
}

static void begin(struct form_writer *f, enum token_kind kind, uint32_t file, uint32_t offset)
{
	buf_addf(f->out, "{\"type\":%d", kind);
	put_place(f, file, offset);
}

static void put_bare(struct form_writer *f, const struct token *t)
{
	if (t->kind == TOKEN_STRING)
		json_string(f->out, t->s);
	else if (t->kind == TOKEN_BOOL)
		buf_adds(f->out, t->b ? "true" : "false");
	else if (t->kind == TOKEN_NUMBER)
		val_to_json(f->out, val_num(t->num == 0 ? 0 : t->num), JSON_COMPACT);
	else
		buf_adds(f->out, "null");
}

static void put_literal(struct form_writer *f, const struct token *t)
{
	static const char *const members[] = { [TOKEN_STRING] = "lit", [TOKEN_BOOL] = "bool", [TOKEN_NUMBER] = "num" };
	if (!f->form->places) {
		put_bare(f, t);
		return;
	}
	begin(f, t->kind, t->at.file, t->at.from);
	if (t->kind != TOKEN_NULL) {
		form_key(f, members[t->kind]);
		put_bare(f, t);
	}
	buf_addc(f->out, '}');
}

static void put_sequence(struct form_writer *f, const struct token *t)
{
	buf_adds(f->out, ",\"seq\":[");
	for (size_t i = 0; i < t->seq.n; i++) {
		put_comma(f, i);
		form_token(f, t->seq.items[i]);
	}
	buf_adds(f->out, "]}");
}

static void put_mapping(struct form_writer *f, const struct token *t)
{
	buf_adds(f->out, ",\"map\":[");
	for (size_t i = 0; i < t->map.n; i++) {
		put_comma(f, i);
		buf_adds(f->out, "{\"Key\":");
		form_token(f, t->map.pairs[i].key);
		buf_adds(f->out, ",\"Value\":");
		form_token(f, t->map.pairs[i].value);
		buf_addc(f->out, '}');
	}
	buf_adds(f->out, "]}");
}

void form_token(struct form_writer *f, const struct token *t)
{
	if (!t) {
		buf_adds(f->out, "null");
		return;
	}
	switch (t->kind) {
	case TOKEN_EXPR:
		form_expression(f, t->s, t->at);
		break;
	case TOKEN_INSERT:
		begin(f, t->kind, t->at.file, t->at.from);
		buf_adds(f->out, ",\"directive\":\"insert\"}");
		break;
	case TOKEN_SEQUENCE:
		begin(f, t->kind, t->at.file, place_of(t));
		put_sequence(f, t);
		break;
	case TOKEN_MAPPING:
		begin(f, t->kind, t->at.file, place_of(t));
		put_mapping(f, t);
		break;
	default:
		put_literal(f, t);
		break;
	}
}

void form_member(struct form_writer *f, const char *key, const struct token *t)
{
	if (!t)
		return;
	form_key(f, key);
	form_token(f, t);
}

void form_text(struct form_writer *f, struct str s, struct span at)
{
	struct token t = { .kind = TOKEN_STRING, .at = at, .raw = s, .s = s };
	put_literal(f, &t);
}

void form_expression(struct form_writer *f, struct str text, struct span at)
{
	begin(f, TOKEN_EXPR, at.file, at.from);
	form_key(f, "expr");
	json_string(f->out, text);
	buf_addc(f->out, '}');
}
