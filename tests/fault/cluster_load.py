# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of a cluster whose nodes come and go: of objects, and of users at the console.

A request without an answer, or with 503, may be carried out at any later time: by a node that stood still, or over a
link that was cut. Its key is used no more then, and may hold what it held before or what the request would have made.
"""

import random

from console_client import ConsoleClient
from load_threads import LoadThreads
from mixed_load import ABSENT, BREAKS, Key, MixedLoad, Worker
from node import poll
from support import raw_client

PAUSE_SECONDS = 0.1  # after a request that failed, so that a node which is away does not use up the keys


class Targets:
    """The members that clients may talk to."""

    def __init__(self, nodes):
        self.nodes = list(nodes)
        self.loads = []

    def any(self):
        return random.choice(self.nodes)

    def leave_out(self, node):
        """Returns when no request to the node is under way any more."""
        self.nodes = [other for other in self.nodes if other is not node]
        for load in self.loads:
            load.wait_for_turns()

    def add(self, node):
        self.nodes = [*self.nodes, node]


class Roaming(Worker):
    """A worker that goes on whatever becomes of its requests."""

    def __init__(self, load, number):
        super().__init__(load, number)
        self.next_key, self.turns, self.touched, self.retired = load.keys_each, 0, None, {}

    def turn(self):
        """One request; whether it was answered well."""
        self.touched, self.copied, refused = None, None, len(self.refused)
        try:
            self.change_one()
        except ConnectionRefusedError:
            return False  # nothing was sent
        except BREAKS:
            self.retire()
            return False
        finally:
            self.turns += 1
        new = self.refused[refused:]
        if any(status < 500 for status in new):
            raise AssertionError(f"{self.load.bucket}: refused with {new}: " + "\n".join(
                self.touched.history if self.touched else []))
        if new:
            self.retire()
        return not new

    def expect(self, key, state, send, *arguments, **options):
        self.touched, before = key, list(key.possible)
        try:
            super().expect(key, state, send, *arguments, **options)
        except ConnectionRefusedError:
            key.possible = before
            raise

    def retire(self):
        """Also the source of a copy, which must stay what it is until the copy is made."""
        for name, key in list(self.keys.items()):
            if key is self.touched or key is self.copied:
                self.retired[name] = self.keys.pop(name)
                self.keys[f"w{self.number}/k{self.next_key}"] = Key()
                self.next_key += 1


class ObjectLoad(MixedLoad):
    """On one bucket, each request at any of the targets."""

    def __init__(self, targets, bucket, seed, workers=2, keys_each=12):
        super().__init__(lambda: raw_client(targets.any()), bucket, seed, 0, keys_each)
        self.workers = [Roaming(self, number) for number in range(workers)]
        targets.loads.append(self)

    def run(self, worker):
        while not self.stopping.is_set():
            if not worker.turn():
                self.stopping.wait(PAUSE_SECONDS)

    def wait_for_turns(self):
        turns = [worker.turns for worker in self.workers]
        poll(lambda: self.failures or all(worker.turns >= before + 2 for worker, before in zip(self.workers, turns)),
             "requests that are under way are over", 120)

    def check_and_clear(self):
        """check() once all is well; the keys that are used no more are deleted then."""
        for worker in self.workers:
            worker.keys.update(worker.retired)
            self.unlisted.update(worker.retired)
        self.check()
        raw = self.client()
        for worker in self.workers:
            for name in worker.retired:
                raw.delete(f"/{self.bucket}/{name}").expect(204)
                del worker.keys[name]
            worker.retired.clear()


class UserLoad(LoadThreads):
    """One client that makes, edits and deletes users at any of the targets. `known` has what the last acknowledged
    request left of each: (the id, the display name), or ABSENT."""

    def __init__(self, targets, seed):
        super().__init__()
        self.targets, self.random = targets, random.Random(seed)
        self.known, self.consoles = {}, {}
        self.number = self.turns = self.acknowledged = 0
        targets.loads.append(self)

    def jobs(self):
        return [self.run]

    def run(self):
        while not self.stopping.is_set():
            self.turn()
            self.turns += 1
            self.stopping.wait(PAUSE_SECONDS)

    def wait_for_turns(self):
        before = self.turns
        poll(lambda: self.failures or self.turns >= before + 2, "requests that are under way are over", 120)

    def turn(self):
        console = self.consoles.setdefault(node := self.targets.any(), ConsoleClient(node))
        living = [name for name, state in self.known.items() if state is not ABSENT]
        action = self.random.choices(["make", "edit", "delete"], [40, 45, 15])[0] if living else "make"
        self.number += 1
        text = f"state {self.number}"
        if action == "make":
            name = f"user-{self.number}"
            answer = self.ask(name, console.post, "/users", {"username": name, "display_name": text, "roles": ["user"],
                                                             "password": "a long Password of a test 1"})
            if answer and answer.status == 201:
                self.took(name, (answer.data["id"], text))
            return
        name = self.random.choice(living)
        id = self.known[name][0]
        if action == "edit":
            answer = self.ask(name, console.put, f"/users/{id}", {"display_name": text})
        else:
            answer = self.ask(name, console.delete, f"/users/{id}")
        if answer and answer.status == 200:
            self.took(name, (id, text) if action == "edit" else ABSENT)

    def took(self, name, state):
        self.known[name] = state
        self.acknowledged += 1

    def ask(self, name, send, *arguments):
        """The answer; without one, or with 5xx, the user is used no more."""
        try:
            answer = send(*arguments)
        except AssertionError as failure:  # of the sign-in
            if any(f"got {status}" in str(failure) for status in (500, 502, 503, 504)):
                return None
            raise
        except BREAKS as failure:
            if not isinstance(getattr(failure, "reason", None), ConnectionRefusedError):  # else nothing was sent
                self.known.pop(name, None)
            return None
        if answer.status >= 500:
            self.known.pop(name, None)
        else:  # 404: a user of the other side of a cut is not known on this one
            assert answer.status in (200, 201, 404), f"{name} at {send.__self__.node.folder.name}: {answer.document}"
        return answer

    def check(self, users):
        """`users`: by name, as a member tells them."""
        for name, state in self.known.items():
            found = users.get(name)
            if state is ABSENT:
                assert found is None, f"{name} was deleted and is back: {found}"
            else:
                assert found is not None, f"{name} is lost, which was {state}"
                assert (found["id"], found["display_name"]) == state, f"{name} is {found}, was {state}"
