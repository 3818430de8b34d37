/* The table of act's options; see <sidestep/act.h>. What an option of the same name does here is said by that option's own row in
 * the program; notes tell in one line what is different. Source: nektos/act v0.2.87,
 * cmd/root.go; act 0.2.89 prints the same list (--list-options). */
#include <sidestep/act.h>

#include "base/macros.h"

#define SAME(option)    .how = SIDESTEP_ACT_OPTION, .key = option
#define COMMAND(words)  .how = SIDESTEP_ACT_COMMAND, .key = words
#define NOTHING(reason) .how = SIDESTEP_ACT_NOTHING, .note = reason
#define NO_CONTAINER    NOTHING("jobs run on this machine, not in a container")

static const struct sidestep_act_option options[] = {
	{ "action-cache-path", 0, "PATH", NOTHING("actions are stored below --cache-dir, workspaces elsewhere") },
	{ "action-offline-mode", 0, NULL, SAME("offline"), .note = "what is not stored is not fetched either" },
	{ "actor", 'a', "NAME", SAME("actor"), .note = "who acts is otherwise the user that git knows" },
	{ "artifact-server-addr", 0, "ADDRESS", NOTHING("artifacts are served on the loopback interface") },
	{ "artifact-server-path", 0, "DIR", SAME("artifact-dir"),
	  .note = "artifacts are always served; each run has a folder of its own below DIR" },
	{ "artifact-server-port", 0, "PORT", NOTHING("artifacts are served on a free port") },
	{ "bind", 'b', NULL, SAME("in-place") },
	{ "bug-report", 0, NULL, COMMAND("--version"), .note = "the version, and the commit it was built from" },
	{ "cache-server-addr", 0, "ADDRESS", NOTHING("caches are served on the loopback interface") },
	{ "cache-server-external-url", 0, "URL", NOTHING("caches are served on the loopback interface") },
	{ "cache-server-path", 0, "PATH", NOTHING("caches are stored below --cache-dir") },
	{ "cache-server-port", 0, "PORT", NOTHING("caches are served on a free port") },
	{ "concurrent-jobs", 0, "N", SIDESTEP_ACT_COUNT, "max-parallel", NULL, NULL },
	{ "container-architecture", 0, "ARCH", NO_CONTAINER },
	{ "container-cap-add", 0, "CAP", NO_CONTAINER },
	{ "container-cap-drop", 0, "CAP", NO_CONTAINER },
	{ "container-daemon-socket", 0, "URI", NO_CONTAINER },
	{ "container-options", 0, "OPTIONS", NO_CONTAINER },
	{ "defaultbranch", 0, "NAME", NOTHING("the default branch is the one that the remote's HEAD names") },
	{ "detect-event", 0, NULL, NOTHING("the event is push unless it is named"), .value = "false" },
	{ "directory", 'C', "DIR", SAME("directory") },
	{ "dryrun", 'n', NULL, SAME("dry-run") },
	{ "env", 0, "NAME=VALUE", SAME("env"), .note = "a name alone is an error" },
	{ "env-file", 0, "FILE", SAME("env-file"),
	  .note = "a FILE that is not there is an error; of YAML only NAME: VALUE is read" },
	{ "eventpath", 'e', "FILE", SAME("eventpath") },
	{ "github-instance", 0, "HOST", SIDESTEP_ACT_SERVER, "github-url", NULL, NULL },
	{ "graph", 'g', NULL, COMMAND("graph") },
	{ "help", 'h', NULL, COMMAND("--help") },
	{ "input", 0, "NAME=VALUE", SAME("input"), .note = "a name alone is an error" },
	{ "input-file", 0, "FILE", SAME("input-file"), .note = "a FILE that is not there is an error" },
	{ "insecure-secrets", 0, NULL, NOTHING("secrets are always masked"), .value = "false" },
	{ "job", 'j', "ID", SAME("job"), .note = "may be given several times" },
	{ "json", 0, NULL, SIDESTEP_ACT_CHOICE, "format", "json", "one event a line; they are not those of act" },
	{ "list", 'l', NULL, COMMAND("list") },
	{ "list-options", 0, NULL, COMMAND("help --options") },
	{ "local-repository", 0, "OWNER/REPO@REF=DIR", SAME("local-repository"),
	  .note = "a server's name in front does not count; @REF may be left out" },
	{ "log-prefix-job-id", 0, NULL, NOTHING("lines carry the name of the job"), .value = "false" },
	{ "man-page", 0, NULL, COMMAND("help --man") },
	{ "matrix", 0, "KEY:VALUE", SAME("matrix") },
	{ "network", 0, "NAME", NO_CONTAINER },
	{ "no-cache-server", 0, NULL, NOTHING("caches are served all the same, on the loopback interface"), .value = "false" },
	{ "no-recurse", 0, NULL, NOTHING("folders below that of the workflows are never searched"), .value = "true" },
	{ "no-skip-checkout", 0, NULL, SAME("real-checkout") },
	{ "platform", 'P', "LABEL=IMAGE", SAME("platform"),
	  .note = "-self-hosted is this machine, and so is ubuntu-... without any -P; images are not used" },
	{ "privileged", 0, NULL, NO_CONTAINER, .value = "false" },
	{ "pull", 'p', NULL, NOTHING("no images are pulled"), .value = "false" },
	{ "quiet", 'q', NULL, SAME("quiet"), .note = "the end of what failed is shown all the same" },
	{ "rebuild", 0, NULL, NOTHING("no images are built"), .value = "false" },
	{ "remote-name", 0, "NAME", NOTHING("the remote is that of the branch, else origin") },
	{ "replace-ghe-action-token-with-github-com", 0, "TOKEN", NOTHING("all actions come from --github-url") },
	{ "replace-ghe-action-with-github-com", 0, "OWNER/REPO", NOTHING("all actions come from --github-url") },
	{ "reuse", 'r', NULL, NOTHING("every job starts in an empty workspace; --in-place runs in the working tree"),
	  .value = "false" },
	{ "rm", 0, NULL, NOTHING("nothing stays behind in any case, but with --keep"), .value = "true" },
	{ "secret", 's', "NAME[=VALUE]", SAME("secret") },
	{ "secret-file", 0, "FILE", SAME("secret-file"), .note = "a FILE that is not there is an error" },
	{ "strict", 0, NULL, NOTHING("workflows are always held against GitHub's schema"), .value = "true" },
	{ "use-gitignore", 0, NULL, NOTHING("what .gitignore names is never copied"), .value = "true" },
	{ "use-new-action-cache", 0, NULL, NOTHING("actions are always stored by their commit"), .value = "true" },
	{ "userns", 0, "NAME", NO_CONTAINER },
	{ "validate", 0, NULL, COMMAND("check"), .note = "says what is wrong" },
	{ "var", 0, "NAME=VALUE", SAME("var"),
	  .note = "a name alone is taken from the environment (not in .actrc), and not asked for" },
	{ "var-file", 0, "FILE", SAME("var-file"), .note = "a FILE that is not there is an error" },
	{ "verbose", 'v', NULL, SAME("verbose") },
	{ "version", 0, NULL, COMMAND("--version") },
	{ "watch", 'w', NULL, SAME("watch"), .note = "not in this build" },
	{ "workflows", 'W', "PATH", SAME("workflows"),
	  .note = "folders below PATH are not searched; may be given several times" },
};

const struct sidestep_act_option *sidestep_act_options(size_t *n)
{
	*n = ARRAY_LEN(options);
	return options;
}
