# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench measures of processes, and the peer that it measures the node beside."""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

from node import poll
from sigv4_raw import RawClient, Signer

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def peak_mib(pid):
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def forget_peak(pid):
    """Lets VmHWM begin again at what is resident now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


class Nginx:
    """Debian's nginx with its usual settings: sendfile, one worker a core, no access log."""

    def __init__(self, folder, files):
        self.port = free_port()
        (folder / "nginx.conf").write_text(f"""
worker_processes {os.cpu_count()};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    default_type binary/octet-stream;
    server {{ listen 127.0.0.1:{self.port}; root {files}; }}
}}
""")
        user = ["-g", "user root;"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), *user])
        client = RawClient(self.port, Signer("x", "x"))

        def answers():
            try:
                return client.get("/bench/0000000").status == 200
            except OSError:
                return False

        poll(answers, "nginx serves")

    def pids(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
