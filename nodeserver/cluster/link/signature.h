// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/result.h"

#include <string>
#include <string_view>

namespace maxiofs::cluster::link {

inline constexpr std::string_view kNodeIdHeader = "X-MaxIOFS-Node-ID";
inline constexpr std::string_view kTimestampHeader = "X-MaxIOFS-Timestamp";
inline constexpr std::string_view kNonceHeader = "X-MaxIOFS-Nonce";
inline constexpr std::string_view kSignatureHeader = "X-MaxIOFS-Signature";
inline constexpr std::int64_t kMaxSkewSeconds = 300;

// What a signature covers (specification: HMAC authentication). The parts are concatenated without a border,
// so each has a form that leaves no doubt where it ends: checkForm().
struct SignedParts {
    std::string_view method;     // [A-Z]+
    std::string_view path;       // one of the fixed routes, without a query
    std::string_view timestamp;  // exactly 10 digits, Unix seconds
    std::string_view nonce;      // a lower-case UUID
    ByteView body;
};

/// Unauthenticated, naming the part, when one has not its form.
[[nodiscard]] Status checkForm(const SignedParts &parts);
/// HMAC-SHA256(token, METHOD + PATH + TIMESTAMP + NONCE + BODY) in lower-case hex; the key is the token's
/// text.
[[nodiscard]] std::string signatureOf(std::string_view token, const SignedParts &parts);

/// In constant time; never by an empty token.
[[nodiscard]] bool isSignedBy(std::string_view token, const SignedParts &parts, std::string_view signature);
/// Unauthenticated unless it is 64 lower-case hex digits.
[[nodiscard]] Status checkSignatureForm(std::string_view signature);
/// Unauthenticated with subject "clock" when a timestamp of the right form is over kMaxSkewSeconds off.
[[nodiscard]] Status checkSkew(std::string_view timestamp, std::int64_t nowMs);
/// Of a timestamp of the right form.
[[nodiscard]] std::int64_t secondsOf(std::string_view timestamp);

// The four headers of a request.
struct SignatureHeaders {
    std::string nodeId;
    std::string timestamp;
    std::string nonce;
    std::string signature;
};
[[nodiscard]] SignatureHeaders sign(std::string_view token, const NodeId &self, std::string_view method,
                                    std::string_view path, ByteView body, std::int64_t wallMs);

// The answer to a step of a join proves the token too, or the invitation's secret, over both certificates, so
// that nobody can stand between the two. Each part is hashed with its length in front.
inline constexpr std::string_view kAnswerProofHeader = "X-MaxIOFS-Answer-Proof";
struct AnswerParts {
    std::string_view path;
    std::string_view nonce;                // of the request
    std::string_view askerCertificate;     // SHA-256, 64 hex
    std::string_view answererCertificate;  //
    ByteView body;
};
[[nodiscard]] std::string answerProof(std::string_view key, const AnswerParts &parts);
/// In constant time; never by an empty key.
[[nodiscard]] bool isAnswerProvenBy(std::string_view key, const AnswerParts &parts, std::string_view proof);

}  // namespace maxiofs::cluster::link
