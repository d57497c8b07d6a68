// SPDX-License-Identifier: GPL-3.0-or-later
// Input: a byte that says which message, and its bytes. What is taken is written as something that reads the
// same; what is refused names a reason.
#include "cluster/replication/batch_codec.h"
#include "cluster/replication/manifest_codec.h"

#include <cstdlib>

using namespace maxiofs;
using namespace maxiofs::cluster::replication;

namespace {

template <typename T, typename Encode, typename Decode>
void check(const Result<T> &read, Encode encode, Decode decode)
{
    if (!read) {
        if (read.error().message.empty())
            std::abort();
        return;
    }
    const std::string written = encode(*read);
    const auto again = decode(asBytes(written));
    if (!again || encode(*again) != written)
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const ByteView bytes = std::as_bytes(std::span(data + 1, size - 1));
    switch (data[0] % 3) {
    case 0: check(decodeBatch(bytes), encodeBatch, decodeBatch); break;
    case 1: check(decodeManifestRequest(bytes), encodeManifestRequest, decodeManifestRequest); break;
    default: check(decodeManifest(bytes), encodeManifest, decodeManifest); break;
    }
    return 0;
}
