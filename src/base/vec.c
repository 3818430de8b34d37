/* The one function behind vec_add. */
#include "base/vec.h"

#include <string.h>

void *vec_grow_(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	if (n == *cap) {
		size_t more = *cap ? *cap * 2 : 8;
		v = arena_grow(a, v, n * size, more * size);
		*cap = more;
	}
	memset((char *)v + n * size, 0, size);
	return v;
}
