# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of errors, and that nothing which changes meaning is accepted and dropped."""

import pytest


def test_an_error_document_has_code_message_resource_and_request_id(raw, bucket):
    answer = raw.get(f"/{bucket}/no such key").expect(404, "NoSuchKey")

    assert answer.headers["content-type"] == "application/xml"
    assert answer.text_of("Message") and answer.text_of("Resource") == f"/{bucket}/no such key"
    assert answer.text_of("RequestId") == answer.headers["x-amz-request-id"]
    assert answer.body.startswith(b"<?xml")


def test_every_answer_has_a_request_id_of_its_own(raw, bucket):
    ids = {raw.get("/" + bucket).headers["x-amz-request-id"] for _ in range(3)}
    ids |= {raw.head("/" + bucket).headers["x-amz-request-id"], raw.put(f"/{bucket}/a", b"").headers["x-amz-request-id"]}
    assert len(ids) == 5


def test_a_head_error_has_no_body(raw, bucket):
    for path in (f"/{bucket}/nothing", "/no-such-bucket-here", "/no-such-bucket-here/key"):
        assert raw.head(path).expect(404).body == b""


@pytest.mark.parametrize("method, name", [(method, name) for name in (
    "lifecycle", "policy", "cors", "website", "notification", "replication", "encryption", "logging", "accelerate",
    "requestPayment", "object-lock", "inventory", "metrics", "analytics", "ownershipControls", "publicAccessBlock",
    "intelligent-tiering", "policyStatus") for method in ("GET", "PUT", "DELETE")
    if not (name == "policyStatus" and method != "GET")])
def test_a_bucket_operation_that_is_not_built_is_named(raw, bucket, method, name):
    answer = raw.request(method, "/" + bucket, [(name, "")])
    answer.expect(501, "NotImplemented")
    assert answer.text_of("Operation").startswith({"GET": "Get", "PUT": "Put", "DELETE": "Delete"}[method])
    raw.head("/" + bucket).expect(200)


@pytest.mark.parametrize("method, name", [
    ("PUT", "acl"), ("PUT", "retention"), ("PUT", "legal-hold"), ("POST", "restore"), ("GET", "torrent"),
    ("POST", "select")])
def test_an_object_operation_that_is_not_built_is_named(raw, bucket, method, name):
    raw.put(f"/{bucket}/key", b"x").expect(200)
    body = b"<AccessControlPolicy/>" if name == "acl" else b"<X/>"
    answer = raw.request(method, f"/{bucket}/key", [(name, "")], body=body)
    answer.expect(501, "NotImplemented")
    assert raw.get(f"/{bucket}/key").body == b"x"


@pytest.mark.parametrize("name, value", [
    ("x-amz-server-side-encryption", "aws:kms"),
    ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
    ("x-amz-website-redirect-location", "/elsewhere"),
    ("x-amz-object-lock-mode", "GOVERNANCE"),
    ("x-amz-object-lock-legal-hold", "ON"),
    ("x-amz-storage-class", "GLACIER"),
    ("x-amz-acl", "public-read"),
    ("x-amz-grant-read", 'id="x"'),
    ("x-amz-write-offset-bytes", "1"),
])
def test_a_header_that_is_not_built_is_named_and_nothing_is_stored(raw, bucket, name, value):
    answer = raw.put(f"/{bucket}/key", b"x", {name: value})
    answer.expect(501, "NotImplemented")
    assert answer.text_of("Header") == name
    raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")


def test_a_private_acl_is_the_only_one_there_is(raw, bucket):
    raw.put(f"/{bucket}/key", b"x", {"x-amz-acl": "private"}).expect(200)
    raw.put(f"/{bucket}/key", b"x", {"x-amz-storage-class": "STANDARD"}).expect(200)


@pytest.mark.parametrize("method, path", [("POST", "/{bucket}/key"), ("POST", "/"), ("PUT", "/"), ("DELETE", "/"),
                                          ("PATCH", "/{bucket}/key"), ("OPTIONS", "/{bucket}/key")])
def test_a_method_that_the_resource_does_not_have(raw, bucket, method, path):
    answer = raw.request(method, path.format(bucket=bucket))
    if method == "OPTIONS":  # a preflight request: sharing across origins is not built
        answer.expect(501, "NotImplemented")
    else:
        answer.expect(405, "MethodNotAllowed")


def test_a_put_without_a_length_is_refused(raw, bucket):
    head, path, _ = raw.signed_head("PUT", f"/{bucket}/key", payload_hash="UNSIGNED-PAYLOAD")
    raw.send("PUT", path, head).expect(411, "MissingContentLength")


def test_a_document_that_is_too_large_is_refused(raw, bucket):
    body = b"<Tagging>" + b" " * (3 << 20) + b"</Tagging>"
    raw.put(f"/{bucket}/key", b"x").expect(200)
    answer = raw.put(f"/{bucket}/key", body, query=[("tagging", "")])
    answer.expect(400, "MaxMessageLengthExceeded")


def test_health_is_answered_on_both_ports_without_a_signature(node):
    import json

    for port in (node.s3_port, node.console_port):
        status, text = node.health(port)
        assert status == 200
        health = json.loads(text)
        assert health["status"] == "healthy" and health["version"] and health["node_id"]


def test_a_virtual_hosted_bucket_is_found_by_its_host(new_node):
    from support import raw_client

    node = new_node(arguments=["--s3-domain", "s3.example.test"]).start()
    raw = raw_client(node)
    raw.put("/hosted").expect(200)
    raw.put("/hosted/a key", b"x").expect(200)

    got = raw.get("/a key", {"host": "hosted.s3.example.test"}).expect(200)
    assert got.body == b"x"
    for host in "hosted.s3.example.test", "hosted.S3.Example.TEST":
        raw.get("/health", {"host": host}).expect(404, "NoSuchKey")
