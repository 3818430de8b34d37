/* What is said while a run is being stopped: at once, and, where it can be, counting down. */
#include <inttypes.h>
#include <signal.h>

#include "ui/model.h"
#include "ui/style.h"

/* Steps that ran when the first signal came; *others: those that begin nevertheless (always(), cleaning up). */
static size_t count_running(const struct ui_model *m, size_t *others)
{
	size_t n = 0;
	*others = 0;
	for (const struct ui_run *r = m->first; r; r = r->next)
		for (const struct ui_job *j = r->live.first; j; j = j->next)
			for (const struct ui_step *s = j->running.first; s; s = s->next) {
				if (s->control)
					continue;
				n += s->since <= m->stop.since;
				*others += s->since > m->stop.since;
			}
	return n;
}

static void add_again(struct buf *out, const struct ui_model *m, const char *what)
{
	buf_addf(out, "; %s to %s", m->stop.signal == SIGINT ? "Ctrl-C again" : "the signal again", what);
}

void stopping_text(struct buf *out, const struct ui_model *m, uint64_t now)
{
	size_t others, n = count_running(m, &others);
	uint64_t left = m->stop.until > now ? (m->stop.until - now) / UINT64_C(1000000000) : 0;
	if (m->stop.level >= 3) {
		buf_adds(out, "stopping: what still runs is killed");
		return;
	}
	buf_adds(out, "stopping");
	if (n) {
		buf_adds(out, ": ");
		add_count(out, n, "step");
	}
	if (n && m->stop.level == 1 && left)
		buf_addf(out, " %s %" PRIu64 " s to end", n == 1 ? "has" : "have", left);
	else if (n)
		buf_addf(out, " %s ended by force", n == 1 ? "is" : "are");
	else if (others) {
		buf_adds(out, ": ");
		add_count(out, others, "step");
		buf_addf(out, " %s in spite of it", others == 1 ? "runs" : "run");
	}
	add_again(out, m, m->stop.level == 1 ? "hurry" : "kill");
}
