/* Errors, warnings and notices: the normalised place of an annotation command, the masked and shortened message,
 * and the limit on how many a step may record. */
#include "base/path.h"
#include "base/utf8.h"
#include "log/internal.h"

/* Line and column properties of a command. Texts stay beside the numbers because "differ" means the texts. */
struct place {
	struct str text;
	bool given, number;
	int64_t value;
};

static struct place read_place(const struct command *c, const char *key)
{
	struct place p = { .text = str_trim(command_prop(c, key)) };
	p.given = p.text.n > 0;
	size_t i = p.given && (p.text.p[0] == '-' || p.text.p[0] == '+');
	p.number = i < p.text.n;
	for (; i < p.text.n && p.number; i++) {
		p.number = p.text.p[i] >= '0' && p.text.p[i] <= '9' && p.value <= INT32_MAX;
		p.value = p.value * 10 + (p.text.p[i] - '0');
	}
	p.number = p.number && p.value <= INT32_MAX;
	if (p.number && p.text.p[0] == '-')
		p.value = -p.value;
	return p;
}

static void drop(struct place *a, struct place *b)
{
	*a = *b = (struct place) { 0 };
}

static void order_places(struct log_step *s, const char *name, struct place *line, struct place *end_line, struct place *col,
                         struct place *end_col)
{
	if (end_line->given && !line->given) {
		step_debug(s, "Invalid %s command value. 'endLine' is set without 'line': using it as 'line'.", name);
		*line = *end_line;
	}
	if (end_col->given && !col->given) {
		step_debug(s, "Invalid %s command value. 'endColumn' is set without 'col': using it as 'col'.", name);
		*col = *end_col;
	}
	if (!line->given && col->given) {
		step_debug(s, "Invalid %s command value. 'col' and 'endColumn' cannot be set without 'line'.", name);
		drop(col, end_col);
	}
	if (line->given && end_line->given && !str_eq(line->text, end_line->text) && col->given) {
		step_debug(s, "Invalid %s command value. 'col' and 'endColumn' cannot be set if 'line' and 'endLine' differ.",
		           name);
		drop(col, end_col);
	}
	if (line->number && end_line->number && end_line->value < line->value) {
		step_debug(s, "Invalid %s command value. 'endLine' cannot be less than 'line'.", name);
		drop(line, end_line);
	}
	if (col->number && end_col->number && end_col->value < col->value) {
		step_debug(s, "Invalid %s command value. 'endColumn' cannot be less than 'col'.", name);
		drop(col, end_col);
	}
}

static uint32_t place_value(const struct place *p)
{
	return p->number && p->value > 0 ? (uint32_t)p->value : 0;
}

/* Relative to the workspace when it lies below it. */
static struct str relative_file(struct log_step *s, struct str file)
{
	struct str root = s->job->workspace;
	while (root.n > 1 && root.p[root.n - 1] == '/')
		root.n--;
	return root.n ? path_below(file, root) : file;
}

void annotation_fill(struct log_step *s, struct log_annotation *out, const struct command *c)
{
	struct place line = read_place(c, "line"), end_line = read_place(c, "endLine");
	struct place col = read_place(c, "col"), end_col = read_place(c, "endColumn");
	order_places(s, arena_cstr(&s->scratch, c->name), &line, &end_line, &col, &end_col);
	out->line = place_value(&line);
	out->end_line = place_value(&end_line);
	out->col = place_value(&col);
	out->end_col = place_value(&end_col);
	out->file = relative_file(s, command_prop(c, "file"));
	out->title = command_prop(c, "title");
}

/* The first LOG_MESSAGE_MAX characters, counted as UTF-16 units. */
static struct str cut_message(struct str s)
{
	size_t units = 0;
	if (s.n <= LOG_MESSAGE_MAX)
		return s;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		unsigned n = utf8_decode(s, i, &cp);
		units += cp >= 0x10000 ? 2 : 1;
		if (units > LOG_MESSAGE_MAX)
			return str_to(s, i);
		i += n;
	}
	return s;
}

void step_issue(struct log_step *s, enum log_stream stream, const struct log_annotation *raw, struct str log_text)
{
	struct arena a = { 0 };
	const struct masker *m = s->job->masker;
	struct log_annotation out = *raw;
	out.message = cut_message(masker_str(m, &a, raw->message));
	if (log_text.p)
		step_lines(s, stream, raw->level, log_text, 0);
	else if (out.message.n)
		step_lines(s, stream, raw->level, out.message, 0);
	if (s->annotations[raw->level] < LOG_ANNOTATIONS_MAX) {
		s->annotations[raw->level]++;
		out.file = masker_str(m, &a, raw->file);
		out.title = masker_str(m, &a, raw->title);
		if (s->ops->annotation)
			s->ops->annotation(s->cookie, &out);
	}
	arena_done(&a);
}
