/* Outputs of renderers, and what the session asks of them; see screen.h and ui.h. */
#include "ui/screen.h"

#include <time.h>

uint64_t screen_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void screen_init(struct screen *s, const struct sink_ops *ops, const struct ui_options *o, bool paced)
{
	struct ui_options with = *o;
	if (!with.now)
		with.now = screen_now;
	s->sink.ops = ops;
	out_init(&s->out, &with, paced);
}

static void set_tick(struct screen *s)
{
	if (s->out.queue && s->out.queue->paced)
		s->sink.next_tick = s->out.queue->pace_until;
}

void screen_flush(struct screen *s)
{
	out_flush(&s->out);
	set_tick(s);
}

void screen_tick(struct sink *s, uint64_t now)
{
	struct screen *screen = (struct screen *)s;
	if (screen->out.queue)
		queue_tick(screen->out.queue, now);
	set_tick(screen);
}

void ui_ready(struct sink *s)
{
	struct screen *screen = (struct screen *)s;
	queue_ready(screen->out.queue);
	if (s->ops->tick == screen_tick)
		set_tick(screen);
	else if (s->ops->tick && !out_pending(&screen->out))
		s->next_tick = 1; /* what was not drawn meanwhile: at once */
}

void ui_end(struct sink *s, const char *trouble)
{
	((struct screen *)s)->trouble = trouble;
	if (s->ops->end)
		s->ops->end(s);
}

void ui_stopping(struct sink *s, int level, int signal, uint64_t grace_ns)
{
	struct screen *screen = (struct screen *)s;
	if (screen->stopping)
		screen->stopping(s, level, signal, grace_ns);
}

uint64_t ui_pending(const struct sink *s)
{
	return out_pending(&((const struct screen *)s)->out);
}

int ui_lost(const struct sink *s)
{
	const struct out *o = &((const struct screen *)s)->out;
	return o->errnum ? o->errnum : o->queue ? o->queue->errnum : 0;
}

int ui_held(const struct sink *s)
{
	const struct queue *q = ((const struct screen *)s)->out.queue;
	return q ? q->held_errnum : 0;
}
