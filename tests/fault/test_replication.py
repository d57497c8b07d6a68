# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that die and disks that fill or go bad while buckets are replicated: the other side ends up the same."""

import pytest

from history import History, check_registers, check_set
from members import form, wait_until_healthy
from node import poll
from recorded_load import RecordedClient, RecordedLoad, body_of, found_in
from replicas import make_rule, queue_of, rule_of, verify, wait_for_rule, wait_in_sync
from support import raw_client
from volumes import MemoryVolume, command

BACKLOG_OBJECTS = 400
SMALL_VOLUME_MIB, LARGER_VOLUME_MIB = 400, 1200


def write_backlog(history, source, bucket):
    client = RecordedClient(history, lambda: raw_client(source), bucket, f"{bucket}-first")
    for number in range(BACKLOG_OBJECTS):
        assert client.put(f"backlog/{number}", 400_000 if number % 10 == 0 else 3_000)


def check_both(history, source, rule, copy, bucket):
    """What the clients were answered is true of the source, and the replica and the copy are the same."""
    reader = RecordedClient(history, lambda: raw_client(source), bucket, f"{bucket}-reader")
    for key in history.by_key():
        assert reader.get(key)
    assert check_registers(history) == []
    found = found_in(raw_client(source), bucket)
    assert check_set(history, found) == []
    wait_in_sync(source, rule, copy)
    for id in (rule, copy):
        verify(source, id)
    copied = found_in(raw_client(source), f"{bucket}-copy")
    assert {key: each.current for key, each in copied.items()} == {key: each.current for key, each in found.items()}


def kill_and_start(nodes):
    for node in nodes:
        node.kill()
    for node in nodes:
        node.start()


@pytest.mark.parametrize("victims", ["source", "destination", "both"])
def test_a_kill_during_the_backlog_loses_nothing(members, choose, round_number, victims):
    source, destination = nodes = members(2)
    killed = {"source": [source], "destination": [destination], "both": nodes}[victims]
    raw_client(source).put("/backlog").expect(200)
    history = History()
    write_backlog(history, source, "backlog")

    rule = make_rule(source, "backlog", destination)
    copy = make_rule(source, "backlog", destination, "backlog-copy")
    some = choose.randrange(1, BACKLOG_OBJECTS // 2)
    wait_for_rule(source, rule, lambda seen: seen["objects_replicated"] >= some, "the backlog has begun")
    kill_and_start(killed)

    wait_until_healthy(nodes)
    check_both(history, source, rule, copy, "backlog")


@pytest.mark.parametrize("victims", ["source", "destination", "both"])
def test_a_kill_while_clients_write_loses_nothing(members, choose, round_number, victims):
    source, destination = nodes = members(2)
    killed = {"source": [source], "destination": [destination], "both": nodes}[victims]
    raw_client(source).put("/steady").expect(200)
    rule = make_rule(source, "steady", destination)
    copy = make_rule(source, "steady", destination, "steady-copy")
    history = History()

    with RecordedLoad(history, lambda: raw_client(source), "steady", choose.randrange(1 << 30)) as load:
        for _ in range(2):
            wanted = history.acknowledged() + choose.randrange(20, 60)
            poll(lambda: load.failures or history.acknowledged() >= wanted, "clients write", 60)
            kill_and_start(killed)
        wanted = history.acknowledged() + 20
        poll(lambda: load.failures or history.acknowledged() >= wanted, "clients write again", 60)

    wait_until_healthy(nodes)
    check_both(history, source, rule, copy, "steady")


def test_what_a_synchronous_rule_acknowledged_survives_its_source(members, choose, round_number):
    source, destination = nodes = members(2)
    raw_client(source).put("/mirrored").expect(200)
    copy = make_rule(source, "mirrored", destination, "mirrored-copy", interval=0)
    wait_in_sync(source, copy)
    history = History()

    with RecordedLoad(history, lambda: raw_client(source), "mirrored", choose.randrange(1 << 30)) as load:
        wanted = choose.randrange(50, 150)
        poll(lambda: load.failures or history.acknowledged() >= wanted, "clients write", 60)
        source.kill()
    assert check_set(history, found_in(raw_client(destination), "mirrored-copy")) == []

    source.start()
    wait_until_healthy(nodes)
    wait_in_sync(source, copy)
    verify(source, copy)
    assert check_set(history, found_in(raw_client(source), "mirrored")) == []


def test_what_was_written_during_a_partition_comes_after_it(members, choose, round_number):
    source, destination = nodes = members(2)
    raw_client(source).put("/parted").expect(200)
    rule = make_rule(source, "parted", destination)
    copy = make_rule(source, "parted", destination, "parted-copy")
    wait_in_sync(source, rule, copy)
    history = History()

    with RecordedLoad(history, lambda: raw_client(source), "parted", choose.randrange(1 << 30)) as load:
        poll(lambda: load.failures or history.acknowledged() >= 30, "clients write", 60)
        members.network.part([source], [destination])
        told = wait_for_rule(source, rule, lambda seen: seen["status"] == "failing", "the partition is told")
        assert told["reason"], told
        wanted = history.acknowledged() + 50
        poll(lambda: load.failures or history.acknowledged() >= wanted, "clients go on writing", 60)
        members.network.heal(nodes)

    wait_until_healthy(nodes)
    check_both(history, source, rule, copy, "parted")


@pytest.mark.parametrize("seconds", [-120, 120])
def test_a_destination_whose_clock_is_off_ends_up_the_same(members, choose, round_number, seconds):
    source, destination = members(2)
    raw_client(source).put("/skewed").expect(200)
    rule = make_rule(source, "skewed", destination)
    copy = make_rule(source, "skewed", destination, "skewed-copy")
    destination.stop()
    destination.set_clock(seconds)
    destination.start()
    history = History()

    with RecordedLoad(history, lambda: raw_client(source), "skewed", choose.randrange(1 << 30)) as load:
        poll(lambda: load.failures or history.acknowledged() >= 100, "clients write", 60)

    check_both(history, source, rule, copy, "skewed")


@pytest.fixture
def small_destination(members, tmp_path):
    """(source, destination, its volume), whose destination has little room."""
    volume = MemoryVolume(tmp_path, SMALL_VOLUME_MIB)
    source, destination = members(2, joined=False)
    destination.kill()
    destination.data = volume.mount_point / "data"
    destination.start()
    form([source, destination])
    yield source, destination, volume
    destination.kill()
    volume.unmount()


def test_a_full_destination_is_told_and_caught_up_with(small_destination, round_number):
    source, destination, volume = small_destination
    raw_client(source).put("/large").expect(200)
    history = History()
    client = RecordedClient(history, lambda: raw_client(source), "large", "client")
    for number in range(SMALL_VOLUME_MIB // 2 + 20):
        assert client.put(f"large/{number}", 2 << 20)

    rule = make_rule(source, "large", destination)
    told = wait_for_rule(source, rule, lambda seen: seen["status"] == "failing", "the destination has no room")
    assert str(volume.mount_point) in told["last_error"] and told["reason"], told
    assert client.put("meanwhile", 100)  # clients of the source never notice
    assert destination.health()[0] == 200

    command("mount", "-o", f"remount,size={LARGER_VOLUME_MIB}M", volume.mount_point)
    wait_in_sync(source, rule)
    verify(source, rule)
    assert rule_of(source, rule)["last_error"] is None


def damage_payload(node, body):
    """Flips a byte of what a stopped node stored last; the data is encrypted, so it is found by its place: `body` is
    the only one of its size that has a file of its own."""
    blobs = [path for path in node.data.glob("blobs/*/*") if path.is_file() and path.stat().st_size >= len(body)]
    assert len(blobs) == 1, blobs
    content = bytearray(blobs[0].read_bytes())
    content[len(content) // 2] ^= 1
    blobs[0].write_bytes(content)


def test_a_damaged_object_of_the_source_is_never_copied(members, round_number):
    source, destination = members(2)
    raw = raw_client(source)
    raw.put("/worn").expect(200)
    for number in range(20):
        raw.put(f"/worn/good-{number}", body_of(f"good-{number}", 3_000)).expect(200)
    body = body_of("bad", 2 << 20)
    raw.put("/worn/bad", body).expect(200)
    assert source.stop() == 0
    damage_payload(source, body)
    source.start()
    wait_until_healthy([source, destination])

    copy = make_rule(source, "worn", destination, "worn-copy")
    wait_for_rule(source, copy, lambda rule: rule["objects_retrying"] == 1 and rule["objects_replicated"] == 20,
                  "all others are copied, the damaged one is set aside")

    def set_aside():
        return next((entry for entry in queue_of(source, copy)
                     if entry["object_key"] == "bad" and entry["status"] == "failed"), None)

    assert poll(set_aside, "the damaged object is told", 60, every=0.2)["last_error"]
    for number in range(20):
        assert raw.get(f"/worn-copy/good-{number}").expect(200).body == body_of(f"good-{number}", 3_000)
    raw.get("/worn-copy/bad").expect(404)

    raw.put("/worn/bad", body).expect(200)
    wait_in_sync(source, copy)
    assert raw.get("/worn-copy/bad").expect(200).body == body
