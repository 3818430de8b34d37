/* Ranges of versions, and the files that name them, with any bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "tools/range.h"
#include "tools/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void range(struct str text)
{
	struct version v;
	static const struct version some[] = { { { 0, 0, 0 } }, { { 3, 11, 2 } }, { { 24, 1, 0 } }, { { UINT32_MAX, 0, 1 } } };
	enum range_answer known = RANGE_UNKNOWN;
	for (size_t i = 0; i < ARRAY_LEN(some); i++) {
		enum range_answer answer = range_has(text, &some[i]);
		if (i > 0 && (answer == RANGE_UNKNOWN) != (known == RANGE_UNKNOWN))
			abort(); /* whether it is a range depends on nothing else */
		known = answer;
	}
	if (version_read(&v, text) && range_has(str_trim(text), &v) != RANGE_INSIDE)
		abort(); /* a version is a range that has it */
}

/* The first line is the file's name. */
static void file(enum tool_kind kind, struct str text)
{
	struct arena a = { 0 };
	struct str name;
	struct tool_request r = { .kind = kind };
	if (str_next_line(&text, &name)) {
		r.file = arena_str(&a, name);
		tool_request_add_file(&r, &a, text);
		for (size_t i = 0; i < r.specs.n; i++)
			range(r.specs.v[i]);
	}
	arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	struct str text = str_n((const char *)data + 1, size - 1);
	if (data[0] % 2)
		range(text);
	else
		file((enum tool_kind)(data[0] / 2 % TOOL_COUNT), text);
	return 0;
}
