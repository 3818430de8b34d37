/* Files of NAME=VALUE lines with any bytes: what comes of them has names, no NUL, and takes nothing from the environment. */
#include <stdint.h>
#include <stdlib.h>

#include "config/pairs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct val all = val_object_case_sensitive(&a);
	struct str text = str_n((const char *)data, size);
	setenv("HIDDEN", "kept-by-the-user", 1);
	int rc = pairs_parse(all, &a, text, "fuzz.env", &err);
	if ((rc < 0) != (err.text[0] != '\0'))
		abort();
	for (size_t i = 0; i < all.o->n; i++) {
		struct str name = all.o->keys[i], value = all.o->vals[i].s;
		bool said = str_find(text, STR("kept-by"), 0) != SIZE_MAX;
		if (name.n == 0 || str_find_c(name, '=', 0) != SIZE_MAX || memchr(name.p, 0, name.n) ||
		    (value.n && memchr(value.p, 0, value.n)) ||
		    (!said && str_find(value, STR("kept-by-the-user"), 0) != SIZE_MAX))
			abort();
	}
	arena_done(&a);
	return 0;
}
