// SPDX-License-Identifier: GPL-3.0-or-later
// A chunked body, decoded at once and in pieces: both must give the same bytes or both refuse. The first byte
// is the size of the pieces, the second that of the output.
#include "http/chunked_decoder.h"

#include <cstdlib>
#include <vector>

using namespace maxiofs;

namespace {

struct Decoded {
    bool refused = false;
    bool finished = false;
    std::size_t consumed = 0;
    Bytes body;

    bool operator==(const Decoded &) const = default;
};

Decoded decode(ByteView wire, std::size_t piece, std::size_t outputSize)
{
    http::ChunkedDecoder decoder;
    Decoded decoded;
    Bytes output(outputSize);
    while (decoded.consumed < wire.size() && !decoder.finished()) {
        const ByteView now = wire.subspan(decoded.consumed, std::min(piece, wire.size() - decoded.consumed));
        const auto step = decoder.decode(now, output);
        if (!step) {
            decoded.refused = true;
            decoded.consumed = 0;  // where it stopped depends on the pieces
            decoded.body.clear();
            return decoded;
        }
        append(decoded.body, ByteView(output).first(step->produced));
        decoded.consumed += step->consumed;
        if (step->consumed == 0)
            std::abort();  // no progress
    }
    decoded.finished = decoder.finished();
    return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const ByteView wire = std::as_bytes(std::span(data + 2, size - 2));
    const Decoded whole = decode(wire, wire.size() + 1, wire.size() + 1);
    const Decoded pieces = decode(wire, std::size_t(1) + data[0], std::size_t(1) + data[1]);
    if (!(whole == pieces) || whole.body.size() > wire.size())
        std::abort();
    return 0;
}
