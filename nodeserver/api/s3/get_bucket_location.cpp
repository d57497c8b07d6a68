// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/get_bucket_location.h"

#include "text/xml_writer.h"

namespace maxiofs::api::s3 {

S3Result<GetBucketLocation> GetBucketLocation::parse(const Request &)
{
    return GetBucketLocation();
}

Access GetBucketLocation::access(const Request &) const
{
    return {identity::Action::BucketRead, {}};
}

net::Awaitable<S3Result<Reply>> GetBucketLocation::run(Call &call) const
{
    const std::string region = call.bucket->region.empty() ? call.context.region() : call.bucket->region;
    text::XmlWriter xml;
    xml.open("LocationConstraint").attribute("xmlns", text::kS3Namespace);
    if (region != "us-east-1")  // S3 answers an empty element for its first region
        xml.text(region);
    xml.close();
    co_return Reply::xml(xml.take());
}

}  // namespace maxiofs::api::s3
