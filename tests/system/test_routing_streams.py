# SPDX-License-Identifier: GPL-3.0-or-later
"""Long bodies that a node passes on take no memory, however long they are and however slowly they are read."""

import hashlib
import http.client
import os
import re
import socket
import threading
import time

from routing import bucket, cluster, edge, nodes, owner
from sigv4_raw import UNSIGNED, Answer
from support import MIB, random_bytes
from test_raw_http import Wire, request_text

LONG_MIB = int(os.environ.get("MAXIOFS_LARGE_MIB", 256))  # ./dev soak takes 5 GiB
# Of an edge's memory, whatever the size of what it passes on; a sanitizer keeps much of what was freed.
MOST_GROWTH = int(os.environ.get("MAXIOFS_MOST_GROWTH_MIB", 48)) * MIB


def resident_bytes(node):
    with open(f"/proc/{node.pid()}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1]) * 1024


def send_long(client, path, block, blocks):
    """PUT of the block again and again, without holding the whole; (the answer, the MD5 of what was sent)."""
    size = len(block) * blocks
    head, target, _ = client.signed_head("PUT", path, payload_hash=UNSIGNED)
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=300)
    digest = hashlib.md5()
    try:
        connection.putrequest("PUT", target, skip_host=True, skip_accept_encoding=True)
        for name, value in {**head, "content-length": str(size)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        for _ in range(blocks):
            connection.send(block)
            digest.update(block)
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read()), digest.hexdigest()
    finally:
        connection.close()


def read_long(client, path):
    """(length, MD5) of an object, read in pieces."""
    head, target, _ = client.signed_head("GET", path)
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=300)
    try:
        connection.request("GET", target, headers=head)
        answer = connection.getresponse()
        assert answer.status == 200
        digest, length = hashlib.md5(), 0
        while piece := answer.read(MIB):
            digest.update(piece)
            length += len(piece)
        return length, digest.hexdigest()
    finally:
        connection.close()


def test_a_long_body_streams_through_in_bounded_memory(nodes, edge, bucket):
    edge.put(f"/{bucket}/warm", random_bytes(5 * MIB)).expect(200)
    before, highest, done = resident_bytes(nodes[1]), [0], threading.Event()

    def watch():
        while not done.wait(0.05):
            highest[0] = max(highest[0], resident_bytes(nodes[1]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        answer, md5 = send_long(edge, f"/{bucket}/long", random_bytes(4 * MIB), LONG_MIB // 4)
        assert answer.expect(200).etag == f'"{md5}"'
        assert read_long(edge, f"/{bucket}/long") == (LONG_MIB // 4 * 4 * MIB, md5)
    finally:
        done.set()
        watcher.join()
    assert highest[0] - before < MOST_GROWTH
    edge.delete(f"/{bucket}/long").expect(204)


def test_a_client_that_reads_slowly_holds_no_memory(nodes, owner, edge, bucket):
    data = random_bytes(64 * MIB, 9)
    owner.put(f"/{bucket}/slow", data, payload_hash=UNSIGNED).expect(200)
    before = resident_bytes(nodes[1])
    with Wire(nodes[1].s3_port) as wire:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        wire.send(request_text(edge, "GET", f"/{bucket}/slow"))
        received = bytearray(wire.socket.recv(1000))
        for _ in range(50):
            received += wire.socket.recv(10_000)
            assert resident_bytes(nodes[1]) - before < MOST_GROWTH
            time.sleep(0.02)
        while piece := wire.socket.recv(MIB):
            received += piece
            if len(received) >= len(data) + received.index(b"\r\n\r\n") + 4:
                break
    assert received.endswith(data[-100_000:])
