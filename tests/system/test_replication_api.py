# SPDX-License-Identifier: GPL-3.0-or-later
"""The replication endpoints of the console API, against real nodes: what a rule may say, who may make it, and that
every node answers alike. What rules send is tested elsewhere."""

import itertools
import uuid

import pytest

from cluster import Cluster
from console_client import ConsoleClient
from events import Events
from node import poll
from support import raw_client

PASSWORD = "a-password-of-the-test"
numbers = itertools.count(1)


class World:
    """Three nodes; the first one owns the buckets that tests make."""

    def __init__(self, folder):
        self.cluster = Cluster(folder, 3, arguments=["--log-level", "debug"]).start()
        self.consoles = [ConsoleClient(node) for node in self.cluster]
        self.ids = [self.cluster.node_id(node) for node in self.cluster]

    def bucket(self, node=0):
        name = f"rules-{next(numbers)}"
        self.consoles[node].post("/buckets", {"name": name}).expect(201)
        return name

    def create(self, bucket, to=1, console=0, **options):
        body = {"source_bucket": bucket, "destination_node_id": self.ids[to], **options}
        return self.consoles[console].post("/cluster/replication", body)

    def rules(self, console=0, **query):
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return self.consoles[console].get("/cluster/replication?" + text).expect(200).data


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("rules"))
    yield made
    made.cluster.kill()


def test_a_rule_made_on_one_node_is_shown_by_all(world):
    bucket = world.bucket()
    # Not on the owner of the bucket, nor on the destination.
    made = world.create(bucket, to=1, console=2).expect(201).data
    assert (made["source_bucket"], made["destination_bucket"]) == (bucket, bucket)
    assert (made["source_node_id"], made["destination_node_id"]) == (world.ids[0], world.ids[1])
    expected = {"sync_interval_seconds": 10, "enabled": True, "replicate_deletes": True, "replicate_metadata": True,
                "prefix": "", "priority": 0, "policy": "fail", "bandwidth_limit_bytes_per_second": 0,
                "replica": True, "full": True}
    assert {name: made[name] for name in expected} == expected
    for console in range(3):
        listed = world.rules(console, bucket=bucket)
        assert listed["count"] == 1 and listed["rules"][0]["id"] == made["id"]
        assert "missing" not in listed

    def known(console):
        return world.rules(console, bucket=bucket)["rules"][0]["status"] not in ("unknown", "waiting")

    for console in range(3):
        poll(lambda: known(console), "the owner says how the rule fares", 60)
    # Nothing is in the bucket: all of it is there.
    poll(lambda: world.rules(1, bucket=bucket)["rules"][0]["status"] == "in_sync", "an empty bucket is in sync", 60)


@pytest.mark.parametrize("change,code,says", [
    ({"destination_node_id": str(uuid.UUID(int=7))}, "NoSuchNode", "no node"),
    ({"destination_node_id": "node-2"}, "NoSuchNode", "no node"),
    ({"destination_node_id": None}, "InvalidArgument", "destination_node_id"),
    ({"source_bucket": "no-such-bucket"}, "NoSuchBucket", "no-such-bucket"),
    ({"source_bucket": None}, "InvalidArgument", "source_bucket"),
    ({"sync_interval_seconds": 9}, "InvalidArgument", "10 to"),
    ({"sync_interval_seconds": -1}, "InvalidArgument", "10 to"),
    ({"sync_interval_seconds": "soon"}, "InvalidArgument", "sync_interval_seconds"),
    ({"policy": "maybe"}, "InvalidArgument", "policy"),
    ({"bandwidth_limit_bytes_per_second": -1}, "InvalidArgument", "bytes per second"),
    ({"priority": 10 ** 9}, "InvalidArgument", "priority"),
    ({"prefix": "p" * 1025}, "InvalidArgument", "1024"),
    ({"destination_bucket": "No Name"}, "InvalidArgument", ""),
    ({"enabled": "yes"}, "InvalidArgument", "enabled"),
])
def test_what_no_rule_may_say_is_refused(world, change, code, says):
    bucket = world.bucket()
    body = {"source_bucket": bucket, "destination_node_id": world.ids[1], **change}
    body = {name: value for name, value in body.items() if value is not None}
    answer = world.consoles[0].post("/cluster/replication", body).expect(400, code)
    assert says in answer.document["message"]
    assert world.rules(bucket=bucket)["count"] == 0


def test_the_owner_is_no_destination(world):
    bucket = world.bucket()
    for console in range(3):
        itself = world.create(bucket, to=0, console=console).expect(400, "SameNode")
        assert "itself" in itself.document["message"]
        world.create(bucket, to=0, console=console, destination_bucket="a-copy").expect(400, "SameNode")


def test_a_way_has_one_rule(world):
    bucket = world.bucket()
    first = world.create(bucket).expect(201).data["id"]
    again = world.create(bucket, console=1, prefix="a/").expect(400, "DuplicateRule")
    assert again.document["details"]["rule_id"] == first
    second = world.create(bucket, to=2).expect(201).data["id"]
    listed = {rule["id"] for rule in world.rules(1, bucket=bucket)["rules"]}
    assert listed == {first, second}
    nodes = world.consoles[1].get(f"/cluster/buckets/{bucket}/nodes").expect(200).data
    assert {replica["id"] for replica in nodes["replicas"]} == {world.ids[1], world.ids[2]}
    assert all(replica["full"] for replica in nodes["replicas"])
    shown = next(each for each in world.consoles[2].list("/cluster/buckets", "buckets") if each["name"] == bucket)
    assert shown["replica_count"] == 2 and shown["has_replication"] is True


def test_a_copy_needs_a_bucket_of_its_destination(world):
    bucket, mine, theirs = world.bucket(), world.bucket(0), world.bucket(1)
    refused = world.create(bucket, destination_bucket=mine).expect(409, "BucketElsewhere")
    assert "node-1" in refused.document["message"]
    copy = world.create(bucket, destination_bucket=theirs).expect(201).data
    assert copy["replica"] is False and copy["full"] is False
    assert world.consoles[0].get(f"/cluster/buckets/{bucket}/nodes").expect(200).data["replicas"] == []


def test_rules_are_changed_paused_and_ended_on_any_node(world):
    bucket = world.bucket()
    rule = world.create(bucket).expect(201).data["id"]
    path = "/cluster/replication/" + rule
    changed = world.consoles[1].put(path, {"sync_interval_seconds": 300, "priority": 5}).expect(200).data
    assert (changed["sync_interval_seconds"], changed["priority"], changed["policy"]) == (300, 5, "fail")
    world.consoles[1].put(path, {"sync_interval_seconds": 5}).expect(400, "InvalidArgument")
    world.consoles[1].put(path, {"destination_node_id": world.ids[2]}).expect(400, "InvalidArgument")
    world.consoles[1].put(path, {"destination_node_id": world.ids[1], "source_bucket": bucket}).expect(200)

    paused = world.consoles[2].post(path + "/pause").expect(200).data
    assert (paused["enabled"], paused["paused_by"], paused["status"]) == (False, "admin", "paused")
    assert world.consoles[0].get(path).expect(200).data["paused_at"] == paused["paused_at"]
    for console in world.consoles:
        console.post(path + "/sync").expect(409, "RulePaused")
    resumed = world.consoles[0].post(path + "/resume").expect(200).data
    assert resumed["enabled"] is True and resumed["paused_at"] is None
    for console in world.consoles:
        console.post(path + "/sync").expect(200)
        assert console.get(path + "/queue").expect(200).data["entries"] == []

    world.consoles[2].delete(path).expect(200)
    for console in world.consoles:
        console.get(path).expect(404, "NoSuchRule")
        console.delete(path).expect(404, "NoSuchRule")
    assert world.rules(1, bucket=bucket)["count"] == 0


def test_a_comparison_of_an_empty_bucket_finds_nothing(world):
    bucket = world.bucket()
    rule = world.create(bucket).expect(201).data["id"]
    path = f"/cluster/replication/{rule}/verify"
    # A new rule begins with a comparison of its own.
    poll(lambda: world.rules(bucket=bucket)["rules"][0]["status"] == "in_sync", "an empty bucket is in sync", 60)
    assert world.consoles[2].post(path).expect(202).data["state"] in ("running", "done")

    def done():
        return world.consoles[1].get(path).expect(200).data["state"] == "done"

    poll(done, "the comparison is done", 60)
    outcome = world.consoles[0].get(path).expect(200).data
    assert outcome["versions_missing"] == outcome["versions_differing"] == outcome["versions_extra"] == 0
    assert outcome["error"] is None


def test_rules_are_listed_by_page(world):
    bucket = world.bucket()
    ids = {world.create(bucket, destination_bucket=f"{bucket}-copy-{number}").expect(201).data["id"]
           for number in range(3)}
    first = world.rules(2, bucket=bucket, limit=2)
    rest = world.rules(2, bucket=bucket, limit=2, after=first["next"])
    assert {rule["id"] for rule in first["rules"] + rest["rules"]} == ids and "next" not in rest


def test_bulk_makes_a_rule_for_each_bucket_of_a_node(world):
    with_rule, without = world.bucket(2), world.bucket(2)
    world.create(with_rule, to=0).expect(201)
    body = {"source_node_id": world.ids[2], "destination_node_id": world.ids[0], "sync_interval_seconds": 60}
    result = world.consoles[1].post("/cluster/replication/bulk", body).expect(200).data
    assert [skipped["bucket"] for skipped in result["skipped"]] == [with_rule]
    assert "already" in result["skipped"][0]["reason"]
    made = [rule for rule in world.rules(0, bucket=without)["rules"] if rule["id"] in result["created"]]
    assert len(made) == 1 and made[0]["sync_interval_seconds"] == 60
    for change, code in (({"destination_node_id": world.ids[2]}, "SameNode"), ({"source_node_id": "x"}, "NoSuchNode"),
                         ({"sync_interval_seconds": 1}, "InvalidArgument")):
        world.consoles[1].post("/cluster/replication/bulk", {**body, **change}).expect(400, code)


def test_rules_are_for_administrators(world):
    rule = world.create(world.bucket()).expect(201).data["id"]
    path = "/cluster/replication/" + rule
    tenant = world.consoles[0].post("/tenants", {"name": "rules"}).expect(201).data["id"]
    for name, role in (("rules-user", "user"), ("rules-tenant", "tenant-admin"), ("rules-reader", "readonly")):
        body = {"username": name, "password": PASSWORD, "roles": [role],
                "tenant_id": "" if role == "readonly" else tenant}
        world.consoles[0].post("/users", body).expect(201)
        caller = ConsoleClient(world.cluster[1], name, PASSWORD)
        read = 200 if role == "readonly" else 403
        for reading in ("/cluster/replication", path, path + "/queue", path + "/verify"):
            caller.get(reading).expect(read)
        caller.post("/cluster/replication", {}).expect(403, "AccessDenied")
        caller.post("/cluster/replication/bulk", {}).expect(403, "AccessDenied")
        caller.put(path, {"priority": 1}).expect(403, "AccessDenied")
        for action in ("/sync", "/pause", "/resume", "/verify"):
            caller.post(path + action).expect(403, "AccessDenied")
        caller.delete(path).expect(403, "AccessDenied")
    assert world.consoles[0].get(path).expect(200).data["enabled"] is True


def test_changes_are_events_and_in_the_audit_log(world):
    bucket = world.bucket()
    # Of the node whose records hear of it from another.
    events = Events(ConsoleClient(world.cluster[1]))
    rule = world.create(bucket).expect(201).data["id"]

    def tells(change):
        return lambda event: (event["type"] == "replication" and event["payload"]["id"] == rule and
                              event["payload"]["name"] == bucket and event["payload"]["change"] == change)

    events.wait_for(tells("created"), "the rule's creation", 60)
    world.consoles[0].delete("/cluster/replication/" + rule).expect(200)
    events.wait_for(tells("deleted"), "the rule's end", 60)
    events.close()
    entries = world.consoles[2].get(f"/audit-logs?resource={bucket}").expect(200).data["audit_logs"]
    assert [entry["action"] for entry in entries] == ["replication.delete", "replication.create", "bucket.create"]


def test_rules_to_a_node_that_is_removed_end(new_cluster):
    cluster = new_cluster(3)
    console = ConsoleClient(cluster[0])
    ids = [cluster.node_id(node) for node in cluster]
    console.post("/buckets", {"name": "photos"}).expect(201)
    kept, ended = [console.post("/cluster/replication", {"source_bucket": "photos", "destination_node_id": node})
                   .expect(201).data["id"] for node in ids[1:]]
    console.delete("/cluster/nodes/" + ids[2]).expect(200)

    def left(node):
        data = ConsoleClient(node).get("/cluster/replication").expect(200).data
        return [rule["id"] for rule in data["rules"]]

    for node in (cluster[0], cluster[1]):
        poll(lambda: left(node) == [kept], "the rule has ended", 60)
    console.get("/cluster/replication/" + ended).expect(404, "NoSuchRule")


def test_rules_of_a_node_that_is_away_are_listed_and_changed(new_cluster):
    cluster = new_cluster(2)
    first, second = (ConsoleClient(node) for node in cluster)
    first.post("/buckets", {"name": "photos"}).expect(201)
    body = {"source_bucket": "photos", "destination_node_id": cluster.node_id(cluster[1])}
    rule = first.post("/cluster/replication", body).expect(201).data["id"]
    cluster[0].kill()

    listed = second.get("/cluster/replication").expect(200).data
    assert listed["rules"][0]["id"] == rule and listed["rules"][0]["status"] == "unknown"
    assert [node["name"] for node in listed["missing"]] == ["node-1"]
    second.post(f"/cluster/replication/{rule}/sync").expect((503, 504))
    assert second.post(f"/cluster/replication/{rule}/pause").expect(200).data["status"] == "paused"
    cluster[0].start()

    def paused():
        return first.get("/cluster/replication/" + rule).expect(200).data["enabled"] is False

    poll(paused, "the node hears that its rule is paused", 60)


def test_the_log_tells_what_the_replication_workers_do(world):
    bucket = world.bucket()
    raw_client(world.cluster[0]).put(f"/{bucket}/file.txt", b"content").expect(200)
    world.create(bucket).expect(201)
    sentence = f"Replication Worker: Replicating object {bucket}/file.txt to node {world.ids[1]}"
    poll(lambda: sentence in world.cluster[0].log_since_start(), "the object is named", 60)
    poll(lambda: f"replication worker: Replication of {bucket} to " in world.cluster[0].log_since_start(),
         "the rule's status is told", 60)
