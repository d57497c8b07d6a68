// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/user.h"
#include "records/buckets.h"

namespace maxiofs::identity {

struct Grant {
    std::string id;
    std::string userId;    // one of these two
    std::string tenantId;  //
    std::string bucket;    // its name
    BucketId bucketId;     // so that a grant does not pass to a later bucket of the same name
    Access access = Access::Read;
    std::int64_t createdMs = 0;
};

// Who may use another's bucket. Any thread; changes write to the disk.
class Grants {
public:
    static constexpr std::size_t kMaxPerBucket = 1000;

    [[nodiscard]] static Result<std::unique_ptr<Grants>> load(records::Records &records);

    /// The greatest access that the user has to the bucket by grants; empty for none.
    [[nodiscard]] std::optional<Access> accessOf(const User &user, const BucketId &bucket) const;
    [[nodiscard]] std::vector<Grant> ofBucket(const BucketId &bucket) const;
    /// In order of id, those after `after`.
    [[nodiscard]] std::vector<Grant> list(std::string_view after, std::size_t limit) const;
    [[nodiscard]] std::optional<Grant> find(std::string_view id) const;

    /// A second grant to the same for the same bucket replaces the first.
    [[nodiscard]] Result<Grant> give(Grant grant);
    [[nodiscard]] Status take(std::string_view id);
    [[nodiscard]] Status takeAllOfUser(std::string_view userId);
    [[nodiscard]] Status takeAllOfTenant(std::string_view tenantId);
    [[nodiscard]] Status takeAllOfBucket(const BucketId &bucket);
    /// The changes that take a user's grants, for a transaction of the caller's, which calls takeOver() then.
    [[nodiscard]] std::vector<records::Change> removalOf(std::string_view userId) const;

    /// Takes over from auth.db what a merge brought; the grants that are there now.
    std::vector<Grant> takeOver(const std::vector<std::string> &ids);

private:
    explicit Grants(records::Records &records) : m_records(records) {}
    [[nodiscard]] std::vector<Grant> all(const std::function<bool(const Grant &)> &matches) const;
    [[nodiscard]] Status takeWhere(const std::function<bool(const Grant &)> &matches);
    void publish(const Grant &grant);  // these two under m_mutex
    void forget(const std::string &id);

    records::Records &m_records;
    base::Mutex m_changeMutex;  // one change at a time; taken before m_mutex
    mutable std::shared_mutex m_mutex;
    std::map<std::string, Grant, std::less<>> m_byId;            // under m_mutex
    std::map<BucketId, std::vector<std::string>> m_idsByBucket;  // under m_mutex
};

}  // namespace maxiofs::identity
