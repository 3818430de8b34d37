"""GitHub's toolkit as its actions use it: @actions/core, exec, glob, io and tool-cache in JavaScript actions of a repository, run by
a Node 24. Artifacts and caches are in uploads.py. Skipped where ./dev has not brought the toolkit."""
import http.server, io, platform, tarfile, threading
from real import *

CLIENTS = os.environ.get("CLIENTS", "")
MACHINE = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), "none")
NODE = f"{CLIENTS}/node_modules/node-linux-{MACHINE}/bin"
if not os.path.exists(NODE + "/node") or not os.path.isdir(f"{CLIENTS}/node_modules/@actions/tool-cache"):
    print(f"# skipped: GitHub's toolkit and Node are not in {CLIENTS or 'any folder (CLIENTS)'}: ./dev test brings them where a network is")
    sys.exit(77)

HEAD = f"""import {{ pathToFileURL }} from 'node:url';
import fs from 'node:fs';
import path from 'node:path';
const at = name => import(pathToFileURL('{CLIENTS}/node_modules/@actions/' + name).href);
const core = await at('core/lib/core.js');
"""
NEEDS = {"exec": "const exec = await at('exec/lib/exec.js');\n", "glob": "const glob = await at('glob/lib/glob.js');\n",
         "io": "const io = await at('io/lib/io.js');\n", "tc": "const tc = await at('tool-cache/lib/tool-cache.js');\n"}


def action(name, script, needs=(), post="", inputs=""):
    head = HEAD + "".join(NEEDS[n] for n in needs)
    files = {f"{name}/action.yml": "name: a\ndescription: d\n" + (f"inputs: {inputs}\n" if inputs else "") +
             "runs:\n  using: node24\n  main: main.mjs\n" + ("  post: post.mjs\n" if post else ""), f"{name}/main.mjs": head + script}
    if post:
        files[f"{name}/post.mjs"] = head + post
    return files


def go(text, files, *args, env=None, **kw):
    w = text if text.startswith("on:") else steps("- uses: actions/checkout@v4\n" + text.strip("\n"))
    return run(w, *args, files=files, env={"PATH": f"{NODE}:{os.environ['PATH']}", **(env or {})}, timeout=150, **kw)


def test_core():
    r = go("- {id: a, uses: ./a, with: {who: me}}\n- {id: see, run: 'echo \"$O\"; echo \"$E\"; echo ${PATH%%:*}', env: {O: '${{ steps.a.outputs.o }}'}}",
           action("a", """
core.info(process.version.split('.')[0] + ' ' + core.getInput('who', {required: true}) + ' ' + core.getMultilineInput('list').length + ' ' + core.getBooleanInput('flag'));
core.setOutput('o', {a: [1]}); core.exportVariable('E', 'multi\\nline'); core.addPath('/added/dir'); core.setSecret('hidden');
core.info('hidden'); core.saveState('s', 'kept'); core.notice('look', {file: 'x.c', startLine: 3}); core.debug('unseen');
await core.group('g', async () => core.info('in it'));
await core.summary.addHeading('Sum').write();
""", post="core.info('post ' + core.getState('s')); core.setFailed('no good')",
                  inputs="{who: {}, list: {default: \"a\\nb\"}, flag: {default: 'true'}}"))
    equal(r.code, 1, r.err)
    equal(r.lines("a")[:2], ["v24 me 2 true", "***"])
    assert "in it" in r.lines("a"), r.lines("a")
    equal(r.lines("see"), ['{"a":[1]}', "multi", "line", "/added/dir"])
    assert "post kept" in r.lines("__post_a"), r.lines("__post_a")
    equal([e["message"] for e in r.of("annotation", "__post_a") if e["level"] == "error"], ["no good"])
    equal([(e["file"], e["line"]) for e in r.of("annotation", "a") if e["level"] == "notice" and e["message"] == "look"], [("x.c", 3)])


def test_exec():
    r = go("- {run: \"mkdir bin; printf '#!/bin/sh\\\\necho tool $1\\\\n' > bin/tool; chmod +x bin/tool; echo $PWD/bin >> $GITHUB_PATH\"}\n"
           "- {id: a, uses: ./a}", action("a", """
core.setSecret('s3cret-word');
equal(await exec.exec('tool', ['one two'])), 0);
let lines = [];
await exec.exec('sh', ['-c', 'cat; echo err >&2; pwd'], {input: Buffer.from('given'), cwd: '/', silent: true,
  listeners: {stdout: d => lines.push(d.toString()), stderr: d => lines.push(d.toString())}});
core.info(lines.join('').replace(/\\n/g, '|'));
const o = await exec.getExecOutput('sh', ['-c', 'echo "$MARK s3cret-word"; exit 3'], {ignoreReturnCode: true, env: {MARK: 'm', PATH: process.env.PATH}});
equal(o.exitCode, 3);
try { await exec.exec('sh -c "exit 4"'); } catch (e) { core.info(e.message); }
try { await exec.exec('no-such-tool-here'); } catch (e) { core.info(e.message.split('.')[0]); }
await exec.exec('sh', ['-c', 'echo "::warning::from a child"']);
function equal(a, b) { if (a !== b) throw new Error(a + ' is not ' + b); }
""".replace("equal(await exec.exec('tool', ['one two'])), 0)", "equal(await exec.exec('tool', ['one two']), 0)"), ["exec"]))
    equal(r.code, 0, r.lines("a"))
    lines = r.lines("a")
    assert "tool one two" in lines, lines
    assert any(l.count("given") and l.count("err") and l.count("/") for l in lines), lines
    assert "m ***" in lines and not any("s3cret" in l for l in lines), lines
    assert "The process '/usr/bin/sh' failed with exit code 4" in lines or "The process '/bin/sh' failed with exit code 4" in lines, lines
    assert any(l.startswith("Unable to locate executable file: no-such-tool-here") for l in lines), lines
    equal([e["message"] for e in r.of("annotation", "a") if e["level"] == "warning"], ["from a child"])


PATTERNS = ["**/*.txt", "a.txt", "*.txt", "dir/**", "**/deep/*\n!**/no*", "**/.hid*", "[ab].txt", "d?r/x", "none", "dir", "**", "dir/\n*.txt", "./a.txt",
            "~/**/nothing", "# comment\na.txt", "!a.txt\na.txt", "a.txt\n!a.txt\na.txt"]
TREE = {"a.txt": "a", "b.txt": "b", "ü.txt": "u", "dir/x": "x", "dir/deep/one": "1", "dir/deep/no2": "2", ".hidden": "h", "dir/.hid/in": "i", "A.TXT": "A"}


def test_glob_and_our_hash_files():
    asked = ", ".join(f"P{i}: \"${{{{ hashFiles({', '.join(repr(l) for l in p.splitlines())}) }}}}\"" for i, p in enumerate(PATTERNS))
    r = go("- run: ln -s dir link; ln -s a.txt to-file\n- {id: a, uses: ./a, env: {" + asked + "}}", {
        **TREE, **action("a", "const patterns = " + json.dumps(PATTERNS) + """;
for (const [i, p] of patterns.entries()) {
  let want;
  try { want = await glob.hashFiles(p, '', {followSymbolicLinks: false}); } catch (e) { want = 'error ' + e.message; }
  const ours = process.env['P' + i];
  console.log(JSON.stringify({p, same: want === ours, want, ours}));
}
const g = await glob.create('**/*.txt\\n!b.txt', {followSymbolicLinks: false});
console.log((await g.glob()).map(f => path.relative(process.env.GITHUB_WORKSPACE, f)).sort().join(' '));
""", ["glob"])})
    equal(r.code, 0, [e["message"] for e in r.of("annotation")])
    lines = r.lines("a")
    found = [json.loads(l) for l in lines if l.startswith("{")]
    equal(len(found), len(PATTERNS))
    equal([f for f in found if not f["same"]], [])
    equal(len({f["want"] for f in found}) > 8, True, found)
    assert lines[-1] == "a.txt ü.txt", lines


def test_io():
    r = go("- {run: 'mkdir -p d/e bin; echo 1 > d/e/f; touch bin/mine; chmod +x bin/mine; echo $PWD/bin >> $GITHUB_PATH'}\n- {id: a, uses: ./a}\n"
           "- {id: see, run: 'find n m -type f | sort; test ! -e d'}", action("a", """
await io.mkdirP('n/o/p'); await io.cp('d/', 'n/o/p', {recursive: true}); await io.mv('d', 'm'); await io.rmRF('not there');
console.log(path.relative('.', await io.which('mine', true)), (await io.findInPath('mine')).length, (await io.which('no-such-tool')).length);
try { await io.which('no-such-tool', true); } catch (e) { console.log(e.message.split('.')[0]); }
""", ["io"]))
    equal(r.code, 0, r.lines("a"))
    equal(r.lines("a"), ["bin/mine 1 0", "Unable to locate executable file: no-such-tool"])
    equal(r.lines("see"), ["m/e/f", "n/o/p/d/e/f"])


class Tool(http.server.BaseHTTPRequestHandler):
    """A server of one archive; the first answer says that it is busy."""
    asked = 0

    def do_GET(self):
        Tool.asked += 1
        if Tool.asked == 1:
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w:gz") as t:
            for name, text in (("tool-1.2.3/bin/thing", "#!/bin/sh\necho thing 1.2.3\n"),):
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(text), 0o755
                t.addfile(entry, io.BytesIO(text.encode()))
        body = data.getvalue()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_tool_cache():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tool)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kept = tempfile.mkdtemp(prefix="tools-", dir=BASE)
    files = action("a", """
let dir = tc.find('thing', '1.x');
core.setOutput('was-there', dir !== '');
if (!dir) {
  const archive = await tc.downloadTool(core.getInput('url'));
  core.info('in temp ' + archive.startsWith(process.env.RUNNER_TEMP + '/'));
  dir = await tc.cacheDir(path.join(await tc.extractTar(archive), 'tool-1.2.3'), 'thing', '1.2.3');
  fs.writeFileSync('one', 'alone');
  await tc.cacheFile('one', 'file', 'single', 'v0.1.0');
}
core.addPath(path.join(dir, 'bin'));
core.info(tc.findAllVersions('thing').join() + ' ' + tc.find('single', '0.1.0').startsWith(process.env.RUNNER_TOOL_CACHE + '/single/0.1.0/'));
""", ["tc"], inputs="{url: {}}")
    text = f"- {{id: a, uses: ./a, with: {{url: 'http://127.0.0.1:{server.server_port}/t.tgz'}}}}\n- {{id: see, run: thing}}"
    for i in range(2):
        r = go(text, files, "--tool-cache", kept, env={k: None for k in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")})
        equal(r.code, 0, r.lines("a"))
        equal([l for l in r.lines("a") if l.startswith("1.2.3")], ["1.2.3 true"])
        equal(r.lines("see"), ["thing 1.2.3"])
        equal(Tool.asked, 2, "tried again once, and then kept for the next run")
    equal(sorted(os.listdir(kept)), ["single", "thing"])
    equal(sorted(os.listdir(kept + "/thing/1.2.3")), [MACHINE, MACHINE + ".complete"])
    server.shutdown()


main(globals())
