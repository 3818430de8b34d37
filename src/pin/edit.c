/* The new text of a file: the commit in the place of the ref, the version in the place of the version in the comment, before
 * another comment, or at the line's end. Whatever was put in, the text must still mean what it meant (compare.c). */
#include "pin/pin.h"

static void leave_line(struct pin_line *l, struct str why, struct str help)
{
	for (size_t i = 0; i < l->uses.n; i++)
		if (l->uses.v[i]->state == PIN_CHANGE) {
			l->uses.v[i]->state = PIN_UNWRITTEN;
			l->uses.v[i]->message = why;
			l->uses.v[i]->help = help;
		}
}

/* "v1.2.3", or of several "v1.2.3, v2.0.0"; empty: one of them has none. */
static struct str joined_versions(struct arena *a, const struct pin_line *l)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	for (size_t i = 0; i < l->uses.n; i++) {
		if (!l->uses.v[i]->version.n)
			return STR_EMPTY;
		buf_addf(&out, "%s%.*s", i ? ", " : "", STRF(l->uses.v[i]->version));
	}
	return arena_str(a, buf_str(&out));
}

static void edit_comment(struct arena *a, struct fix *fix, const struct source *src, const struct pin_line *l,
                         struct str versions)
{
	const struct span end = { src->id, l->end, l->end }, before = { src->id, l->comment.from, l->comment.from };
	if (l->versions && (l->sure || (l->uses.v[0]->pinned && l->uses.v[0]->version.n)))
		fix_edit(a, fix, l->versions_at, versions);
	else if (l->comment.file == src->id)
		fix_edit(a, fix, before, arena_printf(a, "# %.*s ", STRF(versions)));
	else
		fix_edit(a, fix, end, arena_printf(a, " # %.*s", STRF(versions)));
}

/* NULL: nothing on the line changes. */
static const struct fix *fix_line(struct arena *a, const struct source *src, struct pin_line *l)
{
	struct fix *fix = fix_new(a, FIX_SAFE, STR("pin"));
	struct str versions = joined_versions(a, l);
	for (size_t i = 0; i < l->uses.n; i++)
		if (l->uses.v[i]->state == PIN_CHANGE)
			fix_edit(a, fix, l->uses.v[i]->ref_at, l->uses.v[i]->sha);
	if (!fix->n)
		return NULL;
	if (!versions.n || l->end_in_scalar) {
		leave_line(l,
		           l->end_in_scalar ? STR("no comment can stand behind it, as a text goes on in the next line")
		                            : STR("not all references of this line have a version that the comment could name"),
		           STR("write this reference on a line of its own"));
		return NULL;
	}
	edit_comment(a, fix, src, l, versions);
	return fix;
}

size_t pin_edit(struct buf *out, struct arena *a, struct pin_file *f)
{
	const struct fix **fixes = arena_array(a, const struct fix *, f->lines.n + 1);
	enum fix_result *results = arena_array(a, enum fix_result, f->lines.n + 1);
	struct pin_line **lines = arena_array(a, struct pin_line *, f->lines.n + 1);
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t n = 0, changed = 0;
	for (size_t i = 0; i < f->lines.n; i++) {
		const struct fix *fix = fix_line(a, f->source, f->lines.v[i]);
		if (!fix)
			continue;
		lines[n] = f->lines.v[i];
		fixes[n++] = fix;
	}
	fixes_apply(&text, f->source, fixes, n, results);
	for (size_t i = 0; i < n; i++) {
		if (results[i] != FIX_APPLIED)
			leave_line(lines[i], STR("it cannot be changed where it stands"),
			           STR("write this reference on a line of its own"));
		for (size_t k = 0; k < lines[i]->uses.n; k++)
			changed += lines[i]->uses.v[k]->state == PIN_CHANGE;
	}
	if (changed && !pin_means_the_same(f, buf_str(&text))) {
		for (size_t i = 0; i < n; i++)
			leave_line(lines[i], STR("with the pins the file would mean something else, so nothing of it is written"),
			           STR("write this reference as OWNER/REPO@REF on a line of its own"));
		buf_addstr(out, f->source->text);
		return 0;
	}
	buf_addstr(out, buf_str(&text));
	return changed;
}
