# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault tests are ordinary tests: a facility that is missing fails them, none is skipped. Seeds are printed."""

import os
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "system"))
sys.path.insert(0, str(Path(__file__).parent))

from members import Member, form
from network import Network
from node import Node

ROUNDS = int(os.environ.get("MAXIOFS_ROUNDS", 1))


@pytest.fixture
def choose(request):
    """A random source; its seed is printed and may be given with MAXIOFS_SEED."""
    seed = int(os.environ.get("MAXIOFS_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"\n{request.node.name}: MAXIOFS_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def new_node(tmp_path):
    nodes = []

    def make(name="node", **options):
        nodes.append(Node(tmp_path / name, **options))
        return nodes[-1]

    yield make
    for node in nodes:
        node.kill()


@pytest.fixture
def members(tmp_path):
    """Starts that many members, each with an address of its own, in one cluster."""
    network, made = Network(), []

    def make(count, joined=True):
        for _ in range(count):
            made.append(Member(tmp_path / f"node-{len(made) + 1}", network))
        for node in made[-count:]:
            node.start()
        if joined:
            form(made)
        return made[-count:]

    make.network = network
    yield make
    for node in made:
        node.kill()
    network.close()


def pytest_generate_tests(metafunc):
    if "round_number" in metafunc.fixturenames:
        metafunc.parametrize("round_number", range(ROUNDS))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for node in Node.running:
            report.sections.append((f"log of the node in {node.folder.name}", node.log_tail(60)))
