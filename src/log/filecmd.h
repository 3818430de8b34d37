/* The file commands GITHUB_ENV, GITHUB_OUTPUT, GITHUB_STATE, GITHUB_PATH, GITHUB_STEP_SUMMARY: contents
 * in, entries out (runner.md section 3). No file access here. */
#ifndef SIDESTEP_LOG_FILECMD_H
#define SIDESTEP_LOG_FILECMD_H

#include "base/arena.h"
#include "base/err.h"

struct filecmd_entry {
	struct str name, value;
};

struct filecmd_list {
	struct filecmd_entry *v; /* PATH: name is the directory, value empty */
	size_t n, cap;
};

enum filecmd_kind { FILECMD_ENV, FILECMD_OUTPUT, FILECMD_STATE, FILECMD_PATH };

/* Entries before a bad line stay in *out; then -1 and the official message in err. NODE_OPTIONS in
 * FILECMD_ENV is left out with *blocked set (its official error is the caller's to say). */
int filecmd_parse(struct filecmd_list *out, struct arena *a, enum filecmd_kind kind, struct str text, bool *blocked,
                  struct err *err);
enum { FILECMD_SUMMARY_MAX = 1 << 20 };

#endif
