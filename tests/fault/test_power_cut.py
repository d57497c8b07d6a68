# SPDX-License-Identifier: GPL-3.0-or-later
"""A power cut under mixed load: the volume forgets all that was not synced; what was acknowledged is there."""

import pytest

from mixed_load import MixedLoad
from support import raw_client
from volumes import Ext4Image

CUTS = 4


@pytest.fixture
def volume(tmp_path):
    volume = Ext4Image(tmp_path, 1500)
    yield volume
    volume.unmount()


def cut_power(node, volume):
    volume.cut_power()
    node.kill()
    volume.unmount()
    volume.mount()


def test_acknowledged_changes_survive_power_cuts(volume, new_node, choose, round_number):
    node = new_node()
    node.data = volume.mount_point / "data"
    node.start()
    raw_client(node).put("/load").expect(200)
    load = MixedLoad(lambda: raw_client(node), "load", choose.randrange(1 << 30))
    try:
        for number in range(CUTS):
            load.start()
            load.stopping.wait(choose.uniform(0.1, 1.5))
            volume.cut_power()
            node.kill()
            load.stop()
            volume.unmount()
            volume.mount()
            node.start()
            load.check()
            print(f"power cut {number + 1}: {load.acknowledged()} acknowledged changes hold")
        assert load.acknowledged() > 0
    finally:
        node.kill()


def test_a_new_bucket_and_its_first_object_survive_a_power_cut_at_once(volume, new_node):
    node = new_node()
    node.data = volume.mount_point / "data"
    node.start()
    try:
        raw = raw_client(node)
        raw.put("/first").expect(200)
        raw.put("/first/small", b"small").expect(200)
        raw.put("/first/large", b"l" * 1_000_000).expect(200)
        cut_power(node, volume)
        node.start()

        assert raw.get("/first/small").expect(200).body == b"small"
        assert raw.get("/first/large").expect(200).body == b"l" * 1_000_000
        cut_power(node, volume)
        node.start()
        assert raw.get("/first/small").expect(200).body == b"small"
    finally:
        node.kill()
