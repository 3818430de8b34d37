/* Fetching and unpacking; see helper.h. With the repository locked: the refs are asked for at once, each commit that is not
 * there is fetched alone (depth 1, no tags), turned into an archive by git as it would be downloaded, and unpacked by tar
 * beside its place, where it gets by rename.
 *
 * What a repository holds is material: git sees it with a configuration of ours only (GIT_FOREIGN), so attributes name no
 * filter; names like .git and .. do not come into the store (fsckObjects); tar leads no link out of where it unpacks. */
#include "actions/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "actions/reference.h"
#include "actions/store.h"
#include "base/file.h"
#include "base/path.h"
#include "checkout/copy.h"
#include "git/remote.h"
#include "os/program.h"

enum { SECONDS = 20 * 60, WORDS_MAX = 4 << 20, SAID_MAX = 300 };

struct fetching {
	struct arena *a;
	struct action_place place;
	struct str repository;
	struct git_repo *repo; /* bare, made here */
	struct git_remote remote;
};

/* One ref of the call. */
struct wanted {
	struct str ref, sha; /* sha empty: not known yet */
	bool again, offline; /* ACTION_AGAIN, ACTION_OFFLINE */
	const char *word;    /* of the answer; NULL: none yet */
	struct str text;
};

/* What needs no server; with GIT_FOREIGN not even a configuration. */
static int git(struct fetching *f, enum git_trust trust, struct buf *out, const char *const *args, struct err *err)
{
	struct git_call call = { .trust = trust, .repo = f->repo, .args = args, .output_max = WORDS_MAX, .seconds = SECONDS };
	return git_run(&call, out, err);
}

static int ask_server(struct fetching *f, struct buf *out, const char *const *args, struct err *err)
{
	return git_remote_run(&f->remote, f->repo, out, args, WORDS_MAX, err);
}

static bool says(const struct err *err, const char *words)
{
	return str_find(str_of(err->text), str_of(words), 0) != SIZE_MAX;
}

static void answer(struct wanted *w, const char *word, struct str text)
{
	w->word = word;
	w->text = text;
}

/* ---- the bare repository ---- */

/* What a hostile repository could hold is refused when it comes; an author line that is written oddly harms nobody. */
static const char repository_config[] = "[core]\n\trepositoryFormatVersion = 0\n\tbare = true\n"
					"[gc]\n\tauto = 0\n"
					"[transfer]\n\tfsckObjects = true\n"
					"[fetch \"fsck\"]\n"
					"\tmissingEmail = ignore\n\tbadEmail = ignore\n\tmissingNameBeforeEmail = ignore\n"
					"\tmissingSpaceBeforeEmail = ignore\n\tmissingSpaceBeforeDate = ignore\n"
					"\tbadDate = ignore\n\tbadTimezone = ignore\n\tzeroPaddedDate = ignore\n"
					"\tzeroPaddedFilemode = ignore\n\tmissingTaggerEntry = ignore\n\tbadTagName = ignore\n";

/* The marker is the last thing that is made: a repository is whole or made again. */
static int prepare_bare(struct fetching *f, struct err *err)
{
	struct str dir = f->place.git;
	const char *marker = path_join(f->a, dir, STR("whole")).p;
	if (file_exists(marker))
		return 0;
	if (file_remove_tree(dir.p, err) < 0 || file_mkdirs(dir.p, 0700, err) < 0 ||
	    git(f, GIT_OFFLINE, NULL, GIT("init", "--quiet", "--bare", "--template="), err) < 0 ||
	    file_write(path_join(f->a, dir, STR("config")).p, str_of(repository_config), 0600, err) < 0)
		return -1;
	return file_write(marker, STR_EMPTY, 0600, err);
}

/* ---- asking ---- */

/* What one line of the answer says about a ref: a tag before a branch, what a tag stands for before itself. */
static int rank(struct arena *a, struct str name, struct str ref)
{
	if (str_starts(ref, STR("refs/")) && str_eq(name, ref))
		return 1;
	if (str_eq(name, arena_printf(a, "refs/heads/%.*s", STRF(ref))))
		return 2;
	if (str_eq(name, arena_printf(a, "refs/tags/%.*s", STRF(ref))))
		return 3;
	if (str_eq(name, arena_printf(a, "refs/tags/%.*s^{}", STRF(ref))) || str_eq(name, arena_printf(a, "%.*s^{}", STRF(ref))))
		return 4;
	return 0;
}

static void take_answer(struct fetching *f, struct wanted *w, struct str answers)
{
	struct str line;
	int best = 0;
	while (str_next_line(&answers, &line)) {
		size_t tab = MIN(str_find_c(line, '\t', 0), line.n);
		int r = rank(f->a, str_from(line, MIN(tab + 1, line.n)), w->ref);
		struct str sha = str_to(line, tab);
		if (r > best && git_is_object_name(sha)) {
			best = r;
			w->sha = arena_str(f->a, sha);
		}
	}
}

static struct str not_found(struct fetching *f, struct str ref)
{
	struct arena *a = f->a;
	if (action_ref_is_short(ref))
		return arena_printf(a,
		                    "Unable to resolve action `%.*s@%.*s`, the provided ref `%.*s` is the shortened version of a "
		                    "commit SHA, which is not supported. Please use the full commit SHA instead.",
		                    STRF(f->repository), STRF(ref), STRF(ref));
	return arena_printf(a, "Unable to resolve action `%.*s@%.*s`, unable to find version `%.*s`", STRF(f->repository),
	                    STRF(ref), STRF(ref));
}

static int ask_refs(struct fetching *f, struct wanted *w, size_t n, struct err *err)
{
	const char **args = arena_array(f->a, const char *, 3 + 4 * n);
	size_t nargs = 0, asked = 0;
	args[nargs++] = "ls-remote";
	args[nargs++] = f->place.url.p;
	for (size_t i = 0; i < n; i++) {
		if (w[i].sha.n || w[i].word)
			continue;
		asked++;
		if (str_starts(w[i].ref, STR("refs/"))) {
			args[nargs++] = arena_cstr(f->a, w[i].ref);
			args[nargs++] = arena_printf(f->a, "%.*s^{}", STRF(w[i].ref)).p;
		}
		args[nargs++] = arena_printf(f->a, "refs/tags/%.*s", STRF(w[i].ref)).p;
		args[nargs++] = arena_printf(f->a, "refs/tags/%.*s^{}", STRF(w[i].ref)).p;
		args[nargs++] = arena_printf(f->a, "refs/heads/%.*s", STRF(w[i].ref)).p;
	}
	if (!asked)
		return 0;
	_cleanup_buf_ struct buf out = BUF_INIT;
	if (ask_server(f, &out, args, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (w[i].sha.n || w[i].word)
			continue;
		take_answer(f, &w[i], buf_str(&out));
		if (!w[i].sha.n)
			answer(&w[i], ACTION_SAID_NOWHERE, not_found(f, w[i].ref));
	}
	return 0;
}

/* ---- what a refusal means ---- */

/* For all refs that have no answer yet. */
static void refused(struct fetching *f, struct wanted *w, size_t n, const struct err *said)
{
	enum git_refusal why = git_remote_refusal(said);
	const char *word = why == GIT_NO_REPOSITORY                          ? ACTION_SAID_NOWHERE
	                   : why != GIT_TROUBLE || said->kind == ERR_MISSING ? ACTION_SAID_NO_WAY
	                                                                     : ACTION_SAID_TROUBLE;
	struct str text = git_remote_why(&f->remote, said);
	for (size_t i = 0; i < n; i++)
		if (!w[i].word)
			answer(&w[i], word,
			       arena_printf(f->a, "Unable to resolve action `%.*s@%.*s`, %.*s", STRF(f->repository),
			                    STRF(w[i].ref), STRF(text)));
}

/* ---- one commit ---- */

static int has_object(struct fetching *f, struct str sha)
{
	return git(f, GIT_OFFLINE, NULL, GIT("cat-file", "-e", sha.p), NULL) == 0;
}

/* Under a name of its own, so that a later fetch asks only for what is new since. */
static int fetch_commit(struct fetching *f, struct str sha, struct err *err)
{
	const char *what = arena_printf(f->a, "+%.*s:refs/stored/%.*s", STRF(sha), STRF(sha)).p;
	if (has_object(f, sha))
		return 0;
	const char *own = arena_printf(f->a, "refs/stored/%.*s.lock", STRF(sha)).p;
	const char *const locks[] = { "config.lock", "shallow.lock", "packed-refs.lock", own, NULL };
	f->remote.locks = locks;
	int rc = ask_server(
		f, NULL, GIT("fetch", "--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head", f->place.url.p, what), err);
	f->remote.locks = NULL;
	return rc;
}

static int run_tar(const char *archive, const char *into, struct err *err)
{
	_cleanup_buf_ struct buf words = BUF_INIT_MAX(4096);
	const char *const args[] = { "tar",         "--extract", "--file",          archive,
		                     "--directory", into,        "--no-same-owner", "--no-same-permissions",
		                     NULL };
	int code = program_run(&(struct program_call) { .args = args, .words = &words }, err);
	if (code <= 0)
		return code;
	return err_set(err, ERR_INVALID, "tar: %.*s", (int)MIN(words.n, SAID_MAX), buf_cstr(&words));
}

/* Beside its place, then there by rename, then the marker. */
static int unpack(struct fetching *f, struct str sha, struct err *err)
{
	struct str fresh = arena_printf(f->a, "%.*s/new-%.*s", STRF(f->place.dir), STRF(sha));
	const char *archive = path_join(f->a, fresh, STR("a.tar")).p, *tree = path_join(f->a, fresh, STR("tree")).p;
	struct str at = action_tree(f->a, &f->place, sha);
	if (file_remove_tree(fresh.p, err) < 0 || file_mkdirs(tree, 0755, err) < 0 || file_remove_tree(at.p, err) < 0)
		return -1;
	int rc = git(f, GIT_FOREIGN, NULL, GIT("archive", "--format=tar", "-o", archive, sha.p), err);
	if (rc == 0)
		rc = run_tar(archive, tree, err);
	if (rc == 0 && rename(tree, at.p) < 0)
		rc = err_errno(err, "%.*s", STRF(at));
	file_remove_tree(fresh.p, NULL);
	if (rc == 0)
		rc = file_write(arena_printf(f->a, "%.*s.ok", STRF(at)).p, STR_EMPTY, 0600, err);
	return rc;
}

static bool is_whole(struct fetching *f, struct str sha)
{
	int fd = action_tree_hold(f->a, &f->place, sha);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* A tree that somebody uses stays as it is. */
static void distrust(struct fetching *f, struct str sha)
{
	const char *marker = arena_printf(f->a, "%.*s.ok", STRF(action_tree(f->a, &f->place, sha))).p;
	_cleanup_close_ int fd = open(marker, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlink(marker);
}

static void bring(struct fetching *f, struct wanted *w)
{
	struct err err = ERR_INIT;
	if (w->again)
		distrust(f, w->sha);
	bool fetched = is_whole(f, w->sha) || (w->offline && has_object(f, w->sha) && unpack(f, w->sha, &err) == 0);
	if (!fetched && w->offline) {
		answer(w, ACTION_SAID_NO_WAY, STR("what is stored of it is damaged, and --offline fetches nothing"));
		return;
	}
	if (!fetched && fetch_commit(f, w->sha, &err) < 0) {
		if (says(&err, "not our ref") || says(&err, "unadvertised object") || says(&err, "couldn't find remote ref"))
			answer(w, ACTION_SAID_NOWHERE, not_found(f, w->ref));
		else
			refused(f, w, 1, &err);
		return;
	}
	if ((!fetched && unpack(f, w->sha, &err) < 0) ||
	    (!w->again && !git_is_object_name(w->ref) && action_ref_store(f->a, &f->place, w->ref, w->sha, &err) < 0)) {
		answer(w, ACTION_SAID_TROUBLE,
		       arena_printf(f->a, "the action `%.*s@%.*s` cannot be stored: %s", STRF(f->repository), STRF(w->ref),
		                    err.text));
		return;
	}
	answer(w, ACTION_SAID_OK, w->sha);
}

/* ---- the whole ---- */

/* Nobody else is to find it. */
static struct str take_token(struct arena *a)
{
	struct str token = arena_str(a, str_of(getenv(ACTION_TOKEN_VARIABLE)));
	unsetenv(ACTION_TOKEN_VARIABLE);
	return token;
}

static void fetch_all(struct fetching *f, struct wanted *w, size_t n)
{
	struct err err = ERR_INIT;
	_cleanup_close_ int lock = action_place_lock(f->a, &f->place, &err);
	for (size_t i = 0; i < n; i++) {
		if (w[i].again)
			w[i].sha = str_from(w[i].ref, w[i].offline ? sizeof(ACTION_OFFLINE) - 1 : sizeof(ACTION_AGAIN) - 1);
		else if (git_is_object_name(w[i].ref))
			w[i].sha = w[i].ref;
		else if (!action_ref_possible(w[i].ref))
			answer(&w[i], ACTION_SAID_NOWHERE, not_found(f, w[i].ref));
	}
	if (lock < 0 || prepare_bare(f, &err) < 0 || ask_refs(f, w, n, &err) < 0)
		refused(f, w, n, &err);
	for (size_t i = 0; i < n; i++)
		if (!w[i].word)
			bring(f, &w[i]);
}

/* As the official runner says it. */
static void say_again(void *cookie, const struct err *why, double seconds)
{
	struct fetching *f = cookie;
	_cleanup_buf_ struct buf out = BUF_INIT;
	buf_addf(&out, ACTION_SAID_AGAIN " - Failed to download action '%.*s'. Error: %s\n", STRF(f->place.url), why->text);
	buf_addf(&out, ACTION_SAID_AGAIN " - Back off %.3f seconds before retry.\n", seconds);
	file_write_all(STDOUT_FILENO, out.p, out.n);
}

static void write_answers(const struct wanted *w, size_t n)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	for (size_t i = 0; i < n; i++) {
		buf_addf(&out, "%s %.*s ", w[i].word, STRF(w[i].ref));
		for (size_t k = 0; k < w[i].text.n; k++)
			buf_addc(&out, w[i].text.p[k] == '\n' ? ' ' : w[i].text.p[k]);
		buf_addc(&out, '\n');
	}
	file_write_all(STDOUT_FILENO, out.p, out.n);
}

int actions_fetch_main(int argc, char **argv)
{
	struct arena a = { 0 };
	if (argc < 6)
		return 2;
	umask(022);
	struct str server = str_of(argv[3]);
	size_t n = (size_t)argc - 5;
	struct wanted *w = arena_array(&a, struct wanted, n);
	struct fetching f = { .a = &a, .repository = str_of(argv[4]) };
	f.place = action_place_of(&a, str_of(argv[2]), server, f.repository);
	f.remote = (struct git_remote) {
		.a = &a, .server = server, .url = f.place.url, .token = take_token(&a), .again = say_again, .cookie = &f
	};
	f.repo = git_repo_at(&a, STR_EMPTY, f.place.git);
	for (size_t i = 0; i < n; i++) {
		struct str ref = str_of(argv[5 + i]);
		bool offline = str_starts(ref, STR(ACTION_OFFLINE));
		w[i] = (struct wanted) { .ref = ref,
			                 .sha = STR_EMPTY,
			                 .text = STR_EMPTY,
			                 .offline = offline,
			                 .again = offline || str_starts(ref, STR(ACTION_AGAIN)) };
	}
	fetch_all(&f, w, n);
	write_answers(w, n);
	arena_done(&a);
	return 0;
}

static int place_one(struct arena *a, const char *from, const char *to, struct err *err)
{
	struct copier c;
	if (file_mkdirs(to, 0755, err) < 0 || copier_open(&c, a, from, to, err) < 0)
		return -1;
	int rc = copier_add_tree(&c, STR_EMPTY, err);
	if (rc == 0)
		rc = copier_finish(&c, err);
	copier_done(&c);
	return rc;
}

int actions_place_main(int argc, char **argv)
{
	for (int i = 2; i + 1 < argc; i += 2) {
		struct arena a = { 0 };
		struct err err = ERR_INIT;
		int rc = place_one(&a, argv[i], argv[i + 1], &err);
		arena_done(&a);
		if (rc < 0) {
			fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		if (file_write_all(STDOUT_FILENO, "\n", 1) < 0)
			return 1; /* nobody waits for it any more */
	}
	return 0;
}
