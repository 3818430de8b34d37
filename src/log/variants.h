/* The forms in which a secret may turn up in a log: base64, percent-encoding, JSON, XML and so on. */
#ifndef SIDESTEP_LOG_VARIANTS_H
#define SIDESTEP_LOG_VARIANTS_H

#include "base/str.h"

/* Calls each with the value itself and with every derived form; duplicates and empty texts may be among them.
 * The text lives until each returns. */
void variants_each(struct str value, void (*each)(void *cookie, struct str form), void *cookie);

#endif
