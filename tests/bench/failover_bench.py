# SPDX-License-Identifier: GPL-3.0-or-later
"""How long clients of a bucket get no answer after its owner was killed: they ask the other node, which has a full
replica. Both nodes and the clients share this machine."""

import http.client
import statistics
import threading
import time

from cluster import Cluster
from node import poll

OBJECTS = 100
BODY = b"x" * 4096
LIMIT = 120
WRITE_PAUSE_SECONDS = 0.05


class Client:
    """Asks one thing again and again, and notes of each request when it began and ended and whether it was served."""

    def __init__(self, request, pause=0.0):
        self.request, self.pause, self.seen = request, pause, []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        number = 0
        while not self.stopping.is_set():
            begin = time.monotonic()
            try:
                answer = self.request(number).status
            except (OSError, http.client.HTTPException):
                answer = 0
            self.seen.append((begin, time.monotonic(), answer == 200))
            number += 1
            self.stopping.wait(self.pause)

    def served_since(self, moment):
        """When the first request that began after `moment` and was served ended."""
        return next((end for begin, end, good in list(self.seen) if good and begin >= moment), None)

    def stop(self):
        self.stopping.set()
        self.thread.join()

    def gap(self, moment):
        """(seconds from `moment`, the owner's death, until a request that began after it was served; the longest
        request that ended after it; how many of those were not served)"""
        after = [one for one in self.seen if one[1] >= moment]
        longest = max(end - begin for begin, end, _ in after)
        return self.served_since(moment) - moment, longest, sum(not good for _, _, good in after)


class FailoverBench:
    def __init__(self, bench):
        self.bench = bench
        self.rounds = 2 if bench.options.quick else 6

    def run(self):
        pair = Cluster(self.bench.folder / "failing-over", 2).start()
        owner, other = pair
        ids = {node: pair.node_id(node) for node in pair}
        raw = self.bench.client(owner)
        raw.put("/bench").expect(200)
        for number in range(OBJECTS):
            raw.put(f"/bench/{number}", BODY).expect(200)
        pair.console(owner).post("/cluster/replication", {
            "source_bucket": "bench", "destination_node_id": ids[other]}).expect(201)
        reads, writes = [], []
        for _ in range(self.rounds):
            self.wait_until_whole(pair, owner, ids[owner])
            read, write = self.kill(owner, other)
            reads.append(read)
            writes.append(write)
            owner.start()
            owner, other = other, owner
        pair.kill()
        self.row("reads served again after the owner was killed", reads, 1)
        self.row("writes served again after the owner was killed", writes, 10)

    def wait_until_whole(self, pair, owner, id):
        """Until all nodes know the owner and the replica has everything."""
        pair.wait_until_healthy()
        consoles = [pair.console(node).sign_in() for node in pair]

        def is_whole():
            for console in consoles:
                told = console.get("/cluster/buckets/bench/nodes").expect(200).data
                if told["primary"]["id"] != id or told["awaited"]:
                    return False
            rules = pair.console(owner).get("/cluster/replication").expect(200).data["rules"]
            return all(rule["status"] == "in_sync" and rule["lag_objects"] == 0 for rule in rules)

        poll(is_whole, "the replica has everything", LIMIT, every=0.2)

    def kill(self, owner, other):
        """The gaps of clients of the other node, of one that reads and of one that writes."""
        raw = self.bench.client(other)
        reader = Client(lambda number: raw.get(f"/bench/{number % OBJECTS}"))
        writer = Client(lambda number: raw.put(f"/bench/written-{number % OBJECTS}", BODY), WRITE_PAUSE_SECONDS)
        clients = (reader, writer)
        try:
            poll(lambda: all(client.served_since(0) for client in clients), "clients are served", LIMIT)
            owner.kill()
            killed = time.monotonic()
            poll(lambda: all(client.served_since(killed) for client in clients), "clients are served again", LIMIT)
        finally:
            for client in clients:
                client.stop()
        return [client.gap(killed) for client in clients]

    def row(self, what, gaps, limit):
        times, longest, failed = zip(*gaps)
        self.bench.row(what, f"{max(times):.2f} s", "-", f"<= {limit} s", max(times) <= limit,
                       f"the longest of {len(times)}, median {statistics.median(times):.2f} s; the slowest request "
                       f"took {max(longest):.2f} s, and at most {max(failed)} were refused")
