# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's figures: what it costs to ask the wrong node, how fast users and buckets are everywhere, and what it
costs when nothing happens. All nodes run on this machine, so the nodes of one request share its cores."""

import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from cluster import Cluster
from node import poll
from processes import cpu_seconds
from sigv4_raw import RawClient, Signer

MIB = 1 << 20
PASSWORD = "bench-Password-1"


class ClusterBench:
    def __init__(self, bench):
        self.bench = bench
        self.quick = bench.options.quick
        self.rounds = 3 if self.quick else 7

    def run(self):
        self.routing()
        self.members()

    # --- Two nodes -------------------------------------------------------------------------------------------------

    def routing(self):
        pair, lone = Cluster(self.bench.folder / "pair", 2).start(), self.bench.new_node("lone")
        owner, other = pair
        for node in (owner, lone):
            self.bench.client(node).put("/bench").expect(200)
            self.load(node, method="PUT", path="/bench/{n}", keys=1000, size=4096, requests=1000, connections=8)
        self.load(owner, method="PUT", path="/bench/large", size=64 * MIB, requests=1)
        self.hit(lone, owner)
        self.miss(lone, other, pair.console(other))
        self.through(owner, other)
        pair.kill()
        lone.kill()

    def load(self, *nodes, **arguments):
        """Loads the first node; the CPU is that of all."""
        return self.bench.load(nodes[0].s3_port, [node.pid() for node in nodes], **arguments)

    def hit(self, lone, owner):
        """What a member does more than a lone node for a bucket of its own, look-up in the cache included."""
        small = {"path": "/bench/{n}", "keys": 1000, "order": "random", "connections": 8,
                 "seconds": self.bench.seconds(3), "warm_up": 0.3}
        costs, alone = [], []
        for _ in range(self.rounds):
            alone.append(self.load(lone, **small)["server_us"])
            costs.append(self.load(owner, **small)["server_us"] - alone[-1])
        cost = statistics.median(costs)
        self.bench.row("location cache, a hit on top of a local GET 4 KiB", f"{cost:.1f} us",
                       f"lone node {statistics.median(alone):.1f} us", "<= 5 us", cost <= 5,
                       f"CPU; {min(costs):.1f} to {max(costs):.1f} us in {self.rounds} rounds")

    def miss(self, lone, other, console):
        """On top of the same request without the miss: one of a location that the cache has not got, and one of a
        bucket that the node does not know, for which it asks the other."""
        raw, count = self.bench.client(other), 50 if self.quick else 200
        console.sign_in()

        def emptied():
            console.delete("/cluster/cache").expect(200)
            return took(lambda: raw.get("/bench/0000001").expect(200))

        hits = [took(lambda: raw.get("/bench/0000001").expect(200)) for _ in range(count)]
        misses = [emptied() for _ in range(count)]
        cost = (statistics.median(misses) - statistics.median(hits)) * 1e3
        self.bench.row("location cache, a miss through the other node", f"{cost:.2f} ms",
                       f"hit {statistics.median(hits) * 1e3:.2f} ms", "<= 5 ms", cost <= 5,
                       f"slowest {(max(misses) - statistics.median(hits)) * 1e3:.2f} ms more")

        alone = self.bench.client(lone)
        here = [took(lambda: alone.get(f"/unknown-{number}").expect(404)) for number in range(count)]
        asked = [took(lambda: raw.get(f"/unknown-{number}").expect(404)) for number in range(count)]
        cost = (statistics.median(asked) - statistics.median(here)) * 1e3
        self.bench.row("unknown bucket, asked of the other node", f"{cost:.2f} ms",
                       f"lone node {statistics.median(here) * 1e3:.2f} ms", "<= 5 ms", cost <= 5,
                       f"slowest {(max(asked) - statistics.median(here)) * 1e3:.2f} ms more")

    def through(self, owner, other):
        small = {"path": "/bench/{n}", "keys": 1000, "order": "random", "connections": 32,
                 "seconds": self.bench.seconds(4), "warm_up": 0.5}
        large = {"path": "/bench/large", "connections": 1, "seconds": self.bench.seconds(4), "warm_up": 0.5}
        for what, load, goal, rate in (("GET 4 KiB signed, 32 connections", small, 0.4, "rate"),
                                       ("GET 64 MiB, one stream", large, 0.5, "mb_s")):
            pairs = [(self.load(owner, **load), self.load(other, owner, **load)) for _ in range(self.rounds)]
            ratio = statistics.median(there[rate] / direct[rate] for direct, there in pairs)
            direct, there = sorted(pairs, key=lambda both: both[1][rate])[len(pairs) // 2]
            form = "{:,.0f}/s" if rate == "rate" else "{:,.0f} MB/s"
            self.bench.row(f"{what}, through the other node", form.format(there[rate]),
                           "direct " + form.format(direct[rate]), f">= {goal}", ratio >= goal,
                           f"ratio {ratio:.2f}; CPU of both nodes {there['server_us']:,.0f} us, direct "
                           f"{direct['server_us']:,.0f} us, generator {there['client_us']:,.0f} us")

    # --- Five nodes ------------------------------------------------------------------------------------------------

    def members(self):
        users, buckets = (1000, 100) if self.quick else (10_000, 1000)
        five = Cluster(self.bench.folder / "five", 5)
        first = five[0].start()
        first.stop()
        subprocess.run([str(self.bench.options.build / "bin" / "maxiofs-bench-users"), str(first.data), str(users)],
                       check=True)
        first.start()
        self.load(first, method="PUT", path="/bench-{n}", keys=buckets, requests=buckets, connections=8)
        five.initialize(first)
        wanted = counts_of(five.console(first), self.bench.client(first))
        joins = [self.join(five, node, wanted) for node in five.nodes[1:]]
        worst = max(joins)
        self.bench.row(f"{users:,} users and {buckets:,} buckets at a new node", f"{statistics.median(joins):.1f} s",
                       "-", "<= 10 s", statistics.median(joins) <= 10, f"slowest of {len(joins)} joins {worst:.1f} s")
        five.wait_until_healthy()
        self.user(five)
        self.idle(five, users, buckets)
        five.kill()

    def join(self, five, node, wanted):
        """Seconds from the call until the node has as many users and buckets as `wanted` tells."""
        node.start()
        began = time.monotonic()
        five.join(node)
        console, raw = five.console(node).sign_in(), self.bench.client(node)

        poll(lambda: counts_of(console, raw) == wanted, "the new node has all users and buckets", 120, every=0.1)
        return time.monotonic() - began

    def user(self, five):
        """Until a user who is made on one node signs in, and is served by S3, on all."""
        times = [self.usable(five, number) for number in range(5 if self.quick else 20)]
        median = statistics.median(times)
        self.bench.row("a new user is usable on five nodes", f"{median * 1e3:.0f} ms", "-", "<= 1 s", median <= 1,
                       f"slowest of {len(times)} {max(times) * 1e3:.0f} ms; from the call that makes it on, with the "
                       f"hash of its password on each node")

    def usable(self, five, number):
        console = five.console(five[number % len(five)]).sign_in()
        name = f"new-{number}"
        began = time.monotonic()
        user = console.post("/users", {"username": name, "password": PASSWORD, "roles": ["user"]}).expect(201).data
        key = console.post(f"/users/{user['id']}/access-keys", {}).expect(201).data
        signer = Signer(key["id"], key["secret"])

        def use(node):
            poll(lambda: RawClient(node.s3_port, signer).get("/").status == 200, f"{name} is known", every=0.005)
            client = five.console(node, username=name, password=PASSWORD)
            poll(lambda: client.send("POST", "/auth/login", {"username": name, "password": PASSWORD}).status == 200,
                 f"{name} signs in", every=0.005)

        with ThreadPoolExecutor(len(five)) as pool:
            list(pool.map(use, five))
        return time.monotonic() - began

    def idle(self, five, users, buckets):
        # Comparisons every 30 s are part of it, what came before is not.
        clients = [(five.console(node).sign_in(), self.bench.client(node)) for node in five]
        poll(lambda: len({counts_of(*client) for client in clients}) == 1, "all nodes have all users and buckets", 120,
             every=0.5)
        seconds = 30 if self.quick else 60
        before = [cpu_seconds([node.pid()]) for node in five]
        time.sleep(seconds)
        shares = [(cpu_seconds([node.pid()]) - start) / seconds * 100 for node, start in zip(five, before)]
        self.bench.row(f"five idle nodes with {users:,} users and {buckets:,} buckets", f"{max(shares):.2f} % of a core",
                       "-", "< 1 % each", max(shares) < 1, "each " + ", ".join(f"{share:.2f} %" for share in shares))


def took(call):
    began = time.monotonic()
    call()
    return time.monotonic() - began


def counts_of(console, raw):
    """The users and buckets that a node has."""
    return count_of_users(console), len(raw.get("/").expect(200).texts_of("Buckets/Bucket/Name"))


def count_of_users(console):
    count, after = 0, ""
    while True:
        page = console.get("/users?limit=1000" + ("&after=" + after if after else "")).expect(200).data
        count += len(page["users"])
        after = page.get("next")
        if not after:
            return count
