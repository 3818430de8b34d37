/* libmicrohttpd, loaded by the helper when it starts: the program itself never pays for it, nor for the TLS library that it
 * brings. Only the files that include this see its header. */
#ifndef SIDESTEP_SERVICE_LIB_H
#define SIDESTEP_SERVICE_LIB_H

#include <microhttpd.h>

#include "base/err.h"

#define LIB_FUNCTIONS(X)                                                                                                         \
	X(MHD_start_daemon)                                                                                                      \
	X(MHD_stop_daemon)                                                                                                       \
	X(MHD_lookup_connection_value)                                                                                           \
	X(MHD_create_response_from_buffer)                                                                                       \
	X(MHD_create_response_from_fd_at_offset64)                                                                               \
	X(MHD_add_response_header)                                                                                               \
	X(MHD_queue_response)                                                                                                    \
	X(MHD_destroy_response)

struct lib_functions {
#define X(name) __typeof__(name) *name;
	LIB_FUNCTIONS(X)
#undef X
};

extern struct lib_functions http_lib;

/* ERR_MISSING: it is not installed. */
int http_lib_load(struct err *err);

#endif
