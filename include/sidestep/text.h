/* Results that are texts: what a call made, and what it has to say about it. */
#ifndef SIDESTEP_TEXT_H
#define SIDESTEP_TEXT_H

#include <stddef.h>

#include <sidestep/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Filled by calls that produce text. Both texts are NUL-terminated, never NULL after a call, and owned by
 * the caller until sidestep_text_done. */
struct sidestep_text {
	char *out;       /* the result, for standard output */
	size_t out_size; /* bytes, without the NUL */
	char *messages;  /* diagnostics and errors, rendered, for standard error; empty when there are none */
	size_t messages_size;
};

/* How texts are rendered. All zeroes: plain, 80 columns. */
struct sidestep_render {
	int color;          /* colour in out */
	int messages_color; /* colour in messages */
	int width;          /* columns of out; 0: no limit */
};

SIDESTEP_API void sidestep_text_done(struct sidestep_text *t);

#ifdef __cplusplus
}
#endif
#endif
