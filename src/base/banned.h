/* Calls that this code base does without. Forced into every translation unit by the build
 * (-include), after the system headers that declare them have had their say. */
#ifndef SIDESTEP_BASE_BANNED_H
#define SIDESTEP_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok atoi atol atof system tmpnam mktemp

#endif
