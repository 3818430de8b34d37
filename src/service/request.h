/* One request from its head to its answer, whoever has read it from the wire: serve.c hands over what libmicrohttpd tells. */
#ifndef SIDESTEP_SERVICE_REQUEST_H
#define SIDESTEP_SERVICE_REQUEST_H

#include "service/exchange.h"

/* Its head has come: it may be answered already. connection: what headers and query are looked up in. Never NULL. */
struct exchange *request_begins(struct server *server, void *connection, const char *method, const char *path);
/* A piece of its body. */
void request_body(struct exchange *x, const char *p, size_t n);
/* All of it has come: it is answered, if it was not. */
void request_ends(struct exchange *x);
/* The answer was sent, or nobody wants it. */
void request_free(struct exchange *x);

#endif
