# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 API: CopyObject and UploadPartCopy."""

from urllib.parse import quote

import pytest

from support import (SMALLEST_PART, complete, put_part, quoted_md5, random_bytes, set_versioning, start_upload,
                     upload_parts)
from test_conditions import FUTURE, PAST, WRONG, http_date

DATA = random_bytes(100_000, 11)
HEADERS = {"content-type": "text/x-source", "cache-control": "max-age=5", "x-amz-meta-kept": "yes",
           "x-amz-tagging": "colour=blue&size=xl"}


@pytest.fixture
def source(raw, bucket):
    raw.put(f"/{bucket}/source key", DATA, HEADERS).expect(200)
    return f"{bucket}/source key"


def copy(raw, to, source, headers=None, query=(), version=None):
    named = quote("/" + source) + (f"?versionId={version}" if version else "")
    return raw.put(to, headers={"x-amz-copy-source": named, **(headers or {})}, query=query)


def test_a_copy_has_the_bytes_metadata_and_tags_of_its_source(raw, bucket, source):
    answer = copy(raw, f"/{bucket}/copy", source).expect(200)
    assert answer.xml().tag == "CopyObjectResult"
    assert answer.text_of("ETag") == quoted_md5(DATA)
    assert answer.text_of("LastModified").endswith("Z")

    got = raw.get(f"/{bucket}/copy").expect(200)
    assert got.body == DATA
    assert got.headers["content-type"] == "text/x-source"
    assert got.headers["cache-control"] == "max-age=5"
    assert got.headers["x-amz-meta-kept"] == "yes"
    assert got.headers["x-amz-tagging-count"] == "2"


def test_the_source_may_be_named_without_a_leading_slash(raw, bucket, source):
    raw.put(f"/{bucket}/copy", headers={"x-amz-copy-source": quote(source)}).expect(200)
    assert raw.get(f"/{bucket}/copy").body == DATA


def test_replace_takes_the_metadata_of_the_request_alone(raw, bucket, source):
    copy(raw, f"/{bucket}/copy", source, {
        "x-amz-metadata-directive": "REPLACE", "content-type": "text/x-new", "x-amz-meta-new": "1"}).expect(200)

    got = raw.get(f"/{bucket}/copy").expect(200).headers
    assert got["content-type"] == "text/x-new" and got["x-amz-meta-new"] == "1"
    assert "x-amz-meta-kept" not in got and "cache-control" not in got
    assert got["x-amz-tagging-count"] == "2"


def test_without_replace_the_metadata_of_the_request_does_not_count(raw, bucket, source):
    copy(raw, f"/{bucket}/copy", source, {"x-amz-meta-new": "1"}).expect(200)
    got = raw.head(f"/{bucket}/copy").headers
    assert "x-amz-meta-new" not in got and got["x-amz-meta-kept"] == "yes"


def test_tags_are_replaced_by_their_own_directive(raw, bucket, source):
    copy(raw, f"/{bucket}/copy", source, {"x-amz-tagging-directive": "REPLACE", "x-amz-tagging": "only=one"}).expect(200)
    tagging = raw.get(f"/{bucket}/copy", query=[("tagging", "")]).expect(200)
    assert tagging.texts_of("TagSet/Tag/Key") == ["only"]
    assert raw.head(f"/{bucket}/copy").headers["x-amz-meta-kept"] == "yes"


@pytest.mark.parametrize("name", ["x-amz-metadata-directive", "x-amz-tagging-directive"])
def test_an_unknown_directive_is_refused(raw, bucket, source, name):
    copy(raw, f"/{bucket}/copy", source, {name: "SOMETIMES"}).expect(400, "InvalidArgument")


def test_an_object_is_not_copied_to_itself_without_a_change(raw, bucket, source):
    copy(raw, "/" + source, source).expect(400, "InvalidRequest")
    copy(raw, "/" + source, source, {"x-amz-metadata-directive": "REPLACE", "x-amz-meta-new": "1"}).expect(200)

    got = raw.get("/" + source).expect(200)
    assert got.body == DATA and got.headers["x-amz-meta-new"] == "1" and "x-amz-meta-kept" not in got.headers


def test_a_copy_between_buckets_is_independent_of_its_source(raw, new_bucket, source):
    other = new_bucket()
    copy(raw, f"/{other}/copy", source).expect(200)
    raw.delete("/" + source).expect(204)
    assert raw.get(f"/{other}/copy").expect(200).body == DATA


@pytest.mark.parametrize("named, code", [("{bucket}/missing", "NoSuchKey"), ("no-such-bucket-here/key", "NoSuchBucket")])
def test_a_source_that_is_missing_is_404(raw, bucket, named, code):
    copy(raw, f"/{bucket}/copy", named.format(bucket=bucket)).expect(404, code)


@pytest.mark.parametrize("header", ["", "/", "bucket-without-key", "%zz/key"])
def test_a_source_that_is_no_name_is_refused(raw, bucket, header):
    raw.put(f"/{bucket}/copy", headers={"x-amz-copy-source": header}).expect(400, "InvalidArgument")


class TestConditions:
    def test_each_condition(self, raw, bucket, source):
        etag = raw.head("/" + source).etag
        prefix = "x-amz-copy-source-"
        for headers, status in [
                ({"if-match": etag}, 200), ({"if-match": WRONG}, 412),
                ({"if-none-match": WRONG}, 200), ({"if-none-match": etag}, 412),
                ({"if-modified-since": http_date(PAST)}, 200),
                ({"if-modified-since": raw.head("/" + source).headers["last-modified"]}, 412),
                ({"if-unmodified-since": http_date(FUTURE)}, 200), ({"if-unmodified-since": http_date(PAST)}, 412),
                ({"if-match": etag, "if-unmodified-since": http_date(PAST)}, 200),
                ({"if-none-match": etag, "if-modified-since": http_date(PAST)}, 412)]:
            answer = copy(raw, f"/{bucket}/copy", source, {prefix + name: value for name, value in headers.items()})
            assert answer.status == status, (headers, answer)
            if status == 412:
                assert answer.code == "PreconditionFailed"


class TestVersions:
    def test_a_version_is_copied_and_named_in_the_answer(self, raw, bucket):
        set_versioning(raw, bucket, "Enabled")
        first = raw.put(f"/{bucket}/key", b"first").expect(200).headers["x-amz-version-id"]
        raw.put(f"/{bucket}/key", b"second").expect(200)

        answer = copy(raw, f"/{bucket}/copy", f"{bucket}/key", version=first).expect(200)

        assert answer.headers["x-amz-copy-source-version-id"] == first
        assert answer.headers["x-amz-version-id"] not in (first, "null")
        assert raw.get(f"/{bucket}/copy").body == b"first"

    def test_an_old_version_copied_onto_its_key_becomes_the_latest(self, raw, bucket):
        set_versioning(raw, bucket, "Enabled")
        first = raw.put(f"/{bucket}/key", b"first").expect(200).headers["x-amz-version-id"]
        raw.put(f"/{bucket}/key", b"second").expect(200)
        copy(raw, f"/{bucket}/key", f"{bucket}/key", version=first).expect(200)
        assert raw.get(f"/{bucket}/key").body == b"first"

    def test_a_delete_marker_is_no_source(self, raw, bucket):
        set_versioning(raw, bucket, "Enabled")
        raw.put(f"/{bucket}/key", b"x").expect(200)
        marker = raw.delete(f"/{bucket}/key").expect(204).headers["x-amz-version-id"]
        copy(raw, f"/{bucket}/copy", f"{bucket}/key").expect(404, "NoSuchKey")
        copy(raw, f"/{bucket}/copy", f"{bucket}/key", version=marker).expect(400, "InvalidRequest")


def test_a_multipart_object_is_copied_whole(raw, bucket):
    bodies = [random_bytes(SMALLEST_PART, 1), random_bytes(1000, 2)]
    upload_parts(raw, f"/{bucket}/big", bodies, {"content-type": "text/big"})
    copy(raw, f"/{bucket}/copy", f"{bucket}/big").expect(200)
    got = raw.get(f"/{bucket}/copy").expect(200)
    assert got.body == b"".join(bodies) and got.headers["content-type"] == "text/big"


class TestPartCopy:
    def part_copy(self, raw, to, upload, number, source, headers=None, version=None):
        return copy(raw, to, source, headers, [("partNumber", number), ("uploadId", upload)], version)

    def test_parts_are_copied_whole_and_in_ranges(self, raw, bucket):
        big = random_bytes(2 * SMALLEST_PART + 5000, 21)
        raw.put(f"/{bucket}/source", big).expect(200)
        path = f"/{bucket}/joined"
        upload = start_upload(raw, path)

        first = self.part_copy(raw, path, upload, 1, f"{bucket}/source").expect(200)
        assert first.xml().tag == "CopyPartResult"
        second = self.part_copy(raw, path, upload, 2, f"{bucket}/source",
                                {"x-amz-copy-source-range": f"bytes=100-{SMALLEST_PART + 99}"}).expect(200)
        third = put_part(raw, path, upload, 3, b"end").expect(200)
        complete(raw, path, upload, [(1, first.text_of("ETag")), (2, second.text_of("ETag")), (3, third.etag)]).expect(200)

        assert second.text_of("ETag") == quoted_md5(big[100:SMALLEST_PART + 100])
        assert raw.get(path).expect(200).body == big + big[100:SMALLEST_PART + 100] + b"end"

    @pytest.mark.parametrize("wanted", ["bytes=0-100000", "bytes=100000-100001"])
    def test_a_range_beyond_the_source_is_refused(self, raw, bucket, source, wanted):
        upload = start_upload(raw, f"/{bucket}/joined")
        answer = self.part_copy(raw, f"/{bucket}/joined", upload, 1, source, {"x-amz-copy-source-range": wanted})
        answer.expect(400, "InvalidArgument")

    @pytest.mark.parametrize("wanted", ["0-10", "bytes=0-", "bytes=-10", "bytes=5-2", "bytes=0-1,3-4", "bytes=a-b"])
    def test_a_range_without_both_ends_is_refused(self, raw, bucket, source, wanted):
        upload = start_upload(raw, f"/{bucket}/joined")
        self.part_copy(raw, f"/{bucket}/joined", upload, 1, source,
                       {"x-amz-copy-source-range": wanted}).expect(400, "InvalidArgument")

    def test_a_condition_counts(self, raw, bucket, source):
        upload = start_upload(raw, f"/{bucket}/joined")
        self.part_copy(raw, f"/{bucket}/joined", upload, 1, source,
                       {"x-amz-copy-source-if-match": WRONG}).expect(412, "PreconditionFailed")

    def test_an_upload_that_is_unknown_is_404(self, raw, bucket, source):
        self.part_copy(raw, f"/{bucket}/joined", "unknown", 1, source).expect(404, "NoSuchUpload")
