/* Tools that stand on this machine, and how each kind becomes an entry of a tool cache. For the helper alone: files are read and
 * programs asked without regard to time. One file a kind. */
#ifndef SIDESTEP_TOOLS_INSTALLED_H
#define SIDESTEP_TOOLS_INSTALLED_H

#include "node/shelves.h"
#include "os/host.h"
#include "tools/range.h"
#include "tools/request.h"

struct installed {
	struct version version;
	struct str number; /* as the tool cache calls the version */
	struct str folder; /* and the tool: "node", "Java_Temurin-Hotspot_jdk" */
	struct str name;   /* for people: "Node.js" */
	struct str home;   /* its folder */
	struct str program;
};

struct search {
	struct arena *a;
	struct host *host;
	char **environ;
	const struct tool_request *request;
	struct {
		VEC(struct installed);
	} found; /* the user's own choice first */
};

struct tool_ops {
	/* Adds what is there. */
	void (*find)(struct search *q);
	/* Makes the folder `into`, which does not exist and will be called `later` once it is whole. */
	int (*lay_out)(struct search *q, const struct installed *tool, const char *into, const char *later, struct err *err);
};

extern const struct tool_ops tool_node, tool_python, tool_go, tool_java;

/* Whether some range of the request has this version. */
bool search_wants(const struct search *q, const struct version *v);
/* One more, unless that version was found before. */
void search_add(struct search *q, const struct installed *tool);

/* ---- places.c: where such things are ---- */

typedef void search_see(struct search *q, struct str path);

/* A variable of the environment; empty: not set. */
struct str search_environ(const struct search *q, const char *name);
/* Calls see with the absolute path of each program of that name on PATH; the folders of version managers whose programs choose
 * others are left out. */
void search_path(struct search *q, const char *program, search_see *see);
/* Calls see with what stands on a shelf, by name. */
void search_shelf(struct search *q, const struct shelf *shelf, search_see *see);
/* The same path without links; empty: there is nothing. */
struct str search_real(struct search *q, struct str path);

#endif
