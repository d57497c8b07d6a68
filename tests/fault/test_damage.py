# SPDX-License-Identifier: GPL-3.0-or-later
"""Flipped, missing and swapped bytes in every kind of file: an error or the very bytes, never wrong ones."""

import http.client
import shutil

import pytest

from node import ACCESS_KEY, SECRET_KEY, START_SECONDS, Node, poll
from sigv4_raw import RawClient, Signer
from support import raw_client, random_bytes, upload_parts

KINDS = {
    "log": "log/*.seg", "blobs": "blobs/*/*", "index": "index/*", "keyring": "keys/keyring*", "master": "keys/master",
    "auth.db": "auth.db",
}
CHANGES = ["flip", "truncate", "swap", "missing"]
OBJECTS = {
    **{f"small-{number}": random_bytes(4000 + number, number) for number in range(40)},
    **{f"large-{number}": random_bytes(700_000 + number, 100 + number) for number in range(6)},
    "empty": b"",
}
PART_BODIES = [random_bytes(5 << 20, 300), random_bytes(100_000, 301)]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """The folder of a node that was stopped well, with objects of every kind."""
    node = Node(tmp_path_factory.mktemp("pristine")).start()
    raw = raw_client(node)
    raw.put("/box").expect(200)
    for key, data in OBJECTS.items():
        raw.put(f"/box/{key}", data, {"x-amz-meta-key": key}).expect(200)
    upload_parts(raw, "/box/parts", PART_BODIES)
    assert node.stop() == 0
    return node.data


def files_of(data, kind):
    return sorted(path for path in data.glob(KINDS[kind]) if path.is_file() and path.stat().st_size > 0
                  and path.name not in ("LOCK",) and not path.name.startswith(("LOG", "OPTIONS", "IDENTITY")))


def damage(choose, files, change):
    """Changes one file; answers what was done."""
    path = choose.choice(files)
    content = bytearray(path.read_bytes())
    if change == "flip":
        places = [choose.randrange(len(content)) for _ in range(choose.choice([1, 1, 8]))]
        for place in places:
            content[place] ^= 1 << choose.randrange(8)
        path.write_bytes(content)
        return f"flipped bits at {places} of {path.name} ({len(content)} bytes)"
    if change == "truncate":
        length = choose.randrange(len(content))
        path.write_bytes(content[:length])
        return f"cut {path.name} from {len(content)} to {length} bytes"
    if change == "missing":
        path.unlink()
        return f"removed {path.name}"
    if len(files) > 1 and choose.random() < 0.5:
        other = choose.choice([file for file in files if file != path])
        first, second = path.read_bytes(), other.read_bytes()
        path.write_bytes(second)
        other.write_bytes(first)
        return f"swapped {path.name} and {other.name}"
    size = min(4096, len(content) // 2)
    first, second = sorted((choose.randrange(len(content) - size + 1), choose.randrange(len(content) - size + 1)))
    block = content[first:first + size]
    content[first:first + size] = content[second:second + size]
    content[second:second + size] = block
    path.write_bytes(content)
    return f"swapped {size} bytes at {first} and {second} of {path.name}"


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("change", CHANGES)
def test_no_wrong_byte_is_ever_served(pristine, new_node, choose, round_number, kind, change):
    node = new_node()
    node.folder.mkdir(exist_ok=True)
    shutil.copytree(pristine, node.data)
    what = damage(choose, files_of(node.data, kind), change)
    node.spawn()

    def settled():
        return node.process.poll() is not None or (node.find_ports() and node.health()[0] == 200)

    poll(settled, f"{what}: the node serves or ends", START_SECONDS)
    if node.process.poll() is not None:
        assert node.process.returncode > 0, f"{what}: the node crashed with {node.process.returncode}\n{node.log_tail()}"
        assert "level=error" in node.log_tail() or "maxiofs:" in node.log_tail(), f"{what}: no reason was given"
        print(f"{what}: refused to start")
        return

    raw = RawClient(node.s3_port, Signer(ACCESS_KEY, SECRET_KEY))
    outcomes = {"same": 0}
    for key, data in [*OBJECTS.items(), ("parts", b"".join(PART_BODIES))]:
        try:
            got = raw.get(f"/box/{key}")
        except (OSError, http.client.HTTPException) as broken:
            # An answer that breaks off before its promised length is an error that every client sees.
            assert node.is_running(), f"{what}: the node ended while {key} was read: {broken}\n{node.log_tail()}"
            outcomes["broken off"] = outcomes.get("broken off", 0) + 1
            continue
        if got.status == 200:
            assert got.body == data, f"{what}: {key} has wrong bytes"
            outcomes["same"] += 1
        else:
            outcomes[got.status] = outcomes.get(got.status, 0) + 1
            if change in ("flip", "swap") and kind in ("log", "blobs"):
                assert got.status != 404, f"{what}: {key} is said not to exist, but its data is damaged"
    print(f"{what}: {outcomes}")
    listed = raw.get("/box", query=[("list-type", "2")])
    if listed.status == 200:
        assert set(listed.texts_of("Contents/Key")) <= {*OBJECTS, "parts"}
    assert node.is_running(), f"{what}: the node ended\n{node.log_tail()}"
