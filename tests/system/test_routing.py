# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests at a node that does not have their bucket: they are answered as by the one that has it."""

import concurrent.futures
import hashlib
import http.client
import itertools
import re
import socket
import time
import urllib.request
import zlib

import pytest

from node import ACCESS_KEY, SECRET_KEY, poll
from routing import bucket, cluster, edge, names, nodes, owner
from sigv4_raw import STREAMING, STREAMING_TRAILER, UNSIGNED, UNSIGNED_TRAILER, RawClient, Signer, amz_now
from sigv4_raw import canonical_query, encode
from support import (MIB, SMALLEST_PART, base64_of, complete, put_part, quoted_md5, random_bytes, raw_client,
                     set_versioning, start_upload)
from test_raw_http import Wire, request_text

# What two nodes say differently of one thing.
OWN_HEADERS = {"date", "x-amz-request-id", "x-amz-id-2"}
CLIENT_ADDRESS = "127.0.0.9"  # another one than the nodes' own


def told(answer):
    """All of an answer that must be the same at every node."""
    headers = sorted((name.lower(), value) for name, value in answer.header_list if name.lower() not in OWN_HEADERS)
    body = re.sub(rb"<(RequestId|HostId)>[^<]*</", rb"<\1></", answer.body)
    return answer.status, headers, body


# --- As at the owner -----------------------------------------------------------------------------------------------

READS = [
    ("HEAD", "", ()), ("GET", "", ()), ("GET", "", (("list-type", "2"),)), ("GET", "", (("versions", ""),)),
    ("GET", "", (("location", ""),)), ("GET", "", (("versioning", ""),)), ("GET", "", (("acl", ""),)),
    ("GET", "", (("uploads", ""),)), ("GET", "", (("list-type", "2"), ("prefix", "a/"), ("delimiter", "/"))),
    ("GET", "/small", ()), ("HEAD", "/small", ()), ("GET", "/large", ()), ("HEAD", "/large", ()),
    ("GET", "/empty", ()), ("GET", "/none", ()), ("HEAD", "/none", ()), ("GET", "/small", (("tagging", ""),)),
    ("GET", "/small", (("acl", ""),)), ("GET", "/small", (("attributes", ""),)),
    ("GET", "/small", (("versionId", "null"),)), ("GET", "/small", (("versionId", "broken"),)),
    ("GET", "/small", (("response-content-type", "text/x-other"),)), ("GET", "/a/b%c d+\xe9", ()),
    ("GET", "", (("policy", ""),)), ("GET", "/small", (("partNumber", "1"),)), ("GET", "/small", (("torrent", ""),)),
]


@pytest.fixture(scope="module")
def filled(cluster):
    """A bucket of the first node with something of everything."""
    name, owner = next(names), raw_client(cluster[0])
    owner.put("/" + name).expect(200)
    set_versioning(owner, name, "Enabled")
    owner.put(f"/{name}/small", b"first").expect(200)
    owner.put(f"/{name}/small", b"small", {"content-type": "text/x-small", "x-amz-meta-colour": "red",
                                           "x-amz-tagging": "a=1&b=2", "cache-control": "no-cache"}).expect(200)
    owner.put(f"/{name}/large", random_bytes(3 * MIB, 1)).expect(200)
    owner.put(f"/{name}/empty").expect(200)
    owner.put(f"/{name}/a/b%c d+\xe9", b"odd").expect(200)
    owner.put(f"/{name}/gone", b"gone").expect(200)
    owner.delete(f"/{name}/gone").expect(204)
    start_upload(owner, f"/{name}/begun")
    return name


@pytest.mark.parametrize("method, path, query", READS,
                         ids=lambda value: ascii(value) if isinstance(value, str) else canonical_query(list(value)))
def test_every_node_tells_the_same(nodes, filled, method, path, query):
    answers = [told(raw_client(node).request(method, f"/{filled}{path}", query=list(query), headers={
        "x-amz-checksum-mode": "ENABLED", "x-amz-object-attributes": "ETag,ObjectSize,StorageClass"}
        if path else None)) for node in nodes]
    assert answers[1] == answers[0]
    assert answers[2] == answers[0]


@pytest.mark.parametrize("headers", [
    {"range": "bytes=0-0"}, {"range": "bytes=-7"}, {"range": "bytes=1000000-2000000"}, {"range": "bytes=9999999-"},
    {"if-none-match": quoted_md5(random_bytes(3 * MIB, 1))}, {"if-match": '"other"'},
    {"if-modified-since": "Wed, 01 Jan 2100 00:00:00 GMT"}, {"x-amz-expected-bucket-owner": "f" * 64},
], ids=str)
def test_ranges_and_conditions_are_judged_by_the_owner(nodes, filled, headers):
    answers = [told(raw_client(node).get(f"/{filled}/large", headers)) for node in nodes]
    assert answers[1] == answers[0]
    assert answers[2] == answers[0]


def test_refusals_are_the_owners_or_the_same(nodes, filled):
    for change in ({"signer": Signer(ACCESS_KEY, "wrong")}, {"signer": Signer("UNKNOWNKEY0000000009", "x")},
                   {"amz_date": "20200101T000000Z"}):
        answers = [raw_client(node).get(f"/{filled}/small", **change) for node in nodes]
        assert len({(answer.status, answer.code) for answer in answers}) == 1
        assert answers[0].status == 403


def test_every_change_goes_through(owner, edge, bucket):
    """A life of objects, written at one node and checked at the other, in turns."""
    for one, other in ((edge, owner), (owner, edge)):
        set_versioning(one, bucket, "Enabled")
        assert other.get("/" + bucket, query=[("versioning", "")]).text_of("Status") == "Enabled"
        version = one.put(f"/{bucket}/key", b"value", {"x-amz-meta-a": "b"}).expect(200).headers["x-amz-version-id"]
        assert other.get(f"/{bucket}/key").expect(200).body == b"value"
        one.put(f"/{bucket}/key", b"<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
                query=[("tagging", "")]).expect(200)
        assert other.get(f"/{bucket}/key", query=[("tagging", "")]).text_of("TagSet/Tag/Key") == "k"
        one.delete(f"/{bucket}/key", query=[("tagging", "")]).expect(204)
        marker = one.delete(f"/{bucket}/key").expect(204).headers["x-amz-version-id"]
        other.get(f"/{bucket}/key").expect(404, "NoSuchKey")
        one.put(f"/{bucket}/key", b"again", {"if-none-match": "*"}).expect(200)
        one.put(f"/{bucket}/key", b"never", {"if-none-match": "*"}).expect(412)
        document = "".join(f"<Object><Key>key</Key><VersionId>{each}</VersionId></Object>"
                           for each in (version, marker))
        body = f"<Delete>{document}</Delete>".encode()
        digest = {"content-md5": base64_of(hashlib.md5(body).digest())}
        assert len(one.post("/" + bucket, body, digest, [("delete", "")]).expect(200).texts_of("Deleted/Key")) == 2
        for each in other.get("/" + bucket, query=[("versions", "")]).texts_of("Version/VersionId"):
            one.delete(f"/{bucket}/key", query=[("versionId", each)]).expect(204)


def test_an_upload_in_parts_may_use_every_node(nodes, bucket):
    clients = [raw_client(node) for node in nodes]
    path, parts = f"/{bucket}/whole", []
    upload = start_upload(clients[1], path, {"content-type": "text/x-whole"})
    data = [random_bytes(SMALLEST_PART, 1), random_bytes(SMALLEST_PART + 1, 2), random_bytes(10, 3)]
    for number, (client, body) in enumerate(zip(clients, data), 1):
        parts.append((number, put_part(client, path, upload, number, body).expect(200).etag))
    listed = [told(client.get(path, query=[("uploadId", upload)])) for client in clients]
    assert listed[1] == listed[0] and listed[2] == listed[0]

    done = complete(clients[2], path, upload, parts).expect(200)

    assert done.text_of("Location") == f"http://{clients[2].host}{path}"
    for client in clients:
        got = client.get(path).expect(200)
        assert got.body == b"".join(data)
        assert got.headers["content-type"] == "text/x-whole"
    complete(clients[1], path, upload, parts).expect(200)
    abandoned = start_upload(clients[1], path)
    clients[2].delete(path, query=[("uploadId", abandoned)]).expect(204)
    put_part(clients[0], path, abandoned, 1, b"x").expect(404, "NoSuchUpload")


@pytest.mark.parametrize("size", [0, 1, 100_000, 256 * 1024, 256 * 1024 + 1, 5 * MIB])
def test_every_form_of_a_body_arrives(owner, edge, bucket, size):
    data = random_bytes(size, size)
    crc = [("x-amz-checksum-crc32", base64_of(zlib.crc32(data).to_bytes(4, "big")))]
    chunks = [data[at:at + 70_000] for at in range(0, size, 70_000)]
    edge.put(f"/{bucket}/signed", data).expect(200)
    edge.put(f"/{bucket}/unsigned", data, payload_hash=UNSIGNED).expect(200)
    edge.put_chunks(f"/{bucket}/chunks", chunks, STREAMING).expect(200)
    edge.put_chunks(f"/{bucket}/trailer", chunks, STREAMING_TRAILER, crc).expect(200)
    edge.put_chunks(f"/{bucket}/unsigned-trailer", chunks, UNSIGNED_TRAILER, crc).expect(200)
    for name in ("signed", "unsigned", "chunks", "trailer", "unsigned-trailer"):
        assert owner.get(f"/{bucket}/{name}").expect(200).body == data, name
        assert edge.get(f"/{bucket}/{name}").expect(200).body == data, name

    edge.put(f"/{bucket}/bad", data, payload_hash=hashlib.sha256(b"other").hexdigest()).expect(
        400, "XAmzContentSHA256Mismatch")
    owner.head(f"/{bucket}/bad").expect(404)


def test_presigned_addresses_work_at_every_node(nodes, bucket):
    for node, method, status in itertools.product(nodes, ("PUT", "GET"), (200,)):
        client, path = raw_client(node), encode(f"/{bucket}/presigned", True)
        query = Signer(ACCESS_KEY, SECRET_KEY).presigned_query(method, path, [], client.host, 60, amz_now())
        body = b"by address" if method == "PUT" else b""
        head = {"host": client.host, **({"content-length": str(len(body))} if body else {})}
        answer = client.send(method, f"{path}?{canonical_query(query)}", head, body).expect(status)
        assert method == "PUT" or answer.body == b"by address"


def test_100_comes_only_when_the_owner_wants_the_body(nodes, edge, bucket):
    expecting = ["Content-Length: 300000", "Expect: 100-continue"]
    body = random_bytes(300_000)
    with Wire(nodes[1].s3_port) as wire:
        wire.send(request_text(edge, "PUT", f"/{bucket}/key", body, expecting))
        assert wire.answer()[0] == 100
        wire.send(body)
        assert wire.answer()[0] == 200
    with Wire(nodes[1].s3_port) as wire:
        wire.send(request_text(edge, "PUT", f"/{bucket}/key", body, [*expecting, "If-None-Match: *"]))
        status = wire.answer()[0]
        if status == 100:  # the condition is judged with the write
            wire.send(body)
            status = wire.answer()[0]
        assert status == 412
    assert edge.get(f"/{bucket}/key").expect(200).body == body


# --- At once -------------------------------------------------------------------------------------------------------

def test_a_new_bucket_is_known_everywhere_at_once(nodes):
    clients = [raw_client(node) for node in nodes]
    for turn in range(12):
        name, maker = next(names), clients[turn % 3]
        maker.put("/" + name).expect(200)
        for client in clients:
            client.put(f"/{name}/{client.port}", b"x").expect(200)
            assert name in client.get("/").texts_of("Buckets/Bucket/Name")
        for client in clients:
            clients[(turn + 1) % 3].delete(f"/{name}/{client.port}").expect(204)
        clients[(turn + 2) % 3].delete("/" + name).expect(204)
        for client in clients:
            client.put(f"/{name}/key", b"x").expect(404, "NoSuchBucket")
            client.head("/" + name).expect(404)
            assert name not in client.get("/").texts_of("Buckets/Bucket/Name")
        clients[(turn + 1) % 3].put("/" + name).expect(200)  # another one of the same name, elsewhere
        for client in clients:
            client.head("/" + name).expect(200)


def test_of_many_that_make_one_bucket_at_once_one_wins(nodes, cluster):
    console = cluster.console(nodes[0])
    keys = []
    for number in range(3):
        user = console.post("/users", {"username": f"maker-{time.monotonic_ns()}-{number}",
                                       "password": "maker-Password-1", "roles": ["user"]}).expect(201).data
        key = console.post(f"/users/{user['id']}/access-keys", {}).expect(201).data
        keys.append(Signer(key["id"], key["secret"]))
    with concurrent.futures.ThreadPoolExecutor(9) as threads:
        for _ in range(40):
            name = next(names)
            clients = [RawClient(node.s3_port, signer) for node, signer in zip(nodes, keys)]
            answers = list(threads.map(lambda client: client.put("/" + name), clients))
            statuses = sorted(answer.status for answer in answers)
            assert statuses.count(200) == 1 and statuses[1:] == [409, 409], answers
            assert {answer.code for answer in answers if answer.status == 409} <= {
                "BucketAlreadyExists", "OperationAborted"}
            winner = next(signer for answer, signer in zip(answers, keys) if answer.status == 200)
            for node in nodes:
                RawClient(node.s3_port, winner).put(f"/{name}/key", b"x").expect(200)


def test_a_new_user_works_everywhere_at_once(nodes, cluster):
    for turn, maker in enumerate((nodes[1], nodes[2], nodes[0])):
        console = cluster.console(maker)
        user = console.post("/users", {"username": f"new-{time.monotonic_ns()}", "password": "new-Password-1",
                                       "roles": ["user"]}).expect(201).data
        key = console.post(f"/users/{user['id']}/access-keys", {}).expect(201).data
        signer, name = Signer(key["id"], key["secret"]), next(names)
        RawClient(nodes[turn].s3_port, signer).put("/" + name).expect(200)
        for node in nodes:
            RawClient(node.s3_port, signer).put(f"/{name}/key", b"x").expect(200)
        console.delete(f"/users/{user['id']}/access-keys/{key['id']}").expect((200, 204))
        for node in nodes:
            RawClient(node.s3_port, signer).get(f"/{name}/key").expect(403)


# --- Copies --------------------------------------------------------------------------------------------------------

@pytest.fixture
def two_buckets(nodes):
    """A versioned one of the first node, and one of the second."""
    made = next(names), next(names)
    for node, name in zip(nodes, made):
        raw_client(node).put("/" + name).expect(200)
    set_versioning(raw_client(nodes[0]), made[0], "Enabled")
    return made


@pytest.mark.parametrize("size", [0, 10, 300_000, 20 * MIB])
def test_a_copy_between_nodes_carries_everything(nodes, two_buckets, size):
    source, target = two_buckets
    data, path = random_bytes(size, size), f"/{source}/k\xe9y %"
    made = raw_client(nodes[0]).put(path, data, {
        "content-type": "text/x-copied", "cache-control": "max-age=5", "content-disposition": "inline",
        "content-language": "de", "expires": "Wed, 01 Jan 2031 00:00:00 GMT", "x-amz-meta-colour": "green",
        "x-amz-tagging": "a=1&b=%C3%A4", "x-amz-sdk-checksum-algorithm": "SHA256",
        "x-amz-checksum-sha256": base64_of(hashlib.sha256(data).digest()),
    }).expect(200)
    for number, node in enumerate(nodes):
        client = raw_client(node)
        copied = client.put(f"/{target}/copy-{number}", headers={"x-amz-copy-source": encode(path, True)}).expect(200)
        assert copied.headers["x-amz-copy-source-version-id"] == made.headers["x-amz-version-id"]
        assert copied.text_of("ETag") == made.etag
        got = client.get(f"/{target}/copy-{number}", {"x-amz-checksum-mode": "ENABLED"}).expect(200)
        want = raw_client(nodes[0]).get(path, {"x-amz-checksum-mode": "ENABLED"}).expect(200)
        assert got.body == data
        kept = {name: value for name, value in want.headers.items()
                if name not in OWN_HEADERS | {"last-modified", "x-amz-version-id"}}
        assert {name: got.headers.get(name) for name in kept} == kept
        tags = client.get(f"/{target}/copy-{number}", query=[("tagging", "")]).texts_of("TagSet/Tag/Value")
        assert tags == ["1", "\xe4"]


def test_parts_are_copied_between_nodes(nodes, two_buckets):
    source, target = two_buckets
    data = random_bytes(12 * MIB, 5)
    raw_client(nodes[0]).put(f"/{source}/key", data).expect(200)
    client, path, parts = raw_client(nodes[2]), f"/{target}/whole", []
    upload = start_upload(client, path)
    for number, (first, last) in enumerate([(1, 6 * MIB), (7, 12 * MIB - 1), (0, 0)], 1):
        copied = put_part(client, path, upload, number, b"", {
            "x-amz-copy-source": f"/{source}/key", "x-amz-copy-source-range": f"bytes={first}-{last}"}).expect(200)
        parts.append((number, copied.text_of("ETag")))
    put_part(client, path, upload, 4, b"", {"x-amz-copy-source": f"/{source}/key",
                                            "x-amz-copy-source-range": f"bytes=0-{12 * MIB}"}).expect(400)
    complete(client, path, upload, parts).expect(200)
    assert client.get(path).expect(200).body == data[1:6 * MIB + 1] + data[7:12 * MIB] + data[:1]


def test_a_copy_of_what_is_not_there_is_refused_as_on_one_node(nodes, two_buckets):
    source, target = two_buckets
    client = raw_client(nodes[2])
    raw_client(nodes[0]).put(f"/{source}/key", b"x").expect(200)
    marker = raw_client(nodes[0]).delete(f"/{source}/key").expect(204).headers["x-amz-version-id"]
    for name, status, code in [(f"/{source}/none", 404, "NoSuchKey"), (f"/{source}/key", 404, "NoSuchKey"),
                               (f"/{source}/key?versionId={marker}", 400, "InvalidRequest"),
                               ("/no-such-bucket-at-all/key", 404, "NoSuchBucket")]:
        client.put(f"/{target}/copy", headers={"x-amz-copy-source": name}).expect(status, code)
    raw_client(nodes[0]).put(f"/{source}/key", b"y").expect(200)
    client.put(f"/{target}/copy", headers={"x-amz-copy-source": f"/{source}/key",
                                           "x-amz-copy-source-if-match": '"other"'}).expect(412)
    client.head(f"/{target}/copy").expect(404)


# --- What goes wrong -----------------------------------------------------------------------------------------------

def test_an_owner_that_is_gone_is_named_and_comes_back(nodes, cluster, owner, edge, bucket):
    owner.put(f"/{bucket}/key", b"kept").expect(200)
    edge.get(f"/{bucket}/key").expect(200)
    nodes[0].kill()
    for method, body in (("GET", b""), ("PUT", b"x"), ("PUT", random_bytes(MIB)), ("DELETE", b"")):
        answer = edge.request(method, f"/{bucket}/other", body=body).expect(503, "ServiceUnavailable")
        assert nodes[0].folder.name in answer.text_of("Message")
        assert int(answer.headers["retry-after"]) >= 1
    edge.get("/").expect(200)  # what needs the owner alone fails

    nodes[0].start()
    answer = poll(lambda: (got := edge.get(f"/{bucket}/key")).status == 200 and got, "the owner is back", 30)
    assert answer.body == b"kept"
    cluster.wait_until_healthy()


def test_an_owner_that_dies_while_it_answers_breaks_the_answer(nodes, cluster, owner, edge, bucket):
    owner.put(f"/{bucket}/long", random_bytes(64 * MIB), payload_hash=UNSIGNED).expect(200)
    with Wire(nodes[1].s3_port) as wire:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        wire.send(request_text(edge, "GET", f"/{bucket}/long"))
        wire.fill()
        nodes[0].kill()
        received = len(wire.buffer)
        try:
            while piece := wire.socket.recv(MIB):
                received += len(piece)
        except ConnectionResetError:
            pass
        assert received < 64 * MIB
    nodes[0].start()
    cluster.wait_until_healthy()
    edge.get(f"/{bucket}/long", {"range": "bytes=0-9"}).expect(206)


def test_a_body_that_has_begun_cannot_be_sent_again(nodes, cluster, edge, bucket):
    edge.put(f"/{bucket}/warm", b"x").expect(200)
    with Wire(nodes[1].s3_port) as wire:
        wire.send(request_text(edge, "PUT", f"/{bucket}/half", payload_hash=UNSIGNED,
                               extra=[f"Content-Length: {64 * MIB}"]))
        wire.send(random_bytes(8 * MIB))
        nodes[0].kill()
        try:
            wire.send(random_bytes(8 * MIB))
        except (ConnectionResetError, BrokenPipeError):
            pass
        status, _, body = wire.answer()
        assert status in (503, 0)
        assert status == 0 or nodes[0].folder.name.encode() in body
        assert wire.is_closed()
    nodes[0].start()
    cluster.wait_until_healthy()
    edge.head(f"/{bucket}/half").expect(404)


def test_a_forged_header_changes_nothing(edge, bucket):
    edge.put(f"/{bucket}/key", b"x").expect(200)
    head, path, _ = edge.signed_head("GET", f"/{bucket}/key")
    for value in ("forged", "1 2 3", "A" * 7000, ""):
        edge.send("GET", path, {**head, "x-maxiofs-forwarded": value}).expect(200)


# --- What is told about it -----------------------------------------------------------------------------------------

def test_the_owner_logs_the_clients_address(nodes, bucket):
    client = raw_client(nodes[1])
    head, path, _ = client.signed_head("PUT", f"/{bucket}/logged")
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30, source_address=(CLIENT_ADDRESS, 0))
    connection.request("PUT", path, headers={**head, "content-length": "0"})
    assert connection.getresponse().status == 200
    connection.close()

    def line(node, message):
        pattern = rf'msg="{message}"[^\n]*resource=/{bucket}/logged[^\n]*'
        return poll(lambda: re.search(pattern, node.log_since_start()), f"the line of {node.folder.name}")[0]

    assert f"from={CLIENT_ADDRESS}" in line(nodes[0], "S3 request")
    edge_line = line(nodes[1], "S3 request passed on")
    assert f"from={CLIENT_ADDRESS}" in edge_line and f"to={nodes[0].folder.name}" in edge_line


def counted(node, name, labels=""):
    with urllib.request.urlopen(node.console_url + "/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.search(rf"^{name}{re.escape(labels)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_a_request_counts_once_at_the_edge_and_once_at_the_owner(nodes, edge, bucket):
    def counts():
        return [(counted(node, "maxiofs_s3_forwarded_requests_total"),
                 counted(node, "maxiofs_s3_requests_total", '{operation="PutObject"}')) for node in nodes[:2]]

    before = counts()
    for _ in range(5):
        edge.put(f"/{bucket}/counted", b"x").expect(200)
    after = poll(lambda: (now := counts())[1][0] - before[1][0] >= 5 and now, "the edge counted")
    assert [(now[0] - was[0], now[1] - was[1]) for now, was in zip(after, before)] == [(0, 5), (5, 0)]


def test_the_cache_of_locations_is_counted_and_cleared(nodes, cluster, edge, bucket):
    console = cluster.console(nodes[1])
    for _ in range(3):
        edge.head("/" + bucket).expect(200)
    before = console.get("/cluster/cache/stats").expect(200).data
    edge.head("/" + bucket).expect(200)
    after = console.get("/cluster/cache/stats").expect(200).data
    assert after["hits"] > before["hits"] and after["misses"] == before["misses"]
    assert after["entries"] >= 1 and 0 < after["hit_ratio"] <= 1
