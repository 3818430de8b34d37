/* Objects: keys and values in insertion order; a few keys are searched one by one, many by a hash index
 * over the folded (or, for case-sensitive objects, plain) keys. */
#include <assert.h>

#include "value/internal.h"

enum { LINEAR_MAX = 8 };

static bool key_equal(const struct val_object *o, struct str a, struct str b)
{
	return o->case_sensitive ? str_eq(a, b) : fold_equal(a, b);
}

static uint64_t key_hash(const struct val_object *o, struct str key)
{
	return o->case_sensitive ? str_hash(key) : fold_hash(key);
}

/* Slots hold index + 1; 0 is free. At most half of them are taken. */
static void index_add(struct val_object *o, size_t i)
{
	size_t mask = o->nslots - 1, at = key_hash(o, o->keys[i]) & mask;
	while (o->slots[at])
		at = (at + 1) & mask;
	o->slots[at] = (uint32_t)i + 1;
}

static void index_build(struct arena *a, struct val_object *o)
{
	o->nslots = 32;
	while (o->nslots < o->cap * 2)
		o->nslots *= 2;
	o->slots = arena_array(a, uint32_t, o->nslots);
	for (size_t i = 0; i < o->n; i++)
		index_add(o, i);
}

/* Position of the key, or SIZE_MAX. */
static size_t find(const struct val_object *o, struct str key)
{
	if (!o->slots) {
		for (size_t i = 0; i < o->n; i++)
			if (key_equal(o, o->keys[i], key))
				return i;
		return SIZE_MAX;
	}
	size_t mask = o->nslots - 1;
	for (size_t at = key_hash(o, key) & mask; o->slots[at]; at = (at + 1) & mask)
		if (key_equal(o, o->keys[o->slots[at] - 1], key))
			return o->slots[at] - 1;
	return SIZE_MAX;
}

static void reserve(struct arena *a, struct val_object *o)
{
	if (o->n < o->cap)
		return;
	size_t cap = o->cap ? o->cap * 2 : 4;
	o->keys = arena_grow(a, o->keys, o->n * sizeof(*o->keys), cap * sizeof(*o->keys));
	o->vals = arena_grow(a, o->vals, o->n * sizeof(*o->vals), cap * sizeof(*o->vals));
	o->cap = cap;
	if (o->slots)
		index_build(a, o);
}

struct val val_object(struct arena *a)
{
	return (struct val) { .kind = VAL_OBJECT, .o = arena_make(a, struct val_object) };
}

struct val val_object_case_sensitive(struct arena *a)
{
	struct val v = val_object(a);
	v.o->case_sensitive = true;
	return v;
}

void val_set(struct arena *a, struct val object, struct str key, struct val v)
{
	assert(object.kind == VAL_OBJECT);
	struct val_object *o = object.o;
	size_t i = find(o, key);
	if (i != SIZE_MAX) {
		o->vals[i] = v;
		return;
	}
	reserve(a, o);
	o->keys[o->n] = key;
	o->vals[o->n] = v;
	o->n++;
	if (o->slots)
		index_add(o, o->n - 1);
	else if (o->n > LINEAR_MAX)
		index_build(a, o);
}

void val_set_str(struct arena *a, struct val object, const char *key, struct str v)
{
	val_set(a, object, str_of(key), val_str(v));
}

bool val_get(struct val object, struct str key, struct val *out)
{
	if (object.kind != VAL_OBJECT)
		return false;
	size_t i = find(object.o, key);
	if (i == SIZE_MAX)
		return false;
	*out = object.o->vals[i];
	return true;
}

struct val val_at(struct val object, const char *key)
{
	struct val v = val_null();
	val_get(object, str_of(key), &v);
	return v;
}

struct val val_object_copy(struct arena *a, struct val object)
{
	assert(object.kind == VAL_OBJECT);
	struct val copy = val_object(a);
	const struct val_object *from = object.o;
	struct val_object *to = copy.o;
	to->case_sensitive = from->case_sensitive;
	to->open = from->open;
	if (from->n == 0)
		return copy;
	to->n = to->cap = from->n;
	to->keys = arena_array(a, struct str, to->n);
	to->vals = arena_array(a, struct val, to->n);
	memcpy(to->keys, from->keys, to->n * sizeof(*to->keys));
	memcpy(to->vals, from->vals, to->n * sizeof(*to->vals));
	if (from->slots)
		index_build(a, to);
	return copy;
}
