# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 API: CreateBucket, HeadBucket, DeleteBucket, ListBuckets, GetBucketLocation."""

import re

import pytest

from support import put_part, set_versioning, start_upload


def test_creating_a_bucket_again_harms_nothing_in_it(raw):
    """S3 answers BucketAlreadyOwnedByYou everywhere but in us-east-1, where it forgives with 200."""
    answer = raw.put("/create-once").expect(200)
    assert answer.headers["location"] == "/create-once"
    raw.put("/create-once/key", b"x").expect(200)

    raw.put("/create-once").expect(200)

    assert raw.get("/create-once/key").expect(200).body == b"x"


@pytest.mark.parametrize("body", [
    b"",
    b'<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>',
    b"<CreateBucketConfiguration><LocationConstraint>us-east-1</LocationConstraint></CreateBucketConfiguration>",
])
def test_a_bucket_is_created_with_and_without_a_configuration(raw, body, request):
    raw.put(f"/configured-{abs(hash(body)) % 10**9}", body).expect(200)


def test_a_bucket_configuration_that_is_no_xml_is_refused(raw):
    raw.put("/bad-configuration", b"<CreateBucketConfiguration><Loc").expect(400, "MalformedXML")
    raw.head("/bad-configuration").expect(404)


@pytest.mark.parametrize("name", [
    "ab", "a" * 64, "Upper", "under_score", "-starts", "ends-", "two..dots", ".starts", "ends.", "192.168.5.4",
    "has space", "xn--punycode", "ends-s3alias", "ümlaut", "health", "metrics", "api",
])
def test_an_invalid_or_reserved_name_is_refused(raw, name):
    raw.put("/" + name).expect(400, "InvalidBucketName")


@pytest.mark.parametrize("name", ["abc", "a" * 63, "with.dots.inside", "0starts-with-digit", "ends-with-9"])
def test_every_valid_form_of_name_is_accepted(raw, name):
    raw.put("/" + name).expect(200)
    raw.head("/" + name).expect(200)
    raw.delete("/" + name).expect(204)


def test_head_tells_whether_a_bucket_exists_and_its_region(raw, bucket):
    answer = raw.head("/" + bucket).expect(200)
    assert answer.headers["x-amz-bucket-region"] == "us-east-1"
    assert answer.body == b""

    missing = raw.head("/no-such-bucket-here").expect(404)
    assert missing.body == b""


def test_location_is_the_default_region_as_an_empty_element(raw, bucket):
    answer = raw.get("/" + bucket, query=[("location", "")]).expect(200)
    assert answer.xml().tag == "LocationConstraint"
    assert not answer.xml().text

    raw.get("/no-such-bucket-here", query=[("location", "")]).expect(404, "NoSuchBucket")


def test_an_empty_bucket_is_deleted_and_a_second_time_is_not_found(raw, bucket):
    raw.delete("/" + bucket).expect(204)
    raw.delete("/" + bucket).expect(404, "NoSuchBucket")
    raw.put(f"/{bucket}/key", b"x").expect(404, "NoSuchBucket")
    raw.put("/" + bucket).expect(200)
    assert raw.get("/" + bucket).expect(200).texts_of("Contents") == []


def test_a_bucket_with_an_object_is_not_deleted(raw, bucket):
    raw.put(f"/{bucket}/key", b"x").expect(200)
    raw.delete("/" + bucket).expect(409, "BucketNotEmpty")

    raw.delete(f"/{bucket}/key").expect(204)
    raw.delete("/" + bucket).expect(204)


def test_a_bucket_with_only_old_versions_is_not_deleted(raw, bucket):
    set_versioning(raw, bucket, "Enabled")
    version = raw.put(f"/{bucket}/key", b"x").expect(200).headers["x-amz-version-id"]
    marker = raw.delete(f"/{bucket}/key").expect(204).headers["x-amz-version-id"]
    raw.delete("/" + bucket).expect(409, "BucketNotEmpty")

    for each in (version, marker):
        raw.delete(f"/{bucket}/key", query=[("versionId", each)]).expect(204)
    raw.delete("/" + bucket).expect(204)


def test_an_upload_under_way_does_not_keep_a_bucket_and_does_not_come_back(raw, bucket):
    upload = start_upload(raw, f"/{bucket}/key")
    raw.delete("/" + bucket).expect(204)

    raw.put("/" + bucket).expect(200)
    put_part(raw, f"/{bucket}/key", upload, 1, b"x").expect(404, "NoSuchUpload")


def test_a_bucket_that_is_created_again_has_none_of_the_old_state(raw, bucket):
    set_versioning(raw, bucket, "Enabled")
    raw.delete("/" + bucket).expect(204)
    raw.put("/" + bucket).expect(200)

    assert raw.get("/" + bucket, query=[("versioning", "")]).expect(200).text_of("Status") is None


class TestListBuckets:
    @pytest.fixture
    def five(self, raw):
        names = [f"listed-{letter}" for letter in "abcde"]
        for name in names:
            raw.put("/" + name).expect(200)
        return names

    def names(self, answer):
        return answer.texts_of("Buckets/Bucket/Name")

    def test_all_are_listed_in_order_with_owner_and_time(self, raw, five):
        answer = raw.get("/").expect(200)

        names = self.names(answer)
        assert names == sorted(names) and set(five) <= set(names)
        assert re.fullmatch(r"[0-9a-f]{64}", answer.text_of("Owner/ID"))
        for date in answer.texts_of("Buckets/Bucket/CreationDate"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", date)

    def test_prefix_and_pages(self, raw, five):
        assert self.names(raw.get("/", query=[("prefix", "listed-")]).expect(200)) == five

        seen, token = [], None
        for _ in range(len(five)):
            query = [("prefix", "listed-"), ("max-buckets", "2")] + ([("continuation-token", token)] if token else [])
            answer = raw.get("/", query=query).expect(200)
            assert len(self.names(answer)) <= 2
            seen += self.names(answer)
            token = answer.text_of("ContinuationToken")
            if not token:
                break
        assert seen == five

    @pytest.mark.parametrize("value", ["0", "-1", "10001", "many"])
    def test_a_page_size_out_of_range_is_refused(self, raw, value):
        raw.get("/", query=[("max-buckets", value)]).expect(400, "InvalidArgument")

    def test_boto3_lists_them(self, s3, five):
        assert set(five) <= {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
