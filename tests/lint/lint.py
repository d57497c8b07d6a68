# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every lint check, prints one line each and "N passed, N failed" at the end.

Format, include levels and file rules look at the whole tree. clang-tidy and header isolation look at the files that the
last 20 commits or the work tree changed, the newest first and no more than fit into a lint of two minutes; with --all at
everything.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import files
import levels
import tools

RECENT_COMMITS = 20
MOST_TIDIED = 20  # sources; each takes up to ten seconds
MOST_HEADERS = 40
PROGRAMS = ("shared/", "nodeserver/", "app/")


def git(root, *arguments):
    done = subprocess.run(["git", "-C", str(root), "-c", f"safe.directory={root}", *arguments],
                          capture_output=True, text=True, check=True)
    return [path for path in done.stdout.split("\0") if path]


def all_paths(root):
    paths = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return sorted({path for path in paths if (root / path).is_file()})


def recent_paths(root):
    """What the work tree, then the last commits changed, newest first, without repetition."""
    log = git(root, "log", f"--max-count={RECENT_COMMITS}", "--name-only", "--format=", "-z")
    changed = git(root, "diff", "--name-only", "-z", "HEAD") + git(
        root, "ls-files", "-z", "--others", "--exclude-standard") + [path.strip() for path in log]
    return list(dict.fromkeys(changed))


def looked_at(recent, paths, of_kind, most, everything):
    """The files for a slow check, and how many were left out."""
    known = set(paths)
    chosen = [path for path in (paths if everything else recent) if path in known and of_kind(path)]
    return (chosen, 0) if everything else (chosen[:most], max(0, len(chosen) - most))


class Report:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, complain, counted):
        started = time.monotonic()
        found = complain()
        for complaint in found:
            print(complaint)
        if found:
            self.failed += 1
        else:
            self.passed += 1
        word = "FAIL" if found else "PASS"
        print(f"{word} {name} ({len(counted)} files, {time.monotonic() - started:.1f} s)", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="a configured build folder")
    parser.add_argument("--all", action="store_true", help="clang-tidy and header isolation of everything")
    parser.add_argument("--count", type=Path, help="also write 'passed failed' to this file")
    options = parser.parse_args()
    root = Path(__file__).resolve().parents[2]

    paths = all_paths(root)
    cpp = [path for path in paths if path.endswith((".h", ".cpp"))]
    recent = recent_paths(root)
    headers, headers_left = looked_at(recent, cpp, lambda path: path.endswith(".h") and path.startswith(PROGRAMS),
                                      MOST_HEADERS, options.all)
    sources, sources_left = looked_at(recent, cpp, lambda path: path.endswith(".cpp") and path.startswith(PROGRAMS),
                                      MOST_TIDIED, options.all)

    report = Report()
    report.check("format", lambda: tools.format_complaints(root, cpp), cpp)
    report.check("include levels", lambda: levels.complaints(root, cpp), cpp)
    report.check("file rules", lambda: files.complaints(root, paths), [path for path in paths if files.is_source(path)])
    report.check("header isolation", lambda: tools.header_complaints(root, options.build, headers), headers)
    report.check("clang-tidy", lambda: tools.tidy_complaints(root, options.build, sources, options.all)[1], sources)
    if headers_left or sources_left:
        print(f"{sources_left} sources and {headers_left} headers that changed lately are left to --all")
    if options.count:
        options.count.write_text(f"{report.passed} {report.failed}\n")
    print(f"lint: {report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
