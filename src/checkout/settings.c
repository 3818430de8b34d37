/* A second checkout at the same place: whether the first one is of the same repository, and what of it goes on to hold. What the
 * action keeps there as a whole gets a .git of its own here; what steps have set in the old one (user.name, other remotes) is
 * taken over, and the files of the old commit go as git would take them. */
#include <fcntl.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/file.h"
#include "base/map.h"
#include "base/path.h"
#include "checkout/gitdir.h"
#include "checkout/internal.h"

static bool next_entry(struct str *rest, struct str *entry)
{
	size_t end = str_find_c(*rest, '\0', 0);
	if (end == SIZE_MAX)
		return false;
	*entry = str_to(*rest, end);
	*rest = str_from(*rest, end + 1);
	return true;
}

int settings_look(struct checkout *c, struct err *err)
{
	_cleanup_buf_ struct buf url = BUF_INIT;
	c->again = false;
	if (!file_is_dir(path_join(c->a, c->dest, STR(".git")).p))
		return 0;
	if (place_git(c, &url, GIT("config", "--local", "--no-includes", "--get-all", "remote.origin.url"), NULL) == 0)
		c->again = str_eq(str_trim(buf_str(&url)), c->url);
	return git_interrupted(err) ? -1 : 0;
}

/* Those that a checkout writes itself, and what only the old .git holds. */
static bool is_steps_own(struct str key)
{
	static const char *const not [] = { "branch.",    "extensions.", "remote.origin.",      "submodule.",
		                            "includeif.", "core.sparse", "core.repositoryform", "core.sshcommand" };
	for (size_t i = 0; i < ARRAY_LEN(not ); i++)
		if (str_starts(key, str_of(not [i])))
			return false;
	return !str_ends(key, STR(".extraheader")) && !str_ends(key, STR(".insteadof"));
}

static int list(struct checkout *c, struct str *out, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (place_git(c, &text, GIT("config", "--local", "--no-includes", "--null", "--list"), err) < 0)
		return -1;
	*out = arena_str(c->a, buf_str(&text));
	return 0;
}

int settings_keep(struct checkout *c, struct err *err)
{
	return list(c, &c->kept, err);
}

int settings_restore(struct checkout *c, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str now = STR_EMPTY, entry, rest = c->kept;
	struct map have = { 0 };
	if (!c->kept.n)
		return 0;
	if (list(c, &now, err) < 0)
		return -1;
	while (next_entry(&now, &entry))
		map_put(c->a, &have, str_to(entry, MIN(str_find_c(entry, '\n', 0), entry.n)), c);
	while (next_entry(&rest, &entry)) {
		size_t end = MIN(str_find_c(entry, '\n', 0), entry.n); /* without: a key alone, which is true */
		struct str key = str_to(entry, end);
		if (is_steps_own(key) && !map_has(&have, key))
			gitdir_add_setting(&text, key, end < entry.n ? str_from(entry, end + 1) : STR("true"));
	}
	return text.n ? file_append(path_join(c->a, c->dest, STR(".git/config")).p, buf_str(&text), 0644, err) : 0;
}

/* Links are not followed: what a step has put in the place of a directory is not looked behind. */
static bool unlink_below(struct checkout *c, int root, struct str path, int flags)
{
	const char *parent = arena_cstr(c->a, path_dir(path)), *name = arena_cstr(c->a, path_base(path));
	_cleanup_close_ int dir = beneath_open_nolinks(root, parent, O_PATH | O_DIRECTORY, 0);
	return dir >= 0 && unlinkat(dir, name, flags) == 0;
}

/* A file below dest, and the directories above it that it leaves empty. */
static void remove_file(struct checkout *c, int root, struct str path)
{
	for (int flags = 0; !str_is(path, ".") && unlink_below(c, root, path, flags); flags = AT_REMOVEDIR)
		path = path_dir(path);
}

int settings_remove_tracked(struct checkout *c, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str rest, path;
	_cleanup_close_ int root = open(c->dest.p, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_errno(err, "%.*s", STRF(c->dest));
	if (place_git(c, &text, GIT("ls-files", "-z"), err) < 0)
		return -1;
	rest = buf_str(&text);
	while (next_entry(&rest, &path))
		remove_file(c, root, path);
	return 0;
}
