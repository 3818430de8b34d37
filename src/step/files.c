/* The files of a step's commands: made before it starts, taken when it has ended. */
#include "base/file.h"
#include "base/path.h"
#include "base/uuid.h"
#include "step/effects.h"

/* ---- making ---- */

static int new_file(struct step_run *s, struct str path, struct err *err)
{
	struct place *p = s->job->place;
	if (p->ops->put_file(p, path.p, STR_EMPTY, 0600, err) == 0)
		return 0;
	/* an earlier step may have cleaned up too well */
	return p->ops->make_dir(p, arena_cstr(&s->arena, path_dir(path)), err) < 0
	               ? -1
	               : p->ops->put_file(p, path.p, STR_EMPTY, 0600, err);
}

/* The hosted runner has them for each step, and looks at them only where a switch of its own says so: here they are there. */
static int make_artifact_files(struct step_run *s, struct err *err)
{
	static const char *const names[] = { "artifacts", "artifacts_list" };
	struct job_base *j = s->job;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (j->no_artifacts[i].n)
			continue;
		struct str path = arena_printf(&j->arena, "%.*s/_runner_file_commands/%s", STRF(j->temp), names[i]);
		if (new_file(s, path, err) < 0)
			return -1;
		j->no_artifacts[i] = path;
	}
	return 0;
}

bool step_make_files(struct step_run *s)
{
	static const char *const names[FILE_COUNT] = { "set_env", "set_output", "add_path", "save_state", "step_summary" };
	char id[37];
	if (s->files[0].n)
		return true;
	uuid_make(id);
	struct err err = ERR_INIT;
	int rc = make_artifact_files(s, &err);
	for (size_t i = 0; rc == 0 && i < FILE_COUNT; i++) {
		s->files[i] = arena_printf(&s->arena, "%.*s/_runner_file_commands/%s_%s", STRF(s->job->temp), names[i], id);
		rc = new_file(s, s->files[i], &err);
	}
	if (rc < 0) {
		s->files[0] = STR_EMPTY;
		step_fail_setup(s, "%s", err.text);
	}
	return rc == 0;
}

/* ---- taking ---- */

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

static void keep_entries(struct step_run *s, enum step_file file, const struct filecmd_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str name = list->v[i].name, value = list->v[i].value;
		if (file == FILE_PATH)
			effects_add_path(s, name);
		else if (file == FILE_ENV)
			effects_set_env(s, name, value);
		else if (file == FILE_OUTPUT)
			effects_set_output(s, name, value);
		else if (file == FILE_STATE)
			effects_save_state(s, name, value);
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
	if (file_append(path.p, buf_str(&masked), 0600, NULL) < 0)
		journal_trouble(s->job->speaker.journal, "cannot write a step summary");
}

void effects_from_files(struct step_run *s)
{
	struct place *h = s->job->place;
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
		keep_entries(s, file, &list);
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
