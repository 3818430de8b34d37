/* A case file of the reader's conformance data, taken apart: options, the workflow, called files, what is expected. */
#ifndef SIDESTEP_CONFORMANCE_CASE_FILE_H
#define SIDESTEP_CONFORMANCE_CASE_FILE_H

#include "model/calls.h"

struct case_called {
	struct str ref, text;
};

struct case_file {
	struct str path; /* ".github/workflows/<name of the file>" */
	struct str workflow, expected;
	struct case_called *called;
	size_t ncalled;
	/* options */
	bool include_source;
	bool strict_events; /* skipped by Go and by C# */
	bool partial_rerun, skip_calls;
	struct read_limits limits;
	struct call_options calls;
};

/* 0, or -1 with the reason why the file is no case. */
int case_file_read(struct case_file *out, struct arena *a, const char *file, struct err *err);

#endif
