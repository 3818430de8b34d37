/* What this machine is; see machine.h. */
#include "api/machine.h"

#include "base/file.h"

enum { OS_RELEASE_MAX = 64 << 10 };

/* The value of NAME=value or NAME="value"; empty when the line is another. */
static struct str value_of(struct str line, const char *name)
{
	struct str key = str_of(name);
	if (!str_starts(line, key) || line.n <= key.n || line.p[key.n] != '=')
		return STR_EMPTY;
	struct str v = str_trim(str_from(line, key.n + 1));
	if (v.n > 1 && (v.p[0] == '"' || v.p[0] == '\'') && v.p[v.n - 1] == v.p[0])
		v = str_n(v.p + 1, v.n - 2);
	return v;
}

struct str machine_label(struct arena *a)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str line, id = STR_EMPTY, version = STR_EMPTY;
	if (file_read_regular(&text, "/etc/os-release", OS_RELEASE_MAX, NULL) != 0)
		return STR_EMPTY;
	struct str rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		struct str v = value_of(line, "ID"), w = value_of(line, "VERSION_ID");
		id = v.n ? v : id;
		version = w.n ? w : version;
	}
	return str_is(id, "ubuntu") && version.n ? arena_printf(a, "ubuntu-%.*s", STRF(version)) : STR_EMPTY;
}
