# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters of nodes that have a network of their own, and what must hold in each."""

import os
from pathlib import Path

from console_client import ConsoleClient
from network import NetworkNode
from node import poll

# Debian's libfaketime; the monotonic clock stays true, so that timers run as they should.
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
AGREE_SECONDS = 90  # many rounds of comparing records
COMPARE_SECONDS = 5  # the least that the setting allows
PASSWORD = "a long Password of a test 1"


def clock_off_by(seconds):
    """The environment of a process whose wall clock is off by this."""
    library = next(path for path in (FAKETIME, *map(str, Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")))
                   if os.path.exists(path))
    return {"LD_PRELOAD": library, "FAKETIME": f"{seconds:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


class Member(NetworkNode):
    """A node of a cluster; its console is signed in anew after each start."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.console = ConsoleClient(self)

    def spawn(self):
        self.console.token = None
        return super().spawn()

    def set_clock(self, seconds):
        """For the next start."""
        for name in ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC"):
            self.environment.pop(name, None)
        if seconds:
            self.environment.update(clock_off_by(seconds))

    @property
    def id(self):
        return self.console.get("/cluster/config").expect(200).data["node_id"]

    def join(self, member, token, **more):
        """The reply of POST /cluster/nodes on this node."""
        return self.console.post("/cluster/nodes", {"name": self.folder.name, "endpoint": member.url,
                                                    "node_token": token, **more})

    def try_user(self, username, password):
        body = {"username": username, "password": password}
        return ConsoleClient(self).send("POST", "/auth/login", body).status

    def make_user(self, username, password=PASSWORD):
        return self.console.post("/users", {"username": username, "password": password, "roles": ["user"]})

    def users(self):
        return {user["username"]: user for user in self.console.list("/users", "users")}

    def buckets(self):
        return {bucket["name"]: bucket for bucket in self.console.list("/cluster/buckets", "buckets")}

    def nodes(self):
        return {node["name"]: node for node in self.console.get("/cluster/nodes").expect(200).data["nodes"]}

    def health_of(self, name):
        """(status, reason) of a member as this node sees it."""
        for node in self.console.get("/cluster/health").expect(200).data["nodes"]:
            if node["name"] == name:
                return node["health_status"], node.get("reason", "")
        return None, None


def initialize(node):
    """Makes a cluster of a node; its token."""
    reply = node.console.post("/cluster/initialize", {"node_name": node.folder.name, "region": "here"})
    return reply.expect((200, 201)).data["cluster_token"]


def form(nodes):
    """One cluster of started nodes, the later ones joined through each other in turn; the token."""
    token = initialize(nodes[0])
    nodes[0].console.put("/settings", {"record-sync-interval-seconds": COMPARE_SECONDS}).expect(200)
    for before, node in zip(nodes, nodes[1:]):
        node.join(before, token).expect((200, 201))
    wait_until_healthy(nodes)
    return token


def wait_until_healthy(nodes):
    names = {node.folder.name for node in nodes}

    def healthy():
        return all({name for name, node in one.nodes().items() if node["health_status"] == "healthy"} == names
                   for one in nodes)

    poll(healthy, f"all of {sorted(names)} see each other healthy", 60)


def shared_view(node):
    """What every member must tell alike."""
    view = {"nodes": {name: (one["id"], one["endpoint"]) for name, one in node.nodes().items()},
            "users": {name: (user["id"], user.get("display_name"), user.get("email"), tuple(user["roles"]))
                      for name, user in node.users().items()},
            "buckets": {name: (bucket["primary_node"], bucket["epoch"]) for name, bucket in node.buckets().items()}}
    return view


def wait_until_agreed(nodes, seconds=AGREE_SECONDS):
    """Waits until all tell the same of nodes, users and buckets; that."""
    views = []

    def agreed():
        views[:] = [shared_view(node) for node in nodes]
        return all(view == views[0] for view in views)

    try:
        poll(agreed, "all members agree", seconds, every=0.5)
    except AssertionError as error:
        raise AssertionError(f"{error}:\n" + "\n".join(f"{node.folder.name}: {view}"
                                                       for node, view in zip(nodes, views))) from None
    return views[0]
