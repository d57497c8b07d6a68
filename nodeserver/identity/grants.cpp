// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/grants.h"

#include "identity/unreadable.h"
#include "records/record_body.h"

#include <algorithm>
#include <mutex>

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

using records::Change;
using records::Kind;

namespace {

struct GrantBody {
    std::string userId;
    std::string tenantId;
    std::string bucket;
    std::string bucketId;
    Access access = Access::Read;
    std::int64_t createdMs = 0;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, GrantBody>
void listFields(V &visit, S &s)
{
    visit.field("user_id"_L1, s.userId);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.required("bucket"_L1, s.bucket);
    visit.required("bucket_id"_L1, s.bucketId);
    visit.required("access"_L1, s.access);
    visit.field("created_ms"_L1, s.createdMs);
}

Result<Grant> grantOf(const records::Record &record)
{
    TRY_ASSIGN(GrantBody body, records::readBody<GrantBody>(Kind::Grant, record));
    const auto bucketId = BucketId::fromHex(body.bucketId);
    if (!bucketId)
        return failure(Error::Corrupt, "the record grants/" + record.id + " in auth.db has no bucket id");
    return Grant{record.id, body.userId, body.tenantId, body.bucket, *bucketId, body.access, body.createdMs};
}

bool isFor(const Grant &grant, const User &user)
{
    return grant.tenantId.empty() ? grant.userId == user.id : grant.tenantId == user.tenantId;
}

}  // namespace

Result<std::unique_ptr<Grants>> Grants::load(records::Records &records)
{
    std::unique_ptr<Grants> grants(new Grants(records));
    TRY_ASSIGN(const auto stored, records.load(Kind::Grant));
    for (const auto &record : stored) {
        const auto grant = grantOf(record);
        if (!grant) {
            reportUnreadable(grant.error());
            continue;
        }
        const std::unique_lock lock(grants->m_mutex);
        grants->publish(*grant);
    }
    return grants;
}

void Grants::publish(const Grant &grant)
{
    forget(grant.id);
    m_byId.insert_or_assign(grant.id, grant);
    m_idsByBucket[grant.bucketId].push_back(grant.id);
}

void Grants::forget(const std::string &id)
{
    const auto grant = m_byId.find(id);
    if (grant == m_byId.end())
        return;
    const auto ids = m_idsByBucket.find(grant->second.bucketId);
    std::erase(ids->second, id);
    if (ids->second.empty())
        m_idsByBucket.erase(ids);
    m_byId.erase(grant);
}

std::optional<Access> Grants::accessOf(const User &user, const BucketId &bucket) const
{
    std::optional<Access> greatest;
    const std::shared_lock lock(m_mutex);
    const auto ids = m_idsByBucket.find(bucket);
    if (ids == m_idsByBucket.end())
        return greatest;
    for (const std::string &id : ids->second) {
        const Grant &grant = m_byId.find(id)->second;
        if (isFor(grant, user) && (!greatest || grant.access > *greatest))
            greatest = grant.access;
    }
    return greatest;
}

std::vector<Grant> Grants::ofBucket(const BucketId &bucket) const
{
    std::vector<Grant> grants;
    const std::shared_lock lock(m_mutex);
    const auto ids = m_idsByBucket.find(bucket);
    if (ids == m_idsByBucket.end())
        return grants;
    for (const std::string &id : ids->second)
        grants.push_back(m_byId.find(id)->second);
    return grants;
}

std::vector<Grant> Grants::list(std::string_view after, std::size_t limit) const
{
    std::vector<Grant> grants;
    const std::shared_lock lock(m_mutex);
    for (auto at = m_byId.upper_bound(after); at != m_byId.end() && grants.size() < limit; ++at)
        grants.push_back(at->second);
    return grants;
}

std::optional<Grant> Grants::find(std::string_view id) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? std::nullopt : std::optional(found->second);
}

Result<Grant> Grants::give(Grant grant)
{
    if (grant.userId.empty() == grant.tenantId.empty())
        return failure(Error::InvalidArgument, "A grant names a user or a tenant.", "user_id");
    const base::MutexLock change(m_changeMutex);
    const std::vector<Grant> existing = ofBucket(grant.bucketId);
    const auto same = std::ranges::find_if(existing, [&](const Grant &other) {
        return other.userId == grant.userId && other.tenantId == grant.tenantId;
    });
    if (same == existing.end() && existing.size() >= kMaxPerBucket)
        return failure(Error::Quota, "A bucket has at most 1000 grants.", grant.bucket);
    grant.id = same != existing.end() ? same->id : Id128::random().uuid();
    grant.createdMs = same != existing.end() ? same->createdMs : m_records.clock().unixMs();
    std::vector<Change> changes;
    changes.push_back(
        Change::put(Kind::Grant, grant.id,
                    protocol::toJson(GrantBody{grant.userId, grant.tenantId, grant.bucket,
                                               grant.bucketId.hex(), grant.access, grant.createdMs})));
    TRY_STATUS(m_records.apply(changes));

    const std::unique_lock lock(m_mutex);
    publish(grant);
    return grant;
}

std::vector<Grant> Grants::all(const std::function<bool(const Grant &)> &matches) const
{
    std::vector<Grant> grants;
    const std::shared_lock lock(m_mutex);
    for (const auto &[id, grant] : m_byId) {
        if (matches(grant))
            grants.push_back(grant);
    }
    return grants;
}

Status Grants::takeWhere(const std::function<bool(const Grant &)> &matches)
{
    const base::MutexLock change(m_changeMutex);
    const std::vector<Grant> gone = all(matches);
    if (gone.empty())
        return {};
    std::vector<Change> changes;
    changes.reserve(gone.size());
    for (const Grant &grant : gone)
        changes.push_back(Change::remove(Kind::Grant, grant.id));
    TRY_STATUS(m_records.apply(changes));
    const std::unique_lock lock(m_mutex);
    for (const Grant &grant : gone)
        forget(grant.id);
    return {};
}

Status Grants::take(std::string_view id)
{
    if (!find(id))
        return failure(Error::NotFound, "There is no grant " + std::string(id) + ".", std::string(id));
    return takeWhere([&](const Grant &grant) { return grant.id == id; });
}

Status Grants::takeAllOfUser(std::string_view userId)
{
    return takeWhere([&](const Grant &grant) { return grant.userId == userId; });
}

Status Grants::takeAllOfTenant(std::string_view tenantId)
{
    return takeWhere([&](const Grant &grant) { return grant.tenantId == tenantId; });
}

Status Grants::takeAllOfBucket(const BucketId &bucket)
{
    return takeWhere([&](const Grant &grant) { return grant.bucketId == bucket; });
}

std::vector<Change> Grants::removalOf(std::string_view userId) const
{
    std::vector<Change> changes;
    for (const Grant &grant : all([&](const Grant &each) { return each.userId == userId; }))
        changes.push_back(Change::remove(Kind::Grant, grant.id));
    return changes;
}

std::vector<Grant> Grants::takeOver(const std::vector<std::string> &ids)
{
    std::vector<Grant> present;
    const base::MutexLock change(m_changeMutex);
    for (const std::string &id : ids) {
        const auto record = m_records.find(Kind::Grant, id);
        const bool live = record && *record && !(*record)->deleted;
        const auto grant = live ? grantOf(**record) : Result<Grant>();
        if (!record || !grant) {
            reportUnreadable(record ? grant.error() : record.error());
            continue;
        }
        const std::unique_lock lock(m_mutex);
        if (live) {
            publish(*grant);
            present.push_back(*grant);
        } else {
            forget(id);
        }
    }
    return present;
}

}  // namespace maxiofs::identity
