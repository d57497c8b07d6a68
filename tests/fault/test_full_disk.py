# SPDX-License-Identifier: GPL-3.0-or-later
"""A full volume: writes end with 507, reads and deletes go on, and it recovers by itself."""

import json

import pytest

from node import poll
from support import raw_client, random_bytes
from volumes import MemoryVolume

MEGABYTES = 400


@pytest.fixture
def node(tmp_path, new_node):
    volume = MemoryVolume(tmp_path, MEGABYTES)
    node = new_node()
    node.data = volume.mount_point / "data"
    node.start()
    yield node
    node.kill()
    volume.unmount()


@pytest.mark.parametrize("size", [2 << 20, 100_000])
def test_a_full_volume_answers_507_and_recovers(node, size):
    raw = raw_client(node)
    raw.put("/full").expect(200)
    data = random_bytes(size)
    stored = 0
    for number in range((MEGABYTES << 20) // size + 1):
        answer = raw.put(f"/full/{number:05}", data)
        if answer.status != 200:
            break
        stored += 1
    answer.expect(507)
    assert answer.code

    health = node.health()
    assert health[0] == 200, health
    for number in range(0, stored, max(1, stored // 20)):
        assert raw.get(f"/full/{number:05}").expect(200).body == data
    raw.put("/full/other", data).expect(507)

    for number in range(stored):
        raw.delete(f"/full/{number:05}").expect(204)

    poll(lambda: raw.put("/full/again", data).status == 200, "writes are taken again after deletes", 90, 0.5)
    assert raw.get("/full/again").expect(200).body == data
    node.kill()
    node.start()
    assert raw.get("/full/again").expect(200).body == data
    raw.get("/full/00000").expect(404)


@pytest.fixture
def node_with_index_volume(tmp_path, new_node):
    """Its index has a volume of its own, and little memory, so that it is written out soon."""
    node = new_node(arguments=["--index-memory", str(16 << 20)])
    volume = MemoryVolume(node.data, 64, "index")
    node.start()
    yield node, volume.mount_point / "ballast"
    node.kill()
    volume.unmount()


def fill(path):
    """Takes all that is left on the path's volume."""
    with open(path, "wb", buffering=0) as file:
        while True:
            try:
                if file.write(bytes(1 << 20)) < 1 << 20:
                    return
            except OSError:
                return


def test_an_index_without_room_refuses_writes_and_recovers(node_with_index_volume):
    node, ballast = node_with_index_volume
    raw = raw_client(node)
    raw.put("/box").expect(200)
    headers = {"x-amz-meta-long": "m" * 1900}
    fill(ballast)

    statuses = {}
    for number in range(20_000):
        statuses[number] = raw.put(f"/box/{number:05}", b"%d" % number, headers).status
        if statuses[number] != 200:
            break
    refused = number
    assert statuses[refused] in (503, 507), statuses[refused]
    print(f"{refused} writes were taken")

    assert raw.put("/box/other", b"other").status == 507
    assert raw.delete("/box/00000").status == 507
    assert json.loads(node.health()[1])["status"] == "degraded"
    for taken in range(0, refused, max(1, refused // 50)):
        assert raw.get(f"/box/{taken:05}").expect(200).body == b"%d" % taken
    raw.get("/box", query=[("list-type", "2")]).expect(200)

    ballast.unlink()
    poll(lambda: raw.put("/box/again", b"again").status == 200, "writes are taken again when there is room", 60, 0.5)

    assert json.loads(node.health()[1])["status"] == "healthy"

    def check():
        for taken in range(0, refused, max(1, refused // 200)):
            assert raw.get(f"/box/{taken:05}").expect(200).body == b"%d" % taken
        assert raw.get("/box/again").expect(200).body == b"again"
        raw.get("/box/other").expect(404)
        maybe = raw.get(f"/box/{refused:05}")
        assert maybe.status == 404 or maybe.body == b"%d" % refused

    check()
    node.kill()
    node.start()
    check()
