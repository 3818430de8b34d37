/* Filling the texts that public calls answer with. */
#ifndef SIDESTEP_ANSWER_TEXT_H
#define SIDESTEP_ANSWER_TEXT_H

#include <sidestep/text.h>

#include "base/buf.h"
#include "base/err.h"
#include "source/diag.h"

/* Moves both buffers into the result; they are empty afterwards. */
void text_take(struct sidestep_text *t, struct buf *out, struct buf *messages);
/* "sidestep: error: text" with a newline. */
void text_error(struct buf *messages, const struct err *err);
/* What GitHub has against the files (or we against our own configuration), sorted and rendered: what lint alone finds is
 * no matter of runs, lists and graphs. */
void text_diags(struct buf *messages, struct diag_list *diags, const struct sidestep_render *render);
/* The same with what lint finds. */
void text_findings(struct buf *messages, struct diag_list *diags, const struct sidestep_render *render);
/* The status that fits the kind of an error. */
enum sidestep_status status_of_error(const struct err *err);

#endif
