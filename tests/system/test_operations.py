# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shipped for the operation of a cluster: the alerts for Prometheus and the configuration of HAProxy."""

import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
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
    assert "3 rules found" in run("/usr/bin/promtool", "check", "rules", ALERTS)


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


def test_the_configuration_of_haproxy_is_valid():
    file = ROOT / "resources" / "haproxy" / "haproxy.cfg"
    run("/usr/sbin/haproxy", "-c", "-f", file)
    text = file.read_text()
    for line in ("option redispatch 1", "retry-on conn-failure empty-response", "option httpchk GET /health"):
        assert line in text
