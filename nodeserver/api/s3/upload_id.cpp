// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/upload_id.h"

namespace maxiofs::api::s3 {

S3Result<Id128> parseUploadId(const Request &request)
{
    const std::string *text = request.parameter("uploadId");
    const auto id = text ? Id128::fromHex(*text) : std::nullopt;
    if (!id)
        return refuse(S3Error(errors::kNoSuchUpload).with("UploadId", text ? *text : std::string()));
    return *id;
}

}  // namespace maxiofs::api::s3
