// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/record_store.h"

#include <map>

namespace maxiofs::test {

// Records in memory, by the rules of the product.
class FakeStore final : public records::RecordStore {
public:
    using Record = records::Record;
    using Kind = records::Kind;

    [[nodiscard]] Result<records::Merged> merge(std::vector<Record> records) override
    {
        if (broken)
            return failure(Error::Io, "the disk is gone");
        records::Merged merged;
        for (Record &record : records) {
            const auto found = kept.find(record.key());
            if (found != kept.end() && !records::supersedes(record, found->second)) {
                ++merged.ignored;
                continue;
            }
            merged.applied.push_back(record.key());
            kept.insert_or_assign(record.key(), std::move(record));
        }
        return merged;
    }
    [[nodiscard]] Result<std::optional<Record>> find(Kind kind, const std::string &id) override
    {
        const auto found = kept.find({kind, id});
        return found == kept.end() ? std::nullopt : std::optional(found->second.clone());
    }
    [[nodiscard]] records::SlotDigests digests(Kind kind) override
    {
        records::SlotDigests digests{};
        for (const auto &[key, record] : kept)
            if (key.kind == kind)
                digests[records::slotOf(key.id)] ^= records::digestOf(record);
        return digests;
    }
    [[nodiscard]] std::string checksum(std::span<const Kind> kinds) override
    {
        std::string lines;
        for (const Kind kind : kinds)
            for (const auto &[key, record] : kept)
                if (key.kind == kind)
                    lines += records::versionLineOf(record);
        return lines;
    }
    [[nodiscard]] Result<records::RecordPage> page(Kind kind, const records::Slots &slots,
                                                   const std::string &after,
                                                   std::size_t /*limitBytes*/) override
    {
        records::RecordPage page;
        for (const auto &[key, record] : kept) {
            if (key.kind != kind || key.id <= after || !slots.test(records::slotOf(key.id)))
                continue;
            if (page.records.size() == pageRecords) {
                page.more = true;
                break;
            }
            page.records.push_back(record.clone());
        }
        return page;
    }
    [[nodiscard]] Result<std::vector<Record>> oldTombstones(Kind, std::int64_t, std::size_t) override
    {
        return std::vector<Record>();
    }
    [[nodiscard]] Status forget(const std::vector<Record> &tombstones) override
    {
        for (const Record &tombstone : tombstones)
            kept.erase(tombstone.key());
        return {};
    }

    /// A record of node `node` at a time.
    [[nodiscard]] static Record recordOf(Kind kind, const std::string &id, std::int64_t ms,
                                         bool deleted = false)
    {
        Record record{kind, id, {}, {}, {}, deleted, {}};
        record.stamp.time = static_cast<std::uint64_t>(ms) << Stamp::kCounterBits;
        return record;
    }
    void put(Record record) { kept.insert_or_assign(record.key(), std::move(record)); }

    std::map<records::RecordKey, Record> kept;
    std::size_t pageRecords = 2;
    bool broken = false;
};

}  // namespace maxiofs::test
