/* Both readers of objects: they say the same, run nothing of a repository, ask no network, and what is damaged or no file at all
 * is an error with its name. */
#include <sys/stat.h>

#include "git/git.h"
#include "git/loose.h"
#include "git/objects.h"
#include "unit/git/repo.h"

static struct git_repo *repo_at(struct arena *a, const char *dir)
{
	struct git_repo *r;
	struct err err = ERR_INIT;
	cr_assert_eq(git_discover(&r, a, dir, &err), 0, "%s", err.text);
	cr_assert_not_null(r);
	return r;
}

static struct str rev(struct arena *a, const char *dir, const char *name)
{
	return sh_out(a, arena_printf(a, "git -C %s rev-parse %s", dir, name).p);
}

static struct str joined(struct arena *a, const struct names *l)
{
	struct str s = STR_EMPTY;
	for (size_t i = 0; i < l->n; i++)
		s = arena_printf(a, "%.*s%.*s\n", STRF(s), STRF(l->v[i]));
	return s;
}

static void same_facts(struct arena *a, const struct commit_facts *x, const struct commit_facts *y)
{
	assert_str(x->id, y->id);
	assert_str(x->tree, y->tree);
	assert_str(x->message, y->message);
	assert_str(x->author_name, y->author_name);
	assert_str(x->author_email, y->author_email);
	assert_str(x->committer_name, y->committer_name);
	assert_str(x->committer_email, y->committer_email);
	cr_assert_eq(x->seconds, y->seconds);
	cr_assert_eq(x->zone, y->zone);
	assert_str(joined(a, &x->parents), joined(a, &y->parents));
}

/* Commits by all ways: the same facts, bases, lists and changes, and the same tag. */
Test(git_objects, both_readers_say_the_same, .timeout = 120)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	char *place = place_new();
	sh("git init -q r; cd r; for i in 1 2 3 4; do mkdir -p d$i; echo $i >d$i/f; git add .; git commit -qm \"c$i\n\n  text "
	   "$i\n\"; "
	   "git tag -am \"t$i\" t$i; done; git checkout -q -b side HEAD~2; GIT_COMMITTER_DATE='1700000000 -0330' git commit -q "
	   "--allow-empty -m side; git merge -q -m merge main; git rm -q d1/f; git commit -qm last; git checkout -q --orphan o; "
	   "git "
	   "commit -qm o");
	struct git_repo *r = repo_at(&a, "r");
	struct object_places at;
	objects_find(&at, r, 40);
	static const char *const revs[] = { "main", "main~1", "main~3", "side", "side~1", "side~2", "o", "t3" };
	struct str names[ARRAY_LEN(revs)];
	struct commit_facts one[ARRAY_LEN(revs)], two[ARRAY_LEN(revs)];
	for (size_t i = 0; i < ARRAY_LEN(revs); i++)
		names[i] = rev(&a, "r", revs[i]);
	cr_assert_eq(library_reader.facts(&a, one, &at, names, ARRAY_LEN(revs), &err), 0, "%s", err.text);
	cr_assert_eq(program_reader.facts(&a, two, &at, names, ARRAY_LEN(revs), &err), 0, "%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(revs); i++)
		same_facts(&a, &one[i], &two[i]);
	struct commit_facts three;
	for (size_t i = 0; i + 1 < ARRAY_LEN(revs); i++) {
		cr_assert(loose_facts(&a, &three, &at, names[i]));
		same_facts(&a, &one[i], &three);
	}
	cr_assert(!loose_facts(&a, &three, &at, names[7])); /* a tag */
	assert_str(one[7].id, rev(&a, "r", "t3^{}"));
	cr_assert_eq(one[5].zone, -210);
	for (size_t i = 0; i < ARRAY_LEN(revs); i++) {
		size_t j = (i * 3 + 1) % ARRAY_LEN(revs);
		struct names x = { 0 }, y = { 0 };
		cr_assert_eq(library_reader.merge_base(&a, &x, &at, names[i], names[j], 1, &err), 0, "%s", err.text);
		cr_assert_eq(program_reader.merge_base(&a, &y, &at, names[i], names[j], 1, &err), 0, "%s", err.text);
		assert_str(joined(&a, &x), joined(&a, &y));
		x.n = y.n = 0;
		cr_assert_eq(library_reader.changed(&a, &x, &at, i % 2 ? names[i] : STR_EMPTY, names[j], 100, &err), 0);
		cr_assert_eq(program_reader.changed(&a, &y, &at, i % 2 ? names[i] : STR_EMPTY, names[j], 100, &err), 0);
		assert_str(joined(&a, &x), joined(&a, &y));
		x.n = y.n = 0;
		cr_assert_eq(library_reader.between(&a, &x, &at, i % 2 ? names[i] : STR_EMPTY, names[j], 100, &err), 0);
		cr_assert_eq(program_reader.between(&a, &y, &at, i % 2 ? names[i] : STR_EMPTY, names[j], 100, &err), 0);
		cr_assert_eq(x.n, y.n);
	}
	struct str tags[4] = { rev(&a, "r", "t1"), STR("1234567890123456789012345678901234567890"), rev(&a, "r", "t2"),
		               rev(&a, "r", "t4") };
	size_t x, y;
	cr_assert_eq(library_reader.find_tag(&x, &at, tags, 4, rev(&a, "r", "main"), &err), 0, "%s", err.text);
	cr_assert_eq(program_reader.find_tag(&y, &at, tags, 4, rev(&a, "r", "main"), &err), 0, "%s", err.text);
	cr_assert(x == 3 && y == 3);
	cr_assert_eq(library_reader.find_tag(&x, &at, tags, 4, rev(&a, "r", "o"), &err), 0);
	cr_assert_eq(program_reader.find_tag(&y, &at, tags, 4, rev(&a, "r", "o"), &err), 0);
	cr_assert(x == 4 && y == 4);
	place_done(place);
	arena_done(&a);
}

/* What is not there, or not a commit: the same kinds of errors, with the name. */
Test(git_objects, both_readers_miss_the_same)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; echo 1 >f; git add .; git commit -qm one");
	struct git_repo *r = repo_at(&a, "r");
	struct object_places at;
	struct commit_facts facts;
	struct names list = { 0 };
	const struct object_reader *const readers[] = { &library_reader, &program_reader };
	struct str none = STR("1234567890123456789012345678901234567890"), head = rev(&a, "r", "HEAD"),
		   blob = rev(&a, "r", "HEAD:f");
	objects_find(&at, r, 40);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		struct err e[8] = { 0 };
		cr_assert_eq(readers[i]->facts(&a, &facts, &at, &none, 1, &e[0]), -1);
		cr_assert_eq(readers[i]->merge_base(&a, &list, &at, none, head, 1, &e[1]), -1);
		cr_assert_eq(readers[i]->between(&a, &list, &at, none, head, 1, &e[2]), -1);
		cr_assert_eq(readers[i]->changed(&a, &list, &at, none, head, 1, &e[3]), -1);
		for (int k = 0; k < 4; k++)
			cr_assert(e[k].kind == ERR_MISSING && strstr(e[k].text, none.p), "%zu %d: %d %s", i, k, e[k].kind,
			          e[k].text);
		cr_assert_eq(readers[i]->facts(&a, &facts, &at, &blob, 1, &e[4]), -1);
		cr_assert_eq(readers[i]->merge_base(&a, &list, &at, blob, head, 1, &e[5]), -1);
		cr_assert_eq(readers[i]->between(&a, &list, &at, blob, head, 1, &e[6]), -1);
		cr_assert_eq(readers[i]->changed(&a, &list, &at, head, blob, 1, &e[7]), -1);
		for (int k = 4; k < 8; k++)
			cr_assert(e[k].kind == ERR_INVALID && strstr(e[k].text, blob.p), "%zu %d: %d %s", i, k, e[k].kind,
			          e[k].text);
	}
	place_done(place);
	arena_done(&a);
}

/* A partial clone lacks blobs, which nobody needs, or trees, which are said by name; nobody is asked for them. */
Test(git_objects, partial_clones_ask_nobody, .timeout = 60)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct git_changes c;
	struct git_commit commit;
	char *place = place_new();
	sh("git init -q r; cd r; git config uploadpack.allowFilter true; for i in 1 2; do echo $i >f$i; git add .; git commit "
	   "-qm $i; "
	   "done; cd ..; for f in blob:none tree:0; do n=${f%:*}; git clone -q --no-checkout --filter=$f file://$PWD/r $n; cp -r "
	   "$n "
	   "shallow-$n; git -C $n rev-parse HEAD >shallow-$n/.git/shallow; for d in $n shallow-$n; do git -C $d config "
	   "remote.origin.url \"ext::sh -c 'touch PWNED'\"; git -C $d config protocol.ext.allow always; done; done");
	struct str head = rev(&a, "r", "HEAD"), old = rev(&a, "r", "HEAD~1"), tree = rev(&a, "r", "HEAD^{tree}");
	for (int shallow = 0; shallow < 2; shallow++) {
		struct git_repo *blobless = repo_at(&a, shallow ? "shallow-blob" : "blob");
		struct git_repo *treeless = repo_at(&a, shallow ? "shallow-tree" : "tree");
		cr_assert_eq(git_changed_files(&c, blobless, old, head, 9, &err), 0, "%s", err.text);
		cr_assert_eq(c.n, 1);
		cr_assert_eq(git_commit(&commit, treeless, head, &err), 0, "%s", err.text);
		cr_assert_eq(commit.nparents, 1);
		cr_assert_eq(git_changed_files(&c, treeless, old, head, 9, &err), -1);
		cr_assert_eq(err.kind, ERR_MISSING);
		cr_assert(strstr(err.text, tree.p) || strstr(err.text, rev(&a, "r", "HEAD~1^{tree}").p), "%s", err.text);
		struct object_places at;
		struct names list = { 0 };
		objects_find(&at, treeless, 40);
		cr_assert_eq(program_reader.changed(&a, &list, &at, old, head, 9, &err), -1);
		cr_assert_eq(err.kind, ERR_MISSING, "%s", err.text);
	}
	assert_str(sh_out(&a, "find . -name PWNED"), STR_EMPTY);
	place_done(place);
	arena_done(&a);
}

/* A repository of somebody else, with all that could start a program or never end in its settings. */
Test(git_objects, foreign_repositories_start_nothing, .timeout = 60)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	char *place = place_new();
	sh("git init -q r; cd r; for i in 1 2; do echo $i >f$i; git add .; git commit -qm $i; done; cp -r . ../s; git rev-parse "
	   "HEAD "
	   ">../s/.git/shallow; cd ..; mkfifo pipe; for d in r s; do printf '[core]\\n\\tfsmonitor = touch PWNED\\n\\tpager = "
	   "touch "
	   "PWNED\\n\\thooksPath = .\\n[include]\\n\\tpath = %s/pipe\\n[diff]\\n\\texternal = touch "
	   "PWNED\\n[log]\\n\\tshowSignature = "
	   "true\\n[gpg]\\n\\tprogram = touch PWNED\\n' $PWD >>$d/.git/config; done; chmod -R a+rX .");
	if (geteuid() == 0)
		sh("chown -R 12345:12345 r s");
	static const char *const dirs[] = { "r", "s" };
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		struct git_repo *r = repo_at(&a, dirs[i]);
		struct git_head h;
		struct git_commit c;
		struct git_changes changes;
		struct str base, *v;
		size_t n;
		bool more;
		cr_assert_eq(git_head(&h, r, &err), 0, "%s", err.text);
		git_read_ahead(r);
		cr_assert_eq(git_commit(&c, r, h.sha, &err), 0, "%s", err.text);
		cr_assert_eq(git_commit(&c, r, h.sha, &err), 0, "%s", err.text);
		cr_assert_eq(git_changed_files(&changes, r, c.parents[0], h.sha, 9, &err), 0, "%s", err.text);
		cr_assert_eq(changes.n, 1);
		cr_assert_eq(git_commits_between(&v, &n, &more, r, STR_EMPTY, h.sha, 9, &err), 0, "%s", err.text);
		cr_assert_eq(n, i == 0 ? 2 : 1);
		cr_assert_eq(git_merge_base(&base, r, h.sha, h.sha, &err), 0, "%s", err.text);
		assert_str(base, h.sha);
	}
	assert_str(sh_out(&a, "find . -name PWNED"), STR_EMPTY);
	place_done(place);
	arena_done(&a);
}

/* Pipes in the place of objects, packs and lists of alternates: nobody waits for them. */
Test(git_objects, pipes_in_place_of_objects, .timeout = 60)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct git_commit c;
	struct git_repo *r;
	char *place = place_new();
	sh("git init -q r; cd r; echo 1 >f; git add .; git commit -qm one; mkfifo .git/objects/info/alternates; cp -r . ../p; cd "
	   "../p; rm "
	   "-f .git/objects/info/alternates; git gc -q; mkfifo "
	   ".git/objects/pack/pack-1234567890123456789012345678901234567890.idx");
	struct str head = rev(&a, "r", "HEAD");
	r = repo_at(&a, "r");
	cr_assert_eq(git_commit(&c, r, head, &err), 0, "%s", err.text);
	sh("cd r; h=$(git rev-parse HEAD); o=.git/objects/$(echo $h | cut -c1-2)/$(echo $h | cut -c3-); rm -f $o; mkfifo $o");
	git_read_ahead(r);
	cr_assert_eq(git_commit(&c, r, head, &err), -1);
	cr_assert_eq(err.kind, ERR_MISSING);
	cr_assert(strstr(err.text, head.p), "%s", err.text);
	git_done(r);
	r = repo_at(&a, "p");
	cr_assert_eq(git_commit(&c, r, head, &err), -1);
	cr_assert(strstr(err.text, "is no regular file"), "%s", err.text);
	place_done(place);
	arena_done(&a);
}

/* An object that was cut off is called damaged by its name, by whatever reader. */
Test(git_objects, cut_off_objects_are_named, .timeout = 60)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; echo 1 >f; git add .; git commit -qm one; chmod -R u+w .git");
	struct str head = rev(&a, "r", "HEAD"), whole = STR_EMPTY;
	struct str path =
		sh_out(&a, "cd r; h=$(git rev-parse HEAD); echo r/.git/objects/$(echo $h | cut -c1-2)/$(echo $h | cut -c3-)");
	struct buf text = BUF_INIT;
	cr_assert_eq(file_read(&text, path.p, 1 << 20, NULL), 0);
	whole = arena_str(&a, buf_str(&text));
	buf_done(&text);
	for (size_t n = 0; n < whole.n; n += whole.n / 6 + 1) {
		struct err err = ERR_INIT;
		struct git_commit c;
		cr_assert_eq(file_write(path.p, str_to(whole, n), 0644, NULL), 0);
		cr_assert_eq(git_commit(&c, repo_at(&a, "r"), head, &err), -1);
		cr_assert_eq(err.kind, ERR_INVALID);
		cr_assert(strstr(err.text, head.p) && strstr(err.text, "damaged"), "%s", err.text);
	}
	place_done(place);
	arena_done(&a);
}

/* HEAD's commit read ahead is the same as read later; what was not asked for is forgotten. */
Test(git_objects, read_ahead)
{
	struct arena a = { 0 };
	struct git_commit c, d;
	struct git_head h;
	struct err err = ERR_INIT;
	char *place = place_new();
	sh("git init -q r; cd r; echo 1 >f; git add .; git commit -qm 'one\n\nmore'; cd ..; git init -q empty; cp -r r p; git -C "
	   "p gc -q");
	struct git_repo *r = repo_at(&a, "r");
	cr_assert_eq(git_head(&h, r, &err), 0);
	git_read_ahead(r);
	git_read_ahead(r);
	cr_assert_eq(git_commit(&c, r, h.sha, &err), 0, "%s", err.text);
	cr_assert_eq(git_commit(&d, r, h.sha, &err), 0, "%s", err.text);
	assert_str(c.sha, h.sha);
	assert_str(c.message, d.message);
	assert_str(c.time, d.time);
	r = repo_at(&a, "p"); /* packed: by the git program */
	git_read_ahead(r);
	cr_assert_eq(git_commit(&d, r, h.sha, &err), 0, "%s", err.text);
	assert_str(c.message, d.message);
	assert_str(c.time, d.time);
	git_read_ahead(r);
	git_done(r);
	git_done(r);
	r = repo_at(&a, "empty");
	git_read_ahead(r);
	git_done(r);
	git_done(NULL);
	place_done(place);
	arena_done(&a);
}
