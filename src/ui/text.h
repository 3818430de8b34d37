/* Clean texts (base/clean.h) in cells: measured, cut, wrapped; and times for people. */
#ifndef SIDESTEP_UI_TEXT_H
#define SIDESTEP_UI_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clean.h"

/* A clean line with tabs expanded (base/clean.h) in an arena, cut to about max bytes. */
struct str text_clean_copy(struct arena *a, struct str s, size_t max);
/* s cut to at most max bytes, not inside a UTF-8 sequence. */
struct str text_cut(struct str s, size_t max);
/* Terminal cells of a clean text; colour sequences take none. */
size_t text_cells(struct str clean);
/* Appends as much of a clean text as goes into `cells` cells, with "…" as the last when it was cut.
 * Returns the cells used. */
size_t text_fit(struct buf *out, struct str clean, size_t cells);
/* text_fit, then blanks up to `cells`. */
void text_column(struct buf *out, struct str clean, size_t cells);
/* The whole text, then blanks up to `cells` when it is shorter. */
void text_pad(struct buf *out, struct str clean, size_t cells);
/* Appends a clean text in lines of at most `cells` cells, broken at blanks where there are some, each with
 * `indent` blanks in front and a line end behind. */
void text_wrap(struct buf *out, struct str clean, size_t indent, size_t cells);
void text_blanks(struct buf *out, size_t n);
/* "12 ms", "4.1 s", "1m 04s", "2h 03m". */
void text_duration(struct buf *out, int64_t ms);

#endif
