/* Looking for node; see programs.h. */
#include "node/programs.h"

#include <sys/utsname.h>

#include "base/path.h"
#include "base/vec.h"
#include "node/shelves.h"

#define ANSWER_TIME (10 * SECOND)

enum { SAID_MAX = 64 };

enum standing { NOT_ASKED, ASKED, KNOWN, SILENT };

struct candidate {
	struct node_program program;
	bool on_path;
	enum standing standing;
	struct session *session;
	struct proc *proc;
	uint64_t give_up_at;
	char said[SAID_MAX];
	size_t nsaid;
	bool exited, ended;
};

struct node_programs {
	struct arena arena;
	struct {
		VEC(struct candidate *);
	} all; /* of PATH first, then of the folders */
};

/* ---- versions ---- */

static bool read_number(struct str *rest, unsigned *out)
{
	size_t n = 0;
	*out = 0;
	while (n < rest->n && n < 6 && rest->p[n] >= '0' && rest->p[n] <= '9')
		*out = *out * 10 + (unsigned)(rest->p[n++] - '0');
	*rest = str_from(*rest, n);
	return n > 0;
}

static bool skip_char(struct str *rest, char c)
{
	if (rest->n == 0 || rest->p[0] != c)
		return false;
	*rest = str_from(*rest, 1);
	return true;
}

bool node_version_read(struct node_version *out, struct str text)
{
	struct str rest = text;
	skip_char(&rest, 'v');
	bool ok = read_number(&rest, &out->major) && skip_char(&rest, '.') && read_number(&rest, &out->minor) &&
	          skip_char(&rest, '.') && read_number(&rest, &out->patch);
	out->prerelease = rest.n > 0 && rest.p[0] == '-';
	return ok && (rest.n == 0 || rest.p[0] == '-' || rest.p[0] == '+');
}

static bool is_newer(const struct node_version *a, const struct node_version *b)
{
	if (a->major != b->major)
		return a->major > b->major;
	return a->minor != b->minor ? a->minor > b->minor : a->patch > b->patch;
}

/* ---- asking ---- */

static void take_answer(struct candidate *c)
{
	struct host *h = c->session->host;
	if (!c->exited || !c->ended)
		return;
	bool ok = node_version_read(&c->program.version, str_trim(str_n(c->said, c->nsaid)));
	c->standing = ok ? KNOWN : SILENT;
	h->ops->release(h, c->proc);
	c->proc = NULL;
	c->session->changed = true;
}

static void node_says(void *cookie, enum host_stream stream, struct str bytes)
{
	struct candidate *c = cookie;
	size_t n = MIN(bytes.n, SAID_MAX - c->nsaid);
	if (stream != HOST_STDOUT)
		return;
	memcpy(c->said + c->nsaid, bytes.p, n);
	c->nsaid += n;
}

static void node_eof(void *cookie)
{
	struct candidate *c = cookie;
	c->ended = true;
	take_answer(c);
}

static void node_exit(void *cookie, const struct proc_status *st)
{
	struct candidate *c = cookie;
	(void)st; /* what it says is looked at */
	c->exited = true;
	take_answer(c);
}

static void ask_version(struct candidate *c)
{
	static const struct proc_events events = { node_says, node_eof, node_exit };
	struct host *h = c->session->host;
	char *path = (char *)(uintptr_t)c->program.path.p;
	char *argv[] = { path, (char *)"--version", NULL };
	struct spawn_spec spec = { .path = path,
		                   .argv = argv,
		                   .envp = c->session->opt.environ,
		                   .cwd = "/",
		                   .label = "node --version",
		                   .on = &events,
		                   .cookie = c };
	struct err err = ERR_INIT;
	c->standing = ASKED;
	c->give_up_at = session_now(c->session) + ANSWER_TIME;
	if (h->ops->spawn(h, &spec, &c->proc, &err) == 0)
		return;
	c->proc = NULL;
	c->standing = SILENT; /* no program for this machine */
}

static void stop_asking(struct candidate *c)
{
	struct host *h = c->session->host;
	if (!c->proc)
		return;
	if (!c->exited)
		h->ops->signal(h, c->proc, 9);
	h->ops->detach(h, c->proc);
	h->ops->release(h, c->proc);
	c->proc = NULL;
	c->standing = SILENT;
}

/* ---- where they are ---- */

static struct candidate *add_candidate(struct session *s, struct str path)
{
	struct node_programs *n = s->nodes;
	for (size_t i = 0; i < n->all.n; i++)
		if (str_eq(n->all.v[i]->program.path, path))
			return NULL;
	struct candidate *c = arena_make(&n->arena, struct candidate);
	c->session = s;
	c->program.path = arena_str(&n->arena, path);
	*vec_add(&n->arena, &n->all) = c;
	return c;
}

static void look_along_path(struct session *s)
{
	struct host *h = s->host;
	struct str rest = session_environ(s, STR("PATH"));
	struct arena scratch = { 0 };
	char found[4096];
	while (rest.n) {
		size_t end = MIN(str_find_c(rest, ':', 0), rest.n);
		struct str dir = str_to(rest, end);
		rest = str_from(rest, end + 1);
		if (!str_starts(dir, STR("/")) ||
		    shelf_holds_shims(&scratch, s->opt.environ, dir)) /* a relative one is the repository's */
			continue;
		bool is_there = h->ops->which(h, "node", arena_cstr(&scratch, dir), found, sizeof(found)) != NULL;
		struct candidate *c = is_there ? add_candidate(s, str_of(found)) : NULL;
		if (c)
			c->on_path = true;
	}
	arena_done(&scratch);
}

static const struct shelf shelves[] = {
	{ "NVM_DIR", NULL, ".nvm", "versions/node", "", "bin/node" },
	{ "XDG_CONFIG_HOME", "nvm", NULL, "versions/node", "", "bin/node" },
	{ "FNM_DIR", NULL, ".local/share/fnm", "node-versions", "", "installation/bin/node" },
	{ "XDG_DATA_HOME", "fnm", ".fnm", "node-versions", "", "installation/bin/node" },
	{ "VOLTA_HOME", NULL, ".volta", "tools/image/node", "", "bin/node" },
	{ "ASDF_DATA_DIR", NULL, ".asdf", "installs/nodejs", "", "bin/node" },
	{ "MISE_DATA_DIR", NULL, ".local/share/mise", "installs/node", "", "bin/node" },
	{ "XDG_DATA_HOME", "mise", NULL, "installs/node", "", "bin/node" },
};

/* A folder of versions that is being read. */
struct reading {
	struct session *session;
	struct str dir;
	const char *program; /* below a version's folder */
	const char *marker;  /* a file that says it is complete, or NULL */
};

static void see_version(void *cookie, const char *name)
{
	const struct reading *r = cookie;
	struct host *h = r->session->host;
	struct arena scratch = { 0 };
	struct node_version version;
	char found[4096];
	struct str dir = path_join(&scratch, r->dir, str_of(name));
	struct str path = path_join(&scratch, dir, str_of(r->program));
	struct candidate *c = NULL;
	if (node_version_read(&version, str_of(name)) && h->ops->which(h, path.p, "", found, sizeof(found)) &&
	    (!r->marker || h->ops->which(h, path_join(&scratch, dir, str_of(r->marker)).p, "", found, sizeof(found))))
		c = add_candidate(r->session, path);
	if (c) {
		c->standing = KNOWN;
		c->program.version = version;
	}
	arena_done(&scratch);
}

static void look_into_shelves(struct session *s)
{
	struct host *h = s->host;
	struct arena scratch = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(shelves); i++) {
		struct reading r = { s, shelf_folder(&scratch, s->opt.environ, &shelves[i]), shelves[i].inside, NULL };
		if (r.dir.n)
			h->ops->list_dir(h, r.dir.p, see_version, &r);
	}
	arena_done(&scratch);
}

/* <tool cache>/node/<version>/<architecture>, with <architecture>.complete beside it. */
static void look_into_tool_cache(struct session *s)
{
	struct host *h = s->host;
	struct arena scratch = { 0 };
	struct utsname u = { 0 };
	uname(&u);
	const char *arch = strcmp(u.machine, "x86_64") == 0    ? "x64"
	                   : strcmp(u.machine, "aarch64") == 0 ? "arm64"
	                   : strcmp(u.machine, "armv7l") == 0  ? "arm"
	                                                       : u.machine;
	struct str program = arena_printf(&scratch, "%s/bin/node", arch), marker = arena_printf(&scratch, "%s.complete", arch);
	struct reading r = { s, path_join(&scratch, s->opt.tool_cache, STR("node")), program.p, marker.p };
	if (s->opt.tool_cache.n)
		h->ops->list_dir(h, r.dir.p, see_version, &r);
	arena_done(&scratch);
}

static void begin_search(struct session *s)
{
	if (s->nodes)
		return;
	s->nodes = xcalloc(1, sizeof(*s->nodes));
	look_along_path(s);
	look_into_tool_cache(s);
	look_into_shelves(s);
}

/* ---- choosing ---- */

/* Which of two stands in better where neither is of the version. */
static bool is_nearer(const struct candidate *a, const struct candidate *b, unsigned major)
{
	unsigned x = a->program.version.major, y = b->program.version.major;
	if ((x > major) != (y > major))
		return x > major;
	if (x != y)
		return (x > y) == (x < major);
	return is_newer(&a->program.version, &b->program.version);
}

static bool is_pending(struct candidate *c)
{
	if (c->standing == NOT_ASKED)
		ask_version(c);
	return c->standing == ASKED;
}

enum node_found node_programs_find(struct session *s, unsigned major, struct node_program **out)
{
	struct candidate *exact = NULL, *near = NULL;
	begin_search(s);
	for (size_t i = 0; i < s->nodes->all.n; i++) {
		struct candidate *c = s->nodes->all.v[i];
		if (is_pending(c))
			return NODE_PENDING;
		if (c->standing != KNOWN)
			continue;
		bool is_exact = c->program.version.major == major;
		if (is_exact && c->on_path) { /* the user's own choice */
			*out = &c->program;
			return NODE_FOUND;
		}
		if (is_exact && (!exact || is_newer(&c->program.version, &exact->program.version)))
			exact = c;
		if (!near || is_nearer(c, near, major))
			near = c;
	}
	if (!near)
		return NODE_NONE;
	*out = exact ? &exact->program : &near->program;
	return NODE_FOUND;
}

bool node_programs_all(struct session *s, const struct node_program *const **out, size_t *n)
{
	bool pending = false;
	begin_search(s);
	const struct node_program **list = arena_array(&s->nodes->arena, const struct node_program *, s->nodes->all.n + 1);
	*n = 0;
	for (size_t i = 0; i < s->nodes->all.n; i++) {
		struct candidate *c = s->nodes->all.v[i];
		if (is_pending(c))
			pending = true;
		else if (c->standing == KNOWN)
			list[(*n)++] = &c->program;
	}
	*out = list;
	return !pending;
}

void node_programs_expect(struct session *s)
{
	begin_search(s);
	if (s->nodes->all.n)
		is_pending(s->nodes->all.v[0]);
}

/* ---- time ---- */

uint64_t node_programs_deadline(const struct session *s)
{
	uint64_t next = NEVER;
	for (size_t i = 0; s->nodes && i < s->nodes->all.n; i++)
		if (s->nodes->all.v[i]->standing == ASKED)
			next = MIN(next, s->nodes->all.v[i]->give_up_at);
	return next;
}

void node_programs_due(struct session *s)
{
	uint64_t now = session_now(s);
	for (size_t i = 0; s->nodes && i < s->nodes->all.n; i++) {
		struct candidate *c = s->nodes->all.v[i];
		if (c->standing == ASKED && c->give_up_at <= now)
			stop_asking(c);
	}
	s->changed = true;
}

void node_programs_free(struct session *s)
{
	for (size_t i = 0; s->nodes && i < s->nodes->all.n; i++)
		stop_asking(s->nodes->all.v[i]);
	if (s->nodes)
		arena_done(&s->nodes->arena);
	free(s->nodes);
	s->nodes = NULL;
}

bool node_programs_any(struct session *s)
{
	begin_search(s);
	for (size_t i = 0; i < s->nodes->all.n; i++)
		if (s->nodes->all.v[i]->standing != SILENT)
			return true;
	return false;
}
