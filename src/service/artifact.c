/* Artifacts, version 4: GitHub's ArtifactService, with content by signed addresses (blob.c). */
#include "service/artifact.h"

#include <errno.h>
#include <time.h>

#include "base/file.h"
#include "base/path.h"
#include "event/event.h"
#include "service/server.h"
#include "service/twirp.h"
#include "service/upload.h"

enum {
	UPLOAD_SECONDS = 6 * 3600,
	DOWNLOAD_SECONDS = 3600,
	ABANDONED_SECONDS = 300, /* an upload of another job without progress */
};

static int64_t now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static struct upload *pending(struct exchange *x, struct str name)
{
	for (struct upload *u = x->server->uploads; u; u = u->next)
		if (strcmp(u->kind, ARTIFACT_UPLOAD) == 0 && str_eq(u->run, x->caller.run) && str_eq(u->name, name))
			return u;
	return NULL;
}

static void reply_address(struct exchange *x, const char *member, const char *kind, struct str id, unsigned seconds)
{
	struct str path = signed_path(x, kind, id, seconds);
	if (!path.n) {
		reply_error(x, 500, "internal", "libcrypto signs no address");
		return;
	}
	buf_addf(&x->reply, "{\"ok\":true,\"%s\":\"%.*s%.*s\"}", member, STRF(exchange_origin(x)), STRF(path));
	reply_json(x, 200);
}

static void create(struct exchange *x, struct val request)
{
	struct run_artifacts *r = artifacts_of(x);
	struct str name = member_text(request, "name");
	struct err err = ERR_INIT;
	if (!artifact_name_ok(x, name))
		return;
	struct upload *u = pending(x, name);
	if (artifact_named(r, name) || (u && !str_eq(u->job, x->caller.job) && time(NULL) - u->touched < ABANDONED_SECONDS)) {
		reply_error(x, 409, "already_exists", "an artifact with this name already exists on the workflow run");
		return;
	}
	if (u)
		upload_forget(x->server, u); /* of a step that never came to its end */
	struct str folder = path_join(&x->arena, r->dir, STR(SERVICE_INCOMING));
	if (file_mkdirs(folder.p, 0700, &err) < 0 || !(u = upload_new(x->server, folder, ARTIFACT_UPLOAD, true, &err))) {
		reply_error(x, err.errnum == ENOSPC ? 507 : 500, "internal", "%s", err.text);
		return;
	}
	u->run = arena_str(&u->arena, x->caller.run);
	u->job = arena_str(&u->arena, x->caller.job);
	u->name = arena_str(&u->arena, name);
	u->claimed_type = arena_str(&u->arena, member_text(request, "mime_type"));
	reply_address(x, "signed_upload_url", ARTIFACT_UPLOAD, str_of(u->id), UPLOAD_SECONDS);
}

static void reply_done(struct exchange *x, uint64_t id)
{
	buf_addf(&x->reply, "{\"ok\":true,\"artifact_id\":\"%ju\"}", (uintmax_t)id);
	reply_json(x, 200);
}

static int finish(struct exchange *x, struct run_artifacts *r, struct upload *u, struct str digest, struct err *err)
{
	struct str type = u->type.n ? u->type : u->claimed_type;
	bool zip = type.n == 0 || str_is_nocase(type, "zip") || str_is_nocase(type, "application/zip");
	struct str file = artifact_file_name(r, u->name, zip ? ".zip" : "", u->number);
	if (upload_keep(u, path_join(&x->arena, r->dir, file).p, err) < 0)
		return -1;
	*vec_add(&r->arena, &r->list) = (struct artifact) { .id = u->number,
		                                            .name = arena_str(&r->arena, u->name),
		                                            .job = arena_str(&r->arena, u->job),
		                                            .file = file,
		                                            .type = arena_str(&r->arena, type),
		                                            .digest = arena_str(&r->arena, digest),
		                                            .size = u->size,
		                                            .created_ms = now_ms() };
	return artifacts_write_list(r, err);
}

/* The answer to the first call was lost, and it is asked again. */
static bool finished_before(struct exchange *x, struct run_artifacts *r, struct str name, struct str hash)
{
	const struct artifact *f = artifact_named(r, name);
	if (!f || !str_eq(f->job, x->caller.job) || (hash.n && !str_eq(hash, f->digest)))
		return false;
	reply_done(x, f->id);
	return true;
}

static void finalize(struct exchange *x, struct val request)
{
	struct run_artifacts *r = artifacts_of(x);
	struct str name = member_text(request, "name"), hash = member_text(request, "hash");
	struct upload *u = pending(x, name);
	struct err err = ERR_INIT;
	char hex[65];
	uint64_t size = 0;
	bool sized = member_number(request, "size", &size);
	if (!u) {
		if (!finished_before(x, r, name, hash))
			reply_error(x, 404, "not_found", "no artifact of this name is being uploaded");
		return;
	}
	if (!str_eq(u->job, x->caller.job)) {
		reply_error(x, 403, "permission_denied", "another job uploads this artifact");
		return;
	}
	if (!u->committed && u->end > 0)
		upload_commit_ranges(u, u->end);
	if (!u->committed || (sized && size != u->size)) {
		reply_error(x, 400, "invalid_argument", "%s",
		            u->committed ? "the size is not that of what was uploaded" : "the content was not uploaded");
		return;
	}
	if (upload_digest(hex, u, &err) < 0) {
		reply_error(x, 500, "internal", "%s", err.text);
		return;
	}
	struct str digest = arena_printf(&x->arena, "sha256:%s", hex);
	if (hash.n && !str_eq_nocase(hash, digest)) {
		reply_error(x, 400, "invalid_argument", "the hash is not that of what was uploaded");
		return;
	}
	uint64_t id = u->number;
	if (finish(x, r, u, digest, &err) < 0)
		reply_error(x, 500, "internal", "%s", err.text);
	else
		reply_done(x, id);
	upload_forget(x->server, u);
}

static void add_listed(struct exchange *x, const struct run_artifacts *r, const struct artifact *f)
{
	char when[25];
	event_time_text(when, f->created_ms);
	buf_adds(&x->reply, str_ends(buf_str(&x->reply), STR("[")) ? "{" : ",{");
	reply_member(x, "workflow_run_backend_id", r->run);
	buf_adds(&x->reply, ",");
	reply_member(x, "workflow_job_run_backend_id", f->job);
	buf_addf(&x->reply, ",\"database_id\":\"%ju\",", (uintmax_t)f->id);
	reply_member(x, "name", f->name);
	buf_addf(&x->reply, ",\"size\":\"%ju\",\"created_at\":\"%s\",", (uintmax_t)f->size, when);
	reply_member(x, "digest", f->digest);
	buf_adds(&x->reply, "}");
}

static void list(struct exchange *x, struct val request)
{
	struct run_artifacts *r = artifacts_of(x);
	struct val name = val_at(request, "name_filter");
	uint64_t id;
	bool by_id = member_number(request, "id_filter", &id);
	buf_adds(&x->reply, "{\"artifacts\":[");
	for (size_t i = 0; i < r->list.n; i++) {
		const struct artifact *f = &r->list.v[i];
		if (f->digest.n && (!by_id || f->id == id) && (name.kind != VAL_STRING || str_eq(name.s, f->name)))
			add_listed(x, r, f);
	}
	buf_adds(&x->reply, "]}");
	reply_json(x, 200);
}

static struct artifact *asked_for(struct exchange *x, struct val request)
{
	struct artifact *f = artifact_named(artifacts_of(x), member_text(request, "name"));
	if (!f || !f->digest.n) {
		reply_error(x, 404, "not_found", "the run has no artifact of this name");
		return NULL;
	}
	return f;
}

static void get_address(struct exchange *x, struct val request)
{
	const struct artifact *f = asked_for(x, request);
	if (!f)
		return;
	struct str path = signed_path(x, ARTIFACT_CONTENT, arena_printf(&x->arena, "%ju", (uintmax_t)f->id), DOWNLOAD_SECONDS);
	if (!path.n) {
		reply_error(x, 500, "internal", "libcrypto signs no address");
		return;
	}
	buf_addf(&x->reply, "{\"name\":");
	json_string(&x->reply, f->name);
	buf_addf(&x->reply, ",\"signed_url\":\"%.*s%.*s\"}", STRF(exchange_origin(x)), STRF(path));
	reply_json(x, 200);
}

static void delete (struct exchange *x, struct val request)
{
	struct run_artifacts *r = artifacts_of(x);
	struct artifact *f = asked_for(x, request);
	struct err err = ERR_INIT;
	if (!f)
		return;
	uint64_t id = f->id;
	unlink(path_join(&x->arena, r->dir, f->file).p);
	size_t at = (size_t)(f - r->list.v);
	memmove(f, f + 1, (r->list.n - at - 1) * sizeof(*f));
	r->list.n--;
	if (artifacts_write_list(r, &err) < 0)
		reply_error(x, 500, "internal", "%s", err.text);
	else
		reply_done(x, id);
}

static const struct twirp_method methods[] = {
	{ "CreateArtifact", create }, { "FinalizeArtifact", finalize },
	{ "ListArtifacts", list },    { "GetSignedArtifactURL", get_address },
	{ "DeleteArtifact", delete },
};

static void artifact_end(struct exchange *x)
{
	twirp_end(x, methods, ARRAY_LEN(methods));
}

const struct route artifact_route = { NULL, "/twirp/github.actions.results.api.v1.ArtifactService/", NULL, artifact_end, false };
