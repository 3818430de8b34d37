/* Where version managers keep things; see shelves.h. */
#include "node/shelves.h"

#include "base/environ.h"
#include "base/path.h"

struct str shelf_folder(struct arena *a, char *const *list, const struct shelf *shelf)
{
	struct str home = environ_value(list, STR("HOME")), dir = STR_EMPTY;
	if (!shelf->variable && !shelf->home)
		return str_of(shelf->versions);
	if (shelf->variable)
		dir = environ_value(list, str_of(shelf->variable));
	if (dir.n && shelf->under)
		dir = path_join(a, dir, str_of(shelf->under));
	if (!dir.n && shelf->home && home.n)
		dir = path_join(a, home, str_of(shelf->home));
	return dir.n ? path_join(a, dir, str_of(shelf->versions)) : dir;
}

bool shelf_holds_shims(struct arena *a, char *const *list, struct str dir)
{
	struct str volta = environ_value(list, STR("VOLTA_HOME"));
	while (dir.n > 1 && dir.p[dir.n - 1] == '/')
		dir = str_to(dir, dir.n - 1);
	if (volta.n && str_eq(dir, path_join(a, volta, STR("bin"))))
		return true;
	return str_ends(dir, STR("/shims")) || str_ends(dir, STR("/.volta/bin"));
}
