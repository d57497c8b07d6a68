# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that go bad on the disk of one node are replaced by those of another, whichever side of a rule it is."""

import http.client
import itertools
import json
import re
import urllib.request

from members import wait_until_healthy
from node import poll
from recorded_load import body_of
from replicas import make_rule, verify, wait_in_sync
from support import raw_client

LIMIT = 120  # seconds that a condition may take on a busy machine
SMALL_OBJECTS = 40
SEGMENT_HEADER_BYTES = 128
scrub_rates = itertools.count(900_000_001)  # a rate that changes begins a round at once


def metric(node, name):
    with urllib.request.urlopen(node.console_url + "/metrics", timeout=30) as answer:
        found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
    return float(found.group(1)) if found else 0.0


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def damage_file(node, size):
    """Of the only object of a stopped node that has a file of its own."""
    files = [path for path in node.data.glob("blobs/*/*") if path.is_file() and path.stat().st_size >= size]
    assert len(files) == 1, files
    flip(files[0], size // 2)


def damage_log(node, choose):
    """Some byte of what a stopped node wrote while it was filled: of a payload, of a header, or between them."""
    largest = max(node.data.glob("log/*.seg"), key=lambda path: path.stat().st_size)
    place = choose.randrange(SEGMENT_HEADER_BYTES, largest.stat().st_size * 3 // 4)
    print(f"flipped byte {place} of {largest.name}")
    flip(largest, place)


def scrub(node):
    """Begins a round."""
    node.console.put(f"/cluster/nodes/{node.id}", {"scrub_bytes_per_second": next(scrub_rates)}).expect(200)


def is_whole(node):
    status, text = node.health()
    return metric(node, "maxiofs_damaged_ranges") == 0 and status == 200 and json.loads(text)["status"] == "healthy"


def read(raw, path):
    """What a client gets, or nothing where the answer is an error or breaks off."""
    try:
        got = raw.get(path)
    except (OSError, http.client.HTTPException):
        return None
    return got.body if got.status == 200 else None


def fill(raw, bucket):
    raw.put(f"/{bucket}").expect(200)
    for number in range(SMALL_OBJECTS):
        raw.put(f"/{bucket}/small-{number}", body_of(f"small-{number}", 3_000)).expect(200)
    body = body_of("large", 2 << 20)
    raw.put(f"/{bucket}/large", body).expect(200)
    return body


def test_a_damaged_object_is_replaced_at_the_destination_and_then_at_the_source(members, round_number):
    source, destination = nodes = members(2)
    raw = raw_client(source)
    body = fill(raw, "worn")
    rule = make_rule(source, "worn", destination)
    wait_in_sync(source, rule)

    assert destination.stop() == 0
    damage_file(destination, len(body))
    destination.start()
    wait_until_healthy(nodes)
    scrub(destination)
    poll(lambda: metric(destination, "maxiofs_healed_objects_total") == 1, "the replica's object is healed", LIMIT)
    poll(lambda: is_whole(destination), "no damage is left at the destination", LIMIT)
    assert "a damaged object was healed" in destination.log_since_start()
    assert metric(source, "maxiofs_healed_objects_total") == 0

    # The reader notices before any scrub does, and only what was healed can heal it.
    assert source.stop() == 0
    damage_file(source, len(body))
    source.start()
    wait_until_healthy(nodes)
    raw = raw_client(source)
    assert read(raw, "/worn/large") in (None, body)
    assert poll(lambda: read(raw, "/worn/large"), "the source's object is healed", LIMIT, every=0.2) == body
    poll(lambda: metric(source, "maxiofs_healed_objects_total") == 1, "the source tells it", LIMIT)
    poll(lambda: is_whole(source), "no damage is left at the source", LIMIT)
    wait_in_sync(source, rule)
    verify(source, rule)


def test_any_byte_of_the_log_is_made_up_for(members, choose, round_number):
    source, destination = nodes = members(2)
    fill(raw_client(source), "logged")
    rule = make_rule(source, "logged", destination)
    wait_in_sync(source, rule)

    for worn in (destination, source):
        assert worn.stop() == 0
        damage_log(worn, choose)
        worn.start()
        wait_until_healthy(nodes)
        before = metric(worn, "maxiofs_last_scrub_timestamp_seconds")
        scrub(worn)
        poll(lambda: metric(worn, "maxiofs_last_scrub_timestamp_seconds") > before, "a round of scrub ends", LIMIT)
        poll(lambda: is_whole(worn), "no damage is left", LIMIT)

    raw = raw_client(source)
    for number in range(SMALL_OBJECTS):
        assert read(raw, f"/logged/small-{number}") == body_of(f"small-{number}", 3_000)
    wait_in_sync(source, rule)
    verify(source, rule)


def test_what_nobody_can_give_is_told_until_somebody_can(members, round_number):
    source, destination = nodes = members(2)
    raw = raw_client(source)
    body = fill(raw, "alone")
    rule = make_rule(source, "alone", destination)
    wait_in_sync(source, rule)
    assert destination.stop() == 0
    assert source.stop() == 0
    damage_file(source, len(body))
    source.start()
    raw = raw_client(source)

    assert read(raw, "/alone/large") is None
    poll(lambda: metric(source, "maxiofs_damaged_ranges") == 1, "the damage is told", LIMIT)
    assert read(raw, "/alone/large") is None
    assert read(raw, "/alone/small-0") == body_of("small-0", 3_000)

    destination.start()
    wait_until_healthy(nodes)
    assert poll(lambda: read(raw, "/alone/large"), "the object is healed", LIMIT, every=0.2) == body
    poll(lambda: is_whole(source), "no damage is left", LIMIT)
