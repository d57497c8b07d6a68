# SPDX-License-Identifier: GPL-3.0-or-later
"""Real clients do their ordinary work: awscli, s3cmd, rclone, boto3's transfers and the newest JavaScript SDK."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest
from boto3.s3.transfer import TransferConfig

from node import ACCESS_KEY, SECRET_KEY, clean_environment
from support import MIB, aws_of, random_bytes, rclone_of, s3cmd_of

JS = Path(__file__).resolve().parent / "js"
JS_MODULES = Path(os.environ.get("MAXIOFS_JS_MODULES", JS.parents[2] / "build" / "js" / "node_modules"))


class TestAwsCli:
    @pytest.fixture
    def aws(self, node, tmp_path):
        return aws_of(node, tmp_path)

    def test_s3_commands(self, aws, bucket, tmp_path):
        data = random_bytes(20 * MIB)
        (tmp_path / "big").write_bytes(data)
        (tmp_path / "small ü").write_bytes(b"small")

        aws("s3", "mb", f"s3://{bucket}-cli")
        aws("s3", "cp", tmp_path / "big", f"s3://{bucket}-cli/dir/big")
        aws("s3", "cp", tmp_path / "small ü", f"s3://{bucket}-cli/")
        aws("s3", "mv", f"s3://{bucket}-cli/dir/big", f"s3://{bucket}-cli/moved/big")
        listed = aws("s3", "ls", "--recursive", f"s3://{bucket}-cli")
        assert "moved/big" in listed and "small ü" in listed and "dir/big" not in listed
        aws("s3", "cp", f"s3://{bucket}-cli/moved/big", tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == data
        aws("s3", "rb", "--force", f"s3://{bucket}-cli")

    def test_s3api_commands(self, aws, bucket, tmp_path):
        (tmp_path / "f").write_bytes(b"content")
        put = json.loads(aws("s3api", "put-object", "--bucket", bucket, "--key", "k", "--body", tmp_path / "f",
                             "--checksum-algorithm", "SHA256", "--metadata", "a=1", "--tagging", "t=1"))
        assert put["ChecksumSHA256"]
        head = json.loads(aws("s3api", "head-object", "--bucket", bucket, "--key", "k"))
        assert head["Metadata"] == {"a": "1"} and head["ContentLength"] == 7
        aws("s3api", "put-bucket-versioning", "--bucket", bucket, "--versioning-configuration", "Status=Enabled")
        aws("s3api", "put-object", "--bucket", bucket, "--key", "k", "--body", tmp_path / "f")
        versions = json.loads(aws("s3api", "list-object-versions", "--bucket", bucket))
        assert len(versions["Versions"]) == 2
        tags = json.loads(aws("s3api", "get-object-tagging", "--bucket", bucket, "--key", "k", "--version-id", "null"))
        assert tags["TagSet"] == [{"Key": "t", "Value": "1"}]


class TestS3cmd:
    @pytest.fixture
    def s3cmd(self, node, tmp_path):
        return s3cmd_of(node, tmp_path)

    def test_ordinary_work(self, s3cmd, bucket, tmp_path):
        data = random_bytes(17 * MIB)
        (tmp_path / "big").write_bytes(data)
        s3cmd("put", tmp_path / "big", f"s3://{bucket}/big")
        assert "big" in s3cmd("ls", f"s3://{bucket}/")
        assert hashlib.md5(data).hexdigest()[:8] and "File size: 17825792" in s3cmd("info", f"s3://{bucket}/big")
        s3cmd("cp", f"s3://{bucket}/big", f"s3://{bucket}/copy")
        s3cmd("get", f"s3://{bucket}/copy", tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == data
        s3cmd("del", f"s3://{bucket}/big", f"s3://{bucket}/copy")
        assert s3cmd("ls", f"s3://{bucket}/").strip() == ""


class TestRclone:
    @pytest.fixture
    def rclone(self, node, tmp_path):
        return rclone_of(node, tmp_path)

    def test_ordinary_work(self, rclone, bucket, tmp_path):
        source = tmp_path / "source"
        source.mkdir()
        data = random_bytes(12 * MIB)
        (source / "big").write_bytes(data)
        (source / "odd ü+%41 name").write_bytes(b"odd")
        rclone("copy", source, f"m:{bucket}/dir", "--s3-upload-cutoff", "6M", "--s3-chunk-size", "6M")
        rclone("check", source, f"m:{bucket}/dir")
        assert {line.split(None, 1)[1] for line in rclone("-q", "ls", f"m:{bucket}").splitlines()} == {
            "dir/big", "dir/odd ü+%41 name"}
        rclone("moveto", f"m:{bucket}/dir/big", f"m:{bucket}/moved")
        assert rclone("-q", "cat", f"m:{bucket}/dir/odd ü+%41 name") == "odd"
        rclone("purge", f"m:{bucket}")


class TestBoto3Transfers:
    def test_a_large_file_goes_up_and_down_in_parts(self, s3, bucket, tmp_path):
        data = random_bytes(25 * MIB + 17)
        (tmp_path / "file").write_bytes(data)
        config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)
        s3.upload_file(str(tmp_path / "file"), bucket, "key", ExtraArgs={"Metadata": {"a": "b"}}, Config=config)
        assert s3.head_object(Bucket=bucket, Key="key")["ETag"].endswith('-6"')
        s3.download_file(bucket, "key", str(tmp_path / "back"), Config=config)
        assert (tmp_path / "back").read_bytes() == data
        s3.copy({"Bucket": bucket, "Key": "key"}, bucket, "copy", Config=config)
        assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == data

    def test_a_stream_of_unknown_length(self, s3, bucket):
        read, write = os.pipe()
        data = random_bytes(60_000)
        os.write(write, data)
        os.close(write)
        with os.fdopen(read, "rb") as stream:
            s3.upload_fileobj(stream, bucket, "key")
        assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == data


class TestJavaScriptSdk:
    """The pinned @aws-sdk/client-s3 sends CRC32 trailers and asks for checksums by default, as the newest SDKs do."""

    @pytest.mark.parametrize("case", [
        "defaultChecksums", "streamOfUnknownLength", "crc64nvme", "everyAlgorithm", "multipart", "conditionalPut",
        "listAndDelete", "errors"])
    def test_case(self, node, bucket, case):
        assert JS_MODULES.is_dir(), f"{JS_MODULES} is missing: ./dev test installs it"
        environment = {**clean_environment(), "NODE_PATH": str(JS_MODULES), "ENDPOINT": node.url, "BUCKET": bucket,
                       "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_REGION": "us-east-1"}
        done = subprocess.run(["node", JS / "cases.js", case], env=environment, stdin=subprocess.DEVNULL, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0 and done.stdout.rstrip().endswith("ok"), done.stdout[-4000:]
