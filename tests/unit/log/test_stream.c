/* The output pipeline beyond single cases: any cut into chunks gives the same, memory is bounded, lines that are
 * too long. */
#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1 /* its quarantine keeps what was freed */
#endif
#endif

#include <criterion/criterion.h>

#include <sys/resource.h>

#include "recorder.h"

static struct log_step *start(struct log_job **job, struct masker *m, struct recorder *r)
{
	*job = log_job_new(m, STR("/nowhere"), false);
	return log_step_new(*job, &recorder_ops, r);
}

static void finish(struct log_step *s, struct log_job *j, struct masker *m)
{
	log_step_end(s);
	log_step_free(s);
	log_job_free(j);
	masker_free(m);
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* Words that mean something to the pipeline, in any order. */
static void random_output(struct buf *b, uint64_t *seed, size_t n)
{
	static const char *const words[] = { "\n",
		                             "\n",
		                             "\r\n",
		                             "\r",
		                             "::",
		                             "error",
		                             "set-output name=x::",
		                             "##[",
		                             "]",
		                             "secret",
		                             "sec",
		                             "ret",
		                             "%0A",
		                             "%25",
		                             "::stop-commands::zz",
		                             "\n::zz::",
		                             "\n::add-mask::mask",
		                             "mask",
		                             "group",
		                             " ",
		                             "a",
		                             "\xFF",
		                             "\n::error file=a,line=1::",
		                             "std::string",
		                             "\n##[command]",
		                             "\n::echo::on\n",
		                             "long long line of text" };
	while (b->n < n)
		buf_adds(b, words[next_random(seed) % ARRAY_LEN(words)]);
}

static void feed_in_pieces(struct recorder *r, struct str text, uint64_t *seed, size_t chunk)
{
	struct masker *m = masker_new();
	struct log_job *j;
	masker_add_secret(m, STR("secret"));
	struct log_step *s = start(&j, m, r);
	while (text.n) {
		struct str part = str_to(text, chunk ? chunk : 1 + next_random(seed) % 40);
		log_step_feed(s, LOG_STDOUT, part);
		text = str_from(text, part.n);
	}
	finish(s, j, m);
}

Test(log_stream, chunks_do_not_matter)
{
	uint64_t seed = 3;
	for (int round = 0; round < 300; round++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct recorder whole = { .keep = true }, bytes = { .keep = true }, pieces = { .keep = true };
		random_output(&text, &seed, 20 + (size_t)round);
		feed_in_pieces(&whole, buf_str(&text), &seed, SIZE_MAX);
		feed_in_pieces(&bytes, buf_str(&text), &seed, 1);
		feed_in_pieces(&pieces, buf_str(&text), &seed, 0);
		cr_assert(str_eq(buf_str(&whole.text), buf_str(&bytes.text)), "round %d:\n%s\n--- bytes\n%s", round,
		          buf_cstr(&whole.text), buf_cstr(&bytes.text));
		cr_assert(str_eq(buf_str(&whole.text), buf_str(&pieces.text)), "round %d, pieces", round);
		recorder_done(&whole);
		recorder_done(&bytes);
		recorder_done(&pieces);
	}
}

/* Every cut of a short text into two chunks. */
Test(log_stream, every_cut)
{
	struct str text = STR("a\r\nb\rc\n\r\nsecret\r\n::error::x secret%0Ay\n  ::set-output name=q::1\r\nlast secret");
	struct recorder want = { .keep = true };
	feed_in_pieces(&want, text, NULL, SIZE_MAX);
	for (size_t cut = 0; cut <= text.n; cut++) {
		struct recorder r = { .keep = true };
		struct masker *m = masker_new();
		struct log_job *j;
		masker_add_secret(m, STR("secret"));
		struct log_step *s = start(&j, m, &r);
		log_step_feed(s, LOG_STDOUT, str_to(text, cut));
		log_step_feed(s, LOG_STDOUT, STR_EMPTY);
		log_step_feed(s, LOG_STDOUT, str_from(text, cut));
		finish(s, j, m);
		cr_expect(str_eq(buf_str(&r.text), buf_str(&want.text)), "cut at %zu:\n%s", cut, buf_cstr(&r.text));
		recorder_done(&r);
	}
	recorder_done(&want);
}

Test(log_stream, batches)
{
	struct recorder r = { 0 };
	struct log_job *j;
	struct masker *m = masker_new();
	struct log_step *s = start(&j, m, &r);
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (int i = 0; i < 5000; i++)
		buf_adds(&b, "std::vector of lines\n");
	log_step_feed(s, LOG_STDOUT, buf_str(&b));
	cr_expect_eq(r.lines, 5000);
	cr_expect_leq(r.batches, 5);
	finish(s, j, m);
}

static long max_rss_kb(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

Test(log_stream, one_endless_line)
{
	enum { CHUNK = 1 << 16, CHUNKS = 1600 };
	static char chunk[CHUNK];
	struct recorder r = { 0 };
	struct log_job *j;
	struct masker *m = masker_new();
	masker_add_secret(m, STR("secret"));
	struct log_step *s = start(&j, m, &r);
	memset(chunk, 'x', sizeof(chunk));
	long before = max_rss_kb();
	for (int i = 0; i < CHUNKS; i++)
		log_step_feed(s, LOG_STDOUT, str_n(chunk, sizeof(chunk)));
	finish(s, j, m);
	cr_expect_eq(r.bytes, (size_t)CHUNK * CHUNKS);
	cr_expect_leq(r.longest, (size_t)LOG_LINE_MAX + 64);
	cr_expect_eq(r.lines, 100, "%zu", r.lines);
#if !defined(UNDER_ASAN)
	cr_expect_leq(max_rss_kb() - before, 32 << 10);
#else
	(void)before;
#endif
}

/* Takes the pieces together again. */
static void join_line(void *cookie, enum log_stream stream, enum log_level level, const struct str *lines, size_t n)
{
	(void)stream;
	(void)level;
	for (size_t i = 0; i < n; i++)
		buf_addstr(cookie, lines[i]);
}

static const struct log_ops joining_ops = { .lines = join_line };

/* Secrets at, over and touching every cut of a long line come out as if the line had been masked whole. */
Test(log_stream, secrets_at_the_cuts_of_a_long_line)
{
	struct str secrets[] = { STR("0123456789"), STR("78901234"), STR("=") };
	for (int shift = -12; shift <= 3; shift++) {
		_cleanup_buf_ struct buf line = BUF_INIT, want = BUF_INIT, got = BUF_INIT, bytes = BUF_INIT;
		struct masker *m = masker_new();
		for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
			masker_add_mask(m, secrets[i]);
		while (line.n < (size_t)(LOG_LINE_MAX + shift))
			buf_addc(&line, 'x');
		buf_adds(&line, "0123456789012345678==9");
		while (line.n < (size_t)(2 * LOG_LINE_MAX + shift))
			buf_addc(&line, 'y');
		buf_adds(&line, "0123456789");
		while (line.n < 3 * (size_t)LOG_LINE_MAX + 100)
			buf_addc(&line, '=');
		masker_apply(m, buf_str(&line), &want);
		for (int chunked = 0; chunked < 2; chunked++) {
			struct buf *out = chunked ? &bytes : &got;
			struct log_job *j = log_job_new(m, STR("/"), false);
			struct log_step *s = log_step_new(j, &joining_ops, out);
			struct str rest = buf_str(&line);
			while (rest.n) {
				struct str part = str_to(rest, chunked ? 4093 : SIZE_MAX);
				log_step_feed(s, LOG_STDERR, part);
				rest = str_from(rest, part.n);
			}
			log_step_end(s);
			log_step_free(s);
			log_job_free(j);
			cr_expect(str_eq(buf_str(&want), buf_str(out)), "shift %d, %zu and %zu bytes", shift, want.n, out->n);
		}
		masker_free(m);
	}
}

static void feed_long(struct recorder *r, const char *begin, size_t n, bool debug)
{
	struct masker *m = masker_new();
	struct log_job *j = log_job_new(m, STR("/nowhere"), debug);
	struct log_step *s = log_step_new(j, &recorder_ops, r);
	_cleanup_buf_ struct buf line = BUF_INIT;
	buf_adds(&line, begin);
	while (line.n < n)
		buf_addc(&line, 'v');
	buf_adds(&line, "\nnext\n");
	log_step_feed(s, LOG_STDOUT, buf_str(&line));
	finish(s, j, m);
}

Test(log_stream, commands_that_are_too_long)
{
	struct recorder a = { .keep = true }, b = { .keep = true }, c = { .keep = true }, d = { .keep = true };
	feed_long(&a, "::add-mask::", 3 * LOG_LINE_MAX, false);
	cr_expect_str_eq(buf_cstr(&a.text), "run error: Unable to process command 'add-mask' successfully.\n"
	                                    "annotation error: Unable to process command 'add-mask' successfully.\n"
	                                    "run error: The line is longer than a command can be (1 MiB).\n"
	                                    "annotation error: The line is longer than a command can be (1 MiB).\n"
	                                    "failed\nout info: next\n");
	feed_long(&b, "::debug::", 3 * LOG_LINE_MAX, false);
	cr_expect_str_eq(buf_cstr(&b.text), "out info: next\n");
	feed_long(&c, "::set-output name=big::", LOG_LINE_MAX - 10, false);
	cr_expect(str_find(buf_str(&c.text), STR("\noutput big=vvv"), 0) != SIZE_MAX && c.text.n > LOG_LINE_MAX - 100);
	feed_long(&d, "::error::", 2 * LOG_LINE_MAX, false);
	cr_expect(str_starts(buf_str(&d.text), STR("out error: vvv")));
	cr_expect_lt(d.text.n, 9000, "cut to 4096 characters, twice");
	cr_expect(str_ends(buf_str(&d.text), STR("v\nout info: next\n")));
	recorder_done(&a);
	recorder_done(&b);
	recorder_done(&c);
	recorder_done(&d);
}

Test(log_stream, messages_are_cut_after_masking)
{
	struct recorder r = { .keep = true };
	struct masker *m = masker_new();
	struct log_job *j;
	masker_add_mask(m, STR("sesame"));
	struct log_step *s = start(&j, m, &r);
	_cleanup_buf_ struct buf text = BUF_INIT;
	for (int i = 0; i < 4092; i++)
		buf_adds(&text, "\xC3\xA4");
	buf_adds(&text, "sesame\xF0\x9F\x98\x80more");
	log_step_say(s, LOG_ERROR, buf_str(&text));
	cr_expect(str_ends(buf_str(&r.text), STR("\xC3\xA4***\n")), "the last character would need two places");
	cr_expect_lt(r.text.n, 4 * 4096 + 100);
	finish(s, j, m);
	recorder_done(&r);
}

Test(log_stream, what_the_runner_says)
{
	struct recorder r = { .keep = true };
	struct masker *m = masker_new();
	struct log_job *j;
	masker_add_mask(m, STR("sesame"));
	struct log_step *s = start(&j, m, &r);
	log_step_say(s, LOG_GROUP, STR("Run sesame"));
	log_step_say(s, LOG_INFO, STR("one\ntwo\n"));
	log_step_say(s, LOG_INFO, STR(""));
	log_step_say(s, LOG_INFO, STR("::error::not a command"));
	log_step_say(s, LOG_ENDGROUP, STR(""));
	log_step_say(s, LOG_DEBUG, STR("hidden"));
	log_step_say(s, LOG_WARNING, STR("careful: sesame"));
	cr_expect_str_eq(buf_cstr(&r.text), "run group: Run ***\nrun info: one\nrun info: two\nrun info: \n"
	                                    "run info: ::error::not a command\nrun endgroup: \n"
	                                    "run warning: careful: ***\nannotation warning: careful: ***\n");
	finish(s, j, m);
	recorder_done(&r);
}

/* A pattern that is quadratic in the length of a line does not hang on a long one. */
Test(log_stream, slow_matchers_on_long_lines, .timeout = 60)
{
	char path[] = "/tmp/sidestep-matcher-XXXXXX";
	int fd = mkstemp(path);
	static const char json[] =
		"{\"problemMatcher\":[{\"owner\":\"q\",\"pattern\":[{\"regexp\":\"a*[bc]d\",\"message\":0}]}]}";
	cr_assert(fd >= 0 && write(fd, json, sizeof(json) - 1) == (ssize_t)sizeof(json) - 1);
	close(fd);
	struct recorder r = { 0 };
	struct masker *m = masker_new();
	struct log_job *j;
	struct log_step *s = start(&j, m, &r);
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_addf(&b, "::add-matcher::%s\n", path);
	for (int i = 0; i < 900000; i++)
		buf_addc(&b, 'a');
	buf_adds(&b, "bx\n");
	log_step_feed(s, LOG_STDOUT, buf_str(&b));
	cr_expect_geq(r.lines, 1);
	finish(s, j, m);
	recorder_done(&r);
	unlink(path);
}
