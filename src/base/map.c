/* Insertion-ordered hash map; see map.h. Open addressing, at most half full. */
#include "base/map.h"

#include "base/vec.h"

static size_t slot_of(const struct map *m, struct str key, uint64_t hash)
{
	size_t i = hash & (m->nslots - 1);
	while (m->slots[i]) {
		const struct map_entry *e = &m->v[m->slots[i] - 1];
		if (e->hash == hash && str_eq(e->key, key))
			break;
		i = (i + 1) & (m->nslots - 1);
	}
	return i;
}

static struct map_entry *find(const struct map *m, struct str key)
{
	if (!m->nslots)
		return NULL;
	size_t i = slot_of(m, key, str_hash(key));
	return m->slots[i] ? &m->v[m->slots[i] - 1] : NULL;
}

void *map_get(const struct map *m, struct str key)
{
	struct map_entry *e = find(m, key);
	return e ? e->value : NULL;
}

bool map_has(const struct map *m, struct str key)
{
	return find(m, key) != NULL;
}

static void index_all(struct map *m)
{
	memset(m->slots, 0, m->nslots * sizeof(*m->slots));
	for (size_t i = 0; i < m->n; i++)
		m->slots[slot_of(m, m->v[i].key, m->v[i].hash)] = (uint32_t)i + 1;
}

void map_put(struct arena *a, struct map *m, struct str key, void *value)
{
	struct map_entry *old = find(m, key);
	if (old) {
		old->value = value;
		return;
	}
	if (2 * (m->n + 1) > m->nslots) {
		m->nslots = m->nslots ? m->nslots * 2 : 16;
		m->slots = arena_alloc(a, m->nslots * sizeof(*m->slots));
		index_all(m);
	}
	uint64_t hash = str_hash(key);
	*vec_add(a, m) = (struct map_entry) { key, value, hash };
	m->slots[slot_of(m, key, hash)] = (uint32_t)m->n;
}

bool map_remove(struct map *m, struct str key)
{
	struct map_entry *e = find(m, key);
	if (!e)
		return false;
	size_t i = (size_t)(e - m->v);
	memmove(e, e + 1, (m->n - i - 1) * sizeof(*e));
	m->n--;
	index_all(m);
	return true;
}
