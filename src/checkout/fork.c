/* Forks and their pull requests: what the action refuses since v7 (and in the last v3 to v6) unless `allow-unsafe-pr-checkout` is
 * said, because workflows of these events run with the rights and secrets of the repository that the code is not from. */
#include "checkout/internal.h"

static struct val at(struct val v, const char *const *path)
{
	for (; *path && v.kind == VAL_OBJECT; path++)
		v = val_at(v, *path);
	return *path ? val_null() : v;
}
#define AT(v, ...) at((v), (const char *const[]) { __VA_ARGS__, NULL })

static void add_sha(struct arena *a, struct val list, struct val sha)
{
	if (sha.kind == VAL_STRING && sha.s.n)
		val_push(a, list, sha);
}

/* The head of the pull request as {name, shas}, when it is of another repository; null otherwise. */
static struct val head_of(struct arena *a, struct str event, struct val e)
{
	struct val id, name, shas = val_array(a), out = val_object(a), base = AT(e, "repository", "id");
	if (str_is(event, "pull_request_target")) {
		id = AT(e, "pull_request", "head", "repo", "id");
		name = AT(e, "pull_request", "head", "repo", "full_name");
		add_sha(a, shas, AT(e, "pull_request", "head", "sha"));
		add_sha(a, shas, AT(e, "pull_request", "merge_commit_sha"));
	} else {
		struct val by = AT(e, "workflow_run", "event");
		if (by.kind != VAL_STRING || !str_starts(by.s, STR("pull_request")))
			return val_null();
		id = AT(e, "workflow_run", "head_repository", "id");
		name = AT(e, "workflow_run", "head_repository", "full_name");
		add_sha(a, shas, AT(e, "workflow_run", "head_commit", "id"));
		if (!str_is(by.s, "pull_request_target")) /* there it is the commit of the base */
			add_sha(a, shas, AT(e, "workflow_run", "head_sha"));
	}
	if (base.kind != VAL_NUMBER || id.kind != VAL_NUMBER || id.num == base.num)
		return val_null();
	val_set(a, out, STR("name"), name.kind == VAL_STRING ? name : val_str(STR_EMPTY));
	val_set(a, out, STR("shas"), shas);
	return out;
}

struct val checkout_facts(struct arena *a, struct val github)
{
	struct val out = val_object(a), event = val_at(github, "event"), name = val_at(github, "event_name");
	struct val owner = AT(event, "repository", "owner", "id");
	if (owner.kind == VAL_NUMBER)
		val_set(a, out, STR("owner"), owner);
	if (name.kind != VAL_STRING || (!str_is(name.s, "pull_request_target") && !str_is(name.s, "workflow_run")))
		return out;
	struct val fork = head_of(a, name.s, event);
	if (fork.kind != VAL_OBJECT)
		return out;
	val_set(a, out, STR("fork"), fork);
	val_set(a, out, STR("event"), name);
	return out;
}

/* refs/pull/N/head, refs/pull/N/merge */
static bool is_pull(struct str ref)
{
	static const char *const ends[] = { "/head", "/merge" };
	if (!str_starts(ref, STR("refs/pull/")))
		return false;
	struct str rest = str_from(ref, strlen("refs/pull/"));
	size_t n = 0;
	while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
		n++;
	for (size_t i = 0; n > 0 && i < ARRAY_LEN(ends); i++)
		if (str_is(str_from(rest, n), ends[i]))
			return true;
	return false;
}

static bool is_among(struct val list, struct str sha)
{
	for (size_t i = 0; list.kind == VAL_ARRAY && i < list.a->n; i++)
		if (str_eq_nocase(list.a->v[i].s, sha))
			return true;
	return false;
}

int fork_refuse(const struct checkout *c, struct str slug, bool own, struct err *err)
{
	struct val fork = c->r.facts.kind == VAL_OBJECT ? val_at(c->r.facts, "fork") : val_null();
	if (fork.kind != VAL_OBJECT || c->in.unsafe || (own && !c->in.ref.n))
		return 0;
	struct str name = val_at(fork, "name").s, event = val_at(c->r.facts, "event").s;
	bool by_name = git_is_object_name(c->in.ref);
	if (!str_eq_nocase(slug, name) && !(!by_name && is_pull(c->in.ref)) &&
	    !(by_name && is_among(val_at(fork, "shas"), c->in.ref)))
		return 0;
	return err_set(err, ERR_INVALID,
	               "Refusing to check out fork pull request code from a '%.*s' workflow: it runs with the secrets and the "
	               "rights of the repository itself. The input 'allow-unsafe-pr-checkout: true' allows it",
	               STRF(event));
}
