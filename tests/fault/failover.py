# SPDX-License-Identifier: GPL-3.0-or-later
"""Buckets whose owner changes: who owns them, their clients, and what must hold once all nodes have met again."""

from cluster_load import Targets
from history import History, check_set, check_values
from members import wait_until_agreed
from node import poll
from recorded_load import RecordedLoad, found_in
from replicas import make_rule, verify, wait_in_sync
from support import raw_client, set_versioning

TAKEOVER_SECONDS = 60  # on a busy machine; the bench measures it
HANDOVER_SECONDS = 120


def wait_until_heard(nodes):
    """Until each node hears all others; a wrong clock keeps one degraded."""
    def heard():
        return all(node["health_status"] in ("healthy", "degraded") for one in nodes for node in one.nodes().values())

    poll(heard, "all nodes hear each other", 60, every=0.1)


class ReplicatedBucket:
    """A bucket that the first of `nodes` makes, with a full replica at each of the others, and what its clients were
    answered."""

    def __init__(self, nodes, name, interval=10, versioned=False, **options):
        self.nodes, self.name, self.versioned, self.history = list(nodes), name, versioned, History()
        self.ids = {node: node.id for node in nodes}
        owner, *others = nodes
        raw_client(owner).put("/" + name).expect(200)
        if versioned:
            set_versioning(raw_client(owner), name, "Enabled")
        self.rules = {node: make_rule(owner, name, node, interval=interval, **options) for node in others}
        wait_in_sync(owner, *self.rules.values())
        wait_until_agreed(nodes)

    # --- Owners -----------------------------------------------------------------------------------------------

    def location(self, node):
        """(id of the owner, number of the epoch) as a node tells it."""
        told = node.buckets()[self.name]
        return told["primary_node"], told["epoch"]

    def wait_for_owner(self, owner, *told_by):
        """Until these nodes, else the owner itself, tell that it is."""
        poll(lambda: all(self.location(node)[0] == self.ids[owner] for node in told_by or [owner]),
             f"{owner.folder.name} owns {self.name}", TAKEOVER_SECONDS, every=0.1)

    def promote(self, node, asked=None, **options):
        """The answer of asking a node, else the one itself, that it becomes the owner."""
        body = {"node_id": self.ids[node], **options}
        return (asked or node).console.post(f"/cluster/buckets/{self.name}/promote", body)

    # --- Clients ----------------------------------------------------------------------------------------------

    def load(self, choose, *nodes, **options):
        """Clients each of whose requests goes to any of the nodes, else of those of the bucket."""
        nodes = nodes or self.nodes
        name = options.pop("name", f"{self.name}-" + "-".join(node.folder.name for node in nodes))
        targets = Targets(nodes)
        return RecordedLoad(self.history, lambda: raw_client(targets.any()), self.name, choose.randrange(1 << 30),
                            name=name, **options)

    # --- In the end -------------------------------------------------------------------------------------------

    def wait_until_whole(self, nodes=None, busy=False):
        """Until all nodes of the cluster (no others than the bucket's, unless told) agree on one owner, the former ones
        have handed over, and each other one of the bucket has a replica that is up to date, while clients write (busy)
        all but what they are just writing: (the owner, the rules)."""
        nodes = nodes or self.nodes
        wait_until_heard(nodes)
        id = wait_until_agreed(nodes)["buckets"][self.name][0]
        owner = next(node for node in self.nodes if self.ids[node] == id)
        poll(lambda: not self.told_by(owner)["awaited"], f"former owners of {self.name} have handed over",
             HANDOVER_SECONDS, every=0.2)
        replicas = sorted(self.ids[node] for node in self.nodes if node is not owner and node.is_running())
        poll(lambda: sorted(self.rules_told_by(owner).values()) == replicas,
             f"{owner.folder.name} has rules to {replicas}", HANDOVER_SECONDS, every=0.2)
        rules = list(self.rules_told_by(owner))
        wait_in_sync(owner, *rules, busy=busy)
        return owner, rules

    def settle(self, nodes=None):
        """Once no client writes any more, wait_until_whole(), and that the replicas equal their owner. The owner."""
        owner, rules = self.wait_until_whole(nodes)
        for rule in rules:
            verify(owner, rule)
        for node in nodes or self.nodes:
            assert self.location(node)[0] == self.ids[owner], f"{node.folder.name} tells {self.location(node)}"
        return owner

    def rules_told_by(self, node):
        """Their destinations."""
        rules = node.console.get(f"/cluster/replication?bucket={self.name}").expect(200).data["rules"]
        return {rule["id"]: rule["destination_node_id"] for rule in rules}

    def told_by(self, node):
        """GET /cluster/buckets/{bucket}/nodes"""
        return node.console.get(f"/cluster/buckets/{self.name}/nodes").expect(200).data

    def check(self, node, prefix="", **options):
        """What is in the bucket by the word of a node, once it was checked against what the clients were answered."""
        found = found_in(raw_client(node), self.name, prefix)
        problems = check_set(self.history, found, keeps_versions=self.versioned, **options) + check_values(self.history)
        assert not problems, "\n".join(problems)
        return found
