/* The live tree, looked at through a small terminal, with a clock that the events drive. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "unit/ui/feed.h"
#include "unit/ui/vt.h"

enum { SECOND_NS = 1000000000, MS_NS = 1000000 };

static uint64_t fake_now;

static uint64_t now(void)
{
	return fake_now;
}

/* A sink that writes to a memory file, and the terminal that shows it. */
struct show {
	struct sink *sink;
	struct vt vt;
	int fd;
	off_t seen;
};

static struct show show_runs(size_t rows, size_t cols, int verbosity, size_t runs)
{
	struct show w = { .fd = feed_file() };
	fake_now = SECOND_NS;
	vt_init(&w.vt, rows, cols);
	w.sink = sink_tty(&(struct ui_options) { .fd = w.fd,
	                                         .width = (int)cols,
	                                         .color = true,
	                                         .verbosity = verbosity,
	                                         .runs = runs,
	                                         .now = now,
	                                         .log_dir_hint = STR("runs/1/jobs") });
	return w;
}

static struct show show_open(size_t rows, size_t cols, int verbosity)
{
	return show_runs(rows, cols, verbosity, 1);
}

static void show_look(struct show *w)
{
	off_t size = lseek(w->fd, 0, SEEK_END);
	struct buf bytes = BUF_INIT;
	if (buf_reserve(&bytes, (size_t)(size - w->seen))) /* whole: no sequence is cut */
		bytes.n = (size_t)pread(w->fd, bytes.p, (size_t)(size - w->seen), w->seen);
	cr_assert_eq(bytes.n, (size_t)(size - w->seen));
	vt_feed(&w->vt, buf_str(&bytes));
	w->seen = size;
	buf_done(&bytes);
	cr_assert_eq(w->vt.unknown, 0, "the terminal got something it does not know");
}

/* Time passes up to `to`: the ticks that the sink has asked for. */
static void show_until(struct show *w, uint64_t to)
{
	while (w->sink->next_tick && w->sink->next_tick <= to) {
		fake_now = MAX(fake_now, w->sink->next_tick);
		w->sink->ops->tick(w->sink, fake_now);
	}
	fake_now = to;
}

static void show_close(struct show *w)
{
	cr_assert_eq(w->sink->ops->close(w->sink, NULL), 0);
	show_look(w);
	cr_assert(w->vt.cursor_shown);
	cr_assert(w->vt.wrap);
	close(w->fd);
}

static void add_picture(struct buf *out, const struct vt *v, const char *title)
{
	buf_addf(out, "=== %s\n", title);
	vt_screen(out, v);
}

/* The screen every `every` ms of the run's time, then everything that is left in the end. */
static void play(struct buf *pictures, const char *run, size_t rows, size_t cols, int64_t every)
{
	struct arena a = { 0 };
	size_t n;
	struct event *events = feed_load(&a, run, &n);
	struct show w = show_runs(rows, cols, 0, strcmp(run, "two-runs") == 0 ? 2 : 1);
	int64_t t0 = events[0].time_ms, next = every;
	for (size_t i = 0; i < n; i++) {
		int64_t ms = events[i].time_ms - t0;
		for (; next <= ms; next += every) {
			char title[32];
			snprintf(title, sizeof(title), "%d ms", (int)next);
			show_until(&w, SECOND_NS + (uint64_t)next * MS_NS);
			show_look(&w);
			if (next < 5000 || next + every > ms)
				add_picture(pictures, &w.vt, title);
		}
		show_until(&w, SECOND_NS + (uint64_t)ms * MS_NS);
		w.sink->ops->event(w.sink, &events[i]);
	}
	show_close(&w);
	buf_adds(pictures, "=== the end, with what has scrolled away\n");
	buf_addstr(pictures, buf_str(&w.vt.scrolled));
	vt_screen(pictures, &w.vt);
	vt_done(&w.vt);
	arena_done(&a);
}

static void compare(const char *run, size_t rows, size_t cols)
{
	_cleanup_buf_ struct buf pictures = BUF_INIT;
	char file[64];
	snprintf(file, sizeof(file), "%s.tty-%zu", run, cols);
	play(&pictures, run, rows, cols, 1000);
	golden_compare(file, buf_str(&pictures));
}

Test(tty, pictures)
{
	compare("parallel", 24, 60);
	compare("parallel", 24, 100);
	compare("failure", 24, 60);
	compare("failure", 40, 100);
	compare("two-runs", 24, 60);
	compare("hostile", 24, 60);
}

/* Every size must do: no crash, no wrapped row, cursor and wrapping as they were. */
Test(tty, any_size)
{
	static const char *const names[] = { "parallel", "failure", "hostile" };
	for (size_t cols = 1; cols < 40; cols += cols < 12 ? 1 : 9)
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			struct buf pictures = BUF_INIT;
			play(&pictures, names[i], 30, MAX(cols, (size_t)2), 1000);
			buf_done(&pictures);
		}
}

static struct event make(enum event_type type, uint32_t step)
{
	return (struct event) {
		.type = type, .run = STR("r"), .job = STR("j"), .job_id = STR("j"), .step = STR("s"), .index = step
	};
}

static void start_steps(struct show *w, uint32_t from, uint32_t to)
{
	char name[32];
	for (uint32_t i = from; i <= to; i++) {
		struct event e = make(EVENT_STEP_START, i);
		snprintf(name, sizeof(name), "step %u", i);
		e.step_start.name = str_of(name);
		e.step_start.kind = STR("run");
		e.step_start.background = true;
		w->sink->ops->event(w->sink, &e);
	}
}

Test(tty, height_is_bounded)
{
	struct show w = show_open(24, 80, 0);
	struct event e = make(EVENT_JOB_START, 0);
	e.step = STR_EMPTY;
	e.job_start.name = STR("Job");
	w.sink->ops->event(w.sink, &e);
	start_steps(&w, 1, 100);
	for (int i = 0; i < 50; i++)
		show_until(&w, fake_now + 100 * MS_NS);
	show_look(&w);
	_cleanup_buf_ struct buf screen = BUF_INIT;
	vt_screen(&screen, &w.vt);
	cr_assert_neq(str_find(buf_str(&screen), STR("… 85 more running"), 0), SIZE_MAX, "%s", buf_cstr(&screen));
	cr_assert_eq(w.vt.scrolled.n, 0, "the area has scrolled:\n%s", buf_cstr(&w.vt.scrolled));
	cr_assert_not(w.vt.cursor_shown);
	show_close(&w);
	vt_done(&w.vt);
}

Test(tty, verbose_shows_output_above)
{
	struct show w = show_open(24, 80, 1);
	start_steps(&w, 1, 2);
	show_until(&w, fake_now + SECOND_NS);
	struct str lines[] = { STR("first"), STR("\x1b[2Jsecond") };
	struct event e = make(EVENT_LOG, 1);
	e.log.lines = lines;
	e.log.n = 2;
	w.sink->ops->event(w.sink, &e);
	show_until(&w, fake_now + SECOND_NS);
	show_look(&w);
	_cleanup_buf_ struct buf screen = BUF_INIT;
	vt_screen(&screen, &w.vt);
	cr_assert(str_starts(buf_str(&screen), STR("j › step 1 │ first\nj › step 1 │ second\n● j")), "%s", buf_cstr(&screen));
	show_close(&w);
	vt_done(&w.vt);
}

/* All that has come so far. */
static void read_master(struct buf *out, int master)
{
	char bytes[4096];
	ssize_t n;
	while ((n = read(master, bytes, sizeof(bytes))) > 0)
		buf_add(out, bytes, (size_t)n);
}

/* A terminal that becomes narrower wraps the rows that are there. Wherever the block has gone, it begins at the cursor: it is
 * taken away from there on, and nothing above is touched. */
Test(tty, resized)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	cr_assert_geq(master, 0);
	cr_assert(grantpt(master) == 0 && unlockpt(master) == 0);
	int terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	cr_assert_geq(terminal, 0);
	struct winsize size = { .ws_row = 30, .ws_col = 80 };
	cr_assert_eq(ioctl(terminal, TIOCSWINSZ, &size), 0);
	fake_now = SECOND_NS;
	struct show w = { .sink = sink_tty(&(struct ui_options) { .fd = terminal, .now = now }) };
	start_steps(&w, 1, 3);
	show_until(&w, fake_now + 100 * MS_NS);
	_cleanup_buf_ struct buf bytes = BUF_INIT, screen = BUF_INIT;
	read_master(&bytes, master);
	cr_assert_gt(bytes.n, 0);
	size.ws_col = 20;
	cr_assert_eq(ioctl(terminal, TIOCSWINSZ, &size), 0);
	ui_resized(w.sink);
	show_until(&w, fake_now + 1);
	buf_clear(&bytes);
	read_master(&bytes, master);
	struct vt vt;
	vt_init(&vt, 30, 20);
	vt_feed(&vt, STR("printed\n\x1b"
	                 "7"));
	for (int i = 0; i < 12; i++)
		vt_feed(&vt, STR("the block, wrapped\n"));
	vt_feed(&vt, STR("\x1b"
	                 "8"));
	vt_feed(&vt, buf_str(&bytes));
	cr_assert_eq(vt.row, 1);
	vt_screen(&screen, &vt);
	cr_assert(str_starts(buf_str(&screen), STR("printed\n● j ")), "%s", buf_cstr(&screen));
	cr_assert_eq(str_find(buf_str(&screen), STR("wrapped"), 0), SIZE_MAX, "%s", buf_cstr(&screen));
	vt_done(&vt);
	cr_assert_eq(w.sink->ops->close(w.sink, NULL), 0);
	close(terminal);
	close(master);
}

/* The tty sink asks for its size before each drawing: a signal may come too late. */
Test(tty, nothing_is_drawn_over_the_lower_edge)
{
	struct show w = show_open(24, 80, 0);
	start_steps(&w, 1, 10);
	show_until(&w, fake_now + SECOND_NS);
	show_look(&w);
	struct vt low;
	vt_init(&low, 5, 80); /* became lower; nobody was told */
	off_t from = w.seen;
	show_until(&w, fake_now + SECOND_NS);
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	feed_read(&bytes, w.fd);
	vt_feed(&low, str_from(buf_str(&bytes), (size_t)from));
	cr_assert_eq(low.scrolled.n, 0, "rows of the block are in the history:\n%s", buf_cstr(&low.scrolled));
	cr_assert_eq(low.row, 0);
	vt_done(&low);
	show_close(&w);
	vt_done(&w.vt);
}

/* Jobs that wait for a place are there, the first ones by name. */
Test(tty, waiting_jobs)
{
	struct show w = show_open(24, 80, 0);
	start_steps(&w, 1, 1);
	char key[32];
	for (int i = 0; i < 5; i++) {
		struct event e = make(EVENT_JOB_QUEUE, 0);
		snprintf(key, sizeof(key), "leg (%d)", i);
		e.job = e.job_queue.name = str_of(key);
		e.step = STR_EMPTY;
		e.job_queue.reason = STR("a place");
		w.sink->ops->event(w.sink, &e);
	}
	struct event e = make(EVENT_JOB_START, 0);
	e.job = e.job_start.name = STR("leg (1)");
	e.step = STR_EMPTY;
	w.sink->ops->event(w.sink, &e);
	show_until(&w, fake_now + SECOND_NS);
	show_look(&w);
	_cleanup_buf_ struct buf screen = BUF_INIT;
	vt_screen(&screen, &w.vt);
	const char *rows[] = { "● leg (1) ", "· leg (0) ", "· leg (2) ", "… 1 more waiting",
		               "2 jobs running, 4 waiting for a place, 0 done" };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_assert_neq(str_find(buf_str(&screen), str_of(rows[i]), 0), SIZE_MAX, "%s:\n%s", rows[i], buf_cstr(&screen));
	show_close(&w);
	vt_done(&w.vt);
}
