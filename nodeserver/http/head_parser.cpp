// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/head_parser.h"

#include "http/character_class.h"
#include "text/ascii.h"

namespace maxiofs::http {

namespace {

constexpr std::size_t kMaxMethodBytes = 32;
constexpr std::string_view kLineEnd = "\r\n";

std::unexpected<HeadFault> fault(unsigned status, std::string_view message)
{
    return std::unexpected(HeadFault{status, message});
}

}  // namespace

std::expected<std::size_t, HeadFault> HeadParser::findEnd(std::string_view arrived)
{
    for (;;) {
        const std::size_t lineFeed = arrived.find('\n', m_scanned);
        if (lineFeed == std::string_view::npos)
            break;
        if (lineFeed == 0 || arrived[lineFeed - 1] != '\r')
            return fault(400, "A line of the request's head ends without a carriage return.");
        if (lineFeed >= m_limits.bytes)
            break;
        const bool emptyLine = lineFeed - m_lineStart == 1;
        m_scanned = m_lineStart = lineFeed + 1;
        // One empty line before the request line is forgiven (RFC 9112 section 2.2).
        if (emptyLine && m_scanned > kLineEnd.size())
            return m_scanned;
    }
    if (arrived.size() >= m_limits.bytes)
        return fault(431, "The request's head is too large.");
    m_scanned = arrived.size();
    return 0;
}

std::expected<void, HeadFault> HeadParser::parse(std::string_view bytes, RequestHead &into) const
{
    if (bytes.starts_with(kLineEnd))
        bytes.remove_prefix(kLineEnd.size());
    const auto end = into.take(bytes);
    if (!end)
        return std::unexpected(end.error());
    if (auto parsed = parseRequestLine(*end, into); !parsed)
        return parsed;
    return into.parseFields(*end, m_limits.fields);
}

std::expected<void, HeadFault> HeadParser::parseRequestLine(std::size_t end, RequestHead &into)
{
    const std::string_view line = std::string_view(into.m_bytes).substr(0, end);
    const auto piece = [](std::size_t at, std::size_t size) { return RequestHead::piece(at, size); };

    const std::size_t firstSpace = line.find(' ');
    const std::size_t lastSpace = line.rfind(' ');
    if (firstSpace == std::string_view::npos || lastSpace == firstSpace)
        return fault(400, "The request line is not a method, a target and a version.");
    into.m_method = piece(0, firstSpace);
    into.m_target = piece(firstSpace + 1, lastSpace - firstSpace - 1);
    if (firstSpace == 0 || firstSpace > kMaxMethodBytes || !consistsOf(into.method(), kToken))
        return fault(400, "The request's method is malformed.");
    if (into.m_target.size == 0 || !consistsOf(into.target(), kTargetByte))
        return fault(400, "The request's target is empty or has a space or a control byte.");
    const std::string_view version = line.substr(lastSpace + 1);
    if (version == "HTTP/1.1")
        into.m_minorVersion = 1;
    else if (version == "HTTP/1.0")
        into.m_minorVersion = 0;
    else if (version.size() == 8 && version.starts_with("HTTP/") &&
             text::parseUnsigned(version.substr(5, 1)) && version[6] == '.' &&
             text::parseUnsigned(version.substr(7)))
        return fault(505, "The request's version of HTTP is not supported.");
    else
        return fault(400, "The request line does not end with a version of HTTP.");

    // The target's forms: RFC 9112 section 3.2.
    const std::string_view target = into.target();
    const std::size_t at = into.m_target.at;
    std::size_t pathAt = 0;
    into.m_authority = {};
    if (target.front() != '/') {
        const std::size_t scheme = text::istartsWith(target, "http://")    ? 7
                                   : text::istartsWith(target, "https://") ? 8
                                                                           : 0;
        if (scheme != 0) {
            pathAt = target.find('/', scheme);
            if (pathAt == std::string_view::npos || target.find('?') < pathAt)
                return fault(400, "The request's target names a host and no path.");
            into.m_authority = piece(at + scheme, pathAt - scheme);
            if (into.m_authority.size == 0)
                return fault(400, "The request's target has a scheme and no host.");
        } else if (target != "*" || into.method() != "OPTIONS") {
            return fault(400, "The request's target does not begin with a slash.");
        }
    }
    const std::size_t question = target.find('?', pathAt);
    const std::size_t pathEnd = question == std::string_view::npos ? target.size() : question;
    into.m_path = piece(at + pathAt, pathEnd - pathAt);
    into.m_query = question == std::string_view::npos
                       ? RequestHead::Piece()
                       : piece(at + question + 1, target.size() - question - 1);
    return {};
}

}  // namespace maxiofs::http
