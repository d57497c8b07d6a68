# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of buckets whose owner does not answer: a full replica answers them, through any node, and says how old it
may be."""

import itertools
import signal
import sqlite3

import pytest

from cluster import Cluster
from console_client import ConsoleClient
from node import poll
from support import MIB, put_part, quoted_md5, random_bytes, raw_client, set_versioning, start_upload
from test_routing import told

LIMIT = 120  # seconds that a condition may take on a busy machine
LAG = "x-maxiofs-replica-lag"
OWNER, REPLICA, EDGE = range(3)
LARGE = random_bytes(3 * MIB, 1)
numbers = itertools.count(1)


class World:
    """The first node owns the buckets, the second has the replicas, the third has nothing of them."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.nodes = cluster.nodes
        self.raws = [raw_client(node) for node in cluster]
        self.consoles = [ConsoleClient(node) for node in cluster]
        self.replica_id = cluster.node_id(cluster[REPLICA])

    def bucket(self):
        name = f"read-{next(numbers)}"
        self.raws[OWNER].put("/" + name).expect(200)
        # The replica stays one, also where nodes take buckets over by themselves.
        self.consoles[OWNER].put(f"/buckets/{name}/failover", {"failover": "manual"}).expect((200, 404))
        return name

    def rule(self, bucket, **options):
        body = {"source_bucket": bucket, "destination_node_id": self.replica_id, **options}
        return self.consoles[OWNER].post("/cluster/replication", body).expect(201).data["id"]

    def wait(self, rule):
        """Until the replica has everything."""
        def arrived():
            state = self.consoles[OWNER].get("/cluster/replication/" + rule).expect(200).data
            return state["status"] == "in_sync" and state["lag_objects"] == 0 and state["objects_retrying"] == 0

        poll(arrived, "the replica has everything", LIMIT, every=0.1)

    def wait_until_known(self, rule):
        """Until the replica's node knows that it has everything: it writes the first time down at once."""
        self.wait(rule)
        path = self.nodes[REPLICA].folder / "data" / "auth.db"

        def known():
            database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)
            try:
                return database.execute("SELECT replica_as_of FROM cluster_bucket_replication WHERE id = ?",
                                        (rule,)).fetchone()[0]
            finally:
                database.close()

        poll(known, "the replica is known to be whole", LIMIT, every=0.1)

    def replicated(self):
        """A bucket with one object, replicated."""
        bucket = self.bucket()
        self.raws[OWNER].put(f"/{bucket}/key", b"value").expect(200)
        self.wait_until_known(self.rule(bucket))
        return bucket


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("replica-reads"), 3).start()
    yield World(cluster)
    cluster.kill()


@pytest.fixture
def world(shared_world):
    for node in shared_world.nodes:
        if not node.is_running():
            node.kill()
            node.start()
    shared_world.cluster.wait_until_healthy()
    yield shared_world
    for node in shared_world.nodes:
        assert not node.process or node.is_running() or node.process.returncode == -9, node.log_tail()


def fill(world, bucket):
    """Something of everything; the first version of `small`."""
    owner = world.raws[OWNER]
    set_versioning(owner, bucket, "Enabled")
    first = owner.put(f"/{bucket}/small", b"first").expect(200).headers["x-amz-version-id"]
    owner.put(f"/{bucket}/small", b"small", {"content-type": "text/x-small", "x-amz-meta-colour": "red",
                                             "x-amz-tagging": "a=1&b=2", "cache-control": "no-cache"}).expect(200)
    owner.put(f"/{bucket}/large", LARGE).expect(200)
    owner.put(f"/{bucket}/empty").expect(200)
    owner.put(f"/{bucket}/a/b%c d+\xe9", b"odd").expect(200)
    owner.put(f"/{bucket}/gone", b"gone").expect(200)
    owner.delete(f"/{bucket}/gone").expect(204)
    return first


def reads(first):
    """(method, path, query, headers) of every operation that reads."""
    for method, path, query in [
            ("HEAD", "", ()), ("GET", "", ()), ("GET", "", (("list-type", "2"),)), ("GET", "", (("versions", ""),)),
            ("GET", "", (("location", ""),)), ("GET", "", (("versioning", ""),)), ("GET", "", (("acl", ""),)),
            ("GET", "", (("list-type", "2"), ("prefix", "a/"), ("delimiter", "/"))), ("GET", "/small", ()),
            ("HEAD", "/small", ()), ("GET", "/large", ()), ("HEAD", "/large", ()), ("GET", "/empty", ()),
            ("GET", "/none", ()), ("HEAD", "/none", ()), ("GET", "/gone", ()), ("GET", "/small", (("tagging", ""),)),
            ("GET", "/small", (("acl", ""),)), ("GET", "/small", (("attributes", ""),)),
            ("GET", "/small", (("versionId", first),)), ("HEAD", "/small", (("versionId", first),)),
            ("GET", "/small", (("versionId", "null"),)), ("GET", "/small", (("versionId", "broken"),)),
            ("GET", "/small", (("response-content-type", "text/x-other"),)), ("GET", "/a/b%c d+\xe9", ()),
            ("GET", "/small", (("partNumber", "1"),))]:
        yield method, path, query, {"x-amz-checksum-mode": "ENABLED",
                                    "x-amz-object-attributes": "ETag,ObjectSize,StorageClass"} if path else {}
    for headers in ({"range": "bytes=0-0"}, {"range": "bytes=-7"}, {"range": "bytes=1000000-2000000"},
                    {"range": "bytes=9999999-"}, {"if-none-match": quoted_md5(LARGE)}, {"if-match": '"other"'},
                    {"if-modified-since": "Wed, 01 Jan 2100 00:00:00 GMT"},
                    {"x-amz-expected-bucket-owner": "f" * 64}):
        yield "GET", "/large", (), headers
        yield "HEAD", "/large", (), headers


def without_lag(answer):
    status, headers, body = told(answer)
    return status, [header for header in headers if header[0] != LAG], body


def is_from_replica(answer):
    return LAG in answer.headers


def read(ask):
    """An answer of somebody: on a busy machine nodes may take each other for silent for a moment."""
    return poll(lambda: (got := ask()).status != 503 and got, "somebody answers", LIMIT)


def test_every_read_is_answered_as_by_the_owner(world):
    bucket = world.bucket()
    wanted = list(reads(fill(world, bucket)))

    def ask(raw):
        return [read(lambda: raw.request(method, f"/{bucket}{path}", query=query, headers=headers))
                for method, path, query, headers in wanted]

    world.wait_until_known(world.rule(bucket))
    by_owner = ask(world.raws[OWNER])
    assert not any(map(is_from_replica, by_owner))
    assert not any(map(is_from_replica, ask(world.raws[REPLICA]) + ask(world.raws[EDGE])))

    world.nodes[OWNER].kill()

    for node in (REPLICA, EDGE):
        for asked, owned, answer in zip(wanted, by_owner, ask(world.raws[node])):
            assert without_lag(answer) == told(owned), (node, asked)
            # A refusal of the request itself comes from the first node that sees it.
            assert is_from_replica(answer) or answer.status in (400, 403), (node, asked)
            assert not is_from_replica(answer) or 0 <= int(answer.headers[LAG]) <= LIMIT, (node, asked)


def test_what_only_the_owner_may_answer_is_refused(world):
    bucket = world.replicated()
    raws, key = world.raws, f"/{bucket}/key"
    upload = start_upload(raws[OWNER], f"/{bucket}/begun")
    world.nodes[OWNER].kill()

    for raw in (raws[REPLICA], raws[EDGE]):
        for answer in (raw.put(key, b"x"), raw.put(f"/{bucket}/long", LARGE), raw.delete(key),
                       raw.get("/" + bucket, query={"uploads": ""}),
                       raw.get(f"/{bucket}/begun", query={"uploadId": upload}),
                       put_part(raw, f"/{bucket}/begun", upload, 1, b"x"), raw.delete("/" + bucket)):
            answer.expect(503)
            assert int(answer.headers["retry-after"]) >= 1 and not is_from_replica(answer)
        assert read(lambda: raw.get(key)).expect(200).body == b"value"


def test_the_owner_answers_again_when_it_is_back(world):
    bucket = world.replicated()
    raw, key = world.raws[EDGE], f"/{bucket}/key"
    world.nodes[OWNER].kill()
    assert is_from_replica(read(lambda: raw.get(key)).expect(200))

    world.nodes[OWNER].start()

    answer = poll(lambda: (got := raw.get(key).expect((200, 503))).status == 200 and not is_from_replica(got) and got,
                  "the owner answers", LIMIT)
    assert answer.body == b"value"
    poll(lambda: raw.put(key, b"new").status == 200, "the owner takes changes", LIMIT)
    assert raw.get(key).expect(200).body == b"new"


def test_an_owner_that_hangs_is_given_up(world):
    bucket = world.replicated()
    world.nodes[OWNER].process.send_signal(signal.SIGSTOP)
    try:
        for node in (EDGE, REPLICA, EDGE):
            answer = read(lambda: world.raws[node].get(f"/{bucket}/key")).expect(200)
            assert answer.body == b"value" and is_from_replica(answer)
    finally:
        world.nodes[OWNER].process.send_signal(signal.SIGCONT)


def test_a_replica_whose_node_was_restarted_still_answers(world):
    bucket = world.replicated()
    world.nodes[OWNER].kill()
    world.nodes[REPLICA].kill()
    world.raws[EDGE].get(f"/{bucket}/key").expect(503)

    world.nodes[REPLICA].start()

    for node in (REPLICA, EDGE):
        answer = poll(lambda raw=world.raws[node]: (got := raw.get(f"/{bucket}/key")).status == 200 and got,
                      "the replica answers", LIMIT)
        assert answer.body == b"value" and is_from_replica(answer)


def test_only_a_full_replica_answers(world):
    buckets = [world.bucket() for _ in range(4)]
    for bucket in buckets:
        world.raws[OWNER].put(f"/{bucket}/key", b"value").expect(200)
    rules = [world.rule(buckets[0], prefix="k"), world.rule(buckets[1], replicate_deletes=False),
             world.rule(buckets[2], destination_bucket=buckets[2] + "-copy"), world.rule(buckets[3])]
    for rule in rules[:3]:
        world.wait(rule)
    world.wait_until_known(rules[3])
    world.nodes[OWNER].kill()

    for raw in (world.raws[REPLICA], world.raws[EDGE]):
        for bucket in buckets[:3]:
            raw.get(f"/{bucket}/key").expect(503)
        read(lambda: raw.get(f"/{buckets[3]}/key")).expect(200)


def test_a_client_cannot_ask_a_replica_while_the_owner_answers(world):
    bucket = world.replicated()
    head, path, _ = world.raws[REPLICA].signed_head("GET", f"/{bucket}/key")

    for value in ("2", "forged", "A" * 7000):
        answer = world.raws[REPLICA].send("GET", path, {**head, "x-maxiofs-forwarded": value}).expect(200)
        assert not is_from_replica(answer)
