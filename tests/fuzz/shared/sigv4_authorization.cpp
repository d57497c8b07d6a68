// SPDX-License-Identifier: GPL-3.0-or-later
// Input: a request's head as text, "METHOD target" and then "name:value" lines. Whatever parses must have a
// canonical request, keep its limits and be refused by a key that is not its own.
#include "base/bytes.h"
#include "sigv4/canonical_request.h"
#include "sigv4/verify.h"
#include "text/ascii.h"
#include "text/uri.h"

#include <cstdlib>
#include <vector>

using namespace maxiofs;

static void require(bool condition)
{
    if (!condition)
        std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    constexpr std::int64_t kNow = 1'369'353'600'000;
    const std::string_view input = asText(std::as_bytes(std::span(data, size)));
    std::vector<sigv4::HeaderView> headers;
    std::string_view method;
    std::string_view target;
    text::forEachPiece(input, '\n', [&](std::string_view line) {
        if (method.empty()) {
            const std::size_t space = line.find(' ');
            method = line.empty() ? "GET" : line.substr(0, space);
            target = space == std::string_view::npos ? "/" : line.substr(space + 1);
            return;
        }
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos)
            headers.push_back({line.substr(0, colon), line.substr(colon + 1)});
    });
    const text::Target split = text::splitTarget(target);
    const sigv4::RequestView request{method, split.path, split.query, headers};

    const auto authorization = sigv4::parseAuthorization(request, kNow);
    if (!authorization) {
        require(!authorization.error().message.empty());
        return 0;
    }
    if (authorization->kind == sigv4::Authorization::Kind::Anonymous)
        return 0;
    require(authorization->expiresSeconds <= sigv4::kMaxPresignSeconds);
    require(sigv4::isHexDigest(authorization->signature));
    const bool presigned = authorization->kind == sigv4::Authorization::Kind::Presigned;
    require(
        sigv4::canonicalRequest(request, authorization->signedHeaders, authorization->payloadHash, presigned)
            .has_value());
    static const sigv4::SigningKey kKey = sigv4::signingKey("of the fuzzer alone", "20130524", "us-east-1");
    require(!sigv4::verify(*authorization, request, kKey).has_value());
    return 0;
}
