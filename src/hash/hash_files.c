/* The call: its option, its patterns as lines, the workspace as the official program sees it, its messages. */
#include "hash/hash_files.h"

#include <limits.h>

#include "base/buf.h"
#include "base/hex.h"
#include "hash/hash_walk.h"

#define OPTION "--follow-symbolic-links"
enum { LIMIT_MS = 120 * 1000 };

static int wrong_option(struct str option, struct err *err)
{
	return err_set(err, ERR_INVALID,
	               "Specified argument was out of the range of valid values. (Parameter 'Invalid glob option %.*s, avaliable "
	               "option: "
	               "'" OPTION "'.')",
	               STRF(option));
}

static struct str joined(struct arena *a, const struct str *patterns, size_t n, const char *between, bool quoted)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (size_t i = 0; i < n; i++) {
		buf_adds(&b, i ? between : "");
		for (size_t k = 0; k < patterns[i].n; k++) {
			if (quoted && patterns[i].p[k] == '\'')
				buf_addc(&b, '\'');
			buf_addc(&b, patterns[i].p[k]);
		}
	}
	return arena_str(a, buf_str(&b));
}

static struct str hex(struct arena *a, const unsigned char sum[SHA256_SIZE])
{
	char text[2 * SHA256_SIZE + 1];
	hex_text(text, sum, SHA256_SIZE);
	return arena_str(a, str_of(text));
}

/* The hash, or HASH_FAILED, HASH_TOO_LONG. */
static int hash_lines(struct str *out, struct arena *a, struct hash_walk *w, struct str lines, struct str workspace,
                      struct str home, struct err *err)
{
	unsigned char sum[SHA256_SIZE];
	char real[PATH_MAX];
	struct glob glob;
	size_t found = 0;
	if (!realpath(arena_cstr(a, workspace), real))
		return err_errno(err, "'%.*s'", STRF(workspace));
	w->workspace = str_of(real);
	w->glob = &glob;
	if (glob_read(&glob, a, lines, w->workspace, home, err) < 0)
		return HASH_FAILED;
	int rc = hash_walk(w, &found, sum, err);
	if (rc == 0)
		*out = found ? hex(a, sum) : STR_EMPTY;
	return rc;
}

static int hash_call(struct str *out, struct arena *a, struct hash_walk w, struct str workspace, struct str home,
                     const struct str *patterns, size_t n, struct err *err)
{
	struct arena scratch = { 0 };
	struct err why = ERR_INIT;
	if (n && str_starts(patterns[0], STR("--"))) {
		if (!str_is_nocase(patterns[0], OPTION))
			return wrong_option(patterns[0], err);
		w.follow = true;
		patterns++;
		n--;
	}
	int rc = hash_lines(out, &scratch, &w, joined(&scratch, patterns, n, "\n", false), workspace, home, &why);
	struct str shown = joined(&scratch, patterns, n, ", ", true);
	if (rc == 0)
		*out = arena_str(a, *out);
	else if (rc == HASH_TOO_LONG)
		err_set(err, ERR_SYSTEM, "hashFiles('%.*s') couldn't finish within %u seconds.", STRF(shown), LIMIT_MS / 1000);
	else if (why.kind == ERR_MISSING || why.kind == ERR_UNSUPPORTED)
		err_set(err, why.kind, "%s", why.text);
	else
		err_set(err, ERR_SYSTEM, "hashFiles('%.*s') failed. Fail to hash files under directory '%.*s'", STRF(shown),
		        STRF(workspace));
	arena_done(&scratch);
	return rc < 0 ? -1 : 0;
}

int hash_files_within(struct str *out, struct arena *a, struct str workspace, struct str home, const struct str *patterns,
                      size_t n, unsigned limit_ms, struct err *err)
{
	return hash_call(out, a, (struct hash_walk) { .limit_ms = limit_ms }, workspace, home, patterns, n, err);
}

int hash_files_except(struct str *out, struct arena *a, struct str workspace, struct str home, const struct str *patterns,
                      size_t n, const struct map *except, struct err *err)
{
	struct hash_walk w = { .limit_ms = LIMIT_MS, .except = except };
	return hash_call(out, a, w, workspace, home, patterns, n, err);
}

int hash_files(struct str *out, struct arena *a, struct str workspace, struct str home, const struct str *patterns, size_t n,
               struct err *err)
{
	return hash_files_within(out, a, workspace, home, patterns, n, LIMIT_MS, err);
}
