# SPDX-License-Identifier: GPL-3.0-or-later
"""Flipped, missing and swapped bytes in every kind of file: an error or the very bytes, never wrong ones, and never
"there is no such object" for one that was acknowledged."""

import http.client
import json
import os
import shutil
import subprocess

import pytest

from node import ACCESS_KEY, SECRET_KEY, START_SECONDS, Node, binary, poll
from sigv4_raw import RawClient, Signer
from support import raw_client, random_bytes, upload_parts

KINDS = {
    "log": "log/*.seg", "blobs": "blobs/*/*", "index": "index/*", "keyring": "keys/keyring*", "master": "keys/master",
    "auth.db": "auth.db", "log.end": "log.end",
}
CHANGES = ["flip", "truncate", "swap", "missing"]
OBJECTS = {
    **{f"small-{number}": random_bytes(4000 + number, number) for number in range(40)},
    **{f"large-{number}": random_bytes(700_000 + number, 100 + number) for number in range(6)},
    "empty": b"",
}
PART_BODIES = [random_bytes(5 << 20, 300), random_bytes(100_000, 301)]
ALL = {**OBJECTS, "parts": b"".join(PART_BODIES)}
SEGMENT_HEADER_BYTES = 128
MARK_BYTES = 48  # of the empty batch that a clean stop ends the log with


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


def settle(node, what):
    """True when the node serves; False when it refused to start, with a reason."""
    node.spawn()

    def settled():
        return node.process.poll() is not None or (node.find_ports() and node.health()[0] == 200)

    poll(settled, f"{what}: the node serves or ends", START_SECONDS)
    if node.process.poll() is None:
        return True
    assert node.process.returncode > 0, f"{what}: the node crashed with {node.process.returncode}\n{node.log_tail()}"
    assert "level=error" in node.log_since_start() or "maxiofs:" in node.log_since_start(), f"{what}: no reason was given"
    print(f"{what}: refused to start")
    node.ended()
    return False


def check_nothing_is_denied(node, raw, what, objects, errors=(500, 503)):
    """All that was acknowledged is there, or an error; never wrong, never absent. The count of each outcome."""
    outcomes = {"same": 0}
    for key, data in objects.items():
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
            assert got.status in errors, f"{what}: {key} was acknowledged, but the answer is {got.status} {got.code}"
    print(f"{what}: {outcomes}")
    listed = raw.get("/box", query=[("list-type", "2")])
    if listed.status == 200:
        assert set(listed.texts_of("Contents/Key")) == set(objects), f"{what}: the listing is another"
    else:
        assert listed.status in errors, f"{what}: the listing's answer is {listed.status} {listed.code}"
    assert node.is_running(), f"{what}: the node ended\n{node.log_tail()}"
    return outcomes


def copy_of(folder, new_node):
    node = new_node()
    node.folder.mkdir(exist_ok=True)
    shutil.copytree(folder, node.data)
    return node


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("change", CHANGES)
def test_no_wrong_byte_is_ever_served(pristine, new_node, choose, round_number, kind, change):
    node = copy_of(pristine, new_node)
    what = damage(choose, files_of(node.data, kind), change)
    if settle(node, what):
        raw = RawClient(node.s3_port, Signer(ACCESS_KEY, SECRET_KEY))
        # SQLite has no checksums: another byte in the name of a key or bucket is another name.
        unseen = (403, 404) if kind == "auth.db" and change in ("flip", "swap") else ()
        check_nothing_is_denied(node, raw, what, ALL, (500, 503, *unseen))


def is_told(node):
    status, text = node.health()
    return status == 200 and json.loads(text)["status"] == "degraded"


def segments_of(node):
    return sorted(node.data.glob("log/*.seg"))


def cut_newest_segment(node, choose):
    newest = segments_of(node)[-1]
    length = choose.randrange(newest.stat().st_size - MARK_BYTES)
    os.truncate(newest, length)
    return f"cut {newest.name} to {length} bytes"


def remove_newest_segment(node, choose):
    segments_of(node)[-1].unlink()
    return "removed the newest segment"


def remove_all_segments(node, choose):
    for segment in segments_of(node):
        segment.unlink()
    return "removed all segments"


def remove_log(node, choose):
    shutil.rmtree(node.data / "log")
    return "removed log/"


LOSSES = [cut_newest_segment, remove_newest_segment, remove_all_segments, remove_log]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_log_that_lost_its_end_never_denies_an_object(pristine, new_node, choose, round_number, loss):
    node = copy_of(pristine, new_node)
    what = loss(node, choose)
    assert settle(node, what), "the index knows what was lost: the rest is served"
    raw = RawClient(node.s3_port, Signer(ACCESS_KEY, SECRET_KEY))
    assert is_told(node), f"{what}: health tells nothing"
    outcomes = check_nothing_is_denied(node, raw, what, ALL)
    assert set(outcomes) != {"same"}, what
    raw.get("/box/never-written").expect(404)

    raw.put("/box/after", b"after").expect(200)
    node.kill()
    node.start()
    assert is_told(node), f"{what}: health forgot it"
    check_nothing_is_denied(node, raw, what, {**ALL, "after": b"after"})


@pytest.mark.parametrize("loss", LOSSES)
def test_a_log_and_an_index_that_are_lost_together_refuse_the_start(pristine, new_node, choose, round_number, loss):
    node = copy_of(pristine, new_node)
    what = loss(node, choose)
    shutil.rmtree(node.data / "index")
    assert not settle(node, what)
    assert "rebuild-index" in node.log_since_start(), "no way out is named"
    assert not settle(node, "again")

    given_up = subprocess.run([binary(), "rebuild-index", "--data-dir", node.data], capture_output=True, text=True)
    assert given_up.returncode == 0, given_up.stderr
    node.start()
    raw = RawClient(node.s3_port, Signer(ACCESS_KEY, SECRET_KEY))
    raw.put("/box/after", b"after").expect(200)


def test_records_lost_after_a_crash_are_never_denied(new_node, choose, round_number):
    """The index has not seen them yet, but the log shows that they were acknowledged."""
    node = new_node().start()
    raw = raw_client(node)
    raw.put("/box").expect(200)
    objects = {f"small-{number}": random_bytes(4000, number) for number in range(20)}
    for key, data in objects.items():
        raw.put(f"/box/{key}", data).expect(200)
    node.kill()
    segment = segments_of(node)[-1]
    content = bytearray(segment.read_bytes())
    place = choose.randrange(SEGMENT_HEADER_BYTES, len(content) * 3 // 4)
    content[place:place + 200] = bytes(200)
    segment.write_bytes(content)
    what = f"zeroed 200 bytes at {place} of {segment.name}"

    assert settle(node, what)
    check_nothing_is_denied(node, raw, what, objects)
    node.restart()
    check_nothing_is_denied(node, raw, f"{what}, a start later", objects)


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_a_lost_auth_db_is_no_first_start(pristine, new_node, how):
    node = copy_of(pristine, new_node)
    if how == "removed":
        (node.data / "auth.db").unlink()
    else:
        os.truncate(node.data / "auth.db", 0)
    before = {path: path.stat().st_size for path in node.data.glob("log/*.seg")}

    assert not settle(node, f"auth.db is {how}")

    assert "auth.db" in node.log_since_start()
    assert before == {path: path.stat().st_size for path in node.data.glob("log/*.seg")}
    shutil.copy(pristine / "auth.db", node.data / "auth.db")
    node.start()
    check_nothing_is_denied(node, RawClient(node.s3_port, Signer(ACCESS_KEY, SECRET_KEY)), "auth.db is back", ALL)


@pytest.mark.parametrize("lost", ["keyring", "keyring.2"])
def test_one_copy_of_the_keyring_is_enough_and_makes_the_other(pristine, new_node, lost):
    node = copy_of(pristine, new_node)
    (node.data / "keys" / lost).unlink()

    node.start()

    check_nothing_is_denied(node, RawClient(node.s3_port, Signer(ACCESS_KEY, SECRET_KEY)), f"lost {lost}", ALL)
    assert (node.data / "keys" / lost).stat().st_size > 0


def test_without_any_keyring_nothing_starts_anew(pristine, new_node):
    node = copy_of(pristine, new_node)
    for copy in node.data.glob("keys/keyring*"):
        copy.unlink()
    assert not settle(node, "lost the keyring")
    assert not list(node.data.glob("keys/keyring*"))
