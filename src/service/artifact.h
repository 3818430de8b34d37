/* What runs upload. The files stand in the run's folder under names a person recognises, with a list beside them. */
#ifndef SIDESTEP_SERVICE_ARTIFACT_H
#define SIDESTEP_SERVICE_ARTIFACT_H

#include "base/vec.h"
#include "service/exchange.h"
#include "service/service.h"

#define ARTIFACT_UPLOAD  "artifact" /* kinds of signed addresses */
#define ARTIFACT_CONTENT "artifact-content"
#define ARTIFACT_LIST    SERVICE_ARTIFACT_LIST

struct artifact {
	uint64_t id;
	struct str name, job; /* as the client calls it; who made it: a backend id */
	struct str file;      /* below the folder; of version 3: a folder itself */
	struct str type, digest;
	uint64_t size;
	int64_t created_ms;
};

/* A file of an artifact of version 3. */
struct container_item {
	struct str path; /* "name/dir/file" */
	struct str file; /* below the run's folder */
	bool gzip;       /* its bytes are compressed, as they came */
	uint64_t size;   /* of them; of the content */
	uint64_t content;
};

struct run_artifacts {
	struct run_artifacts *next;
	struct str run, dir;
	struct arena arena;
	struct {
		VEC(struct artifact);
	} list;
	struct {
		VEC(struct container_item);
	} items;
};

/* Of the caller's run; made at the first call. */
struct run_artifacts *artifacts_of(struct exchange *x);
/* Whether the name is one that GitHub takes; answers an error when it is not. */
bool artifact_name_ok(struct exchange *x, struct str name);
/* Appends a name in the letters that file names are made of here: never empty, "." or "..", no slash, nothing hidden. id: told
 * apart by it where it is too long. */
void artifact_encode(struct buf *out, struct str name, uint64_t id);
/* A name as a file name, unlike all others of the run. In the run's arena. */
struct str artifact_file_name(struct run_artifacts *r, struct str name, const char *suffix, uint64_t id);
/* NULL: there is none. */
struct artifact *artifact_named(struct run_artifacts *r, struct str name);
/* Writes the list. */
int artifacts_write_list(struct run_artifacts *r, struct err *err);
/* Answers with the content. */
void artifact_send(struct exchange *x, struct str id);

#endif
