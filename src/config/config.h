/* What the readers of configuration files share: the files of one call, their texts, what they say. */
#ifndef SIDESTEP_CONFIG_CONFIG_H
#define SIDESTEP_CONFIG_CONFIG_H

#include <sidestep/config.h>

#include "base/vec.h"
#include "source/diag.h"

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
		VEC(struct str);
	} unused; /* flags of act that have no effect here */
	int layer;
};

/* A file being read. */
struct config_file {
	const struct source *src;
	struct str dir;  /* its folder, absolute */
	bool repository; /* the repository's own .sidestep.yml */
};

/* NULL when there is none. */
const struct sidestep_config_key *config_key(const struct config *c, const char *section, struct str name);
/* "did you mean 'x'?", when something of the section is near. */
void config_suggest(struct config *c, struct diag *d, const char *section, struct str name, const char *dashes);
/* Checks the text of one value against its key and adds an item; paths become absolute where `dir` is not empty. */
void config_add(struct config *c, const struct sidestep_config_key *key, struct str value, struct span at, struct str dir);

/* The mapping of a .sidestep.yml or config.yml. */
void config_read_yaml(struct config *c, const struct config_file *f);
/* The lines of an .actrc. */
void config_read_actrc(struct config *c, const struct config_file *f);

#endif
