/* Other refs and other repositories: from this machine, through git, and what cannot be had. */
#include "unit/checkout/served.h"

static void make_refs(void)
{
	sh("git init -q r; cd r; echo 1 >f; git add f; git commit -qm one; git tag -a -m x v1; git checkout -q -b dev; echo 2 "
	   ">f; echo 2 >g; git add g;"
	   "git commit -qam two; git checkout -q main; echo 3 >f; git commit -qam three; git update-ref refs/remotes/origin/far "
	   "dev;"
	   "git update-ref refs/heads/v9 dev; git tag v9; echo dirty >f; echo new >untracked");
}

Test(checkout_ref, refs_of_the_own_repository)
{
	struct served s;
	served_init(&s);
	make_refs();
	struct str before = manifest(&s.a, "r");
	static const struct {
		const char *ref, *content, *head; /* head: symbolic name, "HEAD" when detached */
	} cases[] = {
		{ "", "dirty", "refs/heads/main" },
		{ "main", "dirty", "refs/heads/main" },
		{ "refs/heads/main", "dirty", "refs/heads/main" },
		{ "dev", "2", "refs/heads/dev" },
		{ "refs/heads/dev", "2", "refs/heads/dev" },
		{ "far", "2", "refs/heads/far" },
		{ "refs/heads/far", "2", "refs/heads/far" },
		{ "v1", "1", "HEAD" },
		{ "refs/tags/v1", "1", "HEAD" },
		{ "v9", "2", "refs/heads/v9" },
		{ "refs/tags/v9", "3", "HEAD" },
		{ "SHA main", "dirty", "HEAD" },
		{ "SHA dev", "2", "HEAD" },
		{ "SHA v1", "1", "HEAD" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *ref = cases[i].ref;
		if (strncmp(ref, "SHA ", 4) == 0) {
			setenv("REF", ref + 4, 1);
			ref = sh_out(&s.a, "git -C r rev-parse $REF").p;
		}
		with(&s, "ref", ref);
		assert_served(&s);
		struct str got = sh_out(&s.a, "cat ws/f");
		cr_assert(str_is(got, cases[i].content), "%s: %.*s", ref, STRF(got));
		cr_assert_eq(access("ws/untracked", F_OK) == 0, strcmp(cases[i].content, "dirty") == 0, "%s", ref);
		assert_str(sh_out(&s.a, "git -C ws rev-parse --symbolic-full-name HEAD"), str_of(cases[i].head));
		if (strcmp(cases[i].content, "dirty") != 0)
			assert_str(sh_out(&s.a, "git -C ws status --porcelain"), STR_EMPTY);
		assert_has(s.outputs, "commit=");
	}
	with(&s, "ref", "nothing-here");
	cr_assert_eq(serve(&s), 1);
	assert_has(s.log, "::error::checkout: A branch, tag or commit 'nothing-here' could not be found");
	assert_str(manifest(&s.a, "r"), before);
	served_done(&s);
}

Test(checkout_ref, other_repositories)
{
	struct served s;
	served_init(&s);
	make_refs();
	sh("git init -q other; cd other; echo o >o; git add o; git commit -qm o; git tag v2; echo p >p; mkdir ../plain; echo q "
	   ">../plain/q;"
	   "git clone -q --bare . ../bare.git; mkdir -p ../srv/octo; git clone -q --bare ../r ../srv/octo/net");
	struct str place = str_of(s.place);
	val_set_str(&s.a, s.r.local, "octo/other", path_join(&s.a, place, STR("other")));
	val_set_str(&s.a, s.r.local, "octo/plain", path_join(&s.a, place, STR("plain")));
	val_set_str(&s.a, s.r.local, "octo/bare", path_join(&s.a, place, STR("bare.git")));
	val_set_str(&s.a, s.r.local, "octo/other@v5", path_join(&s.a, place, STR("plain")));
	static const struct {
		const char *repository, *ref, *files; /* files NULL: fails */
	} cases[] = {
		{ "octo/other", "", "o p" },
		{ "Octo/Other", "main", "o p" },
		{ "octo/other", "v2", "o" },
		{ "octo/other", "v5", "q" },
		{ "octo/plain", "", "q" },
		{ "octo/plain", "v1", NULL },
		{ "octo/bare", "", "o" },
		{ "octo/bare", "v2", "o" },
		{ "octo/other", "v6", NULL },
		{ "octo/net", "", "f" },
		{ "octo/net", "dev", "f g" },
		{ "octo/net", "v1", "f" },
		{ "octo/net", "none", NULL },
		{ "octo/gone", "", NULL },
		{ "octo", "", NULL },
		{ "octo/net", "refs/heads/dev", "f g" },
		{ "octo/net", "refs/tags/v1", "f" },
	};
	s.r.server_url = arena_printf(&s.a, "file://%s/srv/", s.place);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		with(&s, "repository", cases[i].repository);
		with(&s, "ref", cases[i].ref);
		with(&s, "path", i % 2 ? "here" : "");
		int rc = serve(&s);
		cr_assert_eq(rc, cases[i].files ? 0 : 1, "%s@%s: %.*s", cases[i].repository, cases[i].ref, STRF(s.log));
		if (cases[i].files) {
			struct str files =
				sh_out(&s.a, i % 2 ? "ls ws/here | tr '\\n' ' '" : "ls ws | grep -v here | tr '\\n' ' '");
			cr_assert(str_is(files, cases[i].files), "%s@%s: %.*s", cases[i].repository, cases[i].ref, STRF(files));
		} else {
			assert_has(s.log, "::error::checkout: ");
		}
	}
	with(&s, "repository", "octo/net");
	with(&s, "ref", sh_out(&s.a, "git -C r rev-parse dev").p);
	with(&s, "fetch-depth", "0");
	assert_served(&s);
	assert_str(sh_out(&s.a, "cat ws/f"), STR("2"));
	served_done(&s);
}

Test(checkout_ref, nobody_answers)
{
	struct served s;
	served_init(&s);
	make_refs();
	s.r.server_url = STR("http://127.0.0.1:1");
	with(&s, "repository", "octo/else");
	with(&s, "token", "not-on-the-command-line");
	char **argv = checkout_argv(&s.a, "sidestep", &s.r);
	for (size_t i = 0; argv[i]; i++)
		cr_assert(!strstr(argv[i], "not-on-the"));
	cr_assert_eq(serve(&s), CHECKOUT_CANNOT);
	assert_has(s.log, "::error::checkout: no network: http://127.0.0.1:1/octo/else cannot be reached");
	assert_has(s.log, "(line 3 of ci.yml)");
	s.r.others_url = STR("http://127.0.0.1:2");
	cr_assert_eq(serve(&s), CHECKOUT_CANNOT);
	assert_has(s.log, "no network: http://127.0.0.1:2/octo/else");
	s.r.offline = true;
	cr_assert_eq(serve(&s), CHECKOUT_CANNOT);
	assert_has(s.log, "octo/else is not on this machine, and --offline fetches nothing");
	setenv("PATH", "/nonexistent", 1);
	with(&s, "repository", "");
	cr_assert_eq(serve(&s), CHECKOUT_CANNOT);
	assert_has(s.log, "the git program is not installed");
	setenv("PATH", "/usr/bin:/bin", 1);
	served_done(&s);
}

Test(checkout_ref, submodules_of_another_ref)
{
	struct served s;
	served_init(&s);
	sh("git init -q lib; cd lib; echo l >l; git add l; git commit -qm l; cd ..; git init -q r; cd r; git submodule -q add "
	   "../lib lib; git commit -qm one;"
	   "git tag v1; git rm -q lib; git commit -qm two; rm -rf ../lib");
	with(&s, "ref", "v1");
	assert_served(&s);
	assert_str(sh_out(&s.a, "ls ws/lib"), STR_EMPTY);
	with(&s, "submodules", "true");
	assert_served(&s);
	assert_str(sh_out(&s.a, "cat ws/lib/l"), STR("l"));
	served_done(&s);
}

/* What .gitmodules names on this machine is content of the repository: only clones that are in .git/modules are taken from here.
 */
Test(checkout_ref, a_submodule_names_no_directory_of_this_machine)
{
	struct served s;
	served_init(&s);
	sh("git init -q secret; cd secret; echo s >s; git add s; git commit -qm s; cd ..; git init -q lib; cd lib; echo l >l; "
	   "git add l;"
	   "git commit -qm l; cd ..; git init -q r; cd r; git submodule -q add ../lib lib; cp ../lib/l f; git add f; git commit "
	   "-qm one; "
	   "git tag good; git update-index --add --cacheinfo 160000,$(git -C ../secret rev-parse HEAD),stolen;"
	   "git config -f .gitmodules submodule.stolen.path stolen; git config -f .gitmodules submodule.stolen.url "
	   "file://$PWD/../secret; git add .gitmodules; git commit -qm two; git tag bad; git commit -q --allow-empty -m three");
	with(&s, "submodules", "true");
	with(&s, "ref", "bad");
	cr_assert_eq(serve(&s), 1);
	assert_has(s.log, "transport 'file' not allowed");
	cr_assert(access("ws/stolen/s", F_OK) < 0);
	with(&s, "ref", "good");
	assert_served(&s);
	assert_str(
		sh_out(&s.a, "cat ws/lib/l; git -C ws submodule status | cut -c1 | tr ' ' =; ls ws/.git | grep sidestep || true"),
		STR("l\n="));
	served_done(&s);
}

Test(checkout_ref, in_place)
{
	struct served s;
	served_init(&s);
	make_refs();
	s.r.in_place = true;
	s.r.workspace = s.r.source;
	struct str before = manifest(&s.a, "r");
	assert_served(&s);
	assert_has(s.log, "In place: ");
	assert_has(s.outputs, "ref=refs/heads/main\ncommit=");
	with(&s, "ref", "dev");
	assert_served(&s);
	assert_has(s.log, "::warning::'dev' is not checked out");
	with(&s, "path", "sub");
	cr_assert_eq(serve(&s), CHECKOUT_CANNOT);
	with(&s, "repository", "octo/else");
	with(&s, "path", "");
	cr_assert_eq(serve(&s), CHECKOUT_CANNOT);
	assert_has(s.log, "needs an input 'path'");
	with(&s, "path", "f");
	cr_assert_eq(serve(&s), CHECKOUT_CANNOT);
	assert_str(manifest(&s.a, "r"), before);
	served_done(&s);
}
