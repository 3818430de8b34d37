/* The environment of a process, layer over layer. */
#include <criterion/criterion.h>

#include "context/procenv.h"

static struct arena arena;
static struct procenv p;
static char **envp;

static const char *var(const char *name)
{
	size_t n = strlen(name);
	for (char **e = envp; *e; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}

static void begin(char **inherited)
{
	p = (struct procenv) { .a = &arena };
	procenv_inherited(&p, inherited);
}

static void empty(void)
{
	arena_done(&arena);
}

TestSuite(procenv, .fini = empty);

Test(procenv, later_layers_win_and_foreign_ones_are_left_out)
{
	char path[] = "PATH=/bin", a[] = "A=1", github[] = "GITHUB_TOKEN=x", input[] = "INPUT_X=y", state[] = "STATE_z=1",
	     odd[] = "odd";
	char *inherited[] = { path, a, github, input, state, odd, NULL };
	struct val env = val_object_case_sensitive(&arena);
	val_set_str(&arena, env, "A", STR("2"));
	val_set_str(&arena, env, "a", STR("3"));
	val_set_str(&arena, env, "", STR("nobody could have it"));
	val_set_str(&arena, env, "x=y", STR("nor this"));
	begin(inherited);
	procenv_object(&p, env);
	procenv_set(&p, "GITHUB_ENV", STR("/file"));
	envp = procenv_finish(&p);
	cr_assert_str_eq(var("A"), "2");
	cr_assert_str_eq(var("a"), "3");
	cr_assert_str_eq(var("GITHUB_ENV"), "/file");
	cr_assert_null(var("GITHUB_TOKEN"));
	cr_assert_null(var("INPUT_X"));
	cr_assert_null(var("STATE_z"));
	cr_assert_null(var("x"));
	cr_assert_str_eq(var("CI"), "true");
}

Test(procenv, ci_is_said_unless_somebody_else_does)
{
	char ci[] = "CI=false";
	char *inherited[] = { ci, NULL };
	begin(inherited);
	envp = procenv_finish(&p);
	cr_assert_str_eq(var("CI"), "false");
}

Test(procenv, the_newest_directory_is_the_first_of_path)
{
	char path[] = "PATH=/bin";
	char *inherited[] = { path, NULL };
	struct str dirs[] = { STR("/old"), STR("/new") };
	begin(inherited);
	procenv_path(&p, dirs, 2);
	procenv_path(&p, dirs, 2); /* what is in front already is not put there again */
	envp = procenv_finish(&p);
	cr_assert_str_eq(var("PATH"), "/new:/old:/bin");
	begin((char *[]) { NULL });
	procenv_path(&p, dirs, 1);
	envp = procenv_finish(&p);
	cr_assert_str_eq(var("PATH"), "/old");
}

Test(procenv, contexts_become_variables)
{
	struct val github = val_object(&arena), runner = val_object(&arena);
	val_set_str(&arena, github, "ref_name", STR("main"));
	val_set(&arena, github, STR("ref_protected"), val_bool(true));
	val_set_str(&arena, github, "token", STR("secret"));
	val_set_str(&arena, runner, "tool_cache", STR("/tools"));
	begin((char *[]) { NULL });
	procenv_github(&p, github);
	procenv_prefixed(&p, "RUNNER_", runner);
	envp = procenv_finish(&p);
	cr_assert_str_eq(var("GITHUB_REF_NAME"), "main");
	cr_assert_str_eq(var("GITHUB_REF_PROTECTED"), "true");
	cr_assert_null(var("GITHUB_TOKEN"));
	cr_assert_str_eq(var("RUNNER_TOOL_CACHE"), "/tools");
}
