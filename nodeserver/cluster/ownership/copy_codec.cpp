// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/ownership/copy_codec.h"

namespace maxiofs::cluster::ownership {

using replication::MessageReader;
using replication::MessageWriter;

namespace {

constexpr std::uint32_t kStateMagic = 0x5343584d;   // "MXCS"
constexpr std::uint32_t kPointsMagic = 0x5043584d;  // "MXCP"
constexpr std::string_view kStateName = "the state of a copy";
constexpr std::size_t kPointBytes = 25;
constexpr std::size_t kMostPoints = 64;
constexpr std::size_t kMostIds = 10'000;

Bytes bytesOf(const MessageWriter &writer)
{
    const std::string text = writer.text();
    const ByteView view = asBytes(text);
    return {view.begin(), view.end()};
}

}  // namespace

void writeEpoch(MessageWriter &writer, const records::Epoch &epoch)
{
    writer->fixed(epoch.number);
    writer.id(epoch.node);
}

records::Epoch readEpoch(MessageReader &reader)
{
    records::Epoch epoch;
    epoch.number = reader->fixed<std::uint64_t>();
    epoch.node = reader.id();
    return epoch;
}

void writePoint(MessageWriter &writer, const rules::FeedPoint &point)
{
    writeEpoch(writer, point.epoch);
    writer->varint(point.position);
}

rules::FeedPoint readPoint(MessageReader &reader)
{
    rules::FeedPoint point;
    point.epoch = readEpoch(reader);
    point.position = reader->varint();
    return point;
}

void writePoints(MessageWriter &writer, const std::vector<rules::FeedPoint> &points)
{
    writer->varint(points.size());
    for (const rules::FeedPoint &point : points)
        writePoint(writer, point);
}

Result<std::vector<rules::FeedPoint>> readPoints(MessageReader &reader, std::size_t most)
{
    const auto count = reader.count(kPointBytes, most);
    if (!count)
        return replication::malformed(kStateName);
    std::vector<rules::FeedPoint> points;
    points.reserve(*count);
    for (std::size_t i = 0; i < *count; ++i)
        points.push_back(readPoint(reader));
    return points;
}

void writeIds(MessageWriter &writer, const std::vector<Id128> &ids)
{
    writer->varint(ids.size());
    for (const Id128 &id : ids)
        writer.id(id);
}

Result<std::vector<Id128>> readIds(MessageReader &reader, std::size_t most)
{
    const auto count = reader.count(sizeof(Id128), most);
    if (!count)
        return replication::malformed(kStateName);
    std::vector<Id128> ids;
    ids.reserve(*count);
    for (std::size_t i = 0; i < *count; ++i)
        ids.push_back(reader.id());
    return ids;
}

Bytes encodeCopyState(const rules::CopyState &state)
{
    MessageWriter writer(kStateMagic);
    writeEpoch(writer, state.fed);
    writer.flag(state.wasOwner);
    writeEpoch(writer, state.handed);
    writePoints(writer, state.bases);
    writer->varint(state.since);
    writer.id(state.before);
    writer.id(state.turned);
    writeIds(writer, state.degraded);
    writeIds(writer, state.awaited);
    writeIds(writer, state.behind);
    writer->varint(state.until);
    writer->varint(state.gaveWay.size());
    for (const auto &[node, rule] : state.gaveWay) {
        writer.id(node);
        writer.id(rule);
    }
    return bytesOf(writer);
}

Result<rules::CopyState> decodeCopyState(ByteView bytes)
{
    MessageReader reader(bytes);
    TRY_STATUS(reader.begin(kStateMagic, kStateName));
    rules::CopyState state;
    state.fed = readEpoch(reader);
    state.wasOwner = reader.flag();
    state.handed = readEpoch(reader);
    TRY_ASSIGN(state.bases, readPoints(reader, kMostPoints));
    state.since = reader->varint();
    state.before = reader.id();
    state.turned = reader.id();
    TRY_ASSIGN(state.degraded, readIds(reader, kMostIds));
    TRY_ASSIGN(state.awaited, readIds(reader, kMostIds));
    TRY_ASSIGN(state.behind, readIds(reader, kMostIds));
    state.until = reader->varint();
    const auto gaveWay = reader.count(2 * sizeof(Id128), kMostIds);
    if (!gaveWay)
        return replication::malformed(kStateName);
    for (std::size_t i = 0; i < *gaveWay; ++i) {
        const Id128 node = reader.id();
        state.gaveWay[node] = reader.id();
    }
    if (!reader->finished())
        return replication::malformed(kStateName);
    return state;
}

Bytes encodePoints(const std::vector<rules::FeedPoint> &points)
{
    MessageWriter writer(kPointsMagic);
    writePoints(writer, points);
    return bytesOf(writer);
}

Result<std::vector<rules::FeedPoint>> decodePoints(ByteView bytes)
{
    MessageReader reader(bytes);
    TRY_STATUS(reader.begin(kPointsMagic, kStateName));
    TRY_ASSIGN(std::vector<rules::FeedPoint> points, readPoints(reader, kMostPoints));
    if (!reader->finished())
        return replication::malformed(kStateName);
    return points;
}

}  // namespace maxiofs::cluster::ownership
