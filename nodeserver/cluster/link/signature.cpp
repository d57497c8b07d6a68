// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/signature.h"

#include "base/hex.h"
#include "cluster/link/routes.h"
#include "crypto/constant_time.h"
#include "crypto/hmac.h"

#include <algorithm>

namespace maxiofs::cluster::link {

namespace {

constexpr std::size_t kTimestampDigits = 10;
constexpr std::size_t kSignatureDigits = 64;
constexpr std::int64_t kMsPerSecond = 1000;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLowerHex(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f');
}

std::unexpected<Error> malformed(std::string_view header, std::string_view expected)
{
    return failure(Error::Unauthenticated, std::string(header) + " must be " + std::string(expected) + ".",
                   std::string(header));
}

}  // namespace

Status checkForm(const SignedParts &parts)
{
    if (parts.method.empty() ||
        !std::ranges::all_of(parts.method, [](char c) { return c >= 'A' && c <= 'Z'; }))
        return failure(Error::Unauthenticated, "A signed request's method has upper-case letters only.",
                       "method");
    if (findRoute(parts.path) == nullptr)
        return failure(Error::Unauthenticated, "A signed request's path must be one of the internal routes.",
                       "path");
    if (parts.timestamp.size() != kTimestampDigits || !std::ranges::all_of(parts.timestamp, isDigit))
        return malformed(kTimestampHeader, "10 digits: Unix time in seconds");
    if (const auto nonce = Id128::fromUuid(parts.nonce); !nonce || nonce->uuid() != parts.nonce)
        return malformed(kNonceHeader, "a UUID in lower case");
    return {};
}

std::string signatureOf(std::string_view token, const SignedParts &parts)
{
    crypto::HmacSha256 hmac(asBytes(token));
    hmac.update(parts.method);
    hmac.update(parts.path);
    hmac.update(parts.timestamp);
    hmac.update(parts.nonce);
    hmac.update(parts.body);
    return toHex(hmac.finish());
}

bool isSignedBy(std::string_view token, const SignedParts &parts, std::string_view signature)
{
    return !token.empty() && crypto::equalConstantTime(signatureOf(token, parts), signature);
}

Status checkSignatureForm(std::string_view signature)
{
    if (signature.size() != kSignatureDigits || !std::ranges::all_of(signature, isLowerHex))
        return malformed(kSignatureHeader, "64 lower-case hex digits");
    return {};
}

std::int64_t secondsOf(std::string_view timestamp)
{
    std::int64_t seconds = 0;
    for (const char digit : timestamp)
        seconds = seconds * 10 + (digit - '0');
    return seconds;
}

Status checkSkew(std::string_view timestamp, std::int64_t nowMs)
{
    const std::int64_t skew = secondsOf(timestamp) - nowMs / kMsPerSecond;
    if (skew >= -kMaxSkewSeconds && skew <= kMaxSkewSeconds)
        return {};
    return failure(Error::Unauthenticated,
                   "The clock of the sender is " + std::to_string(skew > 0 ? skew : -skew) + " s " +
                       (skew > 0 ? "ahead" : "behind") + " (at most " + std::to_string(kMaxSkewSeconds) +
                       " s): synchronise it with NTP.",
                   "clock");
}

SignatureHeaders sign(std::string_view token, const NodeId &self, std::string_view method,
                      std::string_view path, ByteView body, std::int64_t wallMs)
{
    SignatureHeaders headers;
    headers.nodeId = self.uuid();
    const std::int64_t seconds = std::max<std::int64_t>(wallMs, 0) / kMsPerSecond;
    headers.timestamp = std::to_string(seconds);
    if (headers.timestamp.size() < kTimestampDigits)
        headers.timestamp.insert(0, kTimestampDigits - headers.timestamp.size(), '0');
    headers.nonce = Id128::random().uuid();
    headers.signature = signatureOf(token, {method, path, headers.timestamp, headers.nonce, body});
    return headers;
}

std::string answerProof(std::string_view key, const AnswerParts &parts)
{
    crypto::HmacSha256 hmac(asBytes(key));
    const auto part = [&](ByteView bytes) {
        const std::string length = std::to_string(bytes.size()) + ":";
        hmac.update(length);
        hmac.update(bytes);
    };
    part(asBytes("maxiofs answer 1"));
    part(asBytes(parts.path));
    part(asBytes(parts.nonce));
    part(asBytes(parts.askerCertificate));
    part(asBytes(parts.answererCertificate));
    part(parts.body);
    return toHex(hmac.finish());
}

bool isAnswerProvenBy(std::string_view key, const AnswerParts &parts, std::string_view proof)
{
    return !key.empty() && crypto::equalConstantTime(answerProof(key, parts), proof);
}

}  // namespace maxiofs::cluster::link
