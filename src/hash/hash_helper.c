/* A request is a line for each of its strings, which may hold any bytes; an answer is JSON. A string of an environment may not be
 * longer than 128 KiB, so the request comes in pieces. */
#include "hash/hash_helper.h"

#include <errno.h>
#include <unistd.h>

#include "base/vec.h"
#include "hash/hash_files.h"
#include "value/val.h"

#define VARIABLE "SIDESTEP_HASH_REQUEST_"
enum { PIECE_MAX = 100 * 1024, PIECES_MAX = 10, FAILED = 1 };

/* What cannot stand in a line of an environment. */
static const char escapes[][2] = { { '\\', '\\' }, { '\n', 'n' }, { '\0', '0' } };

static void add_line(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t k = 0;
		while (k < ARRAY_LEN(escapes) && escapes[k][0] != s.p[i])
			k++;
		if (k < ARRAY_LEN(escapes))
			buf_addc(b, '\\');
		buf_addc(b, k < ARRAY_LEN(escapes) ? escapes[k][1] : s.p[i]);
	}
	buf_addc(b, '\n');
}

/* The next line of a request, as it was before add_line. */
static struct str take_line(struct arena *a, struct str *rest)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	size_t i = 0;
	for (; i < rest->n && rest->p[i] != '\n'; i++) {
		bool escaped = rest->p[i] == '\\' && i + 1 < rest->n;
		i += escaped;
		size_t k = 0;
		while (escaped && k < ARRAY_LEN(escapes) && escapes[k][1] != rest->p[i])
			k++;
		buf_addc(&b, escaped && k < ARRAY_LEN(escapes) ? escapes[k][0] : rest->p[i]);
	}
	*rest = str_from(*rest, MIN(i + 1, rest->n));
	return arena_str(a, buf_str(&b));
}

struct str hash_request_text(struct arena *a, const struct hash_request *r)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	add_line(&b, r->workspace);
	add_line(&b, r->home);
	add_line(&b, r->served ? STR("served") : STR_EMPTY);
	for (size_t i = 0; i < r->n; i++)
		add_line(&b, r->patterns[i]);
	return arena_str(a, buf_str(&b));
}

char **hash_request_environ(struct arena *a, struct str text, char *const *env)
{
	struct {
		VEC(char *);
	} all = { 0 };
	if (text.n > (size_t)PIECE_MAX * PIECES_MAX)
		return NULL;
	for (; env && *env; env++)
		if (strncmp(*env, VARIABLE, strlen(VARIABLE)) != 0)
			*vec_add(a, &all) = *env;
	for (unsigned i = 0; text.n; i++) {
		struct str piece = str_to(text, MIN(text.n, (size_t)PIECE_MAX));
		*vec_add(a, &all) = (char *)(uintptr_t)arena_printf(a, VARIABLE "%u=%.*s", i, STRF(piece)).p;
		text = str_from(text, piece.n);
	}
	*vec_add(a, &all) = NULL;
	return all.v;
}

static struct str text_at(struct val v, const char *key)
{
	struct val at = val_at(v, key);
	return at.kind == VAL_STRING ? at.s : STR_EMPTY;
}

int hash_answer_read(struct str *out, struct arena *a, struct str said, struct err *err)
{
	struct val v;
	if (val_from_json(&v, a, said, NULL) < 0 || v.kind != VAL_OBJECT)
		return err_set(err, ERR_SYSTEM, "the helper that hashes files has ended without an answer");
	struct str wrong = text_at(v, "error");
	if (wrong.n)
		return err_set(err, (enum err_kind)val_to_number(val_at(v, "kind")), "%.*s", STRF(wrong));
	*out = text_at(v, "hash");
	return 0;
}

/* ---- the helper ---- */

static struct str request_of(struct arena *a, char *const *env)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (unsigned i = 0; i < PIECES_MAX; i++) {
		struct str name = arena_printf(a, VARIABLE "%u=", i);
		char *const *e = env;
		while (*e && !str_starts(str_of(*e), name))
			e++;
		if (*e)
			buf_adds(&b, *e + name.n);
	}
	return arena_str(a, buf_str(&b));
}

static int answer_request(struct str *hash, struct arena *a, struct str text, hash_hidden_fn *hidden, struct err *err)
{
	struct {
		VEC(struct str);
	} patterns = { 0 };
	struct str workspace = take_line(a, &text), home = take_line(a, &text), served = take_line(a, &text);
	struct str *paths = NULL;
	struct map except = { 0 };
	size_t n = 0;
	while (text.n)
		*vec_add(a, &patterns) = take_line(a, &text);
	if (served.n && hidden(a, workspace, &paths, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		map_put(a, &except, str_ends(paths[i], STR("/")) ? str_to(paths[i], paths[i].n - 1) : paths[i], hash);
	return hash_files_except(hash, a, workspace, home, patterns.v, patterns.n, n ? &except : NULL, err);
}

static int write_all(int fd, struct str text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n < 0 && errno != EINTR)
			return -1;
		text = str_from(text, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

int hash_helper_main(char *const *env, int out, hash_hidden_fn *hidden)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct str hash = STR_EMPTY;
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct val answer = val_object(&a);
	int rc = answer_request(&hash, &a, request_of(&a, env), hidden, &err);
	if (rc == 0) {
		val_set_str(&a, answer, "hash", hash);
	} else {
		val_set_str(&a, answer, "error", str_of(err.text));
		val_set(&a, answer, STR("kind"), val_num(err.kind));
	}
	val_to_json(&b, answer, JSON_COMPACT);
	rc = write_all(out, buf_str(&b)) < 0 || rc < 0 ? FAILED : 0;
	arena_done(&a);
	return rc;
}
