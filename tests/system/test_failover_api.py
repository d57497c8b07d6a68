# SPDX-License-Identifier: GPL-3.0-or-later
"""Failover over the console API, against real nodes: the policy, promotion by hand, what every node says of it."""

import itertools
import urllib.request

import pytest

from cluster import Cluster
from console_client import ConsoleClient
from events import Events
from node import poll
from support import raw_client

LIMIT = 60
numbers = itertools.count(1)


class World:
    """Three nodes; the first one owns the buckets that tests make."""

    def __init__(self, folder):
        self.cluster = Cluster(folder, 3).start()
        self.consoles = [ConsoleClient(node) for node in self.cluster]
        self.raws = [raw_client(node) for node in self.cluster]
        self.ids = [self.cluster.node_id(node) for node in self.cluster]

    def bucket(self, replica=None):
        """A bucket, whose replica has everything where one is asked for."""
        name = f"failover-{next(numbers)}"
        self.consoles[0].post("/buckets", {"name": name}).expect(201)
        if replica is not None:
            self.raws[0].put(f"/{name}/object", b"content").expect(200)
            body = {"source_bucket": name, "destination_node_id": self.ids[replica]}
            rule = self.consoles[0].post("/cluster/replication", body).expect(201).data["id"]
            poll(lambda: self.is_in_sync(rule), "the replica has everything", LIMIT)
        return name

    def is_in_sync(self, rule):
        state = self.consoles[0].get("/cluster/replication/" + rule).expect(200).data
        return state["status"] == "in_sync" and state["lag_objects"] == 0

    def nodes_of(self, bucket, at=0):
        return self.consoles[at].get(f"/cluster/buckets/{bucket}/nodes").expect(200).data

    def promote(self, bucket, at=0, **body):
        return self.consoles[at].post(f"/cluster/buckets/{bucket}/promote", body)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("failover"))
    yield made
    made.cluster.kill()


def test_the_policy_is_said_alike_by_every_node(world):
    bucket = world.bucket()
    path = f"/buckets/{bucket}/failover"
    world.consoles[1].put(path, {"failover": "manual"}).expect(200)
    for console in world.consoles:
        poll(lambda: console.get(path).expect(200).data["in_effect"] == "manual", "every node knows", LIMIT)
    assert world.nodes_of(bucket, at=2)["failover"] == "manual"

    world.consoles[2].put(path, {"failover": None}).expect(200)
    poll(lambda: world.consoles[0].get(path).expect(200).data["failover"] is None, "the cluster's counts again", LIMIT)
    refused = world.consoles[0].put(path, {"failover": "never"}).expect(400)
    assert refused.document["details"] == {"field": "failover"}


def test_the_clusters_policy_is_that_of_buckets_without_one(world):
    bucket = world.bucket()
    path = f"/buckets/{bucket}/failover"
    world.consoles[0].put("/settings", {"failover": "manual"}).expect(200)
    try:
        poll(lambda: world.consoles[2].get(path).expect(200).data["in_effect"] == "manual", "the setting counts", LIMIT)
        world.consoles[0].put("/settings", {"failover": "never"}).expect(400)
    finally:
        world.consoles[0].put("/settings", {"failover": None}).expect(200)
    poll(lambda: world.consoles[2].get(path).expect(200).data["in_effect"] == "automatic", "it is lifted", LIMIT)


def test_a_bucket_without_a_replica_is_not_promoted(world):
    bucket = world.bucket()
    world.promote(bucket).expect(409, "NoFullReplica")
    refused = world.promote(bucket, node_id=world.ids[1]).expect(400, "NoFullReplica")
    assert refused.document["details"] == {"field": "node_id"}
    world.promote(bucket, node_id=world.ids[0]).expect(400, "SameNode")
    world.promote(bucket, node_id="none").expect(400, "NoSuchNode")
    world.promote("no-such-bucket").expect(404, "NoSuchBucket")


@pytest.mark.parametrize("at", [0, 1, 2], ids=["at-the-owner", "at-the-replica", "elsewhere"])
def test_a_promotion_moves_the_bucket_and_turns_the_rule_round(world, at):
    bucket = world.bucket(replica=1)
    before = world.nodes_of(bucket)
    assert [replica["id"] for replica in before["replicas"]] == [world.ids[1]]

    promoted = world.promote(bucket, at=at, node_id=world.ids[1]).expect(200).data

    assert promoted["node_id"] == world.ids[1] and promoted["former_node_id"] == world.ids[0]
    assert promoted["epoch"] > before["epoch"]
    for number in range(3):
        poll(lambda: world.nodes_of(bucket, number)["primary"]["id"] == world.ids[1], "every node knows the owner",
             LIMIT)
        poll(lambda: [replica["id"] for replica in world.nodes_of(bucket, number)["replicas"]] == [world.ids[0]],
             "the rule is turned round", LIMIT)
        poll(lambda: world.raws[number].put(f"/{bucket}/from-{number}", b"new").status == 200, "writes go on", LIMIT)
        assert world.raws[number].get(f"/{bucket}/object").expect(200).body == b"content"
    poll(lambda: world.nodes_of(bucket)["awaited"] == [], "nobody has to hand over", LIMIT)


def test_a_promotion_is_told_and_recorded(world):
    bucket = world.bucket(replica=1)
    events = Events(world.consoles[2])
    world.promote(bucket).expect(200)
    events.wait_for(lambda event: event["type"] == "bucket" and event["payload"].get("name") == bucket and
                    event["payload"].get("change") in ("switched", "given_away"), "the change is told", LIMIT)
    events.close()
    entries = world.consoles[0].get("/audit-logs?action=bucket.promote").expect(200).data["audit_logs"]
    assert any(entry["resource"] == bucket and entry["answer"] == 200 for entry in entries)


def test_there_are_no_conflicts_where_nothing_was_written_apart(world):
    for console in world.consoles:
        answer = console.get("/cluster/conflicts").expect(200).data
        assert answer["conflicts"] == [] and "missing" not in answer
    world.consoles[0].post("/cluster/conflicts/none/restore").expect(404, "NoSuchConflict")
    world.consoles[0].post("/cluster/conflicts/none/discard").expect(404, "NoSuchConflict")
    world.consoles[0].get("/cluster/conflicts?after=none").expect(400)


def test_changes_of_owner_are_counted(world):
    bucket = world.bucket(replica=2)
    world.promote(bucket, node_id=world.ids[2]).expect(200)

    def switches():
        with urllib.request.urlopen(world.cluster[2].console_url + "/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith("maxiofs_failover_switches_total "))

    poll(lambda: switches() >= 1, "the switch is counted", LIMIT)
