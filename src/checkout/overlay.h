/* A copy-on-write view of a directory: the user's tree as the lower layer, everything that must not be seen hidden by
 * the upper one. Needs a mount namespace of the run's own. Every function says false when the kernel or the file system
 * will not; the caller copies then. */
#ifndef SIDESTEP_CHECKOUT_OVERLAY_H
#define SIDESTEP_CHECKOUT_OVERLAY_H

#include "checkout/copy.h"

struct overlay {
	struct arena *a;
	struct str dir, upper, work, lower;
	struct copier shape; /* directories of the upper layer, made after those of the lower one */
	const char *why;     /* what was refused, for the log */
};

bool overlay_open(struct overlay *o, struct arena *a, struct str lower, struct str scratch);
/* Hides a file or directory. */
bool overlay_hide(struct overlay *o, struct str path);
/* An empty directory in place of the one below. */
bool overlay_empty(struct overlay *o, struct str path);
/* Where to write a directory that replaces what is below; the directory above it exists then. Empty: refused. */
struct str overlay_replace(struct overlay *o, struct str path);
/* Makes a directory that was written there hide what is below it. */
bool overlay_opaque(struct overlay *o, struct str path);
/* Puts it over an existing directory. */
bool overlay_mount(struct overlay *o, struct str at);
/* Removes the layers again after a failure. */
void overlay_discard(struct overlay *o);
void overlay_done(struct overlay *o);

/* Shows a directory that is mounted, or below such a one, at a second place, an existing directory. */
bool overlay_show(struct arena *a, struct str dir, struct str at);
/* Puts an empty directory in memory over an existing one: making directories there costs next to nothing. */
bool overlay_memory(struct arena *a, struct str at);
/* Takes a mount away from where it is; what shows parts of it stays. */
void overlay_leave(struct arena *a, struct str at);

/* Whether something is mounted below dir: an overlay would not show it. */
bool mounts_below(struct arena *a, struct str dir);
/* A read-only view of a directory below scratch; empty when it cannot be made. */
struct str readonly_view(struct arena *a, struct str dir, struct str scratch);

#endif
