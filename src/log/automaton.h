/* All patterns in one automaton (Aho-Corasick): every byte of a text costs the same whatever the patterns are.
 * Slower than the filter on ordinary text, so it takes over only when texts and patterns conspire. */
#ifndef SIDESTEP_LOG_AUTOMATON_H
#define SIDESTEP_LOG_AUTOMATON_H

#include "base/str.h"

struct automaton;

struct automaton *automaton_new(void);
void automaton_free(struct automaton *a);
/* Adds a pattern of at least one byte; inner ones (with a line break in them) can be left out when matching. */
void automaton_add(struct automaton *a, struct str pattern, bool breaks);
/* To be called once, after the last pattern. */
void automaton_link(struct automaton *a);
/* Feeds a byte to the state (0 at first); the result is the length of the longest pattern that ends with this byte,
 * or 0. */
size_t automaton_step(const struct automaton *a, uint32_t *state, unsigned char c, bool lines_only);

#endif
