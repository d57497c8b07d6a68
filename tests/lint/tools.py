# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that run clang's programs over files: format, tidy and header isolation."""

import json
import os
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def run_each(commands, print_others=False):
    """Runs (name, argv, cwd) on all cores; answers the output of those that failed, in order."""

    def run(command):
        name, argv, cwd = command
        done = subprocess.run(argv, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if print_others and done.returncode == 0 and done.stdout.strip():
            print(done.stdout)
        return None if done.returncode == 0 else f"{name}:\n{done.stdout}{done.stderr}"

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [output for output in pool.map(run, commands) if output]


def format_complaints(root, paths):
    if not paths:
        return []
    return run_each([("clang-format", ["clang-format-19", "--dry-run", "--Werror", *paths[start:start + 100]], root)
                     for start in range(0, len(paths), 100)])


def compile_commands(build):
    """{absolute file: (argv, directory)} of a configured build."""
    entries = json.loads((Path(build) / "compile_commands.json").read_text())
    return {entry["file"]: (shlex.split(entry["command"]), entry["directory"]) for entry in entries}


def tidy_complaints(root, build, paths, strictly=False):
    """clang-tidy over the sources that the build compiles one by one (tests are compiled several at once). Advice is
    printed; strictly, it is a complaint too."""
    known = compile_commands(build)
    sources = [path for path in paths if str(Path(root) / path) in known]
    strict = ["--warnings-as-errors=*"] if strictly else []
    return sources, run_each([
        (path, ["clang-tidy-19", "--quiet", "-p", str(build), *strict, str(Path(root) / path)], root)
        for path in sources], print_others=True)


def flags_of(argv):
    """The flags that decide what a header means: includes, definitions, language. Precompiled headers are left out,
    since they would hide a missing include."""
    kept = ["-std=c++23"]
    rest = iter(argv)
    for word in rest:
        if word in ("-I", "-isystem", "-D"):
            kept += [word, next(rest)]
        elif word.startswith(("-I", "-D", "-isystem", "-fPIC")):
            kept.append(word)
    return kept


def header_complaints(root, build, headers):
    """Each header compiles alone, with the flags of a source in its folder."""
    by_folder = {}
    for file, (argv, _) in compile_commands(build).items():
        relative = os.path.relpath(file, root)
        if not relative.startswith(("..", "build/")):
            by_folder.setdefault(os.path.dirname(relative), flags_of(argv))
    every_flag = sorted({flag for flags in by_folder.values() for flag in flags if flag.startswith(("-I", "-isystem"))})
    commands = []
    for header in headers:
        flags = by_folder.get(os.path.dirname(header), ["-std=c++23", *every_flag])
        commands.append((f"{header} does not compile alone", [
            "clang++-19", "-fsyntax-only", "-x", "c++", "-Wno-pragma-once-outside-header", *flags,
            "-include", str(Path(root) / header), "/dev/null"], root))
    return run_each(commands)
