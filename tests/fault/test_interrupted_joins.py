# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 in the middle of a join and of a change of the token: both sides are as they were, or both have gone on."""

import threading

import pytest

from members import PASSWORD, initialize, wait_until_agreed, wait_until_healthy
from node import poll


def in_background(call):
    def run():
        try:
            call()
        except (OSError, AssertionError):
            pass  # the node was killed before its answer

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("victim", ["joiner", "member"])
def test_a_join_that_is_killed_is_whole_or_not_at_all(members, victim, choose, round_number):
    member, joiner = members(2, joined=False)
    token = initialize(member)
    joiner.make_user("of-the-joiner", PASSWORD).expect(201)
    killed = joiner if victim == "joiner" else member
    joiner.console.get("/cluster/config").expect(200)

    asking = in_background(lambda: joiner.join(member, token))
    threading.Event().wait(choose.uniform(0, 0.6))
    killed.kill()
    killed.start()
    asking.join()

    def settled():
        is_member = joiner.console.get("/cluster/config").expect(200).data["is_cluster_enabled"]
        return is_member == ("node-2" in member.nodes())

    poll(settled, "both sides say the same", 60)
    if "node-2" not in member.nodes():
        joiner.join(member, token).expect((200, 201))
    wait_until_healthy([member, joiner])
    view = wait_until_agreed([member, joiner])
    assert "of-the-joiner" in view["users"]
    for node in (member, joiner):
        assert node.try_user("of-the-joiner", PASSWORD) == 200


@pytest.mark.parametrize("victim", [0, 1, 2])
def test_a_change_of_the_token_that_is_killed_locks_nobody_out(members, victim, choose, round_number):
    nodes = members(3)

    asking = in_background(lambda: nodes[0].console.post("/cluster/token/rotate"))
    threading.Event().wait(choose.uniform(0, 0.3))
    nodes[victim].kill()
    nodes[victim].start()
    asking.join()

    wait_until_healthy(nodes)
    nodes[1].make_user("made-afterwards", PASSWORD).expect(201)
    wait_until_agreed(nodes)
    prints = {node.console.get("/cluster/config").expect(200).data["token_fingerprint"] for node in nodes}
    assert len(prints) == 1
