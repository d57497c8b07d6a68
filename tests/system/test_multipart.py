# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 API: multipart uploads."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import (SMALLEST_PART, complete, keys_of, md5_hex, put_part, quoted_md5, random_bytes, set_versioning,
                     start_upload, upload_parts)


def multipart_etag(bodies):
    whole = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies)).hexdigest()
    return f'"{whole}-{len(bodies)}"'


BODIES = [random_bytes(SMALLEST_PART, 1), random_bytes(SMALLEST_PART + 333, 2), random_bytes(777, 3)]


@pytest.fixture
def path(bucket):
    return f"/{bucket}/big"


def test_parts_in_any_order_become_one_object(raw, bucket, path):
    started = raw.post(path, query=[("uploads", "")], headers={
        "content-type": "text/big", "x-amz-meta-a": "1", "x-amz-tagging": "t=1", "cache-control": "no-store"}).expect(200)
    assert started.xml().tag == "InitiateMultipartUploadResult"
    assert (started.text_of("Bucket"), started.text_of("Key")) == (bucket, "big")
    upload = started.text_of("UploadId")
    etags = {}
    for number in (3, 1, 2):
        etags[number] = put_part(raw, path, upload, number, BODIES[number - 1]).expect(200).etag
        assert etags[number] == quoted_md5(BODIES[number - 1])
    raw.get(path).expect(404, "NoSuchKey")
    assert keys_of(raw.get("/" + bucket)) == []

    done = complete(raw, path, upload, sorted(etags.items())).expect(200)

    assert done.xml().tag == "CompleteMultipartUploadResult"
    assert done.text_of("ETag") == multipart_etag(BODIES)
    assert (done.text_of("Bucket"), done.text_of("Key")) == (bucket, "big")
    got = raw.get(path).expect(200)
    assert got.body == b"".join(BODIES) and got.etag == multipart_etag(BODIES)
    assert (got.headers["content-type"], got.headers["x-amz-meta-a"], got.headers["cache-control"]) == (
        "text/big", "1", "no-store")
    assert got.headers["x-amz-tagging-count"] == "1"
    assert raw.head(path).headers["content-length"] == str(sum(map(len, BODIES)))


def test_a_part_that_is_sent_again_replaces_the_first(raw, path):
    upload = start_upload(raw, path)
    put_part(raw, path, upload, 1, b"first try").expect(200)
    etag = put_part(raw, path, upload, 1, b"second try").expect(200).etag
    complete(raw, path, upload, [(1, etag)]).expect(200)
    assert raw.get(path).body == b"second try"


def test_parts_may_be_left_out_and_numbers_may_have_gaps(raw, path):
    upload = start_upload(raw, path)
    etags = {number: put_part(raw, path, upload, number, BODIES[index]).expect(200).etag
             for index, number in enumerate((5, 77, 10_000))}
    complete(raw, path, upload, [(5, etags[5]), (10_000, etags[10_000])]).expect(200)
    assert raw.get(path).body == BODIES[0] + BODIES[2]


def test_etags_may_come_without_quotes(raw, path):
    upload = start_upload(raw, path)
    put_part(raw, path, upload, 1, b"x").expect(200)
    complete(raw, path, upload, [(1, md5_hex(b"x"))]).expect(200)


def test_completing_twice_answers_the_same(raw, path):
    upload = start_upload(raw, path)
    parts = [(1, put_part(raw, path, upload, 1, b"x").expect(200).etag)]
    first = complete(raw, path, upload, parts).expect(200)
    second = complete(raw, path, upload, parts).expect(200)
    assert second.text_of("ETag") == first.text_of("ETag")


def test_completing_twice_makes_one_version(raw, versioned):
    path = f"/{versioned}/big"
    upload = start_upload(raw, path)
    parts = [(1, put_part(raw, path, upload, 1, b"x").expect(200).etag)]
    versions = {complete(raw, path, upload, parts).expect(200).headers["x-amz-version-id"] for _ in range(2)}
    assert len(versions) == 1
    listed = raw.get("/" + versioned, query=[("versions", "")]).expect(200)
    assert listed.texts_of("Version/VersionId") == list(versions)


def test_completing_at_once_many_times_makes_one_version(raw, versioned):
    path = f"/{versioned}/big"
    upload = start_upload(raw, path)
    parts = [(1, put_part(raw, path, upload, 1, b"x").expect(200).etag)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: complete(raw, path, upload, parts), range(8)))
    assert {answer.status for answer in answers} <= {200, 409, 503} and 200 in {each.status for each in answers}
    assert len(raw.get("/" + versioned, query=[("versions", "")]).texts_of("Version/VersionId")) == 1


class TestRefusals:
    def test_a_small_part_that_is_not_the_last(self, raw, path):
        upload = start_upload(raw, path)
        parts = [(number, put_part(raw, path, upload, number, b"small").expect(200).etag) for number in (1, 2)]
        complete(raw, path, upload, parts).expect(400, "EntityTooSmall")
        complete(raw, path, upload, parts[:1]).expect(200)

    def test_a_wrong_etag_or_a_part_that_never_came(self, raw, path):
        upload = start_upload(raw, path)
        etag = put_part(raw, path, upload, 1, b"x").expect(200).etag
        complete(raw, path, upload, [(1, '"00000000000000000000000000000000"')]).expect(400, "InvalidPart")
        complete(raw, path, upload, [(2, etag)]).expect(400, "InvalidPart")
        complete(raw, path, upload, [(1, etag)]).expect(200)

    @pytest.mark.parametrize("numbers", [(2, 1), (1, 1)])
    def test_parts_out_of_order(self, raw, path, numbers):
        upload = start_upload(raw, path)
        etags = {number: put_part(raw, path, upload, number, BODIES[0]).expect(200).etag for number in set(numbers)}
        complete(raw, path, upload, [(number, etags[number]) for number in numbers]).expect(400, "InvalidPartOrder")

    @pytest.mark.parametrize("body", [
        b"", b"<CompleteMultipartUpload>", b"<CompleteMultipartUpload/>", b"<Other/>",
        b"<CompleteMultipartUpload><Part><PartNumber>one</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
        b"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>"])
    def test_what_is_no_list_of_parts(self, raw, path, body):
        upload = start_upload(raw, path)
        put_part(raw, path, upload, 1, b"x").expect(200)
        without_parts = body in (b"", b"<CompleteMultipartUpload/>")
        raw.post(path, body, query=[("uploadId", upload)]).expect(400, "InvalidRequest" if without_parts else "MalformedXML")

    @pytest.mark.parametrize("number", ["0", "10001", "-1", "one", ""])
    def test_a_part_number_out_of_range(self, raw, path, number):
        upload = start_upload(raw, path)
        put_part(raw, path, upload, number, b"x").expect(400, "InvalidArgument")

    def test_an_upload_that_is_unknown_or_of_another_key(self, raw, bucket, path):
        upload = start_upload(raw, path)
        for target, wrong in [(path, "unknown"), (f"/{bucket}/other", upload)]:
            put_part(raw, target, wrong, 1, b"x").expect(404, "NoSuchUpload")
            complete(raw, target, wrong, [(1, '"x"')]).expect(404, "NoSuchUpload")
            raw.get(target, query=[("uploadId", wrong)]).expect(404, "NoSuchUpload")
            raw.delete(target, query=[("uploadId", wrong)]).expect(404, "NoSuchUpload")

    def test_a_part_with_a_wrong_digest_is_not_kept(self, raw, path):
        upload = start_upload(raw, path)
        put_part(raw, path, upload, 1, b"x", {"content-md5": "AAAAAAAAAAAAAAAAAAAAAA=="}).expect(400, "BadDigest")
        assert raw.get(path, query=[("uploadId", upload)]).expect(200).texts_of("Part/PartNumber") == []

    def test_a_bucket_that_is_missing(self, raw):
        raw.post("/no-such-bucket-here/key", query=[("uploads", "")]).expect(404, "NoSuchBucket")


def test_an_aborted_upload_is_gone(raw, bucket, path):
    upload = start_upload(raw, path)
    etag = put_part(raw, path, upload, 1, BODIES[0]).expect(200).etag
    raw.delete(path, query=[("uploadId", upload)]).expect(204)

    put_part(raw, path, upload, 2, b"x").expect(404, "NoSuchUpload")
    complete(raw, path, upload, [(1, etag)]).expect(404, "NoSuchUpload")
    assert raw.get("/" + bucket, query=[("uploads", "")]).texts_of("Upload/UploadId") == []


class TestListParts:
    @pytest.fixture
    def upload(self, raw, path):
        upload = start_upload(raw, path)
        for number in (1, 2, 5, 9):
            put_part(raw, path, upload, number, b"x" * number).expect(200)
        return upload

    def test_all_parts(self, raw, bucket, path, upload):
        answer = raw.get(path, query=[("uploadId", upload)]).expect(200)
        assert answer.xml().tag == "ListPartsResult"
        assert (answer.text_of("Bucket"), answer.text_of("Key"), answer.text_of("UploadId")) == (bucket, "big", upload)
        assert answer.texts_of("Part/PartNumber") == ["1", "2", "5", "9"]
        assert answer.texts_of("Part/Size") == ["1", "2", "5", "9"]
        assert answer.texts_of("Part/ETag") == [quoted_md5(b"x" * number) for number in (1, 2, 5, 9)]
        assert len(answer.texts_of("Part/LastModified")) == 4
        assert answer.text_of("IsTruncated") == "false" and answer.text_of("StorageClass") == "STANDARD"
        assert answer.text_of("Owner/ID") and answer.text_of("Initiator/ID")

    def test_pages(self, raw, path, upload):
        first = raw.get(path, query=[("uploadId", upload), ("max-parts", "2")]).expect(200)
        assert first.texts_of("Part/PartNumber") == ["1", "2"] and first.text_of("IsTruncated") == "true"
        assert first.text_of("NextPartNumberMarker") == "2"
        second = raw.get(path, query=[("uploadId", upload), ("max-parts", "2"), ("part-number-marker", "2")]).expect(200)
        assert second.texts_of("Part/PartNumber") == ["5", "9"] and second.text_of("IsTruncated") == "false"

    @pytest.mark.parametrize("pair", [("max-parts", "-1"), ("max-parts", "x"), ("part-number-marker", "x")])
    def test_bad_parameters(self, raw, path, upload, pair):
        raw.get(path, query=[("uploadId", upload), pair]).expect(400, "InvalidArgument")


class TestListUploads:
    @pytest.fixture
    def uploads(self, raw, bucket):
        """[(key, upload id)] in the order of the listing: by key, then by start."""
        return [(key, start_upload(raw, f"/{bucket}/{key}")) for key in ("a", "b/1", "b/1", "b/2", "c", "ü")]

    def listed(self, answer):
        return [(each.findtext("Key"), each.findtext("UploadId")) for each in answer.xml().findall("Upload")]

    def list(self, raw, bucket, *pairs):
        return raw.get("/" + bucket, query=[("uploads", ""), *pairs]).expect(200)

    def test_all_uploads(self, raw, bucket, uploads):
        answer = self.list(raw, bucket)
        assert answer.xml().tag == "ListMultipartUploadsResult"
        assert sorted(self.listed(answer)) == sorted(uploads)
        assert [key for key, _ in self.listed(answer)] == [key for key, _ in uploads]
        assert len(answer.texts_of("Upload/Initiated")) == len(uploads)

    def test_a_finished_upload_is_no_longer_listed(self, raw, bucket, uploads):
        raw.delete(f"/{bucket}/a", query=[("uploadId", uploads[0][1])]).expect(204)
        assert "a" not in [key for key, _ in self.listed(self.list(raw, bucket))]

    @pytest.mark.parametrize("size", [1, 2, 4])
    def test_pages(self, raw, bucket, uploads, size):
        seen, markers = [], []
        while True:
            answer = self.list(raw, bucket, ("max-uploads", str(size)), *markers)
            assert len(self.listed(answer)) <= size
            seen += self.listed(answer)
            if answer.text_of("IsTruncated") == "false":
                break
            markers = [("key-marker", answer.text_of("NextKeyMarker")),
                       ("upload-id-marker", answer.text_of("NextUploadIdMarker"))]
        assert sorted(seen) == sorted(uploads) and len(seen) == len(uploads)

    def test_prefix_and_delimiter(self, raw, bucket, uploads):
        assert {key for key, _ in self.listed(self.list(raw, bucket, ("prefix", "b/")))} == {"b/1", "b/2"}
        answer = self.list(raw, bucket, ("delimiter", "/"))
        assert [key for key, _ in self.listed(answer)] == ["a", "c", "ü"]
        assert answer.texts_of("CommonPrefixes/Prefix") == ["b/"]


class TestAttributes:
    def attributes(self, raw, path, names, headers=None, query=()):
        return raw.get(path, {"x-amz-object-attributes": names, **(headers or {})}, [("attributes", ""), *query])

    def test_of_an_object_in_parts(self, raw, path):
        upload_parts(raw, path, BODIES)
        answer = self.attributes(raw, path, "ETag,ObjectSize,StorageClass,ObjectParts,Checksum").expect(200)
        assert answer.xml().tag == "GetObjectAttributesResponse"
        assert f'"{answer.text_of("ETag")}"' == multipart_etag(BODIES)
        assert answer.text_of("ObjectSize") == str(sum(map(len, BODIES)))
        assert answer.text_of("StorageClass") == "STANDARD"
        assert answer.text_of("ObjectParts/PartsCount") == "3"
        assert answer.headers["last-modified"]

    def test_only_what_was_asked_for(self, raw, bucket):
        raw.put(f"/{bucket}/key", b"12345").expect(200)
        answer = self.attributes(raw, f"/{bucket}/key", "ObjectSize").expect(200)
        assert [(each.tag, each.text) for each in answer.xml()] == [("ObjectSize", "5")]

    def test_of_a_version(self, raw, versioned):
        first = raw.put(f"/{versioned}/key", b"1").expect(200).headers["x-amz-version-id"]
        raw.put(f"/{versioned}/key", b"12").expect(200)
        answer = self.attributes(raw, f"/{versioned}/key", "ObjectSize", query=[("versionId", first)]).expect(200)
        assert answer.text_of("ObjectSize") == "1" and answer.headers["x-amz-version-id"] == first

    def test_refusals(self, raw, bucket):
        raw.put(f"/{bucket}/key", b"1").expect(200)
        self.attributes(raw, f"/{bucket}/key", "Colour").expect(400, "InvalidArgument")
        raw.get(f"/{bucket}/key", query=[("attributes", "")]).expect(400, "InvalidRequest")
        self.attributes(raw, f"/{bucket}/key", "").expect(400, "InvalidRequest")
        self.attributes(raw, f"/{bucket}/missing", "ETag").expect(404, "NoSuchKey")


def test_uploads_survive_kills(new_node):
    from support import raw_client

    node = new_node().start()
    raw = raw_client(node)
    raw.put("/kept").expect(200)
    set_versioning(raw, "kept", "Enabled")
    upload = start_upload(raw, "/kept/big")
    first = put_part(raw, "/kept/big", upload, 1, BODIES[0]).expect(200).etag
    node.kill()
    node.start()
    second = put_part(raw, "/kept/big", upload, 2, BODIES[2]).expect(200).etag
    node.kill()
    node.start()
    parts = [(1, first), (2, second)]
    done = complete(raw, "/kept/big", upload, parts).expect(200)
    node.kill()
    node.start()
    again = complete(raw, "/kept/big", upload, parts).expect(200)

    assert again.headers["x-amz-version-id"] == done.headers["x-amz-version-id"]
    got = raw.get("/kept/big").expect(200)
    assert got.body == BODIES[0] + BODIES[2] and got.etag == multipart_etag([BODIES[0], BODIES[2]])
