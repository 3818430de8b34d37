/* Event payloads with any bytes: the event, the github context made of it, and whether it starts a workflow with every filter.
 * The first byte says which event it is. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "plan/select.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const events[] = { "push",          "pull_request", "pull_request_target", "workflow_dispatch", "release",
	                              "issue_comment", "schedule",     "repository_dispatch", "merge_group",       "workflow_run",
	                              "create",        "unheard-of" };

static const char flow[] = "on:\n"
			   "  push: {branches: ['main', 'v*', '!v1'], paths: ['**.c', '!docs/**'], tags-ignore: ['x']}\n"
			   "  pull_request: {types: [opened, synchronize], branches-ignore: ['rel/**'], paths-ignore: ['*.md']}\n"
			   "  pull_request_target: {branches: [main]}\n"
			   "  release: {types: [published]}\n"
			   "  issue_comment:\n"
			   "  workflow_run: {workflows: [ci], branches: [main]}\n"
			   "  workflow_dispatch: {inputs: {n: {type: number}}}\n"
			   "  schedule: [{cron: '5 4 * * *'}]\n"
			   "jobs: {j: {runs-on: ubuntu-latest, steps: [{run: echo}]}}\n";

static void use(struct arena *a, struct trigger_event *e)
{
	struct source_set set = { .arena = a };
	struct diag_list diags = { .arena = a, .sources = &set };
	const struct source *src = source_add(&set, STR("f.yml"), STR(flow));
	const struct workflow *w = workflow_read(a, src, STR("f.yml"), &diags);
	struct selection s;
	struct git_changes changes;
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf json = BUF_INIT;
	if (select_workflow(&s, a, w, e, STR_EMPTY, NULL, &err) == 0 && (s.reason.n == 0 || memchr(s.reason.p, '\n', s.reason.n)))
		abort();
	if (trigger_event_changes(&changes, e, a, NULL, &err) < 0)
		abort(); /* there is no repository that could be damaged */
	struct val github = github_context(a, e, STR("https://github.com"), STR("1"), STR("2"), STR("token"));
	val_to_json(&json, github, JSON_PRETTY);
	struct val again;
	if (val_from_json(&again, a, buf_str(&json), &err) < 0 || again.kind != VAL_OBJECT)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	struct arena a = { 0 };
	struct trigger_event e;
	struct err err = ERR_INIT;
	char path[64];
	int fd = memfd_create("payload", MFD_CLOEXEC);
	if (fd < 0 || file_write_all(fd, data + 1, size - 1) < 0)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct str name = str_of(events[data[0] % ARRAY_LEN(events)]);
	int rc = trigger_event_make(&e, &a, name, path, NULL, "/nowhere", &err);
	if ((rc < 0) != (err.text[0] != '\0'))
		abort();
	if (rc == 0)
		use(&a, &e);
	close(fd);
	arena_done(&a);
	return 0;
}
