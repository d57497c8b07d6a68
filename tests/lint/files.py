# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for every source file: the licence line, the length, and words that do not belong in a finished tree."""

import re
from pathlib import Path

LONGEST = 800
LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
SOURCES = (".h", ".cpp", ".py", ".sh", ".cmake", ".js", ".mjs", ".awk")
NAMED_SOURCES = ("CMakeLists.txt", "dev", ".ci/run")
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")


def is_source(path):
    return path.endswith(SOURCES) or Path(path).name in NAMED_SOURCES or path in NAMED_SOURCES


def complaints_of_file(path, text):
    lines = text.splitlines()
    found = []
    if len(lines) > LONGEST:
        found.append(f"{path}: {len(lines)} lines; at most {LONGEST}, split it")
    if not any(LICENCE in line for line in lines[:2]):
        found.append(f"{path}:1: the line '{LICENCE}' is missing")
    for number, line in enumerate(lines, 1):
        match = UNFINISHED.search(line)
        if match:
            found.append(f"{path}:{number}: {match[1]} in a finished tree")
        if line != line.rstrip():
            found.append(f"{path}:{number}: white space at the end of the line")
    return found


def complaints(root, paths):
    found = []
    for path in paths:
        if is_source(path):
            found += complaints_of_file(path, (Path(root) / path).read_text(encoding="utf-8"))
    return found
