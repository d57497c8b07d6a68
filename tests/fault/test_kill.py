# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 under mixed load at random times: what was acknowledged is there, what was not is whole or absent."""

import contextlib
import subprocess

import pytest

from mixed_load import MixedLoad
from support import raw_client, set_versioning

KILLS = 5


@pytest.mark.parametrize("versioned", [False, True])
def test_acknowledged_changes_survive_kill_9(new_node, choose, round_number, versioned):
    node = new_node().start()
    raw_client(node).put("/load").expect(200)
    if versioned:
        set_versioning(raw_client(node), "load", "Enabled")
    load = MixedLoad(lambda: raw_client(node), "load", choose.randrange(1 << 30))

    for number in range(KILLS):
        load.start()
        load.stopping.wait(choose.uniform(0.05, 1.2))
        node.kill()
        load.stop()
        node.start()
        load.check()
        print(f"kill {number + 1}: {load.acknowledged()} acknowledged changes hold")
    assert load.acknowledged() > 0 and not [status for status in load.refused() if status >= 500]


def test_a_kill_during_the_start_harms_nothing(new_node, choose, round_number):
    node = new_node().start()
    raw_client(node).put("/load").expect(200)
    load = MixedLoad(lambda: raw_client(node), "load", choose.randrange(1 << 30))
    load.start()
    load.stopping.wait(1)
    node.kill()
    load.stop()

    for _ in range(KILLS):
        node.spawn()
        with contextlib.suppress(subprocess.TimeoutExpired):
            node.process.wait(choose.uniform(0.0, 0.4))
        node.kill()
    node.start()

    load.check()


def test_two_nodes_never_open_one_folder(new_node):
    first = new_node("first").start()
    second = new_node("second")
    second.data = first.data
    second.spawn()
    assert second.process.wait(60) not in (0, None)
    assert first.health()[0] == 200
    assert str(first.data) in second.log_tail() or "lock" in second.log_tail().lower()
    second.ended()
