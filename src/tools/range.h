/* Ranges of versions as npm writes them (semver's grammar), which is what the setup actions ask the tool cache with: "22",
 * "^1.13.1", ">=3.10 <3.13 || 3.8.x", "1.2 - 2.3". Pure.
 *
 * What stands on this machine are releases: a pre-release, in a range, only says on which side of the release its border is. */
#ifndef SIDESTEP_TOOLS_RANGE_H
#define SIDESTEP_TOOLS_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct version {
	uint32_t part[3]; /* major, minor, patch */
};

/* "v24.1.0", "1.26", "17.0.2+8": up to three numbers; missing ones are 0, and what follows a "+" does not count. False: it is no
 * release ("3.15.0a1", "22.0.0-rc.1", "lts"). */
bool version_read(struct version *out, struct str text);
/* As strcmp does it. */
int version_compare(const struct version *a, const struct version *b);

enum range_answer { RANGE_UNKNOWN = -1, RANGE_OUTSIDE, RANGE_INSIDE };

/* RANGE_UNKNOWN: the text is no range (an alias such as "lts/jod"). */
enum range_answer range_has(struct str range, const struct version *v);

#endif
