// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/object_changes.h"

namespace maxiofs::store {

// The decisions of multipart uploads, on the committer's thread.

[[nodiscard]] Result<Id128> decideBeginUpload(Decision &decision, const BucketId &bucket,
                                              const std::string &key, const Attributes &attributes,
                                              const ObjectStore::UploadOptions &options);

struct NewPart {
    BucketId bucket;
    std::string key;
    Id128 uploadId;
    unsigned number = 0;
    frame::Fields fields;  // all but data id and kills
    Bytes payload;
    std::uint64_t size = 0;
    std::string etag;
    std::optional<ObjectChecksum> checksum;
};
[[nodiscard]] Result<Committed> decidePart(Decision &decision, NewPart &part);

struct Completion {
    BucketId bucket;
    std::string key;
    Id128 uploadId;
    std::vector<ObjectStore::CompletePart> parts;
    WriteConditions conditions;
    std::optional<ObjectChecksum> expected;
    std::optional<std::uint64_t> expectedSize;
    std::uint64_t minPartBytes = kMinPartBytes;
};
[[nodiscard]] Result<Committed> decideComplete(Decision &decision, log::Log &log,
                                               const Completion &completion);

[[nodiscard]] Result<void> decideAbort(Decision &decision, const BucketId &bucket, const std::string &key,
                                       const Id128 &uploadId);

/// The options that an upload was begun with.
[[nodiscard]] Result<ObjectStore::UploadOptions> optionsOf(const index::UploadRow &row);

}  // namespace maxiofs::store
