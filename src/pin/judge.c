/* What a reference ought to be, by the tags and branches of its repository. */
#include "pin/pin.h"

enum { SHOWN = 12 };

/* What the comment says of this one; empty: nothing. */
static struct str said_version(const struct pin_use *u)
{
	const struct pin_line *l = u->line;
	for (size_t i = 0; l && l->versions && i < l->uses.n; i++)
		if (l->uses.v[i] == u)
			return l->versions[i];
	return STR_EMPTY;
}

bool pin_needs_listing(const struct pin_use *u, const struct pin_options *opt)
{
	if (u->state != PIN_OPEN)
		return false;
	if (!u->pinned)
		return !action_ref_is_short(u->ref.ref) && action_ref_possible(u->ref.ref);
	return (opt->check || opt->update) && said_version(u).n;
}

static void settle(struct pin_use *u, enum pin_state state, struct str message, struct str help)
{
	u->state = state;
	u->message = message;
	u->help = help;
}

static struct str name_of(const struct pin_use *u)
{
	return u->ref.repository;
}

/* What could not be asked. */
static void judge_silence(struct arena *a, struct pin_use *u, struct str ref)
{
	const struct listing *l = u->listing;
	if (l->state == LISTING_NOWHERE)
		settle(u, PIN_NOWHERE, arena_printf(a, "Unable to resolve action `%.*s`, %.*s", STRF(u->text), STRF(l->error)),
		       STR("look for a wrong letter; of a private repository only who has access is told"));
	else
		settle(u, PIN_NO_WAY,
		       arena_printf(a, "what '%.*s' of %.*s stands for is not known here: %.*s", STRF(ref), STRF(name_of(u)),
		                    STRF(l->error)),
		       STR_EMPTY);
}

static void judge_missing(struct arena *a, struct pin_use *u, struct str ref)
{
	const struct listing *l = u->listing;
	if (l->remembered)
		settle(u, PIN_NO_WAY,
		       arena_printf(a, "'%.*s' of %.*s is not stored, and --offline asks nobody", STRF(ref), STRF(name_of(u))),
		       STR_EMPTY);
	else
		settle(u, PIN_NOWHERE,
		       arena_printf(a, "Unable to resolve action `%.*s`, unable to find version `%.*s`", STRF(u->text),
		                    STRF(ref)),
		       arena_printf(a, "%.*s has neither a tag nor a branch of that name", STRF(name_of(u))));
}

/* It gets the commit u->sha, by the most exact name of it. */
static void settle_change(struct arena *a, struct pin_use *u, struct str ref)
{
	u->version = version_of_commit(u->listing, u->sha, ref);
	u->state = PIN_CHANGE;
	if (!u->version.n)
		settle(u, PIN_UNWRITTEN,
		       arena_printf(a, "no comment can name '%.*s' of %.*s: only letters, digits and ._+/@- are written",
		                    STRF(ref), STRF(name_of(u))),
		       arena_printf(a, "write the commit yourself: %.*s", STRF(u->sha)));
}

static void judge_unpinned(struct arena *a, struct pin_use *u, const struct pin_options *opt)
{
	struct str ref = u->ref.ref;
	if (action_ref_is_short(ref) || !action_ref_possible(ref)) {
		settle(u, PIN_NOWHERE,
		       action_ref_is_short(ref)
		               ? arena_printf(
					 a,
					 "Unable to resolve action `%.*s`, the provided ref `%.*s` is the shortened version of "
					 "a commit SHA, which is not supported. Please use the full commit SHA instead.",
					 STRF(u->text), STRF(ref))
		               : arena_printf(a, "Unable to resolve action `%.*s`, unable to find version `%.*s`", STRF(u->text),
		                              STRF(ref)),
		       STR_EMPTY);
		return;
	}
	struct str loose =
		arena_printf(a, "%.*s is not pinned: '%.*s' may stand for another commit tomorrow", STRF(u->text), STRF(ref));
	bool known = u->listing->state == LISTING_DONE;
	u->sha = known ? listing_find(u->listing, ref) : STR_EMPTY;
	if (u->sha.n) {
		settle_change(a, u, ref);
	} else if (known) {
		judge_missing(a, u, ref);
	} else {
		judge_silence(a, u, ref);
	}
	if (opt->check && u->state == PIN_CHANGE)
		settle(u, PIN_CHANGE, loose,
		       arena_printf(a, "'sidestep pin' writes @%.*s # %.*s", STRF(u->sha), STRF(u->version)));
	else if (opt->check && u->state == PIN_NO_WAY) /* that much is known */
		settle(u, PIN_DRIFT, loose, arena_printf(a, "'sidestep pin' writes the commit; %.*s", STRF(u->message)));
}

/* The commit has a name, the comment says another. */
static void judge_drift(struct arena *a, struct pin_use *u, struct str said, struct str there)
{
	const struct listing *l = u->listing;
	struct str own = version_of_commit(l, u->ref.ref, STR("commit"));
	bool named = !str_is(own, "commit");
	if (named)
		settle(u, PIN_DRIFT,
		       arena_printf(a, "the commit %.*s is %.*s of %.*s, but the comment says %.*s, which is %.*s",
		                    STRF(str_to(u->ref.ref, SHOWN)), STRF(own), STRF(name_of(u)), STRF(said),
		                    STRF(str_to(there, SHOWN))),
		       arena_printf(a,
		                    "write %.*s into the comment if the commit is meant; 'sidestep pin --update' takes the "
		                    "newest of %.*s",
		                    STRF(own), STRF(said)));
	else
		settle(u, PIN_DRIFT,
		       arena_printf(a, "%.*s of %.*s is %.*s now, and the pin is %.*s, which no tag names", STRF(said),
		                    STRF(name_of(u)), STRF(str_to(there, SHOWN)), STRF(str_to(u->ref.ref, SHOWN))),
		       STR("the tag was moved, or the commit was changed without it: look at what is between them, then run "
		           "'sidestep pin --update'"));
}

/* The newest of its line, or where its branch stands. */
static void judge_update(struct arena *a, struct pin_use *u, struct str said)
{
	struct str newest = version_newest(u->listing, said);
	struct str ref = newest.n ? newest : said, sha = listing_find(u->listing, ref);
	if (!sha.n) {
		judge_missing(a, u, said);
		return;
	}
	u->sha = sha;
	settle_change(a, u, ref);
	if (str_eq(sha, u->ref.ref) && (str_eq(u->version, said) || !u->version.n))
		settle(u, PIN_FINE, STR_EMPTY, STR_EMPTY);
}

static void judge_pinned(struct arena *a, struct pin_use *u, const struct pin_options *opt)
{
	struct str said = said_version(u);
	u->sha = u->ref.ref;
	u->version = said;
	u->state = PIN_FINE;
	if (!said.n || !(opt->check || opt->update))
		return;
	if (u->listing->state != LISTING_DONE) {
		judge_silence(a, u, said);
		return;
	}
	struct str there = listing_find(u->listing, arena_printf(a, "refs/tags/%.*s", STRF(said)));
	bool branch = !there.n && listing_find(u->listing, said).n;
	if (!there.n && !branch && !u->line->sure)
		u->version = STR_EMPTY; /* a comment like any other */
	else if (opt->update && !opt->check)
		judge_update(a, u, said);
	else if (branch)
		return; /* that one moves is what it is for */
	else if (!there.n && u->listing->remembered)
		judge_missing(a, u, said);
	else if (!there.n)
		settle(u, PIN_DRIFT,
		       arena_printf(a, "the comment says %.*s, and %.*s has no such tag", STRF(said), STRF(name_of(u))),
		       STR("write the version that the commit has, or remove the comment"));
	else if (!str_eq(there, u->ref.ref))
		judge_drift(a, u, said, there);
}

void pin_judge(struct arena *a, struct pin_use *u, const struct pin_options *opt)
{
	if (u->state != PIN_OPEN)
		return;
	if (u->pinned)
		judge_pinned(a, u, opt);
	else
		judge_unpinned(a, u, opt);
}
