/* Frames around the steps of composite actions in the log of theirs, for programs that read it: only where the user's environment
 * asks for them, as on GitHub's runner. Source: actions/runner, CompositeActionHandler. */
#include "step/stages.h"

static bool wants_markers(const struct step_run *s)
{
	struct str v = session_environ(s->job->session, STR("ACTIONS_RUNNER_EMIT_COMPOSITE_MARKERS"));
	return str_is_nocase(v, "true") || str_is(v, "1");
}

/* As in the older grammar of commands. */
static void add_escaped(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ';' || s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == ']' || s.p[i] == '%')
			buf_addf(out, "%%%02X", (unsigned)s.p[i]);
		else
			buf_addc(out, s.p[i]);
	}
}

/* "outer.inner": the ids of the steps around it and its own. */
static void add_scope_id(struct buf *out, const struct step_run *s)
{
	if (step_is_inner(s)) {
		add_scope_id(out, s->frame->outer);
		buf_addc(out, '.');
	}
	add_escaped(out, s->stage == STAGE_MAIN ? s->node->id : s->use->node->id);
}

static void say_around(struct step_run *s, struct buf *text)
{
	struct log_step *log = s->frame->outer->log;
	if (log)
		log_step_say(log, LOG_INFO, buf_str(text));
}

void step_mark_start(struct step_run *s)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (s->announced || !wants_markers(s))
		return;
	s->announced = true;
	buf_adds(&text, "##[start-action display=");
	add_escaped(&text, s->name);
	buf_adds(&text, ";id=");
	add_scope_id(&text, s);
	buf_addc(&text, ']');
	say_around(s, &text);
}

void step_mark_end(struct step_run *s)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (!s->announced)
		return;
	buf_adds(&text, "##[end-action id=");
	add_scope_id(&text, s);
	buf_addf(&text, ";outcome=%s;conclusion=%s;duration_ms=%lld]", result_name(s->outcome), result_name(s->conclusion),
	         (long long)((s->ended_at - s->started_at) / 1000000));
	say_around(s, &text);
}
