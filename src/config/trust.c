/* What a file of the repository may say. Whoever clones a repository trusts its steps with what steps may do, and nothing in it
 * with what belongs to the user: where requests go, what is read and written outside, where jobs run, secrets. Which option is of
 * which kind is said by its key. */
#include "config/config.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/beneath.h"
#include "base/path.h"

static struct str behind(const struct sidestep_config_key *key, struct str value)
{
	bool pair = key->kind == SIDESTEP_CONFIG_PAIRS || key->kind == SIDESTEP_CONFIG_NAMES;
	size_t sep = pair ? str_find_c(value, key->separator, 0) : SIZE_MAX;
	return sep == SIZE_MAX ? value : str_from(value, sep + 1);
}

/* NULL: it lies in the repository, or may be made there. A pipe or a device would make whoever opens it wait, or worse. */
static const char *place_refusal(const struct config *c, struct str path)
{
	struct str below = path_below(path, c->root);
	struct stat st;
	if (str_eq(path, c->root))
		return NULL;
	_cleanup_free_ char *name = strndup(below.p, below.n);
	if (below.n == path.n || !name || !beneath_stays(c->root_fd, name))
		return "leads out of the repository";
	_cleanup_close_ int fd = beneath_open(c->root_fd, name, O_PATH, 0);
	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return "is neither a file nor a folder";
	return NULL;
}

/* Whether the text is one of the words "a|b". */
static bool is_one_of(const char *words, struct str text)
{
	struct str rest = str_of(words);
	while (rest.n) {
		size_t end = str_find_c(rest, '|', 0);
		if (str_eq(str_to(rest, end), text))
			return true;
		rest = end == SIZE_MAX ? STR_EMPTY : str_from(rest, end + 1);
	}
	return false;
}

const char *trust_refusal(const struct config *c, const struct sidestep_config_key *key, struct str value)
{
	struct str text = behind(key, value);
	if (key->flags & SIDESTEP_CONFIG_PRIVATE)
		return "cannot stand in the repository's own configuration";
	if (key->users && is_one_of(key->users, text))
		return "cannot stand in the repository's own configuration, it is for the user to say";
	return (key->flags & SIDESTEP_CONFIG_INSIDE) && text.n ? place_refusal(c, text) : NULL;
}

void trust_claim(struct config *c, const struct sidestep_config_key *key, struct str value, struct span at, const char *why)
{
	*vec_add(&c->arena, &c->claims) = (struct config_claim) { key, value, at, why };
}

static struct str name_of(const struct sidestep_config_key *key, struct str value)
{
	return str_to(value, str_find_c(value, key->separator, 0));
}

/* The command line has another value in its place: then the claim has no effect. */
static bool is_overridden(const struct config *c, const struct config_claim *claim)
{
	for (size_t i = 0; i < c->ngiven; i++) {
		const struct sidestep_config_given *g = &c->given[i];
		bool by_name = claim->key->flags & SIDESTEP_CONFIG_BY_NAME;
		if (g->key == claim->key &&
		    (!by_name || str_eq(name_of(g->key, str_of(g->value)), name_of(claim->key, claim->value))))
			return true;
	}
	return false;
}

static bool user_says_the_same(const struct config *c, const struct config_claim *claim)
{
	for (size_t i = 0; i < c->items.n; i++) {
		const struct sidestep_config_item *item = &c->items.v[i];
		if (!item->repository && item->key == claim->key && str_is(claim->value, item->value))
			return true;
	}
	return false;
}

static void tell(struct config *c, const struct config_claim *claim)
{
	const struct sidestep_config_key *key = claim->key;
	const struct source *src = source_get(&c->sources, claim->at.file);
	struct str name = key ? str_of(key->name) : STR_EMPTY;
	struct diag *d;
	if (src->text.n == 0) { /* about the file itself */
		d = diag_add(&c->diags, RULE_CONFIG_TRUST, claim->at, "%.*s %s", STRF(src->path), claim->why);
	} else {
		bool whole = key->flags & SIDESTEP_CONFIG_PRIVATE;
		struct str value = whole ? STR_EMPTY : claim->value;
		d = diag_add(&c->diags, RULE_CONFIG_TRUST, claim->at, "%.*s%s%.*s%s %s", STRF(name), whole ? "" : " '",
		             STRF(value), whole ? "" : "'", claim->why);
	}
	if (!key)
		diag_help(&c->diags, d, "put a file in its place, or what it says into %s", config_users_file(c));
	else if (str_is(name, "secret") || str_is(name, "secret-file"))
		diag_help(&c->diags, d,
		          "give secrets on the command line, in a file named there with --secret-file, in a .secrets that git "
		          "does not "
		          "track, or in %s",
		          config_users_file(c));
	else
		diag_help(&c->diags, d, "say --%.*s on the command line, or %.*s in %s", STRF(name), STRF(name),
		          config_users_file(c));
}

void trust_judge(struct config *c)
{
	for (size_t i = 0; i < c->claims.n; i++) {
		const struct config_claim *claim = &c->claims.v[i], *last = i ? claim - 1 : NULL;
		bool again =
			last && last->key == claim->key && last->at.file == claim->at.file && last->at.from == claim->at.from;
		if (!again && !(claim->key && (is_overridden(c, claim) || user_says_the_same(c, claim))))
			tell(c, claim);
	}
}
