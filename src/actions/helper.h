/* The child that fetches actions of one repository and unpacks them, `sidestep __action DIR SERVER OWNER/REPO REF…`, and the one
 * that copies unpacked ones for a job, `sidestep __place FROM TO …` (which writes an
 * empty line when one of them is there). Of their own so that they may block: locks, git and tar. */
#ifndef SIDESTEP_ACTIONS_HELPER_H
#define SIDESTEP_ACTIONS_HELPER_H

/* The variable that holds a token for the server; arguments are for everybody to read. */
#define ACTION_TOKEN_VARIABLE "SIDESTEP_ACTION_TOKEN"

/* In the place of a ref: a commit whose tree is to be unpacked again, as something is missing in it; fetched again where it has
 * to be, or (the second) without asking anybody. */
#define ACTION_AGAIN   "again:"
#define ACTION_OFFLINE "offline:"

/* How a ref was found, the first word of the line that the helper writes for each. */
#define ACTION_SAID_OK      "ok"      /* "ok REF SHA" */
#define ACTION_SAID_NOWHERE "nowhere" /* "nowhere REF TEXT": there is no such repository, tag, branch or commit */
#define ACTION_SAID_NO_WAY  "no-way"  /* "no-way REF TEXT": nobody answers, or the server refuses */
#define ACTION_SAID_AGAIN   "again"   /* "again - TEXT", at once: what an attempt has met after which another one follows */
#define ACTION_SAID_TROUBLE "trouble" /* "trouble REF TEXT": something else went wrong */

int actions_fetch_main(int argc, char **argv);
int actions_place_main(int argc, char **argv);

#endif
