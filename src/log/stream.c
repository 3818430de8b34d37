/* The pipeline of a step's output: jobs and steps, whole lines on the fast path, single lines where a command or a
 * problem matcher may be, pieces of lines that are too long. See stream.h. */
#include "log/stream.h"

#include <assert.h>

#include "base/utf8.h"
#include "log/internal.h"
#include "log/lines.h"
#include "log/patterns.h"

enum { BATCH_MAX = 1024, SLICE_MAX = 1 << 18 };

struct log_job *log_job_new(struct masker *masker, struct str workspace, bool debug)
{
	struct log_job *j = xcalloc(1, sizeof(*j));
	j->masker = masker;
	j->workspace = arena_str(&j->arena, workspace);
	j->step_debug = debug;
	return j;
}

void log_job_free(struct log_job *j)
{
	if (!j)
		return;
	matcher_list_done(&j->matchers);
	arena_done(&j->arena);
	free(j);
}

void log_job_set_repository(struct log_job *j, struct str server_url, struct str repository)
{
	j->server_url = arena_str(&j->arena, server_url);
	j->repository = arena_str(&j->arena, repository);
}

struct log_step *log_step_new(struct log_job *j, const struct log_ops *ops, void *cookie)
{
	struct log_step *s = xcalloc(1, sizeof(*s));
	s->job = j;
	s->ops = ops;
	s->cookie = cookie;
	s->echo = j->step_debug;
	s->streams[1].stream = LOG_STDERR;
	return s;
}

void log_step_free(struct log_step *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < ARRAY_LEN(s->streams); i++) {
		buf_done(&s->streams[i].carry);
		matchers_done(&s->streams[i].matchers);
	}
	buf_done(&s->stop_token);
	arena_done(&s->scratch);
	free(s);
}

/* Hands on masked text, line by line in batches. */
static void give_lines(struct log_step *s, enum log_stream stream, enum log_level level, struct str text)
{
	struct str lines[BATCH_MAX];
	while (text.n) {
		size_t n = lines_cut(&text, lines, BATCH_MAX);
		s->ops->lines(s->cookie, stream, level, lines, n);
	}
}

static void give_line(struct log_step *s, enum log_stream stream, enum log_level level, struct str line)
{
	s->ops->lines(s->cookie, stream, level, &line, 1);
}

/* Whole lines of ordinary output. */
static void plain_lines(struct log_step *s, enum log_stream stream, struct str text)
{
	_cleanup_buf_ struct buf masked = BUF_INIT;
	if (s->job->masker && masker_lines(s->job->masker, text, &masked))
		text = buf_str(&masked);
	give_lines(s, stream, LOG_INFO, text);
}

/* "##[start-action" and "##[end-action" are markers of the official log: a step may not write them. */
static struct str defuse_markers(struct log_step *s, struct str line)
{
	static const char *const markers[] = { "start-action", "end-action" };
	size_t at = str_find(line, STR("##["), 0), done = 0;
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (; at != SIZE_MAX; at = str_find(line, STR("##["), at + 3)) {
		struct str rest = str_from(line, at + 3);
		for (size_t i = 0; i < ARRAY_LEN(markers); i++) {
			if (!str_starts(rest, str_of(markers[i])))
				continue;
			buf_add(&b, line.p + done, at + 3 - done);
			buf_addc(&b, '\\');
			done = at + 3;
		}
	}
	if (!done)
		return line;
	buf_addstr(&b, str_from(line, done));
	return arena_str(&s->scratch, buf_str(&b));
}

/* One ordinary line. */
static void plain_line(struct log_step *s, enum log_stream stream, struct str line)
{
	enum log_level level = LOG_INFO;
	_cleanup_buf_ struct buf masked = BUF_INIT;
	line = defuse_markers(s, line);
	if (str_starts(line, STR("##[command]"))) {
		level = LOG_COMMAND;
		line = str_from(line, strlen("##[command]"));
	}
	if (s->job->masker && masker_lines(s->job->masker, line, &masked))
		line = buf_str(&masked);
	give_line(s, stream, level, line);
}

/* A line that may be more than plain text. */
static void one_line(struct log_step *s, struct splitter *sp, struct str line)
{
	if (!commands_line(s, sp->stream, line) && !(matchers_ready(s, sp) && matchers_line(s, sp, line)))
		plain_line(s, sp->stream, line);
	arena_clear(&s->scratch);
}

static void each_line(struct log_step *s, struct splitter *sp, struct str text)
{
	struct str line;
	while (lines_cut(&text, &line, 1))
		one_line(s, sp, line);
}

/* Whole lines, no line of which has begun in an earlier chunk. What has no marker goes on as it is; the marked lines in
 * between that may be commands are looked at singly. */
static void whole_lines(struct log_step *s, struct splitter *sp, struct str text)
{
	size_t done = 0, at = 0;
	while (!matchers_ready(s, sp) && (at = lines_marker(text, at)) < text.n) {
		size_t start = lines_start(text, done, at), end = lines_end(text, at);
		struct str line = str_n(text.p + start, end - start);
		at = lines_next(text, end);
		if (!command_possible(line))
			continue;
		plain_lines(s, sp->stream, str_n(text.p + done, start - done));
		one_line(s, sp, line);
		done = at;
	}
	if (matchers_ready(s, sp))
		each_line(s, sp, str_from(text, done));
	else
		plain_lines(s, sp->stream, str_from(text, done));
}

/* ---- lines that came in more than one chunk ----------------------------------------------------- */

static size_t longest_mask(const struct log_step *s)
{
	return s->job->masker ? masker_longest(s->job->masker) : 0;
}

/* The first `cut` bytes of the carry, masked. The mask that the piece before has ended in is not shown again. */
static void give_piece(struct log_step *s, struct splitter *sp, size_t cut)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct str carry = buf_str(&sp->carry);
	struct ranges r = { 0 };
	bool known = sp->in_mask; /* the first range has been shown */
	bool in_mask = false;
	size_t at = 0, left = 0;
	if (known)
		ranges_add(&r, 0, sp->mask_left);
	if (s->job->masker)
		patterns_find(masker_patterns(s->job->masker), carry, true, &r);
	for (size_t i = 0; i < r.n && r.v[i].from < cut; i++) {
		buf_add(&out, carry.p + at, r.v[i].from - at);
		if (i > 0 || !known)
			buf_add(&out, "***", 3);
		at = MIN(r.v[i].to, cut);
		in_mask = r.v[i].to >= cut;
		left = in_mask ? r.v[i].to - cut : 0;
	}
	buf_add(&out, carry.p + at, cut - at);
	ranges_done(&r);
	sp->in_mask = in_mask;
	sp->mask_left = left;
	buf_shift(&sp->carry, cut);
	if (out.n)
		give_line(s, sp->stream, LOG_INFO, buf_str(&out));
}

/* LOG_LINE_MAX, or a little less so as not to cut a character in two. */
static size_t cut_place(struct str s)
{
	size_t cut = LOG_LINE_MAX;
	for (int i = 0; i < 3 && ((unsigned char)s.p[cut] & 0xC0) == 0x80; i++)
		cut--;
	return ((unsigned char)s.p[cut] & 0xC0) == 0x80 ? LOG_LINE_MAX : cut;
}

/* The carry is full: there is a piece to hand on, and enough behind it to see every secret that begins in it. */
static void long_line(struct log_step *s, struct splitter *sp)
{
	if (!sp->continued && commands_long_line(s, sp->stream, buf_str(&sp->carry), longest_mask(s))) {
		sp->swallow = true;
		buf_clear(&sp->carry);
	} else {
		give_piece(s, sp, cut_place(buf_str(&sp->carry)));
	}
	sp->continued = true;
	arena_clear(&s->scratch);
}

static void carry_add(struct log_step *s, struct splitter *sp, struct str bytes)
{
	while (bytes.n && !sp->swallow) {
		size_t limit = LOG_LINE_MAX + 1 + longest_mask(s);
		if (sp->carry.n < limit) {
			struct str part = str_to(bytes, limit - sp->carry.n);
			buf_addstr(&sp->carry, part);
			bytes = str_from(bytes, part.n);
		}
		if (sp->carry.n >= limit)
			long_line(s, sp);
	}
}

/* The line in the carry has ended. */
static void carry_end(struct log_step *s, struct splitter *sp)
{
	if (!sp->continued)
		one_line(s, sp, buf_str(&sp->carry));
	else if (!sp->swallow && sp->carry.n)
		give_piece(s, sp, sp->carry.n);
	if (sp->carry.cap > SLICE_MAX)
		buf_done(&sp->carry);
	buf_clear(&sp->carry);
	sp->continued = sp->swallow = sp->in_mask = false;
	sp->mask_left = 0;
}

static void feed_slice(struct log_step *s, struct splitter *sp, struct str bytes)
{
	if (sp->skip_lf && bytes.p[0] == '\n')
		bytes = str_from(bytes, 1);
	sp->skip_lf = bytes.n && bytes.p[bytes.n - 1] == '\r';
	if (sp->carry.n || sp->continued) {
		size_t end = lines_end(bytes, 0);
		carry_add(s, sp, str_to(bytes, end));
		if (end == bytes.n)
			return;
		carry_end(s, sp);
		bytes = str_from(bytes, lines_next(bytes, end));
	}
	size_t whole = lines_whole(bytes);
	if (whole)
		whole_lines(s, sp, str_to(bytes, whole));
	carry_add(s, sp, str_from(bytes, whole));
}

void log_step_feed(struct log_step *s, enum log_stream stream, struct str bytes)
{
	assert(stream == LOG_STDOUT || stream == LOG_STDERR);
	while (bytes.n) {
		struct str slice = str_to(bytes, SLICE_MAX);
		feed_slice(s, &s->streams[stream], slice);
		bytes = str_from(bytes, slice.n);
	}
}

void log_step_end(struct log_step *s)
{
	for (size_t i = ARRAY_LEN(s->streams); i-- > 0;) {
		struct splitter *sp = &s->streams[i];
		if (sp->carry.n || sp->continued)
			carry_end(s, sp);
		buf_done(&sp->carry);
	}
}

/* ---- saying something ---------------------------------------------------------------------------- */

void step_lines(struct log_step *s, enum log_stream stream, enum log_level level, struct str text, size_t tail)
{
	_cleanup_buf_ struct buf masked = BUF_INIT;
	if (s->job->masker && !masker_empty(s->job->masker)) {
		masker_apply(s->job->masker, text, &masked);
		text = buf_str(&masked);
	}
	text.n -= MIN(text.n, tail);
	if (text.n)
		give_lines(s, stream, level, text);
	else
		give_line(s, stream, level, STR_EMPTY);
}

void log_step_say(struct log_step *s, enum log_level level, struct str text)
{
	struct log_annotation issue = { .level = level, .message = text };
	if (level == LOG_ERROR || level == LOG_WARNING || level == LOG_NOTICE)
		step_issue(s, LOG_RUNNER, &issue, (struct str) { NULL, 0 });
	else if (level != LOG_DEBUG || s->job->step_debug)
		step_lines(s, LOG_RUNNER, level, text, 0);
}

void step_complain(struct log_step *s, enum log_level level, const char *fmt, ...)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	buf_addvf(&b, fmt, ap);
	va_end(ap);
	log_step_say(s, level, buf_str(&b));
}

void step_debug(struct log_step *s, const char *fmt, ...)
{
	if (!s->job->step_debug)
		return;
	_cleanup_buf_ struct buf b = BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	buf_addvf(&b, fmt, ap);
	va_end(ap);
	log_step_say(s, LOG_DEBUG, buf_str(&b));
}
