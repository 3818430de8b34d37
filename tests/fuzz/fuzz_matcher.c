/* Problem matchers with any bytes: their file up to a NUL (or a line of dashes), then the lines they look at. Whatever they find,
 * no secret is in it, and places lie within their bounds. */
#include <stdint.h>
#include <stdlib.h>

#include "log/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(struct str s)
{
	if (str_find(s, STR("hush-hush"), 0) != SIZE_MAX)
		abort();
}

static void on_lines(void *cookie, enum log_stream stream, enum log_level level, const struct str *lines, size_t n)
{
	(void)cookie;
	(void)stream;
	(void)level;
	for (size_t i = 0; i < n; i++)
		look(lines[i]);
}

static void on_annotation(void *cookie, const struct log_annotation *a)
{
	unsigned *found = cookie;
	look(a->message);
	look(a->file);
	look(a->title);
	if (++*found > 3 * LOG_ANNOTATIONS_MAX || a->message.n == 0)
		abort();
}

static void on_pair(void *cookie, struct str name, struct str value)
{
	(void)cookie;
	(void)name;
	(void)value;
}

static void on_path(void *cookie, struct str path)
{
	on_pair(cookie, path, STR_EMPTY);
}

static void on_failed(void *cookie)
{
	(void)cookie;
}

static struct str on_env(void *cookie, const char *name)
{
	(void)cookie;
	(void)name;
	return STR_EMPTY;
}

static const struct log_ops ops = { on_lines, on_annotation, on_pair, on_pair, on_pair, on_path, on_failed, on_env };

static void run(struct matcher_list *matchers, struct str lines)
{
	unsigned found = 0;
	struct masker *m = masker_new();
	masker_add_secret(m, STR("hush-hush"));
	struct log_job *j = log_job_new(m, STR("/nonexistent"), false);
	log_job_set_repository(j, STR("https://github.com"), STR("o/r"));
	matcher_list_prepend(&j->matchers, matchers);
	j->matchers_version++;
	struct log_step *s = log_step_new(j, &ops, &found);
	log_step_feed(s, LOG_STDOUT, lines);
	log_step_end(s);
	log_step_free(s);
	log_job_free(j);
	masker_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_n((const char *)data, size);
	size_t cut = MIN(str_find_c(text, '\0', 0), str_find(text, STR("\n---\n"), 0));
	struct matcher_list list;
	struct err err = ERR_INIT;
	int rc = matcher_config_read(&list, str_to(text, cut), &err);
	if ((rc < 0) != (err.text[0] != '\0'))
		abort();
	if (rc == 0)
		run(&list, str_from(text, cut == SIZE_MAX ? size : cut + 1));
	matcher_list_done(&list);
	return 0;
}
