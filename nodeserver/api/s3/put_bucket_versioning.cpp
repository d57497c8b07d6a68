// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/put_bucket_versioning.h"

#include "api/s3/document_body.h"
#include "api/s3/elsewhere.h"
#include "text/xml_reader.h"

namespace maxiofs::api::s3 {

namespace {

S3Result<records::Versioning> parseConfiguration(std::string_view document)
{
    const auto root = text::parseXml(document);
    if (!root || root->name != "VersioningConfiguration")
        return refuse(S3Error(errors::kMalformedXml));
    if (root->childText("MfaDelete") == "Enabled")
        return refuse(
            S3Error(errors::kNotImplemented, "MfaDelete is not implemented.").with("Element", "MfaDelete"));
    if (root->child("Status") == nullptr)
        return refuse(S3Error(errors::kIllegalVersioningConfiguration));
    const std::string_view status = root->childText("Status");
    if (status == "Enabled")
        return records::Versioning::Enabled;
    if (status == "Suspended")
        return records::Versioning::Suspended;
    return refuse(S3Error(errors::kMalformedXml));
}

}  // namespace

S3Result<PutBucketVersioning> PutBucketVersioning::parse(const Request &)
{
    return PutBucketVersioning();
}

Access PutBucketVersioning::access(const Request &) const
{
    return {identity::Action::BucketAdmin, {}};
}

net::Awaitable<S3Result<Reply>> PutBucketVersioning::run(Call &call) const
{
    CO_S3_TRY(const std::string document, co_await readNeededDocument(call, kMaxSmallDocument));
    CO_S3_TRY(const records::Versioning versioning, parseConfiguration(document));

    const auto changed = co_await call.context.pool.run(
        [&] { return call.context.buckets.setVersioning(call.request.bucket(), versioning); });
    if (!changed)
        co_return refuse(fromStore(changed.error(), call.subject()));
    co_await settle(call.context);
    co_return Reply::status(200);
}

}  // namespace maxiofs::api::s3
