/* Random identifiers in the form of a version 4 UUID. */
#include "base/uuid.h"

#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

void uuid_make(char out[static 37])
{
	unsigned char b[16];
	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b)) {
		struct timespec ts; /* a kernel without entropy yet: unique enough for file names */
		clock_gettime(CLOCK_MONOTONIC, &ts);
		static uint64_t count;
		uint64_t v[2] = { (uint64_t)ts.tv_nsec ^ ((uint64_t)getpid() << 32), ++count };
		memcpy(b, v, sizeof(b));
	}
	b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
	static const char hex[] = "0123456789abcdef";
	char *p = out;
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = hex[b[i] >> 4];
		*p++ = hex[b[i] & 15];
	}
	*p = '\0';
}
