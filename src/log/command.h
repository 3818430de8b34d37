/* The grammar of workflow commands: "::name key=value,…::data" and the legacy "##[name key=value;…]data". */
#ifndef SIDESTEP_LOG_COMMAND_H
#define SIDESTEP_LOG_COMMAND_H

#include "base/arena.h"
#include "base/vec.h"

struct command_prop {
	struct str key, value;
};

struct command {
	struct str line; /* as it came */
	struct str name; /* as it was spelled */
	struct {
		VEC(struct command_prop);
	} props;
	struct str data; /* unescaped */
	size_t tail;     /* the line was too long and is cut; the last so many bytes may hold half a secret */
};

/* Whether the line could be a command, at a glance. */
bool command_possible(struct str line);
/* Reads the line as a command whose name is known; false when it is not one. */
bool command_parse(struct command *out, struct arena *a, struct str line, bool (*known)(void *cookie, struct str name),
                   void *cookie);
/* The property's value (keys have no case, the last duplicate wins), or an empty text. */
struct str command_prop(const struct command *c, const char *key);

#endif
