/* Runs a fuzz target without libFuzzer, for gcc: every file named on the command line (or in a folder named there) is one
 * input, then -runs=N mutations of them, from a fixed seed so that a finding comes back. -max_total_time=S ends it. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 16, INPUTS_MAX = 4096, PATH_SIZE = 4096 };

struct input {
	uint8_t *p;
	size_t n;
};

static struct input inputs[INPUTS_MAX];
static size_t ninputs;
static uint64_t state = 0x9e3779b97f4a7c15u;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void load_file(const char *path)
{
	FILE *f = ninputs < INPUTS_MAX ? fopen(path, "rb") : NULL;

	if (!f)
		return;
	uint8_t *p = malloc(INPUT_MAX);
	size_t n = p ? fread(p, 1, INPUT_MAX, f) : 0;
	fclose(f);
	inputs[ninputs++] = (struct input) { p, n };
}

static void load(const char *path, int depth)
{
	char below[PATH_SIZE];
	struct dirent *e;
	struct stat st;

	if (stat(path, &st) < 0 || depth > 8)
		return;
	if (!S_ISDIR(st.st_mode)) {
		load_file(path);
		return;
	}
	DIR *d = opendir(path);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && snprintf(below, sizeof(below), "%s/%s", path, e->d_name) < PATH_SIZE)
			load(below, depth + 1);
	if (d)
		closedir(d);
}

/* A few edits of one input: bytes changed, a piece doubled, a piece cut, a piece of another put in. */
static size_t mutate(uint8_t *out, size_t cap)
{
	struct input a = ninputs ? inputs[next() % ninputs] : (struct input) { 0 };
	size_t n = a.n < cap ? a.n : cap;

	if (n)
		memcpy(out, a.p, n);
	for (unsigned edits = 1 + (unsigned)(next() % 6); edits; edits--) {
		size_t at = n ? next() % n : 0, len = n ? 1 + next() % (n - at < 32 ? n - at : 32) : 0;
		struct input b = ninputs ? inputs[next() % ninputs] : (struct input) { 0 };
		switch (next() % 4) {
		case 0:
			if (n)
				out[at] = (uint8_t)next();
			break;
		case 1:
			memmove(out + at, out + at + len, n - at - len);
			n -= len;
			break;
		case 2:
			if (n + len > cap)
				break;
			memmove(out + at + len, out + at, n - at);
			n += len;
			break;
		default:
			len = b.n < 32 ? b.n : 1 + next() % 32;
			if (n + len > cap || !len)
				break;
			memmove(out + at + len, out + at, n - at);
			memcpy(out + at, b.p + next() % (b.n - len + 1), len);
			n += len;
		}
	}
	return n;
}

/* The input sits at the end of a block of its own, so that AddressSanitizer sees reads beyond it. */
static void run(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		exit(1);
	if (n)
		memcpy(copy, p, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

/* What is running, for the one who looks at a crash. */
static void keep(const uint8_t *p, size_t n)
{
	const char *path = getenv("FUZZ_LAST_INPUT");
	FILE *f = path ? fopen(path, "wb") : NULL;

	if (!f)
		return;
	fwrite(p, 1, n, f);
	fclose(f);
}

int main(int argc, char **argv)
{
	static uint8_t buffer[INPUT_MAX];
	long runs = 0, seconds = 0, done = 0;
	time_t begin = time(NULL);

	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "-runs=", 6) == 0)
			runs = strtol(argv[i] + 6, NULL, 10);
		else if (strncmp(argv[i], "-max_total_time=", 16) == 0)
			seconds = strtol(argv[i] + 16, NULL, 10);
		else if (argv[i][0] != '-')
			load(argv[i], 0);
	for (size_t i = 0; i < ninputs; i++) {
		keep(inputs[i].p, inputs[i].n);
		run(inputs[i].p, inputs[i].n);
	}
	while ((runs && done < runs) || (!runs && seconds)) {
		if (seconds && time(NULL) - begin >= seconds)
			break;
		size_t n = mutate(buffer, sizeof(buffer));
		keep(buffer, n);
		run(buffer, n);
		done++;
	}
	printf("%zu inputs, %ld mutations, %ld s\n", ninputs, done, (long)(time(NULL) - begin));
	for (size_t i = 0; i < ninputs; i++)
		free(inputs[i].p);
	return 0;
}
