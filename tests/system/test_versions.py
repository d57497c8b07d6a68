# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 API: versioning of buckets, versions of objects, delete markers, ListObjectVersions."""

import random

import pytest

from support import keys_of, random_bytes, set_versioning


def put(raw, path, body):
    return raw.put(path, body).expect(200).headers.get("x-amz-version-id")


def version(raw, path, version_id, method="GET"):
    return raw.request(method, path, [("versionId", version_id)])


def versions_of(raw, bucket, *pairs):
    """[(kind, key, version, is latest)] in the order of the listing."""
    answer = raw.get("/" + bucket, query=[("versions", ""), *pairs]).expect(200)
    return answer, [(each.tag, each.findtext("Key"), each.findtext("VersionId"), each.findtext("IsLatest") == "true")
                    for each in answer.xml() if each.tag in ("Version", "DeleteMarker")]


class TestState:
    def test_a_new_bucket_was_never_versioned(self, raw, bucket):
        answer = raw.get("/" + bucket, query=[("versioning", "")]).expect(200)
        assert answer.xml().tag == "VersioningConfiguration" and answer.text_of("Status") is None

    def test_it_is_enabled_and_suspended(self, raw, bucket):
        for status in ("Enabled", "Suspended", "Enabled"):
            set_versioning(raw, bucket, status)
            assert raw.get("/" + bucket, query=[("versioning", "")]).expect(200).text_of("Status") == status

    @pytest.mark.parametrize("body", [
        b"", b"<VersioningConfiguration>", b"<Other/>",
        b"<VersioningConfiguration><Status>Sometimes</Status></VersioningConfiguration>"])
    def test_what_is_no_configuration_is_refused(self, raw, bucket, body):
        raw.put("/" + bucket, body, query=[("versioning", "")]).expect(
            400, "MalformedXML" if body else "MissingRequestBodyError")
        assert raw.get("/" + bucket, query=[("versioning", "")]).expect(200).text_of("Status") is None

    def test_mfa_delete_is_not_built(self, raw, bucket):
        body = (b"<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>"
                b"</VersioningConfiguration>")
        raw.put("/" + bucket, body, query=[("versioning", "")]).expect(501, "NotImplemented")

    def test_a_bucket_that_is_missing(self, raw):
        raw.get("/no-such-bucket-here", query=[("versioning", "")]).expect(404, "NoSuchBucket")


class TestEnabled:
    def test_every_put_is_a_version_of_its_own(self, raw, versioned):
        path = f"/{versioned}/key"
        bodies = [b"one", b"two", random_bytes(400_000)]
        ids = [put(raw, path, body) for body in bodies]

        assert len(set(ids)) == 3 and "null" not in ids
        for version_id, body in zip(ids, bodies):
            got = version(raw, path, version_id).expect(200)
            assert got.body == body and got.headers["x-amz-version-id"] == version_id
            assert version(raw, path, version_id, "HEAD").expect(200).headers["content-length"] == str(len(body))
        assert raw.get(path).headers["x-amz-version-id"] == ids[-1]

    def test_a_delete_hides_and_removing_its_marker_shows_again(self, raw, versioned):
        path = f"/{versioned}/key"
        first = put(raw, path, b"one")

        deleted = raw.delete(path).expect(204)
        assert deleted.headers["x-amz-delete-marker"] == "true"
        marker = deleted.headers["x-amz-version-id"]
        hidden = raw.get(path).expect(404, "NoSuchKey")
        assert hidden.headers["x-amz-delete-marker"] == "true" and hidden.headers["x-amz-version-id"] == marker
        assert raw.head(path).expect(404).headers["x-amz-delete-marker"] == "true"
        assert version(raw, path, first).expect(200).body == b"one"
        assert keys_of(raw.get("/" + versioned)) == []

        removed = version(raw, path, marker, "DELETE").expect(204)
        assert removed.headers["x-amz-delete-marker"] == "true" and removed.headers["x-amz-version-id"] == marker
        assert raw.get(path).expect(200).body == b"one"

    def test_a_delete_marker_cannot_be_read_by_its_version(self, raw, versioned):
        path = f"/{versioned}/key"
        marker = raw.delete(path).expect(204).headers["x-amz-version-id"]
        answer = version(raw, path, marker).expect(405, "MethodNotAllowed")
        assert answer.headers["x-amz-delete-marker"] == "true" and answer.headers["allow"] == "DELETE"
        version(raw, path, marker, "HEAD").expect(405)

    def test_each_delete_without_a_version_adds_a_marker(self, raw, versioned):
        path = f"/{versioned}/key"
        markers = {raw.delete(path).expect(204).headers["x-amz-version-id"] for _ in range(3)}
        assert len(markers) == 3

    def test_deleting_the_latest_version_shows_the_one_before(self, raw, versioned):
        path = f"/{versioned}/key"
        ids = [put(raw, path, str(number).encode()) for number in range(4)]
        for number in (3, 2, 1):
            version(raw, path, ids[number], "DELETE").expect(204)
            assert raw.get(path).expect(200).body == str(number - 1).encode()
        version(raw, path, ids[0], "DELETE").expect(204)
        raw.get(path).expect(404, "NoSuchKey")

    def test_a_version_in_the_middle_is_deleted_without_a_trace(self, raw, versioned):
        path = f"/{versioned}/key"
        ids = [put(raw, path, str(number).encode()) for number in range(3)]
        version(raw, path, ids[1], "DELETE").expect(204)
        version(raw, path, ids[1]).expect(404, "NoSuchVersion")
        assert [each[2] for each in versions_of(raw, versioned)[1]] == [ids[2], ids[0]]

    def test_a_version_that_never_was(self, raw, versioned):
        path = f"/{versioned}/key"
        other = put(raw, f"/{versioned}/other", b"x")
        put(raw, path, b"x")
        version(raw, path, other).expect(404, "NoSuchVersion")
        version(raw, path, "no version").expect(400, "InvalidArgument")
        version(raw, path, "").expect(400, "InvalidArgument")
        version(raw, path, other, "DELETE").expect(204)


class TestNullVersion:
    def test_objects_from_before_are_the_null_version(self, raw, bucket):
        path = f"/{bucket}/key"
        assert put(raw, path, b"before") is None
        set_versioning(raw, bucket, "Enabled")
        later = put(raw, path, b"later")

        assert version(raw, path, "null").expect(200).body == b"before"
        assert [each[2] for each in versions_of(raw, bucket)[1]] == [later, "null"]
        version(raw, path, later, "DELETE").expect(204)
        assert raw.get(path).body == b"before"

    def test_while_suspended_a_put_replaces_the_null_version_only(self, raw, versioned):
        path = f"/{versioned}/key"
        first = put(raw, path, b"first")
        set_versioning(raw, versioned, "Suspended")
        assert put(raw, path, b"null one") == "null"
        assert put(raw, path, b"null two") == "null"

        assert raw.get(path).body == b"null two"
        assert version(raw, path, first).expect(200).body == b"first"
        assert [each[2] for each in versions_of(raw, versioned)[1]] == ["null", first]

    def test_while_suspended_a_delete_makes_a_null_marker(self, raw, versioned):
        path = f"/{versioned}/key"
        first = put(raw, path, b"first")
        set_versioning(raw, versioned, "Suspended")
        put(raw, path, b"null")

        deleted = raw.delete(path).expect(204)
        assert deleted.headers["x-amz-delete-marker"] == "true" and deleted.headers["x-amz-version-id"] == "null"
        raw.get(path).expect(404, "NoSuchKey")
        assert versions_of(raw, versioned)[1] == [
            ("DeleteMarker", "key", "null", True), ("Version", "key", first, False)]

        version(raw, path, "null", "DELETE").expect(204)
        assert raw.get(path).expect(200).body == b"first"

    def test_enabled_again_the_null_version_stays_in_its_place_in_time(self, raw, versioned):
        path = f"/{versioned}/key"
        first = put(raw, path, b"1")
        set_versioning(raw, versioned, "Suspended")
        put(raw, path, b"2")
        set_versioning(raw, versioned, "Enabled")
        third = put(raw, path, b"3")

        assert [each[2] for each in versions_of(raw, versioned)[1]] == [third, "null", first]


class TestListVersions:
    @pytest.fixture
    def filled(self, raw, versioned):
        """Keys with one to three versions, some with a delete marker; answers the expected listing too."""
        expected = []
        for key, count, marked in [("a", 1, False), ("b/1", 3, True), ("b/2", 2, False), ("c", 1, True), ("ü", 2, False)]:
            mine = [("Version", key, put(raw, f"/{versioned}/{key}", str(number).encode())) for number in range(count)]
            if marked:
                marker = raw.delete(f"/{versioned}/{key}").expect(204).headers["x-amz-version-id"]
                mine.append(("DeleteMarker", key, marker))
            expected += [(*each, index == 0) for index, each in enumerate(reversed(mine))]
        return versioned, expected

    def test_newest_first_within_keys_in_order(self, raw, filled):
        bucket, expected = filled
        answer, listed = versions_of(raw, bucket)
        assert answer.xml().tag == "ListVersionsResult"
        assert listed == expected
        for each in answer.xml().findall("Version"):
            assert each.findtext("Size") == "1" and each.findtext("ETag") and each.findtext("StorageClass") == "STANDARD"
            assert each.findtext("Owner/ID")
        for each in answer.xml().findall("DeleteMarker"):
            assert each.find("Size") is None and each.find("ETag") is None and each.findtext("LastModified")

    @pytest.mark.parametrize("size", [1, 2, 3, 7])
    def test_pages_go_on_within_a_key(self, raw, filled, size):
        bucket, expected = filled
        seen, markers = [], []
        while True:
            answer, listed = versions_of(raw, bucket, ("max-keys", str(size)), *markers)
            assert len(listed) <= size
            seen += listed
            if answer.text_of("IsTruncated") == "false":
                break
            markers = [("key-marker", answer.text_of("NextKeyMarker")),
                       ("version-id-marker", answer.text_of("NextVersionIdMarker"))]
        assert seen == expected

    def test_prefix_and_delimiter(self, raw, filled):
        bucket, expected = filled
        assert versions_of(raw, bucket, ("prefix", "b/"))[1] == [each for each in expected if each[1].startswith("b/")]
        answer, listed = versions_of(raw, bucket, ("delimiter", "/"))
        assert listed == [each for each in expected if "/" not in each[1]]
        assert answer.texts_of("CommonPrefixes/Prefix") == ["b/"]

    def test_a_key_marker_alone_skips_the_whole_key(self, raw, filled):
        bucket, expected = filled
        assert versions_of(raw, bucket, ("key-marker", "b/1"))[1] == [each for each in expected if each[1] > "b/1"]

    def test_a_version_marker_without_a_key_is_refused(self, raw, filled):
        bucket, expected = filled
        raw.get("/" + bucket, query=[("versions", ""), ("version-id-marker", expected[0][2])]).expect(
            400, "InvalidArgument")

    def test_a_bucket_that_was_never_versioned_lists_null_versions(self, raw, bucket):
        put(raw, f"/{bucket}/key", b"x")
        assert versions_of(raw, bucket)[1] == [("Version", "key", "null", True)]


def test_a_random_history_of_a_key_is_as_in_the_model(raw, bucket):
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed", seed)
    choose = random.Random(seed)
    path, history, state = f"/{bucket}/key", [], "Off"  # history: newest first, (kind, id, body)

    def replace_null(entry):
        history[:] = [entry] + [each for each in history if each[1] != "null"]

    for step in range(60):
        action = choose.choice(["put", "put", "put", "delete", "delete version", "state"])
        if action == "put":
            body = str(step).encode()
            version_id = put(raw, path, body) or "null"
            assert (version_id == "null") == (state != "Enabled")
            if version_id == "null":
                replace_null(("Version", "null", body))
            else:
                history.insert(0, ("Version", version_id, body))
        elif action == "delete":
            marker = raw.delete(path).expect(204).headers.get("x-amz-version-id")
            if state == "Off":
                history[:] = []
            elif state == "Enabled":
                history.insert(0, ("DeleteMarker", marker, None))
            else:
                replace_null(("DeleteMarker", "null", None))
        elif action == "delete version" and history:
            gone = choose.choice(history)
            version(raw, path, gone[1], "DELETE").expect(204)
            history.remove(gone)
        elif action == "state":
            state = choose.choice(["Enabled", "Suspended"])
            set_versioning(raw, bucket, state)

        listed = versions_of(raw, bucket)[1]
        assert [(each[0], each[2]) for each in listed] == [(each[0], each[1]) for each in history], (seed, step)
        if history and history[0][0] == "Version":
            assert raw.get(path).expect(200).body == history[0][2], (seed, step)
        else:
            raw.get(path).expect(404, "NoSuchKey")
