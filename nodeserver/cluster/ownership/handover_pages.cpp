// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/ownership/handover_pages.h"

#include "base/byte_io.h"
#include "cluster/ownership/takeover_codec.h"
#include "cluster/replication/state_reader.h"

namespace maxiofs::cluster::ownership {

namespace {

constexpr std::size_t kPageEntries = 500;
constexpr std::uint64_t kPageBytes = std::uint64_t{4} << 20;      // that travel in the message
constexpr std::uint64_t kPageOffered = std::uint64_t{256} << 20;  // that are fetched for it

std::string encodePlace(const store::CopyPlace &place)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.sized(place.key);
    writer.fixed(static_cast<std::uint8_t>(place.version.stamp ? 1 : 0));
    if (place.version.stamp) {
        writer.fixed(place.version.stamp->time);
        writer.raw(place.version.stamp->node.bytes);
    }
    return toText(bytes);
}

std::optional<store::CopyPlace> decodePlace(const std::string &text)
{
    if (text.empty())
        return std::nullopt;
    ByteReader reader(asBytes(text));
    store::CopyPlace place;
    place.key = reader.sizedText();
    if (reader.fixed<std::uint8_t>() != 0) {
        Stamp stamp;
        stamp.time = reader.fixed<std::uint64_t>();
        stamp.node = NodeId::fromBytes(reader.raw(sizeof(Id128))).value_or(NodeId());
        place.version.stamp = stamp;
    }
    return place;
}

}  // namespace

Result<rules::HandedPage> readHandedPage(store::NodeStore &store, const BucketId &bucket,
                                         const rules::HandedPart &part, const std::string &from,
                                         const NodeId &self)
{
    TRY_ASSIGN(store::CopyPage read, store.copyPage(bucket, {part.isWhole, part.after, part.until},
                                                    decodePlace(from), kPageEntries));
    const replication::ReadRules all{bucket, bucket, true, true};
    rules::HandedPage page;
    std::uint64_t bytes = 0;
    std::uint64_t offered = 0;
    for (const store::CopyEntry &entry : read.entries) {
        if (bytes >= kPageBytes || offered >= kPageOffered)
            return page;
        page.next = encodePlace({entry.key(), entry.version()});
        rules::BatchEntry wanted;
        wanted.name = {entry.key(), entry.version().stamp};
        auto state = replication::readState(store, all, wanted);
        if (const auto *const answer = std::get_if<rules::EntryAnswer>(&state)) {
            // Removed without a trace since, or damaged: what is damaged here cannot be handed over.
            if (answer->outcome == rules::EntryAnswer::Outcome::Failed &&
                answer->error.code != Error::Damaged && answer->error.code != Error::Corrupt)
                return failure(answer->error);
            continue;
        }
        auto &found = std::get<replication::EntryState>(state);
        if (const auto *const sent = std::get_if<replication::SentVersion>(&found))
            bytes += sent->data.size();
        if (const auto *const offer = std::get_if<replication::OfferedVersion>(&found))
            offered += offer->header.size;
        rules::HandedEntry handed;
        handed.key = entry.key();
        handed.version = entry.version().text();
        handed.stamp = entry.stamp();
        handed.isRemoval = std::holds_alternative<store::VersionRemoval>(found);
        handed.isUnsent = entry.isUnsent;
        handed.content = std::make_shared<const HandedContent>(HandedContent{std::move(found), self});
        page.entries.push_back(std::move(handed));
    }
    page.next = read.next ? encodePlace(*read.next) : std::string();
    return page;
}

std::uint64_t offeredBytes(const rules::HandOver &handed)
{
    std::uint64_t bytes = 0;
    for (const rules::HandedEntry &entry : handed.entries) {
        const auto *const content = static_cast<const HandedContent *>(entry.content.get());
        if (const auto *const offer = std::get_if<replication::OfferedVersion>(&content->state))
            bytes += offer->header.size;
    }
    return bytes;
}

}  // namespace maxiofs::cluster::ownership
