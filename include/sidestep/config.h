/* Configuration files: .sidestep.yml of the repository, the user's config.yml, and the files of act (.actrc, .env,
 * .secrets, .vars, .input).
 *
 * The caller says which keys there are and which of them the files of a repository may set; a call finds the files, checks every
 * value against its key and answers with items in order of precedence, the lowest first. What the items do is the caller's
 * business. */
#ifndef SIDESTEP_CONFIG_H
#define SIDESTEP_CONFIG_H

#include <sidestep/text.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sidestep_config_kind {
	SIDESTEP_CONFIG_FLAG,   /* true or false */
	SIDESTEP_CONFIG_NUMBER, /* a whole number, at least .least */
	SIDESTEP_CONFIG_TEXT,
	SIDESTEP_CONFIG_LIST,   /* texts, also a single one */
	SIDESTEP_CONFIG_PAIRS,  /* a mapping, or a list of texts with .separator in them */
	SIDESTEP_CONFIG_NAMES,  /* a mapping, or a list of texts: a name, or a name, .separator and a value */
	SIDESTEP_CONFIG_CHOICE, /* one of .choices */
	SIDESTEP_CONFIG_ANY     /* known, whatever its value is */
};

enum sidestep_config_flags {
	SIDESTEP_CONFIG_PATH = 1,    /* the value is a path (of pairs: what stands behind the separator), relative to the file */
	SIDESTEP_CONFIG_PRIVATE = 2, /* the user's alone: no file of the repository may set it */
	SIDESTEP_CONFIG_INSIDE = 4,  /* files of the repository may name what lies in the repository, and nothing else */
	SIDESTEP_CONFIG_BY_NAME = 8  /* of pairs: entries of different names stand side by side */
};

struct sidestep_config_key {
	const char *section; /* the mapping in which it stands, or NULL: at the top */
	const char *name;
	enum sidestep_config_kind kind;
	int least;
	char separator;
	const char *const *choices; /* NULL-terminated */
	const char *form;           /* what a pair looks like, "NAME=VALUE" */
	unsigned flags;
	const char *users; /* values "a|b" (of pairs: what stands behind the separator) that are the user's alone, or NULL */
};

/* What the command line says already: what is given there, no file can change. */
struct sidestep_config_given {
	const struct sidestep_config_key *key;
	const char *value;
};

struct sidestep_config_query {
	const char *directory; /* where the call starts; NULL: the current directory */
	const struct sidestep_config_key *keys;
	size_t nkeys;
	const struct sidestep_config_given *given;
	size_t ngiven;
	int act_files; /* those of act, too */
};

struct sidestep_config_item {
	const struct sidestep_config_key *key;
	const char *value; /* flags: "true" or "false"; lists: one item for each entry; any: empty */
	int layer;         /* which file it is from: a number that grows with precedence */
	const char *file;  /* as it is shown */
	unsigned line;
	int repository; /* the file belongs to the repository */
};

struct sidestep_config {
	const struct sidestep_config_item *items;
	size_t n;
	const char *const *files; /* those that were read, as they are shown */
	size_t nfiles;
};

/* Reads what there is. What a file of the repository sets though it belongs to the user is an error, unless the user has said
 * the same, or overrides it on the command line. SIDESTEP_OK: *out is to be freed with sidestep_config_free, and messages may
 * tell what has no effect. SIDESTEP_USAGE: the messages tell all that is wrong, with file, line and column, and *out is NULL. */
SIDESTEP_API enum sidestep_status sidestep_config_load(struct sidestep_config **out, const struct sidestep_config_query *query,
                                                       const struct sidestep_render *render, struct sidestep_text *messages);
/* NULL is fine. */
SIDESTEP_API void sidestep_config_free(struct sidestep_config *config);

#ifdef __cplusplus
}
#endif
#endif
