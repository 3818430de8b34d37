/* What setup actions ask for, by their inputs and files. */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "tools/request.h"

/* The specs with "|" between them, then the file; "-": it asks for nothing. */
static const char *read_request(struct arena *a, const char *repository, const char *with, const char *file_text)
{
	struct val v;
	struct err err = ERR_INIT;
	struct tool_request r;
	_cleanup_buf_ struct buf out = BUF_INIT;
	cr_assert_eq(val_from_json(&v, a, str_of(with), &err), 0, "%s", with);
	if (!tool_request_read(&r, a, str_of(repository), v))
		return "-";
	if (file_text)
		tool_request_add_file(&r, a, str_of(file_text));
	for (size_t i = 0; i < r.specs.n; i++)
		buf_addf(&out, "%s%.*s", i ? "|" : "", STRF(r.specs.v[i]));
	if (r.file.n)
		buf_addf(&out, "@%.*s", STRF(r.file));
	if (r.distribution.n)
		buf_addf(&out, ",%.*s", STRF(r.distribution));
	return arena_str(a, buf_str(&out)).p;
}

Test(request, inputs)
{
	static const struct {
		const char *repository, *with, *text, *expected;
	} cases[] = {
		{ "actions/setup-node", "{\"node-version\":\" 24.x \"}", NULL, "24.x" },
		{ "Actions/Setup-Node", "{\"Node-Version\":\"lts/*\"}", NULL, "-" },
		{ "actions/setup-node", "{\"node-version\":\"24\",\"check-latest\":\"true\"}", NULL, "-" },
		{ "actions/setup-node", "{\"node-version\":\"24\",\"check-latest\":\"false\"}", NULL, "24" },
		{ "actions/setup-node", "{\"node-version\":\"22\",\"node-version-file\":\".nvmrc\"}", NULL, "22" },
		{ "actions/setup-node", "{}", NULL, "-" },
		{ "actions/setup-node", "{\"node-version\":\"22\",\"architecture\":\"mips\"}", NULL, "-" },
		{ "actions/setup-node", "{\"node-version-file\":\".nvmrc\"}", "v22\n", "v22@.nvmrc" },
		{ "actions/setup-node", "{\"node-version-file\":\"package.json\"}", "{\"engines\":{\"node\":\"22\"}}",
		  "22@package.json" },
		{ "actions/setup-node", "{\"node-version-file\":\"package.json\"}",
		  "{\"engines\":{\"node\":\"22\"},\"volta\":{\"node\":\"20.1.0\"}}", "20.1.0@package.json" },
		{ "actions/setup-node", "{\"node-version-file\":\"package.json\"}",
		  "{\"engines\":{\"node\":\"22\"},\"devEngines\":{}}", "@package.json" },
		{ "actions/setup-node", "{\"node-version-file\":\"package.json\"}", "{\"engines\":[22]}", "@package.json" },
		{ "actions/setup-node", "{\"node-version-file\":\"package.json\"}", "{\"engines\":", "@package.json" },
		{ "actions/setup-node", "{\"node-version-file\":\".tool-versions\"}", "golang 1.22.1\nnodejs 22.3.0 # mine\n",
		  "22.3.0@.tool-versions" },
		{ "actions/setup-node", "{\"node-version-file\":\".tool-versions\"}", "golang 1.22.1\nnodejs",
		  "@.tool-versions" },
		{ "actions/setup-node", "{\"node-version-file\":\"go.mod\"}", "go 1.22\n", "@go.mod" },
		{ "actions/cache", "{\"node-version\":\"22\"}", NULL, "-" },
		{ "actions/setup-python", "{\"python-version\":\"3.11\\n3.12-dev\\n\"}", NULL, "3.11|~3.12.0-0" },
		{ "actions/setup-python", "{\"python-version\":\"3.11\\npypy3.9\"}", NULL, "-" },
		{ "actions/setup-python", "{\"python-version\":\"3.13t\"}", NULL, "-" },
		{ "actions/setup-python", "{\"python-version\":\"3.13t-dev\\n3.12\"}", NULL, "-" },
		{ "actions/setup-python", "{\"python-version\":\"graalpy-24\"}", NULL, "-" },
		{ "actions/setup-python", "{\"python-version\":\"3.13\",\"freethreaded\":\"true\"}", NULL, "-" },
		{ "actions/setup-python", "{}", "# mine\n3.11.7\n3.9\n", "3.11.7|3.9@.python-version" },
		{ "actions/setup-python", "{\"python-version-file\":\"sub/pyproject.toml\"}",
		  "[project]\nrequires-python = \">=3.9,<3.14\"\n", ">=3.9 <3.14@sub/pyproject.toml" },
		{ "actions/setup-python", "{\"python-version-file\":\"pyproject.toml\"}", "[project]\nrequires-python = 3\n",
		  "@pyproject.toml" },
		{ "actions/setup-python", "{\"python-version-file\":\"pyproject.toml\"}", "requires-python = \"",
		  "@pyproject.toml" },
		{ "actions/setup-go", "{\"go-version\":\"^1.22\"}", NULL, "^1.22" },
		{ "actions/setup-go", "{\"go-version-file\":\"go.mod\"}", "module m\ngo 1.22\n", "1.22@go.mod" },
		{ "actions/setup-go", "{\"go-version-file\":\"sub/go.mod\"}", "go 1.22 // old\n\ntoolchain go1.23.4\n",
		  "1.23.4@sub/go.mod" },
		{ "actions/setup-go", "{\"go-version-file\":\"go.work\"}", "go 1.22.1 // old\ntoolchain default\n",
		  "1.22.1@go.work" },
		{ "actions/setup-go", "{\"go-version-file\":\"go.mod\"}", "module m\n", "@go.mod" },
		{ "actions/setup-go", "{\"go-version\":\"oldstable\"}", NULL, "-" },
		{ "actions/setup-java", "{\"java-version\":\"17\\n21\",\"distribution\":\"temurin\"}", NULL, "17|21,temurin" },
		{ "actions/setup-java", "{\"java-version\":\"latest\",\"distribution\":\"zulu\"}", NULL, "-" },
		{ "actions/setup-java", "{\"java-version\":\"1.8\",\"distribution\":\"zulu\"}", NULL, "8,zulu" },
		{ "actions/setup-java", "{\"java-version\":\"21\",\"java-package\":\"jre\"}", NULL, "-" },
	};
	if (!tool_arch())
		return; /* a processor for which none of these actions has anything */
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena a = { 0 };
		cr_expect_str_eq(read_request(&a, cases[i].repository, cases[i].with, cases[i].text), cases[i].expected,
		                 "case %zu", i);
		arena_done(&a);
	}
}
