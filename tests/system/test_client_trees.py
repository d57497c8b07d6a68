# SPDX-License-Identifier: GPL-3.0-or-later
"""Four clients keep a real tree of many files and one large file, with a restart in between, and every byte is the same.

MAXIOFS_TREE_FILES and MAXIOFS_LARGE_MIB set the size: ./dev soak takes 5,000 files and 2 GiB.
"""

import hashlib
import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from boto3.s3.transfer import TransferConfig

from support import MIB, aws_of, boto3_client, rclone_of, s3cmd_of

FILES = int(os.environ.get("MAXIOFS_TREE_FILES", 150))
LARGE_MIB = int(os.environ.get("MAXIOFS_LARGE_MIB", 40))
LONGEST = 1800  # seconds of one command, in a soak


@pytest.fixture(scope="session")
def tree(tmp_path_factory):
    """A folder of files of mixed sizes and names, and one large file."""
    folder = tmp_path_factory.mktemp("tree")
    choose = random.Random(99)
    words = ["alpha", "beta ü", "gamma+1", "δ", "with space", "x" * 60, "%41", "a&b", "semi;colon"]
    for number in range(FILES):
        place = folder.joinpath(*choose.sample(words, choose.randint(0, 3)))
        place.mkdir(parents=True, exist_ok=True)
        size = choose.choice([0, 1, 100, 4096, 4097, 30_000, 65_536, 200_000, 300_000])
        (place / f"{choose.choice(words)} {number}").write_bytes(choose.randbytes(size))
    with open(folder / "large.bin", "wb") as large:
        for _ in range(LARGE_MIB):
            large.write(choose.randbytes(MIB))
    return folder


def digests(folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest = hashlib.sha256()
            with open(path, "rb") as file:
                while piece := file.read(MIB):
                    digest.update(piece)
            found[str(path.relative_to(folder))] = digest.hexdigest()
    return found


class AwsCli:
    def __init__(self, node, home):
        self.aws = aws_of(node, home, LONGEST)

    def up(self, tree, bucket):
        self.aws("s3", "sync", "--only-show-errors", tree, f"s3://{bucket}/tree")

    def down(self, bucket, folder):
        self.aws("s3", "sync", "--only-show-errors", f"s3://{bucket}/tree", folder)

    def is_in_sync(self, tree, bucket):
        return self.aws("s3", "sync", "--dryrun", tree, f"s3://{bucket}/tree").strip() == ""


class Rclone:
    def __init__(self, node, home):
        self.rclone = rclone_of(node, home, LONGEST)

    def up(self, tree, bucket):
        self.rclone("sync", tree, f"m:{bucket}/tree", "--s3-upload-cutoff", "16M")

    def down(self, bucket, folder):
        self.rclone("sync", f"m:{bucket}/tree", folder)

    def is_in_sync(self, tree, bucket):
        return "0 differences found" in self.rclone("check", "--download", tree, f"m:{bucket}/tree")


class S3cmd:
    def __init__(self, node, home):
        self.s3cmd = s3cmd_of(node, home, LONGEST)

    def up(self, tree, bucket):
        self.s3cmd("-q", "sync", f"{tree}/", f"s3://{bucket}/tree/")

    def down(self, bucket, folder):
        self.s3cmd("-q", "sync", f"s3://{bucket}/tree/", f"{folder}/")

    def is_in_sync(self, tree, bucket):
        return "upload:" not in self.s3cmd("sync", "--dry-run", f"{tree}/", f"s3://{bucket}/tree/")


class Boto3:
    def __init__(self, node, home):
        self.s3 = boto3_client(node, max_pool_connections=16)
        self.config = TransferConfig(multipart_threshold=8 * MIB, max_concurrency=4)

    def up(self, tree, bucket):
        def put(path):
            self.s3.upload_file(str(path), bucket, f"tree/{path.relative_to(tree)}", Config=self.config)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(put, [path for path in tree.rglob("*") if path.is_file()]))

    def down(self, bucket, folder):
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="tree/"):
            for entry in page.get("Contents", []):
                path = folder / entry["Key"][len("tree/"):]
                path.parent.mkdir(parents=True, exist_ok=True)
                self.s3.download_file(bucket, entry["Key"], str(path), Config=self.config)

    def is_in_sync(self, tree, bucket):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="tree/")
        listed = {entry["Key"][len("tree/"):]: entry["Size"] for page in pages for entry in page.get("Contents", [])}
        return listed == {str(path.relative_to(tree)): path.stat().st_size for path in tree.rglob("*") if path.is_file()}


@pytest.mark.parametrize("client_class", [AwsCli, Rclone, S3cmd, Boto3])
def test_a_tree_comes_back_as_it_was(new_node, tree, tmp_path, client_class):
    node = new_node().start()
    client = client_class(node, tmp_path)
    boto3_client(node).create_bucket(Bucket="trees")

    client.up(tree, "trees")
    node.kill()
    node.start()

    assert client.is_in_sync(tree, "trees")
    back = tmp_path / "back"
    back.mkdir()
    client.down("trees", back)
    assert digests(back) == digests(tree)
