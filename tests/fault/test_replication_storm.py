# SPDX-License-Identifier: GPL-3.0-or-later
"""A storm over three nodes whose buckets have replicas on one another: owners are killed, stopped, frozen, parted and
relieved under load. After each round every bucket has one owner, its replicas' manifests equal it, and nothing that was
acknowledged is lost.

MAXIOFS_STORM_SECONDS sets its length; ./dev soak takes 30 minutes.
"""

import pytest

from failover import ReplicatedBucket
from history import History
from recorded_load import found_in
from storm import Storm
from support import raw_client

# Nodes that owned a bucket apart have this computer's clock; only writes that close at two of them have no order.
CLOCKS_SECONDS = 0.1


class StormyBucket(ReplicatedBucket):
    """Each round has a folder of keys and a history of its own, which are looked at once more after the next one."""

    round = 0

    def begin_round(self, choose):
        self.round += 1
        self.history = History()
        self.clients = self.load(choose, clients=3, keys=5, name=f"{self.name}-{self.round}", folder=self.folder())

    def folder(self, ago=0):
        return f"round-{self.round - ago}/"

    def end_round(self, choose, nodes):
        """How many changes hold that were acknowledged."""
        self.settle(nodes)
        node = choose.choice(self.nodes)
        found = self.check(node, self.folder(), apart_seconds=CLOCKS_SECONDS)
        if self.round > 1:
            assert found_in(raw_client(node), self.name, self.folder(ago=1)) == self.before
        self.before = found
        return self.clients.acknowledged()


class ReplicationStorm(Storm):
    def __init__(self, nodes, network, choose):
        super().__init__(nodes, network, choose)
        self.weights |= {self.promote: 3}
        first, second, third = nodes
        self.buckets = [StormyBucket([first, second, third], "continuous"),
                        StormyBucket([second, third, first], "versioned", versioned=True),
                        StormyBucket([third, first], "synchronous", interval=0, policy="continue")]
        self.held = 0
        self.begin_round()

    def begin_round(self):
        for bucket in self.buckets:
            bucket.begin_round(self.choose)

    def loads(self):
        return [bucket.clients for bucket in self.buckets]

    def promote(self, node):
        """It may be refused, as for a node that is the owner or is about to hand over; it never fails."""
        bucket = self.choose.choice([bucket for bucket in self.buckets if node in bucket.nodes])
        answer = bucket.promote(node, asked=self.any_node())
        assert answer.status == 200 or answer.status in (400, 409, 412, 503, 504), answer.document

    def check(self):
        self.held += sum(bucket.end_round(self.choose, self.nodes) for bucket in self.buckets)
        self.begin_round()


@pytest.mark.parametrize("count", [3])
def test_replicated_buckets_survive_a_storm(members, choose, count):
    storm = ReplicationStorm(members(count), members.network, choose)
    storm.blow()
    print(f"{storm.held} acknowledged changes hold after {storm.events}")
    assert storm.held > 0
