# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 API: PutObject, GetObject, HeadObject, DeleteObject without versions."""

import email.utils
import time

import pytest

from support import base64_of, md5_hex, quoted_md5, random_bytes

SIZES = [0, 1, 100, 65535, 65536, 65537, 262143, 262144, 262145, 1 << 20, (8 << 20) + 12345]


@pytest.mark.parametrize("size", SIZES)
def test_an_object_of_every_size_class_comes_back(raw, bucket, size):
    data = random_bytes(size, size)

    put = raw.put(f"/{bucket}/key", data).expect(200)
    got = raw.get(f"/{bucket}/key").expect(200)

    assert put.etag == got.etag == quoted_md5(data)
    assert got.body == data
    assert got.headers["content-length"] == str(size)
    assert got.headers["accept-ranges"] == "bytes"
    assert abs(email.utils.parsedate_to_datetime(got.headers["last-modified"]).timestamp() - time.time()) < 120


def test_head_tells_what_get_would(raw, bucket):
    raw.put(f"/{bucket}/key", b"content", {"content-type": "text/plain"}).expect(200)

    get, head = raw.get(f"/{bucket}/key").expect(200), raw.head(f"/{bucket}/key").expect(200)

    assert head.body == b""
    for name in ("etag", "content-length", "content-type", "last-modified", "accept-ranges"):
        assert head.headers[name] == get.headers[name]


def test_a_new_object_replaces_the_old_one_and_its_metadata(raw, bucket):
    raw.put(f"/{bucket}/key", b"old", {"x-amz-meta-one": "1", "content-type": "text/old"}).expect(200)
    raw.put(f"/{bucket}/key", b"newer", {"x-amz-meta-two": "2"}).expect(200)

    got = raw.get(f"/{bucket}/key").expect(200)

    assert got.body == b"newer"
    assert "x-amz-meta-one" not in got.headers and got.headers["x-amz-meta-two"] == "2"
    assert got.headers["content-type"] != "text/old"


def test_what_is_missing_is_said_to_be_missing(raw, bucket):
    raw.get(f"/{bucket}/nothing").expect(404, "NoSuchKey")
    assert raw.head(f"/{bucket}/nothing").expect(404).body == b""
    raw.get("/no-such-bucket-here/key").expect(404, "NoSuchBucket")
    raw.put("/no-such-bucket-here/key", b"x").expect(404, "NoSuchBucket")
    raw.delete("/no-such-bucket-here/key").expect(404, "NoSuchBucket")


def test_deleting_is_the_same_whether_the_object_was_there(raw, bucket):
    raw.put(f"/{bucket}/key", b"x").expect(200)
    raw.delete(f"/{bucket}/key").expect(204)
    raw.delete(f"/{bucket}/key").expect(204)
    raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")


CONTENT_HEADERS = {
    "content-type": "application/x-thing; charset=utf-8",
    "content-disposition": 'attachment; filename="a b.txt"',
    "content-encoding": "gzip",
    "content-language": "de, en",
    "cache-control": "max-age=60, private",
    "expires": "Wed, 21 Oct 2015 07:28:00 GMT",
}


def test_all_content_headers_come_back(raw, bucket):
    raw.put(f"/{bucket}/key", b"x", CONTENT_HEADERS).expect(200)

    for answer in (raw.get(f"/{bucket}/key").expect(200), raw.head(f"/{bucket}/key").expect(200)):
        for name, value in CONTENT_HEADERS.items():
            assert answer.headers[name] == value


def test_an_object_without_a_type_is_binary(raw, bucket):
    raw.put(f"/{bucket}/key", b"x").expect(200)
    assert raw.get(f"/{bucket}/key").expect(200).headers["content-type"] == "binary/octet-stream"


def test_aws_chunked_does_not_stay_in_the_content_encoding(raw, bucket):
    raw.put(f"/{bucket}/both", b"x", {"content-encoding": "aws-chunked,gzip"}).expect(200)
    raw.put(f"/{bucket}/alone", b"x", {"content-encoding": "aws-chunked"}).expect(200)

    assert raw.head(f"/{bucket}/both").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in raw.head(f"/{bucket}/alone").headers


class TestUserMetadata:
    def test_names_are_lower_case_and_values_are_kept(self, raw, bucket):
        headers = {"x-amz-meta-UPPER": "Value", "x-amz-meta-with.dots_and-more": "a, b ; c", "x-amz-meta-empty": ""}
        raw.put(f"/{bucket}/key", b"x", headers).expect(200)

        got = raw.head(f"/{bucket}/key").expect(200).headers

        assert got["x-amz-meta-upper"] == "Value"
        assert got["x-amz-meta-with.dots_and-more"] == "a, b ; c"
        assert got["x-amz-meta-empty"] == ""

    def test_two_kibibytes_are_accepted_and_one_byte_more_is_not(self, raw, bucket):
        # S3 counts the bytes of names (without the prefix) and values.
        raw.put(f"/{bucket}/key", b"x", {"x-amz-meta-abcd": "v" * 2044}).expect(200)
        assert len(raw.head(f"/{bucket}/key").headers["x-amz-meta-abcd"]) == 2044

        raw.put(f"/{bucket}/more", b"x", {"x-amz-meta-abcd": "v" * 2045}).expect(400, "MetadataTooLarge")
        raw.get(f"/{bucket}/more").expect(404, "NoSuchKey")


class TestOverrides:
    def test_response_parameters_override_headers(self, raw, bucket):
        raw.put(f"/{bucket}/key", b"x", CONTENT_HEADERS).expect(200)
        overrides = {name: "overridden-" + name for name in CONTENT_HEADERS if name != "expires"}
        overrides["expires"] = "Thu, 01 Dec 1994 16:00:00 GMT"

        got = raw.get(f"/{bucket}/key", query=[("response-" + name, value) for name, value in overrides.items()])

        for name, value in overrides.items():
            assert got.expect(200).headers[name] == value

    def test_an_override_cannot_add_header_lines(self, raw, bucket):
        raw.put(f"/{bucket}/key", b"x").expect(200)

        got = raw.get(f"/{bucket}/key", query=[("response-content-type", "text/plain\r\nx-evil: 1")])

        assert "x-evil" not in got.headers


class TestContentMd5:
    def test_the_right_one_is_accepted(self, raw, bucket):
        md5 = base64_of(bytes.fromhex(md5_hex(b"data")))
        raw.put(f"/{bucket}/key", b"data", {"content-md5": md5}).expect(200)

    def test_a_wrong_one_is_refused_and_nothing_is_stored(self, raw, bucket):
        md5 = base64_of(bytes.fromhex(md5_hex(b"other")))
        raw.put(f"/{bucket}/key", b"data", {"content-md5": md5}).expect(400, "BadDigest")
        raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")

    @pytest.mark.parametrize("value", ["", "no base64!", "AAAA", base64_of(b"x" * 17)])
    def test_one_that_is_no_md5_is_refused(self, raw, bucket, value):
        raw.put(f"/{bucket}/key", b"data", {"content-md5": value}).expect(400, "InvalidDigest")


def test_a_refused_overwrite_leaves_the_old_object(raw, bucket):
    raw.put(f"/{bucket}/key", b"old").expect(200)
    raw.put(f"/{bucket}/key", b"new", payload_hash="0" * 64).expect(400, "XAmzContentSHA256Mismatch")
    assert raw.get(f"/{bucket}/key").expect(200).body == b"old"


def test_server_side_encryption_with_the_stores_own_keys_is_accepted_and_told(raw, bucket):
    put = raw.put(f"/{bucket}/key", b"x", {"x-amz-server-side-encryption": "AES256"}).expect(200)
    assert put.headers["x-amz-server-side-encryption"] == "AES256"
    assert raw.head(f"/{bucket}/key").expect(200).headers["x-amz-server-side-encryption"] == "AES256"


def test_an_object_that_claims_to_be_over_5_gib_is_refused(raw, bucket):
    head, path, _ = raw.signed_head("PUT", f"/{bucket}/key", payload_hash="UNSIGNED-PAYLOAD")
    head["content-length"] = str((5 << 30) + 1)
    raw.send("PUT", path, head).expect(400, "EntityTooLarge")


def test_objects_survive_a_restart(new_node):
    from support import raw_client

    node = new_node().start()
    raw = raw_client(node)
    raw.put("/kept").expect(200)
    objects = {f"key-{size}": random_bytes(size, size) for size in SIZES}
    for key, data in objects.items():
        raw.put(f"/kept/{key}", data, {"x-amz-meta-size": str(len(data))}).expect(200)
    raw.put("/kept/gone", b"x").expect(200)
    raw.delete("/kept/gone").expect(204)

    node.restart()

    for key, data in objects.items():
        got = raw.get(f"/kept/{key}").expect(200)
        assert got.body == data and got.etag == quoted_md5(data)
        assert got.headers["x-amz-meta-size"] == str(len(data))
    raw.get("/kept/gone").expect(404, "NoSuchKey")
