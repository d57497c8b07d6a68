# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 API: "Checking object integrity": checksums in headers and trailers, of objects and of parts."""

import pytest

from checksums import ALGORITHMS, checksum, composite, element, header
from sigv4_raw import STREAMING_TRAILER, UNSIGNED_TRAILER
from support import SMALLEST_PART, complete, put_part, random_bytes, start_upload

DATA = random_bytes(70_000, 31)
MODE = {"x-amz-checksum-mode": "ENABLED"}
TRAILER_MODES = [UNSIGNED_TRAILER, STREAMING_TRAILER]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
class TestEachAlgorithm:
    def test_a_right_header_is_accepted_kept_and_told_when_asked(self, raw, bucket, algorithm):
        value = checksum(algorithm, DATA)
        put = raw.put(f"/{bucket}/key", DATA, {header(algorithm): value}).expect(200)
        assert put.headers[header(algorithm)] == value

        for method in ("GET", "HEAD"):
            told = raw.request(method, f"/{bucket}/key", headers=MODE).expect(200)
            assert told.headers[header(algorithm)] == value
            assert told.headers.get("x-amz-checksum-type", "FULL_OBJECT") == "FULL_OBJECT"
        assert header(algorithm) not in raw.get(f"/{bucket}/key").headers

    def test_a_wrong_header_is_refused_and_nothing_is_stored(self, raw, bucket, algorithm):
        raw.put(f"/{bucket}/key", DATA, {header(algorithm): checksum(algorithm, b"other")}).expect(400, "BadDigest")
        raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")

    @pytest.mark.parametrize("value", ["", "no base64!", "AAAA", "A" * 64])
    def test_what_is_no_checksum_is_refused(self, raw, bucket, algorithm, value):
        raw.put(f"/{bucket}/key", DATA, {header(algorithm): value}).expect(400, "InvalidRequest")

    @pytest.mark.parametrize("mode", TRAILER_MODES)
    def test_a_right_trailer_is_accepted(self, raw, bucket, algorithm, mode):
        value = checksum(algorithm, DATA)
        raw.put_chunks(f"/{bucket}/key", [DATA[:65536], DATA[65536:]], mode, [(header(algorithm), value)]).expect(200)
        got = raw.get(f"/{bucket}/key", MODE).expect(200)
        assert got.body == DATA and got.headers[header(algorithm)] == value

    @pytest.mark.parametrize("mode", TRAILER_MODES)
    def test_a_wrong_trailer_is_refused_and_nothing_is_stored(self, raw, bucket, algorithm, mode):
        trailer = [(header(algorithm), checksum(algorithm, b"other"))]
        raw.put_chunks(f"/{bucket}/key", [DATA], mode, trailer).expect(400, "BadDigest")
        raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")


def test_an_empty_object_has_checksums_too(raw, bucket):
    for algorithm in ALGORITHMS:
        raw.put(f"/{bucket}/{algorithm}", b"", {header(algorithm): checksum(algorithm, b"")}).expect(200)


def test_two_checksums_at_once_are_refused(raw, bucket):
    headers = {header(algorithm): checksum(algorithm, DATA) for algorithm in ("CRC32", "SHA256")}
    raw.put(f"/{bucket}/key", DATA, headers).expect(400, "InvalidRequest")


def test_a_promised_trailer_that_does_not_come_is_refused(raw, bucket):
    value = [(header("CRC32"), checksum("CRC32", DATA))]
    answer = raw.put_chunks(f"/{bucket}/key", [DATA], UNSIGNED_TRAILER, value,
                            change=lambda body: body[:body.index(b"x-amz-checksum")] + b"\r\n")
    answer.expect(400, "MalformedTrailerError")
    raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")


def test_a_trailer_that_was_not_promised_is_refused(raw, bucket):
    answer = raw.put_chunks(f"/{bucket}/key", [DATA], UNSIGNED_TRAILER, [(header("CRC32"), checksum("CRC32", DATA))],
                            headers={"x-amz-trailer": header("SHA256")})
    answer.expect(400, "MalformedTrailerError")
    raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")


def test_an_algorithm_without_a_value_is_refused_for_a_plain_body(raw, bucket):
    raw.put(f"/{bucket}/key", DATA, {"x-amz-sdk-checksum-algorithm": "CRC32"}).expect(400, "InvalidRequest")
    raw.put(f"/{bucket}/other", DATA, {"x-amz-sdk-checksum-algorithm": "CRC99"}).expect(400, "InvalidRequest")


def test_a_copy_carries_the_checksum(raw, bucket):
    value = checksum("SHA256", DATA)
    raw.put(f"/{bucket}/key", DATA, {header("SHA256"): value}).expect(200)
    raw.put(f"/{bucket}/copy", headers={"x-amz-copy-source": f"/{bucket}/key"}).expect(200)
    assert raw.head(f"/{bucket}/copy", MODE).headers[header("SHA256")] == value


def test_attributes_tell_the_checksum(raw, bucket):
    value = checksum("CRC32C", DATA)
    raw.put(f"/{bucket}/key", DATA, {header("CRC32C"): value}).expect(200)
    answer = raw.get(f"/{bucket}/key", {"x-amz-object-attributes": "Checksum"}, [("attributes", "")]).expect(200)
    assert answer.text_of("Checksum/ChecksumCRC32C") == value


BODIES = [random_bytes(SMALLEST_PART, 41)[:65536] * (SMALLEST_PART // 65536), b"the last part"]
CHECKSUM_PARTS = {}


def parts_with(raw, path, upload, algorithm):
    parts = []
    for number, body in enumerate(BODIES, 1):
        value = CHECKSUM_PARTS.setdefault((algorithm, number), None) or checksum(algorithm, body)
        CHECKSUM_PARTS[algorithm, number] = value
        answer = put_part(raw, path, upload, number, body, {header(algorithm): value}).expect(200)
        assert answer.headers[header(algorithm)] == value
        parts.append((number, answer.etag, {element(algorithm): value}))
    return parts


# CRC32C and CRC64NVME over 5 MiB take seconds in plain Python, so their parts are checked once.
@pytest.mark.parametrize("algorithm, kind", [
    ("CRC32", "COMPOSITE"), ("CRC32", "FULL_OBJECT"), ("CRC32C", "COMPOSITE"), ("CRC64NVME", "FULL_OBJECT"),
    ("SHA1", "COMPOSITE"), ("SHA256", "COMPOSITE")])
def test_the_checksum_of_an_object_in_parts(raw, bucket, algorithm, kind):
    path = f"/{bucket}/big"
    headers = {"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": kind}
    started = raw.post(path, query=[("uploads", "")], headers=headers).expect(200)
    assert started.headers["x-amz-checksum-algorithm"] == algorithm
    upload = started.text_of("UploadId")
    parts = parts_with(raw, path, upload, algorithm)

    listed = raw.get(path, query=[("uploadId", upload)]).expect(200)
    assert listed.texts_of("Part/" + element(algorithm)) == [part[2][element(algorithm)] for part in parts]

    whole = composite(algorithm, BODIES) if kind == "COMPOSITE" else checksum(algorithm, b"".join(BODIES))
    wrong = composite(algorithm, [b"x", b"y"]) if kind == "COMPOSITE" else checksum(algorithm, b"x")
    complete(raw, path, upload, parts, {header(algorithm): wrong, "x-amz-checksum-type": kind}).expect(
        400, "BadDigest")
    done = complete(raw, path, upload, parts, {header(algorithm): whole, "x-amz-checksum-type": kind}).expect(200)

    assert done.text_of(element(algorithm)) == whole
    told = raw.head(path, MODE).expect(200).headers
    assert told[header(algorithm)] == whole and told["x-amz-checksum-type"] == kind


@pytest.mark.parametrize("algorithm, kind", [
    ("CRC64NVME", "COMPOSITE"), ("SHA1", "FULL_OBJECT"), ("SHA256", "FULL_OBJECT"), ("CRC99", "COMPOSITE"),
    ("CRC32", "SOMETIMES")])
def test_a_combination_that_does_not_exist_is_refused(raw, bucket, algorithm, kind):
    raw.post(f"/{bucket}/big", query=[("uploads", "")], headers={
        "x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": kind}).expect(400, "InvalidRequest")


def test_a_part_with_another_algorithm_than_its_upload_is_refused(raw, bucket):
    upload = start_upload(raw, f"/{bucket}/big", {"x-amz-checksum-algorithm": "SHA256"})
    put_part(raw, f"/{bucket}/big", upload, 1, b"x", {header("CRC32"): checksum("CRC32", b"x")}).expect(
        400, "InvalidRequest")


def test_complete_with_another_checksum_of_a_part_is_refused(raw, bucket):
    path = f"/{bucket}/big"
    upload = start_upload(raw, path, {"x-amz-checksum-algorithm": "SHA256"})
    part = put_part(raw, path, upload, 1, b"x", {header("SHA256"): checksum("SHA256", b"x")}).expect(200)
    wrong = {element("SHA256"): checksum("SHA256", b"y")}
    complete(raw, path, upload, [(1, part.etag, wrong)]).expect(400, "InvalidPart")


def test_boto3_sends_trailers_that_fit(s3, bucket):
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        s3.put_object(Bucket=bucket, Key=algorithm, Body=DATA, ChecksumAlgorithm=algorithm)
        got = s3.get_object(Bucket=bucket, Key=algorithm, ChecksumMode="ENABLED")
        assert got["Body"].read() == DATA
        assert got["Checksum" + algorithm] == checksum(algorithm, DATA)
