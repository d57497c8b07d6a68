# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients did to a bucket and were answered, and whether a store could have answered so.

Two models. Of registers: each key is one value that puts, deletes and gets see in one order, which agrees with the
order of requests that did not overlap (linearizability). It holds where a write that was answered is nowhere unknown.
Of sets: what was written and acknowledged is there in the end, and what was deleted is not. It holds also where nodes
took writes apart and were merged afterwards.

A request whose answer is unknown (`indeterminate`: no answer, or 5xx) may take effect at any time after it began, or
never. One that was refused (`error`) has no effect. Every put has a value of its own.
"""

import dataclasses
import json
import threading
import time
from typing import Optional

OK, ERROR, INDETERMINATE = "ok", "error", "indeterminate"
PUT, DELETE, GET = "put", "delete", "get"
WRITES = (PUT, DELETE)


@dataclasses.dataclass
class Operation:
    client: str
    operation: str  # PUT, DELETE, GET
    key: str
    begin: int  # of one monotonic clock
    end: Optional[int] = None  # none: until the end of time
    value: Optional[str] = None  # that a put writes or a get was answered; none: there is no such object
    version: Optional[str] = None
    outcome: str = INDETERMINATE
    stale: bool = False  # a get that said that it may be behind
    note: str = ""  # what was answered, for people

    def __str__(self):
        end = "..." if self.end is None else self.end
        words = [f"[{self.begin}-{end}]", self.client, self.operation, self.key, str(self.value)]
        words += [f"version {self.version}"] if self.version else []
        return " ".join([*words, self.outcome, *(["stale"] if self.stale else []), self.note]).rstrip()

    def precedes(self, other, margin=0):
        return self.end is not None and self.end + margin < other.begin

    @property
    def may_have_effect(self):
        return self.operation in WRITES and self.outcome != ERROR


class History:
    """Records operations from any thread."""

    def __init__(self, operations=(), clock=time.monotonic_ns):
        self.operations = list(operations)
        self.clock = clock
        self.mutex = threading.Lock()

    def begin(self, client, operation, key, value=None):
        """A new operation, which stays indeterminate unless it gets an answer."""
        begun = Operation(client, operation, key, self.clock(), value=value)
        with self.mutex:
            self.operations.append(begun)
        return begun

    def ok(self, begun, value=None, version=None, stale=False):
        """`value`: of a get."""
        end = self.clock()
        with self.mutex:
            if begun.operation == GET:
                begun.value = value
            begun.version, begun.stale, begun.outcome, begun.end = version, stale, OK, end

    def error(self, begun, note=""):
        end = self.clock()
        with self.mutex:
            begun.outcome, begun.note, begun.end = ERROR, note, end

    def indeterminate(self, begun, note=""):
        with self.mutex:
            begun.note = note

    def snapshot(self):
        """The operations as they are now, in the order in which they began."""
        with self.mutex:
            return sorted((dataclasses.replace(operation) for operation in self.operations),
                          key=lambda operation: operation.begin)

    def by_key(self):
        keys = {}
        for operation in self.snapshot():
            keys.setdefault(operation.key, []).append(operation)
        return keys

    def acknowledged(self):
        return sum(operation.operation in WRITES and operation.outcome == OK for operation in self.snapshot())

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            for operation in self.snapshot():
                file.write(json.dumps(dataclasses.asdict(operation)) + "\n")

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as file:
            return cls(Operation(**json.loads(line)) for line in file)


# --- Registers -----------------------------------------------------------------------------------------------------

def check_registers(history):
    """A problem in words for each key whose operations no single register could have answered. Gets that said that
    they may be behind may answer anything that was once begun to be written, or nothing."""
    problems = []
    for key, operations in history.by_key().items():
        problem = what_nobody_wrote(operations)
        if not problem and not is_linearizable(operations):
            problem = "no order of its writes and reads agrees with what was answered"
        if problem:
            problems.append("\n  ".join([f"{key}: {problem}", *map(str, operations)]))
    return problems


def check_values(history):
    """A problem for each key of which something was read that nobody had begun to write: all that can be said of reads
    while two nodes took writes apart."""
    return [f"{key}: {problem}" for key, operations in history.by_key().items()
            if (problem := what_nobody_wrote(operations))]


def what_nobody_wrote(operations):
    for get in operations:
        if is_answered(get) and get.value is not None and not any(
                put.value == get.value and put.begin <= get.end for put in puts_of(operations)):
            return f"nobody had written what was read: {get}"
    return None


def puts_of(operations):
    return [one for one in operations if one.operation == PUT and one.may_have_effect]


def deletes_of(operations):
    return [one for one in operations if one.operation == DELETE and one.may_have_effect]


def is_answered(operation):
    return operation.operation == GET and operation.outcome == OK


def is_linearizable(operations):
    """Whether some order of one key's operations, each at a moment between its begin and its end, explains the gets.
    Depth first over (which are done, the value then); a get that fits the value can be done at once."""
    read = {get.value for get in operations if is_answered(get) and not get.stale}
    steps = sorted((one for one in operations if matters(one, read)), key=lambda one: one.begin)
    ends = [float("inf") if one.end is None else one.end for one in steps]
    required = sum(1 << number for number, one in enumerate(steps) if one.end is not None)
    seen, stack = set(), [(0, 0, None)]
    while stack:
        done, first, value = stack.pop()
        while True:
            while done >> first & 1:
                first += 1
            if done & required == required:
                return True
            enabled = enabled_of(steps, ends, done, first)
            fitting = sum(1 << number for number in enabled
                          if steps[number].operation == GET and steps[number].value == value)
            if not fitting:
                break
            done |= fitting
        if (done, value) in seen:
            continue
        seen.add((done, value))
        for number in distinct_writes(steps, enabled):
            stack.append((done | 1 << number, first, steps[number].value))
    return False


def matters(operation, read):
    """A get without an answer tells nothing; nor does a write that may not have been, and that nobody saw."""
    if operation.operation == GET:
        return is_answered(operation) and not operation.stale
    return operation.outcome == OK or (operation.may_have_effect and operation.value in read)


def enabled_of(steps, ends, done, first):
    """Those that may be the next: which began before any that is not done ended."""
    enabled, limit = [], float("inf")
    for number in range(first, len(steps)):
        if steps[number].begin > limit:
            break
        if not done >> number & 1:
            enabled.append(number)
            limit = min(limit, ends[number])
    return enabled


def distinct_writes(steps, enabled):
    """Of deletes that may never have been, which could stand for each other, only the first."""
    has_open_delete = False
    for number in enabled:
        step = steps[number]
        if step.operation == GET:
            continue
        if step.operation == DELETE and step.end is None:
            if has_open_delete:
                continue
            has_open_delete = True
        yield number


def without_dirty_reads(history, until):
    """The history of a bucket whose owner died at `until` while a synchronous rule was waited for: an earlier read may
    have seen a write that was never acknowledged, and that died with the owner. It counts as one that may be behind."""
    operations, saw = history.snapshot(), {}
    for write in operations:
        if write.operation in WRITES and write.outcome == INDETERMINATE and write.begin <= until:
            saw.setdefault((write.key, write.value), []).append(write.begin)
    for get in operations:
        if is_answered(get) and get.begin <= until and any(
                begin <= get.end for begin in saw.get((get.key, get.value), [])):
            get.stale = True
    return History(operations)


# --- Sets ----------------------------------------------------------------------------------------------------------

@dataclasses.dataclass
class Found:
    """What there is of a key in the end."""
    current: Optional[str] = None  # none: nothing, or a delete marker
    older: tuple = ()  # the values of its other versions


def check_set(history, found, keeps_versions=False, apart_seconds=0):
    """A problem in words for each acknowledged write that is lost, each deleted object that is back, and whatever
    nobody wrote. `found`: {key: Found}. With `keeps_versions` nothing that was written may be gone, overwritten or
    not. `apart_seconds`: how far the clocks may be apart of nodes that took writes without knowing of each other's;
    writes that close have no order."""
    problems, histories = [], history.by_key()
    for key in sorted({*histories, *found}):
        operations = histories.get(key, [])
        for problem in problems_of(operations, found.get(key, Found()), keeps_versions, round(apart_seconds * 1e9)):
            problems.append("\n  ".join([f"{key}: {problem}", *map(str, operations)]))
    return problems


def problems_of(operations, found, keeps_versions, apart):
    puts, deletes = puts_of(operations), deletes_of(operations)
    values = {put.value: put for put in puts}
    for value in [found.current, *found.older]:
        if value is not None and value not in values:
            yield f"nobody wrote {value}, which is there"
    for put in puts:
        if put.outcome == OK:
            yield from losses_of(put, puts, deletes, found, keeps_versions, apart)
    current = values.get(found.current)
    if current is None:
        return
    for delete in deletes:
        if delete.outcome == OK and current.precedes(delete, apart):
            yield f"{found.current} was deleted and is back"
    for put in puts:
        if put.outcome == OK and current.precedes(put, apart):
            yield f"{found.current} stands before {put.value}, which was written later"


def check_sides(history, found, sides):
    """A problem for each key of which a side of a partition has not what it should, whatever the clocks: what it wrote
    last is there, as the current version or, where another side won, as an older one; what it wrote before that is not
    the current one. `sides`: ({names of its clients}, since when the side took writes alone)."""
    problems = []
    for names, since in sides:
        for key, operations in history.by_key().items():
            writes = [one for one in operations if one.client in names and one.begin >= since]
            for problem in problems_of_side(writes, found.get(key, Found())):
                problems.append("\n  ".join([f"{key}: {problem}", *map(str, operations)]))
    return problems


def problems_of_side(operations, found):
    writes = [*puts_of(operations), *deletes_of(operations)]
    for put in puts_of(operations):
        is_last = not any(other is not put and not other.precedes(put) for other in writes)
        if put.outcome == OK and is_last and put.value not in (found.current, *found.older):
            yield f"a side's last, {put.value}, is lost"
        if put.value == found.current and any(put.precedes(other) and other.outcome == OK for other in writes):
            yield f"{put.value} is back, which its own side had replaced or deleted"


def losses_of(put, puts, deletes, found, keeps_versions, apart):
    """An acknowledged put may be hidden by a delete, and replaced by a put, that did not end before it began."""
    is_deleted = any(not delete.precedes(put, apart) for delete in deletes)
    is_replaced = any(other is not put and not other.precedes(put, apart) for other in puts)
    if put.value not in (found.current, *found.older):
        if keeps_versions or not (is_deleted or is_replaced):
            yield f"{put.value} was acknowledged and is lost"
    elif found.current is None and not is_deleted:
        yield f"{put.value} was acknowledged, was not deleted, and is not shown"
