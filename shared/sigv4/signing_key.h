// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/hmac.h"

#include <string>
#include <string_view>

namespace maxiofs::sigv4 {

/// Good for one secret, day, region and service: four HMACs that a caller keeps for the day.
using SigningKey = crypto::HmacSha256::Value;

[[nodiscard]] SigningKey signingKey(std::string_view secret, std::string_view day, std::string_view region,
                                    std::string_view service = "s3");

}  // namespace maxiofs::sigv4
