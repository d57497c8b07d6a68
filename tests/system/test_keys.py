# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys are bytes: whatever a client may send as a key is stored, read, listed and deleted as that very key."""

import pytest

from support import keys_of

ODD_KEYS = [
    "..", "../..", "a/../b", "a/./b", "./a", "/leading", "//", "a//b", "trailing/", "/", ".",
    "with space", "plus+plus", "percent%41", "percent%2Fslash", "%", "question?mark", "hash#mark", "amp&equals=",
    "semi;colon", "quote'quote", 'double"quote', "less<more>", "back\\slash", "pipe|", "tilde~", "star*", "c:\\windows",
    "new\nline", "tab\ttab", "bell\x07", "delete\x7f", "start\x01",
    "ünïcödé", "日本語/キー", "emoji-😀", "combining-e\u0301", "nbsp\u00a0", "\ufffd", "zero\u200bwidth",
    "con", "nul.txt", ".hidden", "-rf", "a" * 1024, "ü" * 512, "x/" * 512,
]


@pytest.mark.parametrize("key", ODD_KEYS, ids=lambda key: ascii(key[:24]))
def test_an_odd_key_is_a_key_like_any_other(raw, bucket, key):
    data = b"content of " + key.encode()
    raw.put(f"/{bucket}/{key}", data).expect(200)

    assert raw.get(f"/{bucket}/{key}").expect(200).body == data
    raw.head(f"/{bucket}/{key}").expect(200)
    listed = raw.get("/" + bucket, query=[("list-type", "2"), ("encoding-type", "url")]).expect(200)
    from urllib.parse import unquote_plus
    assert [unquote_plus(name) for name in keys_of(listed)] == [key]

    raw.delete(f"/{bucket}/{key}").expect(204)
    assert raw.get(f"/{bucket}/{key}").expect(404).body.count(b"<Code>NoSuchKey</Code>") == 1


def test_keys_that_look_alike_are_different_objects(raw, bucket):
    keys = ["a", "/a", "a/", "//a", "A", "a ", " a", "a/../a", "./a", "%61", "e\u0301", "\u00e9"]
    for key in keys:
        raw.put(f"/{bucket}/{key}", key.encode()).expect(200)

    for key in keys:
        assert raw.get(f"/{bucket}/{key}").expect(200).body == key.encode()


def test_a_key_of_1025_bytes_is_refused(raw, bucket):
    raw.put(f"/{bucket}/{'a' * 1025}", b"x").expect(400, "KeyTooLongError")
    raw.put(f"/{bucket}/{'ü' * 512}a", b"x").expect(400, "KeyTooLongError")
    raw.get(f"/{bucket}/{'a' * 1025}").expect(400, "KeyTooLongError")


def test_a_key_that_is_not_utf_8_is_refused(raw, bucket):
    raw.put(f"/{bucket}/" + "ok", b"x").expect(200)
    bad = b"\xff\xfe".decode("latin-1")
    # The raw client percent-encodes text as UTF-8, so the broken bytes are put into the path by hand.
    head, _, _ = raw.signed_head("PUT", f"/{bucket}/x", body=b"x")
    path = f"/{bucket}/%FF%FE"
    head.pop("authorization")
    from sigv4_raw import amz_now
    import hashlib
    head["x-amz-date"] = amz_now()
    head["authorization"] = raw.signer.authorization(
        "PUT", path, [], head, hashlib.sha256(b"x").hexdigest(), head["x-amz-date"])[0]
    head["content-length"] = "1"
    answer = raw.send("PUT", path, head, b"x")
    assert answer.status == 400, (bad, answer)


def test_listing_order_is_by_bytes(raw, bucket):
    keys = ["a", "B", "b", "a/b", "a-b", "a0", "é", "z", "~", "日", "😀", "\ufffc"]
    for key in keys:
        raw.put(f"/{bucket}/{key}", b"").expect(200)

    assert keys_of(raw.get("/" + bucket, query=[("list-type", "2")]).expect(200)) == sorted(
        keys, key=lambda key: key.encode())


def test_control_characters_in_a_listing_are_legal_xml_with_url_encoding(raw, bucket):
    raw.put(f"/{bucket}/start\x01end", b"").expect(200)
    answer = raw.get("/" + bucket, query=[("encoding-type", "url")]).expect(200)
    assert keys_of(answer) == ["start%01end"]
