/* Error texts; see error.h. Built in buffers, for texts may contain any byte. */
#include "expr/error.h"

#include "base/utf8.h"

int error_at_token(struct expr_error *error, struct arena *a, struct str text, struct str token, const char *what)
{
	size_t at = (size_t)(token.p - text.p);
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_adds(&b, what);
	buf_adds(&b, ": '");
	buf_addstr(&b, token);
	buf_addc(&b, '\'');
	size_t summary = b.n;
	buf_addf(&b, ". Located at position %zu within expression: ", utf8_utf16_units(str_to(text, at)) + 1);
	buf_addstr(&b, text);
	struct str all = arena_str(a, buf_str(&b));
	*error = (struct expr_error) { .text = all, .summary = str_to(all, summary), .at = at, .len = token.n };
	return -1;
}

int error_plain(struct expr_error *error, struct str message, bool evaluation)
{
	*error = (struct expr_error) { .text = message, .summary = message, .evaluation = evaluation };
	return -1;
}
