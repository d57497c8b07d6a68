// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/directory.h"

#include "base/log_line.h"

#include <algorithm>
#include <set>

namespace maxiofs::identity {

using records::Change;
using records::Kind;

namespace {

void append(std::vector<Change> &changes, std::vector<Change> more)
{
    std::ranges::move(more, std::back_inserter(changes));
}

std::vector<std::string> idsOf(const std::vector<Change> &changes, Kind kind)
{
    std::vector<std::string> ids;
    for (const Change &change : changes) {
        if (change.kind == kind)
            ids.push_back(change.id);
    }
    return ids;
}

}  // namespace

Result<std::unique_ptr<Directory>> Directory::load(records::Records &records, crypto::ScryptCost cost)
{
    auto hasher = std::make_unique<PasswordHasher>(cost);
    TRY_ASSIGN(auto tenants, Tenants::load(records));
    TRY_ASSIGN(auto users, Users::load(records, *hasher, *tenants));
    TRY_ASSIGN(auto keys, AccessKeys::load(records, *users, *tenants));
    TRY_ASSIGN(auto grants, Grants::load(records));
    TRY_ASSIGN(auto sessions, Sessions::load(records, *users, *keys));
    std::unique_ptr<Directory> directory(new Directory(records, std::move(hasher), std::move(tenants),
                                                       std::move(users), std::move(keys), std::move(grants),
                                                       std::move(sessions)));
    directory->m_listening = records.whenChanged(
        [&parts = *directory](const std::vector<records::RecordKey> &keys, records::Origin origin) {
            if (origin == records::Origin::Merged)
                parts.takeOver(keys);
        });
    return directory;
}

Directory::Directory(records::Records &records, std::unique_ptr<PasswordHasher> hasher,
                     std::unique_ptr<Tenants> tenants, std::unique_ptr<Users> users,
                     std::unique_ptr<AccessKeys> keys, std::unique_ptr<Grants> grants,
                     std::unique_ptr<Sessions> sessions)
    : m_records(records),
      m_hasher(std::move(hasher)),
      m_tenants(std::move(tenants)),
      m_tenantQuotas(*m_tenants, records.clock()),
      m_users(std::move(users)),
      m_keys(std::move(keys)),
      m_grants(std::move(grants)),
      m_sessions(std::move(sessions)),
      m_authorizer(*m_grants)
{
}

Status Directory::removeUser(std::string_view id)
{
    std::vector<Change> changes = m_sessions->removalOf(id);
    append(changes, m_keys->removalOf(id));
    append(changes, m_grants->removalOf(id));
    const auto sessions = idsOf(changes, Kind::Session);
    const auto keys = idsOf(changes, Kind::AccessKey);
    const auto grants = idsOf(changes, Kind::Grant);
    TRY_STATUS(m_users->remove(id, std::move(changes)));
    m_sessions->takeOver(sessions);
    m_keys->takeOver(keys);
    m_grants->takeOver(grants);
    return removeWhatBelongsTo(std::string(id));  // what was made meanwhile
}

Status Directory::removeWhatBelongsTo(const std::string &userId)
{
    TRY_STATUS(m_sessions->endAllOf(userId));
    TRY_STATUS(m_keys->removeAllOf(userId));
    return m_grants->takeAllOfUser(userId);
}

Result<TenantPtr> Directory::editTenant(std::string_view id, const TenantEdit &edit)
{
    if (edit.status == TenantStatus::Disabled && !m_users->hasAdminOutside(id))
        return failure(Error::Denied,
                       "The only active administrator belongs to this tenant: make another one first.",
                       std::string(id));
    return m_tenants->edit(id, edit);
}

Status Directory::removeTenant(std::string_view id)
{
    const TenantPtr tenant = m_tenants->find(id);
    if (tenant == nullptr)
        return failure(Error::NotFound, "There is no tenant " + std::string(id) + ".", std::string(id));
    const std::size_t users = m_users->countByTenant()[tenant->id];
    const std::size_t buckets = m_tenantQuotas.bucketCount(tenant->id);
    if (users != 0 || buckets != 0)
        return failure(Error::PreconditionFailed,
                       "The tenant " + tenant->name + " still has users (" + std::to_string(users) +
                           ") or buckets (" + std::to_string(buckets) + "): delete or move them first.",
                       tenant->id);
    TRY_STATUS(m_tenants->remove(id));
    return m_grants->takeAllOfTenant(id);
}

Status Directory::changePassword(std::string_view id, std::string_view password, std::string_view keepSession)
{
    TRY_STATUS(m_users->setPassword(id, password, keepSession));
    return m_sessions->endAllOf(id, keepSession);
}

bool Directory::isDeletedUser(const std::string &userId) const
{
    if (userId.empty() || m_users->find(userId) != nullptr)
        return false;
    const auto read = readUser(m_records, userId);
    return read && read->deleted;
}

void Directory::tellRenamed(std::string_view of, const std::vector<NameLost> &lost) const
{
    for (const NameLost &each : lost) {
        base::warningLine("Identity: a " + std::string(of) +
                          " was renamed, since an older one of another node has its name")
            .with("name", each.before)
            .with("now", each.name);
        if (m_renamed)
            m_renamed(of, each);
    }
}

void Directory::takeOver(const std::vector<records::RecordKey> &keys)
{
    std::map<Kind, std::vector<std::string>> byKind;
    std::set<std::string> userIds;
    std::set<std::string> tenantIds;
    for (const records::RecordKey &key : keys) {
        switch (key.kind) {
        case Kind::UserProfile:
        case Kind::UserPassword:
        case Kind::UserPreferences: userIds.insert(key.id); break;
        case Kind::Tenant:
        case Kind::TenantQuota: tenantIds.insert(key.id); break;
        default: byKind[key.kind].push_back(key.id); break;
        }
    }
    m_sessions->takeOverSecrets(byKind[Kind::ClusterSecret]);
    // In this order what is new is never without what it needs.
    tellRenamed("tenant", m_tenants->takeOver({tenantIds.begin(), tenantIds.end()}));
    const auto users = m_users->takeOver({userIds.begin(), userIds.end()});
    tellRenamed("user", users.renamed);
    const auto sessions = m_sessions->takeOver(byKind[Kind::Session]);
    const auto newKeys = m_keys->takeOver(byKind[Kind::AccessKey]);
    const auto newGrants = m_grants->takeOver(byKind[Kind::Grant]);

    // What was made for a user or a session where their end was not known yet.
    std::set<std::string> ownersGone(users.deleted.begin(), users.deleted.end());
    std::vector<std::string> sessionsGone = sessions.ended;
    const auto lookAt = [&](const std::string &userId) {
        if (!ownersGone.contains(userId) && isDeletedUser(userId))
            ownersGone.insert(userId);
    };
    for (const Sessions::Session &session : sessions.present)
        lookAt(session.userId);
    for (const Grant &grant : newGrants)
        lookAt(grant.userId);
    for (const AccessKeyPtr &key : newKeys) {
        lookAt(key->userId);
        if (key->isTemporary() && m_sessions->hasEnded(key->sessionId))
            sessionsGone.push_back(key->sessionId);
    }
    Status cleaned;
    if (!sessionsGone.empty())
        cleaned = m_keys->removeTemporary(sessionsGone);
    for (const std::string &userId : ownersGone) {
        if (cleaned)
            cleaned = removeWhatBelongsTo(userId);
    }
    if (!cleaned)
        base::errorLine("Identity: what belonged to deleted users could not be removed")
            .with("reason", cleaned.error().message);
}

}  // namespace maxiofs::identity
