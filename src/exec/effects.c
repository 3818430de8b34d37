/* What a step changes for others: outputs, environment, PATH and its own outcome. A foreground step's take
 * effect when it ends; a background step's are held back until a control step joins it. */
#include <sys/stat.h>

#include "base/path.h"
#include "exec/internal.h"

static const struct {
	enum step_file file;
	const char *name;
} reported[] = { { FILE_PATH, "path" }, { FILE_ENV, "env" }, { FILE_STATE, "state" }, { FILE_OUTPUT, "output" } };

enum { FILE_MAX = 16 << 20 };

static void command_failed(struct step_run *s, const char *which, const char *message)
{
	s->failed_command = true;
	step_say(s, LOG_ERROR, "Unable to process file command '%s' successfully.", which);
	step_say(s, LOG_ERROR, "%s", message);
}

static void keep(struct step_run *s, enum step_file file, const struct filecmd_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct filecmd_entry copy = { arena_str(&s->arena, list->v[i].name), arena_str(&s->arena, list->v[i].value) };
		if (file == FILE_PATH) {
			*vec_add(&s->arena, &s->effects.paths) = copy;
		} else if (file == FILE_ENV) {
			*vec_add(&s->arena, &s->effects.env) = copy;
		} else if (file == FILE_OUTPUT && !s->node->step->id_generated) {
			if (s->effects.outputs.kind != VAL_OBJECT)
				s->effects.outputs = val_object(&s->arena);
			val_set(&s->arena, s->effects.outputs, copy.name, val_str(copy.value));
		}
	}
}

static void take_summary(struct step_run *s, struct str text)
{
	if (text.n == 0 || s->job->log_dir.n == 0)
		return;
	if (text.n > FILECMD_SUMMARY_MAX) {
		step_say(s, LOG_ERROR, "$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got %zuk.",
		         text.n / 1024);
		return;
	}
	struct str path = path_join(&s->arena, s->job->log_dir, STR("summary.md"));
	_cleanup_buf_ struct buf masked = BUF_INIT;
	struct str line;
	while (str_next_line(&text, &line)) {
		masker_apply(s->job->masker, line, &masked);
		buf_addc(&masked, '\n');
	}
	_cleanup_fclose_ FILE *f = fopen(path.p, "ae");
	if (!f || fchmod(fileno(f), 0600) < 0 || fwrite(masked.p, 1, masked.n, f) != masked.n || fflush(f) != 0)
		run_set_trouble(s->job->run, "cannot write a step summary");
}

void effects_from_files(struct step_run *s)
{
	struct host *h = s->job->run->engine->host;
	_cleanup_buf_ struct buf text = BUF_INIT;
	for (size_t i = 0; i < ARRAY_LEN(reported); i++) {
		enum step_file file = reported[i].file;
		struct err err = ERR_INIT;
		buf_clear(&text);
		if (h->ops->take_file(h, s->files[file].p, &text, FILE_MAX, &err) < 0) {
			command_failed(s, reported[i].name, err.text);
			continue;
		}
		if (text.n == 0)
			continue;
		static const enum filecmd_kind kinds[] = { [FILE_ENV] = FILECMD_ENV,
			                                   [FILE_OUTPUT] = FILECMD_OUTPUT,
			                                   [FILE_PATH] = FILECMD_PATH,
			                                   [FILE_STATE] = FILECMD_STATE };
		struct filecmd_list list = { 0 };
		bool blocked = false;
		int rc = filecmd_parse(&list, &s->arena, kinds[file], buf_str(&text), &blocked, &err);
		keep(s, file, &list);
		if (blocked)
			step_say(s, LOG_ERROR, "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
		if (rc < 0)
			command_failed(s, reported[i].name, err.text);
	}
	buf_clear(&text);
	struct err err = ERR_INIT;
	if (h->ops->take_file(h, s->files[FILE_SUMMARY].p, &text, FILE_MAX, &err) < 0)
		step_say(s, LOG_ERROR, "%s", err.text);
	else
		take_summary(s, buf_str(&text));
}

/* A snapshot that a background step holds must not change under it. */
static void own_env(struct job_run *j)
{
	if (!j->env_shared)
		return;
	j->env = val_object_copy(&j->arena, j->env);
	j->env_shared = false;
}

void job_set_env(struct job_run *j, struct str name, struct str value)
{
	own_env(j);
	val_set(&j->arena, j->env, arena_str(&j->arena, name), val_str(arena_str(&j->arena, value)));
}

void job_add_path(struct job_run *j, struct str dir)
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

void effects_publish_outcome(struct step_run *s)
{
	struct frame *f = s->frame;
	struct arena *a = f->mem;
	if (!s->node->step || s->node->step->id_generated)
		return;
	struct val entry = val_object(a);
	struct val outputs = s->effects.outputs.kind == VAL_OBJECT ? val_copy(a, s->effects.outputs) : val_object(a);
	val_set(a, entry, STR("outputs"), outputs);
	val_set_str(a, entry, "outcome", str_of(result_name(s->outcome)));
	val_set_str(a, entry, "conclusion", str_of(result_name(s->conclusion)));
	val_set(a, f->steps_ctx, s->node->id, entry);
}

/* Within an action that runs in the background: kept with it until it is joined. */
static void hand_over(struct step_run *s, struct step_run *top)
{
	struct arena *a = &top->arena;
	for (size_t i = 0; i < s->effects.env.n; i++)
		*vec_add(a, &top->effects.env) = (struct filecmd_entry) { arena_str(a, s->effects.env.v[i].name),
			                                                  arena_str(a, s->effects.env.v[i].value) };
	for (size_t i = 0; i < s->effects.paths.n; i++)
		*vec_add(a, &top->effects.paths) = (struct filecmd_entry) { arena_str(a, s->effects.paths.v[i].name), STR_EMPTY };
	effects_publish_outcome(s);
}

struct str *step_paths(struct step_run *s, size_t *n)
{
	const struct step_run *top = step_top(s);
	const struct job_run *j = s->job;
	*n = j->paths.n;
	if (top == s || !top->queued_at || top->effects.paths.n == 0)
		return j->paths.v;
	struct str *out = arena_array(&s->arena, struct str, j->paths.n + top->effects.paths.n);
	for (size_t i = 0; i < *n; i++)
		out[i] = j->paths.v[i];
	for (size_t i = 0; i < top->effects.paths.n; i++) {
		size_t kept = 0;
		for (size_t k = 0; k < *n; k++)
			if (!str_eq(out[k], top->effects.paths.v[i].name))
				out[kept++] = out[k];
		out[kept] = top->effects.paths.v[i].name;
		*n = kept + 1;
	}
	return out;
}

void effects_publish(struct step_run *s)
{
	if (s->published)
		return;
	s->published = true;
	struct step_run *top = step_top(s);
	if (top != s && top->queued_at) {
		hand_over(s, top);
		return;
	}
	for (size_t i = 0; i < s->effects.env.n; i++)
		job_set_env(s->job, s->effects.env.v[i].name, s->effects.env.v[i].value);
	for (size_t i = 0; i < s->effects.paths.n; i++)
		job_add_path(s->job, s->effects.paths.v[i].name);
	effects_publish_outcome(s);
}
