/* Base64 (RFC 4648), with the alphabet of texts and that of URLs. */
#ifndef SIDESTEP_BASE_BASE64_H
#define SIDESTEP_BASE_BASE64_H

#include "base/buf.h"

/* With padding. */
void base64_append(struct buf *out, struct str s);
/* The alphabet of URLs, without padding. */
void base64_append_url(struct buf *out, struct str s);
/* Either alphabet, padding or none. False: s is not base64; out then has a part of it. */
bool base64_decode(struct buf *out, struct str s);

#endif
