// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/tenant_buckets.h"
#include "identity/tenants.h"

#include <functional>

namespace maxiofs::identity {

// What a tenant's buckets hold.
struct TenantUsage {
    std::uint64_t bytes = 0;    // current and older versions and uploads
    std::uint64_t objects = 0;  // current and older versions

    bool operator==(const TenantUsage &) const = default;
    TenantUsage &operator+=(const TenantUsage &other)
    {
        bytes += other.bytes;
        objects += other.objects;
        return *this;
    }
};

// Keeps tenants within their quotas of bytes and buckets (AccessKeys counts the keys itself). Buckets are
// counted on records, which every node has; bytes are those in the node's own buckets, exactly, and the last
// figures that other owners told, which are at most 2 s old: a tenant may be over its quota by what arrived
// elsewhere in that time. Any thread.
class TenantQuotas {
public:
    // Room that a request was given and has not used yet: counted until it ends. Movable; empty without a
    // quota.
    class Room {
    public:
        Room() = default;
        Room(Room &&other) noexcept : m_quotas(std::exchange(other.m_quotas, nullptr)), m_take(other.m_take)
        {
        }
        Room &operator=(Room &&other) noexcept;
        ~Room() { end(false); }

        /// What it was for has happened. Else the room is given back.
        void used() { end(true); }

    private:
        friend class TenantQuotas;
        struct Take {
            std::string tenantId;
            std::uint64_t bytes = 0;
            std::uint64_t buckets = 0;
        };
        Room(TenantQuotas &quotas, Take take) : m_quotas(&quotas), m_take(std::move(take)) {}
        void end(bool used);

        TenantQuotas *m_quotas = nullptr;
        Take m_take;
    };

    TenantQuotas(const Tenants &tenants, const Clock &clock) : m_tenants(tenants), m_clock(clock) {}

    using BucketUsage = std::function<Result<TenantUsage>(const BucketId &)>;
    /// Counts these buckets, which must outlive all calls but the destructor, and what this node holds of
    /// each as `held` says, which may read the disk. Before the node serves; without it there are none.
    void countWith(records::Buckets &buckets, BucketUsage held);
    /// What the buckets of a tenant hold that other nodes own, as they told last: asked at each request of a
    /// tenant with a quota, so it must be quick. Without it there are no other nodes.
    void setOthers(std::function<TenantUsage(const std::string &tenantId)> others);

    enum class Mode { InMemory, MayBlock };
    /// Room for `bytes` more: Quota with the reason when there is none, WouldBlock when that must be measured
    /// first. `replaced` tells how many bytes the write takes away (may block); asked only where it matters.
    [[nodiscard]] Result<Room> admitBytes(const std::string &tenantId, std::uint64_t bytes, Mode mode,
                                          const std::function<std::uint64_t()> &replaced = {});
    /// Room for one more bucket, to be kept until the bucket is made.
    [[nodiscard]] Result<Room> admitBucket(const std::string &tenantId);

    /// What this node's own buckets hold of a tenant, for the other nodes. May read the disk.
    [[nodiscard]] Result<TenantUsage> own(const std::string &tenantId) const;
    /// Over all nodes. May read the disk.
    [[nodiscard]] Result<TenantUsage> usage(const std::string &tenantId) const;
    [[nodiscard]] std::size_t bucketCount(const std::string &tenantId) const
    {
        return m_buckets.count(tenantId);
    }

private:
    // An upper bound of what own buckets hold: measured now and then, plus what was let in since that
    // measurement began. What was deleted since is seen when the bound is reached and measured anew.
    struct Bound {
        TenantPtr quotaOf;  // the tenant it was measured for: a change of the quota measures anew
        std::uint64_t measured = 0;
        std::uint64_t admitted = 0;        // in all
        std::uint64_t admittedBefore = 0;  // the measurement began
        std::int64_t measuredMs = 0;
    };
    struct Pending {
        std::size_t rooms = 0;
        std::uint64_t bytes = 0;
        std::uint64_t buckets = 0;
    };
    [[nodiscard]] bool isFresh(const Bound &bound, const TenantPtr &tenant) const;
    [[nodiscard]] Status measure(const TenantPtr &tenant);
    [[nodiscard]] TenantUsage others(const std::string &tenantId) const;

    const Tenants &m_tenants;
    const Clock &m_clock;
    BucketUsage m_held;  // constant while the node serves
    TenantBuckets m_buckets;
    mutable base::Mutex m_mutex;
    std::shared_ptr<const std::function<TenantUsage(const std::string &)>> m_others GUARDED_BY(m_mutex);
    std::map<std::string, Bound, std::less<>> m_bounds GUARDED_BY(m_mutex);
    std::map<std::string, Pending, std::less<>> m_pending GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::identity
