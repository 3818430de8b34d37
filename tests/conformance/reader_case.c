/* One case of the reader's conformance data: `reader_case [-v] FILE` reads the workflow in it, prints what our reader
 * makes of it in the form the data uses, and exits 0 when that is the expected document, 1 when not (2: no such case).
 *
 * The data comes from servers that knew no anchors, and background steps only where a case says so: that is in the
 * limits (case_file.c). What they word differently is in as_the_data_says. */
#include <stdio.h>

#include "base/file.h"
#include "conformance/case_file.h"
#include "conformance/compare.h"
#include "dump/template_form.h"
#include "model/calls.h"

static void print(const struct buf *b)
{
	fwrite(b->p, 1, b->n, stdout);
	putchar('\n');
}

/* Wording that GitHub has changed since. */
static void as_the_data_says(struct arena *a, struct workflow *w)
{
	static const char now[] = "must start with a letter or '_' and must",
			  then[] = "must start with a letter or '_' and and must";
	for (size_t i = 0; i < w->nerrors; i++) {
		struct str s = w->errors[i].text;
		size_t at = str_find(s, STR(now), 0);
		if (at != SIZE_MAX)
			w->errors[i].text =
				arena_printf(a, "%.*s%s%.*s", (int)at, s.p, then, STRF(str_from(s, at + sizeof(now) - 1)));
	}
}

/* Called files are those of the case, by the reference as it is written. */
struct called_files {
	const struct case_file *c;
	struct source_set *sources;
	const struct source **read; /* one for each, once it was asked for */
};

static int read_called(void *cookie, const struct workflow *from, struct str ref, struct called_file *out, struct err *err)
{
	struct called_files *f = cookie;
	(void)from;
	for (size_t i = 0; i < f->c->ncalled; i++) {
		if (!str_eq(f->c->called[i].ref, ref))
			continue;
		if (!f->read[i])
			f->read[i] = source_add(f->sources, ref, f->c->called[i].text);
		*out = (struct called_file) { .source = f->read[i], .repo_path = ref };
		return 0;
	}
	return err_set(err, ERR_MISSING, "the case has no file %.*s", STRF(ref));
}

static void follow_calls(struct arena *a, struct source_set *sources, struct case_file *c, struct workflow *w,
                         struct diag_list *diags)
{
	struct called_files files = { c, sources, arena_array(a, const struct source *, c->ncalled + 1) };
	struct call_reader reader = { .cookie = &files, .read = read_called };
	calls_load(w, a, &reader, &c->calls, diags);
}

static struct workflow *read_case(struct arena *a, struct source_set *sources, struct case_file *c)
{
	struct diag_list diags = { .arena = a, .sources = sources };
	struct source *src = source_add(sources, c->path, c->workflow);
	struct workflow *w = workflow_read_limited(a, src, c->path, &c->limits, &diags);
	if (w->nerrors == 0 && !c->skip_calls)
		follow_calls(a, sources, c, w, &diags);
	as_the_data_says(a, w);
	return w;
}

static int run(const char *file, bool verbose)
{
	struct arena a = { 0 };
	struct source_set sources = { .arena = &a };
	struct case_file c;
	struct err err = ERR_INIT;
	int status = 2;
	if (case_file_read(&c, &a, file, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
	} else {
		struct buf out = BUF_INIT;
		struct template_form form = { .places = c.include_source,
			                      .events = c.strict_events,
			                      .input_types = !c.strict_events,
			                      .sorted_files = c.partial_rerun };
		template_form(&out, read_case(&a, &sources, &c), &sources, &form);
		print(&out);
		status = compare_documents(buf_str(&out), c.expected, c.strict_events, verbose) ? 0 : 1;
		buf_done(&out);
	}
	arena_done(&a);
	return status;
}

int main(int argc, char **argv)
{
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	if (argc != 2 + verbose) {
		fprintf(stderr, "usage: reader_case [-v] FILE\n");
		return 2;
	}
	return run(argv[1 + verbose], verbose);
}
