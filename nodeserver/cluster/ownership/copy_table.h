// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "cluster/rules/takeover_messages.h"
#include "records/records.h"

#include <map>
#include <memory>

namespace maxiofs::cluster::ownership {

// What this node knows of its own copies of buckets: in memory for every request, in auth.db for the next
// start. Any thread.
class CopyTable {
public:
    static constexpr std::size_t kMostReceived = 8;  // epochs of a bucket, the newest ones

    [[nodiscard]] static Result<std::unique_ptr<CopyTable>> load(records::Records &records);

    [[nodiscard]] std::optional<rules::CopyState> find(const BucketId &bucket) const;
    /// Of all buckets with a state.
    [[nodiscard]] std::vector<BucketId> buckets() const;
    /// Durable when it returns.
    [[nodiscard]] Status write(const BucketId &bucket, const rules::CopyState &state);
    /// As a part of another transaction; once that is on the disk written() is to be called.
    [[nodiscard]] static Status writeIn(db::Connection &connection, const BucketId &bucket,
                                        const rules::CopyState &state);
    void written(const BucketId &bucket, const rules::CopyState &state);
    /// The bucket was deleted.
    [[nodiscard]] Status forget(const BucketId &bucket);

    [[nodiscard]] bool isDegraded(const BucketId &bucket, const Id128 &rule) const;

    /// Up to where the copy has everything of the feed of that epoch's owner; 0: not known.
    [[nodiscard]] std::uint64_t receivedTo(const BucketId &bucket, const records::Epoch &epoch) const;
    /// Durable with the next keepReceived(): what is forgotten by a crash is handed over once more.
    void received(const BucketId &bucket, const records::Epoch &epoch, std::uint64_t position);
    [[nodiscard]] Status keepReceived();

private:
    struct Entry {
        std::optional<rules::CopyState> state;
        std::vector<rules::FeedPoint> received;
        bool isKept = true;  // `received` is on the disk
    };

    explicit CopyTable(records::Records &records) : m_records(records) {}

    records::Records &m_records;
    mutable base::Mutex m_mutex;
    std::map<BucketId, Entry> m_entries GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::cluster::ownership
