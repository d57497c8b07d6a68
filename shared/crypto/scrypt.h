// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>

namespace maxiofs::crypto {

// The cost of one hash: 128 * r * 2^logN bytes of memory, p times.
struct ScryptCost {
    unsigned logN = 15;  // 32 MiB with r = 8: about 80 ms
    unsigned r = 8;
    unsigned p = 1;
};

/// "$scrypt$ln=15,r=8,p=1$<salt>$<hash>" with a random salt (base64url without padding). Takes tens of
/// milliseconds and 32 MiB: never on an I/O thread.
[[nodiscard]] std::string hashPassword(std::string_view password, const ScryptCost &cost = {});

/// True when the password has this hash. False also for a text that is not such a hash, or one whose cost is
/// above what this program would ever write (128 MiB).
[[nodiscard]] bool verifyPassword(std::string_view password, std::string_view hash);

/// True when `hash` was made at a lower cost than `cost`, so that a login should replace it.
[[nodiscard]] bool needsRehash(std::string_view hash, const ScryptCost &cost = {});

}  // namespace maxiofs::crypto
