/* The few macros every file may use: cleanup attributes, array length, printf checking. */
#ifndef SIDESTEP_BASE_MACROS_H
#define SIDESTEP_BASE_MACROS_H

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_LEN(a)           (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)              ((a) < (b) ? (a) : (b))
#define MAX(a, b)              ((a) > (b) ? (a) : (b))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NODISCARD              __attribute__((warn_unused_result))

static inline void cleanup_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_free_ptr(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void cleanup_close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

#define _cleanup_close_    __attribute__((cleanup(cleanup_close_fd)))
#define _cleanup_free_     __attribute__((cleanup(cleanup_free_ptr)))
#define _cleanup_fclose_   __attribute__((cleanup(cleanup_close_file)))
#define _cleanup_closedir_ __attribute__((cleanup(cleanup_close_dir)))

#endif
