/* Pinning in files of any bytes: what was pinned is pinned when it is read again, and the number of lines stays. */
#include <stddef.h>
#include <stdint.h>

#include "pin/pin.h"

#define SHA "0123456789abcdef0123456789abcdef01234567"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t lines_of(struct str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

static size_t count_pinned(const struct pin_file *f)
{
	size_t n = 0;
	for (size_t i = 0; i < f->uses.n; i++)
		n += f->uses.v[i]->pinned && str_is(f->uses.v[i]->ref.ref, SHA);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct source_set set = { .arena = &a };
	struct diag_list diags = { .arena = &a, .sources = &set };
	struct pin_file before, after;
	_cleanup_buf_ struct buf text = BUF_INIT, diff = BUF_INIT;
	const struct source *src = source_add(&set, STR("fuzz.yml"), str_n((const char *)data, size));
	if (pin_find(&before, &a, src, &diags)) {
		size_t was = count_pinned(&before);
		for (size_t i = 0; i < before.uses.n; i++) {
			struct pin_use *u = before.uses.v[i];
			u->version = STR("v1.2.3");
			if (u->state != PIN_OPEN || (u->pinned && str_is(u->ref.ref, SHA)))
				continue;
			u->state = PIN_CHANGE;
			u->sha = STR(SHA);
		}
		size_t changed = pin_edit(&text, &a, &before);
		const struct source *again = source_add(&set, STR("fuzz.yml"), buf_str(&text));
		if (lines_of(src->text) != lines_of(again->text) || !pin_find(&after, &a, again, &diags) ||
		    count_pinned(&after) != was + changed)
			__builtin_trap();
		pin_diff(&diff, STR("fuzz.yml"), src->text, again->text);
	}
	arena_done(&a);
	return 0;
}
