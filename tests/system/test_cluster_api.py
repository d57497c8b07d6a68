# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's endpoints of the console API, against real nodes: forming, joining from either side, removing, what
every member answers alike, and what is asked of all of them."""

import json
import os
import re
import signal
import socket
import urllib.request

import pytest

from cluster import Cluster
from console_client import ConsoleClient
from events import Events
from node import ADMIN_PASSWORD, poll
from support import raw_client

TOKEN = re.compile(r"[0-9a-f]{64}")


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("three"), 3)
    cluster.start()
    yield cluster
    cluster.kill()


def details_of(answer):
    return answer.document.get("details", {})


def names_of(answer, plural="nodes", field="name"):
    return sorted(item[field] for item in answer.data[plural])


def join_body(node, endpoint, token, **more):
    return {"name": node.folder.name, "endpoint": endpoint, "node_token": token, **more}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


# --- Forming -------------------------------------------------------------------------------------------------------

def test_a_cluster_is_made_once_and_shows_its_token_once(lone_nodes):
    cluster = lone_nodes(1)
    console = cluster.console(cluster[0])
    before = console.get("/cluster/config").expect(200).data
    assert before["is_cluster_enabled"] is False and before["token_fingerprint"] == ""

    made = cluster.initialize(cluster[0])
    assert TOKEN.fullmatch(made["cluster_token"])
    assert set(made) >= {"node_id", "cluster_token", "is_cluster_enabled"}
    console.post("/cluster/initialize", {"node_name": "again"}).expect(409, "AlreadyInCluster")

    after = console.get("/cluster/config").expect(200).data
    assert after["is_cluster_enabled"] is True and re.fullmatch("[0-9a-f]{8}", after["token_fingerprint"])
    assert after["node_name"] == "node-1"
    with urllib.request.urlopen(cluster[0].url + "/health", timeout=10) as answer:
        health = json.loads(answer.read())
    assert health["cluster_enabled"] is True and health["node_id"] == after["node_id"]
    assert health["node_name"] == "node-1"
    for path in ("/cluster/config", "/cluster/nodes", "/audit-logs", "/settings", "/system"):
        assert made["cluster_token"] not in json.dumps(console.get(path).expect(200).document)
    assert made["cluster_token"] not in cluster[0].log.read_text()


def test_a_node_joins_from_its_own_side_and_stays_signed_in(lone_nodes):
    cluster = lone_nodes(2)
    cluster.initialize(cluster[0])
    joiner = cluster.console(cluster[1]).sign_in()
    added = joiner.post("/cluster/nodes", join_body(cluster[1], cluster[0].url, cluster.token, priority=70,
                                                    metadata={"rack": "4"})).expect(201).data
    assert (added["name"], added["priority"], added["metadata"]) == ("node-2", 70, {"rack": "4"})
    assert added["is_local"] is True and added["id"] == cluster.node_id(cluster[1])

    joiner.token = added["session"]["token"]
    joiner.send("GET", "/auth/me").expect(200)
    for node in cluster:
        assert names_of(cluster.console(node).get("/cluster/nodes").expect(200)) == ["node-1", "node-2"]


def test_a_member_lets_a_node_join_with_its_administrators_password(lone_nodes):
    cluster = lone_nodes(2)
    cluster.initialize(cluster[0])
    console = cluster.console(cluster[0])
    body = join_body(cluster[1], cluster[1].url, cluster.token, remote_username="admin",
                     remote_password=ADMIN_PASSWORD)
    seen = details_of(console.post("/cluster/nodes", body).expect(409, "UnknownCertificate"))["fingerprint"]
    own = cluster.console(cluster[1]).get("/system").expect(200).data["nodes"][0]["node_fingerprint"]
    assert own.replace(":", "").lower() == seen.replace(":", "").lower()
    with urllib.request.urlopen(f"http://127.0.0.1:{cluster[1].console_port}/", timeout=10) as page:
        assert own in page.read().decode()
    console.post("/cluster/nodes", {**body, "remote_fingerprint": seen, "remote_password": "wrong"}).expect(
        403, "WrongRemoteCredentials")
    assert len(console.get("/cluster/nodes").expect(200).data["nodes"]) == 1

    console.post("/cluster/nodes", {**body, "remote_fingerprint": seen}).expect(201)
    cluster.wait_until_healthy()
    assert names_of(cluster.console(cluster[1]).get("/cluster/nodes").expect(200)) == ["node-1", "node-2"]


def test_nodes_that_join_through_different_members_see_the_same_three(lone_nodes):
    cluster = lone_nodes(3)
    cluster.initialize(cluster[0])
    cluster.join(cluster[1])
    cluster.join(cluster[2], through=cluster[1])
    cluster.wait_until_healthy()
    for node in cluster:
        assert names_of(cluster.console(node).get("/cluster/nodes").expect(200)) == ["node-1", "node-2", "node-3"]


def test_each_error_of_a_join_has_its_code_and_changes_nothing(lone_nodes):
    cluster = lone_nodes(2)
    lone = cluster.console(cluster[1])
    nodes = [cluster.console(node).get("/cluster/nodes").expect(200).data["nodes"][0]["id"] for node in cluster]
    wrong = "0" * 64

    def join(endpoint, token):
        return lone.post("/cluster/nodes", join_body(cluster[1], endpoint, token))

    join(cluster[0].url, wrong).expect(409, "NotInCluster")
    cluster.initialize(cluster[0])
    join(cluster[0].url, wrong).expect(403, "WrongToken")
    join(f"http://127.0.0.1:{free_port()}", cluster.token).expect(502, "PeerUnreachable")
    lone.post("/cluster/nodes", {"name": "x"}).expect(400, "InvalidArgument")
    lone.post("/users", {"username": "ann", "password": "ann-password-1", "roles": ["user"]}).expect(201)
    cluster.console(cluster[0]).post(
        "/users", {"username": "ann", "password": "ann-password-1", "roles": ["user"]}).expect(201)
    assert details_of(join(cluster[0].url, cluster.token).expect(409, "NameClashes"))["names"] == ["ann"]

    assert lone.get("/cluster/config").expect(200).data["is_cluster_enabled"] is False
    for node, id in zip(cluster, nodes):
        assert [item["id"] for item in cluster.console(node).get("/cluster/nodes").data["nodes"]] == [id]

    cluster.initialize(cluster[1])
    both = ConsoleClient(cluster[1]).post("/cluster/nodes", join_body(cluster[0], cluster[0].url, cluster.token,
                                                                      remote_username="admin",
                                                                      remote_password=ADMIN_PASSWORD))
    assert both.status == 409 and both.code in ("AlreadyInCluster", "UnknownCertificate"), both.document


def test_a_clock_that_is_off_is_told(lone_nodes):
    cluster = lone_nodes(1)
    cluster.initialize(cluster[0])
    late = cluster.new_node(wrapper=["/usr/bin/faketime", "-f", "-20m"],
                            environment={"FAKETIME_DONT_FAKE_MONOTONIC": "1"})
    late.start()
    refused = cluster.console(late).post("/cluster/nodes", join_body(late, cluster[0].url, cluster.token))
    refused.expect(409, "ClockSkew")
    assert "1200 s" in refused.document["message"] or "1199 s" in refused.document["message"]


# --- Changing ------------------------------------------------------------------------------------------------------

def test_a_node_is_edited_on_any_node(three):
    id = three.node_id(three[2])
    changed = three.console(three[1]).put(f"/cluster/nodes/{id}", {"region": "eu-9", "priority": 30,
                                                                   "metadata": {"rack": "7"}}).expect(200).data
    assert changed["region"] == "eu-9"
    for node in three:  # at once, since the answer waited for all
        seen = three.console(node).get(f"/cluster/nodes/{id}").expect(200).data
        assert (seen["region"], seen["priority"], seen["metadata"]) == ("eu-9", 30, {"rack": "7"})
        assert seen["is_local"] is (node is three[2])


def test_a_node_that_owns_buckets_goes_by_force_only(lone_nodes):
    cluster = lone_nodes(2)
    cluster.initialize(cluster[0])
    cluster.join(cluster[1])
    cluster.wait_until_healthy()
    raw_client(cluster[1]).put("/theirs").expect(200)
    console = cluster.console(cluster[0])
    id = cluster.node_id(cluster[1])
    refused = console.delete(f"/cluster/nodes/{id}").expect(409, "NodeOwnsBuckets")
    assert details_of(refused)["buckets"] == ["theirs"]
    cluster.console(cluster[1]).post("/cluster/leave").expect(409, "NodeOwnsBuckets")

    console.delete(f"/cluster/nodes/{id}?force=true").expect(200)
    assert names_of(console.get("/cluster/nodes").expect(200)) == ["node-1"]
    console.get(f"/cluster/nodes/{id}").expect(404, "NoSuchNode")
    assert console.get("/buckets/theirs").status == 503

    def knows():
        return not ConsoleClient(cluster[1]).get("/cluster/config").data["is_cluster_enabled"]

    poll(knows, "the removed node finds out", 60, every=0.2)


def test_a_node_leaves_and_joins_again_as_a_new_one(lone_nodes):
    cluster = lone_nodes(2)
    cluster.initialize(cluster[0])
    cluster.join(cluster[1])
    cluster.wait_until_healthy()
    before = cluster.node_id(cluster[1])
    leaver = cluster.console(cluster[1]).sign_in()
    left = leaver.post("/cluster/leave").expect(200).data
    leaver.token = left["session"]["token"]
    assert leaver.send("GET", "/cluster/config").expect(200).data["is_cluster_enabled"] is False
    assert names_of(cluster.console(cluster[0]).get("/cluster/nodes").expect(200)) == ["node-1"]

    cluster.token = cluster.console(cluster[0]).post("/cluster/token/rotate").expect(200).data["cluster_token"]
    cluster.join(cluster[1])
    cluster.wait_until_healthy()
    assert cluster.node_id(cluster[1]) != before


# --- What all answer alike -----------------------------------------------------------------------------------------

def test_the_owner_answers_for_its_bucket_wherever_it_is_asked_for(three):
    raw = raw_client(three[1])
    raw.put("/owned").expect(200)
    raw.put("/owned/a", b"abc").expect(200)
    owner = three.node_id(three[1])
    for node in three:
        console = three.console(node)
        bucket = console.get("/buckets/owned").expect(200).data
        assert (bucket["object_count"], bucket["total_size"], bucket["primary_node"]) == (1, 3, owner)
        listed = {item["name"]: item for item in console.get("/cluster/buckets").expect(200).data["buckets"]}
        assert (listed["owned"]["object_count"], listed["owned"]["primary_node"]) == (1, owner)
        nodes = console.get("/cluster/buckets/owned/nodes").expect(200).data
        assert nodes["primary"]["id"] == owner and nodes["replicas"] == []
    elsewhere = three.console(three[0])
    elsewhere.put("/buckets/owned/versioning", {"versioning": "enabled"}).expect(200)
    for node in three:
        assert three.console(node).get("/buckets/owned/versioning").data == {"versioning": "enabled"}
    elsewhere.delete("/buckets/owned").expect(409, "BucketNotEmpty")
    actions = [(entry["action"], entry["node_id"]) for entry in
               elsewhere.get("/audit-logs?action=bucket.").expect(200).data["audit_logs"]]
    assert ("bucket.versioning", owner) in actions


def test_a_bucket_made_at_the_console_is_everywhere_at_once(three):
    three.console(three[2]).post("/buckets", {"name": "made-here"}).expect(201)
    for node in three:
        three.console(node).get("/buckets/made-here").expect(200)
    three.console(three[0]).post("/buckets", {"name": "made-here"}).expect(409, "AlreadyExists")
    three.console(three[0]).delete("/buckets/made-here").expect(200)
    for node in three:
        three.console(node).get("/buckets/made-here").expect(404, "NoSuchBucket")


def test_the_cache_counts_and_can_be_emptied(three):
    raw_client(three[0]).put("/cached").expect(200)
    console = three.console(three[1])
    console.delete("/cluster/cache").expect(200)
    before = console.get("/cluster/cache/stats").expect(200).data
    for _ in range(3):
        console.get("/buckets/cached").expect(200)
    after = console.get("/cluster/cache/stats").expect(200).data
    assert after["hits"] - before["hits"] >= 2 and after["misses"] - before["misses"] == 1
    assert after["entries"] >= 1 and after["ttl_seconds"] == 300 and 0 <= after["hit_ratio"] <= 1
    console.delete("/cluster/cache").expect(200)
    assert console.get("/cluster/cache/stats").data["entries"] == 0


def test_the_system_of_each_node_is_told_by_each(three):
    for node in three:
        answer = three.console(node).get("/system").expect(200).data
        assert sorted(item["node_name"] for item in answer["nodes"]) == ["node-1", "node-2", "node-3"]
        assert {item["console_port"] for item in answer["nodes"]} == {member.console_port for member in three}
        assert "missing" not in answer


def test_the_audit_log_is_that_of_all_nodes_by_pages(three):
    for number, node in enumerate(three):
        name = f"audited-{number}"
        three.console(node).post("/users", {"username": name, "password": "a-long-password", "roles": ["user"]}
                                 ).expect(201)
    console = three.console(three[1])
    ids, made, after = [], [], ""
    while True:
        page = console.get(f"/audit-logs?limit=2&action=user.create{after}").expect(200).data
        ids += [entry["id"] for entry in page["audit_logs"]]
        made += [entry["resource"] for entry in page["audit_logs"] if entry["resource"].startswith("audited-")]
        if "next" not in page:
            break
        after = "&after=" + page["next"]
    assert made == ["audited-2", "audited-1", "audited-0"]
    assert len(ids) == len(set(ids))


def test_the_history_of_another_node_has_beats(three):
    id = three.node_id(three[2])

    def history():
        data = three.console(three[0]).get(f"/cluster/nodes/{id}/health").expect(200).data
        measured = [sample for sample in data["samples"] if sample["median_ms"] is not None]
        return data if len(measured) >= 3 else None

    data = poll(history, "beats are kept", 30, every=0.5)
    assert data["latency_of"] == "beats" and data["node_id"] == id
    own = three.console(three[2]).get(f"/cluster/nodes/{id}/health").expect(200).data
    assert own["latency_of"] == "requests"


def test_events_of_all_nodes_come_at_each_and_go_on_at_another(three):
    here, there = three.console(three[0]), three.console(three[1])
    stream = Events(here)
    there.post("/users", {"username": "heard", "password": "a-long-password", "roles": ["user"]}).expect(201)

    def is_heard(event):
        return event["type"] == "audit" and event["payload"]["resource"] == "heard"

    heard = stream.wait_for(is_heard, "the other node's event")
    stream.close()
    here.post("/users", {"username": "missed", "password": "a-long-password", "roles": ["user"]}).expect(201)
    poll(lambda: there.get("/audit-logs?limit=1&resource=missed").data["count"] == 1, "it is recorded")

    again = Events(there, heard["id"])
    again.wait_for(lambda event: event["type"] == "audit" and event["payload"]["resource"] == "missed",
                   "what happened meanwhile")
    assert not any(is_heard(event) for event in again.seen)
    assert not any(event["type"] == "reset" for event in again.seen)
    again.close()
    unknown = Events(there, "nonsense-1")
    unknown.wait_for(lambda event: event["type"] == "reset", "a reset")
    unknown.close()


def test_the_metrics_count_the_nodes(three):
    def counts():
        with urllib.request.urlopen(three[0].console_url + "/metrics", timeout=30) as answer:
            text = answer.read().decode()
        return dict(re.findall(r"^(cluster_nodes_[a-z]+) (\S+)$", text, re.MULTILINE))

    poll(lambda: counts() == {"cluster_nodes_total": "3", "cluster_nodes_healthy": "3",
                              "cluster_nodes_degraded": "0", "cluster_nodes_unavailable": "0"},
         "all three are counted as healthy", 30, every=0.2)


# --- A node that is away; last, since it is the shared cluster's -----------------------------------------------------


def test_a_node_whose_members_all_hang_is_ready(lone_nodes):
    cluster = lone_nodes(3)
    cluster.initialize(cluster[0])
    for node in cluster.nodes[1:]:
        cluster.join(node)
    cluster.wait_until_healthy()
    first, *others = cluster
    raw_client(first).put("/ready").expect(200)
    raw_client(first).put("/ready/a", b"abc").expect(200)

    for node in others:
        os.kill(node.pid(), signal.SIGSTOP)
    try:
        first.kill()
        first.spawn()
        first.wait_until_serving(60)
        assert raw_client(first).get("/ready/a").expect(200).body == b"abc"
    finally:
        for node in others:
            os.kill(node.pid(), signal.SIGCONT)
    cluster.wait_until_healthy()


def test_names_that_two_sides_gave_apart_raise_an_alert(lone_nodes):
    cluster = lone_nodes(2)
    cluster.initialize(cluster[0])
    cluster.join(cluster[1])
    cluster.wait_until_healthy()
    twin = {"username": "twin", "password": "a-long-password", "roles": ["user"]}
    for node, other in (list(cluster), list(cluster)[::-1]):
        other.kill()
        if not node.is_running():
            node.start()
        cluster.console(node).post("/users", twin).expect(201)
        cluster.console(node).post("/tenants", {"name": "house"}).expect(201)
    last = cluster[1]
    stream = Events(cluster.console(last))
    cluster[0].start()

    for kind, name in (("user", "twin"), ("tenant", "house")):
        alert = stream.wait_for(lambda event: event["type"] == "alert" and
                                event["payload"].get(kind, "").startswith(name + "-conflict-"), f"the {kind}'s alert",
                                60)["payload"]
        assert alert["severity"] == "warning"
        assert f"{kind} {name} is now {alert[kind]}" in alert["message"]
    stream.close()


def test_a_rotated_token_is_everybodys_and_the_old_one_lets_nobody_in(lone_nodes):
    cluster = lone_nodes(3)
    cluster.initialize(cluster[0])
    cluster.join(cluster[1])
    cluster.wait_until_healthy(nodes=[cluster[0], cluster[1]])
    old = cluster.token
    rotated = cluster.console(cluster[1]).post("/cluster/token/rotate").expect(200).data
    assert TOKEN.fullmatch(rotated["cluster_token"]) and rotated["cluster_token"] != old

    def everywhere():
        return {cluster.console(node).get("/cluster/config").data["token_fingerprint"]
                for node in list(cluster)[:2]} == {rotated["token_fingerprint"]}

    poll(everywhere, "both have the new token", 30)
    # A clash is noticed after the token, so that no attempt can join.
    lone, ann = cluster.console(cluster[2]), {"username": "ann", "password": "ann-password-1", "roles": ["user"]}
    own = lone.post("/users", ann).expect(201).data["id"]
    cluster.console(cluster[0]).post("/users", ann).expect(201)

    def join(token):
        return lone.post("/cluster/nodes", join_body(cluster[2], cluster[0].url, token))

    poll(lambda: join(old).status == 403, "the old token is refused", 60, every=1)
    join(old).expect(403, "WrongToken")
    join(rotated["cluster_token"]).expect(409, "NameClashes")
    lone.delete(f"/users/{own}").expect((200, 204))
    cluster.token = rotated["cluster_token"]
    cluster.join(cluster[2])
    cluster.wait_until_healthy()


def test_a_node_that_is_away_is_named_and_the_others_go_on(three):
    raw_client(three[2]).put("/away").expect(200)
    console = three.console(three[0])
    stream = Events(console)
    id = three.node_id(three[2])
    three[2].kill()

    def gone():
        health = console.get("/cluster/health").expect(200).data
        node = next(item for item in health["nodes"] if item["id"] == id)
        return node if node["health_status"] == "unavailable" else None

    node = poll(gone, "the node is unavailable", 30, every=0.2)
    assert node["reason"]
    console.post("/cluster/health/refresh").expect(200)
    event = stream.wait_for(lambda event: event["type"] == "node" and event["payload"]["id"] == id
                            and event["payload"]["health_status"] == "unavailable", "the event")
    assert event["payload"]["reason"]
    stream.wait_for(lambda event: event["type"] == "alert", "the alert")
    stream.close()

    refused = console.delete("/buckets/away").expect(503, "NodeUnreachable")
    assert "node-3" in refused.document["message"]
    for path in ("/system", "/audit-logs", "/buckets", "/cluster/buckets"):
        missing = console.get(path).expect(200).data["missing"]
        assert [entry["name"] for entry in missing] == ["node-3"], path
    listed = {item["name"]: item for item in console.get("/buckets").data["buckets"]}
    assert listed["away"]["counted"] is False
    history = console.get(f"/cluster/nodes/{id}/health").expect(200).data
    assert [entry["name"] for entry in history["missing"]] == ["node-3"]
    three.console(three[1]).post("/users", {"username": "meanwhile", "password": "a-long-password",
                                            "roles": ["user"]}).expect(201)

    three[2].start()
    three.wait_until_healthy()
    users = three.console(three[2]).get("/users?limit=1000").expect(200)
    assert "meanwhile" in names_of(users, "users", "username")
