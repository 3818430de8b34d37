/* The helper's main, and the one door between libmicrohttpd and the services: requests become exchanges, exchanges become
 * responses. One thread of the library's answers all of them; a client that stalls holds its own connection and nothing else. */
#include "service/serve.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

#include "base/file.h"
#include "base/uuid.h"
#include "service/lib.h"
#include "service/request.h"
#include "service/server.h"

enum {
	CONNECTIONS = 1000,
	CONNECTION_MEMORY = 256 << 10, /* of each: what is read or written at a time */
	IDLE_SECONDS = 900,            /* clients keep connections and take a closed one for a broken network */
};

/* ---- the answer ---- */

static void add_header(struct MHD_Response *r, const char *name, const char *value)
{
	if (value && value[0])
		http_lib.MHD_add_response_header(r, name, value);
}

/* What clients of a blob store expect to find. */
static void add_store_headers(struct exchange *x, struct MHD_Response *r)
{
	char id[37], when[64], tag[48];
	time_t now = time(NULL);
	struct tm tm;
	uuid_make(id);
	strftime(when, sizeof(when), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &tm));
	snprintf(tag, sizeof(tag), "\"%s\"", id);
	add_header(r, "x-ms-request-id", id);
	add_header(r, "x-ms-version", exchange_header(x, "x-ms-version").p);
	add_header(r, "ETag", tag);
	add_header(r, "Last-Modified", when);
}

static enum MHD_Result send_reply(struct exchange *x)
{
	struct MHD_Response *r;
	if (x->fd >= 0)
		r = http_lib.MHD_create_response_from_fd_at_offset64(x->length, x->fd, x->from);
	else
		r = http_lib.MHD_create_response_from_buffer(x->reply.n, x->reply.p, MHD_RESPMEM_MUST_COPY);
	if (!r)
		return MHD_NO;
	x->fd = -1; /* the response closes it */
	add_header(r, "Content-Type", x->type);
	add_header(r, "Content-Range", x->range.p);
	add_header(r, "Content-Disposition", x->disposition.p);
	add_header(r, "Content-Encoding", x->encoding.p);
	add_header(r, "Cache-Control", "no-store");
	if (x->route && x->route == &blob_route && x->status < 300) {
		add_header(r, "Accept-Ranges", "bytes");
		add_store_headers(x, r);
	}
	if (x->status == 401)
		add_header(r, "WWW-Authenticate", "Bearer");
	if (x->close)
		add_header(r, "Connection", "close");
	enum MHD_Result rc = http_lib.MHD_queue_response(x->connection, x->status, r);
	http_lib.MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result on_request(void *cookie, struct MHD_Connection *c, const char *path, const char *method,
                                  const char *version, const char *data, size_t *ndata, void **own)
{
	(void)version;
	struct exchange *x = *own;
	if (!x) {
		*own = request_begins(cookie, c, method, path);
		return MHD_YES;
	}
	if (*ndata > 0) {
		request_body(x, data, *ndata);
		*ndata = 0;
		return MHD_YES;
	}
	request_ends(x);
	return send_reply(x);
}

static void on_completed(void *cookie, struct MHD_Connection *c, void **own, enum MHD_RequestTerminationCode why)
{
	(void)cookie, (void)c, (void)why;
	struct exchange *x = *own;
	if (!x)
		return;
	request_free(x);
	*own = NULL;
}

/* ---- main ---- */

/* More files for more connections, and files as large as may be: best effort. */
static void raise_limit(__rlimit_resource_t which)
{
	struct rlimit limit;
	if (getrlimit(which, &limit) == 0 && limit.rlim_cur != limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(which, &limit);
	}
}

static int set_up(struct server *s, const char *folder, struct err *err)
{
	struct sockaddr_in at = { 0 };
	socklen_t n = sizeof(at);
	if (getsockname(STDIN_FILENO, (struct sockaddr *)&at, &n) < 0)
		return err_errno(err, "standard input is no socket");
	s->port = ntohs(at.sin_port);
	s->cards = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->cards < 0)
		return err_errno(err, "cannot open %s", folder);
	if (getrandom(s->secret, sizeof(s->secret), 0) != (ssize_t)sizeof(s->secret))
		return err_errno(err, "no random numbers");
	raise_limit(RLIMIT_NOFILE);
	raise_limit(RLIMIT_FSIZE);
	return http_lib_load(err);
}

/* One connection may hold its socket and a file. */
static unsigned connections(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur > 2 * CONNECTIONS + 64)
		return CONNECTIONS;
	return files.rlim_cur < 128 ? 16 : (unsigned)(files.rlim_cur - 64) / 2;
}

int serve_main(int argc, char **argv)
{
	struct server *s = server_new();
	struct err err = ERR_INIT;
	prctl(PR_SET_DUMPABLE, 0); /* its secret is not for what else runs here */
	if (argc != 3) {
		fprintf(stderr, "this command is for the program itself\n");
		return 2;
	}
	if (set_up(s, argv[2], &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	struct MHD_Daemon *d = http_lib.MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, STDIN_FILENO,
		MHD_OPTION_CONNECTION_LIMIT, connections(), MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
		MHD_OPTION_END);
	if (!d) {
		fprintf(stderr, "libmicrohttpd does not start\n");
		return 1;
	}
	for (;;)
		pause();
}
