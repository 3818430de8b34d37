/* Takes a case file apart; see case_file.h. */
#include "conformance/case_file.h"

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "yaml/ytree.h"

struct documents {
	VEC(struct str);
};

/* Length of the separator at s[at], or 0: a line of three dashes with the line ends around it. */
static size_t separator(struct str s, size_t at)
{
	size_t i = at + (s.p[at] == '\r');
	if (i + 4 >= s.n || s.p[i] != '\n' || memcmp(s.p + i + 1, "---", 3) != 0)
		return 0;
	i += 4;
	i += i < s.n && s.p[i] == '\r';
	return i < s.n && s.p[i] == '\n' ? i + 1 - at : 0;
}

static void split(struct arena *a, struct documents *out, struct str text)
{
	size_t from = 0;
	for (size_t i = 0; i < text.n;) {
		size_t n = separator(text, i);
		if (n) {
			*vec_add(a, out) = str_n(text.p + from, i - from);
			from = i + n;
		}
		i += n ? n : 1;
	}
	*vec_add(a, out) = str_from(text, from);
}

static bool is_true(const struct ynode *options, const char *key)
{
	const struct ynode *n = ynode_get(options, key);
	return n && n->kind == YNODE_BOOL && n->b;
}

static size_t number(const struct ynode *options, const char *key)
{
	const struct ynode *n = ynode_get(options, key);
	return n && n->kind == YNODE_NUMBER && n->num > 0 && n->num < 1e9 ? (size_t)n->num : 0;
}

static bool skips(const struct ynode *options, const char *engine)
{
	const struct ynode *n = ynode_get(options, "skip");
	for (size_t i = 0; n && n->kind == YNODE_SEQ && i < n->seq.n; i++)
		if (str_is(n->seq.items[i]->text, engine))
			return true;
	return n && n->kind == YNODE_STRING && str_is(n->text, engine);
}

static void read_options(struct case_file *c, const struct ynode *options)
{
	const struct ynode *policy = ynode_get(options, "permissions-policy"),
			   *features = ynode_get(options, "experimental-features");
	c->include_source = is_true(options, "include-source");
	c->strict_events = skips(options, "Go") && skips(options, "C#");
	c->partial_rerun = is_true(options, "is-partial-rerun");
	c->skip_calls = is_true(options, "skip-reusable-workflows");
	c->limits = (struct read_limits) {
		.depth = (unsigned)number(options, "max-depth"),
		.file_size = number(options, "max-file-size"),
		.result_size = number(options, "max-result-size"),
		.relaxed_events = !c->strict_events,
		.no_anchors = true, /* the servers of the data know none */
		.no_background = !is_true(features, "allowBackgroundSteps"),
	};
	c->calls = (struct call_options) {
		.depth = (unsigned)number(options, "max-nested-reusable-workflows-depth"),
		.jobs = (unsigned)number(options, "max-job-limit"),
		.write_policy = policy && str_is(policy->text, "Write"),
		.limits = &c->limits,
	};
}

int case_file_read(struct case_file *c, struct arena *a, const char *file, struct err *err)
{
	struct buf text = BUF_INIT;
	struct documents docs = { 0 };
	*c = (struct case_file) { 0 };
	if (file_read(&text, file, SOURCE_MAX, err) < 0)
		return -1;
	split(a, &docs, arena_str(a, buf_str(&text)));
	buf_done(&text);
	if (docs.n < 3 || docs.n % 2 == 0)
		return err_set(err, ERR_USAGE, "%s: a case has options, a workflow, pairs of references and files, and a result",
		               file);
	struct source_set sources = { .arena = a };
	struct diag_list diags = { .arena = a, .sources = &sources };
	struct ytree tree;
	struct ytree_options yaml = { 0 };
	if (!ytree_parse(&tree, a, source_add(&sources, STR("options"), docs.v[0]), &yaml, &diags))
		return err_set(err, ERR_USAGE, "%s: the options are not YAML", file);
	read_options(c, tree.root);
	c->path = arena_printf(a, ".github/workflows/%.*s", STRF(path_base(str_of(file))));
	c->workflow = docs.v[1];
	c->expected = docs.v[docs.n - 1];
	c->ncalled = (docs.n - 3) / 2;
	c->called = arena_array(a, struct case_called, c->ncalled + 1);
	for (size_t i = 0; i < c->ncalled; i++)
		c->called[i] = (struct case_called) { str_trim(docs.v[2 + 2 * i]), docs.v[3 + 2 * i] };
	return 0;
}
