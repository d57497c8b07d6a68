// SPDX-License-Identifier: GPL-3.0-or-later
// Input: mode, promised length (2 bytes), size of pieces, then the body. A body decodes to the same bytes,
// trailers and verdict whether it comes at once or in pieces, and never to more than was promised.
#include "sigv4/aws_chunked.h"

#include <algorithm>
#include <cstdlib>

using namespace maxiofs;

namespace {

struct Outcome {
    std::string payload;
    std::string error;
    std::vector<sigv4::Trailer> trailers;

    bool operator==(const Outcome &) const = default;
};

constexpr std::size_t kPrefix = 4;

sigv4::AwsChunkedOptions optionsOf(const std::uint8_t *data)
{
    sigv4::AwsChunkedOptions options;
    options.decodedLength = data[1] | static_cast<std::uint64_t>(data[2]) << 8;
    options.trailerNames = {"x-amz-checksum-crc32c"};
    options.mode = data[0] % 3 == 0   ? sigv4::PayloadMode::UnsignedChunksTrailer
                   : data[0] % 3 == 1 ? sigv4::PayloadMode::SignedChunks
                                      : sigv4::PayloadMode::SignedChunksTrailer;
    if (sigv4::hasSignedChunks(options.mode)) {
        static const sigv4::SigningKey kKey = sigv4::signingKey("secret", "20130524", "us-east-1");
        options.signatures.emplace(kKey, "20130524T000000Z", "20130524/us-east-1/s3/aws4_request",
                                   std::string(64, '0'));
    }
    return options;
}

Outcome decode(sigv4::AwsChunkedOptions options, ByteView body, std::size_t piece)
{
    sigv4::AwsChunkedDecoder decoder(std::move(options));
    Outcome outcome;
    while (!body.empty() && outcome.error.empty()) {
        const ByteView part = body.first(std::min(piece, body.size()));
        const auto fed = decoder.feed(part, [&](ByteView bytes) { outcome.payload.append(asText(bytes)); });
        if (!fed)
            outcome.error = fed.error().message;
        body = body.subspan(part.size());
    }
    if (outcome.error.empty()) {
        const auto finished = decoder.finish();
        if (!finished)
            outcome.error = finished.error().message;
        outcome.trailers = decoder.trailers();
    }
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < kPrefix)
        return 0;
    const sigv4::AwsChunkedOptions options = optionsOf(data);
    const ByteView body = std::as_bytes(std::span(data + kPrefix, size - kPrefix));

    const Outcome whole = decode(options, body, body.size());
    const Outcome pieces = decode(options, body, data[3] + std::size_t{1});

    const bool tooMuch = whole.payload.size() > options.decodedLength;
    const bool tooLittle = whole.error.empty() && whole.payload.size() != options.decodedLength;
    if (tooMuch || tooLittle || whole != pieces)
        std::abort();
    return 0;
}
