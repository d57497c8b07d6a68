# SPDX-License-Identifier: GPL-3.0-or-later
"""A storm over three nodes under load: they are killed, stopped, frozen, parted, they leave and join again.

MAXIOFS_STORM_SECONDS sets its length; ./dev soak takes 30 minutes.
"""

import os
import signal
import time

import pytest

from cluster_load import ObjectLoad, Targets, UserLoad
from members import wait_until_agreed, wait_until_healthy
from node import poll
from support import raw_client

SECONDS = float(os.environ.get("MAXIOFS_STORM_SECONDS", 60))
EVENTS_EACH_ROUND = 6


class Storm:
    def __init__(self, nodes, network, choose):
        self.nodes, self.network, self.choose = nodes, network, choose
        self.targets = Targets(nodes)
        self.buckets = [f"on-{node.folder.name}" for node in nodes]
        for node, bucket in zip(nodes, self.buckets):
            raw_client(node).put("/" + bucket).expect(200)
        self.objects = [ObjectLoad(self.targets, bucket, choose.randrange(1 << 30)) for bucket in self.buckets]
        self.users = UserLoad(self.targets, choose.randrange(1 << 30))
        self.events = {}

    def loads(self):
        return [*self.objects, self.users]

    def wait(self, most):
        ends = time.monotonic() + self.choose.uniform(0.1, most)
        while time.monotonic() < ends:
            time.sleep(0.05)
            for load in self.loads():
                if load.failures:
                    raise load.failures[0]

    def run(self, event, *arguments):
        self.events[event.__name__] = self.events.get(event.__name__, 0) + 1
        print(event.__name__, *(node.folder.name for node in arguments), flush=True)
        event(*arguments)

    def any_node(self):
        return self.choose.choice(self.nodes)

    # --- Events -----------------------------------------------------------------------------------------------

    def kill(self, node):
        node.kill()
        self.wait(2)
        node.start()

    def stop(self, node):
        assert node.stop() == 0, node.log_tail()
        self.wait(1)
        node.start()

    def freeze(self, node):
        os.kill(node.pid(), signal.SIGSTOP)
        try:
            self.wait(5)
        finally:
            os.kill(node.pid(), signal.SIGCONT)

    def part(self, node):
        others = [other for other in self.nodes if other is not node]
        if self.choose.random() < 0.3:
            self.network.cut(*self.choose.sample([node, self.choose.choice(others)], 2))
        else:
            self.network.part([node], others)
        self.wait(4)
        if self.choose.random() < 0.5:
            self.run(self.choose.choice([self.kill, self.stop, self.freeze]), self.any_node())
            self.wait(2)
        self.network.heal(self.nodes)

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

    # --- Rounds -----------------------------------------------------------------------------------------------

    def round(self, ends):
        for load in self.loads():
            load.start()
        for _ in range(EVENTS_EACH_ROUND):
            self.wait(1)
            event = self.choose.choices([self.kill, self.stop, self.freeze, self.part, self.rotate,
                                         self.leave_and_join], [3, 2, 3, 4, 1, 2])[0]
            self.run(event, self.any_node())
            if time.monotonic() > ends:
                break
        wait_until_healthy(self.nodes)
        for load in self.loads():
            load.stop()
        self.check()

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
    nodes = members(count)
    storm = Storm(nodes, members.network, choose)
    ends = time.monotonic() + SECONDS
    try:
        while time.monotonic() < ends:
            storm.round(ends)
    finally:
        for load in storm.loads():
            load.stopping.set()
    objects = sum(load.acknowledged() for load in storm.objects)
    print(f"{objects} acknowledged changes of objects and {storm.users.acknowledged} of users hold after "
          f"{storm.events}")
    assert objects > 0 and storm.users.acknowledged > 0
