/* Problem matcher files: JSON to checked configurations, and the lists of them. */
#include "log/matcher.h"

#include "log/regex.h"
#include "value/val.h"

static const char *const prop_names[MATCHER_PROP_COUNT] = {
	[MATCHER_FILE] = "file", [MATCHER_LINE] = "line",       [MATCHER_COLUMN] = "column",      [MATCHER_SEVERITY] = "severity",
	[MATCHER_CODE] = "code", [MATCHER_MESSAGE] = "message", [MATCHER_FROM_PATH] = "fromPath",
};

struct matcher_config *matcher_config_ref(struct matcher_config *c)
{
	c->refs++;
	return c;
}

void matcher_config_unref(struct matcher_config *c)
{
	if (!c || --c->refs)
		return;
	for (size_t i = 0; i < c->n; i++)
		regex_free(c->patterns[i].regex);
	arena_done(&c->arena);
	free(c);
}

void matcher_list_done(struct matcher_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		matcher_config_unref(l->v[i]);
	free(l->v);
	*l = (struct matcher_list) { 0 };
}

static void list_add(struct matcher_list *l, struct matcher_config *c)
{
	l->v = xrealloc(l->v, (l->n + 1) * sizeof(struct matcher_config *));
	l->v[l->n++] = c;
}

static bool list_has(const struct matcher_list *l, struct str owner)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq_nocase(l->v[i]->owner, owner))
			return true;
	return false;
}

bool matcher_list_remove(struct matcher_list *l, struct str owner)
{
	size_t kept = 0;
	for (size_t i = 0; i < l->n; i++) {
		if (str_eq_nocase(l->v[i]->owner, owner))
			matcher_config_unref(l->v[i]);
		else
			l->v[kept++] = l->v[i];
	}
	bool removed = kept < l->n;
	l->n = kept;
	return removed;
}

void matcher_list_prepend(struct matcher_list *l, struct matcher_list *added)
{
	for (size_t i = 0; i < added->n; i++)
		matcher_list_remove(l, added->v[i]->owner);
	struct matcher_list all = *added;
	for (size_t i = 0; i < l->n; i++)
		list_add(&all, l->v[i]);
	free(l->v);
	*l = all;
	*added = (struct matcher_list) { 0 };
}

/* A text member; absent and null give an empty one. */
static int read_text(struct str *out, struct val object, const char *key, struct err *err)
{
	struct val v = val_at(object, key);
	if (v.kind != VAL_STRING && v.kind != VAL_NULL)
		return err_set(err, ERR_INVALID, "The property '%s' must be a string", key);
	*out = v.kind == VAL_STRING ? v.s : STR_EMPTY;
	return 0;
}

static int read_group(struct matcher_pattern *p, enum matcher_prop prop, struct val object, bool *seen, struct err *err)
{
	const char *name = prop_names[prop];
	struct val v = val_at(object, name);
	p->group[prop] = -1;
	if (v.kind == VAL_NULL)
		return 0;
	if (v.kind == VAL_STRING)
		v = val_num(val_number_of(v.s));
	if (v.kind != VAL_NUMBER || !(v.num > -1e9 && v.num < 1e9) || v.num != (double)(int)v.num)
		return err_set(err, ERR_INVALID, "The property '%s' must be an integer", name);
	int group = (int)v.num;
	if (seen[prop])
		return err_set(err, ERR_INVALID, "The property '%s' is set twice", name);
	if (group < 0 || (unsigned)group > regex_groups(p->regex))
		return err_set(err, ERR_INVALID, "The property '%s' is set to %d which is out of range", name, group);
	seen[prop] = true;
	p->group[prop] = group;
	return 0;
}

static int read_loop(struct matcher_pattern *p, struct val object, bool first, bool last, struct err *err)
{
	struct val loop = val_at(object, "loop");
	if (loop.kind != VAL_BOOL && loop.kind != VAL_NULL)
		return err_set(err, ERR_INVALID, "The property 'loop' must be a boolean");
	p->loop = loop.kind == VAL_BOOL && loop.b;
	if (p->loop && (first || !last))
		return err_set(err, ERR_INVALID, "Only the last pattern in a multiline matcher may set 'loop'");
	if (p->loop && val_at(object, "message").kind == VAL_NULL)
		return err_set(err, ERR_INVALID, "The loop pattern must set 'message'");
	return 0;
}

static int read_pattern(struct matcher_config *c, size_t i, struct val object, bool *seen, struct err *err)
{
	struct matcher_pattern *p = &c->patterns[i];
	if (object.kind != VAL_OBJECT)
		return err_set(err, ERR_INVALID, "A pattern must be an object");
	struct str regexp;
	if (read_loop(p, object, i == 0, i + 1 == c->n, err) < 0 || read_text(&regexp, object, "regexp", err) < 0 ||
	    regex_new(&p->regex, regexp, err) < 0)
		return -1;
	for (int prop = 0; prop < MATCHER_PROP_COUNT; prop++)
		if (read_group(p, (enum matcher_prop)prop, object, seen, err) < 0)
			return -1;
	return 0;
}

static int read_patterns(struct matcher_config *c, struct val list, struct err *err)
{
	if (list.kind != VAL_ARRAY && list.kind != VAL_NULL)
		return err_set(err, ERR_INVALID, "The property 'pattern' must be an array");
	if (list.kind == VAL_NULL || list.a->n == 0)
		return err_set(err, ERR_INVALID, "Matcher '%.*s' does not contain any patterns", STRF(c->owner));
	c->n = list.a->n;
	c->patterns = arena_array(&c->arena, struct matcher_pattern, c->n);
	bool seen[MATCHER_PROP_COUNT] = { false };
	for (size_t i = 0; i < c->n; i++)
		if (read_pattern(c, i, list.a->v[i], seen, err) < 0)
			return -1;
	return seen[MATCHER_MESSAGE] ? 0 : err_set(err, ERR_INVALID, "At least one pattern must set 'message'");
}

static int check_severity(const struct matcher_config *c, struct err *err)
{
	static const char *const known[] = { "", "error", "warning", "notice" };
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_is_nocase(c->severity, known[i]))
			return 0;
	return err_set(err, ERR_INVALID, "Matcher '%.*s' contains unexpected default severity '%.*s'", STRF(c->owner),
	               STRF(str_to(c->severity, 100)));
}

static int read_matcher(struct matcher_config *c, struct val object, const struct matcher_list *before, struct err *err)
{
	if (object.kind != VAL_OBJECT)
		return err_set(err, ERR_INVALID, "A problem matcher must be an object");
	if (read_text(&c->owner, object, "owner", err) < 0 || read_text(&c->severity, object, "severity", err) < 0 ||
	    read_text(&c->from_path, object, "fromPath", err) < 0)
		return -1;
	c->owner = arena_str(&c->arena, c->owner);
	c->severity = arena_str(&c->arena, c->severity);
	c->from_path = arena_str(&c->arena, c->from_path);
	if (c->owner.n == 0)
		return err_set(err, ERR_INVALID, "Owner must not be empty");
	if (list_has(before, c->owner))
		return err_set(err, ERR_INVALID, "Duplicate owner name '%.*s'", STRF(str_to(c->owner, 200)));
	if (check_severity(c, err) < 0)
		return -1;
	return read_patterns(c, val_at(object, "pattern"), err);
}

static int read_all(struct matcher_list *out, struct val root, struct err *err)
{
	if (root.kind != VAL_OBJECT && root.kind != VAL_NULL)
		return err_set(err, ERR_INVALID, "A problem matcher file must be a JSON object");
	struct val list = val_at(root, "problemMatcher");
	if (list.kind != VAL_ARRAY && list.kind != VAL_NULL)
		return err_set(err, ERR_INVALID, "The property 'problemMatcher' must be an array");
	for (size_t i = 0; list.kind == VAL_ARRAY && i < list.a->n; i++) {
		struct matcher_config *c = xcalloc(1, sizeof(*c));
		c->refs = 1;
		int rc = read_matcher(c, list.a->v[i], out, err);
		list_add(out, c);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int matcher_config_read(struct matcher_list *out, struct str json, struct err *err)
{
	struct arena a = { 0 };
	struct val root;
	*out = (struct matcher_list) { 0 };
	if (str_starts(json, STR("\xEF\xBB\xBF")))
		json = str_from(json, 3);
	int rc = val_from_json(&root, &a, json, err);
	if (rc == 0)
		rc = read_all(out, root, err);
	if (rc < 0)
		matcher_list_done(out);
	arena_done(&a);
	return rc;
}
