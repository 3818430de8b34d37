/* Calls that this code base does without. Forced into every translation unit by the build
 * (-include), after the system headers that declare them have had their say. */
#ifndef SIDESTEP_BASE_BANNED_H
#define SIDESTEP_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* some C libraries have them as macros, too */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef gets
#undef strtok
#undef atoi
#undef atol
#undef atof
#undef system
#undef tmpnam
#undef mktemp

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok atoi atol atof system tmpnam mktemp

#endif
