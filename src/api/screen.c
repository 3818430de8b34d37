/* What a session shows: the renderer of its events, and the care that a reader who is slow or asleep keeps nothing
 * waiting. While steps run the host tells when the output takes more; at the end the session goes on until all is
 * out, its reader has gone away, or somebody has had enough of waiting. */
#include <errno.h>
#include <inttypes.h>

#include "api/session.h"
#include "ui/ui.h"

/* After a cancellation: so long may a reader take nothing. */
#define PATIENCE_NS UINT64_C(2000000000)

static void output_ready(void *cookie)
{
	ui_ready(((struct sidestep_session *)cookie)->screen);
}

static bool wait_for_output(void *cookie, int fd, bool on)
{
	struct sidestep_session *s = cookie;
	const struct host_ops *ops = s->host->ops;
	if (on) {
		s->output.watch = ops->watch(s->host, fd, output_ready, s);
	} else if (s->output.watch) {
		ops->unwatch(s->host, s->output.watch);
		s->output.watch = NULL;
	}
	return s->output.watch != NULL;
}

static void hold_steps(void *cookie, bool on)
{
	struct sidestep_session *s = cookie;
	s->host->ops->hold_output(s->host, on);
}

/* Where everything that was said can be read. */
static struct str log_place(const struct sidestep_session *s)
{
	return s->runs.n == 1 ? s->runs.v[0]->dir : s->state.runs;
}

struct sink *screen_open(struct sidestep_session *s)
{
	const struct sidestep_run_options *o = &s->opt;
	const struct ui_waiter waiter = { wait_for_output, hold_steps, s };
	struct ui_options ui = { .fd = o->output_fd,
		                 .color = o->color,
		                 .width = o->width,
		                 .verbosity = o->verbosity,
		                 .runs = s->runs.n,
		                 .waiter = &waiter,
		                 .spool_dir = log_place(s),
		                 .log_dir_hint = log_place(s) };
	bool terminal = o->output == SIDESTEP_OUTPUT_TTY;
	if (o->output == SIDESTEP_OUTPUT_QUIET)
		ui.verbosity = -1;
	if (o->dry_run && (terminal || o->output == SIDESTEP_OUTPUT_PLAIN || o->output == SIDESTEP_OUTPUT_QUIET))
		return sink_plan(&ui, terminal);
	switch (o->output) {
	case SIDESTEP_OUTPUT_TTY:
		return o->verbosity < 0 ? sink_quiet(&ui) : sink_tty(&ui);
	case SIDESTEP_OUTPUT_JSON:
		return sink_json(&ui);
	case SIDESTEP_OUTPUT_GITHUB:
		return sink_github(&ui);
	case SIDESTEP_OUTPUT_QUIET:
		return sink_quiet(&ui);
	default:
		return o->verbosity < 0 ? sink_quiet(&ui) : sink_plain(&ui);
	}
}

static uint64_t now(const struct sidestep_session *s)
{
	return s->host->ops->now(s->host);
}

void screen_end(struct sidestep_session *s)
{
	ui_end(s->screen, s->trouble.n ? s->trouble.p : NULL);
	s->output.left = ui_pending(s->screen);
	s->output.since = now(s);
}

void screen_turn(struct sidestep_session *s, uint64_t deadline)
{
	struct err err = ERR_INIT;
	if (s->host->ops->wait(s->host, deadline, &err) < 0) {
		s->output.leave = true;
		s->output_error = err;
	}
	uint64_t left = ui_pending(s->screen);
	if (left != s->output.left)
		s->output.since = now(s);
	s->output.left = left;
}

void screen_cancel(struct sidestep_session *s)
{
	s->output.since = now(s);
	if (s->cancelled > 1)
		s->output.leave = true;
}

bool screen_is_closed(const struct sidestep_session *s)
{
	return s->screen && ui_lost(s->screen) == EPIPE;
}

bool screen_goes_on(struct sidestep_session *s)
{
	if (ui_pending(s->screen) == 0 || s->output.leave)
		return false;
	uint64_t end = s->cancelled ? s->output.since + PATIENCE_NS : UINT64_MAX;
	s->host->ops->arm(s->host, end);
	return now(s) < end;
}

void screen_close(struct sidestep_session *s)
{
	struct err err = ERR_INIT;
	uint64_t left = ui_pending(s->screen);
	s->output.held_errnum = ui_held(s->screen);
	if (s->screen->ops->close(s->screen, &err) < 0 && err.errnum != EPIPE) {
		if (left)
			err_set(&err, ERR_SYSTEM,
			        "the reader of the output has not taken its last %" PRIu64 " bytes; the logs are in %.*s", left,
			        STRF(log_place(s)));
		else
			err_wrap(&err, "cannot write");
		s->output_error = err;
	}
	s->screen = NULL;
}
