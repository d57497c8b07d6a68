# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every lint check, prints one line each and "N passed, N failed" at the end.

Format, include levels and file rules look at the whole tree. clang-tidy and header isolation look at the files that the
last 20 commits or the work tree changed, at all of them with --all.
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
PROGRAMS = ("shared/", "nodeserver/", "app/")


def git(root, *arguments):
    done = subprocess.run(["git", "-C", str(root), "-c", f"safe.directory={root}", *arguments],
                          capture_output=True, text=True, check=True)
    return [path for path in done.stdout.split("\0") if path]


def all_paths(root):
    paths = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return sorted({path for path in paths if (root / path).is_file()})


def recent_paths(root):
    commits = git(root, "rev-list", f"--max-count={RECENT_COMMITS + 1}", "HEAD")[0].split()
    empty_tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    base = commits[-1] if len(commits) > RECENT_COMMITS else empty_tree
    return set(git(root, "diff", "--name-only", "-z", base)) | set(
        git(root, "ls-files", "-z", "--others", "--exclude-standard"))


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
    looked_at = cpp if options.all else [path for path in cpp if path in recent_paths(root)]
    sources = [path for path in looked_at if path.endswith(".cpp") and path.startswith(PROGRAMS)]
    headers = [path for path in looked_at if path.endswith(".h") and path.startswith(PROGRAMS)]

    report = Report()
    report.check("format", lambda: tools.format_complaints(root, cpp), cpp)
    report.check("include levels", lambda: levels.complaints(root, cpp), cpp)
    report.check("file rules", lambda: files.complaints(root, paths), [path for path in paths if files.is_source(path)])
    report.check("header isolation", lambda: tools.header_complaints(root, options.build, headers), headers)
    report.check("clang-tidy", lambda: tools.tidy_complaints(root, options.build, sources)[1], sources)
    if options.count:
        options.count.write_text(f"{report.passed} {report.failed}\n")
    print(f"lint: {report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
