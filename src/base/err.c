/* Error objects; see err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	if (!err)
		return -1;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	err->kind = kind;
	err->errnum = 0;
	return -1;
}

int err_errno(struct err *err, const char *fmt, ...)
{
	int errnum = errno;
	if (!err)
		return -1;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(err->text))
		snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %s", strerror(errnum));
	err->kind = ERR_SYSTEM;
	err->errnum = errnum;
	return -1;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	if (!err)
		return -1;
	char old[sizeof(err->text)];
	memcpy(old, err->text, sizeof(old));
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n + 2 < sizeof(err->text)) {
		size_t room = sizeof(err->text) - (size_t)n - 3; /* what does not fit is cut */
		snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %.*s", (int)MIN(strlen(old), room), old);
	}
	return -1;
}
