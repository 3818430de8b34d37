/* Overlays of stored trees; see mount.h. */
#include "actions/mount.h"

#include "base/file.h"
#include "checkout/overlay.h"

bool action_mount(struct arena *a, struct str tree, struct str at, struct str scratch)
{
	struct overlay o;
	if (file_mkdirs(arena_cstr(a, at), 0755, NULL) < 0)
		return false;
	if (overlay_open(&o, a, tree, scratch) && overlay_mount(&o, at)) {
		overlay_done(&o);
		return true;
	}
	overlay_discard(&o);
	return false;
}
