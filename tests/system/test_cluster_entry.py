# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node brings into a cluster, and what it finds again when it joins a second time."""

from node import poll
from support import raw_client

PASSWORD = "a-password-of-the-test"


def names_of(answer, plural):
    return sorted(item["name"] for item in answer.expect(200).data[plural])


def host_of(node):
    """The node as its S3 answers name it."""
    return raw_client(node).get("/").expect(200).headers["x-amz-id-2"]


def test_tenants_come_along_and_clashes_are_told_before_anything_happens(lone_nodes):
    cluster = lone_nodes(2)
    cluster.initialize(cluster[0])
    first, joiner = cluster.console(cluster[0]), cluster.console(cluster[1])
    first.post("/tenants", {"name": "acme"}).expect(201)
    theirs = joiner.post("/tenants", {"name": "acme", "quota": {"buckets": 1}}).expect(201).data["id"]
    joiner.post("/tenants", {"name": "globex"}).expect(201)
    joiner.post("/users", {"username": "ann", "password": PASSWORD, "roles": ["user"], "tenant_id": theirs}).expect(201)

    body = {"name": "node-2", "endpoint": cluster[0].url, "node_token": cluster.token}
    refused = joiner.post("/cluster/nodes", body).expect(409, "NameClashes").document
    assert refused["details"]["names"] == ["acme"] and "tenants acme" in refused["message"]
    assert names_of(joiner.get("/tenants"), "tenants") == ["acme", "globex"]
    assert joiner.get("/cluster/config").expect(200).data["is_cluster_enabled"] is False

    added = joiner.post("/cluster/nodes", {**body, "accept_renames": True}).expect(201).data
    assert added["renamed_tenants"] == ["acme"]
    cluster.wait_until_healthy()
    for node in cluster:
        console = cluster.console(node)
        poll(lambda: names_of(console.get("/tenants"), "tenants") == ["acme", "acme-node-2", "globex"],
             f"all tenants at {node.folder.name}", 60)
        tenant = console.get("/tenants/" + theirs).expect(200).data
        assert tenant["name"] == "acme-node-2" and tenant["quota"]["buckets"] == 1 and tenant["user_count"] == 1
    cluster[1].restart()
    assert names_of(cluster.console(cluster[1]).get("/tenants"), "tenants") == ["acme", "acme-node-2", "globex"]


def test_a_former_member_takes_its_buckets_back_under_its_new_id(lone_nodes):
    cluster = lone_nodes(2)
    cluster.initialize(cluster[0])
    cluster.join(cluster[1])
    cluster.wait_until_healthy()
    first, second = cluster.raws()
    second.put("/taken-back").expect(200)
    second.put("/taken-back/key", b"data").expect(200)
    first.get("/taken-back/key").expect(200)
    before = cluster.node_id(cluster[1])
    assert host_of(cluster[1]) == before.replace("-", "")

    cluster.console(cluster[0]).delete(f"/cluster/nodes/{before}?force=true").expect(200)
    first.get("/taken-back/key").expect(503)
    poll(lambda: not cluster.console(cluster[1]).get("/cluster/config").expect(200).data["is_cluster_enabled"],
         "the node knows that it was removed", 60)
    assert second.get("/taken-back/key").expect(200).body == b"data"
    cluster.token = cluster.console(cluster[0]).post("/cluster/token/rotate").expect(200).data["cluster_token"]
    cluster.join(cluster[1])
    cluster.wait_until_healthy()

    after = cluster.node_id(cluster[1])
    assert after != before
    for raw in (first, second):
        poll(lambda: raw.get("/taken-back/key").status == 200, "the bucket is served again", 60)
        assert raw.get("/taken-back/key").expect(200).body == b"data"
        raw.put("/taken-back/key", b"data").expect(200)
    buckets = cluster.console(cluster[0]).get("/cluster/buckets").expect(200).data["buckets"]
    assert [item["primary_node"] for item in buckets if item["name"] == "taken-back"] == [after]
    # What names the node names it by its new id at once, not only after a restart.
    assert host_of(cluster[1]) == after.replace("-", "")
    cluster.console(cluster[1]).post("/tenants", {"name": "acme"}).expect(201)
    logs = cluster.console(cluster[1]).get("/audit-logs?action=tenant.create").expect(200).data
    assert logs["audit_logs"][0]["node_id"] == after
    cluster[1].restart()
    assert raw_client(cluster[1]).get("/taken-back/key").expect(200).body == b"data"
