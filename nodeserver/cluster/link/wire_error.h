// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "cluster/rules/admission.h"

#include <string>
#include <string_view>

namespace maxiofs::cluster::link {

// Why a caller of an internal route was not let in: the codes of a 401, for people and tests. The error that
// the caller gets back travels beside them.
inline constexpr std::string_view kMissingHeader = "MissingHeader";
inline constexpr std::string_view kBadTimestamp = "BadTimestamp";
inline constexpr std::string_view kClockSkew = "ClockSkew";
inline constexpr std::string_view kBadNonce = "BadNonce";
inline constexpr std::string_view kReplayed = "Replayed";
inline constexpr std::string_view kUnknownNode = "UnknownNode";
inline constexpr std::string_view kRemovedNode = "RemovedNode";
inline constexpr std::string_view kWrongCertificate = "WrongCertificate";
inline constexpr std::string_view kBadSignature = "BadSignature";
[[nodiscard]] std::string_view codeOf(rules::Refusal refusal);

// An answer that refuses: its status and its body, {"status":"error","code","message","error","subject"}.
struct WireRefusal {
    unsigned status = 500;
    std::string body;
};
[[nodiscard]] WireRefusal refusalOf(const Error &error);
/// 401 with a code of its own.
[[nodiscard]] WireRefusal doorRefusalOf(std::string_view code, const Error &error);
/// The error that the caller gets; an answer that is no such refusal becomes Closed, with its status.
[[nodiscard]] Error errorOf(unsigned status, std::string_view body);

}  // namespace maxiofs::cluster::link
