# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 API: DeleteObjects, and DeleteObject with a condition."""

import hashlib

import pytest
from xml.sax.saxutils import escape

from support import base64_of, keys_of


def document(objects, quiet=None):
    text = "" if quiet is None else f"<Quiet>{quiet}</Quiet>"
    for key, *version in objects:
        text += f"<Object><Key>{escape(key)}</Key>"
        text += "".join(f"<VersionId>{each}</VersionId>" for each in version) + "</Object>"
    return f'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{text}</Delete>'.encode()


def delete_all(raw, bucket, body, headers=None):
    if headers is None:
        headers = {"content-md5": base64_of(hashlib.md5(body).digest())}
    return raw.post("/" + bucket, body, headers, [("delete", "")])


def test_many_objects_are_deleted_at_once_also_those_that_never_were(raw, bucket):
    keys = ["a", "b/ü", "c & d <e>", "never-was"]
    for key in keys[:3]:
        raw.put(f"/{bucket}/{key}", b"x").expect(200)

    answer = delete_all(raw, bucket, document([(key,) for key in keys])).expect(200)

    assert answer.xml().tag == "DeleteResult"
    assert sorted(answer.texts_of("Deleted/Key")) == sorted(keys)
    assert answer.texts_of("Error/Key") == []
    assert keys_of(raw.get("/" + bucket)) == []


def test_quiet_answers_only_errors(raw, bucket):
    raw.put(f"/{bucket}/a", b"x").expect(200)
    answer = delete_all(raw, bucket, document([("a",)], "true")).expect(200)
    assert answer.texts_of("Deleted/Key") == []
    raw.get(f"/{bucket}/a").expect(404)


def test_a_thousand_are_the_most(raw, bucket):
    keys = [f"key-{number:04}" for number in range(1000)]
    for key in keys[:5]:
        raw.put(f"/{bucket}/{key}", b"x").expect(200)

    answer = delete_all(raw, bucket, document([(key,) for key in keys])).expect(200)
    assert len(answer.texts_of("Deleted/Key")) == 1000
    delete_all(raw, bucket, document([(key,) for key in [*keys, "one-more"]])).expect(400, "MalformedXML")


def test_versions_and_markers_are_told_apart(raw, versioned):
    path = f"/{versioned}/key"
    version = raw.put(path, b"x").expect(200).headers["x-amz-version-id"]

    made = delete_all(raw, versioned, document([("key",)])).expect(200)
    assert made.text_of("Deleted/DeleteMarker") == "true"
    marker = made.text_of("Deleted/DeleteMarkerVersionId")

    gone = delete_all(raw, versioned, document([("key", marker), ("key", version)])).expect(200)
    by_version = {each.findtext("VersionId"): each for each in gone.xml().findall("Deleted")}
    assert by_version[marker].findtext("DeleteMarker") == "true"
    assert by_version[marker].findtext("DeleteMarkerVersionId") == marker
    assert by_version[version].findtext("DeleteMarker") is None
    assert raw.get("/" + versioned, query=[("versions", "")]).texts_of("Version/Key") == []


@pytest.mark.parametrize("body", [
    b"", b"<Delete>", b"not xml", b"<Other/>", b"<Delete/>", b"<Delete><Object></Object></Delete>",
    b"<Delete><Object><Key></Key></Object></Delete>",
    b'<!DOCTYPE d [<!ENTITY e "x">]><Delete><Object><Key>&e;</Key></Object></Delete>',
])
def test_what_is_no_list_of_objects_is_refused(raw, bucket, body):
    delete_all(raw, bucket, body).expect(400, "MalformedXML" if body else "MissingRequestBodyError")


def test_a_wrong_digest_is_refused(raw, bucket):
    raw.put(f"/{bucket}/a", b"x").expect(200)
    wrong = {"content-md5": base64_of(hashlib.md5(b"other").digest())}
    delete_all(raw, bucket, document([("a",)]), wrong).expect(400, "BadDigest")
    raw.get(f"/{bucket}/a").expect(200)


def test_without_md5_or_checksum_it_is_refused_and_with_a_checksum_accepted(raw, bucket):
    body = document([("a",)])
    delete_all(raw, bucket, body, {}).expect(400, "InvalidRequest")
    checksum = {"x-amz-checksum-sha256": base64_of(hashlib.sha256(body).digest())}
    delete_all(raw, bucket, body, checksum).expect(200)


def test_the_bucket_must_exist(raw):
    delete_all(raw, "no-such-bucket-here", document([("a",)])).expect(404, "NoSuchBucket")


def test_boto3_deletes_many(s3, bucket):
    for number in range(12):
        s3.put_object(Bucket=bucket, Key=f"k{number}", Body=b"x")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": f"k{number}"} for number in range(12)]})
    assert len(answer["Deleted"]) == 12
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


class TestConditionalDelete:
    def test_a_delete_with_if_match_deletes_only_what_it_names(self, raw, bucket):
        etag = raw.put(f"/{bucket}/key", b"x").expect(200).etag
        raw.delete(f"/{bucket}/key", {"if-match": '"0"'}).expect(412, "PreconditionFailed")
        raw.get(f"/{bucket}/key").expect(200)
        raw.delete(f"/{bucket}/key", {"if-match": etag}).expect(204)
