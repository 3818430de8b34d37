/* Reading requests and forming answers; see exchange.h. */
#include "service/exchange.h"

#include <errno.h>
#include <stdarg.h>

#include "base/uuid.h"
#include "service/lib.h"
#include "service/server.h"

/* ---- the request ---- */

static struct str look_up(const struct exchange *x, enum MHD_ValueKind kind, const char *name)
{
	return str_of(http_lib.MHD_lookup_connection_value(x->connection, kind, name));
}

struct str exchange_query(const struct exchange *x, const char *name)
{
	return look_up(x, MHD_GET_ARGUMENT_KIND, name);
}

struct str exchange_header(const struct exchange *x, const char *name)
{
	return look_up(x, MHD_HEADER_KIND, name);
}

static bool number_of(struct str s, uint64_t *out)
{
	uint64_t v = 0;
	if (s.n == 0 || s.n > 18)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = v;
	return true;
}

bool exchange_number(const struct exchange *x, const char *header, uint64_t *out)
{
	return number_of(exchange_header(x, header), out);
}

struct str exchange_origin(struct exchange *x)
{
	struct str host = exchange_header(x, "Host");
	bool plain = host.n > 0 && host.n < 256;
	for (size_t i = 0; plain && i < host.n; i++)
		plain = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]_", host.p[i]) != NULL;
	if (!plain)
		return arena_printf(&x->arena, "http://127.0.0.1:%u", x->server->port);
	return arena_printf(&x->arena, "http://%.*s", STRF(host));
}

struct str exchange_rest(const struct exchange *x)
{
	return str_from(x->path, strlen(x->route->prefix));
}

bool exchange_json(struct exchange *x, struct val *out)
{
	struct err err = ERR_INIT;
	if (val_from_json(out, &x->arena, buf_str(&x->body), &err) < 0 || out->kind != VAL_OBJECT) {
		reply_error(x, 400, "malformed", "the request is not a JSON object%s%s", err.text[0] ? ": " : "", err.text);
		return false;
	}
	return true;
}

struct str member_text(struct val object, const char *name)
{
	struct val v = val_at(object, name);
	return v.kind == VAL_STRING ? v.s : STR_EMPTY;
}

bool member_number(struct val object, const char *name, uint64_t *out)
{
	struct val v = val_at(object, name);
	if (v.kind == VAL_STRING)
		return number_of(v.s, out);
	if (v.kind != VAL_NUMBER || !(v.num >= 0) || v.num > 9e15)
		return false;
	*out = (uint64_t)v.num;
	return true;
}

/* ---- answers ---- */

void reply_json(struct exchange *x, unsigned status)
{
	x->status = status;
	x->type = "application/json";
}

void reply_empty(struct exchange *x, unsigned status)
{
	buf_clear(&x->reply);
	x->status = status;
}

void reply_member(struct exchange *x, const char *name, struct str text)
{
	buf_addf(&x->reply, "\"%s\":", name);
	json_string(&x->reply, text);
}

void reply_error(struct exchange *x, unsigned status, const char *code, const char *fmt, ...)
{
	va_list ap;
	_cleanup_buf_ struct buf text = BUF_INIT;
	va_start(ap, fmt);
	buf_addvf(&text, fmt, ap);
	va_end(ap);
	buf_clear(&x->reply);
	x->status = status;
	x->discard = true;
	if (x->route && x->route->azure) {
		/* what stands in the text is ours, but for names that were checked */
		buf_addf(&x->reply,
		         "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>%s</Code><Message>%.*s</Message></Error>", code,
		         STRF(buf_str(&text)));
		x->type = "application/xml";
		return;
	}
	buf_adds(&x->reply, "{");
	reply_member(x, "code", str_of(code));
	buf_adds(&x->reply, ",");
	reply_member(x, "msg", buf_str(&text));
	buf_adds(&x->reply, ",");
	reply_member(x, "message", buf_str(&text)); /* as the older services call it */
	buf_adds(&x->reply, "}");
	x->type = "application/json";
}

void reply_errno(struct exchange *x, int errnum, const char *what)
{
	bool full = errnum == ENOSPC || errnum == EDQUOT || errnum == EFBIG;
	reply_error(x, full ? 507 : 500, full ? "resource_exhausted" : "internal", "%s: %s", what, strerror(errnum));
}

/* "bytes=A-B", "bytes=A-", "bytes=-N": the first range only. 0: none, or not understood; 1: ok; -1: outside. */
static int parse_range(struct str s, uint64_t size, uint64_t *from, uint64_t *length)
{
	uint64_t a, b;
	if (!str_starts(s, STR("bytes=")) || str_find_c(s, ',', 0) != SIZE_MAX)
		return 0;
	s = str_trim(str_from(s, 6));
	size_t dash = str_find_c(s, '-', 0);
	if (dash == SIZE_MAX)
		return 0;
	struct str first = str_to(s, dash), last = str_from(s, dash + 1);
	if (first.n == 0) {
		if (!number_of(last, &b))
			return 0;
		*length = MIN(b, size);
		*from = size - *length;
		return *length > 0 ? 1 : -1;
	}
	if (!number_of(first, &a) || (last.n > 0 && (!number_of(last, &b) || b < a)))
		return 0;
	if (a >= size)
		return -1;
	*from = a;
	*length = last.n > 0 ? MIN(b - a + 1, size - a) : size - a;
	return 1;
}

void reply_file(struct exchange *x, int fd, uint64_t size, const char *type)
{
	struct str range = exchange_header(x, "Range");
	x->fd = fd;
	x->type = type;
	x->status = 200;
	x->from = 0;
	x->length = size;
	if (range.n == 0)
		range = exchange_header(x, "x-ms-range");
	int rc = range.n > 0 ? parse_range(range, size, &x->from, &x->length) : 0;
	if (rc > 0) {
		x->status = 206;
		x->range = arena_printf(&x->arena, "bytes %ju-%ju/%ju", (uintmax_t)x->from, (uintmax_t)(x->from + x->length - 1),
		                        (uintmax_t)size);
	} else if (rc < 0) {
		close(fd);
		x->fd = -1;
		reply_error(x, 416, "InvalidRange", "the range lies outside of the file");
		x->range = arena_printf(&x->arena, "bytes */%ju", (uintmax_t)size);
	}
}
