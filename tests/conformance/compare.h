/* JSON documents compared: the order of an object's members does not count. */
#ifndef SIDESTEP_CONFORMANCE_COMPARE_H
#define SIDESTEP_CONFORMANCE_COMPARE_H

#include <stdbool.h>

#include "base/str.h"

/* Whether got is what is expected, which may say nothing about `events`. Where they differ first is written to standard
 * error; verbose: with both values. */
bool compare_documents(struct str got, struct str expected, bool events, bool verbose);

#endif
