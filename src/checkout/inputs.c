/* The inputs of actions/checkout: a table of their names, and their values as the action reads them ("true" in any case is
 * true, everything else false; a depth that is no number is 0). */
#include "checkout/internal.h"

static const char *const names[] = {
	"repository",
	"ref",
	"token",
	"ssh-key",
	"ssh-known-hosts",
	"ssh-strict",
	"ssh-user",
	"persist-credentials",
	"path",
	"clean",
	"filter",
	"sparse-checkout",
	"sparse-checkout-cone-mode",
	"fetch-depth",
	"fetch-tags",
	"show-progress",
	"lfs",
	"submodules",
	"set-safe-directory",
	"github-server-url",
	"allow-unsafe-pr-checkout",
};

static bool is_known(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_is_nocase(name, names[i]))
			return true;
	return false;
}

static struct str text(struct arena *a, struct val with, const char *name)
{
	struct val v = val_at(with, name);
	return v.kind == VAL_NULL || !val_is_primitive(v) ? STR_EMPTY : str_trim(val_to_str(a, v));
}

static bool flag(struct arena *a, struct val with, const char *name, bool otherwise)
{
	struct str s = text(a, with, name);
	return s.n ? str_is_nocase(s, "true") : otherwise;
}

/* Lines without those that are empty, each trimmed. */
static void read_lines(struct checkout_inputs *out, struct arena *a, struct str text)
{
	struct str line;
	while (str_next_line(&text, &line))
		if (str_trim(line).n)
			*vec_add(a, &out->sparse) = arena_cstr(a, str_trim(line));
}

/* {owner}/{repo}: two parts, none empty. */
static bool is_repository(struct str s)
{
	size_t slash = str_find_c(s, '/', 0);
	return slash != SIZE_MAX && slash > 0 && slash + 1 < s.n && str_find_c(s, '/', slash + 1) == SIZE_MAX;
}

static long depth(struct arena *a, struct val with)
{
	struct str s = text(a, with, "fetch-depth");
	double d = s.n ? val_number_of(s) : 1;
	return d >= 0 && d < 1e9 ? (long)d : d >= 1e9 ? 1000000000L : 0; /* NaN and less than nothing: everything */
}

static void warn_unknown(struct val with)
{
	for (size_t i = 0; i < with.o->n; i++)
		if (!is_known(with.o->keys[i])) {
			const char *near = str_nearest(with.o->keys[i], names, ARRAY_LEN(names));
			say_warning("Unexpected input '%.*s'%s%s%s", STRF(with.o->keys[i]), near ? ", did you mean '" : "",
			            near ? near : "", near ? "'?" : "");
		}
}

int inputs_read(struct checkout_inputs *out, struct arena *a, struct val with, struct err *err)
{
	if (with.kind != VAL_OBJECT)
		return err_set(err, ERR_INVALID, "the inputs are not an object");
	warn_unknown(with);
	struct str sub = text(a, with, "submodules");
	*out = (struct checkout_inputs) {
		.repository = text(a, with, "repository"),
		.ref = text(a, with, "ref"),
		.path = text(a, with, "path"),
		.server_url = text(a, with, "github-server-url"),
		.filter = text(a, with, "filter"),
		.ssh_key = text(a, with, "ssh-key"),
		.ssh_hosts = text(a, with, "ssh-known-hosts"),
		.ssh_user = text(a, with, "ssh-user"),
		.ssh_strict = flag(a, with, "ssh-strict", true),
		.token = text(a, with, "token"),
		.persist = flag(a, with, "persist-credentials", val_at(with, "persist-credentials").kind == VAL_NULL),
		.progress = flag(a, with, "show-progress", true),
		.unsafe = flag(a, with, "allow-unsafe-pr-checkout", false),
		.depth = depth(a, with),
		.clean = flag(a, with, "clean", true),
		.tags = flag(a, with, "fetch-tags", false),
		.lfs = flag(a, with, "lfs", false),
		.sparse_cone = flag(a, with, "sparse-checkout-cone-mode", true),
		.submodules = str_is_nocase(sub, "recursive") ? SUBMODULES_RECURSIVE
		              : str_is_nocase(sub, "true")    ? SUBMODULES_YES
		                                              : SUBMODULES_NO,
	};
	read_lines(out, a, text(a, with, "sparse-checkout"));
	if (val_at(with, "token").kind != VAL_NULL && !out->token.n)
		say_warning("Input 'token' is empty: on GitHub the step would fail. A secret is given with -s");
	if (out->repository.n && !is_repository(out->repository))
		return err_set(err, ERR_INVALID, "Invalid repository '%.*s'. Expected format {owner}/{repo}.",
		               STRF(out->repository));
	return 0;
}

struct str checkout_begins(const struct checkout *c)
{
	bool plain = c->in.depth && !git_is_object_name(c->in.ref) && !str_is_nocase(str_to(c->in.ref, 5), "refs/");
	return plain ? c->in.ref : STR_EMPTY;
}
