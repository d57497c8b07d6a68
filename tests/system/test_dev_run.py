# SPDX-License-Identifier: GPL-3.0-or-later
"""`./dev run`: nodes in one cluster and the desktop, which all end with it. What it builds is built already here, so
the tools that it would build with do nothing."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from node import binary, poll
from sigv4_raw import RawClient, Signer

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
DESKTOP = """#!/bin/sh
echo "$@" > "$0.words"
trap 'exit 0' TERM
while [ ! -e "$0.close" ]; do sleep 0.1; done
"""


class Running:
    """The script in a copy of the tree's part that it needs."""

    def __init__(self, folder):
        self.folder, self.log, self.process = folder, folder / "run.log", None
        (folder / "tests").mkdir(parents=True)
        shutil.copy(ROOT / "dev", folder)
        shutil.copy(ROOT / "tests" / "stages.sh", folder / "tests")
        programs = folder / "build" / "release" / "bin"
        programs.mkdir(parents=True)
        os.symlink(os.path.realpath(binary()), programs / "maxiofs")
        self.desktop = programs / "maxiofs-desktop"
        self.write_script(self.desktop, DESKTOP)
        self.tools = folder / "tools"
        self.tools.mkdir()
        for tool, prints in (("cmake", ""), ("ninja", ""), ("dpkg-query", "installed")):
            self.write_script(self.tools / tool, f"#!/bin/sh\nprintf '%s' '{prints}'\n")

    @staticmethod
    def write_script(path, text):
        path.write_text(text)
        path.chmod(0o755)

    def start(self, *words, display=None):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("MAXIOFS_") and name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        environment["PATH"] = f"{self.tools}:{environment['PATH']}"
        if display:
            environment["DISPLAY"] = display
        with open(self.log, "wb") as log:
            # A group of its own, as a terminal gives it, with SIGINT as there: tests that run in the background have it
            # ignored, and a shell cannot trap what it finds ignored.
            self.process = subprocess.Popen(
                [self.folder / "dev", "run", "--data-dir", self.folder / "data", *words], env=environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))

        def is_up():
            assert self.process.poll() is None, self.text()
            return "Ctrl+C stops them." in self.text() or "window stops the nodes." in self.text()

        poll(is_up, "the nodes run", START_SECONDS, every=0.1)

    def text(self):
        return self.log.read_text(errors="replace")

    def s3_ports(self):
        return [int(port) for port in re.findall(r"S3 API http://127\.0\.0\.1:(\d+)", self.text())]

    def clients(self):
        key, secret = re.search(r"AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)", self.text()).groups()
        return [RawClient(port, Signer(key, secret)) for port in self.s3_ports()]

    def left(self):
        """Processes of the group that still run."""
        found = subprocess.run(["ps", "-o", "pid=,stat=,args=", "-g", str(self.process.pid)], capture_output=True,
                               text=True)
        return [line for line in found.stdout.splitlines() if " Z" not in line]

    def end(self, number, whole_group=False):
        (os.killpg if whole_group else os.kill)(self.process.pid, number)
        return self.ended()

    def ended(self):
        status = self.process.wait(60)
        poll(lambda: not self.left(), "nothing is left running", 30)
        return status

    def kill(self):
        if self.process is not None and self.left():
            os.killpg(self.process.pid, signal.SIGKILL)


@pytest.fixture
def running(tmp_path):
    script = Running(tmp_path / "tree")
    yield script
    script.kill()


def test_two_nodes_run_as_one_cluster_and_do_so_again(running):
    running.start()
    ports = running.s3_ports()
    first, second = running.clients()
    first.put("/kept").expect(200)
    second.put("/kept/key", b"value").expect(200)
    assert running.end(signal.SIGINT, whole_group=True) == 0  # as Ctrl+C does it

    running.start()
    assert running.s3_ports() == ports
    for client in running.clients():
        assert client.get("/kept/key").expect(200).body == b"value"
    assert running.end(signal.SIGTERM) == 0


def test_a_third_node_joins_later_and_closing_the_desktop_ends_all(running):
    running.start("--nodes", "1")
    running.clients()[0].put("/old").expect(200)
    assert running.end(signal.SIGTERM) == 0

    running.start("--nodes", "3", display=":none")
    clients = running.clients()
    assert len(clients) == 3
    for client in clients:
        client.head("/old").expect(200)
    words = poll(lambda: (path := Path(f"{running.desktop}.words")).exists() and path.read_text(), "the desktop runs")
    assert words.startswith("--connect http://127.0.0.1:") and "--user admin --password-file" in words
    Path(f"{running.desktop}.close").touch()
    assert running.ended() == 0


def test_a_node_that_ends_ends_the_run(running):
    running.start()
    node = next(line for line in running.left() if "--node-name node-2" in line)
    os.kill(int(node.split()[0]), signal.SIGKILL)
    assert running.ended() == 1
    assert "a node ended with status 137" in running.text()
