"""The helper that serves artifacts, caches and identity tokens, driven without a run: its socket and the cards of jobs are made
here. Server() starts one, .job() is a job with its token, .call() a request."""
import base64, hashlib, http.client, json, os, resource, shutil, socket, subprocess, tempfile, time, urllib.parse, uuid

EXE = os.path.abspath(os.environ.get("SIDESTEP", "sidestep"))
RESULTS = "/twirp/github.actions.results.api.v1."


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Server:
    def __init__(self, root=None, largest=None):
        def limit():
            if largest:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
        self.root = root or tempfile.mkdtemp(prefix="sidestep-services-")
        self.own = root is None
        self.cards = tempfile.mkdtemp(prefix="cards-", dir=self.root)
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        self.port = listener.getsockname()[1]
        self.process = subprocess.Popen([EXE, "__serve", self.cards], stdin=listener, stderr=subprocess.PIPE,
                                        preexec_fn=limit, restore_signals=False)
        listener.close()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        alive = self.process.poll() is None
        self.process.kill()
        said = self.process.communicate()[1].decode("utf-8", "replace")
        if self.own:
            shutil.rmtree(self.root, ignore_errors=True)
        assert alive, f"the helper has ended: {said}"
        assert not said, said

    def job(self, run="run1", **card):
        return Job(self, run, card)

    def call(self, method, url, body=None, headers=None, chunked=False):
        """(status, headers, body)"""
        path = url[len(self.url):] if url.startswith(self.url) else url
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        c.request(method, path, body, headers or {}, encode_chunked=chunked)
        r = c.getresponse()
        out = r.status, r.headers, r.read()
        c.close()
        return out


class Job:
    """A card as the run writes it (src/service/service.c)."""

    def __init__(self, server, run, card):
        self.server, self.run, self.id = server, run, str(uuid.uuid4())
        payload = {"scp": f"Actions.Results:{run}:{self.id}"}
        def token():
            return ".".join((b64(b'{"alg":"HS256","typ":"JWT"}'), b64(json.dumps(payload).encode()), b64(os.urandom(32))))
        self.token, self.id_token = token(), token()
        self.artifacts, self.caches = f"{server.root}/artifacts-{run}", f"{server.root}/caches"
        self.card = {"run": run, "token": self.token, "id_token": self.id_token if "claims" in card else "",
                     "expires": int(time.time()) + 600, "artifacts": self.artifacts, "caches": self.caches,
                     "cache_limit": 10 << 30, "write": "refs/heads/main", "read": ["refs/heads/main"], "claims": None, **card}
        self.path = f"{server.cards}/{self.id}.json"
        with open(self.path, "w") as f:
            json.dump(self.card, f)

    def end(self):
        os.unlink(self.path)

    def environ(self):
        """What a JavaScript action finds."""
        e = {"ACTIONS_RUNTIME_URL": self.server.url + "/", "ACTIONS_RUNTIME_TOKEN": self.token,
             "ACTIONS_RESULTS_URL": self.server.url + "/", "ACTIONS_CACHE_URL": self.server.url + "/",
             "ACTIONS_CACHE_SERVICE_V2": "True", "GITHUB_RUN_ID": "1", "GITHUB_REF": "refs/heads/main",
             "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r"}
        if self.card["id_token"]:
            e["ACTIONS_ID_TOKEN_REQUEST_URL"] = self.server.url + "/oidc/token?api-version=2.0"
            e["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = self.id_token
        return e

    def call(self, method, url, body=None, headers=None, token=None, chunked=False):
        h = {"Authorization": "Bearer " + (token or self.token), **(headers or {})}
        if isinstance(body, dict):
            body = json.dumps(body)
            h["Content-Type"] = "application/json"
        status, headers, text = self.server.call(method, url, body, h, chunked)
        return status, json.loads(text) if text else None

    def twirp(self, service, method, token=None, **members):
        ids = {"workflow_run_backend_id": self.run, "workflow_job_run_backend_id": self.id} if service == "ArtifactService" else {}
        return self.call("POST", f"{RESULTS}{service}/{method}", {**ids, **members}, token=token)

    def artifact(self, method, **members):
        return self.twirp("ArtifactService", method, **members)

    def cache(self, method, **members):
        return self.twirp("CacheService", method, **members)

    def put(self, url, body, **headers):
        return self.server.call("PUT", url, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def put_blocks(self, url, data, size, order=None, prefix=b"0" * 36):
        blocks = [data[i:i + size] for i in range(0, len(data), size)]
        ids = [base64.b64encode(prefix + b"%012d" % i).decode() for i in range(len(blocks))]
        for i in order or range(len(blocks)):
            status, headers, text = self.put(f"{url}&comp=block&blockid={urllib.parse.quote(ids[i], safe='')}", blocks[i])
            assert status == 201 and headers["x-ms-request-id"], (status, text)
        return ids

    def put_list(self, url, ids, type="application/zip"):
        xml = '<?xml version="1.0" encoding="utf-8"?><BlockList>' + "".join(f"<Latest>{i}</Latest>" for i in ids) + "</BlockList>"
        return self.put(f"{url}&comp=blocklist", xml, x_ms_blob_content_type=type)

    def upload(self, name, data, size=8 << 20, order=None, hash=None, type="application/zip", **more):
        status, made = self.artifact("CreateArtifact", name=name, version=7, **more)
        assert status == 200 and made["ok"], (status, made)
        ids = self.put_blocks(made["signed_upload_url"], data, size, order)
        status, _, text = self.put_list(made["signed_upload_url"], ids, type)
        assert status == 201, (status, text)
        extra = {"size": str(len(data))} if data else {}
        return self.artifact("FinalizeArtifact", name=name, hash=hash or "sha256:" + hashlib.sha256(data).hexdigest(), **extra)

    def download(self, name):
        status, listed = self.artifact("ListArtifacts", name_filter=name)
        assert status == 200 and len(listed["artifacts"]) == 1, listed
        one = listed["artifacts"][0]
        status, signed = self.artifact("GetSignedArtifactURL", name=name)
        assert status == 200, signed
        status, headers, data = self.server.call("GET", signed["signed_url"])
        assert status == 200
        assert int(one["size"]) == len(data) and one["digest"] == "sha256:" + hashlib.sha256(data).hexdigest()
        return headers, data

    def save(self, key, data, version="v1", blocks=None):
        status, made = self.cache("CreateCacheEntry", key=key, version=version)
        if status != 200:
            return status, made
        url = made["signed_upload_url"]
        if blocks:
            status, _, text = self.put_list(url, self.put_blocks(url, data, blocks))
        else:
            status, _, text = self.put(url, data, x_ms_blob_type="BlockBlob")
        assert status == 201, (status, text)
        return self.cache("FinalizeCacheEntryUpload", key=key, version=version, size_bytes=str(len(data)))

    def restore(self, key, *more, version="v1"):
        """(matched key, content), or None"""
        status, found = self.cache("GetCacheEntryDownloadURL", key=key, restore_keys=list(more), version=version)
        assert status == 200, (status, found)
        if not found["ok"]:
            return None
        status, _, data = self.server.call("GET", found["signed_download_url"])
        assert status == 200, status
        return found["matched_key"], data
