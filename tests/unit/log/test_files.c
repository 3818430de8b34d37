/* File commands (cases in fixtures/log/filecmd.test) and step log files. */
#include <criterion/criterion.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/file.h"
#include "log/filecmd.h"
#include "log/steplog.h"
#include "recorder.h"

static const char *const kinds[] = { "env", "output", "state", "path" };

static void show_result(struct buf *out, enum filecmd_kind kind, struct str text)
{
	struct arena a = { 0 };
	struct filecmd_list list = { 0 };
	struct err err = ERR_INIT;
	bool blocked = false;
	int rc = filecmd_parse(&list, &a, kind, text, &blocked, &err);
	for (size_t i = 0; i < list.n; i++) {
		show(out, list.v[i].name);
		buf_adds(out, kind == FILECMD_PATH ? "" : "=");
		show(out, list.v[i].value);
		buf_addc(out, '\n');
		cr_expect_eq(list.v[i].name.p[list.v[i].name.n] | list.v[i].value.p[list.v[i].value.n], 0);
	}
	if (blocked)
		buf_adds(out, "blocked\n");
	if (rc < 0)
		buf_addf(out, "error: %s\n", err.text);
	arena_done(&a);
}

static enum filecmd_kind kind_of(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_is(word, kinds[i]))
			return (enum filecmd_kind)i;
	cr_assert_fail("unknown kind %.*s", STRF(word));
	return FILECMD_ENV;
}

/* Blocks of lines: "kind text", then the expected lines, then an empty line. */
Test(log_files, filecmd_fixtures)
{
	_cleanup_buf_ struct buf file = BUF_INIT;
	struct err err = ERR_INIT;
	cr_assert_eq(file_read(&file, FIXTURES "/log/filecmd.test", 1 << 20, &err), 0, "%s", err.text);
	struct str rest = buf_str(&file), line;
	size_t cases = 0;
	while (str_next_line(&rest, &line)) {
		if (!line.n || line.p[0] == '#')
			continue;
		_cleanup_buf_ struct buf in = BUF_INIT, want = BUF_INIT, got = BUF_INIT;
		size_t blank = str_find_c(line, ' ', 0);
		struct str input = line, first = str_to(line, blank);
		unshow(&in, str_from(input, blank + 1), "");
		while (str_next_line(&rest, &line) && line.n) {
			buf_addstr(&want, line);
			buf_addc(&want, '\n');
		}
		show_result(&got, kind_of(first), buf_str(&in));
		cr_expect_str_eq(buf_cstr(&got), buf_cstr(&want), "%.*s\n--- got\n%s", STRF(input), buf_cstr(&got));
		cases++;
	}
	cr_expect_geq(cases, 30);
}

Test(log_files, filecmd_encodings)
{
	static const struct str texts[] = {
		{ "\xEF\xBB\xBF"
		  "A=\xC3\xA4\n",
		  8 },
		{ "\xFF\xFE"
		  "A\0=\0\xE4\0\n\0",
		  10 },
		{ "\xFE\xFF"
		  "\0A\0=\0\xE4\0\n",
		  10 },
		{ "\xFF\xFE\0\0"
		  "A\0\0\0=\0\0\0\xE4\0\0\0",
		  16 },
		{ "\0\0\xFE\xFF"
		  "\0\0\0A\0\0\0=\0\0\0\xE4",
		  16 },
	};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		_cleanup_buf_ struct buf got = BUF_INIT;
		show_result(&got, FILECMD_OUTPUT, texts[i]);
		cr_expect_str_eq(buf_cstr(&got), "A=\xC3\xA4\n", "%zu", i);
	}
	_cleanup_buf_ struct buf odd = BUF_INIT, pair = BUF_INIT;
	show_result(&odd, FILECMD_OUTPUT,
	            str_n("A=\xFF"
	                  "b",
	                  4));
	cr_expect_str_eq(buf_cstr(&odd), "A=\xEF\xBF\xBD"
	                                 "b\n");
	show_result(&pair, FILECMD_STATE,
	            str_n("\xFF\xFE"
	                  "A\0=\0\x3D\xD8\x00\xDE\x3D\xD8x",
	                  13));
	cr_expect_str_eq(buf_cstr(&pair), "A=\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD\n");
}

static const struct {
	enum log_level level;
	const char *want;
} level_lines[] = {
	{ LOG_INFO, "2026-11-21T08:00:00.1230000Z x\n" },
	{ LOG_DEBUG, "2026-11-21T08:00:00.1230000Z ##[debug]x\n" },
	{ LOG_GROUP, "2026-11-21T08:00:00.1230000Z ##[group]x\n" },
	{ LOG_ENDGROUP, "2026-11-21T08:00:00.1230000Z ##[endgroup]x\n" },
	{ LOG_COMMAND, "2026-11-21T08:00:00.1230000Z ##[command]x\n" },
	{ LOG_ERROR, "2026-11-21T08:00:00.1230000Z ##[error]x\n" },
	{ LOG_WARNING, "2026-11-21T08:00:00.1230000Z ##[warning]x\n" },
	{ LOG_NOTICE, "2026-11-21T08:00:00.1230000Z ##[notice]x\n" },
};

enum { NOW_S = 1795248000 }; /* 2026-11-21T08:00:00Z */

Test(log_files, steplog)
{
	char dir[] = "/tmp/sidestep-log-XXXXXX";
	cr_assert(mkdtemp(dir));
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct steplog *l;
	struct stat st;
	const char *path = arena_printf(&a, "%s/1-x.log", dir).p;
	_cleanup_buf_ struct buf want = BUF_INIT, got = BUF_INIT, huge = BUF_INIT;
	cr_assert_eq(steplog_open(&l, path, &err), 0, "%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(level_lines); i++) {
		steplog_lines(l, NOW_S * INT64_C(1000) + 123, level_lines[i].level, &STR("x"), 1);
		buf_adds(&want, level_lines[i].want);
	}
	for (size_t n = (256 << 10) - 70; n < (256 << 10) + 5; n += 1) {
		buf_clear(&huge);
		while (huge.n < n)
			buf_addc(&huge, (char)('a' + n % 26));
		struct str lines[] = { buf_str(&huge), STR_EMPTY, { "b\0\xFF", 3 } };
		steplog_lines(l, NOW_S * INT64_C(1000) - 1, LOG_ERROR, lines, ARRAY_LEN(lines));
		for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
			buf_adds(&want, "2026-11-21T07:59:59.9990000Z ##[error]");
			buf_addstr(&want, lines[i]);
			buf_addc(&want, '\n');
		}
	}
	cr_assert_eq(steplog_flush(l, &err), 0);
	cr_assert_eq(steplog_close(l, &err), 0, "%s", err.text);
	cr_assert_eq(file_read(&got, path, 64 << 20, &err), 0);
	cr_expect(str_eq(buf_str(&want), buf_str(&got)));
	cr_expect(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
	cr_expect_lt(steplog_open(&l, arena_printf(&a, "%s/no/dir.log", dir).p, &err), 0);
	cr_expect_eq(file_remove_tree(dir, NULL), 0);
	arena_done(&a);
}

/* A write that fails is told with the path, at flush and again at close, and stops further writing. */
Test(log_files, steplog_write_errors)
{
	char dir[] = "/tmp/sidestep-log-XXXXXX";
	cr_assert(mkdtemp(dir));
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct steplog *l;
	const char *path = arena_printf(&a, "%s/full.log", dir).p;
	cr_assert_eq(steplog_open(&l, path, &err), 0, "%s", err.text);
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit before, limit;
	getrlimit(RLIMIT_FSIZE, &before);
	limit = (struct rlimit) { 10, before.rlim_max };
	setrlimit(RLIMIT_FSIZE, &limit);
	steplog_lines(l, 0, LOG_INFO, &STR("some text"), 1);
	int flushed = steplog_flush(l, &err);
	steplog_lines(l, 0, LOG_INFO, &STR("more text"), 1);
	struct err again = ERR_INIT;
	int closed = steplog_close(l, &again);
	setrlimit(RLIMIT_FSIZE, &before);
	cr_expect_lt(flushed, 0);
	cr_expect_lt(closed, 0);
	cr_expect(strstr(err.text, path) && strstr(err.text, "too large"), "%s", err.text);
	cr_expect_str_eq(again.text, err.text);
	cr_expect_eq(steplog_close(NULL, NULL), 0);
	cr_expect_eq(file_remove_tree(dir, NULL), 0);
	arena_done(&a);
}
