# SPDX-License-Identifier: GPL-3.0-or-later
"""What replication brings: how fast a replica follows, how far it is behind under load, and what a rule costs that
has nothing to do. Both nodes and the client share this machine; between the nodes goes TLS."""

import statistics
import threading
import time

from cluster import Cluster
from node import poll
from processes import cpu_seconds

MIB = 1 << 20
LIMIT = 300


class ReplicationBench:
    def __init__(self, bench):
        self.bench = bench
        self.quick = bench.options.quick

    def run(self):
        self.pair = Cluster(self.bench.folder / "replicated", 2).start()
        self.source, self.destination = self.pair
        self.console = self.pair.console(self.source).sign_in()
        self.destination_id = self.pair.node_id(self.destination)
        self.backlog()
        self.large()
        self.lag()
        self.idle()
        self.pair.kill()

    def load(self, **arguments):
        return self.bench.load(self.source.s3_port, [node.pid() for node in self.pair], **arguments)

    def bucket(self, name):
        self.bench.client(self.source).put("/" + name).expect(200)

    def rule(self, bucket, **options):
        body = {"source_bucket": bucket, "destination_node_id": self.destination_id, **options}
        return self.console.post("/cluster/replication", body).expect(201).data["id"]

    def state(self, rule):
        return self.console.get("/cluster/replication/" + rule).expect(200).data

    def arrived(self, rule):
        """Seconds until the destination has everything."""
        began = time.monotonic()

        def is_there():
            state = self.state(rule)
            return state["status"] == "in_sync" and state["lag_objects"] == 0

        poll(is_there, "the destination has everything", LIMIT, every=0.02)
        return time.monotonic() - began

    def backlog(self):
        """From the call that makes the rule."""
        times = []
        count = 10_000 if self.quick else 100_000
        for number in range(3):
            name = f"backlog-{number}"
            self.bucket(name)
            self.load(method="PUT", path=f"/{name}/{{n}}", keys=count, requests=count, size=4096, connections=32)
            cpu = cpu_seconds([node.pid() for node in self.pair])
            times.append(self.arrived(self.rule(name)))
            cpu = (cpu_seconds([node.pid() for node in self.pair]) - cpu) * 1e6 / count
        median = statistics.median(times)
        self.bench.row(f"a backlog of {count:,} objects of 4 KiB", f"{median:.1f} s", "-", f"<= {count // 10_000} s",
                       median <= count / 10_000, f"{min(times):.1f} to {max(times):.1f} s; CPU of both nodes "
                       f"{cpu:.0f} us an object")
        self.bench.row("objects of 4 KiB replicated", f"{count / median:,.0f}/s", "-", ">= 10,000/s",
                       count / median >= 10_000)

    def large(self):
        count = 8 if self.quick else 32
        self.bucket("large")
        self.load(method="PUT", path="/large/{n}", keys=count, requests=count, size=64 * MIB, connections=2)
        rate = count * 64 * MIB / 1e6 / self.arrived(self.rule("large"))
        self.bench.row(f"{count} objects of 64 MiB replicated", f"{rate:,.0f} MB/s", "-", ">= 250 MB/s", rate >= 250)

    def lag(self):
        """While a client writes at a steady rate: what the rule says of itself, looked at ten times a second."""
        rate, seconds = 2000, 5 if self.quick else 20
        self.bucket("steady")
        rule = self.rule("steady")
        self.arrived(rule)
        writing = threading.Thread(target=self.load, kwargs={
            "method": "PUT", "path": "/steady/{n}", "keys": 1_000_000, "size": 4096, "connections": 16,
            "rate": rate, "seconds": seconds})
        writing.start()
        lags, objects = [], []
        while writing.is_alive():
            state = self.state(rule)
            lags.append(state["lag_seconds"])
            objects.append(state["lag_objects"])
            writing.join(0.1)
        self.bench.row(f"lag while a client writes {rate:,} objects of 4 KiB a second", f"{max(lags):.2f} s",
                       "-", "< 2 s", max(lags) < 2,
                       f"the longest of {len(lags)}, median {statistics.median(lags):.2f} s; at most "
                       f"{max(objects):,} objects, median {statistics.median(objects):,.0f}; all there "
                       f"{self.arrived(rule):.2f} s after the last")

    def idle(self):
        """The buckets are full and all is replicated: what the rules cost on top of two nodes without any."""
        rules = [rule["id"] for rule in self.console.get("/cluster/replication").expect(200).data["rules"]]
        seconds = 10 if self.quick else 40
        with_rules = self.cpu_shares(seconds)
        for rule in rules:
            self.console.delete("/cluster/replication/" + rule).expect(200)
        without = self.cpu_shares(seconds)
        cost = [(there - none) / len(rules) for there, none in zip(with_rules, without)]
        self.bench.row("an idle rule", f"{max(cost):.3f} % of a core", "-", "< 0.2 %", max(cost) < 0.2,
                       f"{len(rules)} rules: source {with_rules[0]:.2f} %, destination {with_rules[1]:.2f} %; without "
                       f"{without[0]:.2f} and {without[1]:.2f} %")

    def cpu_shares(self, seconds):
        before = [cpu_seconds([node.pid()]) for node in self.pair]
        began = time.monotonic()
        time.sleep(seconds)  # the measurement itself
        took = time.monotonic() - began
        return [(cpu_seconds([node.pid()]) - start) / took * 100 for node, start in zip(self.pair, before)]
