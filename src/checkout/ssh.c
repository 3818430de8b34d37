/* The inputs ssh-key, ssh-known-hosts, ssh-strict and ssh-user: the key in a file of the job, for this checkout and, unless
 * persist-credentials is false, for the steps that follow. */
#include "base/file.h"
#include "base/path.h"
#include "base/uuid.h"
#include "checkout/internal.h"
#include "os/program.h"

enum { HOSTS_MAX = 16 << 20 };

/* GitHub's own, which the action knows without being told. */
static const char github_hosts[] = "# Begin implicitly added github.com\n"
				   "github.com ssh-rsa "
				   "AAAAB3NzaC1yc2EAAAADAQABAAABgQCj7ndNxQowgcQnjshcLrqPEiiphnt+"
				   "VTTvDP6mHBL9j1aNUkY4Ue1gvwnGLVlOhGeYrnZaMgRK6+PKCUXaDbC7qtbW8gIk"
				   "hL7aGCsOr/C56SJMy/BCZfxd1nWzAOxSDPgVsmerOBYfNqltV9/"
				   "hWCqBywINIR+5dIg6JTJ72pcEpEjcYgXkE2YEFXV1JHnsKgbLWNlhScqb2UmyRkQyytRLtL+3"
				   "8TGxkxCflmO+5Z8CSSNY7GidjMIZ7Q4zMjA2n1nGrlTDkzwDCsw+"
				   "wqFPGQA179cnfGWOWRVruj16z6XyvxvjJwbz0wQZ75XK5tKSb7FNyeIEs4TT4jk+S4dhPeAU"
				   "C5y+bDYirYgM4GC7uEnztnZyaVWQ7B381AK4Qdrwt51ZqExKbQpTUNn+EjqoTwvqNj4kqx5QUCI0ThS/"
				   "YkOxJCXmPUWZbhjpCg56i+2aB6CmK2JGhn57K5mj0MNd"
				   "BXA4/WnwH6XoPWJzK5Nyu2zB3nAZp+S5hpQs+p1vN1/wsjk=\n"
				   "# End implicitly added github.com\n";

static int write_hosts(struct checkout *c, struct str path, struct err *err)
{
	_cleanup_buf_ struct buf known = BUF_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *home = getenv("HOME");
	const char *own = home ? arena_printf(c->a, "%s/.ssh/known_hosts", home).p : NULL;
	if (own && file_read_if_there(&known, own, HOSTS_MAX, err) < 0)
		return -1;
	if (known.n)
		buf_addf(&text, "# Begin from %s\n%.*s\n# End from %s\n", own, STRF(buf_str(&known)), own);
	if (c->in.ssh_hosts.n)
		buf_addf(&text, "# Begin from input known hosts\n%.*s\n# end from input known hosts\n", STRF(c->in.ssh_hosts));
	buf_adds(&text, github_hosts);
	if (credentials_note(c, path, err) < 0)
		return -1;
	return file_write(path.p, buf_str(&text), 0600, err);
}

/* The folder of the job's temporary files is named by a variable, as in a container it has another name. */
int ssh_set_up(struct checkout *c, struct err *err)
{
	char program[4096], name[37];
	const char *temp = getenv("RUNNER_TEMP");
	if (!c->in.ssh_key.n)
		return 0;
	if (!temp || !*temp)
		return err_set(err, ERR_MISSING, "RUNNER_TEMP is not defined");
	if (!program_find(NULL, "ssh", program, sizeof(program)))
		return err_set(err, ERR_MISSING, "input 'ssh-key' needs the ssh program, which is not installed");
	uuid_make(name);
	struct str key = arena_printf(c->a, "%s/%s", temp, name), hosts = arena_printf(c->a, "%s_known_hosts", key.p);
	if (file_mkdirs(temp, 0755, err) < 0 || credentials_note(c, key, err) < 0 ||
	    file_write(key.p, arena_printf(c->a, "%.*s\n", STRF(c->in.ssh_key)), 0600, err) < 0 || write_hosts(c, hosts, err) < 0)
		return -1;
	c->ssh = arena_printf(
			 c->a,
			 "GIT_SSH_COMMAND=\"%s\" -i \"$RUNNER_TEMP/%s\"%s -o \"UserKnownHostsFile=$RUNNER_TEMP/%s_known_hosts\"",
			 program, name, c->in.ssh_strict ? " -o StrictHostKeyChecking=yes -o CheckHostIP=no" : "", name)
	                 .p;
	return 0;
}

struct str ssh_command(const struct checkout *c)
{
	return c->ssh ? str_from(str_of(c->ssh), strlen("GIT_SSH_COMMAND=")) : STR_EMPTY;
}
