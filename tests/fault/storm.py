# SPDX-License-Identifier: GPL-3.0-or-later
"""What befalls the nodes of a cluster in a storm: they are killed, stopped, frozen and parted at random under load."""

import os
import signal
import time

from members import wait_until_healthy

SECONDS = float(os.environ.get("MAXIOFS_STORM_SECONDS", 60))
EVENTS_EACH_ROUND = 6


class Storm:
    """Rounds of events, after each of which all is healed, the loads are stopped and check() is called. A storm of its
    own kind has its `weights` of events, its loads() and its check()."""

    def __init__(self, nodes, network, choose):
        self.nodes, self.network, self.choose = nodes, network, choose
        self.weights = {self.kill: 3, self.stop: 2, self.freeze: 3, self.part: 4}
        self.events = {}

    def blow(self):
        """For SECONDS, and at least a round."""
        ends = time.monotonic() + SECONDS
        while not self.events or time.monotonic() < ends:
            self.round(ends)

    def round(self, ends):
        try:
            for load in self.loads():
                load.start()
            for _ in range(EVENTS_EACH_ROUND):
                self.wait(1)
                self.run(self.choose.choices(list(self.weights), list(self.weights.values()))[0], self.any_node())
                if time.monotonic() > ends:
                    break
            wait_until_healthy(self.nodes)
        finally:
            for load in self.loads():
                load.stopping.set()
        for load in self.loads():
            load.stop()
        self.check()

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
