/* The line of background steps that wait for a slot, and the steps that wait for something else to happen. */
#include "step/frame.h"

void step_queue(struct step_run *s)
{
	struct job_base *j = s->job;
	if (s->own_env.kind != VAL_OBJECT)
		arena_done(&s->arena); /* what reading it took; there may be thousands in the line */
	s->state = ST_QUEUED;
	s->queued_at = session_now(s->job->session);
	s->next_queued = NULL;
	if (j->queue_tail)
		j->queue_tail->next_queued = s;
	else
		j->queue_head = s;
	j->queue_tail = s;
	j->open_background++;
	struct event e = step_new_event(s, EVENT_STEP_QUEUE);
	e.step_queue.name = s->name;
	e.step_queue.group = s->node->group;
	journal_emit(j->speaker.journal, &e);
	job_base_hand_out_slots(j);
}

void job_base_hand_out_slots(struct job_base *j)
{
	const struct exec_options *opt = &j->session->opt;
	unsigned most = opt->sequential ? 1 : opt->max_background;
	while (j->queue_head && j->background_running < most) {
		struct step_run *s = j->queue_head;
		j->queue_head = s->next_queued;
		if (!j->queue_head)
			j->queue_tail = NULL;
		step_event(s, SE_SLOT);
	}
}

void job_base_resume(struct job_base *j)
{
	struct step_run *current = frame_current(j->frame);
	if (current && current->state == ST_WAITING)
		step_resume(current);
	for (bool again = true; again;) {
		again = false;
		for (struct step_run *s = j->live; s && !again; s = s->next_live)
			again = step_resume(s);
	}
}
