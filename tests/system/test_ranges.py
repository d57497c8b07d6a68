# SPDX-License-Identifier: GPL-3.0-or-later
"""Range requests (RFC 9110 section 14, S3 API: GetObject) and reads by part number."""

import random

import pytest

from support import SMALLEST_PART, random_bytes, upload_parts

DATA = random_bytes(300_000, 7)


@pytest.fixture
def key(raw, bucket):
    raw.put(f"/{bucket}/key", DATA).expect(200)
    return f"/{bucket}/key"


@pytest.mark.parametrize("wanted, first, last", [
    ("bytes=0-0", 0, 0),
    ("bytes=0-99", 0, 99),
    ("bytes=65530-65545", 65530, 65545),
    ("bytes=299999-299999", 299999, 299999),
    ("bytes=299999-", 299999, 299999),
    ("bytes=100000-", 100000, 299999),
    ("bytes=0-", 0, 299999),
    ("bytes=10-999999999", 10, 299999),
    ("bytes=-1", 299999, 299999),
    ("bytes=-65536", 234464, 299999),
    ("bytes=-300000", 0, 299999),
    ("bytes=-999999999", 0, 299999),
])
def test_one_range_is_answered_with_206(raw, key, wanted, first, last):
    answer = raw.get(key, {"range": wanted}).expect(206)

    assert answer.body == DATA[first:last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(DATA)}"
    assert answer.headers["content-length"] == str(last - first + 1)

    head = raw.head(key, {"range": wanted}).expect(206)
    assert head.headers["content-range"] == answer.headers["content-range"]


@pytest.mark.parametrize("wanted", ["bytes=300000-", "bytes=300000-300001", "bytes=-0", "bytes=99999999999-"])
def test_a_range_outside_the_object_is_416(raw, key, wanted):
    raw.get(key, {"range": wanted}).expect(416, "InvalidRange")
    assert raw.head(key, {"range": wanted}).expect(416).body == b""


@pytest.mark.parametrize("wanted", ["bytes=5-2", "bytes=a-b", "bytes=", "bytes=-", "items=0-5", "0-5", "bytes=1 - 2"])
def test_what_is_no_range_is_ignored(raw, key, wanted):
    assert raw.get(key, {"range": wanted}).expect(200).body == DATA


def test_several_ranges_give_the_whole_object(raw, key):
    answer = raw.get(key, {"range": "bytes=0-1,5-6"})
    assert (answer.status, len(answer.body)) == (200, len(DATA))


def test_a_range_of_an_empty_object_is_416(raw, bucket):
    raw.put(f"/{bucket}/empty", b"").expect(200)
    raw.get(f"/{bucket}/empty", {"range": "bytes=0-0"}).expect(416, "InvalidRange")


def test_random_ranges_of_a_multipart_object(raw, bucket):
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed", seed)
    choose = random.Random(seed)
    bodies = [random_bytes(SMALLEST_PART + 17, 1), random_bytes(SMALLEST_PART, 2), random_bytes(12345, 3)]
    whole = b"".join(bodies)
    upload_parts(raw, f"/{bucket}/big", bodies)

    edges = [0, len(bodies[0]), len(bodies[0]) + len(bodies[1]), len(whole)]
    for _ in range(40):
        first = min(max(choose.choice(edges) + choose.randint(-70_000, 70_000), 0), len(whole) - 1)
        last = min(first + choose.randint(0, 140_000), len(whole) - 1)
        answer = raw.get(f"/{bucket}/big", {"range": f"bytes={first}-{last}"}).expect(206)
        assert answer.body == whole[first:last + 1], (first, last)


class TestPartNumber:
    @pytest.fixture
    def parts(self, raw, bucket):
        bodies = [random_bytes(SMALLEST_PART, 4), random_bytes(SMALLEST_PART + 1, 5), random_bytes(10, 6)]
        upload_parts(raw, f"/{bucket}/big", bodies)
        return f"/{bucket}/big", bodies

    def test_each_part_is_read_by_its_number(self, raw, parts):
        path, bodies = parts
        total, offset = sum(map(len, bodies)), 0
        for number, body in enumerate(bodies, 1):
            answer = raw.get(path, query=[("partNumber", number)]).expect(206)
            assert answer.body == body
            assert answer.headers["x-amz-mp-parts-count"] == "3"
            assert answer.headers["content-range"] == f"bytes {offset}-{offset + len(body) - 1}/{total}"
            head = raw.head(path, query=[("partNumber", number)]).expect(206)
            assert head.headers["content-length"] == str(len(body))
            assert head.headers["x-amz-mp-parts-count"] == "3"
            offset += len(body)

    def test_a_part_that_is_not_there_is_416(self, raw, parts):
        raw.get(parts[0], query=[("partNumber", 4)]).expect(416, "InvalidPartNumber")

    def test_part_1_of_an_object_in_one_piece_is_the_object(self, raw, key):
        assert raw.get(key, query=[("partNumber", 1)]).expect(206).body == DATA
        raw.get(key, query=[("partNumber", 2)]).expect(416, "InvalidPartNumber")

    @pytest.mark.parametrize("number", ["0", "10001", "x", "-1"])
    def test_a_number_out_of_range_is_refused(self, raw, key, number):
        raw.get(key, query=[("partNumber", number)]).expect(400, "InvalidArgument")

    def test_a_part_and_a_range_together_are_refused(self, raw, parts):
        raw.get(parts[0], {"range": "bytes=0-1"}, query=[("partNumber", 1)]).expect(400, "InvalidRequest")
