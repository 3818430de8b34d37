/* The git program in the repository of the workspace: what every such call is given. */
#include "base/path.h"
#include "checkout/internal.h"
#include "git/remote.h"

/* Each state of a line of progress is a line of the log, as the hosted runner has it. */
static void say_progress(void *cookie, struct str bytes)
{
	struct buf *line = cookie;
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] != '\n' && bytes.p[i] != '\r') {
			buf_addc(line, bytes.p[i]);
			continue;
		}
		if (str_trim(buf_str(line)).n)
			say("%.*s", STRF(str_trim(buf_str(line))));
		buf_clear(line);
	}
}

static int call_git(struct checkout *c, const struct place_call *how, struct buf *out, const char *const *args, struct err *err)
{
	_cleanup_buf_ struct buf line = BUF_INIT_MAX(4096);
	const char *const env[] = { c->in.lfs ? "GIT_LFS_SKIP_SMUDGE=0" : "GIT_LFS_SKIP_SMUDGE=1", c->ssh, NULL };
	struct git_call call = { .trust = how->protocols ? GIT_OWN : GIT_OFFLINE,
		                 .repo = git_repo_at(c->a, c->dest, path_join(c->a, c->dest, STR(".git"))),
		                 .args = args,
		                 .protocols = how->protocols,
		                 .env = env,
		                 .config = how->config,
		                 .seconds = PLACE_SECONDS };
	if (how->progress) {
		call.said = say_progress;
		call.cookie = &line;
	}
	return git_run(&call, out, err);
}

int place_git(struct checkout *c, struct buf *out, const char *const *args, struct err *err)
{
	return call_git(c, &(struct place_call) { .protocols = NULL }, out, args, err);
}

int place_git_online(struct checkout *c, const char *protocols, struct buf *out, const char *const *args, struct err *err)
{
	return call_git(c, &(struct place_call) { .protocols = protocols ? protocols : "none", .config = c->config }, out, args,
	                err);
}

int place_git_call(struct checkout *c, const struct place_call *how, const char *const *args, struct err *err)
{
	return call_git(c, how, NULL, args, err);
}

/* As the action says it. */
static void say_waiting(void *cookie, const struct err *why, double seconds)
{
	(void)cookie;
	say("%s", why->text);
	say("Waiting %.1f seconds before trying again", seconds);
}

int place_git_ask(struct checkout *c, const struct place_call *how, struct buf *out, const char *const *args, struct err *err)
{
	size_t was = out ? out->n : 0;
	for (unsigned attempt = 1;; attempt++) {
		struct err said = ERR_INIT;
		if (out)
			out->n = was;
		if (call_git(c, how, out, args, &said) == 0)
			return 0;
		*err = said;
		if (git_remote_again(attempt, say_waiting, NULL, err) < 0)
			return -1;
	}
}
