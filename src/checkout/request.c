/* A checkout request as a command line and a variable, and back. Texts that may hold any bytes (paths) are arguments of their
 * own; values travel as JSON, those that may be secrets in the environment. */
#include "base/path.h"
#include "checkout/internal.h"

enum {
	ARG_SOURCE = 2,
	ARG_WORKSPACE,
	ARG_SCRATCH,
	ARG_LIST,
	ARG_REPOSITORY,
	ARG_SERVER,
	ARG_OTHERS,
	ARG_WHERE,
	ARG_REF,
	ARG_SHA,
	ARG_FLAGS,
	ARG_LOCAL,
	ARG_COUNT
};

bool checkout_is(struct str uses)
{
	const struct str name = STR("actions/checkout@");
	uses = str_trim(uses);
	return uses.n > name.n && str_eq_nocase(str_to(uses, name.n), name);
}

/* "v5", "v4.2.2"; major 0: it is no such version. */
static unsigned major_of(struct str ref)
{
	unsigned major = 0;
	size_t i = 1;
	if (!str_starts(ref, STR("v")))
		return 0;
	for (; i < ref.n && i < 4 && ref.p[i] >= '0' && ref.p[i] <= '9'; i++)
		major = major * 10 + (unsigned)(ref.p[i] - '0');
	return i == ref.n || ref.p[i] == '.' ? major : 0;
}

bool checkout_is_early(struct str uses)
{
	unsigned major = major_of(str_from(str_trim(uses), MIN(str_find_c(str_trim(uses), '@', 0), uses.n) + 1));
	return major >= 1 && major <= 5;
}

static const char variable[] = "SIDESTEP_CHECKOUT";

static char *json_arg(struct arena *a, struct val v)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	val_to_json(&text, v, JSON_COMPACT);
	return arena_cstr(a, buf_str(&text));
}

/* Paths may have bytes that JSON has not: the directories of the map travel in hexadecimal. */
static struct val hex_paths(struct arena *a, struct val local, bool decode)
{
	static const char digits[] = "0123456789abcdef";
	struct val out = val_object(a);
	if (local.kind != VAL_OBJECT)
		return out;
	for (size_t i = 0; i < local.o->n; i++) {
		struct str s = local.o->vals[i].kind == VAL_STRING ? local.o->vals[i].s : STR_EMPTY;
		size_t n = decode ? s.n / 2 : s.n * 2;
		char *p = arena_alloc(a, n + 1);
		p[n] = '\0';
		for (size_t j = 0; j < n; j++) {
			if (decode) {
				const char *hi = memchr(digits, s.p[2 * j], 16), *lo = memchr(digits, s.p[2 * j + 1], 16);
				p[j] = (char)(((hi ? hi - digits : 0) << 4) | (lo ? lo - digits : 0));
			} else {
				unsigned char c = (unsigned char)s.p[j / 2];
				p[j] = digits[j % 2 ? c & 15 : c >> 4];
			}
		}
		val_set_str(a, out, arena_cstr(a, local.o->keys[i]), str_n(p, n));
	}
	return out;
}

char **checkout_argv(struct arena *a, const char *self, const struct checkout_request *r)
{
	char **argv = arena_array(a, char *, ARG_COUNT + 1);
	const char flags[] = { r->overlay ? 'o' : '-', r->keep ? 'k' : '-',  r->in_place ? 'i' : '-',
		               r->offline ? 'f' : '-', r->early ? 'e' : '-', '\0' };
	argv[0] = arena_strdup(a, self);
	argv[1] = arena_strdup(a, "__checkout");
	argv[ARG_SOURCE] = arena_cstr(a, r->source);
	argv[ARG_WORKSPACE] = arena_cstr(a, r->workspace);
	argv[ARG_SCRATCH] = arena_cstr(a, r->scratch);
	argv[ARG_LIST] = arena_cstr(a, r->list);
	argv[ARG_REPOSITORY] = arena_cstr(a, r->repository);
	argv[ARG_SERVER] = arena_cstr(a, r->server_url);
	argv[ARG_OTHERS] = arena_cstr(a, r->others_url);
	argv[ARG_WHERE] = arena_cstr(a, r->where);
	argv[ARG_REF] = arena_cstr(a, r->ref);
	argv[ARG_SHA] = arena_cstr(a, r->sha);
	argv[ARG_FLAGS] = arena_strdup(a, flags);
	argv[ARG_LOCAL] = json_arg(a, hex_paths(a, r->local, false));
	return argv;
}

char **checkout_post_argv(struct arena *a, const char *self, struct str list)
{
	char **argv = arena_array(a, char *, 4);
	argv[0] = arena_strdup(a, self);
	argv[1] = arena_strdup(a, "__checkout");
	argv[2] = arena_cstr(a, list);
	return argv;
}

const char *checkout_variable(struct arena *a, const struct checkout_request *r)
{
	struct val secret = val_object(a);
	val_set(a, secret, STR("with"), r->with.kind == VAL_OBJECT ? r->with : val_object(a));
	val_set_str(a, secret, "token", r->token);
	val_set(a, secret, STR("facts"), r->facts.kind == VAL_OBJECT ? r->facts : val_object(a));
	return arena_printf(a, "%s=%s", variable, json_arg(a, secret)).p;
}

/* What the variable holds is not for the programs that the helper starts. */
static int take_variable(struct checkout_request *out, struct arena *a, struct err *err)
{
	struct val secret;
	const char *text = getenv(variable);
	if (!text)
		return err_set(err, ERR_USAGE, "this command is for the program itself");
	if (val_from_json(&secret, a, arena_str(a, str_of(text)), err) < 0)
		return -1;
	unsetenv(variable);
	out->with = val_at(secret, "with");
	out->facts = val_at(secret, "facts");
	out->token = val_at(secret, "token").kind == VAL_STRING ? val_at(secret, "token").s : STR_EMPTY;
	return 0;
}

int request_parse(struct checkout_request *out, struct arena *a, int argc, char **argv, struct err *err)
{
	struct val local;
	if (argc != ARG_COUNT || strlen(argv[ARG_FLAGS]) != 5)
		return err_set(err, ERR_USAGE, "this command is for the program itself");
	const char *flags = argv[ARG_FLAGS];
	*out = (struct checkout_request) {
		.source = path_normal(a, str_of(argv[ARG_SOURCE])),
		.workspace = path_normal(a, str_of(argv[ARG_WORKSPACE])),
		.scratch = path_normal(a, str_of(argv[ARG_SCRATCH])),
		.list = path_normal(a, str_of(argv[ARG_LIST])),
		.repository = str_of(argv[ARG_REPOSITORY]),
		.server_url = str_of(argv[ARG_SERVER]),
		.others_url = str_of(argv[ARG_OTHERS]),
		.where = str_of(argv[ARG_WHERE]),
		.ref = str_of(argv[ARG_REF]),
		.sha = str_of(argv[ARG_SHA]),
		.overlay = flags[0] == 'o',
		.keep = flags[1] == 'k',
		.in_place = flags[2] == 'i',
		.offline = flags[3] == 'f',
		.early = flags[4] == 'e',
	};
	if (take_variable(out, a, err) < 0 || val_from_json(&local, a, str_of(argv[ARG_LOCAL]), err) < 0)
		return -1;
	out->local = hex_paths(a, local, true);
	return 0;
}
