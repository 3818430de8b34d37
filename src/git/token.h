/* Tokens of this machine for a server. */
#ifndef SIDESTEP_GIT_TOKEN_H
#define SIDESTEP_GIT_TOKEN_H

#include "base/arena.h"

/* Where a token comes from, in the order in which they are tried. */
enum git_token_source { GIT_TOKEN_GIVEN, GIT_TOKEN_ENVIRONMENT, GIT_TOKEN_GH, GIT_TOKEN_SOURCES };

/* Whether a token may travel to that server: encrypted, or not leaving this machine. */
bool git_token_may_go(struct str server);
/* The token of a source for the server, or empty. The gh program is asked when it comes to that (some ms, ten seconds at most).
 */
struct str git_token_of(struct arena *a, enum git_token_source source, struct str server, struct str given);
/* Settings for git (key, value, NULL) that send it to this server and to no other. */
const char *const *git_token_settings(struct arena *a, struct str server, struct str token);

#endif
