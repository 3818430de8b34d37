/* Typed growable arrays inside an arena:
 *
 *	struct { VEC(struct job *); } jobs = { 0 };
 *	*vec_add(&arena, &jobs) = job;
 *	for (size_t i = 0; i < jobs.n; i++) use(jobs.v[i]);
 */
#ifndef SIDESTEP_BASE_VEC_H
#define SIDESTEP_BASE_VEC_H

#include "base/arena.h"

#define VEC(type)                                                                                                                \
	type *v;                                                                                                                 \
	size_t n, cap

void *vec_grow_(struct arena *a, void *v, size_t n, size_t *cap, size_t size);

/* A pointer to one more element, zeroed. */
#define vec_add(a, vec)                                                                                                          \
	((vec)->v = vec_grow_((a), (vec)->v, (vec)->n, &(vec)->cap, sizeof(*(vec)->v)), (vec)->n++, &(vec)->v[(vec)->n - 1])

#endif
