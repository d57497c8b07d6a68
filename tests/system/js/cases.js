// SPDX-License-Identifier: GPL-3.0-or-later
// Cases for one pinned S3 client. `node cases.js CASE` ends with "ok", or with the reason and status 1.
"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const { Readable } = require("node:stream");
const s3 = require("@aws-sdk/client-s3");

const Bucket = process.env.BUCKET;
const client = new s3.S3Client({ endpoint: process.env.ENDPOINT, forcePathStyle: true, maxAttempts: 1 });
const MIB = 1024 * 1024;

async function bytesOf(key, more = {}) {
    const answer = await client.send(new s3.GetObjectCommand({ Bucket, Key: key, ...more }));
    return Buffer.from(await answer.Body.transformToByteArray());
}

async function codeOf(command) {
    try {
        await client.send(command);
    } catch (error) {
        return `${error.$metadata.httpStatusCode} ${error.name}`;
    }
    return "no error";
}

const cases = {
    async defaultChecksums() {
        const Body = crypto.randomBytes(100000);
        const put = await client.send(new s3.PutObjectCommand({ Bucket, Key: "key", Body }));
        assert.ok(put.ChecksumCRC32, "the client sends a CRC32 by default and the server tells it back");
        assert.deepEqual(await bytesOf("key"), Body);
    },

    async streamOfUnknownLength() {
        const data = crypto.randomBytes(300000);
        const Body = Readable.from([data.subarray(0, 70000), data.subarray(70000)]);
        await client.send(new s3.PutObjectCommand({ Bucket, Key: "key", Body, ContentLength: data.length }));
        assert.deepEqual(await bytesOf("key"), data);
    },

    async crc64nvme() {
        // The value of "123456789", so that the client needs no implementation of its own.
        const ChecksumCRC64NVME = Buffer.from("ae8b14860a799888", "hex").toString("base64");
        const put = { Bucket, Key: "key", Body: "123456789", ChecksumCRC64NVME };
        assert.equal((await client.send(new s3.PutObjectCommand(put))).ChecksumCRC64NVME, ChecksumCRC64NVME);
        const head = await client.send(new s3.HeadObjectCommand({ Bucket, Key: "key", ChecksumMode: "ENABLED" }));
        assert.equal(head.ChecksumCRC64NVME, ChecksumCRC64NVME);
        assert.equal(await codeOf(new s3.PutObjectCommand({ ...put, Body: "other" })), "400 BadDigest");
    },

    async everyAlgorithm() {
        const Body = crypto.randomBytes(70000);
        for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "SHA1", "SHA256"]) {
            const put = await client.send(
                new s3.PutObjectCommand({ Bucket, Key: ChecksumAlgorithm, Body, ChecksumAlgorithm }));
            assert.ok(put["Checksum" + ChecksumAlgorithm], ChecksumAlgorithm);
            assert.deepEqual(await bytesOf(ChecksumAlgorithm, { ChecksumMode: "ENABLED" }), Body);
        }
    },

    async multipart() {
        const bodies = [crypto.randomBytes(5 * MIB), crypto.randomBytes(12345)];
        const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand({ Bucket, Key: "big" }));
        const Parts = [];
        for (const [index, Body] of bodies.entries()) {
            const PartNumber = index + 1;
            const part = await client.send(
                new s3.UploadPartCommand({ Bucket, Key: "big", UploadId, PartNumber, Body }));
            Parts.push({ PartNumber, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 });
        }
        await client.send(new s3.CompleteMultipartUploadCommand(
            { Bucket, Key: "big", UploadId, MultipartUpload: { Parts } }));
        assert.deepEqual(await bytesOf("big"), Buffer.concat(bodies));
    },

    async conditionalPut() {
        const put = { Bucket, Key: "once", Body: "x", IfNoneMatch: "*" };
        const first = await client.send(new s3.PutObjectCommand(put));
        assert.equal(await codeOf(new s3.PutObjectCommand(put)), "412 PreconditionFailed");
        await client.send(new s3.PutObjectCommand({ Bucket, Key: "once", Body: "y", IfMatch: first.ETag }));
        assert.equal((await bytesOf("once")).toString(), "y");
    },

    async listAndDelete() {
        const keys = ["a b", "c/ü", "d+e", "f&g"];
        for (const Key of keys)
            await client.send(new s3.PutObjectCommand({ Bucket, Key, Body: Key }));
        const listed = await client.send(new s3.ListObjectsV2Command({ Bucket }));
        assert.deepEqual(listed.Contents.map((each) => each.Key), [...keys].sort());
        const Objects = keys.map((Key) => ({ Key }));
        const deleted = await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
        assert.equal(deleted.Deleted.length, keys.length);
        assert.equal((await client.send(new s3.ListObjectsV2Command({ Bucket }))).KeyCount, 0);
    },

    async errors() {
        assert.equal(await codeOf(new s3.GetObjectCommand({ Bucket, Key: "missing" })), "404 NoSuchKey");
        assert.equal(await codeOf(new s3.HeadObjectCommand({ Bucket, Key: "missing" })), "404 NotFound");
        assert.equal(await codeOf(new s3.ListObjectsV2Command({ Bucket: "no-such-bucket-here" })), "404 NoSuchBucket");
        assert.equal(await codeOf(new s3.CreateBucketCommand({ Bucket: "Not_Valid" })), "400 InvalidBucketName");
    },
};

cases[process.argv[2]]().then(
    () => console.log("ok"),
    (error) => {
        console.log(error);
        process.exitCode = 1;
    });
