// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/bucket.h"
#include "records/records.h"

#include <functional>
#include <memory>
#include <shared_mutex>

namespace maxiofs::records {

using protocol::Versioning;

struct BucketQuota {
    std::optional<std::uint64_t> bytes;  // current and older versions together
    std::optional<std::uint64_t> objects;

    bool operator==(const BucketQuota &) const = default;
};

struct BucketRecord {
    std::string name;
    BucketId id;
    std::string ownerId;   // the owner's canonical id, 64 hex
    std::string tenantId;  // empty without one
    std::string region;    // as asked for at creation; empty for the cluster's
    std::int64_t createdMs = 0;
    Versioning versioning = Versioning::Unversioned;
    BucketQuota quota;
};
using BucketPtr = std::shared_ptr<const BucketRecord>;

struct NewBucket {
    std::string name;
    std::string ownerId;
    std::string tenantId;
    std::string region;
    Versioning versioning = Versioning::Unversioned;
    BucketQuota quota;
};

struct BucketListing {
    std::string prefix;
    std::string after;  // only names greater than this
    std::size_t limit = 1000;
    std::function<bool(const BucketRecord &)> visible;  // empty: all
};

struct BucketPage {
    std::vector<BucketPtr> buckets;  // in order of name
    bool more = false;
};

// The buckets of the node: in memory for every request, in auth.db for the next start. Any thread; find() is
// one shared lock and one look-up and belongs on an I/O thread, the changes write to the disk and do not. A
// change is durable, and seen by every later find(), when its call returns.
class Buckets {
public:
    [[nodiscard]] static Result<std::unique_ptr<Buckets>> load(Records &records);

    /// NoSuchBucket when there is none.
    [[nodiscard]] Result<BucketPtr> find(std::string_view name) const;
    [[nodiscard]] Result<BucketPtr> findById(const BucketId &id) const;
    [[nodiscard]] BucketPage list(const BucketListing &listing) const;
    [[nodiscard]] std::size_t count() const;
    /// Every bucket, in order of name: for the store's start and for counting.
    [[nodiscard]] std::vector<BucketPtr> all() const;

    /// InvalidArgument for a name against the rules. AlreadyExists for a taken one, with the canonical id of
    /// its owner as the error's subject, so that the caller can tell an own bucket from another's.
    [[nodiscard]] Result<BucketPtr> create(const NewBucket &wanted);
    /// Unversioned cannot be set again once versioning was on (S3 API: PutBucketVersioning): InvalidArgument.
    [[nodiscard]] Result<BucketPtr> setVersioning(std::string_view name, Versioning versioning);
    [[nodiscard]] Result<BucketPtr> setQuota(std::string_view name, const BucketQuota &quota);
    /// Forgets the bucket and its configuration; the store has closed it before. NoSuchBucket when there is
    /// none, or when the name meanwhile belongs to another bucket than `id`.
    [[nodiscard]] Status remove(std::string_view name, const BucketId &id);

    enum class Event { Created, Changed, Removed };
    /// Called after each change, on the changing thread. Only before the node serves.
    void whenChanged(std::function<void(Event, const BucketRecord &)> call) { m_watcher = std::move(call); }

private:
    void tell(Event event, const BucketRecord &bucket) const
    {
        if (m_watcher)
            m_watcher(event, bucket);
    }

    explicit Buckets(Records &records) : m_records(records) {}
    [[nodiscard]] Result<BucketPtr> replace(std::string_view name,
                                            const std::function<Status(BucketRecord &)> &edit, Kind part);

    Records &m_records;
    std::function<void(Event, const BucketRecord &)> m_watcher;
    base::Mutex m_changeMutex;  // one change at a time; taken before m_mutex
    mutable std::shared_mutex m_mutex;
    std::map<std::string, BucketPtr, std::less<>> m_byName;  // under m_mutex
    std::map<BucketId, BucketPtr> m_byId;                    // under m_mutex
};

}  // namespace maxiofs::records
