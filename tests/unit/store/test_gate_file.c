/* The file of concurrency groups: several stores on one folder, as several processes would have them. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/path.h"
#include "store/gate_file.h"

static char dir[] = "/tmp/sidestep-gates-XXXXXX";
static char path[4200], lock[4300];

static void setup(void)
{
	cr_assert(mkdtemp(dir));
}

static void teardown(void)
{
	file_remove_tree(dir, NULL);
}

TestSuite(gate_file, .init = setup, .fini = teardown, .timeout = 60);

static struct gate *open_gate(void)
{
	return gate_files_new(dir, STR("o/r"));
}

/* The file of tickets, found once it is there. */
static void find_file(void)
{
	_cleanup_closedir_ DIR *d = opendir(dir);
	struct dirent *e;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.' && !strstr(e->d_name, "~lock"))
			snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
	snprintf(lock, sizeof(lock), "%s~lock", path);
}

static uint64_t enter(struct gate *g, const char *group)
{
	struct gate_request r = { .group = str_of(group) };
	uint64_t id;
	struct err err = ERR_INIT;
	cr_assert_eq(g->ops->enter(g, &r, &id, &err), 0, "%s", err.text);
	return id;
}

#define LOOKS(g, group, id, want) cr_assert_eq((g)->ops->look((g), STR(group), (id), NULL), (want))

Test(gate_file, stores_share_a_group)
{
	struct gate *a = open_gate(), *b = open_gate(), *other = gate_files_new(dir, STR("o_r"));
	uint64_t first = enter(a, "g"), second = enter(b, "G"), elsewhere = enter(other, "g");
	LOOKS(a, "g", first, GATE_OPEN);
	LOOKS(b, "g", second, GATE_WAITING);
	LOOKS(other, "g", elsewhere, GATE_OPEN); /* another repository, though its safe name is the same */
	uint64_t third = enter(a, "g");
	LOOKS(b, "g", second, GATE_CANCELLED);
	LOOKS(a, "g", third, GATE_WAITING);
	cr_assert(a->ops->leave(a, STR("g"), first));
	LOOKS(a, "g", third, GATE_OPEN);
	a->ops->free(a);
	b->ops->free(b);
	other->ops->free(other);
}

Test(gate_file, the_file_is_replaced_and_only_when_it_changes)
{
	struct gate *a = open_gate(), *b = open_gate();
	struct stat was, is;
	uint64_t first = enter(a, "g"), second = enter(b, "h");
	LOOKS(a, "g", first, GATE_OPEN);
	find_file();
	cr_assert_eq(stat(path, &was), 0);
	_cleanup_close_ int reader = open(path, O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < 10; i++) {
		LOOKS(a, "g", first, GATE_OPEN);
		LOOKS(b, "h", second, GATE_OPEN);
	}
	cr_assert_eq(stat(path, &is), 0);
	cr_assert_eq(was.st_ino, is.st_ino);
	cr_assert_eq(was.st_mtim.tv_nsec, is.st_mtim.tv_nsec);
	struct buf text = BUF_INIT, later = BUF_INIT;
	cr_assert_eq(file_read_fd(&text, reader, 10000, NULL), 0);
	enter(a, "i");
	cr_assert_eq(stat(path, &is), 0);
	cr_assert_neq(was.st_ino, is.st_ino, "a new file stands in its place");
	cr_assert_eq(lseek(reader, 0, SEEK_SET), 0);
	cr_assert_eq(file_read_fd(&later, reader, 10000, NULL), 0);
	cr_assert(str_eq(buf_str(&text), buf_str(&later)), "who reads the old one sees it whole");
	buf_done(&text);
	buf_done(&later);
	a->ops->free(a);
	b->ops->free(b);
}

Test(gate_file, a_file_that_is_gone_cancels_nobody)
{
	struct gate *a = open_gate(), *b = open_gate();
	uint64_t first = enter(a, "g"), second = enter(b, "g");
	LOOKS(a, "g", first, GATE_OPEN);
	LOOKS(b, "g", second, GATE_WAITING);
	find_file();
	cr_assert_eq(unlink(path), 0);
	LOOKS(a, "g", first, GATE_OPEN);
	LOOKS(b, "g", second, GATE_WAITING);
	cr_assert_eq(unlink(path) | unlink(lock), 0);
	LOOKS(a, "g", first, GATE_OPEN);
	LOOKS(b, "g", second, GATE_WAITING);
	cr_assert_eq(file_write(path, STR("what\n1 2\n\0\xff 99999999999999999999 x"), 0600, NULL), 0);
	LOOKS(a, "g", first, GATE_OPEN);
	file_remove_tree(dir, NULL);
	LOOKS(a, "g", first, GATE_OPEN);
	LOOKS(b, "g", second, GATE_WAITING);
	cr_assert(a->ops->leave(a, STR("g"), first));
	LOOKS(b, "g", second, GATE_OPEN);
	a->ops->free(a);
	b->ops->free(b);
}

Test(gate_file, a_cancelled_ticket_stays_cancelled)
{
	struct gate *a = open_gate(), *b = open_gate();
	enter(a, "g");
	uint64_t second = enter(b, "g");
	enter(a, "g");
	LOOKS(b, "g", second, GATE_CANCELLED);
	find_file();
	cr_assert_eq(unlink(path), 0);
	LOOKS(b, "g", second, GATE_CANCELLED);
	a->ops->free(a);
	b->ops->free(b);
}

Test(gate_file, nobody_waits_for_the_lock)
{
	struct gate *a = open_gate(), *b = open_gate();
	uint64_t first = enter(a, "g");
	find_file();
	_cleanup_close_ int fd = open(lock, O_RDWR | O_CLOEXEC);
	cr_assert_eq(flock(fd, LOCK_EX), 0);
	uint64_t second = enter(b, "g"); /* not yet in the file */
	LOOKS(b, "g", second, GATE_WAITING);
	LOOKS(a, "g", first, GATE_WAITING); /* not known right now */
	cr_assert_not(a->ops->leave(a, STR("g"), first));
	cr_assert_not(a->ops->settle(a));
	cr_assert_eq(flock(fd, LOCK_UN), 0);
	LOOKS(b, "g", second, GATE_WAITING); /* it has entered behind the one that could not leave */
	cr_assert(a->ops->settle(a));
	LOOKS(b, "g", second, GATE_OPEN);
	/* one that leaves before it could enter was never there */
	cr_assert_eq(flock(fd, LOCK_EX), 0);
	uint64_t third = enter(a, "g");
	cr_assert(a->ops->leave(a, STR("g"), third));
	cr_assert_eq(flock(fd, LOCK_UN), 0);
	LOOKS(b, "g", second, GATE_OPEN);
	a->ops->free(a);
	b->ops->free(b);
}

Test(gate_file, a_store_that_keeps_refusing_says_so)
{
	struct gate *a = open_gate(), *b = open_gate();
	uint64_t first = enter(a, "g"), second = enter(b, "g");
	struct err err = ERR_INIT;
	find_file();
	LOOKS(b, "g", second, GATE_WAITING);
	cr_assert_eq(unlink(lock), 0);
	cr_assert_eq(mkdir(lock, 0700), 0);
	unsigned looks = 0;
	while (b->ops->look(b, STR("g"), second, &err) == GATE_WAITING && looks < 1000)
		looks++;
	cr_assert_eq(b->ops->look(b, STR("g"), second, &err), GATE_FAILED);
	cr_assert(looks > 5 && looks < 100);
	cr_assert_neq(err.text[0], '\0');
	cr_assert_eq(rmdir(lock), 0);
	LOOKS(b, "g", second, GATE_WAITING);
	a->ops->leave(a, STR("g"), first);
	LOOKS(b, "g", second, GATE_OPEN);
	a->ops->free(a);
	b->ops->free(b);
}

Test(gate_file, the_dead_leave_their_place)
{
	int pipes[2];
	cr_assert_eq(pipe(pipes), 0);
	pid_t child = fork();
	if (child == 0) {
		struct gate *g = open_gate();
		struct gate_request r = { .group = STR("g") };
		uint64_t id;
		bool good = g->ops->enter(g, &r, &id, NULL) == 0 && g->ops->look(g, STR("g"), id, NULL) == GATE_OPEN;
		_exit(write(pipes[1], "x", 1) == 1 && good ? pause() : 1);
	}
	char byte;
	cr_assert_eq(read(pipes[0], &byte, 1), 1);
	struct gate *a = open_gate();
	uint64_t id = enter(a, "g");
	LOOKS(a, "g", id, GATE_WAITING);
	cr_assert_eq(kill(child, SIGKILL), 0);
	siginfo_t info;
	cr_assert_eq(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0); /* dead, and nobody has reaped it */
	LOOKS(a, "g", id, GATE_OPEN);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	a->ops->free(a);
}

Test(gate_file, links_in_the_folder_are_replaced)
{
	struct gate *a = open_gate();
	uint64_t id = enter(a, "g");
	find_file();
	char victim[4200];
	snprintf(victim, sizeof(victim), "%s/victim", dir);
	cr_assert_eq(file_write(victim, STR("precious"), 0600, NULL), 0);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(symlink(victim, path), 0);
	LOOKS(a, "g", id, GATE_OPEN);
	struct buf text = BUF_INIT;
	cr_assert_eq(file_read(&text, victim, 100, NULL), 0);
	cr_assert_str_eq(buf_cstr(&text), "precious");
	struct stat st;
	cr_assert(lstat(path, &st) == 0 && S_ISREG(st.st_mode));
	cr_assert_eq(unlink(lock), 0);
	cr_assert_eq(symlink(victim, lock), 0);
	LOOKS(a, "g", id, GATE_WAITING); /* no lock is to be had through it */
	buf_done(&text);
	a->ops->free(a);
}
