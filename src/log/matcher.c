/* Problem matchers at work: which line completes a problem, and the annotation made of it. Each stream has its own
 * state; the list of matchers is the job's. */
#include "log/matcher.h"

#include "base/utf8.h"
#include "log/internal.h"
#include "log/regex.h"

enum { ATTEMPTS = 3 };

static void clear_states(struct matcher *m)
{
	for (size_t i = 0; i < m->config->n; i++) {
		m->states[i].set = false;
		arena_clear(&m->states[i].arena);
	}
}

static void matcher_done(struct matcher *m)
{
	for (size_t i = 0; m->config && i < m->config->n; i++)
		arena_done(&m->states[i].arena);
	free(m->states);
	matcher_config_unref(m->config);
	*m = (struct matcher) { 0 };
}

void matchers_done(struct matchers *m)
{
	for (size_t i = 0; i < m->n; i++)
		matcher_done(&m->v[i]);
	free(m->v);
	*m = (struct matchers) { 0 };
}

/* Takes the matcher of this configuration out of the old list, state and all, or makes a new one. */
static struct matcher take_or_make(struct matchers *old, struct matcher_config *c)
{
	for (size_t i = 0; i < old->n; i++) {
		if (old->v[i].config == c) {
			struct matcher m = old->v[i];
			old->v[i] = (struct matcher) { 0 };
			return m;
		}
	}
	return (struct matcher) { .config = matcher_config_ref(c), .states = xcalloc(c->n, sizeof(struct matcher_state)) };
}

bool matchers_ready(struct log_step *s, struct splitter *sp)
{
	const struct log_job *j = s->job;
	struct matchers *m = &sp->matchers;
	if (m->version == j->matchers_version)
		return m->n > 0;
	struct matchers fresh = { .version = j->matchers_version };
	if (j->matchers.n)
		fresh.v = xcalloc(j->matchers.n, sizeof(*fresh.v));
	for (size_t i = 0; i < j->matchers.n; i++)
		fresh.v[fresh.n++] = take_or_make(m, j->matchers.v[i]);
	matchers_done(m);
	*m = fresh;
	return m->n > 0;
}

/* Tests pattern i; on yes its groups are laid over what the line before gave (*v). */
static enum regex_result test_pattern(const struct matcher *m, size_t i, struct str subject, struct str *v, struct err *err)
{
	const struct matcher_pattern *p = &m->config->patterns[i];
	enum regex_result r = REGEX_GAVE_UP;
	for (int attempt = 0; attempt < ATTEMPTS && r == REGEX_GAVE_UP; attempt++)
		r = regex_search(p->regex, subject, err);
	if (r != REGEX_YES)
		return r;
	for (int k = 0; k < MATCHER_PROP_COUNT; k++) {
		v[k] = i > 0 ? m->states[i - 1].v[k] : (struct str) { NULL, 0 };
		if (p->group[k] >= 0)
			v[k] = regex_group(p->regex, subject, (unsigned)p->group[k]);
	}
	return r;
}

static void keep_state(struct matcher_state *st, const struct str *v)
{
	arena_clear(&st->arena);
	st->set = true;
	for (int k = 0; k < MATCHER_PROP_COUNT; k++)
		st->v[k] = v[k].p ? arena_str(&st->arena, v[k]) : (struct str) { NULL, 0 };
}

/* The last pattern has matched: all state goes, except what a loop needs for its next line. */
static void complete(struct matcher *m, struct arena *a, struct str *v)
{
	size_t last = m->config->n - 1;
	for (int k = 0; k < MATCHER_PROP_COUNT; k++)
		if (v[k].p)
			v[k] = arena_str(a, v[k]);
	for (size_t i = 0; i < last; i++) {
		if (i == last - 1 && m->config->patterns[last].loop)
			continue;
		m->states[i].set = false;
		arena_clear(&m->states[i].arena);
	}
}

/* One line for one matcher: from the last pattern to the first, each that has what it needs from the line before. */
static enum regex_result run(struct matcher *m, struct arena *a, struct str subject, struct str *v, struct err *err)
{
	size_t last = m->config->n - 1;
	for (size_t i = last + 1; i-- > 0;) {
		if (i > 0 && !m->states[i - 1].set)
			continue;
		enum regex_result r = test_pattern(m, i, subject, v, err);
		if (r == REGEX_GAVE_UP)
			return r;
		if (r == REGEX_YES && i == last) {
			complete(m, a, v);
			return r;
		}
		if (r == REGEX_YES)
			keep_state(&m->states[i], v);
		else if (i < last)
			m->states[i].set = false;
		else if (i > 0)
			m->states[i - 1].set = false;
	}
	return REGEX_NO;
}

static bool is_blank_text(struct str s)
{
	return str_trim(s).n == 0;
}

static uint32_t digits(struct str s)
{
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
		if (v > INT32_MAX)
			return 0;
	}
	return (uint32_t)v;
}

/* False for a severity that means nothing: the line is no problem then. */
static bool severity_of(const struct matcher *m, struct str captured, enum log_level *out)
{
	struct str text = captured.n ? captured : m->config->severity;
	if (text.n == 0 || str_is_nocase(text, "error"))
		*out = LOG_ERROR;
	else if (str_is_nocase(text, "warning"))
		*out = LOG_WARNING;
	else if (str_is_nocase(text, "notice"))
		*out = LOG_NOTICE;
	else
		return false;
	return true;
}

static bool make_issue(struct log_step *s, const struct matcher *m, const struct str *v, struct log_annotation *out)
{
	*out = (struct log_annotation) { .message = v[MATCHER_MESSAGE] };
	if (is_blank_text(out->message)) {
		step_debug(s, "Skipping logging an issue for the matched line because the message is empty.");
		return false;
	}
	if (!severity_of(m, v[MATCHER_SEVERITY], &out->level)) {
		step_debug(s, "Skipping logging an issue for the matched line because the severity '%.*s' is not supported.",
		           STRF(str_to(v[MATCHER_SEVERITY], 200)));
		return false;
	}
	out->line = digits(v[MATCHER_LINE]);
	out->col = digits(v[MATCHER_COLUMN]);
	if (!is_blank_text(v[MATCHER_FILE]) && s->annotations[out->level] < LOG_ANNOTATIONS_MAX)
		out->file =
			matcher_file(s, v[MATCHER_FILE], v[MATCHER_FROM_PATH].n ? v[MATCHER_FROM_PATH] : m->config->from_path);
	return true;
}

/* Without colour sequences, ESC [ digits and semicolons m. */
static struct str strip_colour(struct arena *a, struct str s)
{
	if (str_find_c(s, '\033', 0) == SIZE_MAX)
		return s;
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n;) {
		if (s.p[i] != '\033' || i + 1 >= s.n || s.p[i + 1] != '[') {
			out[n++] = s.p[i++];
			continue;
		}
		i += 2;
		while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == ';'))
			i++;
		if (i < s.n && s.p[i] == 'm')
			i++;
	}
	return str_n(out, n);
}

static struct str clean(struct arena *a, struct str s)
{
	if (utf8_valid(s))
		return s;
	_cleanup_buf_ struct buf b = BUF_INIT;
	utf8_append_clean(&b, s);
	return arena_str(a, buf_str(&b));
}

static void drop_matcher(struct log_step *s, struct matcher *m, const struct err *err)
{
	m->dead = true;
	clear_states(m);
	step_complain(s, LOG_WARNING, "Removing issue matcher '%.*s'. Matcher failed %d times. Error: %s", STRF(m->config->owner),
	              ATTEMPTS, err->text);
}

static void reset_others(struct matchers *all, const struct matcher *hit)
{
	for (size_t i = 0; i < all->n; i++)
		if (&all->v[i] != hit)
			clear_states(&all->v[i]);
}

bool matchers_line(struct log_step *s, struct splitter *sp, struct str line)
{
	struct arena a = { 0 };
	struct str shown = strip_colour(&a, line), subject = clean(&a, shown);
	bool taken = false;
	for (size_t i = 0; i < sp->matchers.n && !taken; i++) {
		struct matcher *m = &sp->matchers.v[i];
		struct str v[MATCHER_PROP_COUNT];
		struct log_annotation issue;
		struct err err = ERR_INIT;
		if (m->dead)
			continue;
		enum regex_result r = run(m, &a, subject, v, &err);
		if (r == REGEX_GAVE_UP)
			drop_matcher(s, m, &err);
		if (r != REGEX_YES)
			continue;
		reset_others(&sp->matchers, m);
		taken = make_issue(s, m, v, &issue);
		if (taken)
			step_issue(s, sp->stream, &issue, shown);
	}
	arena_done(&a);
	return taken;
}
