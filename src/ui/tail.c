/* A ring of lines; see tail.h. */
#include "ui/tail.h"

#include "base/arena.h"
#include "ui/text.h"

void tail_add(struct tail *t, enum log_level level, const struct str *lines, size_t n)
{
	if (level == LOG_DEBUG || level == LOG_ENDGROUP)
		return;
	size_t from = n > TAIL_LINES ? n - TAIL_LINES : 0;
	for (size_t i = from; i < n; i++) {
		size_t at = t->total++ % TAIL_LINES;
		buf_clear(&t->line[at]);
		buf_addstr(&t->line[at], text_cut(lines[i], TAIL_LINE_MAX));
		if (lines[i].n > TAIL_LINE_MAX)
			buf_adds(&t->line[at], "…");
		t->level[at] = level;
	}
}

size_t tail_count(const struct tail *t)
{
	return MIN(t->total, (size_t)TAIL_LINES);
}

struct str tail_line(const struct tail *t, size_t i, enum log_level *level)
{
	size_t at = (t->total - tail_count(t) + i) % TAIL_LINES;
	*level = t->level[at];
	return buf_str(&t->line[at]);
}

void tail_free(struct tail *t)
{
	for (size_t i = 0; t && i < TAIL_LINES; i++)
		buf_done(&t->line[i]);
	free(t);
}
