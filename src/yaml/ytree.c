/* From libyaml's events to the tree; see ytree.h. The one file that knows libyaml. */
#include <yaml.h>

#include "base/map.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "yaml/internal.h"

struct builder {
	yaml_parser_t parser;
	struct arena *a;
	const struct source *src;
	const struct ytree_options *opt;
	struct diag_list *diags;
	uint32_t bom;          /* bytes before the text libyaml sees */
	const uint32_t *chars; /* byte offset of every character; NULL: plain ASCII */
	struct map anchors;    /* name → struct ynode *, the newest; an open one has events == 0 */
	struct {
		VEC(struct span);
	} scalars;
	uint64_t events; /* aliases expanded */
	unsigned max_depth;
	bool aliases, failed, warned;
};

static uint32_t offset_of(const struct builder *b, size_t mark)
{
	return b->bom + (b->chars ? b->chars[mark] : (uint32_t)mark);
}

static struct span span_of(const struct builder *b, yaml_mark_t from, yaml_mark_t to)
{
	return (struct span) { b->src->id, offset_of(b, from.index), offset_of(b, to.index) };
}

/* libyaml counts characters; files that are not plain ASCII need a table. */
static void map_chars(struct builder *b, struct str text)
{
	size_t ascii = 0;
	while (ascii < text.n && (unsigned char)text.p[ascii] < 0x80)
		ascii++;
	if (ascii == text.n)
		return;
	uint32_t *table = arena_alloc(b->a, (text.n + 2) * sizeof(*table));
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		if (((unsigned char)text.p[i] & 0xC0) != 0x80)
			table[n++] = (uint32_t)i;
	while (n < text.n + 2)
		table[n++] = (uint32_t)text.n;
	b->chars = table;
}

/* ---- errors ---- */

static void fail_at(struct builder *b, enum rule rule, struct span at, const char *text, const char *help)
{
	struct diag *d = diag_add(b->diags, rule, at, "%s", text);
	if (help)
		diag_help(b->diags, d, "%s", help);
	b->failed = true;
}

static void syntax_error(struct builder *b)
{
	yaml_parser_t *p = &b->parser;
	struct span at = { b->src->id, 0, 0 };
	if (p->error == YAML_READER_ERROR)
		at.from = at.to = b->bom + (uint32_t)MIN(p->problem_offset, b->src->text.n);
	else
		at = span_of(b, p->problem_mark, p->problem_mark);
	bool tab = at.from < b->src->text.n && b->src->text.p[at.from] == '\t';
	struct diag *d = diag_add(b->diags, tab ? RULE_YAML_TAB_INDENT : RULE_YAML_SYNTAX, at, "%s%s%s",
	                          p->problem ? p->problem : "not YAML", p->context ? ", " : "", p->context ? p->context : "");
	if (tab)
		diag_help(b->diags, d, "YAML is indented with blanks; a tab stands here");
	else if (p->problem && str_starts(str_of(p->problem), STR("mapping values are not allowed")))
		diag_help(b->diags, d, "put quotes around a value that holds ': '");
	else if (p->context && (p->error == YAML_SCANNER_ERROR || p->error == YAML_PARSER_ERROR) &&
	         p->context_mark.line != p->problem_mark.line)
		diag_note(b->diags, d, span_of(b, p->context_mark, p->context_mark), "it begins here");
	b->failed = true;
}

/* ---- limits ---- */

static void count(struct builder *b, uint64_t events, struct span at)
{
	b->events += events;
	if (b->events <= YAML_EVENTS_MAX)
		return;
	if (b->aliases || b->events > YAML_HARD_EVENTS_MAX) {
		fail_at(b, RULE_YAML_SIZE_LIMITS, at, "Maximum YAML nodes exceeded",
		        "a file may have 50,000 nodes with its aliases expanded");
	} else if (!b->warned) {
		struct diag *d =
			diag_add_as(b->diags, RULE_YAML_SIZE_LIMITS, SEVERITY_WARNING, at, "Maximum YAML nodes exceeded");
		diag_help(b->diags, d, "GitHub refuses files of more than 50,000 nodes");
		b->warned = true;
	}
}

/* ---- nodes ---- */

static struct ynode *read_node(struct builder *b, yaml_event_t *event, unsigned depth);

static bool next_event(struct builder *b, yaml_event_t *event)
{
	if (b->failed)
		return false;
	if (yaml_parser_parse(&b->parser, event))
		return true;
	syntax_error(b);
	return false;
}

static struct ynode *new_node(struct builder *b, enum ynode_kind kind, const yaml_event_t *event, const yaml_char_t *anchor)
{
	struct ynode *n = arena_make(b->a, struct ynode);
	n->kind = kind;
	n->at = span_of(b, event->start_mark, event->end_mark);
	n->text = STR_EMPTY;
	if (anchor) {
		n->anchor = arena_str(b->a, str_of((const char *)anchor));
		if (b->opt->no_anchors)
			diag_add(b->diags, RULE_YAML_ANCHOR_ACTION, n->at,
			         "Anchors are not currently supported. Remove the anchor '%.*s'", STRF(n->anchor));
		map_put(b->a, &b->anchors, n->anchor, n);
	}
	return n;
}

static enum ynode_style scalar_style(yaml_scalar_style_t s)
{
	switch (s) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return YSTYLE_SINGLE;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return YSTYLE_DOUBLE;
	case YAML_LITERAL_SCALAR_STYLE:
		return YSTYLE_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return YSTYLE_FOLDED;
	default:
		return YSTYLE_PLAIN;
	}
}

static const char *const style_names[] = { [YSTYLE_SINGLE] = "SingleQuoted",
	                                   [YSTYLE_DOUBLE] = "DoubleQuoted",
	                                   [YSTYLE_LITERAL] = "Literal",
	                                   [YSTYLE_FOLDED] = "Folded" };

static void type_scalar(struct builder *b, struct ynode *n, const char *tag)
{
	struct pos p;
	if (!tag && n->style != YSTYLE_PLAIN) {
		n->kind = YNODE_STRING;
	} else if (!tag) {
		if (ytype_plain(n))
			return;
		p = source_pos(b->src, n->at.from);
		struct diag *d =
			diag_add(b->diags, RULE_YAML_NUMBER_RANGE, n->at,
		                 "The value '%.*s' on line %u and column %u is invalid for the type 'tag:yaml.org,2002:int'",
		                 STRF(n->text), p.line, p.col);
		diag_help(b->diags, d, "quote it if it is a text");
	} else if (ytype_tagged(n, tag) == YTAG_UNKNOWN) {
		struct diag *d = diag_add(b->diags, RULE_YAML_TAG_UNSUPPORTED, n->at, "Unexpected tag '%s'", tag);
		if (tag[0] == '!')
			diag_help(b->diags, d, "a value that begins with ! is a YAML tag: put it in quotes, or in ${{ }}");
	} else if (ytype_tagged(n, tag) == YTAG_MISMATCH) {
		p = source_pos(b->src, n->at.from);
		if (n->style == YSTYLE_PLAIN)
			diag_add(b->diags, RULE_YAML_TAG_MISMATCH, n->at,
			         "The value '%.*s' on line %u and column %u is invalid for the type '%s'", STRF(n->text), p.line,
			         p.col, tag);
		else
			diag_add(b->diags, RULE_YAML_TAG_MISMATCH, n->at,
			         "The scalar style '%s' on line %u and column %u is not valid with the tag '%s'",
			         style_names[n->style], p.line, p.col, tag);
	}
}

static struct ynode *read_scalar(struct builder *b, yaml_event_t *event)
{
	struct ynode *n = new_node(b, YNODE_STRING, event, event->data.scalar.anchor);
	n->text = arena_str(b->a, str_n((const char *)event->data.scalar.value, event->data.scalar.length));
	n->style = scalar_style(event->data.scalar.style);
	n->events = 1;
	type_scalar(b, n, (const char *)event->data.scalar.tag);
	*vec_add(b->a, &b->scalars) = n->at;
	count(b, 1, n->at);
	return n;
}

static struct ynode *read_alias(struct builder *b, yaml_event_t *event, unsigned depth)
{
	struct str name = str_of((const char *)event->data.alias.anchor);
	struct span at = span_of(b, event->start_mark, event->end_mark);
	const struct ynode *target = map_get(&b->anchors, name);
	b->aliases = true;
	if (b->opt->no_anchors) {
		diag_add(b->diags, RULE_YAML_ANCHOR_ACTION, at, "Anchors are not currently supported. Remove the anchor '%.*s'",
		         STRF(name));
		target = NULL;
	} else if (!target) {
		diag_add(b->diags, RULE_YAML_ALIAS_UNDEFINED, at, "Unknown anchor '%.*s'", STRF(name));
	} else if (target->events == 0) {
		struct diag *d = diag_add(b->diags, RULE_YAML_ALIAS_RECURSIVE, at, "Maximum object depth exceeded");
		diag_help(b->diags, d, "the alias '*%.*s' stands inside of what it names", STRF(name));
		target = NULL;
	} else if (target->height > 0 && depth + target->height - 1 > b->max_depth) {
		fail_at(b, RULE_YAML_SIZE_LIMITS, at, "Maximum object depth exceeded", NULL);
		target = NULL;
	}
	struct ynode *n = arena_make(b->a, struct ynode);
	if (target) {
		*n = *target;
		count(b, target->events, at);
		n->alias_of = target;
	} else {
		n->events = 1;
	}
	n->anchor = STR_EMPTY;
	n->at = at;
	if (!n->text.p)
		n->text = STR_EMPTY;
	return n;
}

static bool too_deep(struct builder *b, const struct ynode *n, unsigned depth)
{
	if (depth <= b->max_depth)
		return false;
	struct diag *d = diag_add(b->diags, RULE_YAML_SIZE_LIMITS, n->at, "Maximum object depth exceeded");
	diag_help(b->diags, d, "sequences and mappings may be nested %u deep", b->max_depth);
	b->failed = true;
	return true;
}

/* What a container learns when it ends. */
static void close_node(struct builder *b, struct ynode *n, yaml_event_t *end, uint32_t events, unsigned height,
                       enum ynode_style style)
{
	uint32_t to = offset_of(b, end->end_mark.index);
	while (style == YSTYLE_BLOCK && to > n->at.from && strchr(" \t\r\n", b->src->text.p[to - 1]))
		to--; /* a block's end is the beginning of what follows */
	n->at.to = to > n->at.from ? to : n->at.from;
	n->events = events + 2;
	n->height = (uint16_t)(height + 1);
	n->style = style;
	count(b, 2, n->at);
}

static struct ynode *read_sequence(struct builder *b, yaml_event_t *event, unsigned depth)
{
	struct ynode *n = new_node(b, YNODE_SEQ, event, event->data.sequence_start.anchor);
	bool flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	struct {
		VEC(struct ynode *);
	} items = { 0 };
	uint32_t events = 0;
	unsigned height = 0;
	yaml_event_t next;
	if (too_deep(b, n, depth))
		return n;
	while (next_event(b, &next)) {
		if (next.type == YAML_SEQUENCE_END_EVENT) {
			close_node(b, n, &next, events, height, flow ? YSTYLE_FLOW : YSTYLE_BLOCK);
			yaml_event_delete(&next);
			break;
		}
		struct ynode *item = read_node(b, &next, depth + 1);
		yaml_event_delete(&next);
		*vec_add(b->a, &items) = item;
		events += item->events;
		height = MAX(height, item->height);
	}
	n->seq.items = items.v;
	n->seq.n = items.n;
	return n;
}

/* Keys compare without case; keys with expressions are not known yet. */
static bool duplicate(struct builder *b, struct map *seen, struct ynode *key)
{
	if (str_find(key->text, STR("${{"), 0) != SIZE_MAX)
		return false;
	struct str folded = arena_str(b->a, key->text);
	char *p = (char *)(uintptr_t)folded.p; /* just made */
	for (size_t i = 0; i < folded.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	struct ynode *first = map_get(seen, folded);
	if (!first) {
		map_put(b->a, seen, folded, key);
		return false;
	}
	struct diag *d = diag_add(b->diags, RULE_YAML_DUPLICATE_KEY, key->at, "'%.*s' is already defined", STRF(key->text));
	diag_note(b->diags, d, first->at, "first defined here");
	return true;
}

static struct ynode *read_mapping(struct builder *b, yaml_event_t *event, unsigned depth)
{
	struct ynode *n = new_node(b, YNODE_MAP, event, event->data.mapping_start.anchor);
	bool flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	struct {
		VEC(struct ypair);
	} pairs = { 0 };
	struct map seen = { 0 };
	uint32_t events = 0;
	unsigned height = 0;
	yaml_event_t next;
	if (too_deep(b, n, depth))
		return n;
	while (next_event(b, &next)) {
		if (next.type == YAML_MAPPING_END_EVENT) {
			close_node(b, n, &next, events, height, flow ? YSTYLE_FLOW : YSTYLE_BLOCK);
			yaml_event_delete(&next);
			break;
		}
		struct ynode *key = read_node(b, &next, depth + 1);
		yaml_event_delete(&next);
		if (!next_event(b, &next))
			break;
		struct ynode *value = read_node(b, &next, depth + 1);
		yaml_event_delete(&next);
		events += key->events + value->events;
		height = MAX(height, MAX(key->height, value->height));
		if (key->kind == YNODE_SEQ || key->kind == YNODE_MAP) {
			diag_add(b->diags, RULE_YAML_COMPLEX_KEY, key->at, "A %s was not expected: a key is a single value",
			         key->kind == YNODE_SEQ ? "sequence" : "mapping");
			continue;
		}
		if (!duplicate(b, &seen, key))
			*vec_add(b->a, &pairs) = (struct ypair) { key, value };
	}
	n->map.pairs = pairs.v;
	n->map.n = pairs.n;
	return n;
}

static struct ynode *read_node(struct builder *b, yaml_event_t *event, unsigned depth)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(b, event);
	case YAML_ALIAS_EVENT:
		return read_alias(b, event, depth);
	case YAML_SEQUENCE_START_EVENT:
		return read_sequence(b, event, depth);
	default:
		return read_mapping(b, event, depth);
	}
}

/* ---- the stream ---- */

static void read_stream(struct builder *b, struct ytree *out)
{
	yaml_event_t event;
	bool end = false;
	unsigned documents = 0;
	while (!end && next_event(b, &event)) {
		if (event.type == YAML_STREAM_END_EVENT) {
			end = true;
		} else if (event.type == YAML_DOCUMENT_START_EVENT) {
			if (++documents == 2) {
				fail_at(b, RULE_YAML_MULTI_DOCUMENT, span_of(b, event.start_mark, event.end_mark),
				        "The file holds more than one YAML document",
				        "a workflow is one document: remove everything from here on");
			}
		} else if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_END_EVENT) {
			out->root = read_node(b, &event, 1);
		}
		yaml_event_delete(&event);
	}
}

static bool text_is_fine(struct builder *b, struct str text)
{
	size_t good = utf8_valid_prefix(text);
	if (good < text.n) {
		struct span at = { b->src->id, b->bom + (uint32_t)good, b->bom + (uint32_t)good + 1 };
		struct diag *d = diag_add(b->diags, RULE_YAML_SYNTAX, at, "The file is not UTF-8: byte 0x%02X at offset %zu",
		                          (unsigned char)text.p[good], good);
		diag_help(b->diags, d, "save it as UTF-8");
		return false;
	}
	size_t most = b->opt->max_chars ? b->opt->max_chars : YAML_CHARS_MAX;
	if (utf8_utf16_units(text) > most) {
		diag_add(b->diags, RULE_YAML_SIZE_LIMITS, (struct span) { b->src->id, 0, 0 },
		         "The maximum file size of %zu characters has been exceeded", most);
		return false;
	}
	return true;
}

bool ytree_parse(struct ytree *out, struct arena *a, const struct source *src, const struct ytree_options *opt,
                 struct diag_list *diags)
{
	struct builder b = { .a = a, .src = src, .opt = opt, .diags = diags };
	b.max_depth = opt->depth ? MIN(opt->depth, YAML_HARD_DEPTH_MAX) : YAML_DEPTH_MAX;
	*out = (struct ytree) { 0 };
	struct str text = src->text;
	if (str_starts(text, STR("\xEF\xBB\xBF"))) {
		b.bom = 3;
		text = str_from(text, 3);
	}
	if (!text_is_fine(&b, text))
		return false;
	map_chars(&b, text);
	if (!yaml_parser_initialize(&b.parser))
		return !diag_add(diags, RULE_YAML_SYNTAX, (struct span) { src->id, 0, 0 }, "The YAML reader cannot start");
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)text.p, text.n);
	read_stream(&b, out);
	yaml_parser_delete(&b.parser);
	ycomments_find(out, a, src, b.scalars.v, b.scalars.n);
	return !b.failed;
}

enum scalar_style ynode_scalar_style(const struct ynode *n)
{
	static const enum scalar_style styles[] = {
		[YSTYLE_PLAIN] = SCALAR_PLAIN,     [YSTYLE_SINGLE] = SCALAR_SINGLE, [YSTYLE_DOUBLE] = SCALAR_DOUBLE,
		[YSTYLE_LITERAL] = SCALAR_LITERAL, [YSTYLE_FOLDED] = SCALAR_FOLDED, [YSTYLE_BLOCK] = SCALAR_PLAIN,
		[YSTYLE_FLOW] = SCALAR_PLAIN
	};
	return styles[n->style];
}

struct ynode *ynode_get(const struct ynode *map, const char *key)
{
	for (size_t i = 0; map && map->kind == YNODE_MAP && i < map->map.n; i++)
		if (str_is(map->map.pairs[i].key->text, key))
			return map->map.pairs[i].value;
	return NULL;
}
