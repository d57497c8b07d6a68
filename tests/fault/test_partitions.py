# SPDX-License-Identifier: GPL-3.0-or-later
"""Members that cannot reach each other, stand still, are away or have a wrong clock: records converge afterwards,
nobody is locked out, and each bucket has one owner."""

import os
import signal

import pytest

from members import PASSWORD, wait_until_agreed, wait_until_healthy
from node import poll
from support import raw_client

MONTH_SECONDS = 31 * 24 * 3600


def change_on_both_sides(a, b):
    """What is changed on either side of a partition: users made, one edited on both, one deleted, a bucket made."""
    a.make_user("made-by-a", PASSWORD).expect(201)
    b.make_user("made-by-b", PASSWORD).expect(201)
    edited = a.users()["edited"]["id"]
    a.console.put(f"/users/{edited}", {"display_name": "as a says"}).expect(200)
    b.console.put(f"/users/{edited}", {"display_name": "as b says", "theme": "dark"}).expect(200)
    a.console.delete(f"/users/{a.users()['deleted']['id']}").expect(200)
    raw_client(a).put("/same-name").expect(200)
    raw_client(b).put("/same-name").expect(200)
    raw_client(a).put("/same-name/object", b"of a").expect(200)
    raw_client(b).put("/same-name/object", b"of b").expect(200)


def check_after_healing(nodes, a):
    view = wait_until_agreed(nodes)
    assert {"made-by-a", "made-by-b", "edited"} <= set(view["users"])
    assert "deleted" not in view["users"], "a deleted user came back"
    assert view["users"]["edited"][1] in ("as a says", "as b says")
    conflicts = [name for name in view["buckets"] if name.startswith("same-name-conflict-")]
    assert len(conflicts) == 1 and "same-name" in view["buckets"], view["buckets"]
    contents = set()
    for name in ("same-name", conflicts[0]):
        for node in nodes:
            answer = raw_client(node).get(f"/{name}/object").expect(200)
            contents.add((name, answer.body))
    assert {body for _, body in contents} == {b"of a", b"of b"} and len(contents) == 2, contents
    for node in nodes:
        for username in ("made-by-a", "made-by-b"):
            assert node.try_user(username, PASSWORD) == 200, f"{username} is locked out at {node.folder.name}"


@pytest.mark.parametrize("count", [2, 3])
def test_a_partition_heals_without_loss(members, count):
    nodes = members(count)
    for username in ("edited", "deleted"):
        nodes[0].make_user(username, PASSWORD).expect(201)
    wait_until_agreed(nodes)
    a, b = nodes[0], nodes[-1]

    members.network.part(nodes[:-1], [b])
    poll(lambda: a.health_of("node-1")[0] and a.health_of(b.folder.name)[0] == "unavailable",
         "the other side is unavailable", 30)
    assert a.health_of(b.folder.name)[1], "without a reason in words"
    change_on_both_sides(a, b)
    members.network.heal(nodes)

    wait_until_healthy(nodes)
    check_after_healing(nodes, a)


def test_a_link_that_is_cut_one_way_heals(members):
    nodes = members(3)
    for username in ("edited", "deleted"):
        nodes[0].make_user(username, PASSWORD).expect(201)
    wait_until_agreed(nodes)

    members.network.cut(nodes[0], nodes[2])
    poll(lambda: nodes[0].health_of("node-3")[0] == "unavailable", "node-3 is unavailable for node-1", 30)
    assert nodes[1].health_of("node-3")[0] == "healthy"
    nodes[0].make_user("made-meanwhile", PASSWORD).expect(201)
    members.network.heal(nodes)

    wait_until_healthy(nodes)
    view = wait_until_agreed(nodes)
    assert "made-meanwhile" in view["users"]


def test_a_node_that_stands_still_catches_up(members):
    nodes = members(3)
    still = nodes[2]
    os.kill(still.pid(), signal.SIGSTOP)
    try:
        poll(lambda: nodes[0].health_of("node-3")[0] == "unavailable", "the stopped node is unavailable", 30)
        reason = nodes[0].health_of("node-3")[1]
        assert "node-3" in reason or "beat" in reason or "answer" in reason, reason
        nodes[0].make_user("made-meanwhile", PASSWORD).expect(201)
    finally:
        os.kill(still.pid(), signal.SIGCONT)

    wait_until_healthy(nodes)
    wait_until_agreed(nodes)
    assert still.try_user("made-meanwhile", PASSWORD) == 200


def test_a_clock_that_is_two_minutes_off_is_told(members):
    nodes = members(2)
    nodes[1].stop()
    nodes[1].set_clock(+120)
    nodes[1].start()

    poll(lambda: nodes[0].health_of("node-2")[0] == "degraded" and "clock" in nodes[0].health_of("node-2")[1],
         "the clock is the reason", 30)
    nodes[1].make_user("made-in-the-future", PASSWORD).expect(201)
    wait_until_agreed(nodes)
    user = nodes[0].users()["made-in-the-future"]["id"]
    nodes[0].console.put(f"/users/{user}", {"display_name": "changed by the slower clock"}).expect(200)
    view = wait_until_agreed(nodes)
    assert view["users"]["made-in-the-future"][1] == "changed by the slower clock"


def test_a_clock_that_is_twenty_minutes_off_is_refused(members):
    nodes = members(2)
    nodes[1].stop()
    nodes[1].set_clock(+1200)
    nodes[1].start()

    poll(lambda: nodes[0].health_of("node-2")[0] in ("degraded", "unavailable")
         and "clock" in nodes[0].health_of("node-2")[1], "the clock is the reason", 60)
    nodes[1].stop()
    nodes[1].set_clock(0)
    nodes[1].start()
    wait_until_healthy(nodes)
    wait_until_agreed(nodes)


def test_a_join_with_a_wrong_clock_changes_nothing(members):
    first, second = members(2, joined=False)
    token = first.console.post("/cluster/initialize", {"node_name": "node-1"}).expect((200, 201)).data["cluster_token"]
    second.stop()
    second.set_clock(+1200)
    second.start()

    reply = second.join(first, token)

    assert reply.status >= 400 and "clock" in reply.document["message"].lower(), reply.document
    assert set(first.nodes()) == {"node-1"}
    assert not second.console.get("/cluster/config").data["is_cluster_enabled"]


def test_what_was_deleted_while_a_node_was_away_for_a_month_stays_deleted(members):
    nodes = members(3)
    nodes[0].make_user("deleted", PASSWORD).expect(201)
    nodes[0].make_user("kept", PASSWORD).expect(201)
    wait_until_agreed(nodes)
    away = nodes[2]
    away.stop()
    nodes[0].console.delete(f"/users/{nodes[0].users()['deleted']['id']}").expect(200)

    for node in nodes:
        if node is not away:
            node.stop()
        node.set_clock(MONTH_SECONDS)
    for node in nodes[:2]:
        node.start()
    wait_until_agreed(nodes[:2])
    # Old tombstones are dropped, if at all, when records are written.
    nodes[0].make_user("made-a-month-later", PASSWORD).expect(201)
    away.start()

    wait_until_healthy(nodes)
    view = wait_until_agreed(nodes)
    assert "deleted" not in view["users"] and {"kept", "made-a-month-later"} <= set(view["users"])


def test_a_removed_node_that_goes_on_talking_is_not_heard(members):
    nodes = members(3)
    removed = nodes[2]
    raw_client(removed).put("/left-behind").expect(200)
    wait_until_agreed(nodes)
    refused = nodes[0].console.delete(f"/cluster/nodes/{removed.id}")
    assert refused.status == 409 and "left-behind" in str(refused.document), refused.document

    members.network.part(nodes[:2], [removed])
    node_id = removed.id
    nodes[0].console.delete(f"/cluster/nodes/{node_id}?force=true").expect(200)
    removed.make_user("made-by-the-removed", PASSWORD).expect(201)
    members.network.heal(nodes)

    poll(lambda: not removed.console.get("/cluster/config").expect(200).data["is_cluster_enabled"],
         "the removed node learns it", 60)
    view = wait_until_agreed(nodes[:2])
    assert set(view["nodes"]) == {"node-1", "node-2"}
    assert "made-by-the-removed" not in view["users"]
    assert raw_client(nodes[0]).get("/left-behind/x").status == 503
