/* PCRE2 behind regex.h. A search is cut into windows of starting places, so that the library's limit, which
 * counts anew at each start, and a deadline together bound the time on lines of any length. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "log/regex.h"

#include <pcre2.h>
#include <time.h>

#include "base/arena.h"

enum {
	PATTERN_MAX = 1 << 16,
	MATCH_LIMIT = 1 << 20, /* steps from one starting place */
	HEAP_LIMIT_KB = 16 << 10,
	WINDOW = 256, /* starting places between two looks at the clock */
	JIT_STACK = 1 << 20,
};

static const uint64_t time_limit = 300000000; /* ns, for one search: nothing else goes on meanwhile */

struct regex {
	pcre2_code *code;
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_jit_stack *stack;
	uint32_t groups;
};

void regex_free(struct regex *re)
{
	if (!re)
		return;
	pcre2_match_data_free(re->data);
	pcre2_match_context_free(re->context);
	pcre2_jit_stack_free(re->stack);
	pcre2_code_free(re->code);
	free(re);
}

static int fail(struct err *err, int code, struct str pattern)
{
	char text[160];
	if (pcre2_get_error_message(code, (unsigned char *)text, sizeof(text)) < 0)
		text[0] = '\0';
	return err_set(err, ERR_INVALID, "Invalid pattern '%.*s'. %s", STRF(str_to(pattern, 200)), text);
}

static pcre2_code *compile(struct str pattern, int *error)
{
	/* ASCII \d \w \s as ECMAScript has them (no UCP); '.' stops at \n only. */
	const uint32_t flags = PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS |
	                       PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_max_pattern_length(context, PATTERN_MAX);
	size_t at;
	pcre2_code *code = pcre2_compile((const unsigned char *)pattern.p, pattern.n, flags, error, &at, context);
	pcre2_compile_context_free(context);
	return code;
}

int regex_new(struct regex **out, struct str pattern, struct err *err)
{
	int error;
	pcre2_code *code = compile(pattern, &error);
	if (!code)
		return fail(err, error, pattern);
	struct regex *re = xcalloc(1, sizeof(*re));
	re->code = code;
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &re->groups);
	re->data = pcre2_match_data_create_from_pattern(code, NULL);
	re->context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(re->context, MATCH_LIMIT);
	pcre2_set_heap_limit(re->context, HEAP_LIMIT_KB);
	if (pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0) {
		re->stack = pcre2_jit_stack_create(1 << 15, JIT_STACK, NULL);
		pcre2_jit_stack_assign(re->context, NULL, re->stack);
	}
	*out = re;
	return 0;
}

unsigned regex_groups(const struct regex *re)
{
	return re->groups;
}

static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static enum regex_result give_up(int code, struct err *err)
{
	char text[160];
	if (pcre2_get_error_message(code, (unsigned char *)text, sizeof(text)) < 0)
		text[0] = '\0';
	err_set(err, ERR_INVALID, "The regular expression takes too long: %s", text);
	return REGEX_GAVE_UP;
}

enum regex_result regex_search(struct regex *re, struct str subject, struct err *err)
{
	uint64_t end = 0;
	for (size_t from = 0;;) {
		size_t last = from + WINDOW - 1;
		while (last + 1 < subject.n && ((unsigned char)subject.p[last + 1] & 0xC0) == 0x80)
			last++;
		pcre2_set_offset_limit(re->context, last < subject.n ? last : PCRE2_UNSET);
		int rc = pcre2_match(re->code, (const unsigned char *)subject.p, subject.n, from, PCRE2_NO_UTF_CHECK, re->data,
		                     re->context);
		if (rc >= 0)
			return REGEX_YES;
		if (rc != PCRE2_ERROR_NOMATCH)
			return give_up(rc, err);
		if (last >= subject.n)
			return REGEX_NO;
		uint64_t t = now();
		if (!end)
			end = t + time_limit;
		else if (t > end)
			return give_up(PCRE2_ERROR_MATCHLIMIT, err);
		from = last + 1;
	}
}

struct str regex_group(const struct regex *re, struct str subject, unsigned group)
{
	const size_t *ends = pcre2_get_ovector_pointer(re->data);
	if (group >= pcre2_get_ovector_count(re->data) || ends[2 * group] == PCRE2_UNSET || ends[2 * group] > ends[2 * group + 1])
		return (struct str) { NULL, 0 };
	return str_n(subject.p + ends[2 * group], ends[2 * group + 1] - ends[2 * group]);
}
