/* The helper: `sidestep __tools VIEW CACHE TOOL DISTRIBUTION FILE SPEC…` looks for installed versions that a setup action asks
 * for, and makes of them a tool cache of the job's own. Looking and copying takes its time, so a run never does it itself.
 *
 * VIEW is the job's: below it comes what this machine has, and links to what the tool cache CACHE has of that tool. FILE
 * (absolute, may be empty) names versions when no SPEC does. For each version that the action will find there it writes a line
 * "served NAME VERSION<tab>PROGRAM". Everything that is asked for must be there, since what the action downloads into VIEW goes
 * with the job: nothing is served for an alias, nor when some version is nowhere, nor when one could not be served, of which it
 * writes the line "refused NAME VERSION<tab>why". */
#ifndef SIDESTEP_TOOLS_HELPER_H
#define SIDESTEP_TOOLS_HELPER_H

enum { TOOLS_ARGUMENTS = 7 }; /* of the call, without SPECs, with the program and the verb */

/* Returns an exit code. */
int tools_main(int argc, char **argv);

#endif
