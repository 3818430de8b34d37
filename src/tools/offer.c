/* Waiting for the helper that makes an offer; see offer.h. */
#include "tools/offer.h"

#include <signal.h>

#include "base/path.h"
#include "tools/helper.h"

#define OFFER_TIME (180 * SECOND)

enum { ANSWER_MAX = 64 << 10 };

struct tool_offer {
	struct arena arena;
	struct session *session;
	struct place *here;
	struct proc *proc; /* NULL: it does not run */
	bool exited, ended;
	uint64_t give_up_at;
	struct buf said;
	enum offer_state state;
	struct str lines[OFFER_LINES];
	size_t nlines;
};

/* ---- its answer ---- */

/* "served Node.js 24.1.0<tab>/usr/bin/node" */
static void take_line(struct tool_offer *o, struct str line)
{
	size_t space = MIN(str_find_c(line, ' ', 0), line.n), tab = MIN(str_find_c(line, '\t', 0), line.n);
	struct str word = str_to(line, space), more = str_from(line, tab + 1);
	struct str tool = space < tab ? str_n(line.p + space + 1, tab - space - 1) : STR_EMPTY;
	bool served = str_is(word, "served");
	if (!tool.n || o->nlines == OFFER_LINES)
		return;
	if (served)
		o->state = OFFER_MADE;
	o->lines[o->nlines++] =
		served ? arena_printf(&o->arena, "%.*s of this machine (%.*s) is in the tool cache", STRF(tool), STRF(more))
		       : arena_printf(&o->arena, "%.*s of this machine is not used: %.*s", STRF(tool), STRF(more));
}

static void take_offer(struct tool_offer *o)
{
	struct str rest = buf_str(&o->said), line;
	if (!o->exited || !o->ended)
		return;
	o->state = OFFER_NOTHING;
	while (str_next_line(&rest, &line))
		take_line(o, line);
	o->here->ops->release(o->here, o->proc);
	o->proc = NULL;
	o->session->changed = true;
}

static void maker_says(void *cookie, enum host_stream stream, struct str bytes)
{
	struct tool_offer *o = cookie;
	if (stream == HOST_STDOUT)
		buf_addstr(&o->said, bytes);
}

static void maker_eof(void *cookie)
{
	struct tool_offer *o = cookie;
	o->ended = true;
	take_offer(o);
}

static void maker_exit(void *cookie, const struct proc_status *st)
{
	struct tool_offer *o = cookie;
	(void)st; /* what it has said counts */
	o->exited = true;
	take_offer(o);
}

/* ---- starting and ending it ---- */

static char *argument(struct arena *a, struct str text)
{
	return arena_cstr(a, text);
}

static char **maker_argv(struct tool_offer *o, const struct tool_request *r, struct str view, struct str workspace)
{
	struct arena *a = &o->arena;
	char **argv = arena_array(a, char *, TOOLS_ARGUMENTS + r->specs.n + 1);
	size_t n = 0;
	argv[n++] = argument(a, o->session->opt.self);
	argv[n++] = argument(a, STR("__tools"));
	argv[n++] = argument(a, view);
	argv[n++] = argument(a, o->session->opt.tool_cache);
	argv[n++] = argument(a, str_of(tool_names[r->kind]));
	argv[n++] = argument(a, r->distribution);
	argv[n++] = argument(a, r->file.n ? path_join(a, workspace, r->file) : STR_EMPTY);
	for (size_t i = 0; i < r->specs.n; i++)
		argv[n++] = argument(a, r->specs.v[i]);
	return argv;
}

struct tool_offer *tool_offer_new(struct session *s, struct place *here, const struct tool_request *request, struct str view,
                                  struct str workspace)
{
	static const struct proc_events events = { maker_says, maker_eof, maker_exit };
	struct tool_offer *o = xcalloc(1, sizeof(*o));
	*o = (struct tool_offer) { .session = s, .here = here, .give_up_at = session_now(s) + OFFER_TIME };
	o->said = BUF_INIT_MAX(ANSWER_MAX);
	struct spawn_spec spec = { .path = s->opt.self.p,
		                   .argv = maker_argv(o, request, view, workspace),
		                   .envp = s->opt.environ,
		                   .cwd = "/",
		                   .label = "tools",
		                   .on = &events,
		                   .cookie = o };
	struct err err = ERR_INIT;
	if (here->ops->spawn(here, &spec, &o->proc, &err) < 0) {
		o->proc = NULL;
		o->state = OFFER_NOTHING;
		o->lines[o->nlines++] = arena_printf(&o->arena, "tools of this machine are not used: %s", err.text);
	}
	return o;
}

enum offer_state tool_offer_state(const struct tool_offer *o)
{
	return o->state;
}

const struct str *tool_offer_lines(const struct tool_offer *o, size_t *n)
{
	*n = o->nlines;
	return o->lines;
}

uint64_t tool_offer_deadline(const struct tool_offer *o)
{
	return o->proc ? o->give_up_at : NEVER;
}

static void end_maker(struct tool_offer *o)
{
	struct place *here = o->here;
	if (!o->proc)
		return;
	if (!o->exited)
		here->ops->signal(here, o->proc, SIGKILL);
	here->ops->detach(here, o->proc);
	here->ops->release(here, o->proc);
	o->proc = NULL;
}

void tool_offer_due(struct tool_offer *o)
{
	if (!o->proc || session_now(o->session) < o->give_up_at)
		return;
	end_maker(o);
	o->state = OFFER_NOTHING;
	o->lines[o->nlines++] = STR("tools of this machine are not used: looking for them has taken too long");
	o->session->changed = true;
}

void tool_offer_free(struct tool_offer *o)
{
	if (!o)
		return;
	end_maker(o);
	buf_done(&o->said);
	struct arena arena = o->arena;
	arena_done(&arena);
	free(o);
}
