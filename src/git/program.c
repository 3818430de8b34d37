/* The questions about objects, asked of the git program. */
#include "git/program.h"

#include "base/buf.h"
#include "git/run.h"

/* NAMES_ONCE: object names among the arguments of one call. */
enum { NAMES_ONCE = 400, FACTS = 10, FACTS_SECONDS = 30 };

struct program {
	struct host *host;
	struct git_run *run;
	int exit_code;
};

/* --- running it --- */

void program_stop(struct program *p)
{
	if (!p)
		return;
	git_run_free(p->run);
	if (p->host)
		p->host->ops->free(p->host);
	free(p);
}

static void take_exit_code(void *cookie, struct git_run *g)
{
	((struct program *)cookie)->exit_code = git_run_exit_code(g);
}

/* cut: history ends where that of a shallow clone does; else commits have the parents that are written in them. */
static int start(struct program **out, const struct object_places *at, bool cut, const char *const *args, struct err *err)
{
	static const char *const whole[] = { "GIT_SHALLOW_FILE=", NULL };
	static const char *const fast[] = { "core.commitGraph", "true", NULL };
	struct program *p = xcalloc(1, sizeof(*p));
	struct git_call call = { .trust = GIT_FOREIGN,
		                 .repo = at->repo,
		                 .args = args,
		                 .dir = "/",
		                 .env = cut ? NULL : whole,
		                 .config = fast,
		                 .seconds = cut ? 0 : FACTS_SECONDS,
		                 .over = take_exit_code,
		                 .cookie = p };
	p->host = host_real_new(&(struct host_options) { .flags = HOST_NO_CGROUP }, err);
	p->run = p->host ? git_run_start(p->host, &call, err) : NULL;
	if (p->run) {
		*out = p;
		return 0;
	}
	program_stop(p);
	if (err && err->kind == ERR_MISSING)
		err->kind = ERR_UNSUPPORTED; /* git itself is what is missing */
	return -1;
}

/* How git says that an object is not there. */
static bool lacks_object(struct str words)
{
	static const char *const signs[] = { "bad object",
		                             "bad revision",
		                             "Could not read",
		                             "could not get object info",
		                             "unable to read tree",
		                             "Not a valid object name",
		                             "Not a valid commit name",
		                             "missing" };
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (str_find(words, str_of(signs[i]), 0) != SIZE_MAX)
			return true;
	return false;
}

/* Waits for its end and appends what it printed to out; an exit code of at most `fine` is no error. Frees p. */
static int finish(struct program *p, struct buf *out, int fine, struct err *err)
{
	struct err why = ERR_INIT;
	int rc = git_run_wait(p->run, out, &why);
	bool good = rc == 0 || (p->exit_code > 0 && p->exit_code <= fine), ran = p->exit_code >= 0;
	p->run = NULL;
	program_stop(p);
	if (good)
		return 0;
	err_set(err, !ran ? ERR_SYSTEM : lacks_object(str_of(why.text)) ? ERR_MISSING : ERR_INVALID, "%s", why.text);
	if (err)
		err->errnum = why.errnum;
	return -1;
}

static int run(struct buf *out, const struct object_places *at, bool cut, const char *const *args, int fine, struct err *err)
{
	struct program *p;
	return start(&p, at, cut, args, err) < 0 ? -1 : finish(p, out, fine, err);
}

/* An arena's copy of a name, as an argument. */
static const char *arg(struct arena *a, const char *before, struct str name)
{
	return arena_printf(a, "%s%.*s", before, STRF(name)).p;
}

/* --- what commits say --- */

/* Each field of a commit ends in a NUL; a commit in front of it is named on a line of its own. */
static const char facts_format[] = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%cn%x00%ce%x00%cd%x00%B%x00";

static int start_facts(struct program **out, const struct object_places *at, struct arena *a, const struct str *names, size_t n,
                       struct err *err)
{
	const char **args = arena_array(a, const char *, n + 5);
	size_t k = 0;
	args[k++] = "rev-list";
	args[k++] = "--no-walk=unsorted";
	args[k++] = "--date=raw";
	args[k++] = facts_format;
	for (size_t i = 0; i < n; i++)
		args[k++] = arg(a, "", names[i]);
	return start(out, at, false, args, err);
}

static bool next_field(struct str *rest, struct str *field)
{
	size_t end = str_find_c(*rest, '\0', 0);
	if (end == SIZE_MAX)
		return false;
	*field = str_to(*rest, end);
	*rest = str_from(*rest, end + 1);
	return true;
}

/* "1700000000 +0100" */
static void take_time(struct commit_facts *c, struct str text)
{
	long long when = 0;
	int hhmm = 0;
	char copy[64];
	snprintf(copy, sizeof(copy), "%.*s", (int)MIN(text.n, sizeof(copy) - 1), text.p);
	if (sscanf(copy, "%18lld %5d", &when, &hhmm) >= 1) {
		c->seconds = when;
		c->zone = hhmm / 100 * 60 + hhmm % 100;
	}
}

static void take_parents(struct arena *a, struct commit_facts *c, struct str text)
{
	while (text.n) {
		size_t end = MIN(str_find_c(text, ' ', 0), text.n);
		*vec_add(a, &c->parents) = str_to(text, end);
		text = str_from(text, end + 1);
	}
}

/* False when there is none left. */
static bool take_facts(struct arena *a, struct commit_facts *c, struct str *rest)
{
	struct str f[FACTS - 1], line;
	if (!str_next_line(rest, &line)) /* "commit <name>" */
		return false;
	for (size_t i = 0; i < ARRAY_LEN(f); i++)
		if (!next_field(rest, &f[i]))
			return false;
	if (rest->n && rest->p[0] == '\n')
		*rest = str_from(*rest, 1);
	*c = (struct commit_facts) { .id = f[0],
		                     .tree = f[1],
		                     .author_name = f[3],
		                     .author_email = f[4],
		                     .committer_name = f[5],
		                     .committer_email = f[6],
		                     .message = f[8] };
	take_parents(a, c, f[2]);
	take_time(c, f[7]);
	return true;
}

static int finish_facts(struct arena *a, struct commit_facts *out, size_t n, size_t *got, struct program *p, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (finish(p, &text, 0, err) < 0)
		return -1;
	struct str rest = arena_str(a, buf_str(&text));
	for (*got = 0; *got < n && take_facts(a, &out[*got], &rest); ++*got)
		;
	return 0;
}

int program_facts_start(struct program **out, const struct object_places *at, struct str name, struct err *err)
{
	struct arena a = { 0 };
	int rc = start_facts(out, at, &a, &name, 1, err);
	arena_done(&a);
	return rc;
}

int program_facts_finish(struct arena *a, struct commit_facts *out, struct program *p, struct err *err)
{
	size_t got;
	if (finish_facts(a, out, 1, &got, p, err) < 0)
		return -1;
	return got ? 0 : err_set(err, ERR_INVALID, "the object is no commit");
}

/* Objects that are no commits are passed over in silence, and so are those that were said already. */
static int facts(struct arena *a, struct commit_facts *out, const struct object_places *at, const struct str *names, size_t n,
                 struct err *err)
{
	for (size_t i = 0, got; i < n; i += NAMES_ONCE) {
		size_t some = MIN(n - i, (size_t)NAMES_ONCE);
		struct program *p;
		if (start_facts(&p, at, a, names + i, some, err) < 0 || finish_facts(a, out + i, some, &got, p, err) < 0)
			return -1;
		if (got == some)
			continue;
		if (some == 1)
			return err_set(err, ERR_INVALID, "object %.*s is no commit", STRF(names[i]));
		for (size_t k = i; k < i + some; k++)
			if (facts(a, &out[k], at, &names[k], 1, err) < 0)
				return -1;
	}
	return 0;
}

/* Whether one of these leads to the commit. */
static int leads_to(bool *yes, const struct object_places *at, const struct str *tags, size_t n, struct str commit,
                    struct err *err)
{
	struct arena a = { 0 };
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char **args = arena_array(&a, const char *, n + 4);
	size_t k = 0;
	args[k++] = "rev-list";
	args[k++] = "--no-walk";
	args[k++] = "--ignore-missing";
	for (size_t i = 0; i < n; i++)
		args[k++] = arg(&a, "", tags[i]);
	int rc = run(&text, at, false, args, 0, err);
	*yes = rc == 0 && str_find(buf_str(&text), commit, 0) != SIZE_MAX;
	arena_done(&a);
	return rc;
}

/* Many at once, then halves of those, since commits do not say which tag led to them. */
static int find_tag(size_t *found, const struct object_places *at, const struct str *tags, size_t n, struct str commit,
                    struct err *err)
{
	*found = n;
	for (size_t i = 0; i < n; i += NAMES_ONCE) {
		size_t first = i, some = MIN(n - i, (size_t)NAMES_ONCE);
		bool yes;
		if (leads_to(&yes, at, tags + first, some, commit, err) < 0)
			return -1;
		if (!yes)
			continue;
		while (some > 1) {
			if (leads_to(&yes, at, tags + first, some / 2, commit, err) < 0)
				return -1;
			first += yes ? 0 : some / 2;
			some = yes ? some / 2 : some - some / 2;
		}
		*found = first;
		return 0;
	}
	return 0;
}

/* --- lists --- */

/* Cuts at the separator, up to one more than most. */
static void take_list(struct arena *a, struct names *out, struct str text, char separator, size_t most)
{
	struct str rest = arena_str(a, text);
	while (rest.n && out->n <= most) {
		size_t end = MIN(str_find_c(rest, separator, 0), rest.n);
		*vec_add(a, out) = str_to(rest, end);
		rest = str_from(rest, end + 1);
	}
}

static int ask_list(struct arena *a, struct names *out, const struct object_places *at, const char *const *args, int fine,
                    char separator, size_t most, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (run(&text, at, true, args, fine, err) < 0)
		return -1;
	take_list(a, out, buf_str(&text), separator, most);
	return 0;
}

/* A name that must be a commit's, or lead to one. */
static const char *commit(struct arena *a, const char *before, struct str name)
{
	return arena_printf(a, "%s%.*s^{commit}", before, STRF(name)).p;
}

/* Exit code 1 says that there is none. */
static int merge_base(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to,
                      size_t most, struct err *err)
{
	const char *const args[] = { "merge-base", commit(a, "", from), commit(a, "", to), NULL };
	return ask_list(a, out, at, args, 1, '\n', most, err);
}

static int between(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to,
                   size_t most, struct err *err)
{
	const char *const args[] = { "rev-list",           arena_printf(a, "--max-count=%zu", most + 1).p,
		                     commit(a, "", to),    from.n ? commit(a, "^", from) : "--",
		                     from.n ? "--" : NULL, NULL };
	return ask_list(a, out, at, args, 0, '\n', most, err);
}

static int changed(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to,
                   size_t most, struct err *err)
{
	const char *const all[] = { "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit(a, "", to), NULL };
	const char *const some[] = { "diff-tree",       "-r", "-z", "--name-only", "--no-renames", commit(a, "", from),
		                     commit(a, "", to), "--", NULL };
	return ask_list(a, out, at, from.n ? some : all, 0, '\0', most, err);
}

const struct object_reader program_reader = {
	.facts = facts, .find_tag = find_tag, .merge_base = merge_base, .between = between, .changed = changed
};
