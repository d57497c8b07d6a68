// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/document_body.h"

#include "api/s3/payload_reader.h"
#include "crypto/checksum.h"

namespace maxiofs::api::s3 {

namespace {

// aws-chunked adds at most this to a body of small chunks.
constexpr std::size_t kFramingAllowance = 64 * 1024;

S3Error tooLong(std::size_t limit)
{
    return S3Error(errors::kMaxMessageLengthExceeded).with("MaxMessageLengthBytes", std::to_string(limit));
}

S3Result<std::string> decode(PayloadReader &reader, const std::string &raw, std::size_t limit)
{
    std::vector<ByteView> pieces;
    S3_CHECK(reader.feed(asBytes(raw), pieces));
    S3_CHECK(reader.finish());
    std::string document;
    for (const ByteView piece : pieces)
        document += asText(piece);
    if (document.size() > limit)
        return refuse(tooLong(limit));
    return document;
}

}  // namespace

net::Awaitable<S3Result<std::string>> readDocument(Call &call, std::size_t limit, DigestNeeded needed)
{
    BodyPromises promises;
    if (needed == DigestNeeded::OfTheObject) {
        CO_S3_TRY(promises.md5, parseContentMd5(call.request));
    } else {
        CO_S3_TRY(promises, BodyPromises::parse(call.request));
    }
    if (needed == DigestNeeded::Yes && !promises.any())
        co_return refuse(S3Error(errors::kInvalidRequest, "Missing required header for this request: "
                                                          "Content-MD5 OR x-amz-checksum-*"));
    CO_S3_TRY(PayloadReader reader, PayloadReader::make(call.request, call.caller));
    if (reader.declaredLength().value_or(0) > limit ||
        call.exchange.contentLength().value_or(0) > limit + kFramingAllowance)
        co_return refuse(tooLong(limit));

    auto raw = co_await call.exchange.readWholeBody(limit + kFramingAllowance);
    if (!raw && raw.error().code == Error::EntityTooLarge)
        co_return refuse(tooLong(limit));
    if (!raw)
        co_return refuse(fromStore(raw.error(), call.subject()));
    CO_S3_TRY(std::string document, decode(reader, *raw, limit));

    std::optional<Bytes> checksum;
    if (promises.algorithm)
        checksum = crypto::checksumOf(*promises.algorithm, asBytes(document));
    CO_S3_CHECK(
        checkPromises(promises, reader, crypto::md5(asBytes(document)), checksum ? &*checksum : nullptr));
    co_return document;
}

net::Awaitable<S3Result<std::string>> readNeededDocument(Call &call, std::size_t limit, DigestNeeded needed)
{
    S3Result<std::string> document = co_await readDocument(call, limit, needed);
    if (document && document->empty())
        co_return refuse(S3Error(errors::kMissingRequestBody));
    co_return document;
}

}  // namespace maxiofs::api::s3
