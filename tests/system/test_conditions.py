# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional reads (RFC 9110 section 13.2.2, S3 API: GetObject) and conditional writes (PutObject, DeleteObject)."""

import email.utils
import threading
import time

import pytest

from support import complete, put_part, random_bytes, start_upload

WRONG = '"00000000000000000000000000000000"'


def http_date(offset_seconds):
    return email.utils.formatdate(time.time() + offset_seconds, usegmt=True)


PAST, FUTURE = -3600, 3600


@pytest.fixture
def path(raw, bucket):
    raw.put(f"/{bucket}/key", b"content").expect(200)
    return f"/{bucket}/key"


class TestReads:
    def test_if_match(self, raw, path):
        etag = raw.head(path).etag
        raw.get(path, {"if-match": etag}).expect(200)
        raw.get(path, {"if-match": etag.strip('"')}).expect(200)
        raw.get(path, {"if-match": f"{WRONG}, {etag}"}).expect(200)
        raw.get(path, {"if-match": "*"}).expect(200)
        raw.get(path, {"if-match": WRONG}).expect(412, "PreconditionFailed")
        raw.head(path, {"if-match": WRONG}).expect(412)

    def test_if_none_match(self, raw, path):
        etag = raw.head(path).etag
        answer = raw.get(path, {"if-none-match": etag}).expect(304)
        assert answer.body == b"" and answer.etag == etag
        raw.get(path, {"if-none-match": "*"}).expect(304)
        raw.head(path, {"if-none-match": etag}).expect(304)
        raw.get(path, {"if-none-match": f"{WRONG}, {etag}"}).expect(304)
        raw.get(path, {"if-none-match": WRONG}).expect(200)

    def test_if_modified_since(self, raw, path):
        raw.get(path, {"if-modified-since": http_date(PAST)}).expect(200)
        modified = raw.head(path).headers["last-modified"]
        raw.get(path, {"if-modified-since": modified}).expect(304)
        raw.get(path, {"if-modified-since": "not a date"}).expect(200)

    def test_if_unmodified_since(self, raw, path):
        raw.get(path, {"if-unmodified-since": http_date(FUTURE)}).expect(200)
        raw.get(path, {"if-unmodified-since": raw.head(path).headers["last-modified"]}).expect(200)
        raw.get(path, {"if-unmodified-since": http_date(PAST)}).expect(412, "PreconditionFailed")
        raw.get(path, {"if-unmodified-since": "not a date"}).expect(200)

    def test_a_true_if_match_outweighs_a_false_if_unmodified_since(self, raw, path):
        etag = raw.head(path).etag
        raw.get(path, {"if-match": etag, "if-unmodified-since": http_date(PAST)}).expect(200)
        raw.get(path, {"if-match": WRONG, "if-unmodified-since": http_date(FUTURE)}).expect(412)

    def test_a_false_if_none_match_outweighs_a_true_if_modified_since(self, raw, path):
        etag = raw.head(path).etag
        raw.get(path, {"if-none-match": etag, "if-modified-since": http_date(PAST)}).expect(304)
        raw.get(path, {"if-none-match": WRONG, "if-modified-since": raw.head(path).headers["last-modified"]}).expect(200)

    def test_if_match_is_asked_before_if_none_match(self, raw, path):
        etag = raw.head(path).etag
        raw.get(path, {"if-match": WRONG, "if-none-match": etag}).expect(412)
        raw.get(path, {"if-match": etag, "if-none-match": etag}).expect(304)

    def test_a_condition_on_what_is_missing_is_404(self, raw, bucket):
        raw.get(f"/{bucket}/nothing", {"if-match": WRONG}).expect(404, "NoSuchKey")
        raw.get(f"/{bucket}/nothing", {"if-none-match": "*"}).expect(404, "NoSuchKey")

    def test_a_condition_is_asked_before_the_range(self, raw, path):
        etag = raw.head(path).etag
        raw.get(path, {"if-match": WRONG, "range": "bytes=0-1"}).expect(412)
        raw.get(path, {"if-match": etag, "range": "bytes=0-1"}).expect(206)
        raw.get(path, {"if-none-match": etag, "range": "bytes=900-"}).expect(304)

    def test_if_range(self, raw, path):
        etag = raw.head(path).etag
        assert raw.get(path, {"range": "bytes=0-1", "if-range": etag}).expect(206).body == b"co"
        assert raw.get(path, {"range": "bytes=0-1", "if-range": WRONG}).expect(200).body == b"content"


class TestWrites:
    def test_a_put_with_if_none_match_any_creates_and_never_replaces(self, raw, bucket):
        raw.put(f"/{bucket}/key", b"first", {"if-none-match": "*"}).expect(200)
        raw.put(f"/{bucket}/key", b"second", {"if-none-match": "*"}).expect(412, "PreconditionFailed")
        assert raw.get(f"/{bucket}/key").body == b"first"

    def test_a_deleted_object_may_be_created_again(self, raw, versioned):
        raw.put(f"/{versioned}/key", b"first", {"if-none-match": "*"}).expect(200)
        raw.delete(f"/{versioned}/key").expect(204)
        raw.put(f"/{versioned}/key", b"again", {"if-none-match": "*"}).expect(200)

    def test_a_put_with_if_match_replaces_only_what_it_names(self, raw, path):
        etag = raw.head(path).etag
        raw.put(path, b"x", {"if-match": WRONG}).expect(412, "PreconditionFailed")
        raw.put(path, b"newer", {"if-match": etag}).expect(200)
        raw.put(path, b"newest", {"if-match": etag}).expect(412, "PreconditionFailed")
        assert raw.get(path).body == b"newer"

    def test_a_put_with_if_match_on_what_is_missing_is_404(self, raw, bucket):
        raw.put(f"/{bucket}/nothing", b"x", {"if-match": WRONG}).expect(404, "NoSuchKey")

    def test_complete_takes_conditions_too(self, raw, path):
        upload = start_upload(raw, path)
        parts = [(1, put_part(raw, path, upload, 1, b"part").etag)]
        complete(raw, path, upload, parts, {"if-none-match": "*"}).expect(412, "PreconditionFailed")
        complete(raw, path, upload, parts, {"if-match": WRONG}).expect(412, "PreconditionFailed")
        complete(raw, path, upload, parts, {"if-match": raw.head(path).etag}).expect(200)
        assert raw.get(path).body == b"part"

    def test_only_one_of_many_creators_wins(self, raw, bucket):
        for attempt in range(5):
            statuses = in_parallel(16, lambda number: raw.put(
                f"/{bucket}/race-{attempt}", str(number).encode(), {"if-none-match": "*"}).status)
            assert sorted(statuses)[0] == 200 and statuses.count(200) == 1, statuses
            assert set(statuses) <= {200, 409, 412}

    def test_only_one_of_many_large_creators_wins(self, raw, bucket):
        data = random_bytes(600_000)
        statuses = in_parallel(8, lambda number: raw.put(
            f"/{bucket}/race", data, {"if-none-match": "*", "x-amz-meta-number": str(number)}).status)
        assert statuses.count(200) == 1 and set(statuses) <= {200, 409, 412}

    def test_a_counter_kept_with_if_match_loses_no_step(self, raw, bucket):
        raw.put(f"/{bucket}/counter", b"0").expect(200)

        def count(_):
            done = 0
            while done < 10:
                now = raw.get(f"/{bucket}/counter").expect(200)
                next_value = str(int(now.body) + 1).encode()
                answer = raw.put(f"/{bucket}/counter", next_value, {"if-match": now.etag}).expect((200, 412))
                done += answer.status == 200

        in_parallel(6, count)
        assert raw.get(f"/{bucket}/counter").body == b"60"


def in_parallel(number, work):
    """work(0), work(1), ... at once; their answers, or the first failure."""
    answers, failures = [None] * number, []
    barrier = threading.Barrier(number)

    def one(index):
        try:
            barrier.wait(30)
            answers[index] = work(index)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=one, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return answers
