/* Version of the library. */
#ifndef SIDESTEP_VERSION_H
#define SIDESTEP_VERSION_H

#define SIDESTEP_VERSION "0.1.0"

#if defined(__GNUC__)
#define SIDESTEP_API __attribute__((visibility("default")))
#else
#define SIDESTEP_API
#endif

/* What calls answer: these are the program's exit codes too. */
enum sidestep_status {
	SIDESTEP_OK = 0,          /* every job succeeded or was skipped; nothing found */
	SIDESTEP_FAILED = 1,      /* at least one job failed; findings of severity error */
	SIDESTEP_USAGE = 2,       /* asked for something that makes no sense */
	SIDESTEP_INVALID = 3,     /* a workflow, action or input file is invalid and nothing was run */
	SIDESTEP_ENVIRONMENT = 4, /* something needed is not there; named in the messages */
	SIDESTEP_INTERRUPTED = 130,
	SIDESTEP_UNREAD = 141, /* stopped since nobody reads the output any more */
	SIDESTEP_TERMINATED = 143
};

#endif
