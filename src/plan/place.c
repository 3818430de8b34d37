/* Where a job runs. What this machine is not is never pretended: a label nobody serves is named, unless a
 * platform rule of the user says what to do with it. */
#include "plan/plan.h"

#if defined(__aarch64__)
enum { ARM64 = true };
#else
enum { ARM64 = false };
#endif

/* Hosted Ubuntu images are x64 unless their label says arm. */
static bool is_ubuntu_here(struct str label)
{
	if (label.n <= 7 || !str_eq_nocase(str_to(label, 7), STR("ubuntu-")))
		return false;
	struct str version = str_from(label, 7);
	bool arm = false;
	if (plan_label_meant(label))
		return false; /* GitHub would wait for such a machine for ever */
	for (size_t i = 0; i + 3 <= version.n; i++)
		arm |= str_eq_nocase(str_n(version.p + i, 3), STR("arm"));
	return arm == ARM64;
}

static bool served_here(struct str label)
{
	return is_ubuntu_here(label) || str_is_nocase(label, "self-hosted") || str_is_nocase(label, "linux") ||
	       str_is_nocase(label, ARM64 ? "arm64" : "x64");
}

/* What a platform rule applies to: the job's labels, or its group alone. */
struct wanted {
	const struct str *labels;
	size_t n;
};

static bool has_label(const struct wanted *w, struct str label)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_eq_nocase(str_trim(w->labels[i]), label))
			return true;
	return false;
}

/* Cuts the next part off a comma-joined list. */
static bool next_part(struct str *rest, struct str *part)
{
	if (rest->n == 0)
		return false;
	size_t comma = str_find_c(*rest, ',', 0);
	*part = str_trim(str_to(*rest, comma));
	*rest = comma == SIZE_MAX ? STR_EMPTY : str_from(*rest, comma + 1);
	return true;
}

/* How many of the job's labels the rule names; 0 when it names one that the job does not have. */
static size_t rule_matches(const struct platform_rule *r, const struct wanted *w)
{
	size_t parts = 0;
	struct str rest = r->label, part;
	while (next_part(&rest, &part)) {
		if (!has_label(w, part))
			return 0;
		parts++;
	}
	return parts;
}

static bool rule_names(const struct platform_rule *r, struct str label)
{
	struct str rest = r->label, part;
	while (next_part(&rest, &part))
		if (str_eq_nocase(part, label))
			return true;
	return false;
}

/* The rule that names most of the labels; of equals the last, so that later ones override. */
static const struct platform_rule *best_rule(const struct wanted *w, const struct platform_rule *rules, size_t n)
{
	const struct platform_rule *best = NULL;
	size_t most = 1;
	for (size_t i = 0; i < n; i++) {
		size_t count = rule_matches(&rules[i], w);
		if (count >= most) {
			best = &rules[i];
			most = count;
		}
	}
	return best;
}

static struct placement place_of_rule(const struct platform_rule *r)
{
	static const struct str docker = { "docker://", 9 };
	if (str_is(r->target, "skip"))
		return (struct placement) { .kind = PLACE_SKIP, .label = r->label };
	if (str_starts(r->target, docker))
		return (struct placement) { .kind = PLACE_CONTAINER, .label = r->label, .image = str_from(r->target, docker.n) };
	if (str_is(r->target, "host"))
		return (struct placement) { .kind = PLACE_HOST, .label = r->label };
	return (struct placement) { .kind = PLACE_NOT_HERE, .label = r->label };
}

/* "organization/big" and "big" name one group. */
static struct placement place_of_group(struct str group, const struct platform_rule *rules, size_t nrules)
{
	size_t slash = str_find_c(group, '/', 0);
	struct str names[] = { group, str_from(group, slash == SIZE_MAX ? group.n : slash + 1) };
	struct wanted w = { names, ARRAY_LEN(names) };
	const struct platform_rule *rule = best_rule(&w, rules, nrules);
	return rule ? place_of_rule(rule) : (struct placement) { .kind = PLACE_NOT_HERE, .label = group, .by_group = true };
}

static bool is_ruled(struct str label, const struct wanted *w, const struct platform_rule *rules, size_t nrules)
{
	for (size_t i = 0; i < nrules; i++)
		if (rule_names(&rules[i], label) && rule_matches(&rules[i], w))
			return true;
	return false;
}

static bool is_served(struct str label, const struct wanted *w, const struct platform_rule *rules, size_t nrules)
{
	return served_here(label) || is_ruled(label, w, rules, nrules);
}

struct placement plan_place(const struct str *labels, size_t n, struct str group, const struct platform_rule *rules,
                            size_t nrules)
{
	if (group.n)
		return place_of_group(str_trim(group), rules, nrules);
	struct wanted w = { labels, n };
	const struct platform_rule *rule = best_rule(&w, rules, nrules);
	struct placement place =
		rule ? place_of_rule(rule) : (struct placement) { .kind = PLACE_HOST, .label = n ? labels[0] : STR_EMPTY };
	for (size_t i = 0; i < n && place.kind != PLACE_SKIP; i++)
		if (!is_served(str_trim(labels[i]), &w, rules, nrules))
			return (struct placement) { .kind = PLACE_NOT_HERE, .label = labels[i] };
	return place;
}

bool plan_wants_retired(struct str *label, const struct str *labels, size_t n, const struct platform_rule *rules, size_t nrules)
{
	struct wanted w = { labels, n };
	for (size_t i = 0; i < n; i++)
		if (plan_label_retired(str_trim(labels[i])) && !is_ruled(str_trim(labels[i]), &w, rules, nrules)) {
			*label = str_trim(labels[i]);
			return true;
		}
	return false;
}

/* What ubuntu-latest is today. */
static bool is_system(struct str label, struct str machine)
{
	struct str rest;
	if (!machine.n)
		return false;
	if (str_is_nocase(label, "ubuntu-latest"))
		return str_is(machine, "ubuntu-24.04");
	if (label.n < machine.n || !str_eq_nocase(str_to(label, machine.n), machine))
		return false;
	rest = str_from(label, machine.n);
	return rest.n == 0 || rest.p[0] == '-';
}

bool plan_stands_in(struct str *label, const struct str *labels, size_t n, const struct platform_rule *rules, size_t nrules,
                    struct str machine)
{
	struct wanted w = { labels, n };
	for (size_t i = 0; i < n; i++) {
		struct str own = str_trim(labels[i]);
		if (!is_ruled(own, &w, rules, nrules) && is_ubuntu_here(own) && !is_system(own, machine)) {
			*label = own;
			return true;
		}
	}
	return false;
}
