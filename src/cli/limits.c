/* Limits of the process; see limits.h. */
#include "cli/limits.h"

#include <sys/resource.h>

unsigned long limits_raise_files(void)
{
	struct rlimit now, more;

	if (getrlimit(RLIMIT_NOFILE, &now) < 0)
		return 0;
	more = (struct rlimit) { .rlim_cur = now.rlim_max, .rlim_max = now.rlim_max };
	if (setrlimit(RLIMIT_NOFILE, &more) < 0)
		return 0;
	return (unsigned long)now.rlim_cur;
}
