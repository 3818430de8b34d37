/* Making tokens; see token.h. */
#include "service/token.h"

#include <sys/random.h>

#include "base/base64.h"

int token_make(struct str *out, struct arena *a, struct val claims, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT, json = BUF_INIT;
	unsigned char signature[32];
	const struct str header = STR("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
	if (getrandom(signature, sizeof(signature), 0) != (ssize_t)sizeof(signature))
		return err_errno(err, "no random numbers");
	val_to_json(&json, claims, JSON_COMPACT);
	base64_append_url(&text, header);
	buf_addc(&text, '.');
	base64_append_url(&text, buf_str(&json));
	buf_addc(&text, '.');
	base64_append_url(&text, str_n((const char *)signature, sizeof(signature)));
	*out = arena_str(a, buf_str(&text));
	return 0;
}
