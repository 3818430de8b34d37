/* Loading libmicrohttpd. */
#include "service/lib.h"

#include "base/library.h"

struct lib_functions http_lib;

static const struct library_symbol symbols[] = {
#define X(name) { #name, offsetof(struct lib_functions, name) },
	LIB_FUNCTIONS(X)
#undef X
};

int http_lib_load(struct err *err)
{
	return library_load(&http_lib, "libmicrohttpd.so.12", symbols, ARRAY_LEN(symbols), err);
}
