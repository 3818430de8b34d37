/* Secret masking: every value with all its encodings (runner.md section 5), replaced by ***.
 *
 * Found before lines are split, over whole chunks, by a filter on the first bytes of all patterns. */
#ifndef SIDESTEP_LOG_MASK_H
#define SIDESTEP_LOG_MASK_H

#include "base/arena.h"
#include "base/buf.h"

struct masker;

struct masker *masker_new(void);
struct masker *masker_clone(const struct masker *m);
void masker_free(struct masker *m);
/* A secret: trimmed and whole, and each of its lines trimmed; with all derived variants. Empty: ignored. */
void masker_add_secret(struct masker *m, struct str value);
/* ::add-mask:: data: as it is, and each of its lines trimmed. */
void masker_add_mask(struct masker *m, struct str value);
bool masker_empty(const struct masker *m);
/* Length in bytes of the longest pattern. */
size_t masker_longest(const struct masker *m);
/* Appends text with every secret as ***; occurrences that overlap or touch become one. */
void masker_apply(const struct masker *m, struct str text, struct buf *out);
/* Whether masking would change the text. */
bool masker_hits(const struct masker *m, struct str text);
/* s itself when nothing is masked, else a copy in a. m may be NULL. */
struct str masker_str(const struct masker *m, struct arena *a, struct str s);

#endif
