/* The output pipeline with any bytes, cut anywhere: the first bytes choose the cuts and settings, the rest is what a
 * step writes on its two streams. Cut differently it must come out the same on one stream. */
#include <stdint.h>
#include <stdlib.h>

#include "log/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
	struct buf text;
	bool secret_shown;
};

static void on_lines(void *cookie, enum log_stream stream, enum log_level level, const struct str *lines, size_t n)
{
	struct sum *sum = cookie;
	for (size_t i = 0; i < n; i++) {
		buf_addc(&sum->text, (char)('0' + (int)stream * 16 + (int)level));
		buf_addstr(&sum->text, lines[i]);
		buf_addc(&sum->text, '\n');
		sum->secret_shown |= str_find(lines[i], STR("hush-hush"), 0) != SIZE_MAX;
	}
}

static void on_annotation(void *cookie, const struct log_annotation *a)
{
	struct sum *sum = cookie;
	buf_addf(&sum->text, "%d %u %u %u %u ", (int)a->level, a->line, a->end_line, a->col, a->end_col);
	buf_addstr(&sum->text, a->message);
	buf_addstr(&sum->text, a->file);
	buf_addstr(&sum->text, a->title);
}

static void on_pair(void *cookie, struct str name, struct str value)
{
	struct sum *sum = cookie;
	buf_addstr(&sum->text, name);
	buf_addstr(&sum->text, value);
}

static void on_path(void *cookie, struct str path)
{
	on_pair(cookie, path, STR_EMPTY);
}

static void on_failed(void *cookie)
{
	on_pair(cookie, STR("failed"), STR_EMPTY);
}

static struct str on_env(void *cookie, const char *name)
{
	(void)cookie;
	(void)name;
	return STR("true");
}

static const struct log_ops ops = { on_lines, on_annotation, on_pair, on_pair, on_pair, on_path, on_failed, on_env };

static void feed(struct sum *sum, struct str text, size_t chunk, uint8_t flags)
{
	struct masker *m = masker_new();
	masker_add_secret(m, STR("hush-hush"));
	struct log_job *j = log_job_new(m, STR("/nonexistent"), flags & 1);
	struct log_step *s = log_step_new(j, &ops, sum);
	enum log_stream stream = LOG_STDOUT;
	while (text.n) {
		struct str part = str_to(text, chunk);
		log_step_feed(s, stream, part);
		text = str_from(text, part.n);
		if (flags & 2)
			stream = stream == LOG_STDOUT ? LOG_STDERR : LOG_STDOUT;
	}
	log_step_end(s);
	log_step_free(s);
	log_job_free(j);
	masker_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	uint8_t flags = data[0];
	size_t chunk = 1 + data[1];
	struct str text = str_n((const char *)data + 2, size - 2);
	struct sum a = { 0 }, b = { 0 };
	feed(&a, text, chunk, flags);
	feed(&b, text, SIZE_MAX, flags & 1);
	if (a.secret_shown || b.secret_shown || (!(flags & 2) && !str_eq(buf_str(&a.text), buf_str(&b.text))))
		abort();
	buf_done(&a.text);
	buf_done(&b.text);
	return 0;
}
