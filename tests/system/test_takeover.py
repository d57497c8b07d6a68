# SPDX-License-Identifier: GPL-3.0-or-later
"""Buckets change their owner: when it dies, when it stops, and when it is back."""

import contextlib
import itertools
import sqlite3
import time

import pytest

from cluster import Cluster
from console_client import ConsoleClient
from node import poll
from support import random_bytes, raw_client

LIMIT = 120  # seconds that a condition may take on a busy machine
numbers = itertools.count(1)


class World:
    """Two nodes; each bucket that a test makes has a full replica at the other one."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.nodes = cluster.nodes
        self.ids = [cluster.node_id(node) for node in cluster]

    def raw(self, node):
        return raw_client(self.nodes[node])

    def console(self, node):
        return ConsoleClient(self.nodes[node])

    def bucket(self, **options):
        name = f"owned-{next(numbers)}"
        self.raw(0).put("/" + name).expect(200)
        body = {"source_bucket": name, "destination_node_id": self.ids[1], "sync_interval_seconds": 10, **options}
        rule = self.console(0).post("/cluster/replication", body).expect(201).data["id"]
        return name, rule

    def owner(self, bucket, seen_by):
        return self.console(seen_by).get(f"/cluster/buckets/{bucket}/nodes").expect(200).data["primary"]["id"]

    def wait_in_sync(self, rule, at):
        last = [None]

        def arrived():
            last[0] = self.console(at).get("/cluster/replication/" + rule)
            state = last[0].data if last[0].status == 200 else {}
            return state.get("status") == "in_sync" and state["lag_objects"] == 0

        try:
            poll(arrived, "the destination has everything", LIMIT, every=0.2)
        except AssertionError as error:
            raise AssertionError(f"{error}: {last[0]} {last[0].document}") from None

    def wait_for_log(self, node, text, times=1):
        poll(lambda: self.nodes[node].log.read_text(errors="replace").count(text) >= times,
             f"node {node} says: {text}", LIMIT, every=0.1)

    def put_until_taken(self, node, path, body):
        """How long it took until the node answered the write with 200."""
        began = time.monotonic()

        def taken():
            try:
                return self.raw(node).put(path, body).status == 200
            except OSError:
                return False

        poll(taken, "the write is taken", LIMIT, every=0.1)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("takeover"), 2).start()
    yield World(cluster)
    cluster.kill()


@pytest.fixture
def world(shared_world):
    for node in shared_world.nodes:
        if not node.is_running():
            node.kill()
            node.start()
    shared_world.cluster.wait_until_healthy()
    return shared_world


def wait_until_whole(world, bucket, rule, at=1):
    """The replica has everything and may take over: its owner has told it so, which it keeps in auth.db behind a magic
    of four bytes and the format."""
    world.wait_in_sync(rule, 1 - at)
    path = f"file:{world.nodes[at].data / 'auth.db'}?mode=ro"

    def is_whole():
        with contextlib.closing(sqlite3.connect(path, uri=True)) as database:
            row = database.execute("SELECT c.state FROM bucket_copies c JOIN buckets b ON b.id = c.bucket_id"
                                   " WHERE json_extract(b.body, '$.name') = ?", (bucket,)).fetchone()
        return row is not None and row[0] is not None and any(row[0][5:13])

    poll(is_whole, "the replica is whole", LIMIT, every=0.1)


def bodies_of(raw, bucket):
    listed = raw.get("/" + bucket).expect(200).xml()
    return {entry.findtext("Key"): raw.get(f"/{bucket}/{entry.findtext('Key')}").expect(200).body
            for entry in listed.findall("Contents")}


def test_a_replica_takes_over_and_the_old_owner_hands_over(world):
    bucket, rule = world.bucket()
    written = {f"key-{number}": random_bytes(2000 + number, number) for number in range(20)}
    written["large"] = random_bytes(3_000_000, 99)
    for key, body in written.items():
        world.raw(0).put(f"/{bucket}/{key}", body).expect(200)
    wait_until_whole(world, bucket, rule)

    world.nodes[0].kill()
    took = world.put_until_taken(1, f"/{bucket}/written-after", b"by the new owner")
    written["written-after"] = b"by the new owner"
    assert took < 30, took
    assert bodies_of(world.raw(1), bucket) == written
    world.raw(1).put(f"/{bucket}/key-1", b"changed").expect(200)
    world.raw(1).delete(f"/{bucket}/key-2").expect(204)
    written["key-1"] = b"changed"
    del written["key-2"]
    assert world.owner(bucket, 1) == world.ids[1]

    world.nodes[0].start()
    poll(lambda: world.owner(bucket, 0) == world.ids[1], "the old owner knows the new one", LIMIT)
    world.wait_in_sync(rule, 1)
    found = world.console(1).get("/cluster/replication/" + rule).expect(200).data
    assert found["destination_node_id"] == world.ids[0]
    assert bodies_of(world.raw(0), bucket) == written


def test_a_node_that_stops_gives_its_buckets_away(world):
    bucket, rule = world.bucket()
    world.raw(0).put(f"/{bucket}/key", b"before").expect(200)
    wait_until_whole(world, bucket, rule)
    assert world.nodes[0].stop() == 0
    assert world.put_until_taken(1, f"/{bucket}/key", b"after") < 10
    world.nodes[0].start()
    world.wait_in_sync(rule, 1)
    assert world.raw(0).get(f"/{bucket}/key").expect(200).body == b"after"
