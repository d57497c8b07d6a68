# SPDX-License-Identifier: GPL-3.0-or-later
"""A storm over three nodes under load: they are killed, stopped, frozen, parted, they leave and join again.

MAXIOFS_STORM_SECONDS sets its length; ./dev soak takes 30 minutes.
"""

import pytest

from cluster_load import ObjectLoad, Targets, UserLoad
from members import wait_until_agreed, wait_until_healthy
from node import poll
from storm import Storm
from support import raw_client


class ClusterStorm(Storm):
    def __init__(self, nodes, network, choose):
        super().__init__(nodes, network, choose)
        self.weights |= {self.rotate: 1, self.leave_and_join: 2}
        self.targets = Targets(nodes)
        self.buckets = [f"on-{node.folder.name}" for node in nodes]
        for node, bucket in zip(nodes, self.buckets):
            raw_client(node).put("/" + bucket).expect(200)
        self.objects = [ObjectLoad(self.targets, bucket, choose.randrange(1 << 30)) for bucket in self.buckets]
        self.users = UserLoad(self.targets, choose.randrange(1 << 30))

    def loads(self):
        return [*self.objects, self.users]

    # --- Events -----------------------------------------------------------------------------------------------

    def rotate(self, node):
        """Busy while a member has not got the last token yet."""
        answer = node.console.post("/cluster/token/rotate")
        assert answer.status == 200 or answer.code == "Busy", answer.document
        return answer.data["cluster_token"] if answer.status == 200 else None

    def leave_and_join(self, node):
        """What a node was told while it could not be reached would be lost with it: all agree first."""
        self.targets.leave_out(node)
        wait_until_healthy(self.nodes)
        wait_until_agreed(self.nodes)
        node.console.post("/cluster/leave?force=true").expect(200)
        self.wait(2)
        through = self.choose.choice([other for other in self.nodes if other is not node])
        token = poll(lambda: self.rotate(through), "the token is changed", 60, every=0.5)
        node.join(through, token).expect((200, 201))
        wait_until_healthy(self.nodes)
        self.targets.add(node)

    # --- After a round ----------------------------------------------------------------------------------------

    def check(self):
        view = wait_until_agreed(self.nodes)
        assert set(view["buckets"]) == set(self.buckets), view["buckets"]
        ids = {node.folder.name: node.id for node in self.nodes}
        for node, bucket in zip(self.nodes, self.buckets):
            assert view["buckets"][bucket][0] == ids[node.folder.name], f"{bucket} has another owner: {view}"
        for load in self.objects:
            load.check_and_clear()
        for node in self.nodes:
            self.users.check(node.users())


@pytest.mark.parametrize("count", [3])
def test_a_storm_loses_nothing_that_was_acknowledged(members, choose, count):
    storm = ClusterStorm(members(count), members.network, choose)
    storm.blow()
    objects = sum(load.acknowledged() for load in storm.objects)
    print(f"{objects} acknowledged changes of objects and {storm.users.acknowledged} of users hold after "
          f"{storm.events}")
    assert objects > 0 and storm.users.acknowledged > 0
