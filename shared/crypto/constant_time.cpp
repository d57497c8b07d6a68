// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/constant_time.h"

#include <openssl/crypto.h>

namespace maxiofs::crypto {

bool equalConstantTime(ByteView a, ByteView b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool equalConstantTime(std::string_view a, std::string_view b)
{
    return equalConstantTime(asBytes(a), asBytes(b));
}

}  // namespace maxiofs::crypto
