/* Base64 with the usual digits and padding. */
#ifndef SIDESTEP_BASE_BASE64_H
#define SIDESTEP_BASE_BASE64_H

#include "base/buf.h"
#include "base/str.h"

/* Appends the bytes of s in base64, on one line. */
void base64_append(struct buf *out, struct str s);

#endif
