/* What a job has left behind: the processes of its steps and its work folder go. Both may take long, so the job waits for
 * them in a state of its own (JOB_ENDING), while others go on: the host sweeps between its events, and a folder with more in it
 * than a few files is removed by a helper (`sidestep __remove`). Of a folder that is kept only the tokens of checkouts go that
 * had no post stage, by a helper, too (`sidestep __forget`).
 *
 * A helper that is stopped, because somebody does not want to wait, leaves the rest for the next run (store/work.c). The one for
 * tokens is not stopped: then nobody waits for it. */
#include "base/path.h"
#include "checkout/checkout.h"
#include "job/internal.h"
#include "kinds/remote.h"

enum { SAID_MAX = 500 };

/* A helper that takes longer meets a file system that does not answer. */
#define REMOVER_LIMIT (600 * SECOND)
/* One that was killed ends at once, unless the kernel holds it. */
#define COPIER_LIMIT (5 * SECOND)

static struct host *job_host(const struct job_run *j)
{
	return j->base.session->host;
}

static void cleanup_proceed(struct job_run *j, enum cleanup_stage stage)
{
	j->cleanup.stage = stage;
	j->base.session->changed = true;
}

/* ---- processes ---- */

static void say_killed(void *cookie, pid_t pid, const char *name)
{
	struct job_run *j = cookie;
	speaker_line(&j->base.speaker, LOG_INFO,
	             arena_printf(&j->base.arena, "Terminate orphan process: pid (%d) (%s)", (int)pid, name));
}

static void processes_gone(void *cookie)
{
	cleanup_proceed(cookie, CLEANUP_FILES);
}

static const struct group_events group_events = { say_killed, processes_gone };

/* ---- files ---- */

static void warn_leftover(struct job_run *j, struct str text)
{
	speaker_line(&j->base.speaker, LOG_WARNING, text);
}

static void remover_says(void *cookie, enum host_stream stream, struct str bytes)
{
	struct job_run *j = cookie;
	(void)stream;
	if (j->cleanup.said.n + bytes.n <= SAID_MAX)
		j->cleanup.said = arena_printf(&j->base.arena, "%.*s%.*s", STRF(j->cleanup.said), STRF(bytes));
}

static void remover_eof(void *cookie)
{
	struct job_run *j = cookie;
	j->cleanup.eof = true;
	if (j->cleanup.exited)
		cleanup_proceed(j, CLEANUP_DONE);
}

static void remover_exit(void *cookie, const struct proc_status *st)
{
	struct job_run *j = cookie;
	j->cleanup.exited = true;
	j->cleanup.failed = st->exit_code != 0;
	if (j->cleanup.eof)
		cleanup_proceed(j, CLEANUP_DONE);
}

static const struct proc_events remover_events = { remover_says, remover_eof, remover_exit };

static bool start_cleaner(struct job_run *j, const char *label, const char *verb, const char *path, struct err *err)
{
	char *self = (char *)(uintptr_t)j->base.session->opt.self.p;
	char *argv[] = { self, (char *)(uintptr_t)verb, (char *)(uintptr_t)path, NULL };
	struct spawn_spec spec = { .path = self,
		                   .argv = argv,
		                   .envp = j->base.session->opt.environ,
		                   .cwd = "/",
		                   .label = label,
		                   .outlives = j->base.session->opt.keep,
		                   .on = &remover_events,
		                   .cookie = j };
	if (job_host(j)->ops->spawn(job_host(j), &spec, &j->cleanup.remover, err) < 0) {
		j->cleanup.remover = NULL;
		return false;
	}
	j->cleanup.stage = CLEANUP_REMOVER;
	j->cleanup.until = session_now(j->base.session) + REMOVER_LIMIT;
	return true;
}

static void start_remover(struct job_run *j)
{
	struct err err = ERR_INIT;
	if (!start_cleaner(j, "remove", "__remove", j->base.dir.p, &err))
		warn_leftover(j, arena_printf(&j->base.arena, "the work folder stays: %s", err.text));
}

static bool in_a_hurry(const struct job_run *j)
{
	return j->cleanup.hurried || j->base.session->cancel_level >= 2;
}

/* What goes on is not ours any more. */
static void leave_cleaner(struct job_run *j)
{
	job_host(j)->ops->release(job_host(j), j->cleanup.remover);
	j->cleanup.remover = NULL;
	j->cleanup.until = NEVER;
	j->cleanup.stage = CLEANUP_DONE;
}

/* Those of checkouts that were killed before their post stage. */
static void forget_tokens(struct job_run *j)
{
	struct err err = ERR_INIT;
	const char *scratch = path_join(&j->base.arena, j->base.dir, STR(CHECKOUT_SCRATCH)).p;
	if (!checkout_has_lists(scratch))
		return;
	if (!start_cleaner(j, "forget", "__forget", scratch, &err))
		warn_leftover(j, arena_printf(&j->base.arena, "the token of a checkout stays until the next run: %s", err.text));
	else if (in_a_hurry(j))
		leave_cleaner(j);
}

static void say_unfinished(struct job_run *j)
{
	speaker_line(&j->base.speaker, LOG_INFO, STR("The work folder is not removed to its end; the next run does that."));
}

static void remove_work_folder(struct job_run *j)
{
	const struct exec_options *opt = &j->base.session->opt;
	struct err err = ERR_INIT;
	j->cleanup.stage = CLEANUP_DONE;
	if (opt->dry_run || !j->base.dir.n)
		return;
	if (opt->keep) {
		forget_tokens(j);
		return;
	}
	workspace_release(j->base.dir.p);
	int rc = job_host(j)->ops->remove_tree(job_host(j), j->base.dir.p, &err);
	if (rc < 0)
		warn_leftover(j, str_of(err.text));
	else if (rc > 0 && in_a_hurry(j))
		say_unfinished(j);
	else if (rc > 0)
		start_remover(j);
}

/* ---- both ---- */

/* True: that is done, too. */
static bool end_processes(struct job_run *j)
{
	struct place *here = j->base.here;
	_cleanup_buf_ struct buf note = BUF_INIT;
	buf_adds(&note, "Cleaning up orphan processes\n");
	job_note(j, &note);
	remote_free(j->base.remote);
	j->base.remote = NULL;
	j->base.here = j->base.place = NULL;
	j->cleanup.stage = CLEANUP_PROCESSES;
	j->cleanup.until = NEVER;
	if (!here->ops->close(here, &group_events, j))
		return false;
	j->cleanup.stage = CLEANUP_FILES;
	return true;
}

bool cleanup_go_on(struct job_run *j)
{
	struct cleanup *c = &j->cleanup;
	if (c->stage == CLEANUP_COPIES && ((!remote_end(j->base.remote) && !c->hurried) || !end_processes(j)))
		return false;
	if (c->stage == CLEANUP_FILES)
		remove_work_folder(j);
	if (c->stage != CLEANUP_DONE)
		return false;
	if (c->remover) {
		if (c->failed)
			warn_leftover(j, str_trim(c->said));
		job_host(j)->ops->release(job_host(j), c->remover);
		c->remover = NULL;
	}
	return true;
}

bool cleanup_begin(struct job_run *j)
{
	j->cleanup.stage = CLEANUP_COPIES;
	j->cleanup.until = session_now(j->base.session) + COPIER_LIMIT;
	return cleanup_go_on(j);
}

void job_hurry_end(struct job_run *j)
{
	struct cleanup *c = &j->cleanup;
	if (j->state != JOB_ENDING)
		return;
	c->hurried = true;
	if (c->stage == CLEANUP_COPIES) {
		c->until = NEVER;
		j->base.session->changed = true;
	}
	if (c->stage != CLEANUP_REMOVER)
		return;
	if (j->base.session->opt.keep) {
		leave_cleaner(j);
		j->base.session->changed = true;
		return;
	}
	job_host(j)->ops->signal(job_host(j), c->remover, 9);
	c->failed = false;
	c->until = NEVER;
	say_unfinished(j);
	cleanup_proceed(j, CLEANUP_DONE);
}
