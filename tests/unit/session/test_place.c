/* This machine as a place: what is asked of it comes to the host, its processes are held together by one group. */
#include <criterion/criterion.h>

#include "session/place.h"
#include "support/fake_host.h"

static void nothing(void *cookie)
{
	(void)cookie;
}

static void no_output(void *cookie, enum host_stream s, struct str bytes)
{
	(void)cookie;
	(void)s;
	(void)bytes;
}

static void no_exit(void *cookie, const struct proc_status *st)
{
	(void)cookie;
	(void)st;
}

static const struct proc_events deaf = { no_output, nothing, no_exit };
static const struct group_events nobody = { 0 };

Test(place, runs_on_the_host)
{
	struct host *h = fake_host_new();
	struct place *p = place_here(h, "id");
	struct err err = ERR_INIT;
	char name[] = "/bin/x";
	char *argv[] = { name, NULL }, *envp[] = { NULL }, found[100];
	struct spawn_spec spec = { .path = name, .argv = argv, .envp = envp, .cwd = "/", .label = "x", .on = &deaf };
	struct proc *proc;
	cr_assert_eq(p->ops->spawn(p, &spec, &proc, &err), 0);
	p->ops->signal(p, proc, 15);
	cr_assert_str_eq(fake_signals(h, "x"), "15");
	fake_exit(h, "x", 0);
	cr_assert_eq(h->ops->wait(h, 0, &err), 0);
	p->ops->release(p, proc);
	cr_assert(fake_released(h, "x"));
	fake_missing(h, "absent");
	cr_assert_null(p->ops->which(p, "absent", "/usr/bin", found, sizeof(found)));
	cr_assert_not_null(p->ops->which(p, "sh", "/usr/bin", found, sizeof(found)));
	cr_assert(p->ops->close(p, &nobody, NULL));
	h->ops->free(h);
}

Test(place, files_are_the_hosts_and_paths_are_the_same)
{
	struct host *h = fake_host_new();
	struct place *p = place_here(h, "id");
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	cr_assert_eq(p->ops->make_dir(p, "/d", &err), 0);
	cr_assert(fake_has_dir(h, "/d"));
	cr_assert_eq(p->ops->put_file(p, "/d/f", STR("text"), 0600, &err), 0);
	cr_assert_str_eq(fake_file(h, "/d/f"), "text");
	cr_assert_eq(p->ops->read_file(p, "/d/f", &text, 100, &err), 0);
	cr_assert(str_is(buf_str(&text), "text"));
	buf_clear(&text);
	cr_assert_eq(p->ops->take_file(p, "/d/f", &text, 100, &err), 0);
	cr_assert(str_is(buf_str(&text), "text"));
	cr_assert_null(fake_file(h, "/d/f"));
	cr_assert(str_is(p->ops->map(p, &a, STR("/d/f")), "/d/f"));
	buf_done(&text);
	p->ops->drop(p);
	h->ops->free(h);
}
