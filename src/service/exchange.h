/* One request and its answer, as the services see them: serve.c makes it of what libmicrohttpd tells, and sends what stands in
 * it at the end. The body is either kept (small) or goes to a file as it arrives. */
#ifndef SIDESTEP_SERVICE_EXCHANGE_H
#define SIDESTEP_SERVICE_EXCHANGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "service/caller.h"

enum { BODY_MAX = 8 << 20 }; /* of what is kept: a list of 50,000 blocks fits */

struct server;
struct route;
struct upload;

/* A piece of a body on its way to a file. */
struct part {
	struct upload *upload; /* that it belongs to; held. NULL: the body is kept, or thrown away */
	bool odd;              /* it goes to the second file */
	uint64_t offset, n;    /* where it begins, and how much has come */
	uint64_t limit;        /* more is refused */
	int errnum;            /* the first write that was refused */
	struct str id;         /* of the block; empty: none */
};

struct exchange {
	struct server *server;
	void *connection; /* libmicrohttpd's */
	struct arena arena;
	struct str method, path;
	const struct route *route;
	struct caller caller; /* who asks, once caller_find has said so */
	struct part part;
	struct buf body;
	bool discard; /* the body is of no interest */

	unsigned status;
	struct buf reply;
	const char *type;
	struct str disposition, encoding, range; /* headers; empty: none */
	int fd;                                  /* of the file that is the reply; -1: the buffer is */
	uint64_t from, length;                   /* of the file */
	bool close;                              /* the connection ends with it */
	bool azure;                              /* has the headers of a blob store */
};

/* What is served: matched in order. */
struct route {
	const char *method; /* NULL: any */
	const char *prefix; /* of the path */
	/* The head has come; may set part to have the body in a file, or answer at once (the body is discarded then). May be
	 * NULL. */
	void (*begin)(struct exchange *x);
	/* The body has come. Not called when begin has answered. */
	void (*end)(struct exchange *x);
	bool azure; /* errors are those of a blob store */
};

/* Of the query, decoded; empty when absent. */
struct str exchange_query(const struct exchange *x, const char *name);
struct str exchange_header(const struct exchange *x, const char *name);
/* False: absent, or no number. */
bool exchange_number(const struct exchange *x, const char *header, uint64_t *out);
/* The origin under which the client has reached us: "http://127.0.0.1:1234". */
struct str exchange_origin(struct exchange *x);
/* The path after the route's prefix. */
struct str exchange_rest(const struct exchange *x);

/* Answers: JSON is what stands in x->reply already. */
void reply_json(struct exchange *x, unsigned status);
void reply_empty(struct exchange *x, unsigned status);
/* An error in the form of its route: JSON, or the XML of a blob store. code: Twirp's word ("not_found") or the store's. */
void reply_error(struct exchange *x, unsigned status, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* A file, whole or as far as the request's Range asks. Takes fd. */
void reply_file(struct exchange *x, int fd, uint64_t size, const char *type);
/* The world has refused: no room (507), or anything else (500). */
void reply_errno(struct exchange *x, int errnum, const char *what);

/* The body as a JSON object. False: an error was answered. */
bool exchange_json(struct exchange *x, struct val *out);
/* A member that is a string, or a number as GitHub's clients send them: as decimal text or as a number. */
struct str member_text(struct val object, const char *name);
bool member_number(struct val object, const char *name, uint64_t *out);
/* "name": text, for replies. */
void reply_member(struct exchange *x, const char *name, struct str text);

#endif
