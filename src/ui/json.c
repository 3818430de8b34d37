/* Events as JSON lines: to a descriptor, and into the file that a run leaves behind. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/map.h"
#include "ui/screen.h"
#include "ui/ui.h"

struct json_sink {
	struct sink sink; /* these four first: it is a struct screen */
	struct out out;
	const char *trouble;
	void (*stopping)(struct sink *s, int level, int signal, uint64_t grace_ns);
	/* of a store: */
	int fd;           /* owned, or -1 */
	uint64_t max_log; /* 0: no limit */
	struct arena arena;
	struct map steps;      /* run, job, index → struct step_log */
	struct step_log *last; /* of the last log event: lines come in rows */
};

struct step_log {
	struct str key;
	uint64_t bytes;
	bool full;
};

static_assert(offsetof(struct json_sink, sink) == offsetof(struct screen, sink) &&
                      offsetof(struct json_sink, out) == offsetof(struct screen, out) &&
                      offsetof(struct json_sink, stopping) == offsetof(struct screen, stopping),
              "the stream is a screen");

/* A step's key; the parts are kept apart by their lengths. */
static void step_key(struct buf *out, const struct event *e)
{
	size_t part[3] = { e->run.n, e->job.n, e->index };
	buf_add(out, part, sizeof(part));
	buf_addstr(out, e->run);
	buf_addstr(out, e->job);
}

static struct step_log *step_of(struct json_sink *j, const struct event *e)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	step_key(&key, e);
	if (j->last && str_eq(j->last->key, buf_str(&key)))
		return j->last;
	struct step_log *s = map_get(&j->steps, buf_str(&key));
	if (!s) {
		s = arena_make(&j->arena, struct step_log);
		s->key = arena_str(&j->arena, buf_str(&key));
		map_put(&j->arena, &j->steps, s->key, s);
	}
	j->last = s;
	return s;
}

static void add_notice(struct json_sink *j, const struct event *e)
{
	struct str text = STR("The rest of this step's output is only in its log file");
	struct event notice = *e;
	notice.log.stream = LOG_RUNNER;
	notice.log.level = LOG_NOTICE;
	notice.log.lines = &text;
	notice.log.n = 1;
	event_json(&j->out.buf, &notice);
}

/* The lines that still go in, then one notice, then nothing. */
static void add_limited(struct json_sink *j, const struct event *e)
{
	struct step_log *s = step_of(j, e);
	if (s->full)
		return;
	struct event part = *e;
	size_t n = 0;
	while (n < e->log.n && s->bytes + e->log.lines[n].n + 1 <= j->max_log)
		s->bytes += e->log.lines[n++].n + 1;
	part.log.n = n;
	event_json(&j->out.buf, &part);
	if (n < e->log.n) {
		s->full = true;
		add_notice(j, e);
	}
}

static void json_event(struct sink *s, const struct event *e)
{
	struct json_sink *j = (struct json_sink *)s;
	if (j->out.errnum)
		return;
	if (e->type == EVENT_LOG && j->max_log)
		add_limited(j, e);
	else
		event_json(&j->out.buf, e);
	screen_flush((struct screen *)s);
}

static int json_close(struct sink *s, struct err *err)
{
	struct json_sink *j = (struct json_sink *)s;
	int rc = out_close(&j->out, j->fd >= 0 ? "events.ndjson" : "output", err);
	if (j->fd >= 0 && close(j->fd) < 0 && rc == 0 && errno != EINTR)
		rc = err_errno(err, "events.ndjson");
	arena_done(&j->arena);
	free(j);
	return rc;
}

static struct json_sink *json_new(const struct sink_ops *ops, const struct ui_options *o)
{
	struct json_sink *j = xcalloc(1, sizeof(*j));
	screen_init((struct screen *)j, ops, o, true);
	j->fd = -1;
	return j;
}

struct sink *sink_json(const struct ui_options *o)
{
	static const struct sink_ops ops = { .name = "json", .event = json_event, .tick = screen_tick, .close = json_close };
	return &json_new(&ops, o)->sink;
}

struct sink *sink_store(const char *path, uint64_t max_log, struct err *err)
{
	static const struct sink_ops ops = { .name = "store", .event = json_event, .close = json_close };
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || fchmod(fd, 0600) < 0) {
		err_errno(err, "%s", path);
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	struct json_sink *j = json_new(&ops, &(struct ui_options) { .fd = fd });
	j->fd = fd;
	j->max_log = max_log;
	return &j->sink;
}
