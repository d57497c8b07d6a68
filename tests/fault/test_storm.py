# SPDX-License-Identifier: GPL-3.0-or-later
"""A storm: mixed load while the node is killed, stopped, frozen and loses its power at random.

MAXIOFS_STORM_SECONDS sets its length; ./dev soak takes 20 minutes.
"""

import os
import signal
import time

import pytest

from mixed_load import MixedLoad
from support import raw_client, set_versioning
from volumes import Ext4Image

SECONDS = float(os.environ.get("MAXIOFS_STORM_SECONDS", 45))


@pytest.fixture
def volume(tmp_path):
    volume = Ext4Image(tmp_path, 6000)
    yield volume
    volume.unmount()


def test_a_storm_loses_nothing_that_was_acknowledged(volume, new_node, choose):
    node = new_node()
    node.data = volume.mount_point / "data"
    node.start()
    raw_client(node).put("/storm").expect(200)
    load = MixedLoad(lambda: raw_client(node), "storm", choose.randrange(1 << 30), workers=8)
    ends, events = time.monotonic() + SECONDS, {}
    try:
        while time.monotonic() < ends:
            event = choose.choice(["kill", "power cut", "stop", "freeze", "versioning"])
            events[event] = events.get(event, 0) + 1
            print(event, flush=True)
            load.start()
            load.stopping.wait(choose.uniform(0.1, 3))
            if event == "freeze":
                os.kill(node.pid(), signal.SIGSTOP)
                load.stopping.wait(choose.uniform(0.1, 1))
                os.kill(node.pid(), signal.SIGCONT)
                load.stop()
            elif event == "stop":
                assert node.stop() == 0, node.log_tail()
                load.stop()
            elif event == "kill":
                node.kill()
                load.stop()
            elif event == "power cut":
                volume.cut_power()
                node.kill()
                load.stop()
                volume.unmount()
                volume.mount()
            else:
                load.stop()
                set_versioning(raw_client(node), "storm", choose.choice(["Enabled", "Suspended"]))
            if not node.is_running():
                node.start()
            load.check()
        print(f"{load.acknowledged()} acknowledged changes hold after {events}")
        assert load.acknowledged() > 0
    finally:
        node.kill()
