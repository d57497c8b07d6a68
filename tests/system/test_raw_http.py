# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP as bytes on a socket: framing that smuggles requests, slow clients, 100-continue, pipelining."""

import socket
import time

import pytest

from sigv4_raw import UNSIGNED, canonical_query
from support import random_bytes


class Wire:
    """A socket with deadlines that reads whole HTTP/1.1 answers."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def fill(self):
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def answer(self, has_body=True):
        """(status, lower-case head, body) of the next answer; (0, "", b"") when the server closed instead."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.fill():
                return 0, "", b""
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        head = head.decode("latin-1")
        status = int(head.split()[1])
        length = 0
        for line in head.lower().split("\r\n")[1:]:
            if line.startswith("content-length:"):
                length = int(line.split(":")[1])
        if not has_body or status in (100, 204, 304):
            length = 0
        while len(self.buffer) < length:
            assert self.fill(), "the server closed within a body"
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return status, head.lower(), body

    def is_closed(self):
        """Waits until the server closes; whatever comes before is kept."""
        try:
            while self.fill():
                pass
        except ConnectionResetError:
            pass
        return True


@pytest.fixture
def wire(node):
    wires = []

    def connect(**options):
        wires.append(Wire(node.s3_port, **options))
        return wires[-1]

    yield connect
    for each in wires:
        each.socket.close()


def request_text(raw, method, path, body=b"", extra=(), query=(), drop=(), payload_hash=None):
    """The bytes of a signed request without the body; `extra` are further header lines, unsigned."""
    head, path, query = raw.signed_head(method, path, query, body=body, payload_hash=payload_hash)
    lines = [f"{name}: {value}" for name, value in head.items() if name not in drop]
    target = path + ("?" + canonical_query(query) if query else "")
    return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, *extra, "", ""])


class TestFraming:
    @pytest.mark.parametrize("lines", [
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5, 6"],
        ["Content-Length: +5"],
        ["Content-Length: 0x5"],
        ["Content-Length: -1"],
        ["Content-Length: 5 5"],
        ["Content-Length:"],
        ["Content-Length: 99999999999999999999999"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: identity"],
        ["Transfer-Encoding: gzip, chunked"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding : chunked"],
        ["Transfer-Encoding:\x0bchunked"],
        [" Transfer-Encoding: chunked"],
        ["Content-Length : 5"],
        ["Bad Header: x", "Content-Length: 5"],
        ["No-Colon", "Content-Length: 5"],
        ["Folded: a", " b", "Content-Length: 5"],
        ["Null: a\x00b", "Content-Length: 5"],
        ["Host: other.example", "Content-Length: 5"],
    ], ids=lambda lines: ascii(" | ".join(lines)))
    def test_an_ambiguous_head_is_refused_and_the_connection_closed(self, raw, bucket, wire, lines):
        with wire() as connection:
            connection.send(request_text(raw, "PUT", f"/{bucket}/key", extra=lines, payload_hash=UNSIGNED) + "hello"
                            + request_text(raw, "PUT", f"/{bucket}/smuggled", extra=["Content-Length: 0"]))
            status, _, _ = connection.answer()
            codings = [line.partition(":")[2].strip() for line in lines if line.startswith("Transfer-Encoding:")]
            unknown = len(codings) == 1 and codings != ["chunked"] and "\x0b" not in codings[0] and len(lines) == 1
            assert status == (501 if unknown else 400)
            assert connection.is_closed()
            assert b"HTTP/1.1 200" not in connection.buffer
        raw.get(f"/{bucket}/smuggled").expect(404)
        raw.get(f"/{bucket}/key").expect(404)

    @pytest.mark.parametrize("first_line", [
        "GET  / HTTP/1.1", "GET /a b HTTP/1.1", "GET / HTTP/2.0", "GET / HTTP/1.12", "GET /", "get / http/1.1",
        "GET /\x01 HTTP/1.1", "GET /\x7f HTTP/1.1", "G\x00T / HTTP/1.1", " GET / HTTP/1.1", "GET\t/ HTTP/1.1",
        "GET relative HTTP/1.1", "GET", "\x16\x03\x01\x02\x00\x01\x00garbage"], ids=ascii)
    def test_a_bad_request_line_is_refused(self, node, wire, first_line):
        with wire() as connection:
            connection.send(first_line + "\r\nHost: 127.0.0.1\r\n\r\n")
            if first_line.startswith("\x16"):  # the beginning of TLS, which is never answered in clear
                assert connection.is_closed() and connection.buffer == b""
            else:
                assert connection.answer()[0] == (505 if first_line.endswith("HTTP/2.0") else 400)
        assert node.health()[0] == 200

    def test_a_request_without_host_or_with_two_is_refused(self, raw, wire):
        for hosts in ("", "Host: a\r\nHost: a\r\n"):
            with wire() as connection:
                connection.send(f"GET / HTTP/1.1\r\n{hosts}\r\n")
                assert connection.answer()[0] == 400
                assert connection.is_closed()

    def test_a_head_of_more_than_16_kib_is_refused(self, wire):
        with wire() as connection:
            connection.send("GET / HTTP/1.1\r\nHost: a\r\n" + "X-Long: " + "a" * 17_000 + "\r\n\r\n")
            assert connection.answer()[0] == 431
            assert connection.is_closed()

    def test_a_chunked_body_has_no_length_and_is_refused(self, raw, bucket, wire):
        with wire() as connection:
            connection.send(request_text(raw, "PUT", f"/{bucket}/key", payload_hash=UNSIGNED,
                                         extra=["Transfer-Encoding: chunked"]) + "5\r\nhello\r\n0\r\n\r\n")
            status, _, body = connection.answer()
            assert status == 411 and b"<Code>MissingContentLength</Code>" in body
        raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")

    @pytest.mark.parametrize("chunks", ["zz\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5\r\nhelloX0\r\n\r\n",
                                        "ffffffffffffffffff\r\nhello\r\n0\r\n\r\n", "5\nhello\n0\n\n"], ids=ascii)
    def test_a_broken_chunked_body_stores_nothing(self, raw, bucket, wire, chunks):
        with wire() as connection:
            connection.send(request_text(raw, "PUT", f"/{bucket}/key", payload_hash=UNSIGNED,
                                         extra=["Transfer-Encoding: chunked"]) + chunks)
            assert connection.answer()[0] == 411
            assert connection.is_closed()
        raw.get(f"/{bucket}/key").expect(404)


class TestConnections:
    def test_many_requests_on_one_connection(self, raw, bucket, wire):
        raw.put(f"/{bucket}/key", b"content").expect(200)
        with wire() as connection:
            for _ in range(20):
                connection.send(request_text(raw, "GET", f"/{bucket}/key"))
                status, _, body = connection.answer()
                assert (status, body) == (200, b"content")

    def test_pipelined_requests_are_answered_in_order(self, raw, bucket, wire):
        for number in range(5):
            raw.put(f"/{bucket}/key-{number}", str(number).encode()).expect(200)
        with wire() as connection:
            connection.send("".join(request_text(raw, "GET", f"/{bucket}/key-{number}") for number in range(5)))
            assert [connection.answer()[2] for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]

    def test_a_head_answer_is_not_followed_by_a_body(self, raw, bucket, wire):
        raw.put(f"/{bucket}/key", b"content").expect(200)
        with wire() as connection:
            connection.send(request_text(raw, "HEAD", f"/{bucket}/key"))
            status, head, _ = connection.answer(has_body=False)
            assert status == 200 and "content-length: 7" in head
            connection.send(request_text(raw, "HEAD", f"/{bucket}/missing"))
            assert connection.answer(has_body=False)[0] == 404
            connection.send(request_text(raw, "GET", f"/{bucket}/key"))
            assert connection.answer()[2] == b"content"

    def test_http_1_0_is_answered_and_closed(self, raw, bucket, wire):
        raw.put(f"/{bucket}/key", b"content").expect(200)
        with wire() as connection:
            connection.send(request_text(raw, "GET", f"/{bucket}/key").replace("HTTP/1.1", "HTTP/1.0"))
            assert connection.answer()[2] == b"content"
            assert connection.is_closed()

    def test_connection_close_is_honoured(self, raw, bucket, wire):
        with wire() as connection:
            connection.send(request_text(raw, "GET", "/" + bucket, extra=["Connection: close"]))
            assert connection.answer()[0] == 200
            assert connection.is_closed()

    def test_an_upload_that_breaks_off_leaves_nothing(self, raw, bucket, wire):
        for size, sent in [(1000, 500), (3_000_000, 2_500_000)]:
            body = random_bytes(size)
            with wire() as connection:
                connection.send(request_text(raw, "PUT", f"/{bucket}/key", body, [f"Content-Length: {size}"]))
                connection.send(body[:sent])
            raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")

    def test_a_download_that_is_left_harms_nothing(self, raw, bucket, wire, node):
        data = random_bytes(4 << 20)
        raw.put(f"/{bucket}/key", data).expect(200)
        for _ in range(5):
            with wire() as connection:
                connection.send(request_text(raw, "GET", f"/{bucket}/key"))
                connection.fill()
        assert raw.get(f"/{bucket}/key").expect(200).body == data

    def test_a_client_that_reads_slowly_gets_it_all(self, raw, bucket, wire):
        data = random_bytes(3 << 20)
        raw.put(f"/{bucket}/key", data).expect(200)
        with wire() as connection:
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            connection.send(request_text(raw, "GET", f"/{bucket}/key"))
            got = b""
            while len(got) < len(data) + 100:
                piece = connection.socket.recv(20_000)
                if not piece:
                    break
                got += piece
                if got.endswith(data[-1000:]):
                    break
            assert got.endswith(data)


class TestContinue:
    def test_100_comes_after_authentication_and_before_the_body(self, raw, bucket, wire):
        with wire() as connection:
            connection.send(request_text(raw, "PUT", f"/{bucket}/key", b"hello",
                                         ["Content-Length: 5", "Expect: 100-continue"]))
            assert connection.answer()[0] == 100
            connection.send(b"hello")
            assert connection.answer()[0] == 200
        assert raw.get(f"/{bucket}/key").body == b"hello"

    def test_a_refusal_comes_instead_of_100(self, raw, bucket, wire):
        from node import ACCESS_KEY
        from sigv4_raw import RawClient, Signer

        stranger = RawClient(raw.port, Signer(ACCESS_KEY, "wrong"))
        for client, path, status in [(stranger, f"/{bucket}/key", 403), (raw, "/no-such-bucket-here/key", 404),
                                     (raw, f"/{bucket}/" + "k" * 1025, 400)]:
            with wire() as connection:
                connection.send(request_text(client, "PUT", path, b"hello",
                                             ["Content-Length: 5", "Expect: 100-continue"]))
                assert connection.answer()[0] == status

    def test_100_comes_also_before_an_empty_body(self, raw, bucket, wire):
        """botocore takes any other first answer for a refusal, and then mixes up the answers of the connection."""
        with wire() as connection:
            for number in range(2):
                connection.send(request_text(raw, "PUT", f"/{bucket}/key-{number}", b"",
                                             ["Content-Length: 0", "Expect: 100-continue"]))
                assert connection.answer()[0] == 100
                assert connection.answer()[0] == 200

    def test_an_unknown_expectation_is_refused(self, raw, bucket, wire):
        with wire() as connection:
            connection.send(request_text(raw, "PUT", f"/{bucket}/key", b"hello",
                                         ["Content-Length: 5", "Expect: 200-ok"]) + "hello")
            assert connection.answer()[0] == 417


class TestDeadlines:
    """The limits of the design: 10 s for a head, at least 16 KiB of a body in 10 s. Polled with a margin."""

    def test_a_head_that_never_ends_is_given_up(self, wire, raw, bucket):
        with wire(timeout=40) as slow, wire() as other:
            slow.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
            other.send(request_text(raw, "GET", "/" + bucket))
            assert other.answer()[0] == 200
            started = time.monotonic()
            assert slow.is_closed()
            assert time.monotonic() - started < 35

    def test_a_body_that_never_comes_is_given_up(self, raw, bucket, wire):
        with wire(timeout=60) as slow:
            slow.send(request_text(raw, "PUT", f"/{bucket}/key", b"x" * 100_000, ["Content-Length: 100000"]) + "x")
            assert slow.is_closed()
        raw.get(f"/{bucket}/key").expect(404, "NoSuchKey")

    def test_two_hundred_idle_connections_keep_nobody_out(self, raw, bucket, wire):
        for _ in range(200):
            wire()
        raw.get("/" + bucket).expect(200)
