/* Shared libraries by dlopen; see library.h. */
#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

int library_load(void *table, const char *file, const struct library_symbol *symbols, size_t n, struct err *err)
{
	void *handle = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
	if (!handle)
		return err_set(err, ERR_MISSING, "%s is not installed", file);
	for (size_t i = 0; i < n; i++) {
		void *found = dlsym(handle, symbols[i].name);
		if (!found)
			return err_set(err, ERR_UNSUPPORTED, "%s has no %s", file, symbols[i].name);
		memcpy((char *)table + symbols[i].offset, &found, sizeof(found));
	}
	return 0;
}
