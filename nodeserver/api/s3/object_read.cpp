// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/object_read.h"

#include "api/s3/checksums.h"
#include "api/s3/copy_source.h"
#include "text/ascii.h"
#include "text/dates.h"

namespace maxiofs::api::s3 {

namespace {

struct Opened {
    std::shared_ptr<store::ObjectReader> reader;
    const store::Attributes *attributes = nullptr;
};

}  // namespace

S3Result<unsigned> parsePartNumber(std::string_view text)
{
    const auto number = text::parseUnsigned(text);
    if (!number || *number < 1 || *number > kMaxPartNumber)
        return refuseArgument("partNumber", text,
                              "Part number must be an integer between 1 and 10000, inclusive");
    return static_cast<unsigned>(*number);
}

S3Result<ObjectRead> ObjectRead::parse(const Request &request)
{
    ObjectRead read;
    S3_TRY(read.version, parseVersionId(request));
    read.rangeText = request.headerText("Range");
    read.range = parseRange(read.rangeText);
    read.ifRange = request.headerText("If-Range");
    if (const std::string *part = request.parameter("partNumber")) {
        S3_TRY(read.partNumber, parsePartNumber(*part));
        if (!read.rangeText.empty())
            return refuse(S3Error(errors::kInvalidRequest,
                                  "Cannot specify both Range header and partNumber query parameter"));
    }
    read.conditions = ReadConditions::parse(request);
    S3_TRY(read.overrides, ResponseOverrides::parse(request));
    read.wantsChecksum = text::iequals(request.headerText("x-amz-checksum-mode"), "ENABLED");
    return read;
}

S3Status ObjectRead::judge(const store::ObjectInfo &info, bool versioned) const
{
    const auto verdict = conditions.judge(info.etag, info.lastModifiedMs);
    if (verdict.outcome == ReadConditions::Outcome::Failed)
        return refuse(preconditionFailed(verdict.condition));
    if (verdict.outcome == ReadConditions::Outcome::NotModified) {
        S3Error unchanged = S3Error(errors::kNotModified)
                                .withHeader("ETag", quoted(info.etag))
                                .withHeader("Last-Modified", text::formatHttpDate(info.lastModifiedMs));
        if (versioned)
            unchanged.headers.emplace_back("x-amz-version-id", info.version.text());
        return refuse(std::move(unchanged));
    }
    return {};
}

S3Result<Extent> ObjectRead::choose(const store::ObjectReader &reader, std::int64_t nowMs,
                                    bool &partial) const
{
    const store::ObjectInfo &info = reader.info();
    const Extent whole{0, info.size};
    partial = false;
    if (partNumber) {
        const unsigned count = std::max(reader.partCount(), 1U);
        if (*partNumber > count)
            return refuse(S3Error(errors::kInvalidPartNumber)
                              .with("ActualPartCount", std::to_string(count))
                              .with("PartNumberRequested", std::to_string(*partNumber)));
        partial = info.size > 0;
        if (reader.partCount() == 0)
            return whole;
        const auto part = reader.partRange(*partNumber);
        if (!part)
            return refuse(fromStore(part.error(), {}));
        return Extent{part->first, part->second};
    }
    if (!range || (!ifRange.empty() && !ifRangeHolds(ifRange, info.etag, info.lastModifiedMs, nowMs)))
        return whole;
    const auto extent = resolve(*range, info.size);
    if (!extent)
        return refuse(unsatisfiable(rangeText, info.size));
    partial = true;
    return *extent;
}

// The checksum of the bytes that are sent: the object's, or a part's own. A range has none.
Result<std::optional<store::ObjectChecksum>> ObjectRead::checksumOf(store::ObjectReader &reader,
                                                                    const Extent &extent) const
{
    if (partNumber && reader.partCount() > 0) {
        TRY_ASSIGN(const auto parts, reader.parts(*partNumber - 1, 1));
        return parts.first.empty() ? std::nullopt : parts.first.front().checksum;
    }
    if (extent.length != reader.info().size)
        return std::nullopt;
    return reader.info().checksum;
}

net::Awaitable<S3Result<ObjectRead::Answer>> ObjectRead::prepare(Call &call) const
{
    auto ask = [&](index::ReadMode mode) -> Result<Opened> {
        Opened opened;
        TRY_ASSIGN(opened.reader,
                   call.context.store.open(call.bucketId(), call.request.key(), version.id, mode));
        TRY_ASSIGN(opened.attributes, opened.reader->attributes(mode));
        return opened;
    };
    // Not by cachedOrPool(): a frame less on the way of every small object.
    Result<Opened> opened = ask(index::ReadMode::CachedOnly);
    if (!opened && opened.error().code == Error::WouldBlock)
        opened = co_await call.context.pool.run([&] { return ask(index::ReadMode::MayBlock); });
    if (!opened)
        co_return refuse(fromStore(opened.error(), call.subject(version.text)));

    Answer answer{std::move(opened->reader), {}, {}};
    const store::ObjectInfo &info = answer.reader->info();
    CO_S3_CHECK(judge(info, call.isVersioned()));
    bool partial = false;
    CO_S3_TRY(answer.extent, choose(*answer.reader, call.request.receivedMs(), partial));

    answer.head.status = partial ? 206 : 200;
    addVersionHeaders(answer.head, info, call.isVersioned());
    addAttributeHeaders(answer.head, *opened->attributes, overrides);
    if (partial && answer.extent.length > 0)
        answer.head.add("Content-Range", contentRange(answer.extent, info.size));
    if (partNumber && answer.reader->partCount() > 0)
        answer.head.add("x-amz-mp-parts-count", static_cast<std::uint64_t>(answer.reader->partCount()));
    if (wantsChecksum) {
        // Parts are rows of their own, which the disk may have to give.
        const auto checksum =
            partNumber
                ? co_await call.context.pool.run([&] { return checksumOf(*answer.reader, answer.extent); })
                : checksumOf(*answer.reader, answer.extent);
        if (!checksum)
            co_return refuse(fromStore(checksum.error(), call.subject(version.text)));
        if (*checksum)
            addChecksum(answer.head, **checksum, answer.reader->partCount());
    }
    co_return answer;
}

}  // namespace maxiofs::api::s3
