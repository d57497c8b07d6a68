# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication by signature version 4: headers, presigned URLs, payload hashes and signed chunks."""

import hashlib
import http.client

import pytest

from node import ACCESS_KEY, SECRET_KEY
from sigv4_raw import (STREAMING, STREAMING_TRAILER, UNSIGNED, UNSIGNED_TRAILER, Signer, amz_now, canonical_query,
                       encode)
from support import boto3_client, random_bytes

DATA = random_bytes(200_000, 51)


class TestHeader:
    def test_a_wrong_secret_is_refused_with_what_was_signed(self, raw, bucket):
        answer = raw.get("/" + bucket, signer=Signer(ACCESS_KEY, SECRET_KEY + "x")).expect(403, "SignatureDoesNotMatch")
        assert answer.text_of("AWSAccessKeyId") == ACCESS_KEY
        assert answer.text_of("StringToSign").startswith("AWS4-HMAC-SHA256\n")
        assert answer.text_of("CanonicalRequest").startswith(f"GET\n/{bucket}\n")
        assert SECRET_KEY not in answer.body.decode()

    def test_an_unknown_key_is_refused(self, raw, bucket):
        raw.get("/" + bucket, signer=Signer("UNKNOWNKEY0000000001", SECRET_KEY)).expect(403, "InvalidAccessKeyId")

    @pytest.mark.parametrize("offset", [-16 * 60, 16 * 60])
    def test_a_clock_that_is_off_is_refused(self, raw, bucket, offset):
        raw.get("/" + bucket, amz_date=amz_now(offset)).expect(403, "RequestTimeTooSkewed")

    @pytest.mark.parametrize("offset", [-14 * 60, 14 * 60])
    def test_a_clock_that_is_a_little_off_is_accepted(self, raw, bucket, offset):
        raw.get("/" + bucket, amz_date=amz_now(offset)).expect(200)

    def test_without_a_signature_nothing_is_told(self, raw, bucket):
        for method, target in [("GET", "/"), ("GET", "/" + bucket), ("PUT", f"/{bucket}/key"), ("GET", "/no-such-bucket")]:
            raw.send(method, target, {"host": raw.host, "content-length": "0"}).expect(403, "AccessDenied")

    @pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "anything"])
    def test_the_region_is_accepted_as_signed(self, raw, bucket, region):
        raw.get("/" + bucket, signer=Signer(ACCESS_KEY, SECRET_KEY, region)).expect(200)

    def test_another_service_is_refused(self, raw, bucket):
        answer = raw.get("/" + bucket, signer=Signer(ACCESS_KEY, SECRET_KEY, service="ec2"))
        answer.expect(400, "AuthorizationHeaderMalformed")

    @pytest.mark.parametrize("changed, code", [
        (lambda value: "AWS4-HMAC-SHA256", "AuthorizationHeaderMalformed"),
        (lambda value: value.replace("Signature=", "Sig="), "AuthorizationHeaderMalformed"),
        (lambda value: value.replace("/aws4_request", ""), "AuthorizationHeaderMalformed"),
        (lambda value: value.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"), "InvalidArgument"),
        (lambda value: "AWS " + ACCESS_KEY + ":c2lnbmF0dXJl", "InvalidRequest"),
    ])
    def test_a_malformed_authorization_is_refused(self, raw, bucket, changed, code):
        head, path, _ = raw.signed_head("GET", "/" + bucket)
        head["authorization"] = changed(head["authorization"])
        raw.send("GET", path, head).expect(400, code)

    def test_the_signature_covers_method_path_query_and_headers(self, raw, bucket):
        raw.put(f"/{bucket}/key", b"x").expect(200)
        head, path, _ = raw.signed_head("GET", f"/{bucket}/key", headers={"x-amz-meta-a": "1"})
        for method, target, changed in [
                ("DELETE", path, {}), ("GET", f"/{bucket}/other", {}), ("GET", path + "?acl=", {}),
                ("GET", path, {"x-amz-meta-a": "2"}), ("GET", path, {"x-amz-date": amz_now(60)}),
                ("GET", path, {"host": "other.example"})]:
            raw.send(method, target, {**head, **changed}).expect(403, "SignatureDoesNotMatch")
        raw.send("GET", path, head).expect(200)

    def test_an_amz_header_that_is_not_signed_is_refused(self, raw, bucket):
        head, path, _ = raw.signed_head("PUT", f"/{bucket}/key", body=b"x")
        head.update({"x-amz-meta-sneaked-in": "1", "content-length": "1"})
        raw.send("PUT", path, head, b"x").expect(403, "AccessDenied")

    def test_spaces_in_header_values_are_signed_as_one(self, raw, bucket):
        raw.put(f"/{bucket}/key", b"x", {"x-amz-meta-a": "two   spaces"}).expect(200)

    def test_the_payload_hash_must_be_there_and_fit(self, raw, bucket):
        raw.put(f"/{bucket}/key", b"x", payload_hash=hashlib.sha256(b"y").hexdigest()).expect(
            400, "XAmzContentSHA256Mismatch")
        raw.put(f"/{bucket}/key", b"x", payload_hash="nonsense").expect(400, "InvalidArgument")
        raw.put(f"/{bucket}/key", b"x", payload_hash=UNSIGNED).expect(200)
        head, path, _ = raw.signed_head("PUT", f"/{bucket}/key", body=b"x")
        del head["x-amz-content-sha256"]
        head["authorization"] = raw.signer.authorization("PUT", path, [], {
            name: head[name] for name in ("host", "x-amz-date")}, hashlib.sha256(b"x").hexdigest(), head["x-amz-date"])[0]
        head["content-length"] = "1"
        raw.send("PUT", path, head, b"x").expect(400, "InvalidRequest")


class TestPresigned:
    def target(self, raw, method, path, expires=60, amz_date=None, query=(), signer=None, headers=None):
        path = encode(path, True)
        query = (signer or raw.signer).presigned_query(method, path, list(query), raw.host, expires,
                                                       amz_date or amz_now(), headers)
        return path + "?" + canonical_query(query)

    def test_a_get_and_a_put(self, raw, bucket):
        put = self.target(raw, "PUT", f"/{bucket}/a key")
        raw.send("PUT", put, {"host": raw.host, "content-length": str(len(DATA))}, DATA).expect(200)
        got = raw.send("GET", self.target(raw, "GET", f"/{bucket}/a key"), {"host": raw.host}).expect(200)
        assert got.body == DATA

    def test_response_parameters_are_part_of_what_is_signed(self, raw, bucket):
        raw.put(f"/{bucket}/key", b"x").expect(200)
        target = self.target(raw, "GET", f"/{bucket}/key", query=[("response-content-type", "text/x-a")])
        assert raw.send("GET", target, {"host": raw.host}).expect(200).headers["content-type"] == "text/x-a"
        raw.send("GET", target.replace("text%2Fx-a", "text%2Fx-b"), {"host": raw.host}).expect(
            403, "SignatureDoesNotMatch")

    def test_it_ends_with_its_time(self, raw, bucket):
        raw.put(f"/{bucket}/key", b"x").expect(200)
        expired = self.target(raw, "GET", f"/{bucket}/key", 60, amz_now(-120))
        raw.send("GET", expired, {"host": raw.host}).expect(403, "AccessDenied")
        late = self.target(raw, "GET", f"/{bucket}/key", 3600, amz_now(-1800))
        raw.send("GET", late, {"host": raw.host}).expect(200)
        early = self.target(raw, "GET", f"/{bucket}/key", 3600, amz_now(1800))
        raw.send("GET", early, {"host": raw.host}).expect(403, "AccessDenied")

    @pytest.mark.parametrize("expires", ["-1", "604801", "soon"])
    def test_a_duration_out_of_range_is_refused(self, raw, bucket, expires):
        raw.send("GET", self.target(raw, "GET", "/" + bucket, expires), {"host": raw.host}).expect(
            400, "AuthorizationQueryParametersError")

    def test_a_duration_of_nothing_is_over(self, raw, bucket):
        target = self.target(raw, "GET", "/" + bucket, 0, amz_now(-1))
        raw.send("GET", target, {"host": raw.host}).expect(403, "AccessDenied")

    def test_another_method_or_secret_is_refused(self, raw, bucket):
        get = self.target(raw, "GET", f"/{bucket}/key")
        raw.send("DELETE", get, {"host": raw.host}).expect(403, "SignatureDoesNotMatch")
        foreign = self.target(raw, "GET", f"/{bucket}/key", signer=Signer(ACCESS_KEY, "other"))
        raw.send("GET", foreign, {"host": raw.host}).expect(403, "SignatureDoesNotMatch")

    def test_both_a_header_and_a_query_are_refused(self, raw, bucket):
        head, _, _ = raw.signed_head("GET", "/" + bucket)
        answer = raw.send("GET", self.target(raw, "GET", "/" + bucket), head)
        answer.expect(400, "InvalidArgument")

    def test_a_missing_parameter_is_named(self, raw, bucket):
        target = self.target(raw, "GET", "/" + bucket)
        for name in ("X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders"):
            path, _, query = target.partition("?")
            rest = "&".join(pair for pair in query.split("&") if not pair.startswith(name + "="))
            raw.send("GET", path + "?" + rest, {"host": raw.host}).expect(
                400, "AuthorizationQueryParametersError")

    def test_boto3_makes_urls_that_work(self, node, bucket):
        s3 = boto3_client(node, signature_version="s3v4")
        url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k/ü"}, ExpiresIn=60)
        connection = http.client.HTTPConnection("127.0.0.1", node.s3_port, timeout=30)
        connection.request("PUT", url[len(node.url):], body=b"by url")
        assert connection.getresponse().status == 200
        connection.close()
        assert s3.get_object(Bucket=bucket, Key="k/ü")["Body"].read() == b"by url"


class TestChunks:
    CHUNKS = [DATA[:65536], DATA[65536:131072], DATA[131072:]]

    @pytest.mark.parametrize("mode", [STREAMING, UNSIGNED_TRAILER, STREAMING_TRAILER])
    def test_a_body_in_chunks_is_the_joined_data(self, raw, bucket, mode):
        raw.put_chunks(f"/{bucket}/key", self.CHUNKS, mode, [] if mode == STREAMING_TRAILER else None).expect(200)
        assert raw.get(f"/{bucket}/key").expect(200).body == DATA
        assert "content-encoding" not in raw.head(f"/{bucket}/key").headers

    def test_an_empty_body_in_chunks(self, raw, bucket):
        raw.put_chunks(f"/{bucket}/key", [], STREAMING).expect(200)
        assert raw.get(f"/{bucket}/key").expect(200).body == b""

    def refuse(self, raw, bucket, mode, change, status, code, **more):
        trailer = [("x-amz-checksum-crc32", "AAAAAA==")] if mode == STREAMING_TRAILER else None
        raw.put_chunks(f"/{bucket}/key", self.CHUNKS, mode, trailer, change=change, **more).expect(status, code)
        raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")

    def test_a_changed_byte_in_a_chunk_is_refused(self, raw, bucket):
        def change(body):
            at = len(body) // 2
            return body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]

        self.refuse(raw, bucket, STREAMING, change, 403, "SignatureDoesNotMatch")

    def test_a_changed_chunk_signature_is_refused(self, raw, bucket):
        def change(body):
            at = body.index(b"chunk-signature=") + 16
            return body[:at] + (b"0" if body[at:at + 1] != b"0" else b"1") + body[at + 1:]

        self.refuse(raw, bucket, STREAMING, change, 403, "SignatureDoesNotMatch")

    def test_chunks_in_another_order_are_refused(self, raw, bucket):
        def change(body):
            first = body.index(b"\r\n") + 2 + 65536 + 2
            return body[first:2 * first] + body[:first] + body[2 * first:]

        self.refuse(raw, bucket, STREAMING, change, 403, "SignatureDoesNotMatch")

    def test_a_body_without_its_last_chunk_is_refused(self, raw, bucket):
        self.refuse(raw, bucket, STREAMING, lambda body: body[:body.rindex(b"0;chunk-signature")], 400, "IncompleteBody")

    def test_a_wrong_trailer_signature_is_refused(self, raw, bucket):
        def change(body):
            at = body.index(b"x-amz-trailer-signature:") + 24
            return body[:at] + (b"0" if body[at:at + 1] != b"0" else b"1") + body[at + 1:]

        self.refuse(raw, bucket, STREAMING_TRAILER, change, 403, "SignatureDoesNotMatch")

    def test_another_decoded_length_is_refused(self, raw, bucket):
        for length in (len(DATA) - 1, len(DATA) + 1):
            self.refuse(raw, bucket, STREAMING, lambda body: body, 400, "IncompleteBody",
                        headers={"x-amz-decoded-content-length": str(length)})

    def test_a_missing_or_bad_decoded_length_is_refused(self, raw, bucket):
        for length in ("", "x", "-1"):
            self.refuse(raw, bucket, UNSIGNED_TRAILER, lambda body: body, 411, "MissingContentLength",
                        headers={"x-amz-decoded-content-length": length})

    @pytest.mark.parametrize("bad", [b"zz\r\n", b"10000000000000000\r\n", b"-1\r\n", b" 5\r\n", b"5;" + b"x" * 9000],
                             ids=["letters", "too-large", "negative", "space", "long-extension"])
    def test_a_chunk_head_that_is_none_is_refused(self, raw, bucket, bad):
        self.refuse(raw, bucket, UNSIGNED_TRAILER, lambda body: bad + body, 400, "InvalidRequest")

    def test_a_wrong_secret_is_refused_before_the_body(self, raw, bucket):
        answer = raw.put_chunks(f"/{bucket}/key", self.CHUNKS, STREAMING, signer=Signer(ACCESS_KEY, "wrong"))
        answer.expect(403, "SignatureDoesNotMatch")
