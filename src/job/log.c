/* What GitHub's log has below "Set up job" and "Complete job". It stands among the lines of the job at the level of debug
 * messages: nobody has to read it, and who compares two logs finds it. */
#include "job/internal.h"

void job_note(struct job_run *j, struct buf *text)
{
	if (!j->base.session->opt.dry_run)
		speaker_lines(&j->base.speaker, LOG_DEBUG, buf_str(text));
	buf_clear(text);
}

void job_note_folders(struct job_run *j)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	buf_adds(&text, "Prepare workflow directory\n");
	job_note(j, &text);
}

static void add_inputs(struct job_run *j, struct buf *text)
{
	struct val inputs = scope_context(j->spec.around, STR("inputs"));
	if (inputs.kind != VAL_OBJECT || inputs.o->n == 0)
		return;
	buf_adds(text, "##[group] Inputs\n");
	for (size_t i = 0; i < inputs.o->n; i++)
		buf_addf(text, "  %.*s: %.*s\n", STRF(inputs.o->keys[i]), STRF(val_to_str(&j->base.arena, inputs.o->vals[i])));
	buf_adds(text, "##[endgroup]\n");
}

void job_note_name(struct job_run *j)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (j->spec.called_as.n) {
		buf_addf(&text, "Uses: %.*s\n", STRF(j->spec.called_as));
		add_inputs(j, &text);
	}
	buf_addf(&text, "Complete job name: %.*s\n", STRF(j->spec.name));
	job_note(j, &text);
}
