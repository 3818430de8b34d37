/* Tokens and the cards behind them; see caller.h. */
#include "service/caller.h"

#include <fcntl.h>
#include <time.h>

#include "base/base64.h"
#include "base/beneath.h"
#include "service/server.h"

enum { CARD_MAX = 256 << 10, TOKEN_MAX = 16 << 10 };

/* Without telling by the time it takes how far they agree. */
static bool same_secret(struct str a, struct str b)
{
	unsigned char differ = 0;
	if (a.n != b.n || a.n == 0)
		return false;
	for (size_t i = 0; i < a.n; i++)
		differ |= (unsigned char)a.p[i] ^ (unsigned char)b.p[i];
	return differ == 0;
}

/* "Actions.Results:RUN:JOB" in the claim scp, as yet unproven. */
static struct str claimed_job(struct exchange *x, struct str token)
{
	size_t first = str_find_c(token, '.', 0), second = str_find_c(token, '.', first + 1);
	_cleanup_buf_ struct buf json = BUF_INIT;
	struct val claims;
	if (first == SIZE_MAX || second == SIZE_MAX || !base64_decode(&json, str_n(token.p + first + 1, second - first - 1)) ||
	    val_from_json(&claims, &x->arena, buf_str(&json), NULL) < 0)
		return STR_EMPTY;
	struct str scope = member_text(claims, "scp");
	size_t colon = str_find_c(scope, ':', 0);
	colon = colon == SIZE_MAX ? SIZE_MAX : str_find_c(scope, ':', colon + 1);
	struct str job = colon == SIZE_MAX ? STR_EMPTY : str_from(scope, colon + 1);
	for (size_t i = 0; i < job.n; i++)
		if (!strchr("0123456789abcdef-", job.p[i]))
			return STR_EMPTY;
	return job.n <= 64 ? job : STR_EMPTY;
}

static bool read_card(struct exchange *x, struct str job, struct val *card)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str name = arena_printf(&x->arena, "%.*s.json", STRF(job));
	return job.n && beneath_read(&text, x->server->cards, name.p, CARD_MAX, NULL) == 0 &&
	       val_from_json(card, &x->arena, arena_str(&x->arena, buf_str(&text)), NULL) == 0 && card->kind == VAL_OBJECT;
}

static void fill_in(struct caller *c, struct str job, struct val card)
{
	struct val scopes = val_at(card, "read");
	*c = (struct caller) { .job = job,
		               .run = member_text(card, "run"),
		               .artifacts = member_text(card, "artifacts"),
		               .caches = member_text(card, "caches"),
		               .write = member_text(card, "write"),
		               .claims = val_at(card, "claims") };
	member_number(card, "cache_limit", &c->cache_limit);
	for (size_t i = 0; scopes.kind == VAL_ARRAY && i < scopes.a->n && c->nread < CALLER_READ_SCOPES; i++)
		if (scopes.a->v[i].kind == VAL_STRING)
			c->read[c->nread++] = scopes.a->v[i].s;
}

bool caller_find(struct exchange *x, const char *which)
{
	struct str token = exchange_header(x, "Authorization");
	struct val card;
	uint64_t expires = 0;
	if (token.n < 7 || !str_eq_nocase(str_to(token, 7), STR("Bearer ")) || token.n > TOKEN_MAX) {
		reply_error(x, 401, "unauthenticated", "a bearer token is needed");
		return false;
	}
	token = str_trim(str_from(token, 7));
	struct str job = claimed_job(x, token);
	if (!read_card(x, job, &card) || !same_secret(token, member_text(card, which)) ||
	    !member_number(card, "expires", &expires) || (uint64_t)time(NULL) > expires) {
		reply_error(x, 401, "unauthenticated", "the token is not of a job that runs");
		return false;
	}
	fill_in(&x->caller, job, card);
	return true;
}
