# SPDX-License-Identifier: GPL-3.0-or-later
"""Three nodes whose buckets belong to the first, for the tests of requests that another node passes on."""

import itertools

import pytest

from cluster import Cluster
from support import raw_client

names = (f"routed-{number}" for number in itertools.count(1))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("routing"), 3, arguments=["--log-level", "debug"]).start()
    yield made
    made.kill()


@pytest.fixture
def nodes(cluster):
    """The nodes, all running: (the one that gets the buckets of `bucket`, two others)."""
    for node in cluster:
        if not node.is_running():
            node.kill()
            node.start()
            cluster.wait_until_healthy()
    yield cluster.nodes
    for node in cluster:
        assert not node.process or node.is_running() or node.process.returncode == -9, node.log_tail()


@pytest.fixture
def owner(nodes):
    return raw_client(nodes[0])


@pytest.fixture
def edge(nodes):
    return raw_client(nodes[1])


@pytest.fixture
def bucket(owner):
    name = next(names)
    owner.put("/" + name).expect(200)
    return name
