/* References to other repositories' actions and workflows, written as full commits with their version as a comment:
 *
 *	uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
 *
 * The way of a file: where its references stand (find.c), what they ought to be (judge.c, by what version.c knows of tags), the
 * new text (edit.c), whether that means the same as before (compare.c), the difference (diff.c). Asking servers and writing files
 * are the caller's. */
#ifndef SIDESTEP_PIN_PIN_H
#define SIDESTEP_PIN_PIN_H

#include "actions/listing.h"
#include "actions/reference.h"
#include "base/map.h"
#include "base/vec.h"
#include "project/project.h"
#include "source/diag.h"
#include "yaml/ytree.h"

enum pin_state {
	PIN_OPEN,      /* nothing is known yet */
	PIN_FINE,      /* stays as it is */
	PIN_CHANGE,    /* gets another commit */
	PIN_DRIFT,     /* commit and comment do not fit; it stays, somebody must decide */
	PIN_NOWHERE,   /* there is no such repository, tag, branch */
	PIN_NO_WAY,    /* that cannot be known here: no network, no access, offline */
	PIN_UNWRITTEN, /* it is written in a way that is not touched, or is no reference at all */
};

struct pin_line;

/* One `uses:` of another repository. */
struct pin_use {
	struct span at;     /* its value */
	struct span ref_at; /* what stands behind the @ */
	struct str text;    /* the value */
	struct action_ref ref;
	struct pin_line *line;
	struct listing *listing; /* of its repository; NULL: it need not be asked */
	enum pin_state state;
	bool pinned;              /* to a full commit, as it is written */
	struct str sha, version;  /* what it ought to be; version: for the comment, or empty */
	struct str message, help; /* what is wrong; help: what to do */
};

/* A line with at least one: they share the comment. */
struct pin_line {
	struct {
		VEC(struct pin_use *);
	} uses;
	struct span comment;     /* from # on; SPAN_NONE: there is none */
	struct str *versions;    /* of each of them, as the comment says; NULL: it says none */
	struct span versions_at; /* where */
	bool sure;               /* they look like versions; else they are a name that a tag may have */
	uint32_t end;            /* of what stands on the line without comment and blanks */
	bool end_in_scalar;      /* a text goes on behind the line's end: no comment can stand there */
};

/* One file. */
struct pin_file {
	const struct source *source;
	const struct ynode *root; /* its tree; NULL: an empty document */
	struct {
		VEC(struct pin_use *);
	} uses; /* in the order of the text */
	struct {
		VEC(struct pin_line *);
	} lines;
};

struct pin_options {
	bool check;  /* tell also what is pinned and has drifted */
	bool update; /* pinned ones go to the newest of their line */
};

/* The files that are meant, as absolute paths in the order of the arguments: files, and of folders the workflows in their
 * .github/workflows and their action.yml or action.yaml, else all *.yml and *.yaml directly in them. Without arguments the
 * repository's workflows and every action.yml and action.yaml of it that git does not ignore. A file that several names lead to
 * is there once, by the first. */
struct pin_paths {
	struct str *v;
	size_t n, cap;
	struct map places; /* where they lie, without links: no file is there twice */
	size_t met;        /* names that lead to one */
};
int pin_files(struct pin_paths *out, struct project *p, const char *const *paths, size_t npaths, struct err *err);
/* Finds all references of a file. False: it is no YAML, diags say why. */
bool pin_find(struct pin_file *out, struct arena *a, const struct source *src, struct diag_list *diags);
/* Whether what it ought to be depends on its repository's tags. */
bool pin_needs_listing(const struct pin_use *u, const struct pin_options *opt);
/* Says what it ought to be; u->listing has been asked by then. */
void pin_judge(struct arena *a, struct pin_use *u, const struct pin_options *opt);
/* Appends the file's text with all references changed that are PIN_CHANGE; those that cannot be become PIN_UNWRITTEN: all of
 * them, if the text would then mean anything else besides. How many were changed. */
size_t pin_edit(struct buf *out, struct arena *a, struct pin_file *f);
/* Whether a text means the same as the file's, but for the commits of the references that are PIN_CHANGE. */
bool pin_means_the_same(const struct pin_file *f, struct str now);
/* A unified diff of two texts with the same number of lines. */
void pin_diff(struct buf *out, struct str path, struct str before, struct str after);

/* ---- versions ---- */

/* "name/v1.2.3-rc.1+x": what stands before the numbers, the numbers, the rest. */
struct version {
	struct str before; /* without the v; "" for v1.2.3 */
	bool v;
	uint64_t number[4];
	unsigned n;        /* numbers that are written; 0: it is no version */
	struct str suffix; /* "-rc.1", or empty */
};
struct version version_parse(struct str text);
/* Whether a word in a comment is meant as a version: v1, 1.2. */
bool version_is_word(struct str word);
/* Whether a name may stand in a comment of somebody's file: [A-Za-z0-9._+/@-], so that it stays one word of that comment. */
bool version_may_be_written(struct str name);
/* The most exact tag of a commit that goes with the ref it was asked for by; else the ref. Empty: neither may be written. */
struct str version_of_commit(const struct listing *l, struct str sha, struct str ref);
/* The newest tag of the line of a version: of v1.2.3 or v1 the highest 1.x, of 0.3.1 the highest 0.3.x; without pre-releases
 * unless it is one. Empty: none. */
struct str version_newest(const struct listing *l, struct str text);

#endif
