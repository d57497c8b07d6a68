# SPDX-License-Identifier: GPL-3.0-or-later
"""A small S3 client that signs by hand (signature version 4), so that a test decides every byte that is sent.

Sources: AWS's "Authenticating Requests (AWS Signature Version 4)" and "Signature Calculations for the Authorization
Header: Transferring Payload in Multiple Chunks", also with trailing headers.
"""

import datetime
import hashlib
import hmac
import http.client
from urllib.parse import quote
from xml.etree import ElementTree

EMPTY_HASH = hashlib.sha256(b"").hexdigest()
UNSIGNED = "UNSIGNED-PAYLOAD"
STREAMING = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
STREAMING_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def encode(text, keep_slash):
    return quote(text, safe="-_.~/" if keep_slash else "-_.~")


def hmac_sha256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def canonical_query(pairs):
    return "&".join(f"{name}={value}" for name, value in sorted(
        (encode(name, False), encode(str(value), False)) for name, value in pairs))


class Signer:
    def __init__(self, access_key, secret_key, region="us-east-1", service="s3"):
        self.access_key, self.secret_key, self.region, self.service = access_key, secret_key, region, service

    def scope(self, amz_date):
        return f"{amz_date[:8]}/{self.region}/{self.service}/aws4_request"

    def key(self, day):
        key = hmac_sha256(b"AWS4" + self.secret_key.encode(), day)
        for part in (self.region, self.service, "aws4_request"):
            key = hmac_sha256(key, part)
        return key

    def signature(self, amz_date, text):
        return hmac.new(self.key(amz_date[:8]), text.encode(), hashlib.sha256).hexdigest()

    def request_signature(self, method, path, query, headers, signed, payload_hash, amz_date):
        """`path` is encoded already; `headers` has lower-case names; `signed` are the names that are covered."""
        canonical = "\n".join([
            method, path, canonical_query(query),
            "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed), ";".join(signed), payload_hash])
        return self.signature(amz_date, "\n".join([
            "AWS4-HMAC-SHA256", amz_date, self.scope(amz_date), hashlib.sha256(canonical.encode()).hexdigest()]))

    def authorization(self, method, path, query, headers, payload_hash, amz_date):
        signed = sorted(headers)
        signature = self.request_signature(method, path, query, headers, signed, payload_hash, amz_date)
        return (f"AWS4-HMAC-SHA256 Credential={self.access_key}/{self.scope(amz_date)}, "
                f"SignedHeaders={';'.join(signed)}, Signature={signature}"), signature

    def presigned_query(self, method, path, query, host, expires, amz_date, headers=None):
        headers = {"host": host, **(headers or {})}
        signed = sorted(headers)
        query = [*query, ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
                 ("X-Amz-Credential", f"{self.access_key}/{self.scope(amz_date)}"), ("X-Amz-Date", amz_date),
                 ("X-Amz-Expires", str(expires)), ("X-Amz-SignedHeaders", ";".join(signed))]
        signature = self.request_signature(method, path, query, headers, signed, UNSIGNED, amz_date)
        return [*query, ("X-Amz-Signature", signature)]

    def chunked_body(self, chunks, seed, amz_date, trailer=None):
        """An aws-chunked body of signed chunks. `trailer` is a list of (name, value) whose signature follows them."""
        body, previous = b"", seed
        for chunk in [*chunks, b""]:
            previous = self.signature(amz_date, "\n".join([
                "AWS4-HMAC-SHA256-PAYLOAD", amz_date, self.scope(amz_date), previous, EMPTY_HASH,
                hashlib.sha256(chunk).hexdigest()]))
            body += f"{len(chunk):x};chunk-signature={previous}\r\n".encode() + chunk + (b"\r\n" if chunk else b"")
        if trailer is not None:
            lines = "".join(f"{name}:{value}\n" for name, value in trailer)
            previous = self.signature(amz_date, "\n".join([
                "AWS4-HMAC-SHA256-TRAILER", amz_date, self.scope(amz_date), previous,
                hashlib.sha256(lines.encode()).hexdigest()]))
            body += "".join(f"{name}:{value}\r\n" for name, value in trailer).encode()
            body += f"x-amz-trailer-signature:{previous}\r\n".encode()
        return body + b"\r\n"


def unsigned_chunks(chunks, trailer=()):
    """An aws-chunked body without signatures, as STREAMING-UNSIGNED-PAYLOAD-TRAILER sends it."""
    body = b"".join(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    return body + b"0\r\n" + "".join(f"{name}:{value}\r\n" for name, value in trailer).encode() + b"\r\n"


def amz_now(offset_seconds=0):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset_seconds)
    return now.strftime("%Y%m%dT%H%M%SZ")


def without_namespaces(text):
    root = ElementTree.fromstring(text)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.body = status, body
        self.header_list = headers
        self.headers = {name.lower(): value for name, value in headers}

    def xml(self):
        return without_namespaces(self.body)

    def text_of(self, path):
        return self.xml().findtext(path)

    def texts_of(self, path):
        return [element.text or "" for element in self.xml().findall(path)]

    @property
    def etag(self):
        return self.headers.get("etag")

    @property
    def code(self):
        """The error document's <Code>, or None."""
        try:
            root = self.xml()
        except ElementTree.ParseError:
            return None
        return root.findtext("Code") if root.tag == "Error" else None

    def __repr__(self):
        return f"<{self.status} {dict(self.headers)} {self.body[:1500]!r}>"

    def expect(self, status, code=None):
        """This answer, if it has the status (and the error code); fails with everything that came otherwise."""
        statuses = status if isinstance(status, tuple) else (status,)
        codes = code if isinstance(code, tuple) else (code,)
        assert self.status in statuses, f"wanted {status} {code or ''}, got {self}"
        if code is not None:
            assert self.code in codes, f"wanted {code}, got {self}"
        return self


class RawClient:
    """Sends one signed request a connection. Paths are decoded text; everything else is sent as given."""

    def __init__(self, port, signer, timeout=60, address="127.0.0.1"):
        self.port, self.signer, self.timeout, self.address = port, signer, timeout, address

    @property
    def host(self):
        return f"{self.address}:{self.port}"

    def send(self, method, target, headers, body=b""):
        """Without a signature; `target` is the encoded path and query."""
        connection = http.client.HTTPConnection(self.address, self.port, timeout=self.timeout)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body if body else None)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def request(self, method, path="/", query=(), headers=None, body=b"", payload_hash=None, amz_date=None,
                signer=None, length=True):
        """A signed request. `query` is a list of (name, value); a sub-resource is ("acl", "")."""
        head, path, query = self.signed_head(method, path, query, headers, body, payload_hash, amz_date, signer)
        if length and (body or method in ("PUT", "POST")):
            head["content-length"] = str(len(body))
        return self.send(method, path + ("?" + canonical_query(query) if query else ""), head, body)

    def signed_head(self, method, path, query=(), headers=None, body=b"", payload_hash=None, amz_date=None,
                    signer=None):
        signer = signer or self.signer
        amz_date = amz_date or amz_now()
        path = encode(path, True)
        query = list(query.items()) if isinstance(query, dict) else list(query)
        payload_hash = payload_hash or hashlib.sha256(body).hexdigest()
        head = {"host": self.host, "x-amz-date": amz_date, "x-amz-content-sha256": payload_hash}
        head.update({name.lower(): value for name, value in (headers or {}).items()})
        head["authorization"] = signer.authorization(method, path, query, head, payload_hash, amz_date)[0]
        return head, path, query

    def put(self, path, body=b"", headers=None, query=(), **more):
        return self.request("PUT", path, query, headers, body, **more)

    def get(self, path, headers=None, query=(), **more):
        return self.request("GET", path, query, headers, **more)

    def head(self, path, headers=None, query=(), **more):
        return self.request("HEAD", path, query, headers, **more)

    def delete(self, path, headers=None, query=(), **more):
        return self.request("DELETE", path, query, headers, **more)

    def post(self, path, body=b"", headers=None, query=(), **more):
        return self.request("POST", path, query, headers, body, **more)

    def put_chunks(self, path, chunks, payload_hash, trailer=None, headers=None, change=lambda body: body, signer=None):
        """A PUT whose body is aws-chunked; `change` may tamper with the encoded body."""
        signer = signer or self.signer
        amz_date = amz_now()
        encoded_path = encode(path, True)
        head = {"host": self.host, "x-amz-date": amz_date, "x-amz-content-sha256": payload_hash,
                "content-encoding": "aws-chunked",
                "x-amz-decoded-content-length": str(sum(len(chunk) for chunk in chunks))}
        if trailer:
            head["x-amz-trailer"] = ",".join(name for name, _ in trailer)
        head.update({name.lower(): value for name, value in (headers or {}).items()})
        head["authorization"], seed = signer.authorization("PUT", encoded_path, [], head, payload_hash, amz_date)
        if payload_hash == UNSIGNED_TRAILER:
            body = unsigned_chunks(chunks, trailer or ())
        else:
            body = signer.chunked_body(chunks, seed, amz_date,
                                       trailer if payload_hash == STREAMING_TRAILER else None)
        body = change(body)
        head["content-length"] = str(len(body))
        return self.send("PUT", encoded_path, head, body)
