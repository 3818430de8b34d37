/* Compares two JSON documents; see compare.h. */
#include "conformance/compare.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

struct comparison {
	struct buf path;
	const json_t *got, *expected; /* where they differ; NULL: one of them is not there */
};

static bool same(struct comparison *c, const json_t *got, const json_t *expected);

static bool differ(struct comparison *c, const json_t *got, const json_t *expected)
{
	c->got = got;
	c->expected = expected;
	return false;
}

static bool same_objects(struct comparison *c, json_t *got, json_t *expected)
{
	const char *key;
	json_t *value;
	size_t was = c->path.n;
	json_object_foreach(expected, key, value)
	{
		buf_addf(&c->path, "/%s", key);
		if (!same(c, json_object_get(got, key), value))
			return false;
		c->path.n = was;
	}
	json_object_foreach(got, key, value)
	{
		if (json_object_get(expected, key))
			continue;
		buf_addf(&c->path, "/%s", key);
		return differ(c, value, NULL);
	}
	return true;
}

static bool same_arrays(struct comparison *c, const json_t *got, const json_t *expected)
{
	size_t was = c->path.n, n = json_array_size(got), m = json_array_size(expected);
	for (size_t i = 0; i < n || i < m; i++) {
		buf_addf(&c->path, "/%zu", i);
		if (!same(c, json_array_get(got, i), json_array_get(expected, i)))
			return false;
		c->path.n = was;
	}
	return true;
}

static bool same(struct comparison *c, const json_t *got, const json_t *expected)
{
	if (!got || !expected || json_typeof(got) != json_typeof(expected))
		return differ(c, got, expected);
	if (json_is_object(got))
		return same_objects(c, (json_t *)(uintptr_t)got, (json_t *)(uintptr_t)expected);
	if (json_is_array(got))
		return same_arrays(c, got, expected);
	return json_equal(got, expected) || differ(c, got, expected);
}

static void print_value(const char *label, const json_t *v)
{
	char *text = v ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	fprintf(stderr, "  %s %s\n", label, text ? text : "nothing");
	free(text);
}

static json_t *parse(struct str text, const char *whose)
{
	json_error_t error;
	json_t *v = json_loadb(text.p, text.n, JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY, &error);
	if (!v)
		fprintf(stderr, "%s is not JSON: line %d: %s\n", whose, error.line, error.text);
	return v;
}

bool compare_documents(struct str got_text, struct str expected_text, bool events, bool verbose)
{
	struct comparison c = { 0 };
	json_t *got = parse(got_text, "our document"), *expected = parse(expected_text, "the expected document");
	if (!events && json_is_object(got))
		json_object_del(got, "events");
	if (!events && json_is_object(expected))
		json_object_del(expected, "events");
	bool ok = got && expected && same(&c, got, expected);
	if (!ok && got && expected) {
		fprintf(stderr, "differs at %s\n", c.path.n ? buf_cstr(&c.path) : "/");
		print_value("got", c.got);
		print_value("expected", c.expected);
	} else if (verbose && ok) {
		fprintf(stderr, "equal\n");
	}
	json_decref(got);
	json_decref(expected);
	buf_done(&c.path);
	return ok;
}
