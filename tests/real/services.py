"""Artifacts, caches and identity tokens as their clients see them on the wire. Elsewhere: clients.py and uploads.py have the same
by GitHub's own clients (names, three blocks, archives and single files, from job to job, from run to run, limit and mode), identity.py
who gets a token, unit.service addresses whose time is over, fuzz.service any bytes."""
import concurrent.futures, hashlib, http.client, json, os, socket, subprocess, threading, time, urllib.parse
from real import *
from serving import *

MIB = 1 << 20


def noise(n, seed=1):
    """n bytes that differ from block to block."""
    return b"".join(hashlib.sha256(b"%d %d" % (seed, i)).digest() * 2048 for i in range(n // 65536 + 1))[:n]


# ---- artifacts, version 4


def test_artifact_one():
    with Server() as s:
        j = s.job()
        status, done = j.upload("one", b"PK content", type="zip")
        equal((status, done["ok"]), (200, True))
        headers, data = j.download("one")
        equal(data, b"PK content")
        equal(headers["Content-Type"], "application/zip")
        assert 'filename="one.zip"' in headers["Content-Disposition"], headers["Content-Disposition"]
        with open(j.artifacts + "/one.zip", "rb") as f:
            equal(f.read(), b"PK content")
        equal([e["name"] for e in json.load(open(j.artifacts + "/.list.json"))], ["one"])


def test_artifact_blocks():
    with Server() as s:
        j = s.job()
        data = noise(20 * MIB)
        for i, order in enumerate(([0, 1, 2], [2, 0, 1], [1, 0, 2], [0, 2, 1])):
            equal(j.upload(f"many{i}", data, order=order)[0], 200, order)
            equal(j.download(f"many{i}")[1], data, order)


def test_artifact_odd_blocks():
    """Ids that do not count, sizes that differ, lists in another order, blocks that are sent again."""
    with Server() as s:
        j = s.job()
        url = j.artifact("CreateArtifact", name="odd", version=4)[1]["signed_upload_url"]
        parts = {"aaaa": b"1" * 1000, "bbbb": b"2" * 10, "cccc": b"3" * 5000, "dddd": b"never listed"}
        for id, data in parts.items():
            equal(j.put(f"{url}&comp=block&blockid={id}", data)[0], 201)
        equal(j.put(f"{url}&comp=block&blockid=bbbb", b"4" * 20)[0], 201)
        xml = "<BlockList><Uncommitted>cccc</Uncommitted><Latest> bbbb </Latest><Committed>aaaa</Committed><Latest>bbbb</Latest></BlockList>"
        equal(j.put(f"{url}&comp=blocklist", xml)[0], 201)
        want = b"3" * 5000 + b"4" * 20 + b"1" * 1000 + b"4" * 20
        equal(j.put(f"{url}&comp=block&blockid=eeee", b"late")[0], 409)
        equal(j.artifact("FinalizeArtifact", name="odd", size=len(want))[0], 200)
        equal(j.download("odd")[1], want)


def test_artifact_block_written_again():
    """After a sum over it was begun."""
    with Server() as s:
        j = s.job()
        url = j.artifact("CreateArtifact", name="again", version=4)[1]["signed_upload_url"]
        data = noise(3 * 65536)
        ids = j.put_blocks(url, noise(3 * 65536, 2), 65536)
        j.put_blocks(url, data, 65536)
        equal(j.put_list(url, ids)[0], 201)
        equal(j.put_list(url, ids)[0], 201, "the answer was lost")
        equal(j.artifact("FinalizeArtifact", name="again", size=str(len(data)), hash="sha256:" + hashlib.sha256(data).hexdigest())[0], 200)
        equal(j.download("again")[1], data)


def test_artifact_empty():
    with Server() as s:
        j = s.job()
        equal(j.upload("empty", b"")[0], 200)
        equal(j.download("empty")[1], b"")


def test_artifact_single_put_and_append():
    with Server() as s:
        j = s.job()
        url = j.artifact("CreateArtifact", name="whole", version=7, mime_type="text/plain")[1]["signed_upload_url"]
        status, headers, _ = j.put(url, b"the whole", x_ms_blob_type="BlockBlob")
        equal(status, 201)
        assert headers["ETag"] and headers["Last-Modified"]
        equal(j.artifact("FinalizeArtifact", name="whole", size="9")[0], 200)
        headers, data = j.download("whole")
        equal((headers["Content-Type"], data), ("text/plain", b"the whole"))
        assert os.path.exists(j.artifacts + "/whole")
        url = j.artifact("CreateArtifact", name="log", version=7)[1]["signed_upload_url"]
        equal(j.put(url, b"", x_ms_blob_type="AppendBlob")[0], 201)
        for part in (b"one ", b"two ", b"three"):
            equal(j.put(url + "&comp=appendblock", part)[0], 201)
        equal(j.artifact("FinalizeArtifact", name="log", size="13")[0], 200)
        equal(j.download("log")[1], b"one two three")


def test_artifact_names():
    with Server() as s:
        j = s.job()
        for name in ("größe 日本", "..", ".", ".list.json", "a%b", "x" * 250, "é" * 200, ".hidden", "a.zip", "a"):
            equal(j.upload(name, name.encode())[0], 200, name)
            equal(j.download(name)[1], name.encode(), name)
        files = [f for f in os.listdir(j.artifacts) if not f.startswith(".")]
        equal(len(files), 10, files)
        assert "größe 日本.zip" in files and "%2E..zip" in files, files
        equal(sorted(os.listdir(s.root)), sorted([os.path.basename(s.cards), os.path.basename(j.artifacts)]))
        for name in ("", "a/b", "a\\b", 'a"b', "a:b", "a<b", "a>b", "a|b", "a*b", "a?b", "a\nb", "a\rb", "x" * 2000):
            status, error = j.artifact("CreateArtifact", name=name, version=7)
            equal((status, error["code"]), (400, "invalid_argument"), name)


def test_artifact_with_hostile_paths():
    """An archive is kept as it came: what its names say is never done here."""
    import io, zipfile
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as z:
        for name in ("../x", "/abs/x", "a/../../../x", "..\\x", "fine"):
            z.writestr(name, "bad")
    with Server() as s:
        j = s.job()
        before = sorted(os.listdir(s.root))
        equal(j.upload("hostile", data.getvalue())[0], 200)
        equal(j.download("hostile")[1], data.getvalue())
        equal(sorted(f for f in os.listdir(j.artifacts) if not f.startswith(".")), ["hostile.zip"])
        equal(sorted(os.listdir(s.root)), sorted(before + [os.path.basename(j.artifacts)]))
        assert not os.path.exists("/abs")


def test_artifact_taken():
    with Server() as s:
        j, k = s.job(), s.job()
        equal(j.artifact("ListArtifacts")[1], {"artifacts": []})
        j.upload("x", b"first")
        status, error = k.artifact("CreateArtifact", name="x", version=7)
        equal((status, error["code"]), (409, "already_exists"))
        equal(k.artifact("DeleteArtifact", name="x")[0], 200)
        equal(k.artifact("ListArtifacts")[1], {"artifacts": []})
        assert not os.path.exists(j.artifacts + "/x.zip")
        equal(k.artifact("DeleteArtifact", name="x")[0], 404)
        equal(k.artifact("GetSignedArtifactURL", name="x")[0], 404)
        k.upload("x", b"second")
        equal(j.download("x")[1], b"second")
        one = j.artifact("ListArtifacts", id_filter=j.artifact("ListArtifacts")[1]["artifacts"][0]["database_id"])[1]["artifacts"][0]
        equal((one["name"], one["workflow_run_backend_id"], one["workflow_job_run_backend_id"]), ("x", "run1", k.id))
        equal(j.artifact("ListArtifacts", id_filter="99999")[1], {"artifacts": []})


def test_artifact_crashed_upload():
    with Server() as s:
        j = s.job()
        url = j.artifact("CreateArtifact", name="c", version=7)[1]["signed_upload_url"]
        j.put_blocks(url, b"lost", 10)
        equal(j.artifact("ListArtifacts")[1], {"artifacts": []})
        equal(s.job().artifact("CreateArtifact", name="c", version=7)[0], 409, "another job is at it")
        equal(j.upload("c", b"kept")[0], 200)
        equal(j.put(url + "&comp=block&blockid=AAAA", b"x")[0], 404, "the old address")
        equal(j.download("c")[1], b"kept")
        equal(os.listdir(j.artifacts + "/.incoming"), [])


def test_artifact_lies():
    with Server() as s:
        j = s.job()
        status, error = j.upload("wrong", b"content", hash="sha256:" + "0" * 64)
        equal((status, error["code"]), (400, "invalid_argument"))
        equal(j.artifact("FinalizeArtifact", name="wrong", size="3")[0], 400)
        equal(j.artifact("FinalizeArtifact", name="wrong", size="7")[0], 200)
        equal(j.artifact("FinalizeArtifact", name="wrong", size="7")[0], 200, "the answer was lost")
        equal(j.artifact("FinalizeArtifact", name="never", size="7")[0], 404)
        url = j.artifact("CreateArtifact", name="nothing", version=7)[1]["signed_upload_url"]
        equal(j.artifact("FinalizeArtifact", name="nothing")[0], 400, "no content was sent")
        status, headers, text = j.put_list(url, ["AAAA"])
        equal(status, 400)
        assert b"<Code>InvalidBlockList</Code>" in text, text
        equal(j.put(url + "&comp=lease", b"")[0], 400)
        equal(j.put(url + "&comp=block&blockid=", b"")[0], 400)


def test_artifact_tokens():
    with Server() as s:
        j, other = s.job(), s.job(run="run2")
        url = j.artifact("CreateArtifact", name="x", version=7)[1]["signed_upload_url"]
        equal(other.twirp("ArtifactService", "ListArtifacts", token=j.token)[0], 403)
        for bad in ("none", "a.b.c", j.token[:-2] + ("AA" if j.token[-2:] != "AA" else "BB"), j.token.split(".")[0] + "..",
                    ".".join((j.token.split(".")[0], b64(b'{"scp":"Actions.Results:run1:../x"}'), "x"))):
            status, error = j.twirp("ArtifactService", "ListArtifacts", token=bad)
            equal((status, error["code"]), (401, "unauthenticated"), bad)
        equal(s.call("POST", RESULTS + "ArtifactService/ListArtifacts", "{}")[0], 401)
        other.upload("mine", b"mine")
        equal(j.artifact("ListArtifacts")[1], {"artifacts": []})
        late = s.job(expires=int(time.time()) - 5)
        equal(late.artifact("ListArtifacts")[0], 401)
        j.end()
        equal(j.artifact("ListArtifacts")[0], 401, "the job is over")


def test_signatures():
    with Server() as s:
        j = s.job()
        j.upload("x", b"content")
        up = j.artifact("CreateArtifact", name="y", version=7)[1]["signed_upload_url"]
        down = j.artifact("GetSignedArtifactURL", name="x")[1]["signed_url"]
        equal(len(urllib.parse.urlparse(up).path.strip("/").split("/")), 3)
        def change(url, **q):
            u = urllib.parse.urlparse(url)
            query = {k: v[0] for k, v in urllib.parse.parse_qs(u.query).items()}
            query.update(q)
            return u.path + "?" + urllib.parse.urlencode(query)
        for url, method in ((up, "PUT"), (down, "GET")):
            for bad in (change(url, sig="0" * 64), change(url, sig=""), change(url, se="1"), change(url, se=str(int(time.time()) + 10**6)),
                        urllib.parse.urlparse(url).path, url.replace("/blob/artifact", "/blob/cache")):
                status, headers, text = s.call(method, bad, b"x" if method == "PUT" else None)
                equal(status, 403, bad)
                assert b"AuthenticationFailed" in text
        equal(s.call("PUT", down, b"x")[0], 403)
        equal(s.call("GET", up)[0], 403)
        equal(s.call("DELETE", up)[0], 405)


def test_ranges():
    with Server() as s:
        j = s.job()
        data = noise(100000)
        j.upload("x", data)
        url = j.artifact("GetSignedArtifactURL", name="x")[1]["signed_url"]
        status, headers, body = s.call("HEAD", url)
        equal((status, int(headers["Content-Length"]), body), (200, len(data), b""))
        for asked, want in (("bytes=0-0", data[:1]), ("bytes=5-999", data[5:1000]), ("bytes=99990-", data[99990:]), ("bytes=-7", data[-7:]),
                            ("bytes=99999-200000", data[-1:])):
            status, headers, body = s.call("GET", url, headers={"Range": asked})
            equal((status, body), (206, want), asked)
            assert headers["Content-Range"].endswith("/100000")
        equal(s.call("GET", url, headers={"Range": "bytes=100000-"})[0], 416)
        for odd in ("bytes=1-2,4-5", "lines=1-2", "bytes=b-a", "bytes=5-2"):
            equal(s.call("GET", url, headers={"Range": odd})[::2], (200, data), odd)


# ---- artifacts, version 3


def test_containers():
    import gzip
    with Server() as s:
        j = s.job()
        base = "/_apis/pipelines/workflows/1/artifacts?api-version=6.0-preview"
        status, made = j.call("POST", base, {"Type": "actions_storage", "Name": "old"})
        equal(status, 201)
        container = made["fileContainerResourceUrl"]
        def put(path, data, **headers):
            return j.call("PUT", container + "?itemPath=" + urllib.parse.quote(path, safe=""), data,
                          {k.replace("_", "-"): v for k, v in headers.items()})[0]
        plain, text = noise(20000), b"text " * 1000
        equal(put("old/dir/a.bin", plain[:8000], Content_Range="bytes 0-7999/20000"), 200)
        equal(put("old/dir/a.bin", plain[8000:], Content_Range="bytes 8000-19999/20000"), 201)
        packed = gzip.compress(text)
        equal(put("old\\b.txt", packed, Content_Range=f"bytes 0-{len(packed) - 1}/{len(packed)}", Content_Encoding="gzip",
                  x_tfs_filelength=str(len(text))), 201)
        equal(put("old/empty", b"", Content_Range="bytes 0--1/0"), 201)
        for bad in ("old/../x", "../x", "/etc/x", "old//x", "old/.", "old", "", "new/x", "old/a/../../../x"):
            assert put(bad, b"x") in (400, 404), bad
        for bad in ("bytes 5-2/10", "bytes 0-99/10", "items 0-1/2", "bytes a-b/c"):
            equal(put("old/c", b"x", Content_Range=bad), 400, bad)
        equal(j.call("PATCH", base + "&artifactName=old", {"Size": 1})[1], {"message": "success"})
        equal(j.call("PATCH", base + "&artifactName=new", {"Size": 1})[0], 404)
        status, listed = j.call("GET", base)
        equal((listed["count"], listed["value"][0]["name"]), (1, "old"))
        items = j.call("GET", listed["value"][0]["fileContainerResourceUrl"] + "?itemPath=old")[1]["value"]
        found = {i["path"]: i for i in items}
        equal(sorted(found), ["old/b.txt", "old/dir/a.bin", "old/empty"])
        auth = {"Authorization": "Bearer " + j.token, "Accept-Encoding": "gzip"}
        equal(s.call("GET", found["old/dir/a.bin"]["contentLocation"], headers=auth)[2], plain)
        status, headers, body = s.call("GET", found["old/b.txt"]["contentLocation"], headers=auth)
        equal((headers["Content-Encoding"], gzip.decompress(body)), ("gzip", text))
        equal(s.call("GET", found["old/b.txt"]["contentLocation"])[0], 401)
        equal(open(j.artifacts + "/old/dir/a.bin", "rb").read(), plain)
        equal(sorted(os.listdir(j.artifacts + "/old")), ["b.txt.gz", "dir", "empty"])
        equal(j.artifact("ListArtifacts")[1], {"artifacts": []})


# ---- caches


def test_cache():
    with Server() as s:
        j = s.job()
        equal(j.restore("k"), None)
        status, done = j.save("k", b"content")
        equal((status, done["ok"]), (200, True))
        equal(j.restore("k"), ("k", b"content"))
        status, error = j.save("k", b"other")
        equal((status, error["code"]), (409, "already_exists"))
        equal(j.restore("k", version="v2"), None)
        equal(j.save("k", b"other version", version="v2")[0], 200)
        equal(j.restore("k"), ("k", b"content"))
        equal(j.restore("K"), None, "case counts")
        number = j.cache("CreateCacheEntry", key="n", version="v1")[1]["signed_upload_url"]
        j.put(number, b"12345", x_ms_blob_type="BlockBlob")
        equal(j.cache("FinalizeCacheEntryUpload", key="n", version="v1", size_bytes=5)[1]["ok"], True)


def test_cache_match():
    with Server() as s:
        j = s.job()
        for key in ("npm-1-a", "npm-1-b", "npm-2", "npm-1"):
            j.save(key, key.encode())
            time.sleep(0.005)  # creation times are milliseconds
        equal(j.restore("npm-1")[0], "npm-1", "exact before prefix")
        equal(j.restore("npm-1-")[0], "npm-1-b", "the key itself as prefix, the newest")
        equal(j.restore("npm-3", "npm-")[0], "npm-1", "newest of a restore key")
        equal(j.restore("npm-3", "npm-1-a", "npm-2")[0], "npm-1-a", "restore keys in order")
        equal(j.restore("npm-3", "yarn-"), None)
        many = [f"x{i}" for i in range(11)]
        status, error = j.cache("GetCacheEntryDownloadURL", key="x", restore_keys=many, version="v1")
        equal((status, error["code"]), (400, "invalid_argument"))
        for bad in ("", "a,b", "k" * 3000):
            equal(j.cache("CreateCacheEntry", key=bad, version="v1")[0], 400)
        equal(j.cache("CreateCacheEntry", key="k", version="")[0], 400)


def test_cache_scopes():
    with Server() as s:
        main = s.job()
        feature = s.job(write="refs/heads/feature", read=["refs/heads/feature", "refs/heads/main"])
        sibling = s.job(write="refs/heads/sibling", read=["refs/heads/sibling", "refs/heads/main"])
        pull = s.job(write="refs/pull/1/merge", read=["refs/pull/1/merge", "refs/heads/feature", "refs/heads/main"])
        main.save("k", b"main")
        equal(feature.restore("k"), ("k", b"main"))
        equal(feature.save("k", b"feature")[0], 200, "a scope of its own")
        equal(feature.restore("k"), ("k", b"feature"))
        equal(sibling.restore("k"), ("k", b"main"))
        equal(pull.restore("k"), ("k", b"feature"))
        feature.save("feature only", b"x")
        equal(sibling.restore("feature only"), None)
        equal(main.restore("feature only"), None)
        main.save("prefix-long", b"1")
        equal(feature.restore("none", "prefix-"), ("prefix-long", b"1"))


def test_cache_denied():
    """GitHub's words, by how clients know that it is no accident."""
    no_write, no_read = "cache write denied: token has no writable scopes", "cache read denied: token has no readable scopes"
    with Server() as s:
        there = s.job()
        there.save("k", b"content")
        reads, writes, none = s.job(write=""), s.job(read=[]), s.job(write="", read=[])
        for j in (reads, none):
            equal(j.cache("CreateCacheEntry", key="new", version="v1"), (200, {"ok": False, "message": no_write}))
            status, answer = j.call("POST", "/_apis/artifactcache/caches", {"key": "new", "version": "v1"})
            equal((status, answer["message"]), (403, no_write))
        for j in (writes, none):
            status, answer = j.cache("GetCacheEntryDownloadURL", key="k", version="v1", restore_keys=[])
            equal((status, answer["msg"]), (403, no_read))
            status, answer = j.call("GET", "/_apis/artifactcache/cache?keys=k&version=v1")
            equal((status, answer["message"]), (403, no_read))
        equal(reads.cache("GetCacheEntryDownloadURL", key="k", version="v1", restore_keys=[])[1]["ok"], True)
        writes.save("mine", b"more")
        equal(there.cache("GetCacheEntryDownloadURL", key="mine", version="v1", restore_keys=[])[1]["ok"], True)


def test_cache_large():
    with Server() as s:
        j = s.job()
        data = noise(140 * MIB)
        equal(j.save("large", data, blocks=64 * MIB)[1]["ok"], True)
        equal(hashlib.sha256(j.restore("large")[1]).digest(), hashlib.sha256(data).digest())
        url = j.cache("GetCacheEntryDownloadURL", key="large", version="v1")[1]["signed_download_url"]
        equal(int(s.call("HEAD", url)[1]["Content-Length"]), len(data))
        equal(s.call("GET", url, headers={"Range": "bytes=100000000-100000099"})[::2], (206, data[100000000:100000100]))


def test_cache_half():
    with Server() as s:
        j, k = s.job(), s.job()
        url = j.cache("CreateCacheEntry", key="h", version="v1")[1]["signed_upload_url"]
        j.put(url + "&comp=block&blockid=AAAA", b"half")
        equal(k.restore("h"), None)
        equal(k.save("h", b"x")[0], 409, "somebody is at it")
        status, answer = j.cache("FinalizeCacheEntryUpload", key="h", version="v1", size_bytes="4")
        equal((status, answer["ok"]), (200, False))
        j.put_list(url, ["AAAA"])
        equal(j.cache("FinalizeCacheEntryUpload", key="h", version="v1", size_bytes="5")[1]["ok"], False, "another size")
        equal(k.restore("h"), None)
        equal(k.save("h", b"whole")[1]["ok"], True)
        equal(k.cache("FinalizeCacheEntryUpload", key="h", version="v1", size_bytes="5")[0], 404)


def test_cache_two_processes():
    """The same key saved at once: one of them wins, and both see the same afterwards."""
    with Server() as a, Server(root=a.root) as b:
        x, y = a.job(), b.job()
        urls = [j.cache("CreateCacheEntry", key="k", version="v1")[1]["signed_upload_url"] for j in (x, y)]
        for j, url, data in ((x, urls[0], b"xx"), (y, urls[1], b"yyy")):
            j.put(url, data, x_ms_blob_type="BlockBlob")
        ends = [j.cache("FinalizeCacheEntryUpload", key="k", version="v1", size_bytes=str(n))[1] for j, n in ((x, 2), (y, 3))]
        equal([e["ok"] for e in ends], [True, False])
        equal(x.restore("k"), ("k", b"xx"))
        equal(y.restore("k"), ("k", b"xx"))
        equal(len([f for f in os.listdir(x.caches) if f.endswith(".data")]), 1)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            jobs = [a.job() for _ in range(8)] + [b.job() for _ in range(8)]
            done = list(pool.map(lambda j: j.save("race", j.id.encode()), jobs))
        equal(sum(status == 200 and d["ok"] for status, d in done), 1, done)
        equal(x.restore("race")[1], y.restore("race")[1])


def test_cache_eviction():
    with Server() as s:
        j = s.job(cache_limit=3000)
        for i in range(3):
            j.save(f"e{i}", b"x" * 1000)
        card = next(f for f in os.listdir(j.caches) if f.endswith(".json") and json.load(open(f"{j.caches}/{f}"))["key"] == "e1")
        now = time.time()
        for f in os.listdir(j.caches):
            if f.endswith(".json"):
                os.utime(f"{j.caches}/{f}", (now - 100, now - 100))
        os.utime(f"{j.caches}/{card}", (now - 200, now - 200))
        j.restore("e1")  # the longest unused until now
        os.utime(next(f"{j.caches}/{f}" for f in os.listdir(j.caches) if f.endswith(".json") and
                      json.load(open(f"{j.caches}/{f}"))["key"] == "e0"), (now - 300, now - 300))
        j.save("e3", b"x" * 1000)
        equal([k for k in ("e0", "e1", "e2", "e3") if j.restore(k)], ["e1", "e2", "e3"])
        status, answer = j.save("huge", b"x" * 4000)
        equal((status, answer["ok"]), (200, False))
        equal(len(os.listdir(j.caches)), 7, "three entries, and the folder of uploads")
        for f in os.listdir(j.caches):
            if f.endswith(".json"):
                os.utime(f"{j.caches}/{f}", (now - 8 * 86400,) * 2)
        open(f"{j.caches}/incoming/left", "w").close()
        os.utime(f"{j.caches}/incoming/left", (now - 2 * 86400,) * 2)
        open(f"{j.caches}/loose-x.data", "w").close()
        os.utime(f"{j.caches}/loose-x.data", (now - 7200,) * 2)
        j.save("e4", b"x")
        equal([k for k in ("e1", "e2", "e3", "e4") if j.restore(k)], ["e4"], "unused for a week")
        equal(os.listdir(j.caches + "/incoming"), [])
        assert not os.path.exists(f"{j.caches}/loose-x.data")


def test_cache_v1():
    with Server() as s:
        j = s.job()
        base = "/_apis/artifactcache/"
        def find(keys, version="v"):
            return j.call("GET", f"{base}cache?keys={urllib.parse.quote(keys)}&version={version}")
        equal(find("a,b"), (204, None))
        status, made = j.call("POST", base + "caches", {"key": "a-1", "version": "v", "cacheSize": 100000})
        equal(status, 201)
        data, id = noise(100000), made["cacheId"]
        equal(j.call("POST", base + "caches", {"key": "a-1", "version": "v"})[0], 409)
        for from_ in (60000, 0, 30000, 30000):
            part = data[from_:min(from_ + 30000, 100000)] if from_ else data[:30000]
            if from_ == 60000:
                part = data[60000:]
            c = http.client.HTTPConnection("127.0.0.1", s.port, timeout=60)
            c.request("PATCH", f"{base}caches/{id}", iter([part[:100], part[100:]]), {
                "Authorization": "Bearer " + j.token, "Content-Range": f"bytes {from_}-{from_ + len(part) - 1}/*",
                "Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"}, encode_chunked=True)
            r = c.getresponse()
            equal((r.status, r.headers["Connection"].lower()), (204, "close"))
            r.read()
        equal(j.call("POST", f"{base}caches/{id}", {"size": 100001})[0], 400)
        equal(find("a-1"), (204, None))
        equal(j.call("POST", f"{base}caches/{id}", {"size": 100000})[0], 204)
        status, hit = find("none,a-")
        equal((status, hit["cacheKey"], hit["scope"], hit["result"]), (200, "a-1", "refs/heads/main", "hit"))
        equal(s.call("GET", hit["archiveLocation"])[2], data)
        equal(j.restore("a-1", version="v"), ("a-1", data), "both versions share the entries")
        equal(j.call("GET", base + "caches?key=a")[1]["totalCount"], 1)
        equal(j.call("POST", base + "caches", {"key": "b", "version": "v", "cacheSize": 11 << 30})[0], 400)
        equal(s.job().call("PATCH", f"{base}caches/{id}", b"x", {"Content-Range": "bytes 0-0/*"})[0], 404)
        equal(s.call("GET", base + "cache?keys=a&version=v")[0], 401)
        status, made = j.call("POST", base + "caches", {"key": "gap", "version": "v"})
        j.call("PATCH", f"{base}caches/{made['cacheId']}", b"x" * 10, {"Content-Range": "bytes 0-9/*"})
        j.call("PATCH", f"{base}caches/{made['cacheId']}", b"x" * 10, {"Content-Range": "bytes 20-29/*"})
        equal(j.call("PATCH", f"{base}caches/{made['cacheId']}", b"x", {"Content-Range": "bytes x"})[0], 400)
        assert j.call("PATCH", f"{base}caches/{made['cacheId']}", b"x" * 11, {"Content-Range": "bytes 0-9/*"})[0] == 413
        equal(j.call("POST", f"{base}caches/{made['cacheId']}", {"size": 30})[0], 400, "a gap")


# ---- identity tokens


def verify(jwt, keys):
    """The claims, when openssl says that the signature holds."""
    head, body, signature = jwt.split(".")
    kid = json.loads(unb64(head))["kid"]
    key = next(k for k in keys if k["kid"] == kid)
    def integer(b):
        b = (b"\0" if b[0] & 0x80 else b"") + b
        return b"\x02" + length(len(b)) + b
    def length(n):
        return bytes([n]) if n < 128 else bytes([0x82, n >> 8, n & 255])
    n, e = unb64(key["n"]), unb64(key["e"])
    assert n[0] != 0 and len(n) == 256
    rsa = integer(n) + integer(e)
    rsa = b"\x30" + length(len(rsa)) + rsa
    bits = b"\x03" + length(len(rsa) + 1) + b"\0" + rsa
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    der = b"\x30" + length(len(algorithm + bits)) + algorithm + bits
    d = tempfile.mkdtemp(dir=BASE)
    for name, data in (("key", der), ("sig", unb64(signature)), ("text", (head + "." + body).encode())):
        with open(f"{d}/{name}", "wb") as f:
            f.write(data)
    said = subprocess.run(["openssl", "dgst", "-sha256", "-verify", f"{d}/key", "-keyform", "DER", "-signature", f"{d}/sig", f"{d}/text"],
                          capture_output=True, text=True)
    assert said.returncode == 0, said.stderr + said.stdout
    return json.loads(unb64(body))


def test_identity():
    claims = {"sub": "repo:o/r:ref:refs/heads/main", "aud": "https://github.com/o", "repository": "o/r"}
    with Server() as s:
        j = s.job(claims=claims)
        config = json.loads(s.call("GET", "/.well-known/openid-configuration")[2])
        equal(config["issuer"], s.url)
        keys = json.loads(s.call("GET", config["jwks_uri"])[2])["keys"]
        for query, audience in (("", "https://github.com/o"), ("&audience=sts%3A%2F%2Fx%20y", "sts://x y")):
            status, answer = j.call("GET", "/oidc/token?api-version=2.0" + query, token=j.id_token)
            equal(status, 200)
            got = verify(answer["value"], keys)
            equal((got["aud"], got["iss"], got["sub"], got["repository"]), (audience, s.url, claims["sub"], "o/r"))
            assert got["nbf"] <= time.time() < got["exp"] <= time.time() + 601 and got["jti"]
        equal(j.call("GET", "/oidc/token?x=1", token=j.token)[0], 401, "the token of the run is another one")
        equal(j.artifact("ListArtifacts")[0], 200)
        equal(j.twirp("ArtifactService", "ListArtifacts", token=j.id_token)[0], 401)
        k = s.job()
        equal(k.call("GET", "/oidc/token?x=1", token=k.token)[0], 401)
        equal(k.call("GET", "/oidc/token?x=1", token=k.id_token)[0], 401)


# ---- the server


def test_strange_requests():
    with Server() as s:
        j = s.job()
        equal(j.artifact("MakeArtifact")[0], 404)
        equal(j.call("GET", RESULTS + "ArtifactService/ListArtifacts")[0], 404)
        for path in ("/", "/twirp/", "/blob/", "/blob/artifact", "/_apis/", "/_apis/artifactcache/x", "/%00", "/../../etc/passwd"):
            status, headers, text = s.call("GET", path, headers={"Authorization": "Bearer " + j.token})
            assert 400 <= status < 500, (path, status)
        for body in (b"", b"[", b"[]", b"3", b"\xff\xfe", b"{}}", b'{"name":' + b"[" * 200 + b"]" * 200 + b"}"):
            status, headers, text = s.call("POST", RESULTS + "ArtifactService/CreateArtifact", body, {"Authorization": "Bearer " + j.token})
            equal(status, 400, body[:20])
            json.loads(text)
        status, answer = j.call("POST", RESULTS + "ArtifactService/CreateArtifact", b"x" * (9 * MIB))
        equal(status, 413)
        for raw in (b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02", b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            with socket.create_connection(("127.0.0.1", s.port), timeout=60) as c:
                c.sendall(raw)
        equal(j.artifact("ListArtifacts")[0], 200)


def test_expect_continue():
    with Server() as s:
        j = s.job()
        url = j.artifact("CreateArtifact", name="c", version=7)[1]["signed_upload_url"]
        with socket.create_connection(("127.0.0.1", s.port), timeout=60) as c:
            c.sendall(f"PUT {url[len(s.url):]} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n".encode())
            assert c.recv(4096).startswith(b"HTTP/1.1 100 ")
            c.sendall(b"abc")
            assert c.recv(4096).startswith(b"HTTP/1.1 201 ")


def test_stalled_clients():
    """Two hundred that have begun something and say no more: others are served at once, and what was begun is forgotten."""
    with Server() as s:
        j = s.job()
        stalled = []
        for i in range(200):
            c = socket.create_connection(("127.0.0.1", s.port), timeout=60)
            if i % 2:
                url = j.artifact("CreateArtifact", name=f"s{i}", version=7)[1]["signed_upload_url"]
                c.sendall(f"PUT {url[len(s.url):]} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode() + b"x" * 1000)
            else:
                c.sendall(b"POST /twirp/x HTTP/1.1\r\nHost:")
            stalled.append(c)
        begun = time.monotonic()
        j.upload("x", noise(10 * MIB))
        equal(len(j.download("x")[1]), 10 * MIB)
        assert time.monotonic() - begun < 30
        for c in stalled:
            c.close()
        equal(j.upload("s1", b"again")[0], 200)
        equal(j.download("s1")[1], b"again")


def test_interrupted_upload():
    """A client that goes in the middle of a block leaves no block."""
    with Server() as s:
        j = s.job()
        url = j.artifact("CreateArtifact", name="i", version=7)[1]["signed_upload_url"]
        with socket.create_connection(("127.0.0.1", s.port), timeout=60) as c:
            c.sendall(f"PUT {url[len(s.url):]}&comp=block&blockid=AAAA HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode() + b"x" * 10)
        equal(j.put_list(url, ["AAAA"])[0], 400)


def test_many_at_once():
    with Server() as s:
        j = s.job()
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            done = list(pool.map(lambda i: j.upload(f"p{i}", noise(300000, i), 65536), range(48)))
        equal([d[0] for d in done], [200] * 48)
        for i in range(0, 48, 7):
            equal(j.download(f"p{i}")[1], noise(300000, i))
        equal(len(j.artifact("ListArtifacts")[1]["artifacts"]), 48)


def test_no_room():
    """A full disk is told as such, and the server goes on."""
    with Server(largest=100000) as s:
        j = s.job()
        url = j.artifact("CreateArtifact", name="big", version=7)[1]["signed_upload_url"]
        status, headers, text = j.put(url, b"x" * 200000, x_ms_blob_type="BlockBlob")
        equal(status, 507, text)
        equal(j.upload("small", b"x")[0], 200)


main(globals())
