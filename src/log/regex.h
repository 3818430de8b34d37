/* Regular expressions of problem matchers: ECMAScript-like, bounded in work. The only door to PCRE2. */
#ifndef SIDESTEP_LOG_REGEX_H
#define SIDESTEP_LOG_REGEX_H

#include "base/err.h"
#include "base/str.h"

struct regex;

enum regex_result { REGEX_NO, REGEX_YES, REGEX_GAVE_UP };

int regex_new(struct regex **out, struct str pattern, struct err *err);
void regex_free(struct regex *re);
unsigned regex_groups(const struct regex *re);
/* Searches valid UTF-8. REGEX_GAVE_UP when it would take too long; err says why. */
enum regex_result regex_search(struct regex *re, struct str subject, struct err *err);
/* A group of the last search that said yes (0: all of it); p is NULL when it took no part. */
struct str regex_group(const struct regex *re, struct str subject, unsigned group);

#endif
