// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/framing_guard.h"

#include "http/character_class.h"
#include "text/ascii.h"

#include <limits>

namespace maxiofs::http {

namespace {

std::unexpected<HeadFault> fault(unsigned status, std::string_view message)
{
    return std::unexpected(HeadFault{status, message});
}

// The fields that decide the framing, found in one pass.
struct Found {
    std::size_t hosts = 0;
    std::string_view host;
    std::size_t transferEncodings = 0;
    std::string_view transferEncoding;
    std::size_t contentLengths = 0;
    std::string_view contentLength;
    std::size_t expectations = 0;
    std::string_view expectation;
    bool connection = false;
};

Found findFields(const RequestHead &head)
{
    Found found;
    for (std::size_t i = 0; i < head.fieldCount(); ++i) {
        const auto [name, value] = head.field(i);
        if (sameName(name, "Host")) {
            ++found.hosts;
            found.host = value;
        } else if (sameName(name, "Transfer-Encoding")) {
            ++found.transferEncodings;
            found.transferEncoding = value;
        } else if (sameName(name, "Content-Length")) {
            ++found.contentLengths;
            found.contentLength = value;
        } else if (sameName(name, "Expect")) {
            ++found.expectations;
            found.expectation = value;
        } else if (sameName(name, "Connection")) {
            found.connection = true;
        }
    }
    return found;
}

std::expected<void, HeadFault> checkHost(const RequestHead &head, const Found &found)
{
    if (found.hosts > 1)
        return fault(400, "The request has more than one Host.");
    if (found.hosts == 0 && head.minorVersion() >= 1)
        return fault(400, "The request has no Host.");
    if (!consistsOf(found.host, kHostByte))
        return fault(400, "The request's Host is malformed.");
    if (!head.authority().empty() && !sameName(head.authority(), found.host))
        return fault(400, "The request's target and its Host name different hosts.");
    return {};
}

std::expected<void, HeadFault> readBodyFraming(const RequestHead &head, const Found &found, Framing &framing)
{
    if (found.transferEncodings > 0) {
        if (head.minorVersion() == 0)
            return fault(400, "Transfer-Encoding does not exist in HTTP/1.0.");
        if (found.transferEncodings > 1)
            return fault(400, "The request has more than one Transfer-Encoding.");
        if (found.contentLengths > 0)
            return fault(400, "The request has both Transfer-Encoding and Content-Length.");
        if (!sameName(found.transferEncoding, "chunked"))
            return fault(501, "Only the transfer encoding \"chunked\" is supported.");
        framing.body = Framing::Body::Chunked;
    }
    if (found.contentLengths > 0) {
        if (found.contentLengths > 1)
            return fault(400, "The request has more than one Content-Length.");
        const std::optional<std::uint64_t> length = text::parseUnsigned(found.contentLength);
        if (!length || *length > std::numeric_limits<std::int64_t>::max())
            return fault(400, "The request's Content-Length is not a number.");
        framing.body = *length == 0 ? Framing::Body::None : Framing::Body::Length;
        framing.length = *length;
    }
    return {};
}

}  // namespace

std::expected<Framing, HeadFault> guardFraming(const RequestHead &head)
{
    const Found found = findFields(head);
    Framing framing;
    if (auto checked = checkHost(head, found); !checked)
        return std::unexpected(checked.error());
    if (auto read = readBodyFraming(head, found, framing); !read)
        return std::unexpected(read.error());

    if (head.minorVersion() == 0)
        framing.keepAlive = found.connection && head.listHas("Connection", "keep-alive") &&
                            !head.listHas("Connection", "close");
    else
        framing.keepAlive = !found.connection || !head.listHas("Connection", "close");

    // HTTP/1.0 knows no expectations (RFC 9110 section 10.1.1).
    if (found.expectations > 0 && head.minorVersion() >= 1) {
        if (found.expectations > 1 || !sameName(found.expectation, "100-continue"))
            return fault(417, "The only expectation that is supported is 100-continue.");
        framing.expectsContinue = true;
    }
    return framing;
}

}  // namespace maxiofs::http
