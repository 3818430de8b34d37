/* Labels of runs-on by name: those that GitHub's own machines and every self-hosted runner have, for telling a slip of the pen
 * and a name that nobody offers from one that somebody has given to runners of his own. */
#include "plan/plan.h"

static const char *const known_labels[] = {
	"ubuntu-latest",
	"ubuntu-slim",
	"ubuntu-26.04",
	"ubuntu-24.04",
	"ubuntu-22.04",
	"ubuntu-26.04-arm",
	"ubuntu-24.04-arm",
	"ubuntu-22.04-arm",
	"windows-latest",
	"windows-2025",
	"windows-2022",
	"windows-2019",
	"windows-11-arm",
	"macos-latest",
	"macos-26",
	"macos-15",
	"macos-14",
	"macos-13",
	"macos-26-intel",
	"macos-15-intel",
	"macos-latest-large",
	"macos-26-large",
	"macos-15-large",
	"macos-14-large",
	"macos-13-large",
	"macos-latest-xlarge",
	"macos-26-xlarge",
	"macos-15-xlarge",
	"macos-14-xlarge",
	"self-hosted",
	"linux",
	"windows",
	"macos",
	"x64",
	"x86",
	"arm",
	"arm64",
};

/* They were GitHub's: jobs that want one wait for ever. */
static const char *const retired_labels[] = { "ubuntu-20.04", "ubuntu-18.04", "ubuntu-16.04" };

static bool is_one_of(struct str label, const char *const *labels, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is_nocase(label, labels[i]))
			return true;
	return false;
}

bool plan_label_retired(struct str label)
{
	return is_one_of(label, retired_labels, ARRAY_LEN(retired_labels));
}

static bool starts_nocase(struct str s, struct str start)
{
	return s.n >= start.n && str_eq_nocase(str_to(s, start.n), start);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "28.04", also for arm: every second year has one, and this program may be older than it. */
static bool is_newer_release(struct str version)
{
	if (version.n < 5 || !is_digit(version.p[0]) || !is_digit(version.p[1]) || !str_starts(str_from(version, 2), STR(".04")))
		return false;
	int year = (version.p[0] - '0') * 10 + version.p[1] - '0';
	struct str rest = str_from(version, 5);
	return year > 26 && year % 2 == 0 && (rest.n == 0 || str_is_nocase(rest, "-arm"));
}

/* What larger machines have behind their system's name: "16-cores", "4core", "m", "xlarge". */
static bool is_size(struct str suffix)
{
	static const char *const sizes[] = { "s", "m", "l", "xl", "xxl", "small", "medium", "large", "xlarge" };
	return suffix.n && (is_digit(suffix.p[0]) || is_one_of(suffix, sizes, ARRAY_LEN(sizes)));
}

/* The longest known name of a system that the label goes on from, behind a hyphen: NULL when there is none. */
static const char *known_start(struct str label, struct str *suffix)
{
	const char *best = NULL;
	size_t most = 0;
	for (size_t i = 0; i < ARRAY_LEN(known_labels); i++) {
		struct str known = str_of(known_labels[i]);
		if (str_find_c(known, '-', 0) != SIZE_MAX && label.n > known.n && label.p[known.n] == '-' && known.n > most &&
		    starts_nocase(label, known)) {
			best = known_labels[i];
			most = known.n;
		}
	}
	*suffix = best ? str_from(label, most + 1) : STR_EMPTY;
	return best;
}

static const char *nearest(struct str label)
{
	const char *best = NULL;
	unsigned limit = (unsigned)MIN(label.n / 4, (size_t)2);
	for (size_t i = 0; i < ARRAY_LEN(known_labels); i++) {
		unsigned d = str_distance(label, str_of(known_labels[i]), limit + 1);
		if (d <= limit && d > 0) {
			best = known_labels[i];
			limit = d - 1; /* only a nearer one */
		}
	}
	return best;
}

const char *plan_label_meant(struct str label)
{
	bool ubuntu = starts_nocase(label, STR("ubuntu-"));
	struct str suffix;
	const char *start = known_start(label, &suffix), *near;
	if (is_one_of(label, known_labels, ARRAY_LEN(known_labels)) || plan_label_retired(label) ||
	    (ubuntu && is_newer_release(str_from(label, 7))))
		return NULL;
	if (start && (!ubuntu || is_size(suffix)))
		return NULL; /* made on purpose */
	near = nearest(label);
	if (near || !(ubuntu || str_is_nocase(label, "ubuntu")))
		return near;
	if (str_is_nocase(suffix, "arm"))
		return "ubuntu-24.04-arm";
	return start ? start : "ubuntu-latest";
}

static bool names_system(struct str label)
{
	return is_one_of(label, known_labels, ARRAY_LEN(known_labels)) || starts_nocase(label, STR("windows-")) ||
	       starts_nocase(label, STR("macos-")) || starts_nocase(label, STR("ubuntu-"));
}

struct label_words plan_label_words(struct arena *a, const struct placement *place)
{
	struct str label = place->label;
	const char *meant = place->by_group ? NULL : plan_label_meant(label);
	struct label_words w = { arena_printf(a, "it wants %s%.*s", place->by_group ? "a runner of the group " : "", STRF(label)),
		                 STR_EMPTY };
	if (meant) {
		w.wants = arena_printf(a, "it wants %.*s, which GitHub does not offer", STRF(label));
		w.help = arena_printf(a, "did you mean '%s'?", meant);
	} else if (place->by_group || !names_system(label)) {
		w.help = arena_printf(a, "a runner of your own? -P %.*s=host runs it here", STRF(label));
	}
	return w;
}
