// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/error_document.h"

#include "text/utf8.h"
#include "text/xml_writer.h"

namespace maxiofs::api::s3 {

namespace {

// A refused request may hold anything; the document must stay well-formed.
std::string_view printable(std::string_view text)
{
    return text::isValidUtf8(text) ? text : std::string_view("(not UTF-8)");
}

}  // namespace

void addRequestIds(http::ResponseHead &head, std::string_view requestId, std::string_view hostId)
{
    head.add("x-amz-request-id", requestId);
    head.add("x-amz-id-2", hostId);
}

ErrorDocument renderError(const S3Error &error, std::string_view resource, std::string_view requestId,
                          std::string_view hostId, bool withoutBody)
{
    ErrorDocument result{http::ResponseHead(error.kind.status), {}};
    addRequestIds(result.head, requestId, hostId);
    for (const auto &[name, value] : error.headers)
        result.head.add(name, value);
    if (error.kind.status == 304)
        return result;
    result.head.add("Content-Type", "application/xml");
    if (withoutBody)
        return result;

    text::XmlWriter xml;
    xml.open("Error").element("Code", error.kind.code).element("Message", printable(error.message));
    for (const auto &[name, value] : error.details)
        xml.element(name, printable(value));
    xml.element("Resource", printable(resource))
        .element("RequestId", requestId)
        .element("HostId", hostId)
        .close();
    result.body = xml.take();
    return result;
}

}  // namespace maxiofs::api::s3
