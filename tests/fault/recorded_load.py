# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that write and read objects of one bucket and record what they were answered, for history.py's models."""

import functools
import hashlib
import random

from history import DELETE, GET, PUT, WRITES, Found
from load_threads import LoadThreads
from mixed_load import BREAKS
from node import poll

WRITE_SECONDS = 120  # that may pass until writes are taken again
PAUSE_SECONDS = 0.05  # after a request without a good answer
SIZES = (0, 0, 500, 4_000, 4_000, 60_000, 300_000, 1_500_000)  # of what follows the value in a body
LAG_HEADER = "x-maxiofs-replica-lag"


def body_of(value, size):
    """A body that says which put it is of, and whose every byte follows from that."""
    return f"{value} {size}\n".encode() + random.Random(f"{value} {size}").randbytes(size)


def value_of(body):
    """The value whose put made the body; for a body that no put made, what it looks like."""
    try:
        value, size = body.partition(b"\n")[0].decode().split()
        if body == body_of(value, int(size)):
            return value
    except ValueError:
        pass
    return f"damaged-{len(body)}-{hashlib.md5(body).hexdigest()}"


class RecordedClient:
    """One client with one request at a time. `client()` gives the raw client for the next one."""

    def __init__(self, history, client, bucket, name):
        self.history, self.client, self.bucket, self.name = history, client, bucket, name
        self.puts = self.acknowledged = 0

    def put(self, key, size=0):
        self.puts += 1
        value = f"{self.name}-{self.puts}"
        return self.send(PUT, key, value, lambda raw, path: raw.put(path, body_of(value, size)), (200,))

    def delete(self, key):
        return self.send(DELETE, key, None, lambda raw, path: raw.delete(path), (204,))

    def get(self, key):
        return self.send(GET, key, None, lambda raw, path: raw.get(path), (200, 404))

    def send(self, operation, key, value, request, good):
        """Whether the answer was a good one."""
        raw = self.client()
        begun = self.history.begin(self.name, operation, key, value)
        try:
            answer = request(raw, f"/{self.bucket}/{key}")
        except ConnectionRefusedError:
            self.history.error(begun, "refused the connection")  # nothing was sent
            return False
        except BREAKS as failure:
            self.history.indeterminate(begun, repr(failure))
            return False
        note = f"{answer.status} {answer.code or ''}".rstrip() if answer.status >= 400 else ""
        # A 404 of a bucket that a node does not know is no answer of the bucket.
        if answer.status in good and (answer.status != 404 or answer.code == "NoSuchKey"):
            seen = value_of(answer.body) if operation == GET and answer.status == 200 else None
            self.history.ok(begun, seen, answer.headers.get("x-amz-version-id"), LAG_HEADER in answer.headers)
            self.acknowledged += operation in WRITES
            return True
        if answer.status >= 500:
            self.history.indeterminate(begun, note)
        else:
            self.history.error(begun, note)
        return False


class RecordedLoad(LoadThreads):
    """Clients at random on a few keys, which all share; and on keys of their own, which are written once. `client()`
    gives a raw client for a member that is to be asked. Clients of two loads have two `name`s, and `pause` for so many
    seconds after each request."""

    def __init__(self, history, client, bucket, seed, clients=4, keys=8, name=None, folder="", pause=0):
        super().__init__()
        self.history, self.bucket, self.keys, self.folder, self.pause = history, bucket, keys, folder, pause
        self.randoms = [random.Random(seed * 1000 + number) for number in range(clients)]
        self.clients = [RecordedClient(history, client, bucket, f"{name or bucket}-c{number}")
                        for number in range(clients)]
        self.turns = 0

    def jobs(self):
        return [functools.partial(self.run, *pair) for pair in zip(self.clients, self.randoms)]

    def run(self, client, choose):
        while not self.stopping.is_set():
            is_good = self.turn(client, choose)
            self.stopping.wait(self.pause if is_good else max(self.pause, PAUSE_SECONDS))
            self.turns += 1

    def turn(self, client, choose):
        key = f"{self.folder}shared/{choose.randrange(self.keys)}"
        action = choose.choices(["put", "once", "get", "delete"], [30, 30, 30, 10])[0]
        if action == "put":
            return client.put(key, choose.choice(SIZES))
        if action == "once":
            return client.put(f"{self.folder}once/{client.name}-{client.puts + 1}", choose.choice(SIZES))
        return getattr(client, action)(key)

    def acknowledged(self):
        return sum(client.acknowledged for client in self.clients)

    def wait_for_writes(self, count):
        """Until so many more were acknowledged, or a client has failed."""
        wanted = self.acknowledged() + count
        poll(lambda: self.failures or self.acknowledged() >= wanted, f"{count} writes are acknowledged", WRITE_SECONDS)


def versions_of(raw, bucket, prefix=""):
    """All that ListObjectVersions tells: {key: [(whether it is the latest, version id, whether it is a delete
    marker)]}. What lost against another node's change is no key's latest, though it may be its only version."""
    versions, query = {}, []
    while True:
        page = raw.get(f"/{bucket}", query=[("versions", ""), ("prefix", prefix), *query]).expect(200).xml()
        for entry in page:
            if entry.tag in ("Version", "DeleteMarker"):
                versions.setdefault(entry.findtext("Key"), []).append(
                    (entry.findtext("IsLatest") == "true", entry.findtext("VersionId"), entry.tag == "DeleteMarker"))
        if page.findtext("IsTruncated") != "true":
            break
        query = [("key-marker", page.findtext("NextKeyMarker")),
                 ("version-id-marker", page.findtext("NextVersionIdMarker"))]
    return versions


def found_in(raw, bucket, prefix=""):
    """What a bucket holds, as check_set() takes it; each version is read."""
    found = {}
    for key, versions in versions_of(raw, bucket, prefix).items():
        there = Found()
        for is_latest, version, is_marker in versions:
            if is_marker:
                continue
            value = value_of(raw.get(f"/{bucket}/{key}", query=[("versionId", version)]).expect(200).body)
            there = Found(value, there.older) if is_latest else Found(there.current, (*there.older, value))
        found[key] = there
    return found
