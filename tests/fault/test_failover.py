# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners of buckets that die, are parted, are stopped or are relieved, under clients whose requests are recorded: a
replica takes over, nothing acknowledged is lost, and in the end each bucket has one owner whose replicas equal it."""

import contextlib
import os
import shutil
import time

import pytest

from failover import ReplicatedBucket
from history import GET, OK, check_registers, check_sides, without_dirty_reads
from node import poll
from recorded_load import versions_of
from replicas import wait_in_sync
from support import SMALLEST_PART, complete, put_part, random_bytes, raw_client, start_upload

PARTITION_SECONDS = float(os.environ.get("MAXIOFS_PARTITION_SECONDS", 15))
ONE_CLOCK = {"apart_seconds": 0.1}  # the nodes have this computer's: writes that close at two of them have no order


# --- Owners that are killed ----------------------------------------------------------------------------------------

def test_what_a_synchronous_owner_acknowledged_survives_its_disk(members, choose, round_number):
    nodes = owner, replica, edge = members(3)
    bucket = ReplicatedBucket([owner, replica], "kept", interval=0)

    with bucket.load(choose, *nodes) as load:
        load.wait_for_writes(choose.randrange(50, 150))
        owner.kill()
        killed = bucket.history.clock()
        shutil.rmtree(owner.data)
        bucket.wait_for_owner(replica, replica, edge)
        load.wait_for_writes(100)
    bucket.check(edge)
    assert check_registers(without_dirty_reads(bucket.history, killed)) == []

    replica.console.delete(f"/cluster/nodes/{bucket.ids[owner]}?force=true").expect(200)
    assert bucket.settle([replica, edge]) is replica
    bucket.check(edge)


@pytest.mark.parametrize("versioned", [False, True])
def test_what_an_asynchronous_owner_acknowledged_is_there_once_it_returns(members, choose, round_number, versioned):
    owner, replica = members(2)
    bucket = ReplicatedBucket([owner, replica], "late", versioned=versioned)

    with bucket.load(choose, owner) as first, bucket.load(choose, replica) as second:
        first.wait_for_writes(50)
        members.network.part([owner], [replica])
        first.wait_for_writes(30)
        owner.kill()
        members.network.heal([owner, replica])
        bucket.wait_for_owner(replica)
        second.wait_for_writes(50)
        owner.start()
        second.wait_for_writes(50)

    assert bucket.settle() is replica
    bucket.check(replica, **ONE_CLOCK)


def test_what_its_new_owner_deleted_unseen_stays_deleted(members, round_number):
    """An object that the new owner never got is deleted there, and with a good answer: the former one brings it not
    back."""
    owner, replica = members(2)
    bucket = ReplicatedBucket([owner, replica], "unseen")
    members.network.part([owner], [replica])
    raw_client(owner).put("/unseen/object", b"x").expect(200)
    owner.kill()
    members.network.heal([owner, replica])
    bucket.wait_for_owner(replica)

    raw_client(replica).delete("/unseen/object").expect(204)
    owner.start()
    bucket.settle()

    for node in (owner, replica):
        raw_client(node).get("/unseen/object").expect(404, "NoSuchKey")


def test_a_bucket_is_not_deleted_while_its_former_owner_is_away(members, round_number):
    owner, replica = members(2)
    bucket = ReplicatedBucket([owner, replica], "awaited")
    raw_client(owner).put("/awaited/object", b"x").expect(200)
    bucket.wait_until_whole()
    owner.kill()
    bucket.wait_for_owner(replica)
    assert [former["id"] for former in bucket.told_by(replica)["awaited"]] == [bucket.ids[owner]]

    raw_client(replica).delete("/awaited/object").expect(204)
    refused = raw_client(replica).delete("/awaited").expect(409)
    assert "node-1" in refused.text_of("Message"), refused
    owner.start()
    bucket.settle()

    raw_client(owner).get("/awaited/object").expect(404, "NoSuchKey")
    # What the owner wrote shortly before it died may be kept apart from its deletion.
    for conflict in owner.console.get("/cluster/conflicts?bucket=awaited").expect(200).data["conflicts"]:
        owner.console.post(f"/cluster/conflicts/{conflict['id']}/discard").expect(200)
    raw_client(owner).delete("/awaited").expect(204)
    for node in (owner, replica):
        poll(lambda: raw_client(node).get("/awaited").status == 404, "the bucket is gone", 60)


# --- Partitions ----------------------------------------------------------------------------------------------------

def write_apart(bucket, choose, network, owners):
    """Parts all nodes of the bucket under load until each of `owners` takes writes for itself, and for the time of a
    partition: ({names of its clients}, since when it took writes alone) of each."""
    loads = {node: bucket.load(choose, node, pause=0.1) for node in bucket.nodes}
    with contextlib.ExitStack() as running:
        for load in loads.values():
            running.enter_context(load).wait_for_writes(10)
        for number, node in enumerate(bucket.nodes):
            network.part([node], bucket.nodes[number + 1:])
        ends = time.monotonic() + PARTITION_SECONDS
        sides = [alone(bucket, node, loads[node]) for node in owners]
        for node in owners:
            loads[node].wait_for_writes(50)
        poll(lambda: time.monotonic() > ends, "the partition lasts", PARTITION_SECONDS + 1)
    return sides


def alone(bucket, node, load):
    bucket.wait_for_owner(node)
    return {client.name for client in load.clients}, bucket.history.clock()


def conflicts_of(node, bucket):
    """The conflict versions of a bucket, of which the console and S3 tell the same."""
    told = [conflict["version_id"] for conflict in node.console.list("/cluster/conflicts", "conflicts")]
    listed = [version for versions in versions_of(raw_client(node), bucket.name).values() for _, version, _ in versions
              if version.startswith("conflict-")]
    assert sorted(told) == sorted(listed)
    return listed


@pytest.mark.parametrize("interval", [10, 0])
def test_both_sides_of_a_partition_keep_what_they_acknowledged(members, choose, round_number, interval):
    """An owner whose synchronous rule fails acknowledges nothing; the other side goes on alone."""
    nodes = owner, replica = members(2)
    bucket = ReplicatedBucket(nodes, "parted", interval)

    sides = write_apart(bucket, choose, members.network, [replica] if interval == 0 else nodes)
    members.network.heal(nodes)

    assert bucket.settle() is replica
    found = bucket.check(owner, **ONE_CLOCK)
    assert check_sides(bucket.history, found, sides) == []
    assert conflicts_of(replica, bucket) == conflicts_of(owner, bucket)


def test_of_three_claimants_one_is_the_owner_in_the_end(members, choose, round_number):
    nodes = members(3)
    bucket = ReplicatedBucket(nodes, "claimed")

    sides = write_apart(bucket, choose, members.network, nodes)
    members.network.heal(nodes)

    assert bucket.settle() is max(nodes[1:], key=lambda node: (bucket.location(node)[1], bucket.ids[node]))
    found = bucket.check(nodes[0], **ONE_CLOCK)
    assert check_sides(bucket.history, found, sides) == []
    assert conflicts_of(nodes[0], bucket), "three nodes wrote the same objects"


# --- Clocks --------------------------------------------------------------------------------------------------------

def members_with_skew(members, seconds):
    """Two, the second one's clock off by so many seconds."""
    nodes = members(2)
    nodes[1].stop()
    nodes[1].set_clock(seconds)
    nodes[1].start()
    poll(lambda: nodes[0].health_of("node-2")[0] == "degraded", "the clock is told", 60)
    return nodes


@pytest.mark.parametrize("seconds", [-120, 120])
def test_both_sides_write_with_clocks_that_are_off(members, choose, round_number, seconds):
    nodes = members_with_skew(members, seconds)
    bucket = ReplicatedBucket(nodes, "skewed")

    sides = write_apart(bucket, choose, members.network, nodes)
    members.network.heal(nodes)

    assert bucket.settle() is nodes[1]
    found = bucket.check(nodes[0], apart_seconds=2 * abs(seconds))
    assert check_sides(bucket.history, found, sides) == []


@pytest.mark.parametrize("seconds", [-120, 120])
def test_a_new_owner_whose_clock_is_off_goes_on_where_the_old_one_ended(members, choose, round_number, seconds):
    nodes = owner, replica = members_with_skew(members, seconds)
    bucket = ReplicatedBucket(nodes, "ahead", interval=0)

    with bucket.load(choose) as load:
        load.wait_for_writes(50)
        owner.kill()
        killed = bucket.history.clock()
        bucket.wait_for_owner(replica)
        load.wait_for_writes(100)
        owner.start()
        load.wait_for_writes(50)

    assert bucket.settle() is replica
    bucket.check(owner)
    assert check_registers(without_dirty_reads(bucket.history, killed)) == []


# --- Planned switches ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("interval", [10, 0])
def test_an_owner_that_is_stopped_gives_its_bucket_away(members, choose, round_number, interval):
    nodes = first, second = members(2)
    bucket = ReplicatedBucket(nodes, "handed", interval)

    with bucket.load(choose) as load:
        for stopped, other in ((first, second), (second, first)):
            load.wait_for_writes(choose.randrange(30, 80))
            assert stopped.stop() == 0, stopped.log_tail()
            assert bucket.location(other)[0] == bucket.ids[other], "it was given away before the node ended"
            load.wait_for_writes(50)
            stopped.start()
            assert bucket.wait_until_whole(busy=True)[0] is other

    assert bucket.settle() is first
    bucket.check(second)
    assert check_registers(bucket.history) == []


@pytest.mark.parametrize("interval", [10, 0])
def test_a_promotion_under_load_loses_nothing(members, choose, round_number, interval):
    nodes = members(3)
    bucket = ReplicatedBucket(nodes, "moved", interval)

    with bucket.load(choose) as load:
        for target in (nodes[1], nodes[2], nodes[0]):
            load.wait_for_writes(choose.randrange(30, 80))
            moved = bucket.promote(target, asked=choose.choice(nodes)).expect(200).data
            assert moved["node_id"] == bucket.ids[target]
            bucket.wait_for_owner(target, *nodes)
            load.wait_for_writes(30)
            assert bucket.wait_until_whole(busy=True)[0] is target

    assert bucket.settle() is nodes[0]
    bucket.check(choose.choice(nodes))
    assert check_registers(bucket.history) == []
    assert not [one for one in bucket.history.snapshot() if one.operation == GET and one.outcome != OK], "reads failed"


def test_a_bucket_with_the_manual_policy_waits_for_a_person(members, choose, round_number):
    owner, replica = members(2)
    by_hand, by_itself = ReplicatedBucket([owner, replica], "by-hand"), ReplicatedBucket([owner, replica], "by-itself")
    owner.console.put("/buckets/by-hand/failover", {"failover": "manual"}).expect(200)
    poll(lambda: by_hand.told_by(replica)["failover"] == "manual", "the policy is known", 60)
    for bucket in (by_hand, by_itself):
        raw_client(owner).put(f"/{bucket.name}/object", b"x").expect(200)
        wait_in_sync(owner, *bucket.rules.values())
    owner.kill()

    by_itself.wait_for_owner(replica)
    assert by_hand.location(replica)[0] == by_hand.ids[owner]
    raw_client(replica).put("/by-hand/other", b"y").expect(503, ("SlowDown", "ServiceUnavailable"))
    by_hand.promote(replica).expect(200)
    raw_client(replica).put("/by-hand/other", b"y").expect(200)

    owner.start()
    assert by_hand.settle() is replica and by_itself.settle() is replica
    for key, body in (("object", b"x"), ("other", b"y")):
        assert raw_client(owner).get(f"/by-hand/{key}").expect(200).body == body


# --- Uploads -------------------------------------------------------------------------------------------------------

def begin_upload(node, path):
    raw, body = raw_client(node), random_bytes(SMALLEST_PART, 1)
    upload = start_upload(raw, path)
    return upload, [(1, put_part(raw, path, upload, 1, body).expect(200).etag)], body


def test_an_upload_of_an_owner_that_died_is_told_as_lost(members, round_number):
    owner, replica = members(2)
    bucket = ReplicatedBucket([owner, replica], "uploads", interval=0)
    upload, parts, _ = begin_upload(replica, "/uploads/large")
    owner.kill()
    bucket.wait_for_owner(replica)

    raw = raw_client(replica)
    put_part(raw, "/uploads/large", upload, 2, b"x").expect(404, "NoSuchUpload")
    complete(raw, "/uploads/large", upload, parts).expect(404, "NoSuchUpload")
    again, parts, body = begin_upload(replica, "/uploads/large")
    complete(raw, "/uploads/large", again, parts).expect(200)

    owner.start()
    assert bucket.settle() is replica
    for node in (owner, replica):
        complete(raw_client(node), "/uploads/large", upload, parts).expect(404, "NoSuchUpload")
        assert raw_client(node).get("/uploads/large").expect(200).body == body
        uploads = raw_client(node).get("/uploads", query=[("uploads", "")]).expect(200)
        assert upload not in uploads.texts_of("*/UploadId")


def test_an_upload_of_a_bucket_that_moves_is_whole_or_told_as_lost(members, round_number):
    owner, replica = members(2)
    bucket = ReplicatedBucket([owner, replica], "uploads")
    raw_client(owner).put("/uploads/small", b"x").expect(200)
    upload, parts, body = begin_upload(owner, "/uploads/large")
    bucket.promote(replica).expect(200)

    done = complete(raw_client(owner), "/uploads/large", upload, parts).expect((200, 404), (None, "NoSuchUpload"))
    assert bucket.settle() is replica
    read = raw_client(owner).get("/uploads/large")
    assert read.status == done.status and (read.status == 404 or read.body == body)
