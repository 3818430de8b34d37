/* JSON in, by way of jansson, which stays behind this file.
 *
 * Keys keep their order. Identical keys: the last value counts; keys that differ in case only: the
 * first one stays. Nesting is checked before jansson sees the text. */
#define json_string jansson_make_string /* our header has that name, too; jansson's is not used here */
#include <jansson.h>
#undef json_string
#undef JSON_COMPACT

#include "value/blank.h"
#include "value/internal.h"

enum { JSON_DEPTH_MAX = 100 };

/* Whether brackets nest deeper than allowed, strings left out. */
static bool too_deep(struct str s)
{
	bool in_string = false;
	size_t depth = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '[' || c == '{') {
			if (++depth > JSON_DEPTH_MAX)
				return true;
		} else if ((c == ']' || c == '}') && depth > 0) {
			depth--;
		}
	}
	return false;
}

static struct val convert(struct arena *a, json_t *j);

static struct val convert_array(struct arena *a, json_t *j)
{
	struct val out = val_array(a);
	size_t n = json_array_size(j);
	for (size_t i = 0; i < n; i++)
		val_push(a, out, convert(a, json_array_get(j, i)));
	return out;
}

static struct val convert_object(struct arena *a, json_t *j)
{
	struct val out = val_object(a), old;
	const char *key;
	json_t *member;
	json_object_foreach(j, key, member)
	{
		struct str name = str_of(key);
		if (!val_get(out, name, &old))
			val_set(a, out, arena_str(a, name), convert(a, member));
	}
	return out;
}

static struct val convert(struct arena *a, json_t *j)
{
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		return convert_object(a, j);
	case JSON_ARRAY:
		return convert_array(a, j);
	case JSON_STRING:
		return val_str(arena_str(a, str_n(json_string_value(j), json_string_length(j))));
	case JSON_INTEGER:
	case JSON_REAL:
		return val_num(json_number_value(j));
	case JSON_TRUE:
	case JSON_FALSE:
		return val_bool(json_is_true(j));
	default:
		return val_null();
	}
}

int val_from_json(struct val *out, struct arena *a, struct str text, struct err *err)
{
	if (blank_trim(text).n == 0)
		return err_set(err, ERR_INVALID, "empty input");
	if (too_deep(text))
		return err_set(err, ERR_INVALID, "nested deeper than %d levels", JSON_DEPTH_MAX);
	json_error_t bad;
	json_t *j = json_loadb(text.p, text.n, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &bad);
	if (!j)
		return err_set(err, ERR_INVALID, "%s (line %d, column %d)", bad.text, bad.line, bad.column);
	*out = convert(a, j);
	json_decref(j);
	return 0;
}
