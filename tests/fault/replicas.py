# SPDX-License-Identifier: GPL-3.0-or-later
"""Replication rules of the console API, as tests make and await them."""

from node import poll

IN_SYNC_SECONDS = 120


def make_rule(node, bucket, to, destination_bucket=None, interval=10, **options):
    """The id of a new rule of a bucket to another member: a replica, or a copy under the other name."""
    body = {"source_bucket": bucket, "destination_node_id": to.id, "sync_interval_seconds": interval, **options}
    if destination_bucket:
        body["destination_bucket"] = destination_bucket
    return node.console.post("/cluster/replication", body).expect((200, 201)).data["id"]


def rule_of(node, id):
    return node.console.get(f"/cluster/replication/{id}").expect(200).data


def wait_for_rule(node, id, fits, what, seconds=IN_SYNC_SECONDS):
    """The rule as the node tells it, once it is as wanted."""
    last = [None]

    def fitting():
        last[0] = rule_of(node, id)
        return last[0] if fits(last[0]) else None

    try:
        return poll(fitting, what, seconds, every=0.2)
    except AssertionError as error:
        raise AssertionError(f"{error}; the rule is {last[0]}") from None


def wait_in_sync(node, *ids, busy=False):
    """Until the destinations have all; while clients write (busy), all but what they are just writing."""
    for id in ids:
        wait_for_rule(node, id, lambda rule: rule["status"] == "in_sync" and rule["objects_retrying"] == 0 and
                      (busy or rule["lag_objects"] == 0), "the rule is in sync")


def verify(node, id):
    """The manifests of both sides are compared: they are the same, and of at least one version."""
    before = node.console.get(f"/cluster/replication/{id}/verify").expect(200).data["finished_at"]
    poll(lambda: node.console.post(f"/cluster/replication/{id}/verify").expect((202, 503)).status == 202,
         "a comparison begins", IN_SYNC_SECONDS, every=0.2)

    def done():
        seen = node.console.get(f"/cluster/replication/{id}/verify").expect(200).data
        return seen if seen["state"] in ("done", "failed") and seen["finished_at"] != before else None

    seen = poll(done, "the manifests are compared", IN_SYNC_SECONDS, every=0.2)
    assert seen["state"] == "done", seen
    different = {name: seen[name] for name in ("versions_missing", "versions_differing", "versions_extra")}
    assert not any(different.values()) and seen["versions_compared"] > 0, seen


def queue_of(node, id):
    return node.console.list(f"/cluster/replication/{id}/queue", "entries")
