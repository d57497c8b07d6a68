# SPDX-License-Identifier: GPL-3.0-or-later
"""Buckets that are replicated to other nodes: replicas are compared by their manifests, copies byte by byte."""

import itertools
import signal
import threading

import pytest

from cluster import Cluster
from console_client import ConsoleClient
from node import poll
from support import MIB, SMALLEST_PART, complete, put_part, random_bytes, raw_client, set_versioning, start_upload

LIMIT = 120  # seconds that a condition may take on a busy machine
numbers = itertools.count(1)


class World:
    """A cluster with a rule's ends: the first node owns the buckets that tests make."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.nodes = cluster.nodes
        self.raws = [raw_client(node) for node in cluster]
        self.consoles = [ConsoleClient(node) for node in cluster]
        self.ids = [cluster.node_id(node) for node in cluster]

    def bucket(self, versioned=False, node=0):
        name = f"replicated-{next(numbers)}"
        self.raws[node].put("/" + name).expect(200)
        if versioned:
            set_versioning(self.raws[node], name, "Enabled")
        return name

    def rule(self, bucket, to=1, at=0, **options):
        body = {"source_bucket": bucket, "destination_node_id": self.ids[to], **options}
        return self.consoles[at].post("/cluster/replication", body).expect(201).data["id"]

    def state(self, rule, at=0):
        return self.consoles[at].get("/cluster/replication/" + rule).expect(200).data

    def wait(self, rule, at=0, **wanted):
        """Until the rule is in sync and nothing waits."""
        def arrived():
            state = self.state(rule, at)
            return state["status"] == "in_sync" and state["lag_objects"] == 0 and state["objects_retrying"] == 0

        try:
            poll(arrived, "the destination has everything", LIMIT, every=0.1)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.state(rule, at)}") from None
        return self.state(rule, at)

    def verify(self, rule, at=0):
        """What a comparison of both sides finds."""
        path = f"/cluster/replication/{rule}/verify"
        before = self.consoles[at].get(path).expect(200).data["finished_at"]
        poll(lambda: self.consoles[at].post(path).expect((202, 503)).status == 202, "a comparison begins", LIMIT)

        def finished():
            found = self.consoles[at].get(path).expect(200).data
            return found["state"] in ("done", "failed") and found["finished_at"] != before and found

        found = poll(finished, "the comparison ends", LIMIT, every=0.1)
        assert found["state"] == "done", found
        return found

    def assert_equal(self, rule, versions=None, at=0):
        """Both sides have the same versions, markers and removals, by name, stamp, size and hash of the content."""
        self.wait(rule, at)
        found = self.verify(rule, at)
        differences = {name: found[name] for name in ("versions_missing", "versions_differing", "versions_extra")}
        assert set(differences.values()) == {0}, found
        assert versions is None or found["versions_compared"] == versions, found


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("replication"), 3).start()
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


def put_many(raw, bucket):
    """Objects of each kind, and how many versions they are."""
    bodies = {"empty": b"", "one": b"1", "page": random_bytes(4096, 1), "inline": random_bytes(256 * 1024, 2),
              "large": random_bytes(256 * 1024 + 1, 3), "huge": random_bytes(64 * MIB, 4),
              "schlüssel/日本語 & <x>+%": b"unicode", "a//b": b"empty part"}
    for key, body in bodies.items():
        headers = {"Content-Type": "text/x-test", "x-amz-meta-name": "value of " + str(len(body)),
                   "x-amz-tagging": "colour=blue&size=" + str(len(body))}
        raw.put(f"/{bucket}/{key}", body, headers=headers).expect(200)
    path = f"/{bucket}/parts"
    upload = start_upload(raw, path)
    parts = [(number, put_part(raw, path, upload, number, random_bytes(size, number)).etag)
             for number, size in ((1, SMALLEST_PART), (2, SMALLEST_PART + 7), (3, 1))]
    complete(raw, path, upload, parts).expect(200)
    return len(bodies) + 1


def listing(raw, bucket):
    """All versions and markers of a bucket."""
    names = ("Key", "VersionId", "IsLatest", "ETag", "Size", "LastModified", "StorageClass")
    found = raw.get(f"/{bucket}", query={"versions": ""}).expect(200).xml()
    return [(kind.tag, *(kind.findtext(name) for name in names))
            for kind in found if kind.tag in ("Version", "DeleteMarker")]


# --- Replicas -------------------------------------------------------------------------------------------------------


def test_a_replica_gets_everything_that_was_there_and_that_comes(world):
    bucket = world.bucket()
    count = put_many(world.raws[0], bucket)

    rule = world.rule(bucket)
    state = world.wait(rule)
    assert state["objects_replicated"] >= count and state["bytes_replicated"] > 64 * MIB
    world.assert_equal(rule, count)

    # What comes later goes along at once, through any node.
    world.raws[2].put(f"/{bucket}/later", b"later").expect(200)
    world.raws[0].put(f"/{bucket}/one", b"another").expect(200)
    world.raws[1].delete(f"/{bucket}/page").expect(204)
    world.raws[1].put(f"/{bucket}/inline", b"<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
                      query={"tagging": ""}).expect(200)
    world.assert_equal(rule)


def test_versions_markers_and_removals_travel(world):
    bucket = world.bucket(versioned=True)
    raw = world.raws[0]
    first = raw.put(f"/{bucket}/key", b"first").expect(200).headers["x-amz-version-id"]
    rule = world.rule(bucket)
    raw.put(f"/{bucket}/key", b"second").expect(200)
    raw.delete(f"/{bucket}/key").expect(204)
    raw.put(f"/{bucket}/other", b"x" * 300_000).expect(200)
    world.assert_equal(rule, 4)

    raw.delete(f"/{bucket}/key", query={"versionId": first}).expect(204)
    # The removal is remembered on both sides.
    world.assert_equal(rule, 4)


def test_a_replica_takes_no_changes_of_clients(world):
    bucket = world.bucket()
    rule = world.rule(bucket)
    # The node with the replica passes the request on to the owner.
    world.raws[1].put(f"/{bucket}/key", b"by the owner").expect(200)
    assert world.raws[1].get(f"/{bucket}/key").expect(200).body == b"by the owner"
    world.assert_equal(rule, 1)


def test_two_replicas_of_one_bucket(world):
    bucket = world.bucket()
    rules = [world.rule(bucket, to=1), world.rule(bucket, to=2)]
    for number in range(50):
        world.raws[number % 3].put(f"/{bucket}/key-{number}", random_bytes(number * 100, number)).expect(200)
    for rule in rules:
        world.assert_equal(rule, 50)


# --- Copies ---------------------------------------------------------------------------------------------------------


def test_a_copy_is_a_bucket_of_its_own(world):
    bucket = world.bucket(versioned=True)
    raw = world.raws[0]
    count = put_many(raw, bucket)
    raw.put(f"/{bucket}/one", b"second version").expect(200)
    raw.delete(f"/{bucket}/page").expect(204)
    copy = bucket + "-copy"

    rule = world.rule(bucket, destination_bucket=copy)
    world.assert_equal(rule, count + 2)

    assert listing(world.raws[2], copy) == listing(raw, bucket)
    for key in ("empty", "one", "inline", "large", "huge", "schlüssel/日本語 & <x>+%", "a//b", "parts"):
        ours, theirs = raw.get(f"/{bucket}/{key}").expect(200), world.raws[2].get(f"/{copy}/{key}").expect(200)
        assert ours.body == theirs.body
        for name in ("etag", "content-type", "last-modified", "x-amz-meta-name", "x-amz-tagging-count",
                     "x-amz-version-id", "x-amz-mp-parts-count"):
            assert ours.headers.get(name) == theirs.headers.get(name), (key, name)
    # It takes changes of clients, which stay there.
    world.raws[0].put(f"/{copy}/own", b"of the copy").expect(200)
    assert raw.get(f"/{bucket}/own").status == 404


def test_a_copy_to_a_bucket_of_another_node_says_why_not(world):
    bucket, taken = world.bucket(), world.bucket(node=2)
    rule = world.consoles[0].post("/cluster/replication", {
        "source_bucket": bucket, "destination_node_id": world.ids[1], "destination_bucket": taken})
    if rule.status == 409:  # refused at once
        assert taken in rule.document["message"]
        return
    made = rule.expect(201).data["id"]
    poll(lambda: world.state(made)["status"] == "failing", "the rule fails", LIMIT)
    assert "another node" in world.state(made)["reason"]


def test_rules_in_opposite_directions_do_not_echo(world):
    bucket = world.bucket()
    copy = bucket + "-there"
    there = world.rule(bucket, destination_bucket=copy)
    world.wait(there)
    back = world.rule(copy, to=0, destination_bucket=bucket)
    world.raws[0].put(f"/{bucket}/from-here", b"1").expect(200)
    world.raws[0].put(f"/{copy}/from-there", b"2").expect(200)

    for key, value in (("from-here", b"1"), ("from-there", b"2")):
        for name in (bucket, copy):
            poll(lambda: world.raws[0].get(f"/{name}/{key}").body == value, f"{key} is in {name}", LIMIT)
    world.wait(there)
    world.wait(back)
    # Each went once: the feeds are at rest.
    assert world.state(there)["objects_replicated"] == 1
    assert world.state(back)["objects_replicated"] == 1


def test_a_prefix_and_what_does_not_travel(world):
    bucket = world.bucket()
    raw = world.raws[0]
    copy = bucket + "-part"
    raw.put(f"/{bucket}/in/1", b"1", headers={"x-amz-meta-a": "b"}).expect(200)
    raw.put(f"/{bucket}/in/2", b"2").expect(200)
    raw.put(f"/{bucket}/out/1", b"1").expect(200)

    rule = world.rule(bucket, destination_bucket=copy, prefix="in/", replicate_deletes=False, replicate_metadata=False)
    world.wait(rule)
    raw.delete(f"/{bucket}/in/2").expect(204)
    raw.put(f"/{bucket}/in/3", b"3").expect(200)

    poll(lambda: raw.get(f"/{copy}/in/3").status == 200, "what came later is there", LIMIT)
    assert raw.get(f"/{copy}/in/2").expect(200).body == b"2"
    assert raw.get(f"/{copy}/in/1").expect(200).headers.get("x-amz-meta-a") is None
    assert raw.get(f"/{copy}/out/1").status == 404


# --- Life of a rule -------------------------------------------------------------------------------------------------


def test_pause_resume_and_sync_now(world):
    bucket = world.bucket()
    rule = world.rule(bucket, sync_interval_seconds=86_400)
    console = world.consoles[0]
    world.wait(rule)
    world.raws[0].put(f"/{bucket}/key", b"value").expect(200)
    # A rule in rounds waits for the next one, or for somebody who is in a hurry.
    poll(lambda: world.state(rule)["lag_objects"] == 1, "the change is counted", LIMIT)
    assert world.state(rule)["status"] == "waiting"
    queue = console.get(f"/cluster/replication/{rule}/queue").expect(200).data["entries"]
    assert [(entry["object_key"], entry["status"]) for entry in queue] == [("key", "pending")]
    console.post(f"/cluster/replication/{rule}/sync").expect(200)
    world.assert_equal(rule, 1)

    console.put(f"/cluster/replication/{rule}", {"sync_interval_seconds": 10}).expect(200)
    console.post(f"/cluster/replication/{rule}/pause").expect(200)
    poll(lambda: world.state(rule)["status"] == "paused", "the rule is paused", LIMIT)
    world.raws[0].put(f"/{bucket}/paused", b"value").expect(200)
    poll(lambda: world.state(rule)["lag_objects"] == 1, "the change is counted", LIMIT)
    console.post(f"/cluster/replication/{rule}/sync").expect(409, "RulePaused")
    console.post(f"/cluster/replication/{rule}/resume").expect(200)
    world.assert_equal(rule, 2)


def test_a_rule_that_ends_keeps_what_it_sent(world):
    bucket = world.bucket()
    copy = bucket + "-kept"
    world.raws[0].put(f"/{bucket}/key", b"value").expect(200)
    rule = world.rule(bucket, destination_bucket=copy)
    world.wait(rule)
    world.consoles[1].delete(f"/cluster/replication/{rule}").expect(200)
    world.raws[0].put(f"/{bucket}/key", b"newer").expect(200)
    assert world.raws[0].get(f"/{copy}/key").expect(200).body == b"value"

    # A new rule compares, and sends what is missing.
    world.wait(world.rule(bucket, destination_bucket=copy))
    assert world.raws[0].get(f"/{copy}/key").expect(200).body == b"newer"


# --- Nodes that fail ------------------------------------------------------------------------------------------------


class Writer:
    """Puts and deletes objects of a bucket until it is stopped; what fails is not counted."""

    def __init__(self, raw, bucket):
        self.raw, self.bucket, self.written = raw, bucket, 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stopping.is_set():
            key = f"/{self.bucket}/key-{self.written % 300}"
            try:
                if self.written % 10 == 9:
                    self.raw.delete(key)
                else:
                    self.raw.put(key, random_bytes(1000 + self.written % 7, self.written))
                self.written += 1
            except OSError:
                self.stopping.wait(0.05)

    def stop(self):
        self.stopping.set()
        self.thread.join()


def test_a_destination_that_was_stopped_gets_what_it_missed(world):
    bucket = world.bucket()
    rule = world.rule(bucket)
    world.raws[0].put(f"/{bucket}/before", b"1").expect(200)
    world.wait(rule)
    world.nodes[1].kill()
    for number in range(100):
        world.raws[0].put(f"/{bucket}/missed-{number}", random_bytes(5000, number)).expect(200)
    poll(lambda: world.state(rule)["status"] == "failing", "the rule says that it fails", LIMIT)
    state = world.state(rule)
    assert state["lag_objects"] > 0 and state["reason"]

    world.nodes[1].start()
    world.assert_equal(rule, 101)
    assert world.state(rule)["last_error"] is None


@pytest.mark.parametrize("victim", [0, 1], ids=["source", "destination"])
def test_a_node_that_is_killed_while_it_replicates(world, victim):
    bucket = world.bucket()
    rule = world.rule(bucket)
    writer = Writer(raw_client(world.nodes[0]), bucket)
    for _ in range(3):
        goal = writer.written + 300
        poll(lambda: writer.written >= goal, "the writer gets on", LIMIT)
        world.nodes[victim].kill()
        world.nodes[victim].start()
    writer.stop()
    world.cluster.wait_until_healthy()
    world.assert_equal(rule)


def test_a_destination_that_hangs_holds_up_nobody(world):
    bucket = world.bucket()
    slow, quick = world.rule(bucket, to=1), world.rule(bucket, to=2)
    world.wait(slow)
    world.nodes[1].process.send_signal(signal.SIGSTOP)
    try:
        for number in range(200):
            world.raws[0].put(f"/{bucket}/key-{number}", b"value").expect(200)
        world.wait(quick)
    finally:
        world.nodes[1].process.send_signal(signal.SIGCONT)
    world.assert_equal(slow, 200)
    world.assert_equal(quick, 200)


# --- Synchronous rules ----------------------------------------------------------------------------------------------


def synchronous_copy(world, **options):
    """(bucket, its copy, the rule), from when writes wait for the copy."""
    bucket = world.bucket()
    copy = bucket + "-now"
    rule = world.rule(bucket, destination_bucket=copy, sync_interval_seconds=0, **options)
    world.wait(rule)
    return bucket, copy, rule


def test_a_synchronous_rule_answers_once_the_destination_has_it(world):
    bucket, copy, _ = synchronous_copy(world)
    here, there = world.raws[0], world.raws[1]
    for number in range(30):
        body = random_bytes(100_000 * (number % 4), number)
        here.put(f"/{bucket}/key", body).expect(200)
        assert there.get(f"/{copy}/key").expect(200).body == body
    here.put(f"/{bucket}/key", b"<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
             query={"tagging": ""}).expect(200)
    assert there.get(f"/{copy}/key").expect(200).headers["x-amz-tagging-count"] == "1"
    here.delete(f"/{bucket}/key").expect(204)
    assert there.get(f"/{copy}/key").status == 404


@pytest.mark.parametrize("policy", ["fail", "continue"])
def test_a_synchronous_rule_whose_destination_hangs(world, policy):
    bucket, _, rule = synchronous_copy(world, policy=policy)
    world.nodes[1].process.send_signal(signal.SIGSTOP)
    try:
        answer = world.raws[0].put(f"/{bucket}/during", b"value")
        if policy == "fail":
            assert answer.expect(503).code == "SlowDown"
        else:
            answer.expect(200)
            assert world.state(rule)["status"] in ("degraded", "failing")
    finally:
        world.nodes[1].process.send_signal(signal.SIGCONT)
    poll(lambda: world.raws[0].put(f"/{bucket}/after", b"value").status == 200, "writes are taken again", LIMIT)
    world.assert_equal(rule, 2)
