# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters of real nodes on this computer, joined through the console API as an administrator would."""

from pathlib import Path

from console_client import ConsoleClient
from node import Node, poll
from support import raw_client


class Cluster:
    """Nodes on loopback with ports of their own. The first one makes the cluster, the others join through it, or
    through the member that `through` names."""

    def __init__(self, folder, size, **options):
        self.folder = Path(folder)
        self.options = options  # of each node
        self.nodes = []
        self.token = None
        for _ in range(size):
            self.new_node()

    def __getitem__(self, index):
        return self.nodes[index]

    def __iter__(self):
        return iter(self.nodes)

    def __len__(self):
        return len(self.nodes)

    def new_node(self, **options):
        """One more, which is neither started nor joined yet."""
        node = Node(self.folder / f"node-{len(self.nodes) + 1}", **{**self.options, **options})
        self.nodes.append(node)
        return node

    def start(self):
        for node in self.nodes:
            node.start()
        first, *others = self.nodes
        self.initialize(first)
        for node in others:
            self.join(node)
        self.wait_until_healthy()
        return self

    def kill(self):
        for node in self.nodes:
            node.kill()

    # --- Membership -------------------------------------------------------------------------------------------

    def console(self, node, **options):
        return ConsoleClient(node, **options)

    def initialize(self, node, region="test"):
        body = {"node_name": node.folder.name, "region": region}
        data = self.console(node).post("/cluster/initialize", body).expect((200, 201)).data
        assert data["is_cluster_enabled"] is True
        self.token = data["cluster_token"]
        return data

    def join(self, node, through=None, **more):
        """Asks the node to join; `more` goes into the request's body."""
        body = {"name": node.folder.name, "endpoint": (through or self.nodes[0]).url, "node_token": self.token,
                "region": "test", "priority": 100, **more}
        return self.console(node).post("/cluster/nodes", body).expect((200, 201)).data

    def node_id(self, node):
        return self.console(node).get("/cluster/config").expect(200).data["node_id"]

    def wait_until_healthy(self, seconds=60, nodes=None):
        """Until each of the nodes, of all where none are named, that runs sees all those that run, and sees them
        healthy."""
        running = [node for node in nodes or self.nodes if node.is_running()]

        def healthy():
            for node in running:
                health = self.console(node).get("/cluster/health")
                if health.status != 200 or health.data["healthy_nodes"] < len(running):
                    return False
            return True

        poll(healthy, f"{len(running)} nodes see each other", seconds, every=0.1)

    # --- Clients ----------------------------------------------------------------------------------------------

    def raws(self):
        """A raw S3 client for each node."""
        return [raw_client(node) for node in self.nodes]
