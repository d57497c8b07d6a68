// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/signer.h"

#include "base/hex.h"
#include "sigv4/canonical_request.h"
#include "text/ascii.h"
#include "text/dates.h"
#include "text/uri.h"

#include <algorithm>

namespace maxiofs::sigv4 {

namespace {

std::string scopeOf(std::string_view amzDate, const std::string &region)
{
    constexpr std::size_t kDayLength = 8;
    return std::string(amzDate.substr(0, kDayLength)) + "/" + region + "/" + std::string(kService) +
           "/aws4_request";
}

std::vector<std::string> namesOf(std::span<const HeaderView> headers)
{
    std::vector<std::string> names;
    for (const HeaderView &header : headers)
        names.push_back(text::toLower(header.name));
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (const std::string &name : names)
        text.append(text.empty() ? "" : ";").append(name);
    return text;
}

}  // namespace

Signer::Signer(Credentials credentials) : m_credentials(std::move(credentials)) {}

const SigningKey &Signer::keyFor(std::string_view day)
{
    if (m_day != day) {
        m_key = signingKey(m_credentials.secretKey, day, m_credentials.region, kService);
        m_day = day;
    }
    return m_key;
}

SignedHead Signer::sign(const RequestView &request, std::string_view payloadHash, std::int64_t nowUnixMs)
{
    SignedHead head;
    head.amzDate = text::formatAmzDate(nowUnixMs);
    head.scope = scopeOf(head.amzDate, m_credentials.region);
    head.headers.emplace_back("x-amz-content-sha256", payloadHash);
    head.headers.emplace_back("x-amz-date", head.amzDate);
    if (!m_credentials.securityToken.empty())
        head.headers.emplace_back("x-amz-security-token", m_credentials.securityToken);

    std::vector<HeaderView> all(request.headers.begin(), request.headers.end());
    for (const auto &[name, value] : head.headers)
        all.push_back({name, value});
    RequestView complete = request;
    complete.headers = all;
    const std::vector<std::string> names = namesOf(all);
    const auto canonical = canonicalRequest(complete, names, payloadHash, false);
    if (!canonical)
        return {};
    head.signature = toHex(crypto::hmacSha256(keyFor(text::formatDay(nowUnixMs)),
                                              stringToSign(head.amzDate, head.scope, *canonical)));
    head.headers.emplace_back(
        "Authorization", std::string(kAlgorithm) + " Credential=" + m_credentials.accessKeyId + "/" +
                             head.scope + ",SignedHeaders=" + joined(names) + ",Signature=" + head.signature);
    return head;
}

std::string Signer::presign(const RequestView &request, std::uint64_t expiresSeconds, std::int64_t nowUnixMs)
{
    const std::string amzDate = text::formatAmzDate(nowUnixMs);
    const std::string scope = scopeOf(amzDate, m_credentials.region);
    const std::vector<std::string> names = namesOf(request.headers);
    std::string query(request.rawQuery);
    const auto add = [&query](std::string_view name, std::string_view value) {
        query.append(query.empty() ? "" : "&").append(name).append("=");
        text::appendUriEncoded(query, value);
    };
    add("X-Amz-Algorithm", kAlgorithm);
    add("X-Amz-Credential", m_credentials.accessKeyId + "/" + scope);
    add("X-Amz-Date", amzDate);
    add("X-Amz-Expires", std::to_string(expiresSeconds));
    if (!m_credentials.securityToken.empty())
        add("X-Amz-Security-Token", m_credentials.securityToken);
    add("X-Amz-SignedHeaders", joined(names));

    RequestView complete = request;
    complete.rawQuery = query;
    const auto canonical = canonicalRequest(complete, names, kUnsignedPayload, true);
    if (!canonical)
        return {};
    add("X-Amz-Signature", toHex(crypto::hmacSha256(keyFor(text::formatDay(nowUnixMs)),
                                                    stringToSign(amzDate, scope, *canonical))));
    return query;
}

ChunkSignatures Signer::chunks(const SignedHead &head)
{
    constexpr std::size_t kDayLength = 8;
    return {keyFor(std::string_view(head.amzDate).substr(0, kDayLength)), head.amzDate, head.scope,
            head.signature};
}

}  // namespace maxiofs::sigv4
