// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/bucket_names.h"
#include "records/bucket_record.h"
#include "records/records.h"

#include <functional>
#include <memory>
#include <shared_mutex>

namespace maxiofs::records {

struct NewBucket {
    std::string name;
    std::string ownerId;
    std::string tenantId;
    std::string region;
    Versioning versioning = Versioning::Unversioned;
    BucketQuota quota;
    std::optional<BucketId> id;  // empty: a random one; the name may have been reserved for it before
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

// The buckets of the cluster: in memory for every request, in auth.db for the next start. Any thread; find()
// is one shared lock and one look-up and belongs on an I/O thread, the changes write to the disk and do not.
// A change is durable, and seen by every later find(), when its call returns.
//
// Of several buckets with one name the first keeps it, the others are found by conflict names (BucketNames).
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

    /// Makes a bucket that this node owns. InvalidArgument for a name against the rules. AlreadyExists for a
    /// taken one, with the canonical id of its owner as the error's subject, so that the caller can tell an
    /// own bucket from another's.
    [[nodiscard]] Result<BucketPtr> create(const NewBucket &wanted);
    /// Unversioned cannot be set again once versioning was on (S3 API: PutBucketVersioning): InvalidArgument.
    [[nodiscard]] Result<BucketPtr> setVersioning(std::string_view name, Versioning versioning);
    [[nodiscard]] Result<BucketPtr> setQuota(std::string_view name, const BucketQuota &quota);
    [[nodiscard]] Result<BucketPtr> setFailover(std::string_view name, std::optional<FailoverPolicy> policy);
    /// Forgets the bucket and its configuration; the store has closed it before. NoSuchBucket when there is
    /// none, or when the name meanwhile belongs to another bucket than `id`.
    [[nodiscard]] Status remove(std::string_view name, const BucketId &id);

    struct Renamed {
        BucketPtr bucket;
        std::string before;
    };
    /// Writes the conflict names of buckets that this node owns down as theirs: to be called after merges.
    [[nodiscard]] Result<std::vector<Renamed>> renameConflicts();

    enum class Event { Created, Changed, Removed };
    using Watcher = std::function<void(Event, const BucketRecord &)>;
    /// Called after each change, wherever it was made, on the changing thread; not to change buckets from
    /// there. Only before the node serves.
    void whenChanged(Watcher call) { m_watchers.push_back(std::move(call)); }

private:
    using BucketMap = std::map<BucketId, std::optional<BucketRecord>>;

    explicit Buckets(Records &records) : m_records(records) {}
    [[nodiscard]] Result<BucketPtr> replace(std::string_view name,
                                            const std::function<Status(BucketRecord &)> &edit, Kind part);
    void refresh(const std::vector<RecordKey> &keys);
    void publish(BucketMap changed) REQUIRES(m_changeMutex);
    void showNames(const std::set<BucketId> &ids, BucketMap &changed) const REQUIRES(m_changeMutex);
    void tell(Event event, const BucketRecord &bucket) const;

    Records &m_records;
    std::vector<Watcher> m_watchers;
    base::Mutex m_changeMutex;  // one change at a time; taken before m_mutex
    BucketNames m_names GUARDED_BY(m_changeMutex);
    mutable std::shared_mutex m_mutex;
    std::map<std::string, BucketPtr, std::less<>> m_byName;  // under m_mutex; by the name shown
    std::map<BucketId, BucketPtr> m_byId;                    // under m_mutex
    Records::Listening m_listening;                          // last: ends first
};

}  // namespace maxiofs::records
