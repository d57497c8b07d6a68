// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/operations.h"
#include "http/head_parser.h"

#include <memory>

namespace maxiofs::test {

// A request as an operation's parse() gets it, from its request line and fields.
class ParsedRequest {
public:
    using Fields = std::vector<std::pair<std::string, std::string>>;
    static constexpr std::int64_t kNowMs = 1'765'621'800'000;

    ParsedRequest(std::string_view method, std::string_view target, const Fields &fields = {},
                  std::string_view host = "localhost:8080")
        : m_head(std::make_unique<http::RequestHead>())
    {
        std::string text = std::string(method) + " " + std::string(target) +
                           " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n";
        for (const auto &[name, value] : fields)
            text += name + ": " + value + "\r\n";
        text += "\r\n";
        if (!http::HeadParser().parse(text, *m_head))
            qFatal("the test's head is malformed: %s", text.c_str());
        request = api::s3::Request::parse(*m_head, {"s3.example.com"}, kNowMs);
    }

    const api::s3::Request *operator->() const { return &*request; }
    const api::s3::Request &operator*() const { return *request; }

    /// The operation's name, or the refusal's code.
    [[nodiscard]] std::string outcome() const
    {
        if (!request)
            return std::string(request.error().kind.code);
        const auto operation = api::s3::parseOperation(*request);
        if (!operation)
            return std::string(operation.error().kind.code);
        return std::string(nameOf(static_cast<api::s3::OperationId>(operation->index())));
    }

private:
    std::unique_ptr<http::RequestHead> m_head;

public:
    api::s3::S3Result<api::s3::Request> request = refuse(api::s3::S3Error(api::s3::errors::kInternalError));
};

/// The code of a refusal; empty for a value.
template <typename T>
std::string codeOf(const api::s3::S3Result<T> &result)
{
    return result ? std::string() : std::string(result.error().kind.code);
}

}  // namespace maxiofs::test
