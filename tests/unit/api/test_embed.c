/* The library inside another program: what belongs to the process stays as it is unless the program asks otherwise. */
#include <fcntl.h>
#include <sidestep/sidestep.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "unit/git/repo.h"

struct process {
	char mounts[64], user[64];
	struct rlimit files;
	mode_t mask;
};

static void look(struct process *p)
{
	*p = (struct process) { .mask = umask(0) };
	umask(p->mask);
	cr_assert(readlink("/proc/self/ns/mnt", p->mounts, sizeof(p->mounts) - 1) > 0);
	cr_assert(readlink("/proc/self/ns/user", p->user, sizeof(p->user) - 1) > 0);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &p->files), 0);
}

static enum sidestep_status run_session(const char *place, int private_mounts)
{
	struct sidestep_run_options o = { .size = sizeof(o) };
	struct sidestep_render render = { 0 };
	struct sidestep_session *s = NULL;
	struct sidestep_text text = { 0 };
	setenv("XDG_STATE_HOME", place, 1);
	setenv("XDG_CACHE_HOME", place, 1);
	o.directory = "r";
	o.self = SIDESTEP_EXE;
	o.output = SIDESTEP_OUTPUT_QUIET;
	o.output_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	o.private_mounts = private_mounts;
	enum sidestep_status status = sidestep_session_new(&s, &o, &render, &text);
	cr_assert_eq(status, SIDESTEP_OK, "%.*s", (int)text.messages_size, text.messages);
	sidestep_text_done(&text);
	while (sidestep_session_turn(s, -1))
		;
	text = (struct sidestep_text) { 0 };
	status = sidestep_session_finish(s, &text);
	sidestep_text_done(&text);
	sidestep_session_free(s);
	close(o.output_fd);
	return status;
}

static void make_repository(void)
{
	sh("git init -q r; cd r; mkdir -p .github/workflows; echo here >f; printf 'on: push\\njobs:\\n  j:\\n    runs-on: "
	   "ubuntu-latest\\n"
	   "    steps:\\n      - uses: actions/checkout@v4\\n      - run: cat f > '$HOME/seen'\\n' >.github/workflows/t.yml; git "
	   "add .;"
	   " git commit -qm one");
}

Test(api_embed, a_session_leaves_the_process_where_it_is)
{
	char *place = place_new();
	struct process before, after;
	make_repository();
	look(&before);
	cr_assert_eq(run_session(place, 0), SIDESTEP_OK);
	look(&after);
	cr_assert_str_eq(after.mounts, before.mounts);
	cr_assert_str_eq(after.user, before.user);
	cr_assert(after.files.rlim_cur == before.files.rlim_cur && after.mask == before.mask);
	cr_assert(file_exists("seen")); /* the checkout was a copy, and there */
	place_done(place);
}

Test(api_embed, a_program_that_asks_may_get_a_namespace)
{
	char *place = place_new();
	make_repository();
	cr_assert_eq(run_session(place, 1), SIDESTEP_OK);
	cr_assert(file_exists("seen"));
	place_done(place);
}
