# SPDX-License-Identifier: GPL-3.0-or-later
"""Include levels: a folder may include only folders of a lower level of its own program, and shared/.

Two folders of one level may not include each other, except in shared/, where the order of SHARED counts. Includes are
written from the program's root ("store/committer.h", "base/result.h").
"""

import re
from pathlib import Path

# shared/: each folder may include those before it.
SHARED = ["base", "crypto", "text", "sigv4", "protocol"]

NODE = {
    "os": 0,
    "net": 1, "db": 1, "frame": 1, "monitor": 1,
    "http": 2, "log": 2, "index": 2, "blob": 2, "records": 2,
    "store": 3, "identity": 3,
    "cluster/rules": 3,
    "cluster/link": 4,
    "cluster": 5,
    "cluster/replication": 6,
    "cluster/ownership": 7,
    "api/s3": 8, "api/console": 8, "api/internal": 8, "api/ops": 8,
    "": 9,
}

APP = {
    "core": 0, "theme": 0, "platform": 0,
    "api": 1, "secrets": 1, "history": 1,
    "models": 2, "charts": 2, "widgets": 2,
    "wizards": 3,
    "pages": 4,
    "": 5,
}

# Plain synchronous code: no sockets, no coroutines, no Boost, no Qt.
PLAIN = {"os", "frame", "log", "index", "blob", "store"}
FORBIDDEN_IN_PLAIN = re.compile(r"^(boost/|Q[A-Z]|Qt|sys/socket\.h|netinet/|coroutine$)")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(path, levels):
    """The longest known folder that holds the path, or None: "api/s3/get_object.h" is in "api/s3"."""
    parts = path.split("/")[:-1]
    for length in range(len(parts), -1, -1):
        folder = "/".join(parts[:length])
        if folder in levels and (folder or not parts):
            return folder
    return None


def target_of(include, program):
    """(kind, folder) of an include written with quotes, or None for what is not ours."""
    levels = {"nodeserver": NODE, "app": APP}.get(program, {})
    shared_folder = include.split("/")[0]
    own = folder_of(include, levels)
    if own:
        return program, own
    if shared_folder in SHARED:
        return "shared", shared_folder
    if own == "":
        return program, ""
    return None


def complaints_of_file(path, text):
    """The sentences about one source file; path is relative to the tree, with forward slashes."""
    program, _, inside = path.partition("/")
    if program not in ("shared", "nodeserver", "app"):
        return []
    levels = {"shared": {name: level for level, name in enumerate(SHARED)}, "nodeserver": NODE, "app": APP}[program]
    own = folder_of(inside, levels)
    if own is None:
        return [f"{path}: the folder has no level; give it one in tests/lint/levels.py"]
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, include = match[1] == '"', match[2]
        where = f"{path}:{number}"
        if ".." in include.split("/"):
            found.append(f"{where}: includes are written from the program's root, without '..'")
            continue
        if program == "nodeserver" and own in PLAIN and FORBIDDEN_IN_PLAIN.match(include):
            found.append(f"{where}: {own} is plain synchronous code and may not include {include}")
        if not quoted:
            continue
        target = target_of(include, program)
        if target is None:
            if (include.split("/")[0] in NODE or include.split("/")[0] in APP) and "/" in include:
                found.append(f"{where}: {include} is of another program")
            continue
        kind, folder = target
        if kind == "shared" and program != "shared":
            continue
        if folder == own:
            continue
        if levels[folder] > levels[own]:
            found.append(f"{where}: goes up, from {own or program} to {folder or program}")
        elif levels[folder] == levels[own]:
            found.append(f"{where}: goes sideways, from {own or program} to {folder or program}")
    return found


def complaints(root, paths):
    found = []
    for path in paths:
        if path.endswith((".h", ".cpp")):
            found += complaints_of_file(path, (Path(root) / path).read_text(encoding="utf-8"))
    return found
