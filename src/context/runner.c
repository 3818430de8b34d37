/* The runner context, from the kernel's name of the machine and the options. */
#include "context/runner.h"

#include <sys/utsname.h>

#include "base/path.h"

static const char *machine_arch(const struct utsname *u)
{
	static const char *const names[][2] = { { "x86_64", "X64" }, { "aarch64", "ARM64" }, { "arm64", "ARM64" },
		                                { "i686", "X86" },   { "i386", "X86" },      { "armv7l", "ARM" } };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(u->machine, names[i][0]) == 0)
			return names[i][1];
	return u->machine;
}

struct val runner_context(struct arena *a, const struct exec_options *opt, struct str temp, struct str workspace)
{
	struct utsname u = { .nodename = "localhost" };
	uname(&u);
	struct val out = val_object(a);
	val_set_str(a, out, "name", arena_str(a, str_of(u.nodename)));
	val_set_str(a, out, "os", STR("Linux"));
	val_set_str(a, out, "arch", arena_str(a, str_of(machine_arch(&u))));
	val_set_str(a, out, "temp", temp);
	val_set_str(a, out, "tool_cache", opt->tool_cache);
	val_set_str(a, out, "environment", STR("self-hosted"));
	if (opt->step_debug)
		val_set_str(a, out, "debug", STR("1"));
	val_set_str(a, out, "workspace", path_dir(workspace));
	return out;
}
