/* Which Node an action runs with; see runtime.h. */
#include "node/runtime.h"

#include "base/environ.h"

#define FORCE_24 "FORCE_JAVASCRIPT_ACTIONS_TO_NODE24"
#define ALLOW_20 "ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION"

const char node_runtime_moved[] = "Node 20 is being deprecated. This workflow is running with Node 24 by default. If you need to "
				  "temporarily use Node 20, you "
				  "can set the " ALLOW_20 "=true environment variable.";

/* One of the two switches, and where it was found. */
struct choice {
	bool on, from_workflow, from_runner;
};

static bool is_yes(struct str value)
{
	value = str_trim(value);
	return str_is(value, "1") || str_is_nocase(value, "true") || str_is_nocase(value, "$true");
}

static struct choice find_choice(struct arena *a, const char *name, struct val env, char *const *inherited)
{
	struct val v;
	struct str own = environ_value(inherited, str_of(name));
	struct choice c = { .on = is_yes(own), .from_runner = own.n > 0 };
	if (env.kind == VAL_OBJECT && val_get(env, str_of(name), &v)) {
		c.from_workflow = true;
		c.on = is_yes(val_to_str(a, v));
	}
	return c;
}

struct node_runtime node_runtime_of(struct arena *a, struct str using, struct val env, char *const *inherited)
{
	struct node_runtime r = { .major = 24, .warning = STR_EMPTY };
	if (str_is(using, "node24"))
		return r;
	struct choice force = find_choice(a, FORCE_24, env, inherited), allow = find_choice(a, ALLOW_20, env, inherited);
	bool workflow = force.from_workflow && allow.from_workflow, runner = force.from_runner && allow.from_runner;
	if (force.on && allow.on && (workflow || runner))
		r.warning = arena_printf(a,
		                         "Both " FORCE_24 " and " ALLOW_20 " environment variables are set to true in the %s "
		                         "environment. This is likely a configuration error. Using node24 by default.",
		                         workflow ? "workflow" : "system");
	else if (allow.on)
		r.major = 20;
	r.moved = r.major == 24;
	return r;
}
