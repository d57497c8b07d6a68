# SPDX-License-Identifier: GPL-3.0-or-later
"""A lone node that is killed under clients whose requests are recorded: no order of requests is broken, nothing that
was acknowledged is lost. It shows that what other fault tests of clusters rely on tells the truth of one node."""

import pytest

from history import History, check_registers, check_set
from node import poll
from recorded_load import RecordedClient, RecordedLoad, body_of, found_in, value_of
from support import raw_client, set_versioning

KILLS = 3


@pytest.mark.parametrize("versioned", [False, True])
def test_a_node_that_is_killed_keeps_each_register(new_node, choose, versioned):
    node = new_node().start()
    raw_client(node).put("/recorded").expect(200)
    if versioned:
        set_versioning(raw_client(node), "recorded", "Enabled")
    history = History()

    with RecordedLoad(history, lambda: raw_client(node), "recorded", choose.randrange(1 << 30)) as load:
        for _ in range(KILLS):
            wanted = history.acknowledged() + choose.randrange(20, 60)
            poll(lambda: load.failures or history.acknowledged() >= wanted, "clients write", 60)
            node.kill()
            node.start()
    reader = RecordedClient(history, lambda: raw_client(node), "recorded", "reader")
    for key in history.by_key():
        assert reader.get(key)

    assert check_registers(history) == []
    assert check_set(history, found_in(raw_client(node), "recorded"), keeps_versions=versioned) == []


def test_a_body_tells_whole_which_put_made_it():
    for size in (0, 1, 100_000):
        body = body_of("client-7", size)
        assert value_of(body) == "client-7"
        assert value_of(body[:-1]).startswith("damaged-") and value_of(body + b"x").startswith("damaged-")
        assert value_of(b"other" + body[5:]) != "client-7"
    assert value_of(b"").startswith("damaged-0")
