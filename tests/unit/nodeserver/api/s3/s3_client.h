// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sigv4/signer.h"
#include "text/xml_reader.h"

#include <boost/asio/ip/tcp.hpp>

#include <optional>

namespace maxiofs::test {

struct S3Response {
    unsigned status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // lower-case names
    std::string body;

    /// Empty when it is not there.
    [[nodiscard]] std::string header(std::string_view name) const;
    [[nodiscard]] text::XmlElement xml() const;
    /// The <Code> of an error document; empty for another body.
    [[nodiscard]] std::string code() const;
    /// The texts of all elements at a path below the root: {"Contents", "Key"}.
    [[nodiscard]] std::vector<std::string> texts(std::initializer_list<std::string_view> path) const;
};

// A blocking S3 client that signs what it is told, whatever it is. Opens a connection for each request.
class S3Client {
public:
    using Headers = std::vector<std::pair<std::string, std::string>>;
    enum class Payload { Signed, Unsigned, SignedChunks, SignedChunksTrailer, UnsignedChunksTrailer };

    S3Client(std::uint16_t port, std::optional<sigv4::Credentials> credentials)
        : m_port(port),
          m_credentials(std::move(credentials))
    {
    }

    struct Request {
        std::string method;
        std::string target;
        std::string body = {};
        Headers headers = {};
        Payload payload = Payload::Signed;
        std::string trailerName = {};  // of the modes with a trailer
        std::string trailerValue = {};
        std::string host = "localhost";
        std::string payloadHash = {};  // instead of the right one
        bool chunkSignaturesAreWrong = false;
        bool onlyHead = false;           // sends no byte of the body
        std::string contentLength = {};  // instead of the right one; "none": no such header
    };
    [[nodiscard]] S3Response send(Request request) const;
    [[nodiscard]] S3Response send(std::string method, std::string target, std::string body = {},
                                  Headers headers = {}) const
    {
        Request request{std::move(method), std::move(target)};
        request.body = std::move(body);
        request.headers = std::move(headers);
        return send(std::move(request));
    }
    /// The target with a presigned query.
    [[nodiscard]] std::string presigned(std::string_view method, std::string_view target) const;
    /// Sends a request without a signature of its own.
    [[nodiscard]] S3Response sendPlain(std::string_view method, std::string_view target) const;

private:
    [[nodiscard]] S3Response exchange(const std::string &bytes, bool toHead) const;

    std::uint16_t m_port;
    std::optional<sigv4::Credentials> m_credentials;
};

}  // namespace maxiofs::test
