# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of its own for the nodes of a test: a namespace and an address each, on one bridge, whose links are cut.

The test itself reaches every node, whatever is cut between them.
"""

import itertools
import os
import subprocess

from node import Node

S3_PORT, CONSOLE_PORT = 8080, 8081  # each node has the addresses to itself


def ip(*words, namespace=None, check=True):
    prefix = ["ip", "netns", "exec", namespace] if namespace else []
    done = subprocess.run([*prefix, "ip", *words], capture_output=True, text=True)
    if check and done.returncode != 0:
        raise AssertionError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done


class Network:
    """Namespaces are named after the process, so that tests of two processes do not meet; close() removes them."""

    numbers = itertools.count()

    def __init__(self):
        number = next(self.numbers)
        self.name = f"mx{os.getpid() % 100000}n{number}"
        self.bridge = f"{self.name}b"[:15]
        # 198.18.0.0/15 is for tests of networks (RFC 2544): no real network is hidden by it.
        self.prefix = f"198.{18 + os.getpid() // 256 % 2}.{(os.getpid() + number) % 256}"
        self.namespaces = []
        ip("link", "add", self.bridge, "type", "bridge")
        ip("addr", "add", f"{self.prefix}.254/24", "dev", self.bridge)
        ip("link", "set", self.bridge, "up")

    def close(self):
        for namespace in self.namespaces:
            ip("netns", "del", namespace, check=False)
        ip("link", "del", self.bridge, check=False)

    def add(self):
        """A namespace for one more node: (namespace, address)."""
        index = len(self.namespaces) + 1
        namespace, address = f"{self.name}-{index}", f"{self.prefix}.{index}"
        outer, inner = f"{self.name}v{index}"[:15], "eth0"
        ip("netns", "add", namespace)
        self.namespaces.append(namespace)
        ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", namespace)
        ip("link", "set", outer, "master", self.bridge, "up")
        ip("addr", "add", f"{address}/24", "dev", inner, namespace=namespace)
        ip("link", "set", inner, "up", namespace=namespace)
        ip("link", "set", "lo", "up", namespace=namespace)
        return namespace, address

    def cut(self, sender, receiver):
        """Nothing that `sender` sends reaches `receiver` any more; the other direction is left."""
        ip("route", "replace", "blackhole", f"{receiver.host}/32", namespace=sender.namespace)

    def part(self, side, other):
        """Cuts every link between two groups of nodes, both ways."""
        for a, b in itertools.product(side, other):
            self.cut(a, b)
            self.cut(b, a)

    def heal(self, nodes):
        for a, b in itertools.permutations(nodes, 2):
            ip("route", "del", "blackhole", f"{b.host}/32", namespace=a.namespace, check=False)


class NetworkNode(Node):
    """A node in a namespace of its own, at the usual ports."""

    def __init__(self, folder, network, arguments=(), wrapper=(), environment=None):
        self.namespace, address = network.add()
        super().__init__(folder, arguments, [*("ip", "netns", "exec", self.namespace), *wrapper], environment)
        self.host, self.s3_port, self.console_port = address, S3_PORT, CONSOLE_PORT

    def pid(self):
        # `ip netns exec` becomes the program that it starts; a wrapper such as faketime does so too.
        return self.process.pid
