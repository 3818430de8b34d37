/* Overlays of stored trees; see mount.h. */
#include "actions/mount.h"

#include "base/file.h"
#include "base/path.h"
#include "checkout/overlay.h"

static bool show_all(struct arena *a, struct str around, struct str whole, const struct action_view *views, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str below = path_below(views[i].tree, around);
		struct str dir = str_eq(below, views[i].tree) ? whole : path_join(a, whole, below);
		if (file_mkdirs(arena_cstr(a, views[i].at), 0755, NULL) == 0 && overlay_show(a, dir, views[i].at))
			continue;
		while (i-- > 0)
			overlay_leave(a, views[i].at);
		return false;
	}
	return true;
}

bool actions_mount(struct arena *a, struct str around, const struct action_view *views, size_t n, struct str scratch)
{
	struct overlay o;
	bool opened = overlay_open(&o, a, around, scratch), shown = false;
	struct str whole = path_join(a, o.dir, STR("whole"));
	if (opened && file_mkdirs(whole.p, 0700, NULL) == 0 && overlay_mount(&o, whole)) {
		shown = show_all(a, around, whole, views, n);
		overlay_leave(a, whole);
	}
	if (shown)
		overlay_done(&o);
	else
		overlay_discard(&o);
	return shown;
}

void actions_shelf(struct arena *a, struct str dir)
{
	if (file_mkdirs(arena_cstr(a, dir), 0755, NULL) == 0)
		overlay_memory(a, dir);
}
