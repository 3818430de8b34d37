/* Names of event types, results, streams and levels, and times as text. What an event says in JSON is in
 * event_json.c, the way back in event_read.c. */
#include "event/event_read.h"
#include "event/names.h"

static const char *const type_names[EVENT_TYPE_COUNT] = {
	[EVENT_RUN_START] = "run.start",
	[EVENT_JOB_QUEUE] = "job.queue",
	[EVENT_JOB_START] = "job.start",
	[EVENT_JOB_SKIP] = "job.skip",
	[EVENT_STEP_QUEUE] = "step.queue",
	[EVENT_STEP_START] = "step.start",
	[EVENT_LOG] = "log",
	[EVENT_ANNOTATION] = "annotation",
	[EVENT_STEP_END] = "step.end",
	[EVENT_STEP_JOIN] = "step.join",
	[EVENT_JOB_END] = "job.end",
	[EVENT_ARTIFACT] = "artifact",
	[EVENT_RUN_END] = "run.end",
	[EVENT_PLAN] = "plan",
};
static const char *const result_names[] = { "", "success", "failure", "cancelled", "skipped" };
static const char *const outlook_names[] = { "yes", "maybe", "after-failure", "after-cancellation", "no" };
static const char *const stream_names[] = { "stdout", "stderr", "runner" };
static const char *const level_names[] = { "info", "debug", "group", "endgroup", "command", "error", "warning", "notice" };

/* The number of `name` in a table, or `other`. */
static size_t number_of(struct str name, const char *const *names, size_t n, size_t other)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(name, names[i]))
			return i;
	return other;
}

const char *event_type_name(enum event_type t)
{
	return (size_t)t < ARRAY_LEN(type_names) ? type_names[t] : "";
}

bool event_type_read(enum event_type *out, struct str name)
{
	size_t i = number_of(name, type_names, ARRAY_LEN(type_names), EVENT_TYPE_COUNT);
	if (i == EVENT_TYPE_COUNT)
		return false;
	*out = (enum event_type)i;
	return true;
}

const char *outlook_name(enum outlook o)
{
	return (size_t)o < ARRAY_LEN(outlook_names) ? outlook_names[o] : "";
}

enum outlook outlook_read(struct str name)
{
	return (enum outlook)number_of(name, outlook_names, ARRAY_LEN(outlook_names), OUTLOOK_YES);
}

const char *result_name(enum result r)
{
	return (size_t)r < ARRAY_LEN(result_names) ? result_names[r] : "";
}

enum result result_read(struct str name)
{
	return (enum result)number_of(name, result_names, ARRAY_LEN(result_names), RESULT_NONE);
}

const char *log_stream_name(enum log_stream s)
{
	return (size_t)s < ARRAY_LEN(stream_names) ? stream_names[s] : "";
}

enum log_stream log_stream_read(struct str name)
{
	return (enum log_stream)number_of(name, stream_names, ARRAY_LEN(stream_names), LOG_STDOUT);
}

const char *log_level_name(enum log_level l)
{
	return (size_t)l < ARRAY_LEN(level_names) ? level_names[l] : "";
}

enum log_level log_level_read(struct str name)
{
	return (enum log_level)number_of(name, level_names, ARRAY_LEN(level_names), LOG_INFO);
}

/* Days since 1970-01-01 of a date of the Gregorian calendar; the year starts in March, so that the leap
 * day is the last one. */
static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
	year -= month <= 2;
	int64_t era = year / 400; /* years here are positive */
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void put_digits(char *at, int n, int64_t value)
{
	while (n-- > 0) {
		at[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

void event_time_text(char out[static 25], int64_t time_ms)
{
	const int64_t day_ms = 86400000, last = INT64_C(253402300799999); /* the end of the year 9999 */
	time_ms = time_ms < 0 ? 0 : time_ms > last ? last : time_ms;
	int64_t days = time_ms / day_ms + 719468, ms = time_ms % day_ms;
	int64_t era = days / 146097, of_era = days % 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t m = (5 * of_year + 2) / 153, month = m < 10 ? m + 3 : m - 9;
	memcpy(out, "0000-00-00T00:00:00.000Z", 25);
	put_digits(out, 4, year + era * 400 + (month <= 2));
	put_digits(out + 5, 2, month);
	put_digits(out + 8, 2, of_year - (153 * m + 2) / 5 + 1);
	put_digits(out + 11, 2, ms / 3600000);
	put_digits(out + 14, 2, ms / 60000 % 60);
	put_digits(out + 17, 2, ms / 1000 % 60);
	put_digits(out + 20, 3, ms % 1000);
}

static unsigned digits_at(struct str s, size_t at, size_t n)
{
	unsigned v = 0;
	for (size_t i = at; i < at + n; i++)
		v = v * 10 + (unsigned)(s.p[i] - '0');
	return v;
}

bool event_time_read(int64_t *out, struct str s)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddZ";
	if (s.n != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (shape[i] == 'd' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != shape[i])
			return false;
	unsigned year = digits_at(s, 0, 4), month = digits_at(s, 5, 2), day = digits_at(s, 8, 2);
	unsigned hour = digits_at(s, 11, 2), minute = digits_at(s, 14, 2), second = digits_at(s, 17, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
		return false;
	int64_t seconds = ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
	*out = seconds * 1000 + digits_at(s, 20, 3);
	return true;
}
