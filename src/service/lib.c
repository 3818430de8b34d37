/* Loading libmicrohttpd. */
#include "service/lib.h"

#include <dlfcn.h>
#include <string.h>

struct lib_functions http_lib;

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
#define X(name) { #name, offsetof(struct lib_functions, name) },
	LIB_FUNCTIONS(X)
#undef X
};

int http_lib_load(struct err *err)
{
	void *handle = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return err_set(err, ERR_MISSING, "libmicrohttpd.so.12 is not installed");
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		void *found = dlsym(handle, symbols[i].name);
		if (!found)
			return err_set(err, ERR_UNSUPPORTED, "libmicrohttpd.so.12 has no %s", symbols[i].name);
		memcpy((char *)&http_lib + symbols[i].offset, &found, sizeof(found));
	}
	return 0;
}
