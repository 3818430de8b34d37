/* `cache-mode` of a workflow or a job: what its jobs may do with caches. A called workflow has no more than its caller. */
#ifndef SIDESTEP_MODEL_CACHE_MODE_H
#define SIDESTEP_MODEL_CACHE_MODE_H

#include "expr/template.h"

/* A set of these; without CACHE_MODE_SAID nothing is said, and the event decides. */
enum { CACHE_MODE_READ = 1, CACHE_MODE_WRITE = 2, CACHE_MODE_SAID = 4 };

/* Of a word; 0: it is none of them. */
unsigned cache_mode_of(struct str word);
/* From a validated `cache-mode` token; 0 for NULL. */
unsigned cache_mode_read(const struct token *t);
/* What holds for a job: its own word, else its workflow's, each within what the callers have (0: they say nothing). */
unsigned cache_mode_effective(const struct token *job, const struct token *workflow, unsigned handed);
/* "write-only"; NULL when nothing is said. */
const char *cache_mode_word(unsigned mode);

#endif
