# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: a node that most tests share, nodes of a test's own, clients and fresh buckets."""

import atexit
import itertools
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from node import Node
from support import boto3_client, raw_client, set_versioning

bucket_numbers = itertools.count(1)


def end_all_nodes():
    for node in list(Node.running):
        node.kill()


atexit.register(end_all_nodes)


@pytest.fixture(scope="session")
def shared_node(tmp_path_factory):
    node = Node(tmp_path_factory.mktemp("shared"))
    node.start()
    yield node
    node.kill()


@pytest.fixture
def node(shared_node):
    """The node that most tests share. A test during which it ends fails; the next one gets it started again."""
    if not shared_node.is_running():
        shared_node.kill()
        shared_node.start()
    yield shared_node
    assert shared_node.is_running(), f"the node ended during this test:\n{shared_node.log_tail()}"


@pytest.fixture
def new_node(tmp_path):
    """Makes nodes of the test's own: new_node() or new_node("name", arguments=[...]); all are ended after it."""
    nodes = []

    def make(name="node", **options):
        nodes.append(Node(tmp_path / name, **options))
        return nodes[-1]

    yield make
    for node in nodes:
        node.kill()


@pytest.fixture
def raw(node):
    return raw_client(node)


@pytest.fixture
def s3(node):
    return boto3_client(node)


@pytest.fixture
def new_bucket(raw, request):
    """Makes a bucket and answers its name; each call another one."""

    def make():
        name = f"t{next(bucket_numbers)}-" + "".join(
            character for character in request.node.name.lower() if character.isalnum())[:40].rstrip("-")
        raw.put("/" + name).expect(200)
        return name

    return make


@pytest.fixture
def bucket(new_bucket):
    return new_bucket()


@pytest.fixture
def versioned(raw, bucket):
    set_versioning(raw, bucket, "Enabled")
    return bucket


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for node in Node.running:
            report.sections.append((f"log of the node in {node.folder.name}", node.log_tail(40)))
