// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/error.h"

#include <string>
#include <string_view>

namespace maxiofs::cluster::link {

// Why a caller of an internal route was not let in: the codes of 401. The caller sees Unauthenticated with
// the code as subject, but for ClockSkew, which is InvalidArgument with subject "clock".
inline constexpr std::string_view kMissingHeader = "MissingHeader";
inline constexpr std::string_view kBadTimestamp = "BadTimestamp";
inline constexpr std::string_view kClockSkew = "ClockSkew";
inline constexpr std::string_view kBadNonce = "BadNonce";
inline constexpr std::string_view kReplayed = "Replayed";
inline constexpr std::string_view kUnknownNode = "UnknownNode";
inline constexpr std::string_view kRemovedNode = "RemovedNode";
inline constexpr std::string_view kWrongCertificate = "WrongCertificate";
inline constexpr std::string_view kBadSignature = "BadSignature";

// An answer that refuses: its status and its body, {"status":"error","code":...,"message":...,"subject":...}.
struct WireRefusal {
    unsigned status = 500;
    std::string body;
};
[[nodiscard]] WireRefusal refusalOf(const Error &error);
/// 401 with one of the codes above.
[[nodiscard]] WireRefusal refusalOf(std::string_view code, std::string_view message);
/// What the caller makes of it; an answer that is no such refusal becomes Closed, with its status.
[[nodiscard]] Error errorOf(unsigned status, std::string_view body);

}  // namespace maxiofs::cluster::link
