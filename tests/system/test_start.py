# SPDX-License-Identifier: GPL-3.0-or-later
"""A node whose store takes long to load answers from the beginning, and says that it starts."""

import json
import urllib.error
import urllib.request

from node import poll
from support import raw_client

SLOW_SECONDS = 3


def slow_to_open(path):
    """Runs the node with a delay in its opening of `path`."""
    return ["/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", "-P", str(path), "-e", "trace=openat",
            "-e", f"inject=openat:delay_enter={SLOW_SECONDS}s:when=1"]


def console_answer(node, path):
    """(status, Retry-After, body) of a GET on the console's port."""
    try:
        with urllib.request.urlopen(node.console_url + path, timeout=5) as answer:
            return answer.status, answer.headers["Retry-After"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Retry-After"], error.read().decode()


def test_the_ports_answer_before_the_store_is_loaded(new_node):
    node = new_node().start()
    raw = raw_client(node)
    raw.put("/box").expect(200)
    assert node.stop() == 0
    node.wrapper = slow_to_open(node.data / "index" / "LOCK")
    node.spawn()
    poll(node.find_ports, "the ports are open", 30)
    raw = raw_client(node)

    status, text = node.health()
    assert (status, json.loads(text)["status"]) == (503, "starting")
    status, text = node.health(node.console_port)
    assert (status, json.loads(text)["status"]) == (503, "starting")
    answer = raw.get("/box").expect(503, "ServiceUnavailable")
    assert answer.headers["retry-after"] == "1"
    status, retry, text = console_answer(node, "/api/v1/buckets")
    assert (status, retry, json.loads(text)["code"]) == (503, "1", "Starting")
    assert console_answer(node, "/metrics")[:2] == (503, "1")

    node.wait_until_serving()
    raw.get("/box").expect(200)
    assert console_answer(node, "/metrics")[0] == 200
