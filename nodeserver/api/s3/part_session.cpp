// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/part_session.h"

namespace maxiofs::api::s3 {

net::Awaitable<S3Result<std::unique_ptr<store::PutSession>>>
beginPart(Call &call, Id128 uploadId, unsigned number, std::uint64_t length,
          std::optional<crypto::ChecksumAlgorithm> promised)
{
    const std::string uploadText = uploadId.hex();
    const Subject subject = call.subject({}, uploadText);
    auto work = [&]() -> S3Result<std::unique_ptr<store::PutSession>> {
        S3_TRY(const auto upload,
               toS3(call.context.store.upload(call.bucketId(), call.request.key(), uploadId), subject));
        const auto wanted = upload.options.checksumAlgorithm;
        if (wanted && promised && *wanted != *promised)
            return refuse(S3Error(errors::kInvalidRequest,
                                  "Checksum Type mismatch occurred, expected checksum Type: " +
                                      std::string(crypto::nameOf(*wanted)) +
                                      ", actual checksum Type: " + std::string(crypto::nameOf(*promised))));
        S3_TRY(auto session, toS3(call.context.store.beginPart(call.bucketId(), call.request.key(), uploadId,
                                                               number, length),
                                  subject));
        if (const auto algorithm = wanted ? wanted : promised) {
            session->addChecksum(*algorithm);
            session->storeChecksum(*algorithm);
        }
        return session;
    };
    co_return co_await call.context.pool.run(std::move(work));
}

}  // namespace maxiofs::api::s3
