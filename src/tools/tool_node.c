/* Node.js: the program is copied, since npm installs packages beside the file that runs (`npm install -g`), which must be the
 * job's and not the user's; npm itself and the headers are links. Without npm it is not what the action is asked for. */
#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "checkout/copy.h"
#include "node/programs.h"
#include "os/program.h"
#include "tools/installed.h"

enum { ANSWER_SECONDS = 30, SEARCH_SECONDS = 30 };

/* The folder of the npm that belongs to a node, also where a distribution keeps it elsewhere; empty: it has none. */
static struct str npm_of(struct search *q, struct str program)
{
	static const struct str cli = { "/bin/npm-cli.js", 15 };
	struct str real = search_real(q, program), prefix = path_dir(path_dir(real));
	struct str own = path_join(q->a, prefix, STR("lib/node_modules/npm"));
	if (access(path_join(q->a, own, STR("bin/npm-cli.js")).p, R_OK) == 0)
		return own;
	struct str beside = search_real(q, path_join(q->a, path_dir(program), STR("npm")));
	return str_ends(beside, cli) ? arena_str(q->a, str_to(beside, beside.n - cli.n)) : STR_EMPTY;
}

static void see_node(struct search *q, const struct node_program *program, bool with_npm)
{
	const struct node_version *v = &program->version;
	struct installed tool = { .version = { { v->major, v->minor, v->patch } },
		                  .folder = STR("node"),
		                  .name = STR("Node.js") };
	tool.number = arena_printf(q->a, "%u.%u.%u", v->major, v->minor, v->patch);
	tool.program = arena_str(q->a, program->path);
	if (!v->prerelease && search_wants(q, &tool.version) && (npm_of(q, tool.program).n > 0) == with_npm)
		search_add(q, &tool);
}

/* node/programs.h asks the programs side by side and wants a session to do so. */
static void find_node(struct search *q)
{
	struct session s = { .host = q->host, .opt = { .environ = q->environ } };
	const struct node_program *const *all;
	size_t n;
	uint64_t until = q->host->ops->now(q->host) + SEARCH_SECONDS * SECOND;
	while (!node_programs_all(&s, &all, &n) && q->host->ops->now(q->host) < until) {
		if (q->host->ops->wait(q->host, MIN(node_programs_deadline(&s), until), NULL) < 0)
			break;
		node_programs_due(&s);
	}
	for (size_t i = 0; i < n; i++)
		see_node(q, all[i], true);
	for (size_t i = 0; i < n; i++) /* to say why they do not count */
		see_node(q, all[i], false);
	node_programs_free(&s);
}

static int add_link(struct search *q, const char *into, const char *name, const char *target, struct err *err)
{
	struct str path = arena_printf(q->a, "%s/%s", into, name);
	return symlink(target, path.p) < 0 ? err_errno(err, "%s", path.p) : 0;
}

static int link_npm(struct search *q, const char *into, struct str npm, struct err *err)
{
	struct str corepack = path_join(q->a, path_dir(npm), STR("corepack"));
	if (add_link(q, into, "lib/node_modules/npm", npm.p, err) < 0 ||
	    add_link(q, into, "bin/npm", "../lib/node_modules/npm/bin/npm-cli.js", err) < 0 ||
	    add_link(q, into, "bin/npx", "../lib/node_modules/npm/bin/npx-cli.js", err) < 0)
		return -1;
	if (!file_is_dir(corepack.p))
		return 0;
	return add_link(q, into, "lib/node_modules/corepack", corepack.p, err) < 0 ||
	                       add_link(q, into, "bin/corepack", "../lib/node_modules/corepack/dist/corepack.js", err) < 0
	               ? -1
	               : 0;
}

/* Some need files beside them, and what stands on PATH may be something that chooses another one. */
static int check_copy(struct search *q, const struct installed *tool, const char *program, struct err *err)
{
	const char *const argv[] = { program, "--version", NULL };
	const struct program_call call = { .args = argv, .env = q->environ, .host = q->host, .seconds = ANSWER_SECONDS };
	struct str said;
	if (program_ask(&said, q->a, &call, err) < 0)
		return -1;
	if (!str_eq(said, arena_printf(q->a, "v%.*s", STRF(tool->number))))
		return err_set(err, ERR_INVALID, "a copy of it says that it is %.*s", (int)MIN(said.n, 40), said.p);
	return 0;
}

static int lay_out_node(struct search *q, const struct installed *tool, const char *into, const char *later, struct err *err)
{
	struct str npm = npm_of(q, tool->program), real = search_real(q, tool->program);
	const char *bin = arena_printf(q->a, "%s/bin", into).p, *program = arena_printf(q->a, "%s/node", bin).p;
	const char *modules = arena_printf(q->a, "%s/lib/node_modules", into).p;
	struct str headers = path_join(q->a, path_dir(path_dir(real)), STR("include/node"));
	(void)later;
	if (!npm.n)
		return err_set(err, ERR_MISSING, "there is no npm that belongs to it");
	if (file_mkdirs(bin, 0700, err) < 0 || file_mkdirs(modules, 0700, err) < 0 || copy_file(real.p, program, err) < 0)
		return -1;
	if (chmod(program, 0755) < 0)
		return err_errno(err, "%s", program);
	if (file_is_dir(headers.p)) {
		const char *include = arena_printf(q->a, "%s/include", into).p;
		if (file_mkdirs(include, 0700, err) < 0 || add_link(q, include, "node", headers.p, err) < 0)
			return -1;
	}
	return link_npm(q, into, npm, err) < 0 ? -1 : check_copy(q, tool, program, err);
}

const struct tool_ops tool_node = { find_node, lay_out_node };
