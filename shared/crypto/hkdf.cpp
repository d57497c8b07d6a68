// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/hkdf.h"

#include "crypto/hmac.h"

#include <algorithm>
#include <cassert>

namespace maxiofs::crypto {

static constexpr std::size_t kLongest = 255 * Sha256::kSize;

SecretBytes hkdfSha256(ByteView key, ByteView salt, ByteView info, std::size_t length)
{
    assert(length > 0 && length <= kLongest);
    HmacSha256::Value extracted = hmacSha256(salt, key);
    HmacSha256 expand{ByteView(extracted)};
    wipe(extracted);

    SecretBytes out(length);
    std::span<std::byte> left = out.span();
    HmacSha256::Value block;
    for (unsigned counter = 1; !left.empty(); ++counter) {
        if (counter > 1)
            expand.update(ByteView(block));
        expand.update(info);
        const std::byte number{static_cast<unsigned char>(counter)};
        expand.update(ByteView(&number, 1));
        block = expand.finish();
        const std::size_t count = std::min(block.size(), left.size());
        std::ranges::copy(ByteView(block).first(count), left.begin());
        left = left.subspan(count);
    }
    wipe(block);
    return out;
}

SecretBytes hkdfSha256(ByteView key, ByteView salt, std::string_view info, std::size_t length)
{
    return hkdfSha256(key, salt, asBytes(info), length);
}

}  // namespace maxiofs::crypto
