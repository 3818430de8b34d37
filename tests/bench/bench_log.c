/* How fast the output pipeline is: 1 GiB of lines of 76 bytes through a step's stream into its log file, without and
 * with 20 secrets. Prints MB/s and the memory used; not a test.
 *
 *	bench_log [file on tmpfs] [MiB] */
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "log/patterns.h"
#include "log/steplog.h"
#include "log/stream.h"

enum { CHUNK = 256 << 10, LINE = 76, SECRETS = 20 };

struct bench {
	struct steplog *file;
	int64_t time_ms;
	uint64_t lines;
};

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_lines(void *cookie, enum log_stream stream, enum log_level level, const struct str *lines, size_t n)
{
	struct bench *b = cookie;
	(void)stream;
	b->lines += n;
	steplog_lines(b->file, b->time_ms, level, lines, n);
}

static const struct log_ops ops = { .lines = on_lines };

/* Text as compilers write it; with hit_every, each such line has a secret in it. */
static void fill(char *chunk, unsigned hit_every)
{
	static const char words[] =
		"[ 42%] Building C object src/log/CMakeFiles/sidestep_log.dir/stream.c.o -O2 warning: unused ";
	uint64_t seed = 42;
	for (size_t i = 0; i < CHUNK; i++) {
		size_t column = i % LINE;
		if (column == LINE - 1) {
			chunk[i] = '\n';
			continue;
		}
		if (column % 16 == 0)
			seed = seed * 6364136223846793005u + 1442695040888963407u;
		chunk[i] = words[(column + (seed >> 40)) % (sizeof(words) - 1)];
		if (chunk[i] == '[' || chunk[i] == ':')
			chunk[i] = '.';
	}
	for (size_t line = 0; hit_every && (line + 1) * LINE <= CHUNK; line += hit_every)
		memcpy(chunk + line * LINE + 20, "s3cr3t-value-000", 16);
	chunk[CHUNK - 1] = '\n';
}

static struct masker *make_masker(unsigned secrets)
{
	struct masker *m = masker_new();
	for (unsigned i = 0; i < secrets; i++) {
		char text[64];
		int n = snprintf(text, sizeof(text), "%c%xcr3t-value-%03u%.*s", 's' + (int)(i % 8) - 4, 3 + i * 7, i,
		                 (int)(i % 20), "/+=abcDEFghi&\"'<xyz>");
		masker_add_secret(m, i ? str_n(text, (size_t)n) : STR("s3cr3t-value-000"));
	}
	return m;
}

static int run(const char *path, uint64_t total, unsigned secrets, unsigned hit_every)
{
	static char chunk[CHUNK];
	struct err err = ERR_INIT;
	struct bench b = { .time_ms = INT64_C(1795248000123) };
	struct masker *m = make_masker(secrets);
	struct log_job *j = log_job_new(m, STR("/"), false);
	struct log_step *s = log_step_new(j, &ops, &b);
	if (steplog_open(&b.file, path, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	fill(chunk, hit_every);
	double start = seconds();
	for (uint64_t done = 0; done < total; done += CHUNK, b.time_ms++)
		log_step_feed(s, LOG_STDOUT, str_n(chunk, CHUNK));
	log_step_end(s);
	int rc = steplog_close(b.file, &err);
	double time = seconds() - start;
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	printf("%2u secrets (%3zu patterns), %-22s %6.0f MB/s  %" PRIu64 " lines, max rss %ld KiB\n", secrets,
	       patterns_count(masker_patterns(m)), hit_every ? "hit on every 4th line:" : "no hits:", (double)total / time / 1e6,
	       b.lines, u.ru_maxrss);
	if (rc < 0)
		fprintf(stderr, "%s\n", err.text);
	log_step_free(s);
	log_job_free(j);
	masker_free(m);
	return rc < 0;
}

/* The search for secrets alone. */
static void scan(unsigned secrets, bool plain)
{
	static char chunk[CHUNK];
	enum { ROUNDS = 2000 };
	struct masker *m = make_masker(secrets);
	fill(chunk, 0);
	if (plain)
		patterns_plain(masker_patterns(m));
	double start = seconds();
	bool hit = false;
	for (int i = 0; i < ROUNDS; i++)
		hit |= masker_hits(m, str_n(chunk, CHUNK));
	double time = seconds() - start;
	printf("search alone, %3u secrets (%4zu patterns), %-8s %6.0f MB/s%s\n", secrets, patterns_count(masker_patterns(m)),
	       plain ? "scalar:" : "default:", (double)CHUNK * ROUNDS / time / 1e6, hit ? " (hits!)" : "");
	masker_free(m);
}

/* Only what a run has made: a device given as the file stays. */
static void remove_log(const char *path)
{
	struct stat st;
	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
		unlink(path);
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/dev/shm/sidestep-bench.log";
	char *end = NULL;
	uint64_t mib = argc > 2 ? strtoull(argv[2], &end, 10) : 1024;
	if (mib == 0 || mib > 1 << 20 || (end && *end)) {
		fprintf(stderr, "usage: bench_log [file on tmpfs] [MiB]\n");
		return 2;
	}
	int rc = run(path, mib << 20, 0, 0) || run(path, mib << 20, SECRETS, 0) || run(path, mib << 20, SECRETS, 4);
	remove_log(path);
	for (unsigned n = 1; n <= 400; n = n < 20 ? 20 : n * 4)
		for (int plain = 0; plain < 2; plain++)
			scan(n, plain);
	return rc;
}
