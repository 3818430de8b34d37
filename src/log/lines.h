/* Where lines end and where a workflow command may be: the byte scans of the output pipeline. A line ends at \n, \r\n
 * and at a lone \r. */
#ifndef SIDESTEP_LOG_LINES_H
#define SIDESTEP_LOG_LINES_H

#include "base/str.h"

/* The first \n or \r at or after from, or s.n. */
size_t lines_end(struct str s, size_t from);
/* The place behind the last \n or \r, or 0. */
size_t lines_whole(struct str s);
/* The place behind the last \n or \r before `before`, but at least `floor`. */
size_t lines_start(struct str s, size_t floor, size_t before);
/* The place behind the line break at `end` (as lines_end gave it), which is two bytes for \r\n; s.n at the end. */
size_t lines_next(struct str s, size_t end);
/* Cuts up to max lines off *rest; what follows the last line break counts as a line. */
size_t lines_cut(struct str *rest, struct str *lines, size_t max);
/* The first "::" or "##[" at or after from, or s.n. */
size_t lines_marker(struct str s, size_t from);

#endif
