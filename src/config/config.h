/* What the readers of configuration files share: the files of one call, their texts, what they say. */
#ifndef SIDESTEP_CONFIG_CONFIG_H
#define SIDESTEP_CONFIG_CONFIG_H

#include <sidestep/config.h>

#include "base/vec.h"
#include "source/diag.h"

/* Something that a file of the repository may not say. */
struct config_claim {
	const struct sidestep_config_key *key;
	struct str value;
	struct span at;
	const char *why; /* ends the sentence "KEY …" */
};

/* One call; everything lives in its arena. */
struct config {
	struct sidestep_config shown; /* what the caller sees; first, so that it is freed by this address */
	struct arena arena;
	const struct sidestep_config_key *keys;
	size_t nkeys;
	struct source_set sources;
	struct diag_list diags;
	struct {
		VEC(struct sidestep_config_item);
	} items;
	struct {
		VEC(const char *);
	} files;
	struct {
		VEC(struct config_claim);
	} claims; /* what files of the repository say though it is the user's */
	const struct sidestep_config_given *given;
	size_t ngiven;
	struct str root; /* of the repository */
	int root_fd;
	struct {
		VEC(struct str);
	} unused; /* flags of act that have no effect here */
	int layer;
};

/* A file being read. */
struct config_file {
	const struct source *src;
	struct str dir;  /* its folder, absolute */
	bool repository; /* it belongs to the repository, not to the user */
};

/* NULL when there is none. */
const struct sidestep_config_key *config_key(const struct config *c, const char *section, struct str name);
/* "did you mean 'x'?", when something of the section is near. */
void config_suggest(struct config *c, struct diag *d, const char *section, struct str name, const char *dashes);
/* Checks the text of one value against its key and adds an item; paths become absolute. What the file may not say becomes a
 * claim. */
void config_add(struct config *c, const struct config_file *f, const struct sidestep_config_key *key, struct str value,
                struct span at);
/* Where the user's own configuration is, "~/.config/sidestep/config.yml", as messages show it. */
const char *config_users_file(struct config *c);

/* NULL: a file of the repository may set this; else why not. value: with its path absolute. */
const char *trust_refusal(const struct config *c, const struct sidestep_config_key *key, struct str value);
void trust_claim(struct config *c, const struct sidestep_config_key *key, struct str value, struct span at, const char *why);
/* Tells of all claims but those that change nothing: the user has said the same, or says something else on the command line. */
void trust_judge(struct config *c);

/* The mapping of a .sidestep.yml or config.yml. */
void config_read_yaml(struct config *c, const struct config_file *f);
/* The lines of an .actrc. */
void config_read_actrc(struct config *c, const struct config_file *f);

#endif
