/* Stored events in, text out; see feed.h. */
#include "unit/ui/feed.h"

#include <criterion/criterion.h>
#include <sys/mman.h>

#include "base/file.h"
#include "event/event_read.h"

struct event *feed_load(struct arena *a, const char *name, size_t *n)
{
	struct arena scratch = { 0 };
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	struct str path = arena_printf(&scratch, FIXTURES "/events/%s.ndjson", name);
	cr_assert_eq(file_read(&text, path.p, 1 << 24, &err), 0, "%s", err.text);
	struct str rest = arena_str(a, buf_str(&text)), line;
	size_t lines = 0;
	for (size_t i = 0; i < rest.n; i++)
		lines += rest.p[i] == '\n';
	struct event *events = arena_array(a, struct event, lines);
	for (*n = 0; str_next_line(&rest, &line); (*n)++)
		cr_assert_eq(event_parse(&events[*n], a, line, &err), 0, "%s: %s", name, err.text);
	buf_done(&text);
	arena_done(&scratch);
	return events;
}

int feed_file(void)
{
	int fd = memfd_create("out", MFD_CLOEXEC);
	cr_assert_geq(fd, 0);
	return fd;
}

void feed_read(struct buf *out, int fd)
{
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	cr_assert_eq(file_read_fd(out, fd, 1 << 28, NULL), 0);
}

void feed_all(struct sink *s, const struct event *events, size_t n)
{
	struct err err = ERR_INIT;
	for (size_t i = 0; i < n; i++)
		s->ops->event(s, &events[i]);
	cr_assert_eq(s->ops->close(s, &err), 0, "%s", err.text);
}

void golden_compare(const char *name, struct str got)
{
	struct arena a = { 0 };
	struct buf want = BUF_INIT;
	struct str path = arena_printf(&a, FIXTURES "/golden/ui/%s", name);
	if (getenv("UPDATE_GOLDEN"))
		cr_assert_eq(file_write(path.p, got, 0644, NULL), 0);
	cr_assert_eq(file_read(&want, path.p, 1 << 24, NULL), 0, "%s is missing", name);
	cr_assert(str_eq(buf_str(&want), got), "%s differs; it is now:\n%.*s", name, STRF(got));
	buf_done(&want);
	arena_done(&a);
}
