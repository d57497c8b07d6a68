// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace maxiofs::http {

/// "Not Found" for 404; "Unknown" for a status without a registered phrase.
[[nodiscard]] std::string_view reasonPhrase(unsigned status);

/// 1xx, 204 and 304 never have a body.
[[nodiscard]] bool hasNoBody(unsigned status);

// The head of a response. The server adds Date, Server, Connection, Content-Length and Transfer-Encoding; a
// handler sets contentLength instead of a field. Fields are kept as the lines that will be sent, so that
// adding one costs no allocation of its own. A control byte in a value is replaced by a space: no value can
// begin another field.
class ResponseHead {
public:
    ResponseHead() = default;
    explicit ResponseHead(unsigned statusCode) : status(statusCode) {}
    ResponseHead(unsigned statusCode, std::string_view contentType) : status(statusCode)
    {
        add("Content-Type", contentType);
    }

    unsigned status = 200;
    std::string_view reason;  // of static life; empty: the registered phrase
    /// With begin(): the body's length; without one the body is sent chunked. respond() sets it from its
    /// body, but for HEAD and 304, where it is sent if the handler set it.
    std::optional<std::uint64_t> contentLength;
    bool close = false;  // end the connection after this response

    /// Content-Length, Transfer-Encoding, Connection, Keep-Alive, Date and Server are the server's own:
    /// adding one of them has no effect, so that a response of another server may be copied whole. Nor has a
    /// name that is no token.
    ResponseHead &add(std::string_view name, std::string_view value);
    ResponseHead &add(std::string_view name, std::uint64_t value);
    /// Replaces every field of this name.
    ResponseHead &set(std::string_view name, std::string_view value);
    ResponseHead &remove(std::string_view name);
    /// The first value with this name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> fields() const;
    /// The field lines as sent, each with its CRLF.
    [[nodiscard]] std::string_view lines() const { return m_lines; }

private:
    std::string m_lines;
};

}  // namespace maxiofs::http
