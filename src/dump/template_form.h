/* A workflow as GitHub's reader gives it: jobs, steps, literals and expressions as JSON, or the list of errors. The form
 * is that of the reader's own conformance data, so that two readers can be compared. */
#ifndef SIDESTEP_DUMP_TEMPLATE_FORM_H
#define SIDESTEP_DUMP_TEMPLATE_FORM_H

#include "base/buf.h"
#include "model/workflow.h"

struct template_form {
	bool places;       /* every token with file, line and column, and a table of the files */
	bool events;       /* what `on` says, as events with their filters */
	bool input_types;  /* the types of workflow_dispatch's inputs */
	bool sorted_files; /* the table of files in alphabetic order */
};

/* The template of a workflow that GitHub's reader accepts, or its errors. */
void template_form(struct buf *out, const struct workflow *w, const struct source_set *sources, const struct template_form *form);

#endif
