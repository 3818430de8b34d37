/* hashFiles() over real trees. What a hash must be is asked of sha256sum; the order of the files is the expectation. */
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "hash/hash_files.h"
#include "hash/hash_glob.h"
#include "hash/hash_helper.h"
#include "hash/segment.h"
#include "unit/git/repo.h"

struct hashing {
	struct arena a;
	char *place;
	struct str workspace;
	struct str home;
};

/* An empty directory, current, with an empty ws in it. */
static void begin(struct hashing *h, const char *make)
{
	*h = (struct hashing) { .place = place_new() };
	char *real = realpath(h->place, NULL);
	h->workspace = arena_printf(&h->a, "%s/ws", real);
	h->home = arena_printf(&h->a, "%s/ws/home", real);
	free(real);
	sh("mkdir ws");
	cr_assert_eq(chdir("ws"), 0);
	sh(make);
	cr_assert_eq(chdir(".."), 0);
}

static void end(struct hashing *h)
{
	place_done(h->place);
	arena_done(&h->a);
}

/* One argument between two '|'. */
static int call(struct hashing *h, const char *patterns, unsigned limit_ms, struct str *out, struct err *err)
{
	struct str args[16], rest = str_of(patterns);
	size_t n = 0;
	for (bool more = true; more && n < ARRAY_LEN(args); n++) {
		size_t bar = str_find_c(rest, '|', 0);
		more = bar != SIZE_MAX;
		args[n] = arena_str(&h->a, str_to(rest, bar));
		rest = more ? str_from(rest, bar + 1) : STR_EMPTY;
	}
	*out = STR_EMPTY;
	*err = ERR_INIT;
	return hash_files_within(out, &h->a, h->workspace, h->home, args, n, limit_ms, err);
}

/* files: names in ws, as a shell reads them, in the order they must be hashed in; NULL: none. */
static void expect(struct hashing *h, const char *patterns, const char *files)
{
	struct str out, want = STR_EMPTY;
	struct err err;
	int rc = call(h, patterns, 120000, &out, &err);
	cr_assert_eq(rc, 0, "%s: %s", patterns, err.text);
	if (files)
		want = str_to(sh_out(&h->a, arena_printf(&h->a,
		                                         "cd ws; sha256sum -z -- %s | cut -z -c1-64 | tr a-f A-F | basenc "
		                                         "--base16 -di | sha256sum",
		                                         files)
		                                    .p),
		              64);
	cr_expect(str_eq(out, want), "%s: %.*s, not %.*s (%s)", patterns, STRF(out), STRF(want), files ? files : "none");
}

/* shown: the patterns in the message. */
static void expect_failure(struct hashing *h, const char *patterns, const char *shown)
{
	struct str out, want = arena_printf(&h->a, "hashFiles('%s') failed. Fail to hash files under directory '%.*s'", shown,
	                                    STRF(h->workspace));
	struct err err;
	cr_expect_eq(call(h, patterns, 120000, &out, &err), -1, "%s: %.*s", patterns, STRF(out));
	cr_expect_str_eq(err.text, want.p, "%s", patterns);
}

static void expect_rows(struct hashing *h, const char *const (*rows)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		expect(h, rows[i][0], rows[i][1]);
}

Test(hash_files, patterns)
{
	struct hashing h;
	begin(&h,
	      "mkdir -p src/deep/er .hidden home/in 'a b' B; for f in a b B/x .dot .hidden/f src/one.c src/two.h src/deep/one.c "
	      "src/deep/er/z 'a b/c' home/h home/in/i package-lock.json '[x]' 'q?' 'back\\slash' '{a,b}' '#hash' '!bang' "
	      "'-a' ü 😀 a- a.b src-x; do printf %s \"$f\" >\"$f\"; done");
	static const char *const rows[][2] = {
		{ "a", "a" },
		{ "b|a", "b a" }, /* where a search starts comes in the order of the patterns */
		{ "{a,b}", "'{a,b}'" },
		{ "[ab]", "a b" },
		{ "[!a]", "B/x b ü" },
		{ "[^a]", "B/x b ü" },
		{ "[]x]", NULL },
		{ "[[]x]", "'[x]'" },
		{ "\\[x\\]", "'[x]'" },
		{ "[z-a]", NULL },
		{ "[a", NULL },
		{ "a[-]", "a-" },
		{ "?", "B/x a b ü" }, /* and one outside the plane of 16 bits has two units */
		{ "??", "'-a' a- 'q?' 😀" },
		{ "q[?]", "'q?'" },
		{ "q\\?", "'q?'" },
		{ "back\\\\slash", "'back\\slash'" },
		{ "\\#hash", "'#hash'" },
		{ "\\!bang", "'!bang'" },
		{ "#hash", NULL },
		{ "@(a|b)", NULL },
		{ "+(a)", NULL },
		{ "*.c", NULL },
		{ "**/*.c", "src/deep/one.c src/one.c" },
		{ "**.c", NULL },
		{ "src/**.c", "src/one.c" },
		{ "src/*.c", "src/one.c" },
		{ "src", "src/deep/er/z src/deep/one.c src/one.c src/two.h" },
		{ "src/", "src/deep/er/z src/deep/one.c src/one.c src/two.h" },
		{ "src/**", "src/deep/er/z src/deep/one.c src/one.c src/two.h" },
		{ "src/**/", "src/deep/er/z src/deep/one.c src/one.c src/two.h" },
		{ "src//deep///er", "src/deep/er/z" },
		{ "src/**/**/one.c", "src/deep/one.c src/one.c" },
		{ "src/**/deep/**/z", "src/deep/er/z" },
		{ "src/*", "src/deep/er/z src/deep/one.c src/one.c src/two.h" },
		{ "src/*/", "src/deep/er/z src/deep/one.c" },
		{ "a/", NULL },  /* directories only */
		{ "a/**", "a" }, /* nothing is below, but ** also stands for nothing */
		{ "a/*/**", NULL },
		{ ".*", ".dot .hidden/f" },
		{ "*hidden/*", ".hidden/f" },
		{ "a b", "'a b/c'" },
		{ "  a  ", "a" },
		{ "\xC2\xA0"
		  "a\xEF\xBB\xBF",
		  "a" },
		{ "A", NULL },
		{ "~", "home/h home/in/i" },
		{ "~/in", "home/in/i" },
		{ "~h", NULL },
		{ "./a", "a" },
		{ "!a", NULL },
		{ "a|!a", NULL },
		{ "!a|a", "a" },
		{ "!!a", "a" },
		{ "! ! a", "a" },
		{ "a|b|!a|a", "a b" },
		{ "src|!src/deep", "src/one.c src/two.h" },
		{ "src|!src/deep/", "src/one.c src/two.h" },
		{ "src|!src/one.c/", "src/deep/er/z src/deep/one.c src/one.c src/two.h" },
		{ "src|!src/deep|src/deep/er/**", "src/deep/er/z src/one.c src/two.h" },
		{ "src/deep|src", "src/deep/er/z src/deep/one.c src/one.c src/two.h" },
		{ "src/*.h|src/*.c|src/one.*", "src/one.c src/two.h" },
		{ "nowhere|nowhere/**/x|a", "a" },
		{ "nowhere", NULL },
		{ "a\nb\n\n # no\n", "a b" },
		{ "a\r\nb", "a b" },
		{ "", NULL },
		{ "/nowhere/at/all|a", "a" },
		{ "--FOLLOW-symbolic-links|a", "a" },
		{ "--follow-symbolic-links", NULL },
		{ "a|--follow-symbolic-links", "a" },
		{ "\\.", NULL },
	};
	expect_rows(&h, rows, ARRAY_LEN(rows));
	const char *all = "'!bang' '#hash' '-a' .dot .hidden/f B/x '[x]' a 'a b/c' a- a.b b 'back\\slash' home/h home/in/i "
			  "package-lock.json 'q?' src/deep/er/z src/deep/one.c src/one.c src/two.h src-x '{a,b}' ü 😀";
	expect(&h, ".", all);
	expect(&h, "**", all);
	expect(&h, "./", all);
	expect(&h, "**|a|src", all);
	expect(&h, "**/*", all);
	expect(&h, "--follow-symbolic-links|.", all);
	expect(&h, h.workspace.p, all);
	expect(&h, "/**|!/**/src",
	       "'!bang' '#hash' '-a' .dot .hidden/f B/x '[x]' a 'a b/c' a- a.b b 'back\\slash' home/h home/in/i "
	       "package-lock.json 'q?' src-x '{a,b}' ü 😀");
	end(&h);
}

Test(hash_files, refusals)
{
	struct hashing h;
	struct str out;
	struct err err;
	begin(&h, "echo a >a; mkdir d; mkfifo d/fifo; ln -s nowhere dangling");
	static const char *const rows[][2] = {
		{ "..", ".." },
		{ "../x", "../x" },
		{ "a/..", "a/.." },
		{ "a/./b", "a/./b" },
		{ "/./b", "/./b" },
		{ "!", "!" },
		{ "a|it's|../'", "a, it''s, ../''" },
		{ "a/b", "a/b" }, /* not a directory */
		{ "dangling", "dangling" },
		{ "*", "*" },
		{ "d", "d" }, /* would never end */
		{ "--follow-symbolic-links|d", "d" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_failure(&h, rows[i][0], rows[i][1]);
	expect(&h, "--follow-symbolic-links|a|dangling", "a");
	expect(&h, "*|!d|!dangling", "a");
	cr_assert_eq(call(&h, "--follow|a", 120000, &out, &err), -1);
	cr_assert_str_eq(err.text,
	                 "Specified argument was out of the range of valid values. (Parameter 'Invalid glob option --follow, "
	                 "avaliable option: '--follow-symbolic-links'.')");
	cr_assert_eq(call(&h, "it's|a", 0, &out, &err), -1);
	cr_assert_str_eq(err.text, "hashFiles('it''s, a') couldn't finish within 120 seconds.");
	h.home = STR_EMPTY;
	expect_failure(&h, "~", "~");
	h.workspace = STR("/nowhere/at/all");
	expect_failure(&h, "a", "a");
	end(&h);
}

Test(hash_files, the_known_hash_and_no_hash)
{
	struct hashing h;
	struct str out;
	struct err err;
	begin(&h, "printf a >x; mkdir empty; : >none");
	cr_assert_eq(call(&h, "x", 120000, &out, &err), 0);
	cr_assert(str_is(out, "bf5d3affb73efd2ec6c36ad3112dd933efed63c4e1cbffcfa88e2759c144f2d8"), "%.*s", STRF(out));
	expect(&h, "empty", NULL);
	expect(&h, "none", "none"); /* an empty file is one */
	end(&h);
}

Test(hash_files, links)
{
	struct hashing h;
	begin(&h, "mkdir -p d/sub out; echo f >d/f; echo s >d/sub/s; ln -s d/f file; ln -s d dir; ln -s .. d/up; ln -s ../ws/d "
	          "around; "
	          "mkdir ../outer; echo o >../outer/o; ln -s ../outer outer");
	expect(&h, "file", "file");
	expect(&h, "dir", NULL);
	expect(&h, "dir/f", "dir/f");
	expect(&h, "dir/*", NULL);
	expect(&h, "dir/sub/*", "d/sub/s"); /* a start may lie behind a link, but not be one */
	expect(&h, "d", "d/f d/sub/s");
	expect(&h, "d|outer|file", "d/f d/sub/s file");
	expect(&h, "--follow-symbolic-links|d", "d/f d/sub/s file outer/o");
	expect(&h, "--follow-symbolic-links|outer", "outer/o");
	sh("ln -s self ws/self");
	expect_failure(&h, "self", "self");
	expect_failure(&h, "--follow-symbolic-links|*", "*"); /* a link to itself is no dangling one */
	/* the workspace is its real path */
	sh("ln -s ws linked");
	struct str real = h.workspace;
	h.workspace = arena_printf(&h.a, "%.*s/linked", STRF(path_dir(real)));
	expect(&h, "file", "file");
	expect(&h, arena_printf(&h.a, "%.*s/file", STRF(h.workspace)).p, NULL);
	expect(&h, arena_printf(&h.a, "%.*s/file", STRF(real)).p, "file");
	end(&h);
}

Test(hash_files, hostile_trees_and_patterns)
{
	struct hashing h;
	struct str out;
	struct err err;
	struct buf deep = BUF_INIT;
	begin(&h, "python3 -c \"\nimport os\nfor i in range(900):\n  os.mkdir('d'); os.chdir('d')\nopen('f', 'w').write('x')\"; "
	          "mkdir aaa; touch aaa/$(printf a%.0s $(seq 250)); head -c 3000000 /dev/zero >big");
	struct rlimit usual, few = { 32, 0 };
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	few.rlim_max = usual.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (size_t i = 0; i < 900; i++)
		buf_adds(&deep, "d/");
	buf_adds(&deep, "f");
	expect(&h, "d/**/f", buf_cstr(&deep));
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
	expect(&h, "big", "big");
	buf_clear(&deep);
	for (size_t i = 0; i < 60; i++)
		buf_adds(&deep, "*a");
	buf_adds(&deep, "*b");
	expect(&h, arena_printf(&h.a, "aaa/%s", buf_cstr(&deep)).p, NULL);
	buf_clear(&deep);
	for (size_t i = 0; i < 60; i++)
		buf_adds(&deep, "**/d/*/");
	buf_adds(&deep, "x");
	expect(&h, buf_cstr(&deep), NULL);
	buf_clear(&deep);
	buf_addc(&deep, '*');
	for (size_t i = 0; i < 60000; i++)
		buf_addc(&deep, '[');
	expect(&h, buf_cstr(&deep), NULL);
	for (size_t i = 0; i < 9000; i++)
		buf_adds(&deep, "/**");
	expect_failure(&h, "a/../b", "a/../b");
	cr_assert_eq(call(&h, buf_cstr(&deep), 120000, &out, &err), -1); /* too long a pattern */
	buf_done(&deep);
	/* deeper than a path may be */
	sh("python3 -c \"\nimport os\nos.chdir('ws')\nfor i in range(3000):\n  os.mkdir('e'); os.chdir('e')\"");
	expect_failure(&h, "e", "e");
	sh("python3 -c \"\nimport os\nos.chdir('ws')\nn = 0\nwhile os.path.isdir('e'): os.chdir('e'); n += 1\nfor i in range(n): "
	   "os.chdir('..'); "
	   "os.rmdir('e')\"");
	end(&h);
}

Test(hash_files, segments)
{
	static const struct {
		const char *pattern, *plain, *matches, *no;
	} rows[] = {
		{ "a", "a", "a", "b" },          { "*", "", "abc", NULL },
		{ "a*c", "", "abbc", "abcd" },   { "*.*", "", ".x", "x" },
		{ "[a-c]x", "", "bx", "dx" },    { "[b]", "b", "b", "[b]" },
		{ "[]", "[]", "[]", "" },        { "[!]", "!", "x", "xy" },
		{ "[!b-", "[!b-", "[!b-", "b" }, { "[a\\]]", "", "]", "b" },
		{ "\\*", "*", "*", "a" },        { "x\\", "x\\", "x\\", "x" },
		{ "[c-a]*", "", "[c-a]z", "b" }, { "[a-]", "", "-", "b" },
		{ "[--0]", "", ".", "1" },       { "[[a]", "", "[", "b" },
		{ "[a-c-e]", "", "-", "d" },     { "**x", "", "aax", "xa" },
		{ "?\\?", "", "a?", "ab" },      { "[ü]", "ü", "ü", "\xC3" },
		{ "[a\\-c]", "", "b", "d" },     { "{a,b}", "{a,b}", "{a,b}", "a" },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct segment s = segment_read(&a, str_of(rows[i].pattern));
		struct str plain = segment_plain(&a, str_of(rows[i].pattern));
		cr_expect(str_is(plain, rows[i].plain), "%s: %.*s", rows[i].pattern, STRF(plain));
		cr_expect(segment_match(&s, str_of(rows[i].matches)), "%s matches %s", rows[i].pattern, rows[i].matches);
		if (rows[i].no)
			cr_expect(!segment_match(&s, str_of(rows[i].no)), "%s matches %s", rows[i].pattern, rows[i].no);
	}
	arena_done(&a);
}

/* ---- the helper ---- */

static int ask_helper(struct hashing *h, const struct str *patterns, size_t n, struct str *out, struct err *err)
{
	int fd[2];
	char said[HASH_ANSWER_MAX];
	struct hash_request request = { h->workspace, h->home, patterns, n, false };
	char *other[] = { (char *)"A=b", (char *)"SIDESTEP_HASH_REQUEST_0=of somebody else", NULL };
	char **env = hash_request_environ(&h->a, hash_request_text(&h->a, &request), other);
	cr_assert_not_null(env);
	cr_assert_str_eq(env[0], "A=b");
	cr_assert_eq(pipe(fd), 0);
	int code = hash_helper_main(env, fd[1], NULL);
	close(fd[1]);
	ssize_t got = read(fd[0], said, sizeof(said));
	close(fd[0]);
	int rc = hash_answer_read(out, &h->a, arena_str(&h->a, str_n(said, (size_t)got)), err);
	cr_assert_eq(code, rc < 0 ? 1 : 0);
	return rc;
}

Test(hash_files, what_is_left_out_does_not_count)
{
	struct hashing h;
	begin(&h, "mkdir -p a/b c; printf 1 >a/x; printf 2 >a/b/y; printf 3 >c/z; printf 4 >cz");
	struct str all[] = { STR("**") }, rest[] = { STR("a/x"), STR("cz") }, got, want;
	struct map except = { 0 };
	struct err err = ERR_INIT;
	map_put(&h.a, &except, STR("a/b"), &h);
	map_put(&h.a, &except, STR("c"), &h);
	cr_assert_eq(hash_files_except(&got, &h.a, h.workspace, h.home, all, 1, &except, &err), 0, "%s", err.text);
	cr_assert_eq(hash_files(&want, &h.a, h.workspace, h.home, rest, 2, &err), 0);
	cr_assert(want.n && str_eq(got, want));
	cr_assert_eq(hash_files(&want, &h.a, h.workspace, h.home, all, 1, &err), 0);
	cr_assert(!str_eq(got, want));
	end(&h);
}

Test(hash_files, the_helper_answers_as_the_call_does)
{
	struct hashing h;
	begin(&h, "printf a > a; printf x > 'x\\y'; printf 'b' > \"$(printf '\\377\\nb')\"");
	static const char *const all[][3] = { { "a" },          { "**" },      { "nothing" },    { "../x" },
		                              { "--odd", "a" }, { "\377\nb" }, { "x\\\\y", "a" } };
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct str patterns[3], want = STR_EMPTY, got = STR_EMPTY;
		struct err wrong = ERR_INIT, said = ERR_INIT;
		size_t n = 0;
		for (; n < 3 && all[i][n]; n++)
			patterns[n] = str_of(all[i][n]);
		int rc = hash_files(&want, &h.a, h.workspace, h.home, patterns, n, &wrong);
		cr_assert_eq(ask_helper(&h, patterns, n, &got, &said), rc, "%zu", i);
		cr_assert(str_eq(got, want), "%zu", i);
		cr_assert_str_eq(said.text, wrong.text);
		cr_assert_eq(said.kind, wrong.kind);
	}
	end(&h);
}

Test(hash_files, long_requests_come_in_pieces)
{
	struct hashing h;
	begin(&h, "printf a > a");
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (int i = 0; i < 30000; i++)
		buf_addf(&b, "# nothing %d\n", i); /* a comment */
	struct str patterns[] = { buf_str(&b), STR("a") }, got, want;
	struct err err = ERR_INIT;
	cr_assert_eq(ask_helper(&h, patterns, 2, &got, &err), 0, "%s", err.text);
	cr_assert_eq(hash_files(&want, &h.a, h.workspace, h.home, patterns + 1, 1, &err), 0);
	cr_assert(str_eq(got, want));
	while (b.n < 2000000)
		buf_adds(&b, "more and more\n");
	patterns[0] = buf_str(&b);
	struct hash_request request = { h.workspace, h.home, patterns, 2, false };
	cr_assert_null(hash_request_environ(&h.a, hash_request_text(&h.a, &request), NULL));
	end(&h);
}

Test(hash_files, answers_that_are_none)
{
	struct arena a = { 0 };
	static const char *const said[] = { "", "{", "[]", "null", "\"x\"" };
	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		struct str out;
		struct err err = ERR_INIT;
		cr_assert_lt(hash_answer_read(&out, &a, str_of(said[i]), &err), 0, "%s", said[i]);
		cr_assert(strstr(err.text, "without an answer"));
	}
	arena_done(&a);
}
