# SPDX-License-Identifier: GPL-3.0-or-later
"""HAProxy in front of two nodes, one of which is killed under load."""

import http.client
import io
import threading
import time
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from console_client import ConsoleClient
from haproxy import HAProxy
from node import ACCESS_KEY, SECRET_KEY
from support import random_bytes, raw_client

SHIPPED = (Path(__file__).resolve().parents[2] / "resources" / "haproxy" / "haproxy.cfg").read_text()

# The specification's, as it stands.
SPECIFIED = """
global
    maxconn 4096
    daemon

defaults
    mode http
    timeout connect 5000ms
    timeout client 50000ms
    timeout server 50000ms

# S3 API (Port 8080)
frontend s3_frontend
    bind *:8080
    default_backend s3_backend

backend s3_backend
    balance roundrobin
    option httpchk GET /health
    server node1 10.0.1.10:8080 check inter 10s fall 3 rise 2
    server node2 10.0.1.20:8080 check inter 10s fall 3 rise 2

# Console API (Port 8081)
frontend console_frontend
    bind *:8081
    default_backend console_backend

backend console_backend
    balance roundrobin
    option httpchk GET /health
    server node1 10.0.1.10:8081 check inter 10s fall 3 rise 2
    server node2 10.0.1.20:8081 check inter 10s fall 3 rise 2
"""

RETRY_SECONDS = 40
AWAY_SECONDS = 20  # of the killed node: its objects are to be had again within the time of the retries
WARM_SECONDS, AFTER_SECONDS = 2, 6
SIZES = [10, 40_000, 700_000]


@pytest.fixture
def cluster(new_cluster):
    """Two nodes; the bucket `on-first` is on the first, `on-second` on the second."""
    made = new_cluster(2)
    for node, name in zip(made, ("on-first", "on-second")):
        raw_client(node).put("/" + name).expect(200)
    return made


class Load:
    """Clients that write an object, read it, and go on with the next one, each with keys of its own."""

    def __init__(self, client, buckets, workers=4):
        self.written, self.failures, self.lock, self.stopping = {}, [], threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(client(), bucket, f"{bucket}-{number}"))
                        for bucket in buckets for number in range(workers)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def run(self, client, bucket, name):
        number = 0
        try:
            while not self.stopping.is_set():
                key, data = f"{name}-{number}", random_bytes(SIZES[number % len(SIZES)], number)
                client.put(bucket, key, data)
                with self.lock:
                    self.written[bucket, key] = data
                assert client.get(bucket, key) == data, f"{bucket}/{key} has other bytes"
                number += 1
        except BaseException as failure:
            self.failures.append(f"{bucket}/{name}-{number}: {failure!r}")

    def wait(self, seconds):
        """Lets it go on for so long, unless a client fails."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self.failures:
            self.stopping.wait(0.1)

    def check(self, nodes):
        assert not self.failures, self.failures
        clients = [raw_client(node) for node in nodes]
        for number, ((bucket, key), data) in enumerate(self.written.items()):
            assert clients[number % len(clients)].get(f"/{bucket}/{key}").expect(200).body == data


class Patient:
    """A client that tries again for 40 s after everything that may pass."""

    def __init__(self, server):
        self.raw = raw_client(server)

    def retry(self, send):
        ends = time.monotonic() + RETRY_SECONDS
        while True:
            try:
                answer = send()
                if answer.status < 500:
                    return answer.expect(200)
                seen = answer
            except (OSError, http.client.HTTPException) as failure:
                seen = failure
            assert time.monotonic() < ends, f"not within {RETRY_SECONDS} s: {seen!r}"
            time.sleep(0.2)

    def put(self, bucket, key, data):
        self.retry(lambda: self.raw.put(f"/{bucket}/{key}", data))

    def get(self, bucket, key):
        return self.retry(lambda: self.raw.get(f"/{bucket}/{key}")).body


class Ordinary:
    """boto3 as most use it."""

    def __init__(self, server):
        self.s3 = boto3.client("s3", endpoint_url=server.url, aws_access_key_id=ACCESS_KEY,
                               aws_secret_access_key=SECRET_KEY, region_name="us-east-1",
                               config=Config(retries={"mode": "standard"}, s3={"addressing_style": "path"}))

    def put(self, bucket, key, data):
        self.s3.put_object(Bucket=bucket, Key=key, Body=data)

    def get(self, bucket, key):
        body = io.BytesIO()
        self.s3.download_fileobj(bucket, key, body)
        return body.getvalue()


def test_with_the_specified_configuration_who_retries_for_40_s_loses_nothing(cluster, tmp_path):
    with HAProxy(tmp_path / "haproxy", SPECIFIED, cluster) as proxy:
        console = ConsoleClient(proxy).sign_in()
        with Load(lambda: Patient(proxy), ["on-first", "on-second"], workers=2) as load:
            load.wait(WARM_SECONDS)
            cluster[1].kill()
            load.wait(AWAY_SECONDS)
            before = len(load.written)
            cluster[1].start()
            load.wait(AFTER_SECONDS)
        assert len(load.written) > before
        for _ in range(4):  # one sign-in counts at each node
            console.send("GET", "/cluster/nodes").expect(200)
    load.check(cluster)


def test_with_the_shipped_configuration_the_others_buckets_have_no_failed_request(cluster, tmp_path):
    with HAProxy(tmp_path / "haproxy", SHIPPED, cluster) as proxy:
        with Load(lambda: Ordinary(proxy), ["on-first"]) as load:
            load.wait(WARM_SECONDS)
            cluster[1].kill()
            before = len(load.written)
            load.wait(AFTER_SECONDS)
        assert len(load.written) > before
    load.check(cluster.nodes[:1])
