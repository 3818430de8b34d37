/* The one value type of expressions, contexts and JSON.
 *
 * A struct val is small and passed by value; containers live in an arena and have identity (their
 * address). Once a value has been handed out it is not changed, with one exception that its owner
 * documents: objects that only grow, such as the `steps` context. Rules: GitHub's expression language
 * (docs.github.com, "Evaluate expressions in workflows and actions"). */
#ifndef SIDESTEP_VALUE_VAL_H
#define SIDESTEP_VALUE_VAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum val_kind {
	VAL_NULL,
	VAL_BOOL,
	VAL_NUMBER,
	VAL_STRING,
	VAL_ARRAY,
	VAL_OBJECT,
	VAL_UNKNOWN, /* in plans only: what a run will know; s is how it is written, or empty */
};

struct val_array;
struct val_object;

struct val {
	enum val_kind kind;
	bool filtered; /* an array that `*` produced */
	union {
		bool b;
		double num;
		struct str s;
		struct val_array *a;
		struct val_object *o;
	};
};

struct val_array {
	struct val *v;
	size_t n, cap;
};

/* Keeps insertion order. Keys compare by the language's case folding, or byte for byte. */
struct val_object {
	struct str *keys;
	struct val *vals;
	size_t n, cap;
	uint32_t *slots; /* hash index, made when it pays */
	size_t nslots;
	bool case_sensitive; /* the env context on Linux */
	bool open;           /* in plans only: a run may give it more members */
};

static inline struct val val_null(void)
{
	return (struct val) { .kind = VAL_NULL };
}
static inline struct val val_bool(bool b)
{
	return (struct val) { .kind = VAL_BOOL, .b = b };
}
static inline struct val val_num(double d)
{
	return (struct val) { .kind = VAL_NUMBER, .num = d };
}
static inline struct val val_str(struct str s)
{
	return (struct val) { .kind = VAL_STRING, .s = s };
}
static inline struct val val_cstr(const char *s)
{
	return val_str(str_of(s));
}
static inline struct val val_unknown(struct str written)
{
	return (struct val) { .kind = VAL_UNKNOWN, .s = written };
}
static inline bool val_is_primitive(struct val v)
{
	return v.kind != VAL_ARRAY && v.kind != VAL_OBJECT;
}

struct val val_array(struct arena *a);
void val_push(struct arena *a, struct val array, struct val item);
struct val val_object(struct arena *a);
struct val val_object_case_sensitive(struct arena *a);
/* Sets or replaces; the first spelling and position of a key stay. The key's bytes are not copied. */
void val_set(struct arena *a, struct val object, struct str key, struct val v);
void val_set_str(struct arena *a, struct val object, const char *key, struct str v);
/* True and *out when the key is there. On anything but an object: false. */
bool val_get(struct val object, struct str key, struct val *out);
/* The value or null. */
struct val val_at(struct val object, const char *key);
/* A shallow copy that may be added to without the original seeing it. */
struct val val_object_copy(struct arena *a, struct val object);
/* A deep copy into another arena, strings included: for what must outlive its scratch arena. */
struct val val_copy(struct arena *a, struct val v);

/* Whether something in it, at any depth, is not known yet. */
bool val_has_unknown(struct val v);

const char *val_kind_name(enum val_kind k); /* "Null" "Boolean" "Number" "String" "Array" "Object" */

/* Coercions (expressions.md section 6). */
bool val_truthy(struct val v);
double val_to_number(struct val v);
double val_number_of(struct str s);
/* Text of a primitive; "Array" / "Object" for containers. */
struct str val_to_str(struct arena *a, struct val v);
struct str val_number_text(struct arena *a, double d);
/* The language's == and ordering with its coercions. val_less is false when kinds stay different or a NaN is in it. */
bool val_equal(struct val a, struct val b);
bool val_less(struct val a, struct val b);

/* Case folding of strings ("ordinal ignore case": simple one-to-one upper-casing by code point,
 * compared as UTF-16 units). */
bool fold_equal(struct str a, struct str b);
int fold_compare(struct str a, struct str b);
/* Appends the upper-cased text as UTF-8; its length in bytes may differ. */
void fold_text(struct buf *out, struct str s);
size_t fold_find(struct str haystack, struct str needle); /* SIZE_MAX when absent */
bool fold_starts(struct str s, struct str prefix);
bool fold_ends(struct str s, struct str suffix);

/* JSON in. Depth at most 100; strict RFC 8259. The error text is the parser's, with its position. */
int val_from_json(struct val *out, struct arena *a, struct str text, struct err *err);
/* JSON out. PRETTY is toJSON's layout (two blanks, \n, numbers as the language prints them, NaN bare);
 * COMPACT is one line of valid JSON in UTF-8 (bad bytes as U+FFFD, NaN and Infinity as strings, numbers
 * that read back as the same double). */
enum json_style { JSON_PRETTY, JSON_COMPACT };
void val_to_json(struct buf *out, struct val v, enum json_style style);
/* One JSON string literal with quotes, valid UTF-8 whatever the bytes. Fast on plain ASCII. */
void json_string(struct buf *out, struct str s);

#endif
