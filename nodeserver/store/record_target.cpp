// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/record_target.h"

#include "store/object_fields.h"

namespace maxiofs::store {

using frame::Tag;

Result<RecordTarget> targetOf(const frame::Fields &fields)
{
    RecordTarget target;
    TRY_ASSIGN(target.bucket, bucketOf(fields));
    target.key = fields.text(Tag::Key).value_or("");
    TRY_ASSIGN(target.version, versionOf(fields));
    if (const auto upload = fields.get(Tag::UploadId)) {
        target.uploadId = Id128::fromBytes(*upload);
        if (!target.uploadId)
            return failure(Error::Corrupt, "a record's upload id is damaged");
    }
    target.dataId = fields.varint(Tag::DataId).value_or(0);
    target.partNumber = static_cast<std::uint16_t>(fields.varint(Tag::PartNumber).value_or(0));
    if (const auto ended = fields.get(Tag::EndedData))
        target.endedData = decodeNumbers(*ended);
    return target;
}

}  // namespace maxiofs::store
