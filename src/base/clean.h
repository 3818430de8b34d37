/* Text of others made fit for a screen: nothing in it moves a cursor, drives a terminal, or looks like another text. */
#ifndef SIDESTEP_BASE_CLEAN_H
#define SIDESTEP_BASE_CLEAN_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* CLEAN_SGR keeps colour sequences (and resets at the end when there was one); CLEAN_TABS turns tabs into blanks up to the next
 * multiple of 8; CLEAN_SHOW shows escape sequences (^[[31m) instead of dropping them, for texts in which every byte counts. */
enum { CLEAN_SGR = 1, CLEAN_TABS = 2, CLEAN_SHOW = 4 };

/* Appends s as one line: valid UTF-8, escape sequences dropped, line ends as blanks, other control bytes shown as ^X, characters
 * that change the order of others as <U+202E>. Tabs stay unless CLEAN_TABS. */
void clean_line(struct buf *out, struct str s, unsigned flags);
/* A name, a path, a message within a line of ours: clean_line with CLEAN_SHOW. */
void clean_append(struct buf *out, struct str s);
/* A text of several lines of ours with names in it: clean_append for each of its lines. */
void clean_lines(struct buf *out, struct str s);
/* Whether a character is a control (C0, DEL, C1), or changes the order or the place of others so that a text looks like another
 * one: embeddings, overrides and isolates of writing directions, line and paragraph separators, tags. Marks that only hint at a
 * direction are not among them. */
bool clean_is_control(uint32_t cp);
bool clean_is_deceiving(uint32_t cp);
/* Appends such a deceiving character as <U+202E>; returns the cells this takes. */
int clean_put_code(struct buf *out, uint32_t cp);
/* One step through a clean text (i < s.n): its length in bytes, its terminal cells. Colour sequences take none. */
size_t clean_next(struct str s, size_t i, size_t *cells);

#endif
