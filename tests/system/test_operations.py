# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shipped for the operation of a cluster: the alerts for Prometheus and the configuration of HAProxy."""

import json
import re
import shutil
import socket
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

from node import poll

ROOT = Path(__file__).resolve().parents[2]
# The specification's metrics of nodes and cache.
NAMES = ["cluster_nodes_total", "cluster_nodes_healthy", "cluster_nodes_degraded", "cluster_nodes_unavailable",
         "cluster_cache_entries", "cluster_cache_hits_total", "cluster_cache_misses_total",
         "cluster_cache_hit_ratio"]
ALERTS = ROOT / "resources" / "prometheus" / "alerts.yml"


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], stdin=options.pop("stdin", subprocess.DEVNULL),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def metrics_of(node):
    with urllib.request.urlopen(node.console_url + "/metrics", timeout=30) as answer:
        return answer.read().decode()


def test_the_alert_rules_are_valid():
    assert "7 rules found" in run("/usr/bin/promtool", "check", "rules", ALERTS)


def test_the_alerts_are_raised_by_what_they_name(tmp_path):
    shutil.copy(ALERTS, tmp_path / "alerts.yml")
    shutil.copy(ROOT / "tests" / "data" / "prometheus" / "alerts_test.yml", tmp_path)
    run("/usr/bin/promtool", "test", "rules", "alerts_test.yml", cwd=tmp_path)


def test_a_node_has_the_metrics_that_the_alerts_name(node):
    text = metrics_of(node)
    names = set(re.findall(r"\bcluster_[a-z_]+", "\n".join(
        line for line in ALERTS.read_text().splitlines() if "expr:" in line)))
    assert names
    for name in names:
        assert re.search(rf"^{name} ", text, re.MULTILINE), f"{name} is not among the metrics"


def test_the_metrics_are_what_prometheus_reads(node, tmp_path):
    file = tmp_path / "metrics"
    file.write_text(metrics_of(node))
    with file.open() as text:
        found = subprocess.run(["/usr/bin/promtool", "check", "metrics"], stdin=text, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, timeout=120)
    # The specification's names are against promtool's taste (a gauge that ends in _total), so only its parser counts.
    assert found.returncode in (0, 3), found.stdout
    assert "error while linting" not in found.stdout, found.stdout


def test_prometheus_scrapes_all_nodes_and_loads_the_rules(new_cluster, tmp_path):
    cluster = new_cluster(2)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    targets = [f"127.0.0.1:{node.console_port}" for node in cluster]
    (tmp_path / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [str(ALERTS)],
        "scrape_configs": [{"job_name": "maxiofs", "static_configs": [{"targets": targets}]}]}))
    log = (tmp_path / "prometheus.log").open("wb")
    prometheus = subprocess.Popen(
        ["/usr/bin/prometheus", f"--config.file={tmp_path}/prometheus.yml",
         f"--storage.tsdb.path={tmp_path}/data", f"--web.listen-address=127.0.0.1:{port}"],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def ask(path, **query):
        url = f"http://127.0.0.1:{port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.loads(answer.read())["data"]
        except OSError:
            assert prometheus.poll() is None, (tmp_path / "prometheus.log").read_text()
            return None

    def value(name):
        result = (ask("query", query=name) or {}).get("result", [])
        return sorted(item["value"][1] for item in result)

    try:
        poll(lambda: value("up") == ["1", "1"], "both nodes are scraped", 60, every=0.2)
        poll(lambda: value("cluster_nodes_healthy") == ["2", "2"], "each sees two healthy nodes", 30, every=0.2)
        for name in NAMES:
            assert len(value(name)) == 2, name
        rules = {rule["name"]: rule["health"] for group in ask("rules")["groups"] for rule in group["rules"]}
        assert set(rules) == {"ClusterNodeDown", "ClusterNodeDegraded", "ClusterCacheLowHitRatio", "ClusterReplicationLag",
                              "ClusterReplicationErrors", "BucketTakenOver", "BucketConflicts"}
        assert ask("alerts")["alerts"] == []
    finally:
        prometheus.terminate()
        prometheus.wait(60)
        log.close()


def test_the_configuration_of_haproxy_is_valid():
    file = ROOT / "resources" / "haproxy" / "haproxy.cfg"
    run("/usr/sbin/haproxy", "-c", "-f", file)
    text = file.read_text()
    for line in ("option redispatch 1", "retry-on conn-failure empty-response", "option httpchk GET /health"):
        assert line in text
