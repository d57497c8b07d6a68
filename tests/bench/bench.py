# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a node and prints a table: our figure, the machine's limit or a peer from the same run, and their ratio.

Both servers run on this machine and are asked by the same load generator, one after the other. CPU is the server's own
(user and system time a request); memory is its peak.
"""

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "system"))

import node as node_module
from cluster_bench import ClusterBench
from failover_bench import FailoverBench
from node import ACCESS_KEY, SECRET_KEY, Node
from processes import Nginx, cpu_seconds, forget_peak, peak_mib
from replication_bench import ReplicationBench
from sigv4_raw import RawClient, Signer

MIB = 1 << 20


# --- Loads -----------------------------------------------------------------------------------------------------------

class Bench:
    def __init__(self, options):
        self.options = options
        self.generator = options.build / "bin" / "maxiofs-bench"
        node_module.binary = lambda: str(options.build / "bin" / "maxiofs")
        self.rows = []
        self.folder = Path(tempfile.mkdtemp(prefix="maxiofs-bench-", dir=options.folder))
        self.random = secrets.token_bytes(64 * MIB)

    def load(self, port, pids, **arguments):
        """Runs the generator; answers its figures with the server's CPU a request added."""
        words = [str(self.generator), "--port", str(port)]
        for name, value in arguments.items():
            words += ["--" + name.replace("_", "-"), str(value)]
        before = cpu_seconds(pids)
        environment = {**os.environ, "MAXIOFS_ACCESS_KEY": ACCESS_KEY, "MAXIOFS_SECRET_KEY": SECRET_KEY}
        done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(words)} ended with {done.returncode}")
        figures = json.loads(done.stdout)
        if figures["errors"]:
            raise SystemExit(f"{' '.join(words)}: {figures['errors']} errors, first: {figures['first_error']}")
        figures["rate"] = figures["requests"] / figures["seconds"]
        figures["mb_s"] = (figures["bytes_sent"] + figures["bytes_received"]) / figures["seconds"] / 1e6
        figures["server_us"] = (cpu_seconds(pids) - before) * 1e6 / max(figures["requests"], 1)
        figures["client_us"] = figures["cpu_seconds"] * 1e6 / max(figures["requests"], 1)
        return figures

    def row(self, what, ours, beside, goal, met, more=""):
        self.rows.append((what, ours, beside, goal, "yes" if met else "NO", more))
        print(f"  {what}: {ours} | beside: {beside} | goal {goal}: {'met' if met else 'NOT met'} | {more}", flush=True)

    def new_node(self, name):
        return Node(self.folder / name).start()

    def client(self, node):
        return RawClient(node.s3_port, Signer(ACCESS_KEY, SECRET_KEY), timeout=600)

    def seconds(self, full):
        return full if not self.options.quick else max(1, full / 4)

    # --- Sections ----------------------------------------------------------------------------------------------------

    def get(self):
        files = self.folder / "files" / "bench"
        files.mkdir(parents=True)
        for number in range(1000):
            (files / f"{number:07}").write_bytes(self.random[number * 4096:(number + 1) * 4096])
        (files / "large").write_bytes(self.random)
        nginx, node = Nginx(self.folder, self.folder / "files"), self.new_node("get")
        raw = self.client(node)
        raw.put("/bench").expect(200)
        for path in sorted(files.iterdir()):
            raw.put(f"/bench/{path.name}", path.read_bytes()).expect(200)

        small = {"path": "/bench/{n}", "keys": 1000, "order": "random", "connections": 32,
                 "seconds": self.seconds(8), "warm_up": 1}
        peer = self.load(nginx.port, nginx.pids(), **small)
        ours = self.load(node.s3_port, [node.pid()], **small)
        ratio = ours["rate"] / peer["rate"]
        self.row("GET 4 KiB signed, 32 connections", f"{ours['rate']:,.0f}/s", f"nginx {peer['rate']:,.0f}/s",
                 ">= 0.6", ratio >= 0.6, f"ratio {ratio:.2f}; CPU {ours['server_us']:.1f} us, nginx "
                 f"{peer['server_us']:.1f} us, generator {ours['client_us']:.1f} us; p99 {ours['p99_us']} us")

        large = {"path": "/bench/large", "connections": 1, "seconds": self.seconds(6), "warm_up": 1}
        peer = self.load(nginx.port, nginx.pids(), **large)
        ours = self.load(node.s3_port, [node.pid()], **large)
        ratio = ours["mb_s"] / peer["mb_s"]
        self.row("GET 64 MiB, one stream", f"{ours['mb_s']:,.0f} MB/s", f"nginx sendfile {peer['mb_s']:,.0f} MB/s",
                 ">= 0.33", ratio >= 0.33, f"ratio {ratio:.2f}; CPU {ours['server_us'] / 1000:.1f} ms, nginx "
                 f"{peer['server_us'] / 1000:.1f} ms")
        nginx.stop()
        node.kill()

    def put(self):
        node = self.new_node("put")
        raw = self.client(node)
        raw.put("/bench").expect(200)
        ours = self.load(node.s3_port, [node.pid()], method="PUT", path="/bench/many/{n}", keys=10_000_000, size=4096,
                         connections=64, seconds=self.seconds(10), warm_up=1)
        self.row("PUT 4 KiB durable, 64 connections", f"{ours['rate']:,.0f}/s", "-", ">= 20,000/s",
                 ours["rate"] >= 20_000, f"CPU {ours['server_us']:.1f} us, generator {ours['client_us']:.1f} us; "
                 f"p50 {ours['p50_us']} us, p99 {ours['p99_us']} us")

        limit = self.synced_appends()
        ours = self.load(node.s3_port, [node.pid()], method="PUT", path="/bench/one/{n}", keys=10_000_000, size=4096,
                         connections=1, seconds=self.seconds(5), warm_up=1)
        ratio = ours["rate"] / limit
        self.row("PUT 4 KiB durable, 1 connection", f"{ours['rate']:,.0f}/s", f"append + fdatasync {limit:,.0f}/s",
                 ">= 0.55", ratio >= 0.55, f"ratio {ratio:.2f}; p50 {ours['p50_us']} us, p99 {ours['p99_us']} us")

        limit = md5_speed()
        for payload, goal in (("unsigned", 0.7), ("signed", 0.5)):
            ours = self.load(node.s3_port, [node.pid()], method="PUT", path="/bench/large-{m}", keys=4, size=64 * MIB,
                             payload=payload, connections=1, seconds=self.seconds(8), warm_up=1)
            ratio = ours["mb_s"] / limit
            self.row(f"PUT 64 MiB, one stream, {payload} payload", f"{ours['mb_s']:,.0f} MB/s",
                     f"openssl speed md5 {limit:,.0f} MB/s", f">= {goal}", ratio >= goal,
                     f"ratio {ratio:.2f}; CPU {ours['server_us'] / 1000:.0f} ms a request")
        node.kill()

    def synced_appends(self):
        """How often a second 4 KiB can be appended to a file and synced, one by one, on the same volume."""
        path, block = self.folder / "appends", self.random[:4096]
        file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        count, ends = 0, time.monotonic() + self.seconds(4)
        while time.monotonic() < ends:
            os.pwrite(file, block, count * 4096)
            os.fdatasync(file)
            count += 1
        os.close(file)
        path.unlink()
        return count / self.seconds(4)

    def list(self):
        node = self.new_node("list")
        raw = self.client(node)
        million = 1_000_000 if not self.options.quick else 100_000
        for bucket, keys in (("small", 10_000), ("large", million)):
            raw.put("/" + bucket).expect(200)
            self.load(node.s3_port, [node.pid()], method="PUT", path=f"/{bucket}/p{{m}}/{{n}}", keys=keys, size=16,
                      connections=64, requests=keys)

        def page(bucket, query):
            figures = self.load(node.s3_port, [node.pid()], path="/" + bucket, query=query, connections=1,
                                seconds=self.seconds(4), warm_up=1)
            return figures["p50_us"] / 1000

        for what, query, limit, factor in [
                ("list 1,000 keys", "list-type=2&max-keys=1000&start-after=p500%2F", 2.5, 1.5),
                ("list 1,000 common prefixes", "delimiter=%2F&list-type=2&max-keys=1000", 10, 3)]:
            small, large = page("small", query), page("large", query)
            self.row(f"{what}, bucket of {million:,}", f"{large:.2f} ms", f"bucket of 10,000: {small:.2f} ms",
                     f"< {limit} ms, <= {factor} x", large < limit and large <= factor * small,
                     f"ratio {large / small:.2f}")

        # Killed first: what was stored since the index was last flushed is replayed from the log.
        for kind, limit in (("after kill -9", 5), ("clean", 1)):
            if kind == "clean":
                node.stop()
            else:
                node.kill()
            started = time.monotonic()
            node.start()
            took = time.monotonic() - started
            self.row(f"start with {million:,} objects, {kind}", f"{took:.2f} s", "-", f"< {limit} s", took < limit)
            raw.get("/large/p000/0000000").expect(200)
        node.kill()

    def memory(self):
        node = self.new_node("memory")
        empty = peak_mib(node.pid())
        self.row("memory, fresh and empty", f"{empty:.0f} MB", "-", "< 60 MB", empty < 60)
        self.client(node).put("/bench").expect(200)
        forget_peak(node.pid())
        figures = self.load(node.s3_port, [node.pid()], method="PUT", path="/bench/{n}", keys=64, size=64 * MIB,
                            payload="unsigned", connections=64, requests=64)
        peak = peak_mib(node.pid())
        self.row("memory, 64 parallel uploads of 64 MiB", f"{peak:.0f} MB", "-", "< 300 MB", peak < 300,
                 f"{figures['mb_s']:,.0f} MB/s in all")
        node.kill()

    def cluster(self):
        ClusterBench(self).run()

    def replication(self):
        ReplicationBench(self).run()

    def failover(self):
        FailoverBench(self).run()

    def print_table(self):
        print(f"\nMachine: {os.cpu_count()} cores, {cpu_model()}; all on one machine, generator included.\n")
        head = ("measured", "ours", "limit or peer, same run", "goal", "met", "more")
        widths = [max(len(str(row[column])) for row in [head, *self.rows]) for column in range(len(head))]
        for row in [head, ["-" * width for width in widths], *self.rows]:
            print("| " + " | ".join(str(cell).ljust(width) for cell, width in zip(row, widths)) + " |")


def md5_speed():
    """MB/s of MD5 over large blocks, as openssl measures it."""
    done = subprocess.run(["openssl", "speed", "-seconds", "2", "-bytes", "262144", "-evp", "md5"],
                          capture_output=True, text=True, check=True)
    value = re.search(r"^md5\s+([\d.]+)k", done.stdout, re.IGNORECASE | re.MULTILINE)
    return float(value[1]) / 1000


def cpu_model():
    return re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())[1]


def main():
    sections = ["get", "put", "list", "memory", "cluster", "replication", "failover"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION",
                        help=f"any of {', '.join(sections)}; all by default")
    parser.add_argument("--build", type=Path, required=True, help="the build folder with bin/maxiofs")
    parser.add_argument("--folder", help="where the data goes (a disk to be measured); a temporary folder by default")
    parser.add_argument("--quick", action="store_true", help="a quarter of the time and a tenth of the objects")
    options = parser.parse_args()
    unknown = [section for section in options.sections if section not in sections]
    if unknown:
        parser.error(f"there is no section {unknown[0]} (choose from {', '.join(sections)})")
    bench = Bench(options)
    try:
        for section in options.sections or sections:
            print(f"== {section}", flush=True)
            getattr(bench, section)()
        bench.print_table()
    finally:
        for node in list(Node.running):
            node.kill()
        shutil.rmtree(bench.folder, ignore_errors=True)
    return 0 if all(row[4] == "yes" for row in bench.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
