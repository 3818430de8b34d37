/* Files and directories of the fake host: a table of paths in memory. */
#include "support/fake_internal.h"

static struct fake_file *find(struct fake *f, const char *path)
{
	return map_get(&f->paths, str_of(path));
}

static struct fake_file *find_or_make(struct fake *f, const char *path)
{
	struct fake_file *file = find(f, path);
	if (!file) {
		file = arena_make(&f->arena, struct fake_file);
		file->path = arena_strdup(&f->arena, path);
		*vec_add(&f->arena, &f->files) = file;
		map_put(&f->arena, &f->paths, str_of(file->path), file);
	}
	file->present = true;
	return file;
}

static int refused(struct fake *f, const char *path, struct err *err)
{
	if (f->file_fail_msg && strstr(path, f->file_fail_part))
		return err_set(err, ERR_SYSTEM, "%s: %s", path, f->file_fail_msg);
	return 0;
}

int fake_put_file(struct host *h, const char *path, struct str text, mode_t mode, struct err *err)
{
	struct fake *f = fake_of(h);
	if (refused(f, path, err) < 0)
		return -1;
	struct fake_file *file = find_or_make(f, path);
	buf_clear(&file->text);
	buf_addstr(&file->text, text);
	file->mode = mode;
	return 0;
}

int fake_take_file(struct host *h, const char *path, struct buf *out, size_t max, struct err *err)
{
	struct fake *f = fake_of(h);
	struct fake_file *file = find(f, path);
	if (refused(f, path, err) < 0)
		return -1;
	if (!file || !file->present)
		return 0;
	file->present = false;
	if (file->text.n > max)
		return err_set(err, ERR_INVALID, "%s: larger than %zu bytes", path, max);
	buf_addstr(out, buf_str(&file->text));
	return 0;
}

int fake_read_file(struct host *h, const char *path, struct buf *out, size_t max, struct err *err)
{
	struct fake *f = fake_of(h);
	struct fake_file *file = find(f, path);
	if (refused(f, path, err) < 0)
		return -1;
	if (!file || !file->present || file->dir)
		return 1;
	if (file->text.n > max)
		return err_set(err, ERR_INVALID, "%s: larger than %zu bytes", path, max);
	buf_addstr(out, buf_str(&file->text));
	return 0;
}

int fake_make_dir(struct host *h, const char *path, struct err *err)
{
	struct fake *f = fake_of(h);
	if (refused(f, path, err) < 0)
		return -1;
	find_or_make(f, path)->dir = true;
	return 0;
}

int fake_remove_tree(struct host *h, const char *path, struct err *err)
{
	struct fake *f = fake_of(h);
	size_t n = strlen(path);
	(void)err;
	if (f->big_part && strstr(path, f->big_part))
		return 1;
	for (size_t i = 0; i < f->files.n; i++) {
		const char *p = f->files.v[i]->path;
		if (strncmp(p, path, n) == 0 && (p[n] == '\0' || p[n] == '/'))
			f->files.v[i]->present = false;
	}
	return 0;
}

/* Files put below it give the names, each once for each file: callers tell by what they find there. */
void fake_list_dir(struct host *h, const char *path, void (*entry)(void *cookie, const char *name), void *cookie)
{
	struct fake *f = fake_of(h);
	size_t n = strlen(path);
	char name[256];
	for (size_t i = 0; i < f->files.n; i++) {
		const char *p = f->files.v[i]->path;
		if (!f->files.v[i]->present || strncmp(p, path, n) != 0 || p[n] != '/')
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(p + n + 1, "/"), p + n + 1);
		entry(cookie, name);
	}
}

const char *fake_which(struct host *h, const char *name, const char *path_dirs, char *out, size_t size)
{
	struct fake *f = fake_of(h);
	(void)path_dirs;
	for (size_t i = 0; i < f->missing.n; i++)
		if (strcmp(f->missing.v[i], name) == 0)
			return NULL;
	int n = snprintf(out, size, "%s%s", name[0] == '/' ? "" : "/usr/bin/", name);
	return n < 0 || (size_t)n >= size ? NULL : out;
}

const char *fake_file(struct host *h, const char *path)
{
	struct fake_file *file = find(fake_of(h), path);
	return file && file->present && !file->dir ? buf_cstr(&file->text) : NULL;
}

mode_t fake_mode(struct host *h, const char *path)
{
	struct fake_file *file = find(fake_of(h), path);
	return file && file->present ? file->mode : 0;
}

void fake_put(struct host *h, const char *path, const char *text)
{
	struct fake_file *file = find_or_make(fake_of(h), path);
	buf_clear(&file->text);
	buf_adds(&file->text, text);
}

void fake_write(struct host *h, const char *label, const char *var, const char *text)
{
	const char *path = fake_env(h, label, var);
	if (!path) {
		fprintf(stderr, "fake host: %s has no variable %s\n", label, var);
		abort();
	}
	buf_adds(&find_or_make(fake_of(h), path)->text, text);
}

int fake_file_count(struct host *h)
{
	struct fake *f = fake_of(h);
	int n = 0;
	for (size_t i = 0; i < f->files.n; i++)
		n += f->files.v[i]->present && !f->files.v[i]->dir;
	return n;
}

bool fake_has_dir(struct host *h, const char *path)
{
	struct fake_file *file = find(fake_of(h), path);
	return file && file->present && file->dir;
}

void fake_file_fail(struct host *h, const char *part, const char *msg)
{
	struct fake *f = fake_of(h);
	f->file_fail_part = arena_strdup(&f->arena, part ? part : "");
	f->file_fail_msg = msg ? arena_strdup(&f->arena, msg) : NULL;
}

void fake_big_tree(struct host *h, const char *part)
{
	struct fake *f = fake_of(h);
	f->big_part = part ? arena_strdup(&f->arena, part) : NULL;
}

void fake_missing(struct host *h, const char *name)
{
	struct fake *f = fake_of(h);
	*vec_add(&f->arena, &f->missing) = arena_strdup(&f->arena, name);
}
