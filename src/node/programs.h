/* The node programs of this machine: on PATH, in the tool directory, and those that nvm, fnm, volta, asdf and mise have
 * installed. Their folders are looked at, none of these tools is run.
 *
 * Looked for when somebody needs one; what was found holds for the session. A folder tells the version by its name; the program
 * on PATH is asked (`node --version`), and until it has answered the search is pending. */
#ifndef SIDESTEP_NODE_PROGRAMS_H
#define SIDESTEP_NODE_PROGRAMS_H

#include "session/session.h"

struct node_version {
	unsigned major, minor, patch;
	bool prerelease; /* something follows a "-" */
};

struct node_program {
	struct str path; /* absolute */
	struct node_version version;
	bool noticed; /* somebody has said that it stands in for another version */
};

enum node_found { NODE_NONE = -1, NODE_FOUND, NODE_PENDING };

/* One of that major version; else the nearest there is: a newer one before an older one. */
enum node_found node_programs_find(struct session *s, unsigned major, struct node_program **out);
/* All of them, those of PATH first; the list holds for the session. False: some have not answered yet, ask again when something
 * has happened. */
bool node_programs_all(struct session *s, const struct node_program *const **out, size_t *n);
/* Whether there is any, as far as can be seen without asking one. */
bool node_programs_any(struct session *s);
/* Begins to look, for somebody who will need one. */
void node_programs_expect(struct session *s);
/* While the search is pending: when whoever does not answer is given up; node_programs_due does so. */
uint64_t node_programs_deadline(const struct session *s);
void node_programs_due(struct session *s);
/* The session is over. */
void node_programs_free(struct session *s);

/* "v24.1.0" or "24.1.0" (something may follow a "-" or "+"); false: it is no version. */
bool node_version_read(struct node_version *out, struct str text);

#endif
