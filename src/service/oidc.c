/* Identity tokens (OpenID Connect) of jobs, from an issuer of this machine: the address of this server, with a key that lives as
 * long as it does. Nobody outside trusts them unless told to. */
#include <time.h>

#include "base/base64.h"
#include "base/uuid.h"
#include "service/server.h"

enum { TOKEN_SECONDS = 600 };

static struct str issuer(struct exchange *x)
{
	return arena_printf(&x->arena, "http://127.0.0.1:%u", x->server->port);
}

static bool have_key(struct exchange *x)
{
	struct server *s = x->server;
	struct err err = ERR_INIT;
	if (s->identity)
		return true;
	if (sign_key_new(&s->identity, &err) < 0) {
		reply_error(x, 500, "internal", "%s", err.text);
		return false;
	}
	uuid_make(s->identity_name);
	return true;
}

static void add_part(struct buf *out, struct val v)
{
	_cleanup_buf_ struct buf json = BUF_INIT;
	val_to_json(&json, v, JSON_COMPACT);
	base64_append_url(out, buf_str(&json));
}

static struct val claims_of(struct exchange *x)
{
	struct arena *a = &x->arena;
	struct val claims = val_object_copy(a, x->caller.claims);
	struct str audience = exchange_query(x, "audience");
	double now = (double)time(NULL);
	char id[37];
	uuid_make(id);
	if (audience.n)
		val_set_str(a, claims, "aud", audience);
	val_set_str(a, claims, "iss", issuer(x));
	val_set_str(a, claims, "jti", arena_str(a, str_of(id)));
	val_set(a, claims, STR("iat"), val_num(now));
	val_set(a, claims, STR("nbf"), val_num(now - 60));
	val_set(a, claims, STR("exp"), val_num(now + TOKEN_SECONDS));
	return claims;
}

static void give_token(struct exchange *x)
{
	_cleanup_buf_ struct buf token = BUF_INIT, signature = BUF_INIT;
	struct err err = ERR_INIT;
	if (!caller_find(x, "id_token"))
		return;
	if (x->caller.claims.kind != VAL_OBJECT) {
		reply_error(x, 403, "permission_denied", "the job has no permission id-token: write");
		return;
	}
	if (!have_key(x))
		return;
	struct val header = val_object(&x->arena);
	val_set_str(&x->arena, header, "alg", STR("RS256"));
	val_set_str(&x->arena, header, "typ", STR("JWT"));
	val_set_str(&x->arena, header, "kid", str_of(x->server->identity_name));
	add_part(&token, header);
	buf_addc(&token, '.');
	add_part(&token, claims_of(x));
	if (sign_with(&signature, x->server->identity, buf_str(&token), &err) < 0) {
		reply_error(x, 500, "internal", "%s", err.text);
		return;
	}
	buf_addc(&token, '.');
	base64_append_url(&token, buf_str(&signature));
	buf_addc(&x->reply, '{');
	reply_member(x, "value", buf_str(&token));
	buf_addc(&x->reply, '}');
	reply_json(x, 200);
}

static void configuration(struct exchange *x)
{
	struct str url = issuer(x);
	buf_addf(
		&x->reply,
		"{\"issuer\":\"%.*s\",\"jwks_uri\":\"%.*s/.well-known/"
		"jwks\",\"subject_types_supported\":[\"public\",\"pairwise\"],"
		"\"response_types_supported\":[\"id_token\"],\"claims_supported\":[\"sub\",\"aud\",\"exp\",\"iat\",\"iss\","
		"\"jti\",\"nbf\","
		"\"ref\",\"sha\",\"repository\",\"repository_id\",\"repository_owner\",\"repository_owner_id\",\"run_id\",\"run_"
		"number\","
		"\"run_attempt\",\"actor\",\"actor_id\",\"workflow\",\"workflow_ref\",\"workflow_sha\",\"head_ref\",\"base_ref\","
		"\"event_name\",\"ref_type\",\"ref_protected\",\"environment\",\"job_workflow_ref\",\"job_workflow_sha\","
		"\"runner_environment\",\"repository_visibility\"],\"id_token_signing_alg_values_supported\":[\"RS256\"],"
		"\"scopes_supported\":[\"openid\"]}",
		STRF(url), STRF(url));
	reply_json(x, 200);
}

static void keys(struct exchange *x)
{
	_cleanup_buf_ struct buf n = BUF_INIT, e = BUF_INIT;
	struct err err = ERR_INIT;
	if (!have_key(x))
		return;
	if (sign_key_public(&n, &e, x->server->identity, &err) < 0) {
		reply_error(x, 500, "internal", "%s", err.text);
		return;
	}
	buf_addf(&x->reply, "{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"",
	         x->server->identity_name);
	base64_append_url(&x->reply, buf_str(&n));
	buf_adds(&x->reply, "\",\"e\":\"");
	base64_append_url(&x->reply, buf_str(&e));
	buf_adds(&x->reply, "\"}]}");
	reply_json(x, 200);
}

const struct route oidc_routes[] = {
	{ "GET", "/oidc/token", NULL, give_token, false },
	{ "GET", "/.well-known/openid-configuration", NULL, configuration, false },
	{ "GET", "/.well-known/jwks", NULL, keys, false },
	{ 0 },
};
