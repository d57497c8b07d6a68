# SPDX-License-Identifier: GPL-3.0-or-later
"""The checksums of S3 in plain Python, and their combination over parts."""

import base64
import hashlib
import zlib


def table(polynomial):
    entries = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
        entries.append(value)
    return entries


CRC32C_TABLE = table(0x82F63B78)
CRC64_TABLE = table(0x9A6C9329AC4BC9B5)  # NVME, reflected


def reflected_crc(data, entries, bits):
    crc = (1 << bits) - 1
    for byte in data:
        crc = (crc >> 8) ^ entries[(crc ^ byte) & 0xFF]
    return (crc ^ ((1 << bits) - 1)).to_bytes(bits // 8, "big")


DIGESTS = {
    "CRC32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "CRC32C": lambda data: reflected_crc(data, CRC32C_TABLE, 32),
    "CRC64NVME": lambda data: reflected_crc(data, CRC64_TABLE, 64),
    "SHA1": lambda data: hashlib.sha1(data).digest(),
    "SHA256": lambda data: hashlib.sha256(data).digest(),
}
ALGORITHMS = list(DIGESTS)

# The check values of the catalogue of CRC algorithms and of the FIPS examples' kind.
assert DIGESTS["CRC32"](b"123456789").hex() == "cbf43926"
assert DIGESTS["CRC32C"](b"123456789").hex() == "e3069283"
assert DIGESTS["CRC64NVME"](b"123456789").hex() == "ae8b14860a799888"


def header(algorithm):
    return "x-amz-checksum-" + algorithm.lower()


def element(algorithm):
    return "Checksum" + algorithm


def checksum(algorithm, data):
    return base64.b64encode(DIGESTS[algorithm](data)).decode()


def composite(algorithm, bodies):
    joined = b"".join(DIGESTS[algorithm](body) for body in bodies)
    return f"{checksum(algorithm, joined)}-{len(bodies)}"
