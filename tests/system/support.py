# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests share besides nodes: clients, documents, bytes and commands."""

import base64
import hashlib
import os
import random
import subprocess
from xml.sax.saxutils import escape

import boto3
from botocore.config import Config

from node import ACCESS_KEY, SECRET_KEY, clean_environment
from sigv4_raw import RawClient, Signer

MIB = 1 << 20
SMALLEST_PART = 5 * MIB


def boto3_client(node, **config):
    return boto3.client(
        "s3", endpoint_url=node.url, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
        region_name="us-east-1",
        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, read_timeout=120, **config))


def raw_client(node):
    return RawClient(node.s3_port, Signer(ACCESS_KEY, SECRET_KEY), address=node.host)


def set_versioning(raw, bucket, status):
    body = f"<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>".encode()
    raw.put(f"/{bucket}", body, query=[("versioning", "")]).expect(200)


def random_bytes(size, seed=0):
    return random.Random(seed).randbytes(size)


def md5_hex(data):
    return hashlib.md5(data).hexdigest()


def quoted_md5(data):
    return f'"{md5_hex(data)}"'


def base64_of(data):
    return base64.b64encode(data).decode()


def keys_of(answer):
    """The keys of a listing, in its order."""
    return answer.texts_of("Contents/Key")


def prefixes_of(answer):
    return answer.texts_of("CommonPrefixes/Prefix")


# --- Multipart -----------------------------------------------------------------------------------------------------

def start_upload(raw, path, headers=None):
    return raw.post(path, query=[("uploads", "")], headers=headers).expect(200).text_of("UploadId")


def put_part(raw, path, upload, number, data, headers=None):
    query = [("partNumber", number), ("uploadId", upload)]
    return raw.put(path, data, query=query, headers=headers)


def complete_document(parts):
    """`parts`: (number, etag) or (number, etag, {checksum element: value})."""
    text = ""
    for number, etag, *checksums in parts:
        extra = "".join(f"<{name}>{value}</{name}>" for name, value in (checksums[0] if checksums else {}).items())
        text += f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(etag)}</ETag>{extra}</Part>"
    return f"<CompleteMultipartUpload>{text}</CompleteMultipartUpload>".encode()


def complete(raw, path, upload, parts, headers=None):
    return raw.post(path, complete_document(parts), query=[("uploadId", upload)], headers=headers)


def upload_parts(raw, path, bodies, headers=None):
    """A whole multipart upload; answers (upload id, complete's answer)."""
    upload = start_upload(raw, path, headers)
    parts = [(number, put_part(raw, path, upload, number, body).expect(200).etag)
             for number, body in enumerate(bodies, 1)]
    return upload, complete(raw, path, upload, parts).expect(200)


# --- Commands ------------------------------------------------------------------------------------------------------

def run(command, folder, seconds=600, **environment):
    """Runs a client as a person would, with its home in `folder`; answers what it printed, fails with it."""
    full = clean_environment()
    full.update(HOME=str(folder), AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY,
                AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true", AWS_PAGER="", LC_ALL="C.UTF-8",
                PATH="/usr/bin:/bin:/usr/local/bin:" + os.environ.get("PATH", ""), **environment)
    done = subprocess.run([str(word) for word in command], env=full, stdin=subprocess.DEVNULL, timeout=seconds,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-4000:]}"
    return done.stdout


# Each answers a function that runs the client against the node with further words.

def aws_of(node, home, seconds=600):
    return lambda *words: run(["/usr/bin/aws", "--endpoint-url", node.url, *words], home, seconds)


def rclone_of(node, home, seconds=600):
    """The remote is "m:"."""
    remote = {"TYPE": "s3", "PROVIDER": "Other", "ENDPOINT": node.url, "REGION": "us-east-1",
              "ACCESS_KEY_ID": ACCESS_KEY, "SECRET_ACCESS_KEY": SECRET_KEY}
    environment = {"RCLONE_CONFIG": str(home / "rclone.conf"),
                   **{"RCLONE_CONFIG_M_" + name: value for name, value in remote.items()}}
    return lambda *words: run(["/usr/bin/rclone", "--retries", "1", *words], home, seconds, **environment)


def s3cmd_of(node, home, seconds=600):
    settings = home / "s3cmd.conf"
    settings.write_text(
        f"[default]\naccess_key = {ACCESS_KEY}\nsecret_key = {SECRET_KEY}\nhost_base = {node.host}:{node.s3_port}\n"
        f"host_bucket = {node.host}:{node.s3_port}\nuse_https = False\nbucket_location = us-east-1\n")
    return lambda *words: run(["/usr/bin/s3cmd", "-c", settings, "--no-progress", *words], home, seconds)
