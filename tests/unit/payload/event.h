/* Events of the repository in ./r, and looking into them. */
#ifndef TESTS_UNIT_PAYLOAD_EVENT_H
#define TESTS_UNIT_PAYLOAD_EVENT_H

#include "plan/payload.h"
#include "unit/git/repo.h"

/* "pull_request.head.sha" as text; "-" when a part is missing. */
static inline struct str at(struct arena *a, struct val v, const char *path)
{
	struct str rest = str_of(path);
	while (rest.n) {
		size_t dot = MIN(str_find_c(rest, '.', 0), rest.n);
		if (!val_get(v, str_to(rest, dot), &v))
			return STR("-");
		rest = str_from(rest, dot + 1);
	}
	return v.kind == VAL_NULL ? STR("null") : val_to_str(a, v);
}

static inline struct git_repo *repo_of(struct arena *a, const char *dir)
{
	struct git_repo *r;
	struct err err = ERR_INIT;
	cr_assert_eq(git_discover(&r, a, dir, &err), 0, "%s", err.text);
	return r;
}

static inline struct trigger_event event_of(struct arena *a, const char *name, const char *file)
{
	struct trigger_event e;
	struct err err = ERR_INIT;
	cr_assert_eq(trigger_event_make(&e, a, str_of(name), file, repo_of(a, "r"), "r", &err), 0, "%s", err.text);
	return e;
}

struct expectation {
	const char *path, *value;
};

#define expect_all(a, v, rows)                                                                                                   \
	do {                                                                                                                     \
		for (size_t i_ = 0; i_ < ARRAY_LEN(rows); i_++) {                                                                \
			struct str got_ = at((a), (v), (rows)[i_].path);                                                         \
			cr_assert(str_is(got_, (rows)[i_].value), "%s: got \"%.*s\", want \"%s\"", (rows)[i_].path, STRF(got_),  \
			          (rows)[i_].value);                                                                             \
		}                                                                                                                \
	} while (0)

#define ZERO "0000000000000000000000000000000000000000"

#endif
