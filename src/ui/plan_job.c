/* One job of a plan as text: a line for the job, a line for each step, and below it what the step would do. Lines are wrapped for
 * terminals alone: what goes into a pipe stays as long as it is. */
#include "ui/plan.h"

#include "ui/text.h"

enum { STEP_INDENT = 2, DETAIL_INDENT = 7, DEPTH_INDENT = 4, LINES_SHOWN = 30, WIDTH_MIN = 30 };

static struct str cleaned(struct arena *a, struct str s)
{
	return text_clean_copy(a, s, 1 << 16);
}

/* A clean line in a terminal's width, without end in a pipe; what is wrapped stands `hang` cells deeper. */
static void put_hanging(struct buf *out, const struct look *look, size_t indent, size_t hang, struct str line)
{
	size_t deep = indent + hang, room = look->width > deep + WIDTH_MIN ? look->width - deep : WIDTH_MIN, start = out->n;
	if (!look->marks || text_cells(line) <= room + hang) {
		text_blanks(out, indent);
		buf_addstr(out, line);
		buf_addc(out, '\n');
		return;
	}
	text_wrap(out, line, deep, room);
	memmove(out->p + start + indent, out->p + start + deep,
	        out->n - start - deep); /* the first line stands where it begins */
	out->n -= hang;
}

static void put_line(struct buf *out, const struct look *look, size_t indent, struct str line)
{
	put_hanging(out, look, indent, 2, line);
}

static void put_colored(struct buf *out, const struct look *look, enum paint p, size_t indent, size_t hang, struct str line)
{
	if (p != PAINT_RESET)
		paint(out, look, p);
	put_hanging(out, look, indent, hang, line);
	if (p != PAINT_RESET && look->color && out->n && out->p[out->n - 1] == '\n') {
		out->n--;
		paint(out, look, PAINT_RESET);
		buf_addc(out, '\n');
	}
}

void plan_put_line(struct buf *out, const struct look *look, enum paint p, size_t indent, struct str line)
{
	put_colored(out, look, p, indent, 2, line);
}

/* Lines of a text, each with the indent: a script, the value of an input. */
static void put_lines(struct buf *out, const struct look *look, size_t indent, struct str text)
{
	struct arena a = { 0 };
	struct str line;
	size_t n = 0, more = 0;
	while (str_next_line(&text, &line)) {
		if (n++ < LINES_SHOWN)
			put_line(out, look, indent, cleaned(&a, line));
		else
			more++;
	}
	if (more)
		put_line(out, look, indent, arena_printf(&a, "… and %zu more lines", more));
	arena_done(&a);
}

/* ---- a step ---- */

static bool is_default_name(const struct event *e)
{
	return str_is(e->plan.kind, "run") && str_starts(e->plan.name, STR("Run "));
}

/* The script's first line, and what is left of it: a step without a name of its own is called so. */
static struct str title_of(struct arena *a, const struct event *e, struct str *rest)
{
	struct str line = STR_EMPTY;
	*rest = e->plan.command;
	if (!is_default_name(e) || !rest->n)
		return cleaned(a, e->plan.name);
	while (!str_trim(line).n && str_next_line(rest, &line))
		;
	return arena_printf(a, "Run %.*s", STRF(cleaned(a, str_trim(line))));
}

static char mark_of(const struct event *e)
{
	if (e->plan.cannot.n)
		return '!';
	if (e->plan.runs == OUTLOOK_MAYBE)
		return '?';
	return e->plan.runs == OUTLOOK_YES ? ' ' : '-';
}

static const char *verdict_of(enum outlook o)
{
	static const char *const words[] = { [OUTLOOK_YES] = "holds",
		                             [OUTLOOK_MAYBE] = "only the run can say",
		                             [OUTLOOK_AFTER_FAILURE] = "only after a failure",
		                             [OUTLOOK_AFTER_CANCELLATION] = "only after a cancellation",
		                             [OUTLOOK_NO] = "does not hold: skipped" };
	return words[o];
}

static void put_condition(struct buf *out, const struct look *look, size_t indent, struct str condition, enum outlook o)
{
	struct arena a = { 0 };
	if (condition.n)
		plan_put_line(out, look, o == OUTLOOK_YES ? PAINT_DIM : PAINT_YELLOW, indent,
		              arena_printf(&a, "if: %.*s (%s)", STRF(cleaned(&a, condition)), verdict_of(o)));
	arena_done(&a);
}

static void put_map(struct buf *out, const struct look *look, size_t indent, const char *title, struct val map)
{
	struct arena a = { 0 };
	if (map.kind != VAL_OBJECT || map.o->n == 0)
		return;
	put_line(out, look, indent, str_of(title));
	for (size_t i = 0; i < map.o->n; i++) {
		struct str key = cleaned(&a, map.o->keys[i]), value = val_to_str(&a, map.o->vals[i]);
		bool several = str_find_c(str_trim(value), '\n', 0) != SIZE_MAX;
		put_line(out, look, indent + 2,
		         arena_printf(&a, "%.*s:%s%.*s", STRF(key), several || !value.n ? "" : " ",
		                      STRF(several ? STR_EMPTY : cleaned(&a, str_trim(value)))));
		if (several)
			put_lines(out, look, indent + 4, value);
	}
	arena_done(&a);
}

static void put_field(struct buf *out, const struct look *look, size_t indent, const char *what, struct str value)
{
	struct arena a = { 0 };
	if (value.n)
		put_line(out, look, indent, arena_printf(&a, "%s%.*s", what, STRF(cleaned(&a, value))));
	arena_done(&a);
}

/* ": 4, 5", by their numbers. */
static struct str joins_text(struct arena *a, const struct plan_job *j, const struct event *e)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	const char *word = str_is(e->plan.kind, "cancel") ? "ends " : "waits for ";
	for (size_t i = 0; i < e->plan.njoins; i++) {
		const char *number = map_get(&j->indices, e->plan.joins[i]);
		buf_addf(&b, "%s%s", i ? ", " : word, number ? number : "?");
	}
	if (!e->plan.njoins && (str_is(e->plan.kind, "wait") || str_is(e->plan.kind, "wait-all")))
		buf_adds(&b, "nothing to wait for");
	return arena_str(a, buf_str(&b));
}

static void put_title(struct plan_job *j, const struct look *look, const struct event *e, size_t indent, struct str title)
{
	struct arena a = { 0 };
	struct str number = e->plan.depth ? STR_EMPTY : e->index ? arena_printf(&a, "%u", e->index) : STR_EMPTY;
	struct str joins = joins_text(&a, j, e);
	const char *where = e->plan.background && !e->plan.group.n ? " (in the background)" : "";
	struct str line = arena_printf(&a, "%3.*s %c %.*s%s%s%.*s", STRF(number), mark_of(e), STRF(title), where,
	                               joins.n ? ": " : "", STRF(joins));
	bool off = e->plan.runs != OUTLOOK_YES && e->plan.runs != OUTLOOK_MAYBE;
	put_colored(&j->steps, look, e->plan.cannot.n ? PAINT_RED : off ? PAINT_DIM : PAINT_RESET, indent, DETAIL_INDENT, line);
	arena_done(&a);
}

/* Members of a parallel group stand under a line that says so. */
static size_t group_indent(struct plan_job *j, const struct event *e)
{
	bool member = e->plan.background && e->plan.group.n;
	if (e->plan.depth)
		return j->group.n ? 2 : 0;
	if (!member) {
		j->group = STR_EMPTY;
		return 0;
	}
	if (!str_eq(j->group, e->plan.group))
		plan_put_line(&j->steps, j->run->look, PAINT_CYAN, STEP_INDENT + 6, STR("side by side:"));
	j->group = arena_str(&j->run->arena, e->plan.group);
	return 2;
}

static void count_step(struct plan_job *j, const struct event *e)
{
	struct arena *a = &j->run->arena;
	bool stage = str_is(e->plan.kind, "pre") || str_is(e->plan.kind, "post");
	bool control = stage || e->plan.njoins || str_starts(e->plan.kind, STR("wait")) || str_is(e->plan.kind, "cancel");
	map_put(a, &j->indices, arena_str(a, e->step), arena_cstr(a, arena_printf(a, "%u", e->index)));
	j->nsteps += !control && (e->plan.runs == OUTLOOK_YES || e->plan.runs == OUTLOOK_MAYBE);
	j->nmaybe += e->plan.runs == OUTLOOK_MAYBE;
}

/* Jobs of a called workflow are shifted when they are written. */
static struct look look_of_job(const struct plan_job *j)
{
	struct look look = *j->run->look;
	for (const struct plan_job *c = j->caller; c; c = c->caller)
		look.width -= MIN(look.width, (size_t)PLAN_CALL_INDENT);
	return look;
}

void plan_add_step(struct plan_job *j, const struct event *e)
{
	const struct look own = look_of_job(j), *look = &own;
	struct arena a = { 0 };
	struct str rest, title = title_of(&a, e, &rest);
	size_t group = group_indent(j, e);
	size_t indent = STEP_INDENT + group + e->plan.depth * DEPTH_INDENT, detail = indent + DETAIL_INDENT;
	struct buf *out = &j->steps;
	if (!e->plan.depth)
		count_step(j, e);
	j->nfail += e->plan.cannot.n > 0;
	put_title(j, look, e, indent, title);
	if (e->plan.cannot.n)
		plan_put_line(out, look, PAINT_RED, detail,
		              arena_printf(&a, "fails here: %.*s", STRF(cleaned(&a, e->plan.cannot))));
	if (e->plan.runs == OUTLOOK_YES && !e->plan.cannot.n)
		put_field(out, look, detail, "", e->plan.reason);
	if (e->plan.runs == OUTLOOK_NO && !e->plan.condition.n)
		put_field(out, look, detail, "would be skipped: ", e->plan.reason);
	put_condition(out, look, detail, e->plan.condition, e->plan.runs);
	if (e->plan.uses.n && str_find(e->plan.name, e->plan.uses, 0) == SIZE_MAX)
		put_field(out, look, detail, "uses: ", e->plan.uses);
	put_map(out, look, detail, "with:", e->plan.with);
	put_map(out, look, detail, "env:", e->plan.env);
	put_field(out, look, detail, "shell: ", e->plan.shell);
	put_field(out, look, detail, "in: ", e->plan.directory);
	put_lines(out, look, detail, rest);
	arena_done(&a);
}

void plan_add_message(struct plan_job *j, enum log_level level, struct str line)
{
	struct arena a = { 0 };
	if (level == LOG_ERROR || level == LOG_WARNING)
		plan_put_line(&j->steps, j->run->look, level == LOG_ERROR ? PAINT_RED : PAINT_YELLOW, STEP_INDENT,
		              arena_printf(&a, "%s: %.*s", log_level_name(level), STRF(cleaned(&a, line))));
	j->nfail += level == LOG_ERROR;
	arena_done(&a);
}

/* ---- a job ---- */

static void add_part(struct buf *b, const char *before, struct str text)
{
	if (text.n)
		buf_addf(b, "%s%.*s", before, STRF(text));
}

static void put_shifted(struct buf *out, struct str lines, size_t indent)
{
	struct str line;
	while (str_next_line(&lines, &line)) {
		text_blanks(out, indent);
		buf_addstr(out, line);
		buf_addc(out, '\n');
	}
}

void plan_write_job(struct buf *out, const struct plan_job *j, size_t indent)
{
	const struct look *look = j->run->look;
	_cleanup_buf_ struct buf about = BUF_INIT;
	for (size_t i = 0; i < j->needs.n; i++)
		add_part(&about, i ? ", " : ", after ", j->needs.v[i]);
	add_part(&about, ", on ", j->runs_on);
	add_part(&about, ", calls ", j->uses);
	add_part(&about, ", environment ", j->environment);
	add_part(&about, ", concurrency group ", j->concurrency);
	struct arena a = { 0 };
	bool named = !str_eq(j->name, j->label);
	plan_put_line(out, look, PAINT_BOLD, indent,
	              arena_printf(&a, "%.*s%s%.*s%s%.*s", STRF(j->label), named ? " \"" : "", STRF(named ? j->name : STR_EMPTY),
	                           named ? "\"" : "", STRF(buf_str(&about))));
	if (j->cannot.n || j->failure.n)
		plan_put_line(out, look, PAINT_RED, indent + STEP_INDENT,
		              arena_printf(&a, "fails here: %.*s", STRF(j->cannot.n ? j->cannot : j->failure)));
	put_condition(out, look, indent + STEP_INDENT, j->condition, j->outlook);
	put_shifted(out, buf_str(&j->steps), indent);
	arena_done(&a);
}
