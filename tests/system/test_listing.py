# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 API: ListObjects and ListObjectsV2, also against a simple model with random keys."""

import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import keys_of, prefixes_of, quoted_md5

V2 = ("list-type", "2")


def put_all(raw, bucket, keys):
    with ThreadPoolExecutor(8) as pool:
        for answer in pool.map(lambda key: raw.put(f"/{bucket}/{key}", key.encode()), keys):
            answer.expect(200)


def listing(raw, bucket, *pairs):
    return raw.get("/" + bucket, query=[V2, *pairs]).expect(200)


KEYS = ["a", "b/1", "b/2", "b/c/3", "d", "e/1", "f-1", "f/1"]


@pytest.fixture
def filled(raw, bucket):
    put_all(raw, bucket, KEYS)
    return bucket


def test_an_entry_says_all_about_its_object(raw, filled):
    answer = listing(raw, filled)
    assert answer.xml().tag == "ListBucketResult"
    assert answer.text_of("Name") == filled and answer.text_of("KeyCount") == str(len(KEYS))
    assert answer.text_of("MaxKeys") == "1000" and answer.text_of("IsTruncated") == "false"
    entry = answer.xml().find("Contents")
    assert entry.findtext("Key") == "a" and entry.findtext("Size") == "1"
    assert entry.findtext("ETag") == quoted_md5(b"a")
    assert entry.findtext("StorageClass") == "STANDARD"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry.findtext("LastModified"))
    assert entry.find("Owner") is None


def test_the_owner_is_told_when_asked_for_and_always_in_version_1(raw, filled):
    owner = listing(raw, filled, ("fetch-owner", "true")).text_of("Contents/Owner/ID")
    assert re.fullmatch(r"[0-9a-f]{64}", owner)
    assert raw.get("/" + filled).expect(200).text_of("Contents/Owner/ID") == owner


@pytest.mark.parametrize("pairs, keys, prefixes", [
    ([], KEYS, []),
    ([("prefix", "b/")], ["b/1", "b/2", "b/c/3"], []),
    ([("prefix", "nothing")], [], []),
    ([("delimiter", "/")], ["a", "d", "f-1"], ["b/", "e/", "f/"]),
    ([("delimiter", "/"), ("prefix", "b/")], ["b/1", "b/2"], ["b/c/"]),
    ([("delimiter", "/"), ("prefix", "b")], [], ["b/"]),
    ([("delimiter", "-")], ["a", "b/1", "b/2", "b/c/3", "d", "e/1", "f/1"], ["f-"]),
    ([("delimiter", "/c/")], ["a", "b/1", "b/2", "d", "e/1", "f-1", "f/1"], ["b/c/"]),
    ([("delimiter", "")], KEYS, []),
    ([("start-after", "b/2")], ["b/c/3", "d", "e/1", "f-1", "f/1"], []),
    ([("start-after", "b/"), ("delimiter", "/")], ["d", "f-1"], ["e/", "f/"]),
    ([("start-after", "b/1"), ("delimiter", "/")], ["d", "f-1"], ["e/", "f/"]),
    ([("start-after", "zzz")], [], []),
])
def test_prefix_delimiter_and_start(raw, filled, pairs, keys, prefixes):
    answer = listing(raw, filled, *pairs)
    assert (keys_of(answer), prefixes_of(answer)) == (keys, prefixes)
    assert answer.text_of("KeyCount") == str(len(keys) + len(prefixes))


@pytest.mark.parametrize("pairs, keys, prefixes", [
    ([("marker", "b/2")], ["b/c/3", "d", "e/1", "f-1", "f/1"], []),
    ([("delimiter", "/"), ("marker", "b/")], ["d", "f-1"], ["e/", "f/"]),
    ([("delimiter", "/"), ("prefix", "b/")], ["b/1", "b/2"], ["b/c/"]),
])
def test_version_1_goes_on_after_its_marker(raw, filled, pairs, keys, prefixes):
    answer = raw.get("/" + filled, query=pairs).expect(200)
    assert (keys_of(answer), prefixes_of(answer)) == (keys, prefixes)


def test_version_1_names_the_next_marker_with_a_delimiter(raw, filled):
    answer = raw.get("/" + filled, query=[("delimiter", "/"), ("max-keys", "2")]).expect(200)
    assert (keys_of(answer), prefixes_of(answer)) == (["a"], ["b/"])
    assert answer.text_of("IsTruncated") == "true" and answer.text_of("NextMarker") == "b/"


def test_max_keys_0_is_an_empty_page_that_is_not_truncated(raw, filled):
    answer = listing(raw, filled, ("max-keys", "0"))
    assert keys_of(answer) == [] and answer.text_of("IsTruncated") == "false"


def test_max_keys_above_a_thousand_is_a_thousand(raw, filled):
    assert listing(raw, filled, ("max-keys", "5000")).text_of("MaxKeys") == "1000"


@pytest.mark.parametrize("pair", [
    ("max-keys", "-1"), ("max-keys", "many"), ("encoding-type", "hex"), ("continuation-token", "no token of ours"),
])
def test_a_bad_parameter_is_refused(raw, filled, pair):
    raw.get("/" + filled, query=[V2, pair]).expect(400, "InvalidArgument")


def test_url_encoding_covers_every_name_in_the_answer(raw, bucket):
    put_all(raw, bucket, ["a b/c+d", "a b/ü", "a b/sub dir/x"])
    answer = listing(raw, bucket, ("encoding-type", "url"), ("prefix", "a b/"), ("delimiter", "/"),
                     ("start-after", "a b/\""))
    assert answer.text_of("EncodingType") == "url"
    assert [key.replace("%20", "+") for key in keys_of(answer)] == ["a+b/c%2Bd", "a+b/%C3%BC"]
    assert [prefix.replace("%20", "+") for prefix in prefixes_of(answer)] == ["a+b/sub+dir/"]
    assert answer.text_of("Prefix").replace("%20", "+") == "a+b/"
    assert answer.text_of("Delimiter") == "/"
    assert answer.text_of("StartAfter").replace("%20", "+") == "a+b/%22"


def test_a_bucket_that_is_missing(raw):
    raw.get("/no-such-bucket-here").expect(404, "NoSuchBucket")
    raw.get("/no-such-bucket-here", query=[V2]).expect(404, "NoSuchBucket")


# --- Against a model -------------------------------------------------------------------------------------------

def model(keys, prefix, delimiter, after=None):
    """All entries of a listing in order: ("key", name) or ("prefix", name). A common prefix that holds the place to
    start after was told before it, and is left out."""
    entries = []
    for key in sorted(keys, key=lambda key: key.encode()):
        if not key.startswith(prefix) or (after is not None and key.encode() <= after.encode()):
            continue
        cut = key.find(delimiter, len(prefix)) if delimiter else -1
        entry = ("prefix", key[:cut + len(delimiter)]) if cut >= 0 else ("key", key)
        if entry[0] == "prefix" and after is not None and after.startswith(entry[1]):
            continue
        if not entries or entries[-1] != entry:
            entries.append(entry)
    return entries


def entries_of(answer):
    return sorted([("key", key) for key in keys_of(answer)] + [("prefix", prefix) for prefix in prefixes_of(answer)],
                  key=lambda entry: entry[1].encode())


def all_pages(raw, bucket, version, *pairs):
    """Follows the pages of a listing; checks that each page is as large as it may be."""
    entries, goes_on = [], []
    while True:
        query = [*pairs, *goes_on] + ([V2] if version == 2 else [])
        answer = raw.get("/" + bucket, query=query).expect(200)
        page = entries_of(answer)
        entries += page
        if answer.text_of("IsTruncated") == "false":
            return entries
        assert len(page) == int(dict(pairs).get("max-keys", 1000))
        if version == 2:
            goes_on = [("continuation-token", answer.text_of("NextContinuationToken"))]
        else:
            goes_on = [("marker", answer.text_of("NextMarker") or page[-1][1])]


@pytest.mark.parametrize("version", [1, 2])
def test_random_keys_are_listed_as_in_the_model(raw, bucket, version):
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed", seed)
    choose = random.Random(seed)
    alphabet = ["a", "b", "/", "/", "-", "ü", "0", "~", " ", "\U0001f600", "."]
    keys = {"".join(choose.choices(alphabet, k=choose.randint(1, 9))) for _ in range(220)}
    put_all(raw, bucket, keys)

    for _ in range(40):
        prefix = "".join(choose.choices(alphabet, k=choose.randint(0, 2)))
        delimiter = choose.choice(["", "/", "/", "a", "-", "//", "ü"])
        after = choose.choice([None, *keys]) if version == 2 else None
        pairs = [("prefix", prefix), ("delimiter", delimiter), ("max-keys", str(choose.randint(1, 30)))]
        if after is not None:
            pairs.append(("start-after", after))
        listed = all_pages(raw, bucket, version, *pairs)
        assert listed == model(keys, prefix, delimiter, after), (prefix, delimiter, after)


def test_pages_of_more_than_a_thousand_keys(raw, bucket):
    keys = [f"many/{number:05}" for number in range(2345)]
    put_all(raw, bucket, keys)

    first = listing(raw, bucket)
    assert len(keys_of(first)) == 1000 and first.text_of("IsTruncated") == "true"
    assert all_pages(raw, bucket, 2) == [("key", key) for key in keys]
    assert all_pages(raw, bucket, 1) == [("key", key) for key in keys]


def test_keys_written_while_pages_are_read_neither_repeat_nor_hide_others(raw, bucket):
    keys = [f"k{number:03}" for number in range(0, 300, 2)]
    put_all(raw, bucket, keys)
    first = listing(raw, bucket, ("max-keys", "50"))
    raw.put(f"/{bucket}/k001", b"").expect(200)
    raw.put(f"/{bucket}/k2990", b"").expect(200)
    raw.delete(f"/{bucket}/{keys[60]}").expect(204)

    rest = listing(raw, bucket, ("continuation-token", first.text_of("NextContinuationToken")))

    seen = keys_of(first) + keys_of(rest)
    assert seen == sorted((set(keys) - {keys[60]}) | {"k2990"})


def test_delimiter_of_many_prefixes(raw, bucket):
    put_all(raw, bucket, [f"p{number:03}/{key}" for number in range(150) for key in ("a", "b")])
    listed = all_pages(raw, bucket, 2, ("delimiter", "/"), ("max-keys", "40"))
    assert listed == [("prefix", f"p{number:03}/") for number in range(150)]


def test_boto3_pages(s3, raw, filled):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=filled, PaginationConfig={"PageSize": 3})
    assert [entry["Key"] for page in pages for entry in page.get("Contents", [])] == KEYS
