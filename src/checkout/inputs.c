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
		.sparse = text(a, with, "sparse-checkout"),
		.ssh_key = text(a, with, "ssh-key"),
		.token = text(a, with, "token"),
		.persist = flag(a, with, "persist-credentials", true),
		.depth = depth(a, with),
		.clean = flag(a, with, "clean", true),
		.tags = flag(a, with, "fetch-tags", false),
		.lfs = flag(a, with, "lfs", false),
		.sparse_cone = flag(a, with, "sparse-checkout-cone-mode", true),
		.submodules = str_is_nocase(sub, "recursive") ? SUBMODULES_RECURSIVE
		              : str_is_nocase(sub, "true")    ? SUBMODULES_YES
		                                              : SUBMODULES_NO,
	};
	if (out->repository.n && (str_find_c(out->repository, '/', 0) == SIZE_MAX || out->repository.p[0] == '/'))
		return err_set(err, ERR_INVALID, "Invalid repository '%.*s'. Expected format {owner}/{repo}.",
		               STRF(out->repository));
	return 0;
}
