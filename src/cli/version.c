/* What --version prints: the version on a line of its own, then the commit, when this was built from a git checkout. */
#include "cli/help.h"

#include "cli/commit.h"

void help_version(struct buf *out)
{
	buf_adds(out, "sidestep " SIDESTEP_VERSION "\n");
	if (SIDESTEP_COMMIT[0])
		buf_adds(out, "commit " SIDESTEP_COMMIT "\n");
}
