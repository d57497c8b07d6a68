# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: a node that most tests share, nodes and clusters of a test's own, clients and fresh buckets.

With MAXIOFS_EDGE=1 the shared node is the second one of a cluster of two, and the buckets that the tests are given
belong to the first: every request for them is passed on. Tests that do not use the shared node are left out then.
"""

import atexit
import itertools
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cluster import Cluster
from node import Node
from support import boto3_client, raw_client, set_versioning

bucket_numbers = itertools.count(1)
THROUGH_AN_EDGE = os.environ.get("MAXIOFS_EDGE") == "1"


def end_all_nodes():
    for node in list(Node.running):
        node.kill()


atexit.register(end_all_nodes)


def pytest_collection_modifyitems(config, items):
    if not THROUGH_AN_EDGE:
        return
    left_out = [item for item in items if "shared_nodes" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if "shared_nodes" in getattr(item, "fixturenames", ())]


@pytest.fixture(scope="session")
def shared_nodes(tmp_path_factory):
    """(the node that tests talk to, the node that owns the buckets they are given)"""
    if THROUGH_AN_EDGE:
        cluster = Cluster(tmp_path_factory.mktemp("shared"), 2).start()
        yield cluster[1], cluster[0]
        cluster.kill()
        return
    node = Node(tmp_path_factory.mktemp("shared"))
    node.start()
    yield node, node
    node.kill()


@pytest.fixture
def node(shared_nodes):
    """The node that most tests share. A test during which it ends fails; the next one gets it started again."""
    for each in shared_nodes:
        if not each.is_running():
            each.kill()
            each.start()
    yield shared_nodes[0]
    for each in shared_nodes:
        assert each.is_running(), f"the node ended during this test:\n{each.log_tail()}"


@pytest.fixture
def new_cluster(tmp_path):
    """Makes clusters of the test's own: new_cluster(3) or new_cluster(2, arguments=[...]); all are ended after it."""
    clusters = []

    def make(size, **options):
        clusters.append(Cluster(tmp_path / f"cluster-{len(clusters) + 1}", size, **options))
        return clusters[-1].start()

    yield make
    for cluster in clusters:
        cluster.kill()


@pytest.fixture
def lone_nodes(tmp_path):
    """Makes nodes that run and are not joined yet: lone_nodes(2)."""
    clusters = []

    def make(size):
        clusters.append(Cluster(tmp_path / "nodes", size))
        for node in clusters[-1]:
            node.start()
        return clusters[-1]

    yield make
    for cluster in clusters:
        cluster.kill()


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
def new_bucket(shared_nodes, node, request):
    """Makes a bucket and answers its name; each call another one."""
    owner = raw_client(shared_nodes[1])

    def make():
        name = f"t{next(bucket_numbers)}-" + "".join(
            character for character in request.node.name.lower() if character.isalnum())[:40].rstrip("-")
        owner.put("/" + name).expect(200)
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
