/* What the parts of the YAML reader share. */
#ifndef SIDESTEP_YAML_INTERNAL_H
#define SIDESTEP_YAML_INTERNAL_H

#include "yaml/ytree.h"

/* Limits of GitHub's reader; the hard ones are ours: events of files without aliases, depth whatever is asked for. */
enum { YAML_CHARS_MAX = 1 << 20, YAML_EVENTS_MAX = 50000, YAML_DEPTH_MAX = 50 };
enum { YAML_HARD_EVENTS_MAX = 1 << 20, YAML_HARD_DEPTH_MAX = 150 };

/* Types a plain scalar by the YAML 1.2 core schema: fills kind and b or num. False: a number out of range. */
bool ytype_plain(struct ynode *n);
/* Applies an explicit tag: it may be one that is not known, or one that the value does not fit. */
enum ytag { YTAG_OK, YTAG_UNKNOWN, YTAG_MISMATCH };
enum ytag ytype_tagged(struct ynode *n, const char *tag);

/* Comments of the text, given the spans of all scalars in order. */
void ycomments_find(struct ytree *out, struct arena *a, const struct source *src, const struct span *scalars, size_t n);

#endif
