# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's HAProxy in front of the nodes of a test, with a configuration of which only the addresses are changed."""

import socket
import subprocess

from node import poll


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class HAProxy:
    """Has the attributes of a Node that clients need. `configuration` names the nodes 10.0.1.10 and 10.0.1.20, as the
    specification does, and their ports 8080 and 8081."""

    def __init__(self, folder, configuration, nodes):
        folder.mkdir(parents=True, exist_ok=True)
        self.host, self.log, self.file = "127.0.0.1", folder / "haproxy.log", folder / "haproxy.cfg"
        self.s3_port, self.console_port = free_port(), free_port()
        text = configuration.replace("bind *:8080", f"bind {self.host}:{self.s3_port}")
        text = text.replace("bind *:8081", f"bind {self.host}:{self.console_port}")
        for address, node in zip(("10.0.1.10", "10.0.1.20"), nodes):
            for port, own in ((8080, node.s3_port), (8081, node.console_port)):
                assert f"{address}:{port}" in text
                text = text.replace(f"{address}:{port}", f"{node.host}:{own}")
        self.file.write_text(text)
        self.process = None

    @property
    def url(self):
        return f"http://{self.host}:{self.s3_port}"

    @property
    def console_url(self):
        return f"http://{self.host}:{self.console_port}"

    def __enter__(self):
        with open(self.log, "wb") as log:
            # -db: in the foreground, also with `daemon`.
            self.process = subprocess.Popen(["/usr/sbin/haproxy", "-db", "-f", self.file], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)
        poll(self.listens, "HAProxy listens", 30)
        return self

    def listens(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            for port in (self.s3_port, self.console_port):
                socket.create_connection((self.host, port), 5).close()
            return True
        except OSError:
            return False

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
