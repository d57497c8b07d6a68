# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints "passed failed" of a JUnit report; a missing report is one failure, a skipped test too: none may skip."""

import sys
import xml.etree.ElementTree as ElementTree


def main(path):
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError):
        print(0, 1)
        return
    total = failed = 0
    for suite in root.iter("testsuite"):
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0)) + int(suite.get("skipped", 0))
    print(total - failed, failed)


main(sys.argv[1])
