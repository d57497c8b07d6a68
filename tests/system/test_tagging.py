# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 API: PutObjectTagging, GetObjectTagging, DeleteObjectTagging and the x-amz-tagging header."""

import pytest
from xml.sax.saxutils import escape


def document(tags):
    text = "".join(f"<Tag><Key>{escape(key)}</Key><Value>{escape(value)}</Value></Tag>" for key, value in tags)
    return f"<Tagging><TagSet>{text}</TagSet></Tagging>".encode()


def put_tags(raw, path, tags, query=()):
    return raw.put(path, document(tags), query=[("tagging", ""), *query])


def tags_of(raw, path, query=()):
    answer = raw.get(path, query=[("tagging", ""), *query]).expect(200)
    return [(tag.findtext("Key"), tag.findtext("Value") or "") for tag in answer.xml().findall("TagSet/Tag")]


@pytest.fixture
def path(raw, bucket):
    raw.put(f"/{bucket}/key", b"x").expect(200)
    return f"/{bucket}/key"


def test_tags_are_set_read_replaced_and_removed(raw, path):
    assert tags_of(raw, path) == []

    put_tags(raw, path, [("colour", "blue"), ("with space", "a+b=c/d:e@f"), ("ünï", "")]).expect(200)
    assert sorted(tags_of(raw, path)) == [("colour", "blue"), ("with space", "a+b=c/d:e@f"), ("ünï", "")]
    assert raw.head(path).headers["x-amz-tagging-count"] == "3"
    assert raw.get(path).headers["x-amz-tagging-count"] == "3"

    put_tags(raw, path, [("only", "one")]).expect(200)
    assert tags_of(raw, path) == [("only", "one")]

    raw.delete(path, query=[("tagging", "")]).expect(204)
    assert tags_of(raw, path) == []
    assert "x-amz-tagging-count" not in raw.head(path).headers
    assert raw.get(path).body == b"x"


def test_tags_come_with_a_put(raw, bucket):
    raw.put(f"/{bucket}/key", b"x", {"x-amz-tagging": "a=1&b=two%20words&c="}).expect(200)
    assert sorted(tags_of(raw, f"/{bucket}/key")) == [("a", "1"), ("b", "two words"), ("c", "")]


def test_a_new_object_does_not_inherit_tags(raw, path):
    put_tags(raw, path, [("a", "1")]).expect(200)
    raw.put(path, b"newer").expect(200)
    assert tags_of(raw, path) == []


def test_tags_do_not_change_the_object(raw, path):
    before = raw.head(path)
    put_tags(raw, path, [("a", "1")]).expect(200)
    after = raw.head(path)
    assert (after.etag, after.headers["last-modified"]) == (before.etag, before.headers["last-modified"])


TEN = [(f"k{number}", "v") for number in range(10)]


def test_limits(raw, path):
    put_tags(raw, path, TEN).expect(200)
    put_tags(raw, path, [("k" * 128, "v" * 256)]).expect(200)
    put_tags(raw, path, [*TEN, ("one", "more")]).expect(400, "BadRequest")
    put_tags(raw, path, [("k" * 129, "v")]).expect(400, "InvalidTag")
    put_tags(raw, path, [("k", "v" * 257)]).expect(400, "InvalidTag")
    put_tags(raw, path, [("k", "1"), ("k", "2")]).expect(400, "InvalidTag")
    put_tags(raw, path, [("", "v")]).expect(400, "InvalidTag")
    assert tags_of(raw, path) == [("k" * 128, "v" * 256)]


@pytest.mark.parametrize("body", [b"", b"<Tagging>", b"<Other/>", b"<Tagging><TagSet><Tag/></TagSet></Tagging>"])
def test_what_is_no_tag_set_is_refused(raw, path, body):
    raw.put(path, body, query=[("tagging", "")]).expect(
        400, "MalformedXML" if body else "MissingRequestBodyError")


@pytest.mark.parametrize("header, code", [("k=1&k=2", "InvalidTag"), ("k" * 129 + "=v", "InvalidTag"),
                                          ("&".join(f"k{number}=v" for number in range(11)), "BadRequest")])
def test_a_put_with_bad_tags_stores_nothing(raw, bucket, header, code):
    raw.put(f"/{bucket}/new", b"x", {"x-amz-tagging": header}).expect(400, code)
    raw.get(f"/{bucket}/new").expect(404)


def test_tags_belong_to_a_version(raw, versioned):
    path = f"/{versioned}/key"
    first = raw.put(path, b"1", {"x-amz-tagging": "v=1"}).expect(200).headers["x-amz-version-id"]
    second = raw.put(path, b"2", {"x-amz-tagging": "v=2"}).expect(200).headers["x-amz-version-id"]

    put_tags(raw, path, [("v", "first")], [("versionId", first)]).expect(200)

    assert tags_of(raw, path, [("versionId", first)]) == [("v", "first")]
    assert tags_of(raw, path) == tags_of(raw, path, [("versionId", second)]) == [("v", "2")]


def test_tags_of_what_is_missing(raw, bucket):
    raw.get(f"/{bucket}/nothing", query=[("tagging", "")]).expect(404, "NoSuchKey")
    put_tags(raw, f"/{bucket}/nothing", [("a", "1")]).expect(404, "NoSuchKey")
    raw.delete(f"/{bucket}/nothing", query=[("tagging", "")]).expect(404, "NoSuchKey")
