// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/answer_head.h"

#include "http/character_class.h"
#include "http/response_head.h"
#include "text/ascii.h"

#include <limits>

namespace maxiofs::http {

namespace {

constexpr std::size_t kVersionBytes = 8;  // "HTTP/1.1"
constexpr std::size_t kStatusBytes = 3;

std::unexpected<HeadFault> refusedAnswer(std::string_view message)
{
    return std::unexpected(HeadFault{502, message});
}

}  // namespace

std::expected<void, HeadFault> AnswerHead::parse(std::string_view bytes, std::size_t maxFields,
                                                 AnswerHead &into)
{
    const auto end = into.take(bytes);
    if (!end)
        return std::unexpected(end.error());
    // RFC 9112 section 4; a reason that is missing with its space is forgiven, as many servers do so.
    const std::string_view line = bytes.substr(0, *end);
    const std::string_view version = line.substr(0, kVersionBytes);
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return refusedAnswer("The answer does not begin with a version of HTTP that is supported.");
    into.m_minorVersion = version.back() == '1' ? 1 : 0;
    const std::string_view rest = line.substr(kVersionBytes);
    if (rest.size() < 1 + kStatusBytes || rest[0] != ' ' ||
        (rest.size() > 1 + kStatusBytes && rest[1 + kStatusBytes] != ' ') || !consistsOf(rest, kValueByte))
        return refusedAnswer("The answer's status line is malformed.");
    const auto status = text::parseUnsigned(rest.substr(1, kStatusBytes));
    if (!status || *status < 100 || *status > 599)
        return refusedAnswer("The answer's status is not a number from 100 to 599.");
    into.m_status = static_cast<unsigned>(*status);
    return into.parseFields(*end, maxFields);
}

std::expected<Framing, HeadFault> AnswerHead::framing(bool toHead) const
{
    Framing framing;
    framing.keepAlive = m_minorVersion >= 1
                            ? !listHas("Connection", "close")
                            : listHas("Connection", "keep-alive") && !listHas("Connection", "close");
    const std::vector<std::string_view> encodings = all("Transfer-Encoding");
    const std::vector<std::string_view> lengths = all("Content-Length");
    if (!encodings.empty() && (encodings.size() > 1 || !lengths.empty() || m_minorVersion == 0 ||
                               !sameName(encodings[0], "chunked")))
        return refusedAnswer("The answer's Transfer-Encoding is not \"chunked\" alone.");
    std::optional<std::uint64_t> length;
    if (!lengths.empty()) {
        length = text::parseUnsigned(lengths[0]);
        if (lengths.size() > 1 || !length || *length > std::numeric_limits<std::int64_t>::max())
            return refusedAnswer("The answer's Content-Length is not one number.");
    }
    if (m_status == 101)
        return refusedAnswer("The answer changes the protocol, which was not asked for.");

    if (toHead || hasNoBody(m_status)) {
        framing.body = Framing::Body::None;
        framing.length = length.value_or(0);
    } else if (!encodings.empty()) {
        framing.body = Framing::Body::Chunked;
    } else if (length) {
        framing.body = *length == 0 ? Framing::Body::None : Framing::Body::Length;
        framing.length = *length;
    } else {
        framing.body = Framing::Body::UntilClose;
        framing.keepAlive = false;
    }
    return framing;
}

}  // namespace maxiofs::http
