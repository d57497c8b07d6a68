// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/canonical_request.h"

#include "crypto/digest.h"
#include "text/ascii.h"
#include "text/uri.h"

#include <algorithm>

namespace maxiofs::sigv4 {

namespace {

constexpr std::size_t kUsualLength = 1024;  // of a canonical request

// Trimmed, with runs of spaces inside taken for one.
void appendHeaderValue(std::string &to, std::string_view value)
{
    value = text::trim(value);
    if (value.find("  ") == std::string_view::npos && value.find('\t') == std::string_view::npos) {
        to.append(value);
        return;
    }
    bool space = false;
    for (const char c : value) {
        const bool blank = c == ' ' || c == '\t';
        if (!blank)
            to.push_back(c);
        else if (!space)
            to.push_back(' ');
        space = blank;
    }
}

// Headers of one name are joined by commas in the order sent.
void appendHeader(std::string &to, const RequestView &request, std::string_view name)
{
    to.append(name);
    to.push_back(':');
    bool first = true;
    for (const HeaderView &header : request.headers) {
        if (!text::iequals(header.name, name))
            continue;
        if (!first)
            to.push_back(',');
        first = false;
        appendHeaderValue(to, header.value);
    }
    to.push_back('\n');
}

}  // namespace

std::optional<std::string> canonicalPath(std::string_view rawPath)
{
    if (text::isUriEncoded(rawPath, text::Slash::Keep))
        return std::string(rawPath);
    const auto decoded = text::percentDecode(rawPath);
    return decoded ? std::optional(text::uriEncode(*decoded, text::Slash::Keep)) : std::nullopt;
}

std::optional<std::string> canonicalQuery(std::string_view rawQuery, bool presigned)
{
    const auto query = text::Query::parse(rawQuery);
    if (!query)
        return std::nullopt;
    std::vector<std::pair<std::string, std::string>> encoded;
    encoded.reserve(query->pairs().size());
    for (const text::QueryPair &pair : query->pairs()) {
        if (!presigned || pair.name != "X-Amz-Signature")
            encoded.emplace_back(text::uriEncode(pair.name), text::uriEncode(pair.value));
    }
    std::ranges::sort(encoded);
    std::string canonical;
    for (const auto &[name, value] : encoded) {
        if (!canonical.empty())
            canonical.push_back('&');
        canonical.append(name).append("=").append(value);
    }
    return canonical;
}

std::optional<std::string> canonicalRequest(const RequestView &request,
                                            const std::vector<std::string> &signedHeaders,
                                            std::string_view payloadHash, bool presigned)
{
    const auto path = canonicalPath(request.rawPath);
    const auto query = canonicalQuery(request.rawQuery, presigned);
    if (!path || !query)
        return std::nullopt;
    std::string canonical;
    canonical.reserve(kUsualLength);
    canonical.append(request.method);
    canonical.append("\n").append(*path).append("\n").append(*query).append("\n");
    for (const std::string &name : signedHeaders)
        appendHeader(canonical, request, name);
    canonical.push_back('\n');
    std::string_view separator;
    for (const std::string &name : signedHeaders) {
        canonical.append(separator).append(name);
        separator = ";";
    }
    canonical.append("\n").append(payloadHash);
    return canonical;
}

std::string stringToSign(std::string_view amzDate, std::string_view scope, std::string_view canonical)
{
    std::string text;
    text.reserve(kUsualLength / 4);
    text.append("AWS4-HMAC-SHA256\n").append(amzDate).append("\n").append(scope).append("\n");
    text.append(crypto::sha256Hex(asBytes(canonical)));
    return text;
}

}  // namespace maxiofs::sigv4
