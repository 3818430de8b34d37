/* What steps do to their job: variables, PATH, the line of background steps, its status. */
#include "step/job_base.h"

#include "step/frame.h"

void job_base_fail(struct job_base *j)
{
	if (j->status == RESULT_SUCCESS)
		j->status = RESULT_FAILURE;
}

/* A snapshot that a background step holds must not change under it. */
static void own_env(struct job_base *j)
{
	if (!j->env_shared)
		return;
	j->env = val_object_copy(&j->arena, j->env);
	j->env_shared = false;
}

void job_base_set_env(struct job_base *j, struct str name, struct str value)
{
	own_env(j);
	val_set(&j->arena, j->env, arena_str(&j->arena, name), val_str(arena_str(&j->arena, value)));
}

void job_base_add_path(struct job_base *j, struct str dir)
{
	size_t kept = 0;
	for (size_t i = 0; i < j->paths.n; i++)
		if (!str_eq(j->paths.v[i], dir))
			j->paths.v[kept++] = j->paths.v[i];
	j->paths.n = kept;
	*vec_add(&j->arena, &j->paths) = arena_str(&j->arena, dir);
	j->path_dirs = STR_EMPTY;
	j->bash = STR_EMPTY;
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
