/* File commands, masking and problem matcher files with any bytes: the first byte says which. */
#include <stdint.h>
#include <stdlib.h>

#include "log/filecmd.h"
#include "log/mask.h"
#include "log/matcher.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(enum filecmd_kind kind, struct str text)
{
	struct arena a = { 0 };
	struct filecmd_list list = { 0 };
	struct err err = ERR_INIT;
	bool blocked = false;
	int rc = filecmd_parse(&list, &a, kind, text, &blocked, &err);
	if (rc < 0 && !err.text[0])
		abort();
	for (size_t i = 0; i < list.n; i++)
		if (list.v[i].name.p[list.v[i].name.n] || list.v[i].value.p[list.v[i].value.n])
			abort();
	arena_done(&a);
}

/* The first line is the secret: no text may show it afterwards. */
static void mask(struct str text)
{
	struct str secret;
	struct masker *m = masker_new();
	_cleanup_buf_ struct buf out = BUF_INIT;
	if (str_next_line(&text, &secret)) {
		masker_add_secret(m, secret);
		masker_apply(m, text, &out);
		secret = str_trim(secret);
		bool starry = str_find_c(secret, '*', 0) != SIZE_MAX; /* the replacement may make up such a secret */
		if (secret.n && !starry && str_find(buf_str(&out), secret, 0) != SIZE_MAX)
			abort();
	}
	masker_free(m);
}

static void matchers(struct str text)
{
	struct matcher_list list;
	struct err err = ERR_INIT;
	matcher_config_read(&list, text, &err);
	matcher_list_done(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	struct str text = str_n((const char *)data + 1, size - 1);
	uint8_t what = data[0] % 6;
	if (what <= FILECMD_PATH)
		parse((enum filecmd_kind)what, text);
	else if (what == 4)
		mask(text);
	else
		matchers(text);
	return 0;
}
