// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/response_head.h"

#include "http/character_class.h"
#include "http/request_head.h"

#include <algorithm>
#include <array>

namespace maxiofs::http {

namespace {

constexpr std::array<std::string_view, 6> kServersOwn = {
    "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Date", "Server"};

constexpr std::size_t kUsualBytes = 512;  // of all field lines

bool isServersOwn(std::string_view name)
{
    return std::ranges::any_of(kServersOwn, [&](std::string_view own) { return sameName(name, own); });
}

// One "Name: value\r\n" at the front of `lines`.
struct Line {
    std::string_view whole;
    std::string_view name;
    std::string_view value;
};

Line firstLine(std::string_view lines)
{
    const std::size_t colon = lines.find(": ");
    const std::size_t end = lines.find("\r\n", colon);
    return {lines.substr(0, end + 2), lines.substr(0, colon), lines.substr(colon + 2, end - colon - 2)};
}

struct Phrase {
    unsigned status;
    std::string_view text;
};

// IANA's registry, without what this server never sends.
constexpr std::array kPhrases = {
    Phrase{100, "Continue"},
    Phrase{200, "OK"},
    Phrase{201, "Created"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{206, "Partial Content"},
    Phrase{301, "Moved Permanently"},
    Phrase{302, "Found"},
    Phrase{303, "See Other"},
    Phrase{304, "Not Modified"},
    Phrase{307, "Temporary Redirect"},
    Phrase{308, "Permanent Redirect"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{410, "Gone"},
    Phrase{411, "Length Required"},
    Phrase{412, "Precondition Failed"},
    Phrase{413, "Content Too Large"},
    Phrase{414, "URI Too Long"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{416, "Range Not Satisfiable"},
    Phrase{417, "Expectation Failed"},
    Phrase{421, "Misdirected Request"},
    Phrase{422, "Unprocessable Content"},
    Phrase{423, "Locked"},
    Phrase{429, "Too Many Requests"},
    Phrase{431, "Request Header Fields Too Large"},
    Phrase{499, "Client Closed Request"},
    Phrase{500, "Internal Server Error"},
    Phrase{501, "Not Implemented"},
    Phrase{502, "Bad Gateway"},
    Phrase{503, "Service Unavailable"},
    Phrase{504, "Gateway Timeout"},
    Phrase{505, "HTTP Version Not Supported"},
    Phrase{507, "Insufficient Storage"},
};

}  // namespace

std::string_view reasonPhrase(unsigned status)
{
    const auto found = std::ranges::lower_bound(kPhrases, status, {}, &Phrase::status);
    return found != kPhrases.end() && found->status == status ? found->text : std::string_view("Unknown");
}

bool hasNoBody(unsigned status)
{
    return status < 200 || status == 204 || status == 304;
}

ResponseHead &ResponseHead::add(std::string_view name, std::string_view value)
{
    if (name.empty() || !consistsOf(name, kToken) || isServersOwn(name))
        return *this;
    if (m_lines.empty())
        m_lines.reserve(kUsualBytes);
    m_lines.append(name).append(": ");
    const std::size_t begin = m_lines.size();
    m_lines.append(value);
    for (std::size_t i = begin; i < m_lines.size(); ++i)
        if (!kValueByte[static_cast<unsigned char>(m_lines[i])])
            m_lines[i] = ' ';
    m_lines.append("\r\n");
    return *this;
}

ResponseHead &ResponseHead::add(std::string_view name, std::uint64_t value)
{
    return add(name, std::string_view(std::to_string(value)));
}

ResponseHead &ResponseHead::set(std::string_view name, std::string_view value)
{
    return remove(name).add(name, value);
}

ResponseHead &ResponseHead::remove(std::string_view name)
{
    for (std::size_t at = 0; at < m_lines.size();) {
        const Line line = firstLine(std::string_view(m_lines).substr(at));
        if (sameName(line.name, name))
            m_lines.erase(at, line.whole.size());
        else
            at += line.whole.size();
    }
    return *this;
}

std::optional<std::string_view> ResponseHead::find(std::string_view name) const
{
    for (std::string_view left = m_lines; !left.empty();) {
        const Line line = firstLine(left);
        if (sameName(line.name, name))
            return line.value;
        left.remove_prefix(line.whole.size());
    }
    return std::nullopt;
}

std::vector<std::pair<std::string_view, std::string_view>> ResponseHead::fields() const
{
    std::vector<std::pair<std::string_view, std::string_view>> all;
    for (std::string_view left = m_lines; !left.empty();) {
        const Line line = firstLine(left);
        all.emplace_back(line.name, line.value);
        left.remove_prefix(line.whole.size());
    }
    return all;
}

}  // namespace maxiofs::http
