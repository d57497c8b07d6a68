# SPDX-License-Identifier: GPL-3.0-or-later
"""Failing system calls, injected by strace: a failed sync is final, a failed write is one refused request."""

import json

import pytest

from support import raw_client, random_bytes

SYNCS = "fsync,fdatasync,sync_file_range"
WRITES = "pwrite64,pwritev,pwritev2"


def injecting(calls, error, when):
    return ["/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", "--seccomp-bpf", "-e", f"trace={calls}",
            "-e", f"inject={calls}:error={error}:when={when}"]


def prepared(new_node):
    """A node's folder with a bucket and an object, so that what fails later is a request and not the first start."""
    node = new_node().start()
    raw = raw_client(node)
    raw.put("/box").expect(200)
    raw.put("/box/before", b"before").expect(200)
    assert node.stop() == 0
    return node, raw


@pytest.mark.parametrize("size", [100, 1_000_000])
def test_after_a_failed_sync_writes_are_refused_and_reads_go_on(new_node, choose, round_number, size):
    node, raw = prepared(new_node)
    node.wrapper = injecting(SYNCS, "EIO", f"{choose.randint(15, 40)}+")
    node.start()

    acknowledged, refused = [], []
    for number in range(200):
        status = raw.put(f"/box/{number}", random_bytes(size, number)).status
        (acknowledged if status == 200 else refused).append((number, status))
        if len(refused) == 10:
            break
    print(f"{len(acknowledged)} acknowledged before the sync failed")
    assert len(refused) == 10, "no sync failed"
    assert all(status == 503 for _, status in refused[1:]), refused
    assert refused[0][1] in (500, 503)
    assert acknowledged == [(number, 200) for number in range(len(acknowledged))], "a write was taken after a failed sync"

    status, text = node.health()
    assert status == 200 and json.loads(text)["status"] == "read-only"
    raw.delete("/box/before").expect(503)
    assert raw.get("/box/before").expect(200).body == b"before"
    for number, _ in acknowledged:
        assert raw.get(f"/box/{number}").expect(200).body == random_bytes(size, number)
    node.kill()

    node.wrapper = []
    node.start()
    for number, _ in acknowledged:
        assert raw.get(f"/box/{number}").expect(200).body == random_bytes(size, number)
    for number, _ in refused:
        got = raw.get(f"/box/{number}")
        assert got.status == 404 or got.body == random_bytes(size, number)
    raw.put("/box/after", b"after").expect(200)


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("size", [100, 1_000_000])
def test_a_failed_write_is_one_refused_request(new_node, choose, round_number, size, error):
    node, raw = prepared(new_node)
    node.wrapper = injecting(WRITES, error, str(choose.randint(12, 30)))
    node.start()

    states = {}
    for number in range(120):
        states[number] = raw.put(f"/box/{number}", random_bytes(size, number)).status
    refused = [status for status in states.values() if status != 200]
    print(f"{len(refused)} refused: {sorted(set(refused))}")
    assert set(refused) <= {500, 503, 507}

    def check():
        for number, status in states.items():
            got = raw.get(f"/box/{number}")
            if status == 200:
                assert got.expect(200).body == random_bytes(size, number)
            else:
                assert got.status == 404 or got.body == random_bytes(size, number)

    check()
    node.kill()
    node.wrapper = []
    node.start()
    check()
    raw.put("/box/after", b"after").expect(200)
