// SPDX-License-Identifier: GPL-3.0-or-later
// Input: a byte whose lowest bit says which list, and an encoded list of fields. What is decoded can be
// encoded and is then decoded as the same; what is refused leaves nothing behind.
#include "frame/fields.h"

#include <cstdlib>

using namespace maxiofs;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const bool sealed = (data[0] & 1) != 0;
    frame::Fields fields;
    const Status decoded = fields.decode(std::as_bytes(std::span(data + 1, size - 1)), sealed);
    if (!decoded) {
        if (decoded.error().code != Error::Corrupt || !fields.empty())
            std::abort();
        return 0;
    }
    frame::Fields again;
    if (!again.decode(fields.encode(sealed), sealed) || again != fields || !fields.encode(!sealed).empty())
        std::abort();
    [[maybe_unused]] const auto key = fields.text(frame::Tag::Key);
    [[maybe_unused]] const auto length = fields.varint(frame::Tag::Size);
    if (const Status critical = fields.checkCritical();
        !critical && critical.error().code != Error::Unsupported)
        std::abort();
    return 0;
}
