// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/batch_codec.h"

namespace maxiofs::cluster::replication {

namespace {

constexpr std::uint32_t kBatchMagic = 0x4252584d;   // "MXRB"
constexpr std::uint32_t kAnswerMagic = 0x4152584d;  // "MXRA"
constexpr std::string_view kBatchName = "a batch";
constexpr std::string_view kAnswerName = "an answer";

enum class StateTag : std::uint8_t {
    Version = 1,
    Offered = 2,
    Header = 3,
    Removal = 4,
    Repair = 5,         // as Version
    OfferedRepair = 6,  // as Offered
};

constexpr std::size_t kSmallestState = 2;
constexpr std::size_t kSmallestOutcome = 2;
constexpr std::size_t kMaxOrigins = 64;
constexpr std::size_t kMaxMessage = 2048;
constexpr std::size_t kRoomBesideData = 512;  // of an entry, about

void writeTag(MessageWriter &writer, StateTag tag)
{
    writer->fixed(static_cast<std::uint8_t>(tag));
}

struct StateWriter {
    MessageWriter &writer;

    void operator()(const SentVersion &state) const
    {
        writeTag(writer, state.isRepair ? StateTag::Repair : StateTag::Version);
        writer->sized(ByteView(state.header.encoded()));
        writer->sized(ByteView(state.data));
    }
    void operator()(const OfferedVersion &state) const
    {
        writeTag(writer, state.isRepair ? StateTag::OfferedRepair : StateTag::Offered);
        writer->sized(ByteView(state.header.encoded()));
    }
    void operator()(const SentHeader &state) const
    {
        writeTag(writer, StateTag::Header);
        writer->sized(ByteView(state.header.encoded()));
    }
    void operator()(const store::VersionRemoval &removal) const
    {
        writeTag(writer, StateTag::Removal);
        writer.name({removal.key, removal.version.stamp});
        writer.stamp(removal.stamp);
        writer.stamp(removal.versionStamp);
        writer->varint(removal.origins.size());
        for (const BucketId &origin : removal.origins)
            writer.id(origin);
    }
};

Result<EntryState> readRemoval(MessageReader &reader)
{
    store::VersionRemoval removal;
    rules::VersionName name = reader.name();
    removal.key = std::move(name.key);
    removal.version.stamp = name.version;
    removal.stamp = reader.stamp();
    removal.versionStamp = reader.stamp();
    const auto origins = reader.count(sizeof(Id128), kMaxOrigins);
    if (!origins || removal.key.empty() || removal.key.size() > store::kMaxKeyBytes)
        return malformed(kBatchName);
    for (std::size_t i = 0; i < *origins; ++i)
        removal.origins.push_back(reader.id());
    return removal;
}

Error::Code codeNamed(std::string_view name)
{
    for (int code = 0; code <= Error::Busy; ++code) {
        if (nameOf(static_cast<Error::Code>(code)) == name)
            return static_cast<Error::Code>(code);
    }
    return Error::Internal;
}

using Outcome = rules::EntryAnswer::Outcome;

Result<rules::EntryAnswer> readOutcome(MessageReader &reader)
{
    rules::EntryAnswer answer;
    const auto outcome = reader->fixed<std::uint8_t>();
    if (outcome > static_cast<std::uint8_t>(Outcome::Failed))
        return malformed(kAnswerName);
    answer.outcome = static_cast<Outcome>(outcome);
    answer.bytes = reader->varint();
    if (answer.outcome == Outcome::Failed) {
        answer.error.code = codeNamed(reader->sizedText());
        answer.error.message = reader->sizedText();
    }
    return answer;
}

std::size_t dataBytes(const StateBatch &batch)
{
    std::size_t bytes = batch.states.size() * kRoomBesideData;
    for (const EntryState &state : batch.states) {
        if (const auto *const sent = std::get_if<SentVersion>(&state))
            bytes += sent->data.size();
    }
    return bytes;
}

}  // namespace

void writeState(MessageWriter &writer, const EntryState &state)
{
    std::visit(StateWriter{writer}, state);
}

Result<EntryState> readState(MessageReader &reader)
{
    const auto tag = static_cast<StateTag>(reader->fixed<std::uint8_t>());
    if (tag == StateTag::Removal)
        return readRemoval(reader);
    if (tag < StateTag::Version || tag > StateTag::OfferedRepair)
        return malformed(kBatchName);
    const ByteView encoded = reader->sized();
    if (!reader->ok())
        return malformed(kBatchName);
    TRY_ASSIGN(store::VersionHeader header, store::VersionHeader::decode(encoded));
    if (tag == StateTag::Offered || tag == StateTag::OfferedRepair)
        return OfferedVersion{std::move(header), tag == StateTag::OfferedRepair};
    if (tag == StateTag::Header)
        return SentHeader{std::move(header)};
    return SentVersion{std::move(header), reader.bytes(), tag == StateTag::Repair};
}

std::string encodeBatch(const StateBatch &batch)
{
    MessageWriter writer(kBatchMagic, dataBytes(batch));
    writer.header(batch.header);
    writer->varint(batch.states.size());
    for (const EntryState &state : batch.states)
        writeState(writer, state);
    return writer.text();
}

Result<StateBatch> decodeBatch(ByteView bytes)
{
    MessageReader reader(bytes);
    TRY_STATUS(reader.begin(kBatchMagic, kBatchName));
    StateBatch batch;
    batch.header = reader.header();
    const auto count = reader.count(kSmallestState, kMaxBatchEntries);
    if (!count)
        return malformed(kBatchName);
    batch.states.reserve(*count);
    for (std::size_t i = 0; i < *count; ++i) {
        TRY_ASSIGN(EntryState state, readState(reader));
        batch.states.push_back(std::move(state));
    }
    if (!reader->finished())
        return malformed(kBatchName);
    return batch;
}

std::string encodeAnswer(const rules::BatchAnswer &answer)
{
    MessageWriter writer(kAnswerMagic);
    writer->fixed(static_cast<std::uint8_t>(answer.verdict));
    writer.location(answer.location);
    writer->sized(std::string_view(answer.reason).substr(0, kMaxMessage));
    writer->varint(answer.entries.size());
    for (const rules::EntryAnswer &entry : answer.entries) {
        writer->fixed(static_cast<std::uint8_t>(entry.outcome));
        writer->varint(entry.bytes);
        if (entry.outcome != Outcome::Failed)
            continue;
        writer->sized(nameOf(entry.error.code));
        writer->sized(std::string_view(entry.error.message).substr(0, kMaxMessage));
    }
    return writer.text();
}

Result<rules::BatchAnswer> decodeAnswer(ByteView bytes, std::size_t expected)
{
    MessageReader reader(bytes);
    TRY_STATUS(reader.begin(kAnswerMagic, kAnswerName));
    rules::BatchAnswer answer;
    const auto verdict = reader->fixed<std::uint8_t>();
    answer.location = reader.location();
    answer.reason = reader->sizedText();
    const auto count = reader.count(kSmallestOutcome, kMaxBatchEntries);
    if (!count || verdict > static_cast<std::uint8_t>(rules::Verdict::NotReady))
        return malformed(kAnswerName);
    answer.verdict = static_cast<rules::Verdict>(verdict);
    answer.entries.reserve(*count);
    for (std::size_t i = 0; i < *count; ++i) {
        TRY_ASSIGN(rules::EntryAnswer entry, readOutcome(reader));
        answer.entries.push_back(std::move(entry));
    }
    const bool isTaken = answer.verdict == rules::Verdict::Taken;
    if (!reader->finished() || *count != (isTaken ? expected : 0))
        return malformed(kAnswerName);
    return answer;
}

}  // namespace maxiofs::cluster::replication
