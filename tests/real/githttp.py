"""A server of git repositories over HTTP on this machine, as GitHub answers: git's own http-backend behind a few rules about who
may see what, and the two answers of the REST interface that actions/checkout asks for, and files of git-lfs that lie in the repositories' folders.

    with Server(root) as s:        # root/OWNER/NAME are bare repositories
        s.url                      # http://127.0.0.1:PORT
        s.private.add("me/hidden") # only for who shows a token
        s.tokens.add("secret")
        s.requests                 # what was asked: (method, path, token or None)"""
import base64, http.server, json, os, re, subprocess, threading

# What GitHub allows: partial clones, and any commit by its name.
SETTINGS = [("uploadpack.allowFilter", "true"), ("uploadpack.allowAnySHA1InWant", "true"), ("safe.directory", "*"), ("http.receivepack", "true")]


def backend_program():
    path = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
    return os.path.join(path, "git-http-backend")


def token_of(header):
    """What "basic …", "token …" and "bearer …" hold."""
    kind, _, value = (header or "").partition(" ")
    if kind.lower() == "basic":
        return base64.b64decode(value).decode().partition(":")[2]
    return value or None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, code, body=b"", headers=()):
        self.send_response(code)
        for k, v in headers:
            self.send_header(k, v)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        out = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            out += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return out

    def serve(self):
        owner = self.server.owner
        body = self.body()
        path, _, query = self.path.partition("?")
        token = token_of(self.headers.get("Authorization"))
        owner.requests.append((self.command, self.path, token))
        api = re.fullmatch(r"/api/v3/repos/([^/]+/[^/]+)(/hash-algorithm)?", path)
        lfs = re.fullmatch(r"/([^/]+/[^/]+?)(?:\.git)?/info/lfs/(objects/batch|[0-9a-f]{64})", path)
        found = api or lfs or re.fullmatch(r"/([^/]+/[^/]+?)(?:\.git)?/(info/refs|git-[a-z-]+|HEAD|objects/.*)", path)
        if token and token not in owner.tokens:
            return self.answer(401, b"Bad credentials\n", [("WWW-Authenticate", 'Basic realm="GitHub"')])
        if not found:
            return self.answer(404, b"Not Found\n")
        name = found.group(1)
        known = os.path.isdir(os.path.join(owner.root, name))
        if not token and (not known or name in owner.private):  # who asks without a token does not learn which it is
            return self.answer(404, b"{}") if api else self.answer(401, b"Repository not found.\n", [("WWW-Authenticate", 'Basic realm="GitHub"')])
        if not known:
            return self.answer(404, b"Repository not found.\n")
        if lfs:
            return self.answer_lfs(name, lfs.group(2), body)
        if api:
            return self.answer_api(name, api.group(2))
        self.answer_git(f"/{name}/{found.group(2)}", query, body)

    do_GET = do_POST = serve

    def answer_api(self, name, what):
        git = lambda *args: subprocess.run(["git", *args], cwd=os.path.join(self.server.owner.root, name), capture_output=True, text=True).stdout.strip()
        if what:
            said = {"hash_algorithm": git("rev-parse", "--show-object-format")}
        else:
            said = {"default_branch": git("symbolic-ref", "--short", "HEAD"), "private": name in self.server.owner.private}
        self.answer(200, json.dumps(said).encode(), [("Content-Type", "application/json; charset=utf-8")])

    def answer_lfs(self, name, what, body):
        if what != "objects/batch":
            with open(os.path.join(self.server.owner.root, name, "lfs/objects", what[:2], what[2:4], what), "rb") as f:
                return self.answer(200, f.read(), [("Content-Type", "application/octet-stream")])
        objects = [{**o, "authenticated": True, "actions": {"download": {"href": f"{self.server.owner.url}/{name}/info/lfs/{o['oid']}"}}} for o in json.loads(body)["objects"]]
        self.answer(200, json.dumps({"transfer": "basic", "objects": objects}).encode(), [("Content-Type", "application/vnd.git-lfs+json")])

    def answer_git(self, path, query, body):
        env = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": self.server.owner.root, "GIT_HTTP_EXPORT_ALL": "1", "REQUEST_METHOD": self.command,
               "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
               "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
               "REMOTE_ADDR": "127.0.0.1", "REMOTE_USER": "somebody", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_COUNT": str(len(SETTINGS))}
        for i, (k, v) in enumerate(SETTINGS):
            env[f"GIT_CONFIG_KEY_{i}"], env[f"GIT_CONFIG_VALUE_{i}"] = k, v
        out = subprocess.run([backend_program()], input=body, env=env, capture_output=True).stdout
        head, _, rest = out.partition(b"\r\n\r\n")
        headers = [tuple(l.split(": ", 1)) for l in head.decode().split("\r\n") if ": " in l]
        status = next((int(v.split()[0]) for k, v in headers if k.lower() == "status"), 200)
        self.answer(status, rest, [h for h in headers if h[0].lower() not in ("status", "content-length")])


class Server:
    def __init__(self, root):
        self.root, self.private, self.tokens, self.requests = os.path.abspath(root), set(), set(), []
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.owner = self
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()
