# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills a node with a few buckets and objects, for the pictures of the desktop."""

import argparse
import random

import boto3
from botocore.config import Config

BUCKETS = {"backups": 60, "customer-photos": 140, "invoices": 90, "media-library": 40, "website": 25}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("endpoint", "access-key", "secret-key"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    s3 = boto3.client("s3", endpoint_url=options.endpoint, aws_access_key_id=options.access_key,
                      aws_secret_access_key=options.secret_key, region_name="us-east-1",
                      config=Config(s3={"addressing_style": "path"}))
    choose = random.Random(4)
    for bucket, count in BUCKETS.items():
        s3.create_bucket(Bucket=bucket)
        if bucket in ("invoices", "website"):
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        for number in range(count):
            key = f"2024/{choose.randint(1, 12):02}/{bucket}-{number:04}.bin"
            s3.put_object(Bucket=bucket, Key=key, Body=choose.randbytes(choose.choice([2_000, 40_000, 600_000])))


main()
