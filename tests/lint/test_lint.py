# SPDX-License-Identifier: GPL-3.0-or-later
"""The lint scripts refuse a bad tree and accept a good one."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import files
import levels
import tools

SPDX = "// " + files.LICENCE + "\n"


def about(path, *includes):
    return levels.complaints_of_file(path, "".join(f"#include {include}\n" for include in includes))


@pytest.mark.parametrize("path, include", [
    ("nodeserver/store/committer.h", '"index/index.h"'),
    ("nodeserver/store/committer.h", '"base/result.h"'),
    ("nodeserver/store/committer.cpp", '"store/committer.h"'),
    ("nodeserver/api/s3/get_object.cpp", '"http/response.h"'),
    ("nodeserver/main.cpp", '"node.h"'),
    ("nodeserver/node.cpp", '"api/console/router.h"'),
    ("shared/sigv4/signer.h", '"crypto/hmac.h"'),
    ("app/pages/buckets_page.cpp", '"models/bucket_model.h"'),
    ("app/pages/buckets_page.cpp", "<QWidget>"),
    ("app/api/client.h", '"protocol/bucket.h"'),
    ("tests/unit/nodeserver/os/file_test.cpp", '"store/committer.h"'),
])
def test_an_include_that_goes_down_is_accepted(path, include):
    assert about(path, include) == []


@pytest.mark.parametrize("path, include, words", [
    ("nodeserver/index/index.h", '"store/committer.h"', "goes up"),
    ("nodeserver/log/segment.h", '"index/index.h"', "goes sideways"),
    ("nodeserver/api/s3/get_object.cpp", '"api/console/router.h"', "goes sideways"),
    ("nodeserver/http/server.cpp", '"api/s3/get_object.h"', "goes up"),
    ("nodeserver/store/put.cpp", '"node.h"', "goes up"),
    ("nodeserver/store/put.cpp", '"../index/index.h"', "without '..'"),
    ("nodeserver/store/put.cpp", "<boost/asio.hpp>", "plain synchronous"),
    ("nodeserver/index/index.cpp", "<QString>", "plain synchronous"),
    ("nodeserver/http/server.cpp", '"pages/buckets_page.h"', "another program"),
    ("app/core/job.h", '"models/bucket_model.h"', "goes up"),
    ("app/models/bucket_model.h", '"widgets/table.h"', "goes sideways"),
    ("shared/crypto/hmac.h", '"sigv4/signer.h"', "goes up"),
    ("nodeserver/novel/thing.h", '"base/result.h"', "no level"),
])
def test_an_include_that_goes_up_or_sideways_is_refused(path, include, words):
    found = about(path, include)

    assert len(found) == 1 and words in found[0]


def test_a_long_file_a_missing_licence_and_an_unfinished_word_are_refused():
    assert files.complaints_of_file("a.h", SPDX + "int a;\n") == []
    assert "801 lines" in files.complaints_of_file("a.h", SPDX + "\n" * 800)[0]
    assert "is missing" in files.complaints_of_file("a.h", "int a;\n")[0]
    assert "finished tree" in files.complaints_of_file("a.h", SPDX + "// TO" + "DO\n")[0]
    assert "white space" in files.complaints_of_file("a.h", SPDX + "int a; \n")[0]


def tree(folder, name, text):
    (folder / "a").mkdir(exist_ok=True)
    path = folder / "a" / name
    path.write_text(text)
    (folder / "compile_commands.json").write_text(json.dumps([{
        "file": str(folder / "a" / "a.cpp"), "directory": str(folder),
        "command": f"clang++-19 -std=c++23 -I{folder} -c {folder}/a/a.cpp"}]))
    return f"a/{name}"


def test_a_header_that_needs_another_one_first_is_refused(tmp_path):
    good = tree(tmp_path, "good.h", SPDX + "#pragma once\n#include <string>\ninline std::string a;\n")
    bad = tree(tmp_path, "bad.h", SPDX + "#pragma once\ninline std::string b;\n")

    found = tools.header_complaints(tmp_path, tmp_path, [good, bad])

    assert len(found) == 1 and "a/bad.h does not compile alone" in found[0]


def test_a_file_that_is_formatted_otherwise_is_refused(tmp_path):
    style = Path(__file__).resolve().parents[2] / ".clang-format"
    (tmp_path / ".clang-format").write_text(style.read_text())
    good = tree(tmp_path, "good.h", SPDX + "#pragma once\n\nint f(int a);\n")
    bad = tree(tmp_path, "bad.h", SPDX + "#pragma once\n\nint   f( int a ) ;\n")

    assert tools.format_complaints(tmp_path, [good]) == []
    assert "bad.h" in tools.format_complaints(tmp_path, [bad])[0]


def test_clang_tidy_refuses_a_use_after_move(tmp_path):
    rules = Path(__file__).resolve().parents[2] / ".clang-tidy"
    (tmp_path / ".clang-tidy").write_text(rules.read_text())
    body = ("#include <string>\n#include <utility>\nvoid take(std::string text);\n"
            "int length(std::string text)\n{\n    take(std::move(text));\n    return static_cast<int>(text.size());\n}\n")
    source = tree(tmp_path, "a.cpp", SPDX + body)

    sources, found = tools.tidy_complaints(tmp_path, tmp_path, [source])

    assert sources == [source] and "use-after-move" in found[0]
