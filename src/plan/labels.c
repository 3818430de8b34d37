/* Labels of runs-on by name: those that GitHub's own machines and every self-hosted runner have, for telling a slip of the pen
 * from a name that somebody has given to runners of his own. */
#include "plan/plan.h"

static const char *const known_labels[] = {
	"ubuntu-latest",
	"ubuntu-slim",
	"ubuntu-26.04",
	"ubuntu-24.04",
	"ubuntu-22.04",
	"ubuntu-20.04",
	"ubuntu-18.04",
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

static bool is_known(struct str label)
{
	for (size_t i = 0; i < ARRAY_LEN(known_labels); i++)
		if (str_is_nocase(label, known_labels[i]))
			return true;
	return false;
}

/* "ubuntu-latest-16-cores": a name made on purpose. */
static bool extends_known(struct str label)
{
	for (size_t i = 0; i < ARRAY_LEN(known_labels); i++) {
		struct str known = str_of(known_labels[i]);
		if (str_find_c(known, '-', 0) != SIZE_MAX && label.n > known.n && label.p[known.n] == '-' &&
		    str_eq_nocase(str_to(label, known.n), known))
			return true;
	}
	return false;
}

const char *plan_label_meant(struct str label)
{
	const char *best = NULL;
	unsigned limit = (unsigned)MIN(label.n / 4, (size_t)2);
	if (is_known(label) || extends_known(label))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(known_labels); i++) {
		unsigned d = str_distance(label, str_of(known_labels[i]), limit + 1);
		if (d <= limit && d > 0) {
			best = known_labels[i];
			limit = d - 1; /* only a nearer one */
		}
	}
	return best;
}
