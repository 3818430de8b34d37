/* Histories and trees compared with what the git program says about them. */
#include "git/git.h"
#include "unit/git/repo.h"

static struct git_repo *repo_at(struct arena *a, const char *dir)
{
	struct git_repo *r;
	struct err err = ERR_INIT;
	cr_assert_eq(git_discover(&r, a, dir, &err), 0, "%s", err.text);
	return r;
}

/* A history of n commits with merges, branches, clocks that go wrong and files that come, change and go. */
static void write_history(const char *path, unsigned seed, int n)
{
	FILE *f = fopen(path, "w");
	cr_assert(f != NULL);
	for (int i = 1; i <= n; i++) {
		int when = 1700000000 + i * 60 + (rand_r(&seed) % 8 ? 0 : rand_r(&seed) % 4000 - 2000);
		fprintf(f, "commit refs/heads/b%d\nmark :%d\ncommitter A <a@b> %d +0000\ndata 2\nx\n", i, i, when);
		if (i > 1 && rand_r(&seed) % 40)
			fprintf(f, "from :%d\n", i - 1 - rand_r(&seed) % ((i - 1 < 7) ? i - 1 : 7));
		for (int k = rand_r(&seed) % 5; i > 3 && k > 2; k--)
			fprintf(f, "merge :%d\n", 1 + rand_r(&seed) % (i - 1));
		for (int k = 0; k < 3; k++) {
			fprintf(f, "M 100%d inline d%u/e%u/f%u\ndata 4\n%04d\n", rand_r(&seed) % 4 ? 644 : 755, rand_r(&seed) % 5,
			        rand_r(&seed) % 3, rand_r(&seed) % 4, i);
			if (rand_r(&seed) % 6 == 0)
				fprintf(f, "D d%u\n", rand_r(&seed) % 5);
			if (rand_r(&seed) % 6 == 0)
				fprintf(f, "M 120000 inline d%u\ndata 1\nx\n", rand_r(&seed) % 5);
		}
	}
	fclose(f);
}

static struct str lines_of(struct arena *a, const struct str *v, size_t n)
{
	struct buf text = BUF_INIT;
	for (size_t i = 0; i < n; i++)
		buf_addf(&text, "%s%.*s", i ? "\n" : "", STRF(v[i]));
	struct str s = arena_str(a, buf_str(&text));
	buf_done(&text);
	return s;
}

/* git prints the same, but for the order of commits and which of several best common ancestors comes first. */
static void compare(const char *dir, int one, int two)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct git_repo *r = repo_at(&a, dir);
	struct str x, y, base, *between;
	struct git_changes c;
	size_t n;
	bool more;
	cr_assert_eq(git_ref(&x, r, arena_printf(&a, "refs/heads/b%d", one), &err), 0);
	cr_assert_eq(git_ref(&y, r, arena_printf(&a, "refs/heads/b%d", two), &err), 0);
	cr_assert_eq(git_merge_base(&base, r, x, y, &err), 0, "%s", err.text);
	struct str bases = sh_out(&a, arena_printf(&a, "git -C %s merge-base --all b%d b%d || :", dir, one, two).p);
	cr_assert(base.n ? str_find(bases, base, 0) != SIZE_MAX : bases.n == 0, "%s b%d b%d: %.*s, want one of %.*s", dir, one,
	          two, STRF(base), STRF(bases));
	cr_assert_eq(git_changed_files(&c, r, x, y, 100000, &err), 0, "%s", err.text);
	struct str want = sh_out(&a, arena_printf(&a, "git -C %s diff --no-renames --name-only b%d b%d", dir, one, two).p);
	assert_str(lines_of(&a, c.paths, c.n), want);
	cr_assert_eq(git_commits_between(&between, &n, &more, r, x, y, 100000, &err), 0, "%s", err.text);
	want = sh_out(&a, arena_printf(&a, "git -C %s rev-list b%d..b%d", dir, one, two).p);
	cr_assert_eq(n, want.n ? (want.n + 1) / 41 : 0, "%s b%d b%d: %zu commits, want %zu", dir, one, two, n, (want.n + 1) / 41);
	for (size_t i = 0; i < n; i++)
		cr_assert(str_find(want, between[i], 0) != SIZE_MAX);
	cr_assert(!more);
	arena_done(&a);
}

Test(git_changes, as_git_says, .timeout = 120)
{
	static const struct {
		const char *dir, *make;
	} kinds[] = {
		{ "packed", "git init -q --bare packed; git -C packed fast-import --quiet --force <../in" },
		{ "graph",
		  "cp -r packed graph; git -C graph repack -adfq --depth 50; git -C graph commit-graph write --reachable" },
		{ "loose",
		  "git init -q --bare loose; for p in packed/objects/pack/*.pack; do git -C loose unpack-objects -q <$p; done;"
		  "cp -r packed/refs packed/packed-refs loose/ 2>/dev/null || cp -r packed/refs loose/" },
		{ "chain",
		  "cp -r loose chain; cd chain; git for-each-ref --format='%(objectname)' 'refs/heads/b?' | git commit-graph "
		  "write --split --stdin-commits; git for-each-ref --format='%(objectname)' 'refs/heads/b?[1-5]' | git "
		  "commit-graph write --split=no-merge --stdin-commits" },
		{ "alternate", "git clone -q --bare --shared chain alternate" },
	};
	char *place = place_new();
	for (unsigned round = 0; round < 2; round++) {
		unsigned seed = round + 1;
		sh("rm -rf t; mkdir t");
		write_history("in", seed, 60);
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			struct buf line = BUF_INIT;
			buf_addf(&line, "cd t; %s", kinds[k].make);
			sh(buf_cstr(&line));
			buf_clear(&line);
			buf_addf(&line, "t/%s", kinds[k].dir);
			for (int i = 0; i < 12; i++)
				compare(buf_cstr(&line), 1 + rand_r(&seed) % 60, 1 + rand_r(&seed) % 60);
			buf_done(&line);
		}
	}
	place_done(place);
}

static struct str rev(struct arena *a, const char *dir, const char *name)
{
	return sh_out(a, arena_printf(a, "git -C %s rev-parse %s", dir, name).p);
}

static struct str changed(struct arena *a, const char *dir, const char *from, const char *to)
{
	struct git_changes c;
	struct err err = ERR_INIT;
	cr_assert_eq(git_changed_files(&c, repo_at(a, dir), *from ? rev(a, dir, from) : STR_EMPTY, rev(a, dir, to), 300, &err), 0,
	             "%s", err.text);
	return lines_of(a, c.paths, c.n);
}

/* Moved, deleted, made executable, linked, turned into a directory, submodules, names with any bytes. */
Test(git_changes, kinds_of_changes)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q sub; git -C sub commit -q --allow-empty -m s; git init -q r; cd r; mkdir -p d/e; seq 50 >moved; echo 1 "
	   ">gone;"
	   "echo 1 >script; echo 1 >turns; ln -s a link; echo 1 >d/e/f; git add .; git submodule -q add ../sub lib/sub "
	   "2>/dev/null;"
	   "git commit -qm one; git tag -a -m x one; mkdir new; git mv moved new/moved; git rm -q gone; chmod +x script; ln -sf "
	   "b "
	   "link;"
	   "rm turns; mkdir turns; echo 1 >turns/inner; echo 1 >\"$(printf 'n\\303\\244me')\"; echo 1 >\"$(printf "
	   "'q\"\\t\\n\\377')\";"
	   "git -C lib/sub commit -q --allow-empty -m s2; git add .; git commit -qm two");
	assert_str(changed(&a, "r", "one", "HEAD"),
	           STR("gone\nlib/sub\nlink\nmoved\nnew/moved\nn\303\244me\nq\"\t\n\377\nscript\nturns\nturns/inner"));
	assert_str(changed(&a, "r", "HEAD", "HEAD"), STR_EMPTY);
	assert_str(changed(&a, "r", "", "one"), STR(".gitmodules\nd/e/f\ngone\nlib/sub\nlink\nmoved\nscript\nturns"));
	struct git_changes c;
	struct git_repo *r = repo_at(&a, "r");
	struct str head = rev(&a, "r", "HEAD"), one = rev(&a, "r", "one");
	cr_assert_eq(git_changed_files(&c, r, STR_EMPTY, head, 2, NULL), 0);
	cr_assert(c.n == 2 && c.cut);
	cr_assert_eq(git_changed_files(&c, r, STR_EMPTY, one, 8, NULL), 0);
	cr_assert(c.n == 8 && !c.cut);
	struct str *v, base;
	size_t n;
	bool more;
	cr_assert_eq(git_commits_between(&v, &n, &more, r, STR_EMPTY, head, 1, NULL), 0);
	cr_assert(n == 1 && more);
	assert_str(v[0], head);
	cr_assert_eq(git_commits_between(&v, &n, &more, r, one, head, 10, NULL), 0);
	cr_assert(n == 1 && !more);
	cr_assert_eq(git_merge_base(&base, r, one, head, NULL), 0);
	assert_str(base, rev(&a, "r", "one^{}"));
	place_done(place);
	arena_done(&a);
}

/* Shallow clones end where they end; what is not there is said by name; SHA-256; repositories without common history. */
Test(git_changes, cut_off_histories)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct str base, *v;
	struct git_changes c;
	size_t n;
	bool more;
	char *place = place_new();
	sh("git init -q r; cd r; for i in 1 2 3 4 5; do echo $i >f$i; git add .; git commit -qm $i; done; git checkout -q "
	   "--orphan o;"
	   "git commit -qm o; git checkout -q main; git commit-graph write --reachable; cd ..; git clone -q --depth 2 "
	   "file://$PWD/r "
	   "s");
	struct str first = rev(&a, "r", "main~4"), main = rev(&a, "r", "main"), orphan = rev(&a, "r", "o");
	cr_assert_eq(git_merge_base(&base, repo_at(&a, "r"), main, orphan, &err), 0);
	assert_str(base, STR_EMPTY);
	struct git_repo *s = repo_at(&a, "s");
	cr_assert_eq(git_commits_between(&v, &n, &more, s, STR_EMPTY, main, 10, &err), 0, "%s", err.text);
	cr_assert_eq(n, 2);
	cr_assert_eq(git_changed_files(&c, s, rev(&a, "s", "HEAD~1"), main, 10, &err), 0);
	cr_assert_eq(c.n, 1);
	cr_assert_eq(git_merge_base(&base, s, first, main, &err), -1);
	cr_assert_eq(err.kind, ERR_MISSING);
	cr_assert(strstr(err.text, "shallow") && strstr(err.text, first.p), "%s", err.text);
	cr_assert_eq(git_changed_files(&c, s, first, main, 10, &err), -1);
	cr_assert_eq(err.kind, ERR_MISSING);
	cr_assert_eq(git_changed_files(&c, s, STR("main"), main, 10, &err), -1);
	cr_assert_eq(err.kind, ERR_INVALID);
	cr_assert_eq(git_changed_files(&c, s, STR_EMPTY, rev(&a, "s", "HEAD^{tree}"), 10, &err), -1);
	cr_assert(strstr(err.text, "is no commit"), "%s", err.text);
	sh("git init -q --object-format=sha256 t; cd t; for i in 1 2 3; do echo $i >f$i; git add .; git commit -qm $i; done; git "
	   "gc -q;"
	   "git commit-graph write --reachable");
	assert_str(changed(&a, "t", "HEAD~2", "HEAD"), STR("f2\nf3"));
	cr_assert_eq(git_merge_base(&base, repo_at(&a, "t"), rev(&a, "t", "HEAD"), rev(&a, "t", "HEAD~1"), &err), 0);
	assert_str(base, rev(&a, "t", "HEAD~1"));
	place_done(place);
	arena_done(&a);
}

/* Not ours to lose: libgit2 1.5 forgets 64 bytes where a damaged history makes it give up, Criterion 48 where several tests of a
 * suite have a time limit. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libgit2.so\nleak:libcriterion.so\n";
}

/* Damaged trees, packs, indexes and graphs: an error or another answer, never a crash or a hang. */
Test(git_changes, damaged, .timeout = 120)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; for i in $(seq 12); do mkdir -p d$i; seq $i 400 >d$i/f; seq 1 300 | tr '\\n' $i >d1/g$i; git "
	   "add .;"
	   "git commit -qm $i; done; git repack -adfq --depth 50; git commit-graph write --reachable; chmod -R u+w .");
	struct str head = rev(&a, "r", "HEAD"), old = rev(&a, "r", "HEAD~9");
	static const char *const patterns[] = { "r/.git/objects/pack/*.idx", "r/.git/objects/pack/*.pack",
		                                "r/.git/objects/info/commit-graph" };
	unsigned seed = 9;
	for (size_t f = 0; f < ARRAY_LEN(patterns); f++) {
		struct buf whole = BUF_INIT, bad = BUF_INIT;
		struct str file = sh_out(&a, arena_printf(&a, "echo %s", patterns[f]).p);
		cr_assert_eq(file_read(&whole, file.p, 1 << 22, NULL), 0);
		for (int round = 0; round < 150; round++) {
			struct arena own = { 0 };
			struct str base, *v;
			struct git_changes c;
			size_t n;
			bool more;
			buf_clear(&bad);
			buf_add(&bad, whole.p, round % 4 ? whole.n : (size_t)rand_r(&seed) % whole.n);
			for (int i = 0; bad.n && i < 1 + round % 30; i++)
				bad.p[(size_t)rand_r(&seed) % MIN(bad.n, round % 2 ? bad.n : 1500)] = (char)rand_r(&seed);
			cr_assert_eq(file_write(file.p, buf_str(&bad), 0644, NULL), 0);
			struct git_repo *r = repo_at(&own, "r");
			git_merge_base(&base, r, head, old, NULL);
			git_changed_files(&c, r, old, head, 300, NULL);
			git_commits_between(&v, &n, &more, r, old, head, 100, NULL);
			arena_done(&own);
		}
		cr_assert_eq(file_write(file.p, buf_str(&whole), 0644, NULL), 0);
		buf_done(&whole);
		buf_done(&bad);
	}
	place_done(place);
	arena_done(&a);
}
