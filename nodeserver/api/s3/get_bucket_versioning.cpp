// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/get_bucket_versioning.h"

#include "text/xml_writer.h"

namespace maxiofs::api::s3 {

S3Result<GetBucketVersioning> GetBucketVersioning::parse(const Request &)
{
    return GetBucketVersioning();
}

Access GetBucketVersioning::access(const Request &) const
{
    return {identity::Action::BucketRead, {}};
}

net::Awaitable<S3Result<Reply>> GetBucketVersioning::run(Call &call) const
{
    text::XmlWriter xml;
    xml.open("VersioningConfiguration").attribute("xmlns", text::kS3Namespace);
    if (call.isVersioned())
        xml.element("Status",
                    call.bucket->versioning == records::Versioning::Enabled ? "Enabled" : "Suspended");
    xml.close();
    co_return Reply::xml(xml.take());
}

}  // namespace maxiofs::api::s3
