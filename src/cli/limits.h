/* Limits of the process. */
#ifndef SIDESTEP_CLI_LIMITS_H
#define SIDESTEP_CLI_LIMITS_H

/* Lets us have as many descriptors as we may: each running step takes about five. Returns how many it was before, which is
 * what steps are to get: programs go through all of them, or use select. */
unsigned long limits_raise_files(void);

#endif
