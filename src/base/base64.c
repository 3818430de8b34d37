/* Base64; see base64.h. */
#include "base/base64.h"

#include <stdint.h>

void base64_append(struct buf *out, struct str s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < s.n; i += 3) {
		size_t left = s.n - i;
		uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;
		if (left > 1)
			v |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
		if (left > 2)
			v |= (unsigned char)s.p[i + 2];
		buf_addc(out, digits[v >> 18]);
		buf_addc(out, digits[(v >> 12) & 63]);
		buf_addc(out, left > 1 ? digits[(v >> 6) & 63] : '=');
		buf_addc(out, left > 2 ? digits[v & 63] : '=');
	}
}
