// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/ownership/takeover_codec.h"

#include "cluster/ownership/copy_codec.h"
#include "cluster/replication/batch_codec.h"
#include "cluster/rules/takeover.h"

namespace maxiofs::cluster::ownership {

using replication::MessageReader;
using replication::MessageWriter;

namespace {

constexpr std::uint32_t kRequestMagic = 0x5154584d;  // "MXTQ"
constexpr std::uint32_t kAnswerMagic = 0x4154584d;   // "MXTA"
constexpr std::string_view kRequestName = "a word on ownership";
constexpr std::string_view kAnswerName = "an answer on ownership";
constexpr std::size_t kStandingBytes = 16;
constexpr std::size_t kSmallestEntry = 16;
constexpr std::size_t kMaxVersionText = 128;
constexpr std::size_t kMaxIds = 10'000;
constexpr std::size_t kMaxPoints = 64;

void number(MessageWriter &writer, std::int64_t value)
{
    writer->fixed(static_cast<std::uint64_t>(value));
}

std::int64_t number(MessageReader &reader)
{
    return static_cast<std::int64_t>(reader->fixed<std::uint64_t>());
}

template <typename T>
void optionally(MessageWriter &writer, const std::optional<T> &value)
{
    writer.flag(value.has_value());
    if (value)
        writer->fixed(static_cast<std::uint64_t>(*value));
}

template <typename T>
std::optional<T> optionally(MessageReader &reader)
{
    if (!reader.flag())
        return std::nullopt;
    return static_cast<T>(reader->fixed<std::uint64_t>());
}

struct RequestWriter {
    MessageWriter &writer;

    void operator()(const rules::AskStandings &ask) const
    {
        writer.id(ask.owner);
        writeIds(writer, ask.buckets);
    }
    void operator()(const rules::PromoteReplica &promote) const
    {
        writer.id(promote.bucket);
        writer.flag(promote.force);
    }
    void operator()(const rules::BeginSwitch &begin) const
    {
        writer.id(begin.bucket);
        writeEpoch(writer, begin.epoch);
        writer.id(begin.id);
        writer.flag(begin.hold);
    }
    void operator()(const rules::AskSwitch &ask) const
    {
        writer.id(ask.bucket);
        writer.id(ask.id);
    }
    void operator()(const rules::EndSwitch &end) const
    {
        writer.id(end.bucket);
        writer.id(end.id);
    }
    void operator()(const rules::OfferCopy &offer) const
    {
        writer.id(offer.bucket);
        writeEpoch(writer, offer.epoch);
        writePoint(writer, offer.at);
        writer.flag(offer.wasOwner);
        writeEpoch(writer, offer.handed);
    }
    void operator()(const rules::HandOver &handed) const
    {
        writer.id(handed.bucket);
        writeEpoch(writer, handed.epoch);
        writer.id(handed.offer);
        writer.flag(handed.isForeign);
        writer->varint(handed.entries.size());
        for (const rules::HandedEntry &entry : handed.entries) {
            writer->sized(entry.key);
            writer->sized(entry.version);
            writer.stamp(entry.stamp);
            writer.flag(entry.isRemoval);
            writer.flag(entry.isUnsent);
            replication::writeState(writer, static_cast<const HandedContent *>(entry.content.get())->state);
        }
    }
    void operator()(const rules::EndHandOver &end) const
    {
        writer.id(end.bucket);
        writeEpoch(writer, end.epoch);
        writer.id(end.turned);
    }
    void operator()(const rules::MarkWhole &mark) const
    {
        writer.id(mark.bucket);
        writeEpoch(writer, mark.epoch);
        writePoints(writer, mark.bases);
        writeIds(writer, mark.awaited);
        writeIds(writer, mark.behind);
    }
    void operator()(const rules::ForgetRemovals &forget) const
    {
        writer.id(forget.bucket);
        writeEpoch(writer, forget.epoch);
        number(writer, forget.beforeMs);
    }
};

Result<rules::HandOver> readHandOver(MessageReader &reader, const NodeId &from)
{
    rules::HandOver handed;
    handed.bucket = reader.id();
    handed.epoch = readEpoch(reader);
    handed.offer = reader.id();
    handed.isForeign = reader.flag();
    const auto count = reader.count(kSmallestEntry, kMaxHandedEntries);
    if (!count)
        return replication::malformed(kRequestName);
    handed.entries.reserve(*count);
    for (std::size_t i = 0; i < *count; ++i) {
        rules::HandedEntry entry;
        entry.key = reader->sizedText();
        entry.version = reader->sizedText();
        entry.stamp = reader.stamp();
        entry.isRemoval = reader.flag();
        entry.isUnsent = reader.flag();
        if (!reader->ok() || entry.version.size() > kMaxVersionText)
            return replication::malformed(kRequestName);
        TRY_ASSIGN(replication::EntryState state, replication::readState(reader));
        entry.content = std::make_shared<const HandedContent>(HandedContent{std::move(state), from});
        handed.entries.push_back(std::move(entry));
    }
    return handed;
}

Result<rules::TakeoverRequest> readRequest(MessageReader &reader, std::size_t kind, const NodeId &from)
{
    // In the order of the variant.
    switch (kind) {
    case 0: {
        rules::AskStandings ask;
        ask.owner = reader.id();
        TRY_ASSIGN(ask.buckets, readIds(reader, rules::Takeover::kMaxAsked));
        return ask;
    }
    case 1: {
        const BucketId bucket = reader.id();
        return rules::PromoteReplica{bucket, reader.flag()};
    }
    case 2: {
        rules::BeginSwitch begin;
        begin.bucket = reader.id();
        begin.epoch = readEpoch(reader);
        begin.id = reader.id();
        begin.hold = reader.flag();
        return begin;
    }
    case 3: {
        const BucketId bucket = reader.id();
        return rules::AskSwitch{bucket, reader.id()};
    }
    case 4: {
        const BucketId bucket = reader.id();
        return rules::EndSwitch{bucket, reader.id()};
    }
    case 5: {
        rules::OfferCopy offer;
        offer.bucket = reader.id();
        offer.epoch = readEpoch(reader);
        offer.at = readPoint(reader);
        offer.wasOwner = reader.flag();
        offer.handed = readEpoch(reader);
        return offer;
    }
    case 6: return readHandOver(reader, from);
    case 7: {
        rules::EndHandOver end;
        end.bucket = reader.id();
        end.epoch = readEpoch(reader);
        end.turned = reader.id();
        return end;
    }
    case 8: {
        rules::MarkWhole mark;
        mark.bucket = reader.id();
        mark.epoch = readEpoch(reader);
        TRY_ASSIGN(mark.bases, readPoints(reader, kMaxPoints));
        TRY_ASSIGN(mark.awaited, readIds(reader, kMaxIds));
        TRY_ASSIGN(mark.behind, readIds(reader, kMaxIds));
        return mark;
    }
    case 9: {
        rules::ForgetRemovals forget;
        forget.bucket = reader.id();
        forget.epoch = readEpoch(reader);
        forget.beforeMs = number(reader);
        return forget;
    }
    default: return replication::malformed(kRequestName);
    }
}

struct AnswerWriter {
    MessageWriter &writer;

    void operator()(const rules::AskStandingsAnswer &answer) const
    {
        optionally(writer, answer.heardMsAgo);
        writer->varint(answer.standings.size());
        for (const rules::Standing &standing : answer.standings) {
            writer.id(standing.bucket);
            writer.id(standing.node);
            writer.flag(standing.isCandidate);
            writePoint(writer, standing.at);
            number(writer, standing.priority);
            writeEpoch(writer, standing.known);
        }
    }
    void operator()(const rules::PromoteReplicaAnswer &answer) const { writeEpoch(writer, answer.epoch); }
    void operator()(const rules::BeginSwitchAnswer &answer) const { writer->varint(answer.position); }
    void operator()(const rules::AskSwitchAnswer &answer) const { writeEpoch(writer, answer.known); }
    void operator()(const rules::EndSwitchAnswer &) const {}
    void operator()(const rules::OfferCopyAnswer &answer) const
    {
        writer.flag(answer.isKnown);
        optionally(writer, answer.after);
        writer.flag(answer.isForeign);
        writer.id(answer.id);
    }
    void operator()(const rules::HandOverAnswer &answer) const
    {
        writer->varint(answer.taken);
        writer->varint(answer.conflicts);
    }
    void operator()(const rules::EndHandOverAnswer &) const {}
    void operator()(const rules::MarkWholeAnswer &) const {}
    void operator()(const rules::ForgetRemovalsAnswer &) const {}
};

Result<rules::TakeoverAnswer> readStandings(MessageReader &reader)
{
    rules::AskStandingsAnswer answer;
    answer.heardMsAgo = optionally<std::int64_t>(reader);
    const auto count = reader.count(kStandingBytes, rules::Takeover::kMaxAsked);
    if (!count)
        return replication::malformed(kAnswerName);
    answer.standings.reserve(*count);
    for (std::size_t i = 0; i < *count; ++i) {
        rules::Standing standing;
        standing.bucket = reader.id();
        standing.node = reader.id();
        standing.isCandidate = reader.flag();
        standing.at = readPoint(reader);
        standing.priority = number(reader);
        standing.known = readEpoch(reader);
        answer.standings.push_back(standing);
    }
    return answer;
}

Result<rules::TakeoverAnswer> readAnswer(MessageReader &reader, std::size_t kind)
{
    switch (kind) {
    case 0: return readStandings(reader);
    case 1: return rules::PromoteReplicaAnswer{readEpoch(reader)};
    case 2: return rules::BeginSwitchAnswer{reader->varint()};
    case 3: return rules::AskSwitchAnswer{readEpoch(reader)};
    case 4: return rules::EndSwitchAnswer{};
    case 5: {
        rules::OfferCopyAnswer answer;
        answer.isKnown = reader.flag();
        answer.after = optionally<std::uint64_t>(reader);
        answer.isForeign = reader.flag();
        answer.id = reader.id();
        return answer;
    }
    case 6: {
        rules::HandOverAnswer answer;
        answer.taken = reader->varint();
        answer.conflicts = reader->varint();
        return answer;
    }
    case 7: return rules::EndHandOverAnswer{};
    case 8: return rules::MarkWholeAnswer{};
    case 9: return rules::ForgetRemovalsAnswer{};
    default: return replication::malformed(kAnswerName);
    }
}

}  // namespace

std::string encodeRequest(const rules::TakeoverRequest &request)
{
    MessageWriter writer(kRequestMagic);
    writer->fixed(static_cast<std::uint8_t>(request.index()));
    std::visit(RequestWriter{writer}, request);
    return writer.text();
}

Result<rules::TakeoverRequest> decodeRequest(ByteView bytes, const NodeId &from)
{
    MessageReader reader(bytes);
    TRY_STATUS(reader.begin(kRequestMagic, kRequestName));
    const auto kind = reader->fixed<std::uint8_t>();
    TRY_ASSIGN(rules::TakeoverRequest request, readRequest(reader, kind, from));
    if (!reader->finished())
        return replication::malformed(kRequestName);
    return request;
}

std::string encodeAnswer(const rules::TakeoverAnswer &answer)
{
    MessageWriter writer(kAnswerMagic);
    writer->fixed(static_cast<std::uint8_t>(answer.index()));
    std::visit(AnswerWriter{writer}, answer);
    return writer.text();
}

Result<rules::TakeoverAnswer> decodeAnswer(ByteView bytes)
{
    MessageReader reader(bytes);
    TRY_STATUS(reader.begin(kAnswerMagic, kAnswerName));
    const auto kind = reader->fixed<std::uint8_t>();
    TRY_ASSIGN(rules::TakeoverAnswer answer, readAnswer(reader, kind));
    if (!reader->finished())
        return replication::malformed(kAnswerName);
    return answer;
}

}  // namespace maxiofs::cluster::ownership
