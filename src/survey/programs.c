/* Programs that steps need: a shell, a node. They are looked for where a step would find them before it runs; another step may
 * still bring them, so it is a remark. */
#include "node/programs.h"
#include "kinds/shell.h"
#include "survey/internal.h"

static bool is_found(struct survey *s, const char *name)
{
	char found[4096];
	struct str path = session_environ(&s->session, STR("PATH"));
	return s->o->host->ops->which(s->o->host, name, arena_cstr(&s->arena, path), found, sizeof(found)) != NULL;
}

static struct lack missing_shell(struct survey *s, struct str name)
{
	return (struct lack) {
		RULE_HERE_PROGRAM,
		arena_printf(&s->arena, "the shell '%.*s' is not on this machine: the step fails here", STRF(name)), STR_EMPTY
	};
}

struct lack survey_shell(struct survey *s, struct str value)
{
	struct lack none = { RULE_NONE, STR_EMPTY, STR_EMPTY };
	struct shell shell;
	struct err err = ERR_INIT;
	if (str_find(value, STR("${{"), 0) != SIZE_MAX)
		return none;
	if (!value.n)
		return is_found(s, "bash") || is_found(s, "sh") ? none : missing_shell(s, STR("bash"));
	if (shell_resolve(&shell, &s->arena, value, &err) < 0)
		return none; /* that is no matter of this machine */
	return is_found(s, arena_cstr(&s->arena, shell.command)) ? none : missing_shell(s, shell.command);
}

struct lack survey_node(struct survey *s)
{
	if (node_programs_any(&s->session))
		return (struct lack) { RULE_NONE, STR_EMPTY, STR_EMPTY };
	return (struct lack) {
		RULE_HERE_PROGRAM,
		STR("the action is written in JavaScript and there is no node on this machine: the step fails here"), STR_EMPTY
	};
}
