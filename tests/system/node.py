# SPDX-License-Identifier: GPL-3.0-or-later
"""A real node as a child process: start, wait until it serves, stop, kill, start again on the same data and ports."""

import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

# Generous, since a sanitized build on a busy machine starts slowly; a passing test never waits for it.
START_SECONDS = 90
STOP_SECONDS = 60

ACCESS_KEY = "SYSTEMTESTKEY0000001"
SECRET_KEY = "system-test-secret/with+signs=0123456789"
ADMIN_PASSWORD = "system-test-Password-1"


def poll(condition, what, seconds=30, every=0.02):
    """The first true value that condition() answers; fails with `what` after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(every)


def binary():
    default = Path(__file__).resolve().parents[2] / "build" / "release" / "bin" / "maxiofs"
    return os.environ.get("MAXIOFS_BIN", str(default))


def clean_environment():
    """The environment without settings of the node or of S3 clients, so that only what a test sets counts."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("MAXIOFS_", "AWS_", "RCLONE_", "http_proxy", "https_proxy"))}


class Node:
    """One node. The ports are free ones that the first start picked; later starts use them again."""

    running = []  # all nodes that were started and not yet ended, so that a test session can end them

    def __init__(self, folder, arguments=(), wrapper=(), environment=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = self.folder / "data"
        self.log = self.folder / "node.log"
        self.arguments = list(arguments)
        self.wrapper = list(wrapper)  # a command that runs the node, such as strace
        self.environment = dict(environment or {})
        self.host = "127.0.0.1"
        self.s3_port = self.console_port = 0
        self.process = None

    # --- Life -------------------------------------------------------------------------------------------------

    def command(self):
        return [*self.wrapper, binary(), "--data-dir", str(self.data),
                "--listen", f"{self.host}:{self.s3_port}", "--console-listen", f"{self.host}:{self.console_port}",
                "--drain-seconds", "0",
                *self.arguments]

    def spawn(self):
        """Starts the process without waiting for it."""
        environment = clean_environment()
        environment.update(MAXIOFS_ADMIN_PASSWORD=ADMIN_PASSWORD, MAXIOFS_ACCESS_KEY=ACCESS_KEY,
                           MAXIOFS_SECRET_KEY=SECRET_KEY, **self.environment)
        self.log_start = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=environment, start_new_session=True)
        Node.running.append(self)
        return self

    def start(self):
        self.spawn()
        self.wait_until_serving()
        return self

    def wait_until_serving(self, seconds=START_SECONDS):
        def serving():
            if self.process.poll() is not None:
                raise AssertionError(f"the node ended at its start with {self.process.returncode}:\n{self.log_tail()}")
            if not self.find_ports():
                return False
            return self.health()[0] == 200

        poll(serving, "the node serves", seconds)

    def find_ports(self):
        text = self.log_since_start()
        s3 = re.search(r'msg="S3 API listening" address=[^ \n]*:(\d+)', text)
        console = re.search(r'msg="Console API listening" address=[^ \n]*:(\d+)', text)
        if s3 and console:
            self.s3_port, self.console_port = int(s3[1]), int(console[1])
        return s3 and console

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def pid(self):
        """The node's own process id, also below a wrapper such as strace."""
        if not self.wrapper:
            return self.process.pid
        for entry in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            if os.readlink(f"/proc/{entry}/exe") == os.path.realpath(binary()):
                return int(entry)
        raise AssertionError("the node below the wrapper was not found")

    def kill(self):
        """kill -9, as a crash."""
        if self.process is not None:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.ended()

    def stop(self):
        """SIGTERM, and its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            log = self.log_tail()
            self.kill()
            raise AssertionError(f"the node did not stop within {STOP_SECONDS} s of SIGTERM:\n{log}") from None
        return self.ended()

    def ended(self):
        status = self.process.wait()
        if self in Node.running:
            Node.running.remove(self)
        return status

    def restart(self):
        assert self.stop() == 0, f"the node ended badly:\n{self.log_tail()}"
        return self.start()

    # --- What it says -----------------------------------------------------------------------------------------

    def health(self, port=None):
        """(status, text) of GET /health; (0, reason) when there is no answer."""
        try:
            with urllib.request.urlopen(f"http://{self.host}:{port or self.s3_port}/health", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def log_since_start(self):
        if not self.log.exists():
            return ""
        with open(self.log, "rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    def log_tail(self, lines=60):
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    @property
    def url(self):
        return f"http://{self.host}:{self.s3_port}"

    @property
    def console_url(self):
        return f"http://{self.host}:{self.console_port}"
