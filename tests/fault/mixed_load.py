# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that change objects in every way and remember what was acknowledged.

Each worker has keys of its own and one request under way at a time, so for every key it is known which states may be
found after a crash: the last acknowledged one, and while a request had no answer, the one that it would have made.
"""

import contextlib
import functools
import hashlib
import http.client
import random

from load_threads import LoadThreads
from support import complete_document, md5_hex

ABSENT = None
BREAKS = (OSError, http.client.HTTPException)


class Content:
    """What an object should hold; its bytes come from a seed, so that a million of them cost nothing to remember."""

    def __init__(self, seed, size, parts=1):
        self.seed, self.size, self.parts = seed, size, parts

    def data(self):
        return random.Random(self.seed).randbytes(self.size)

    def has_etag(self, etag):
        """Whether an object with this content may have the ETag; a copy of a multipart object may have either kind."""
        data = self.data()
        of_parts = f'"{md5_hex(hashlib.md5(data).digest())}-1"'
        return etag == f'"{md5_hex(data)}"' or (self.parts > 1 and etag == of_parts)

    def __repr__(self):
        return f"Content(seed {self.seed}, {self.size} bytes)"


class Key:
    def __init__(self):
        self.possible = [ABSENT]  # states that may be found; one when nothing is open
        self.versions = {}  # of a versioned bucket: version id -> Content, acknowledged
        self.history = []  # the last requests and what came of them, for a failure's message


class Worker:
    def __init__(self, load, number):
        self.load, self.number = load, number
        self.random = random.Random(load.seed * 1000 + number)
        self.keys = {f"w{number}/k{index}": Key() for index in range(load.keys_each)}
        self.acknowledged = 0
        self.refused = []
        self.copied = None  # the key that the last copy was of

    def content(self):
        kind = self.random.random()
        if kind < 0.15:
            size = self.random.choice([0, 1, 100])
        elif kind < 0.75:
            size = self.random.randint(1, 70_000)
        else:
            size = self.random.randint(200_000, 1_500_000)
        return Content(self.random.randrange(1 << 62), size)

    def change_one(self):
        """One request, or one multipart upload; raises when the node breaks the connection."""
        name = self.random.choice(list(self.keys))
        key, path = self.keys[name], f"/{self.load.bucket}/{name}"
        action = self.random.choices(["put", "delete", "multipart", "copy", "tag"], [60, 15, 10, 10, 5])[0]
        raw = self.load.client()
        if action == "delete":
            self.expect(key, ABSENT, raw.delete, path)
        elif action == "put":
            content = self.content()
            self.expect(key, content, raw.put, path, content.data(), {"x-amz-meta-seed": str(content.seed)})
        elif action == "copy":
            self.copy(raw, name, key, path)
        elif action == "tag" and key.possible != [ABSENT] and len(key.possible) == 1:
            tags = f"<Tagging><TagSet><Tag><Key>t</Key><Value>{self.random.random()}</Value></Tag></TagSet></Tagging>"
            self.expect(key, key.possible[0], raw.put, path, tags.encode(), query=[("tagging", "")])
        elif action == "multipart":
            self.multipart(raw, key, path)

    def copy(self, raw, name, key, path):
        source = self.random.choice([other for other in self.keys if other != name])
        self.copied = self.keys[source]
        known = self.copied.possible
        if len(known) == 1 and known[0] is not ABSENT:
            content = Content(known[0].seed, known[0].size, known[0].parts)
            self.expect(key, content, raw.put, path, b"", {"x-amz-copy-source": f"/{self.load.bucket}/{source}"})

    def multipart(self, raw, key, path):
        content = self.content()
        content.parts = 2  # one part, but an ETag of parts
        started = raw.post(path, query=[("uploads", "")], headers={"x-amz-meta-seed": str(content.seed)})
        if started.status != 200:
            return self.refused.append(started.status)
        upload = started.text_of("UploadId")
        part = raw.put(path, content.data(), query=[("partNumber", 1), ("uploadId", upload)])
        if part.status != 200:
            return self.refused.append(part.status)
        self.expect(key, content, raw.post, path, complete_document([(1, part.etag)]), query=[("uploadId", upload)])

    def expect(self, key, state, send, *arguments, **options):
        before = list(key.possible)
        if state not in key.possible:
            key.possible = [*before, state]
        key.history = [*key.history[-11:], f"{send.__name__} of {state}: no answer"]
        answer = send(*arguments, **options)
        key.history[-1] = (f"{send.__name__} of {state}: {answer.status} {answer.headers.get('x-amz-version-id')} "
                           f"{answer.headers.get('x-amz-request-id')}")
        if answer.status in (200, 204):
            key.possible = [state]
            self.acknowledged += 1
            version = answer.headers.get("x-amz-version-id")
            if version not in (None, "null") and state is not ABSENT:
                key.versions[version] = state
        elif answer.status in (412, 507) or answer.status < 500:
            key.possible = before  # refused for sure
            self.refused.append(answer.status)
        else:
            self.refused.append(answer.status)  # may have happened


class MixedLoad(LoadThreads):
    """Runs workers until stopped. client() gives a client for the node as it runs now."""

    def __init__(self, client, bucket, seed, workers=6, keys_each=12):
        super().__init__()
        self.client, self.bucket, self.seed, self.keys_each = client, bucket, seed, keys_each
        self.workers = [Worker(self, number) for number in range(workers)]
        self.unlisted = set()  # keys that may come or go at any time

    def jobs(self):
        return [functools.partial(self.run, worker) for worker in self.workers]

    def run(self, worker):
        with contextlib.suppress(*BREAKS):  # the node was killed; what was under way stays open
            while not self.stopping.is_set():
                worker.change_one()

    def acknowledged(self):
        return sum(worker.acknowledged for worker in self.workers)

    def refused(self):
        return [status for worker in self.workers for status in worker.refused]

    def check(self):
        """Every key holds one of its possible states, bytes and ETag alike; the listing says the same."""
        raw, present = self.client(), {}
        for worker in self.workers:
            for name, key in worker.keys.items():
                found = self.state_of(raw, name, key)
                key.possible = [found]
                key.history.append(f"-- found {found}")
                if found is not ABSENT and name not in self.unlisted:
                    present[name] = found.size
                for version, content in key.versions.items():
                    got = raw.get(f"/{self.bucket}/{name}", query=[("versionId", version)]).expect(200)
                    assert got.body == content.data(), f"version {version} of {name}"
        listed, token = {}, []
        while True:
            page = raw.get("/" + self.bucket, query=[("list-type", "2"), ("prefix", "w"), *token]).expect(200)
            for entry in page.xml().findall("Contents"):
                if entry.findtext("Key") not in self.unlisted:
                    listed[entry.findtext("Key")] = int(entry.findtext("Size"))
            if page.text_of("IsTruncated") != "true":
                break
            token = [("continuation-token", page.text_of("NextContinuationToken"))]
        assert listed == present

    def state_of(self, raw, name, key):
        got = raw.get(f"/{self.bucket}/{name}")
        if got.status == 404:
            assert ABSENT in key.possible, (
                f"{name} is lost; wanted one of {key.possible}; what was done:\n" + "\n".join(key.history))
            return ABSENT
        got.expect(200)
        for state in key.possible:
            if state is not ABSENT and got.body == state.data():
                assert state.has_etag(got.etag), f"{name}: ETag {got.etag} of {state}"
                return state
        raise AssertionError(f"{name} holds {len(got.body)} bytes with seed {got.headers.get('x-amz-meta-seed')}; "
                             f"wanted one of {key.possible}; what was done:\n" + "\n".join(key.history))
