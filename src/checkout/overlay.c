/* Overlay mounts; see overlay.h. */
#include "checkout/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "base/file.h"
#include "base/path.h"

enum { MOUNT_DATA_MAX = 4000 }; /* the kernel takes one page */

static bool refuse(struct overlay *o, const char *why)
{
	o->why = why;
	return false;
}

static struct str fresh_dir(struct arena *a, struct str scratch)
{
	struct str t = arena_printf(a, "%.*s/co-XXXXXX", STRF(scratch));
	if (file_mkdirs(arena_cstr(a, scratch), 0700, NULL) < 0 || !mkdtemp((char *)t.p))
		return STR_EMPTY;
	return t;
}

bool overlay_open(struct overlay *o, struct arena *a, struct str lower, struct str scratch)
{
	struct stat st;
	*o = (struct overlay) { .a = a, .lower = lower, .why = "", .shape = { .from = { -1, -1, 0 }, .to = { -1, -1, 0 } } };
	o->dir = fresh_dir(a, scratch);
	if (!o->dir.n)
		return refuse(o, "no scratch directory");
	o->upper = path_join(a, o->dir, STR("upper"));
	o->work = path_join(a, o->dir, STR("work"));
	if (stat(lower.p, &st) < 0 || mkdir(o->upper.p, 0700) < 0 || mkdir(o->work.p, 0700) < 0)
		return refuse(o, "no scratch directory");
	const struct timespec times[2] = { st.st_atim, st.st_mtim };
	if (copier_open(&o->shape, a, lower.p, o->upper.p, NULL) < 0)
		return refuse(o, "no scratch directory");
	/* The root of the workspace belongs to who runs the steps: git checks that. */
	return chmod(o->upper.p, (st.st_mode & 07777) | 0700) == 0 && utimensat(AT_FDCWD, o->upper.p, times, 0) == 0;
}

static struct str without_slash(struct str path)
{
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

static bool make_parents(struct overlay *o, struct str path)
{
	size_t before = o->shape.dirs.n;
	if (copier_add_dir(&o->shape, path_dir(path), NULL) < 0)
		return refuse(o, "a directory of the upper layer");
	for (size_t i = before; i < o->shape.dirs.n; i++) {
		const struct copied_dir *d = &o->shape.dirs.v[i];
		const char *made = copier_dir_path(&o->shape, i).p;
		if (d->made && fchownat(o->shape.to.root, made, d->st.st_uid, d->st.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
			return refuse(o, "the owner of a directory");
	}
	return true;
}

bool overlay_hide(struct overlay *o, struct str path)
{
	const char *p = arena_cstr(o->a, without_slash(path));
	if (!make_parents(o, str_of(p)))
		return false;
	return mknodat(o->shape.to.root, p, S_IFCHR | 0600, makedev(0, 0)) == 0 || errno == EEXIST || refuse(o, "a whiteout");
}

struct str overlay_replace(struct overlay *o, struct str path)
{
	return make_parents(o, path) ? path_join(o->a, o->upper, path) : STR_EMPTY;
}

bool overlay_opaque(struct overlay *o, struct str path)
{
	const char *p = path_join(o->a, o->upper, path).p;
	return lsetxattr(p, "trusted.overlay.opaque", "y", 1, 0) == 0 || refuse(o, "an opaque directory");
}

bool overlay_empty(struct overlay *o, struct str path)
{
	struct stat st;
	path = arena_str(o->a, without_slash(path));
	if (fstatat(o->shape.from.root, path.p, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
		return true;
	return make_parents(o, arena_printf(o->a, "%.*s/x", STRF(path))) && overlay_opaque(o, path);
}

/* Backslashes, commas and colons have a meaning in mount options. */
static void add_option(struct buf *out, const char *name, struct str path)
{
	buf_addf(out, "%s%s=", out->n ? "," : "", name);
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '\\' || path.p[i] == ',' || path.p[i] == ':')
			buf_addc(out, '\\');
		buf_addc(out, path.p[i]);
	}
}

/* Nothing in it outlives the run, so it need not be written through to the disk ("volatile"); renaming directories works
 * with "redirect_dir". Kernels without one of them get it without. */
static bool try_mounts(struct overlay *o, const char *at, struct buf *data)
{
	static const char *const extras[] = { ",redirect_dir=on,volatile", ",redirect_dir=on", "" };
	size_t n = data->n;
	for (size_t i = 0; i < ARRAY_LEN(extras); i++) {
		data->n = n;
		buf_adds(data, extras[i]);
		if (mount("overlay", at, "overlay", 0, buf_cstr(data)) == 0)
			return true;
		if (errno != EINVAL)
			break;
	}
	return refuse(o, strerror(errno));
}

bool overlay_mount(struct overlay *o, struct str at)
{
	_cleanup_buf_ struct buf data = BUF_INIT;
	if (copier_finish(&o->shape, NULL) < 0)
		return refuse(o, "a directory of the upper layer");
	copier_done(&o->shape);
	add_option(&data, "lowerdir", o->lower);
	add_option(&data, "upperdir", o->upper);
	add_option(&data, "workdir", o->work);
	if (data.n > MOUNT_DATA_MAX)
		return refuse(o, "paths too long");
	return try_mounts(o, arena_cstr(o->a, at), &data);
}

void overlay_done(struct overlay *o)
{
	copier_done(&o->shape);
}

void overlay_discard(struct overlay *o)
{
	overlay_done(o);
	if (o->dir.n)
		file_remove_tree(o->dir.p, NULL);
}

bool overlay_show(struct arena *a, struct str dir, struct str at)
{
	return mount(arena_cstr(a, dir), arena_cstr(a, at), NULL, MS_BIND, NULL) == 0;
}

bool overlay_memory(struct arena *a, struct str at)
{
	return mount("tmpfs", arena_cstr(a, at), "tmpfs", 0, "mode=0755,size=64m") == 0;
}

void overlay_leave(struct arena *a, struct str at)
{
	umount2(arena_cstr(a, at), MNT_DETACH | UMOUNT_NOFOLLOW);
}

struct str readonly_view(struct arena *a, struct str dir, struct str scratch)
{
	struct str at = fresh_dir(a, scratch);
	if (!at.n)
		return STR_EMPTY;
	if (mount(arena_cstr(a, dir), at.p, NULL, MS_BIND, NULL) == 0) {
		if (mount(NULL, at.p, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) == 0)
			return at;
		umount2(at.p, MNT_DETACH);
	}
	rmdir(at.p);
	return STR_EMPTY;
}
