# SPDX-License-Identifier: GPL-3.0-or-later
"""A full volume: writes end with 507, reads and deletes go on, and it recovers by itself."""

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
