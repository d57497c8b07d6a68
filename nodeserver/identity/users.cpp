// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/users.h"

#include "base/hex.h"
#include "crypto/digest.h"
#include "identity/unreadable.h"

#include <algorithm>
#include <mutex>

namespace maxiofs::identity {

using records::Change;

namespace {

constexpr std::size_t kCanonicalIdBytes = 32;
constexpr std::string_view kAdminCanonicalName = "maxiofs built-in administrator";

std::string newCanonicalId(std::string_view userId)
{
    // The same on every node: buckets that a node's administrator made before it joined a cluster keep their
    // owner.
    if (userId == kAdminId)
        return crypto::sha256Hex(asBytes(kAdminCanonicalName));
    Bytes bytes(kCanonicalIdBytes);
    fillRandom(bytes);
    return toHex(bytes);
}

std::unexpected<Error> noSuchUser(std::string_view id)
{
    return failure(Error::NotFound, "There is no user " + std::string(id) + ".", std::string(id));
}

}  // namespace

Result<std::unique_ptr<Users>> Users::load(records::Records &records, PasswordHasher &hasher,
                                           const Tenants &tenants)
{
    std::unique_ptr<Users> users(new Users(records, hasher, tenants));
    TRY_ASSIGN(auto loaded, loadUsers(records));
    const std::unique_lock lock(users->m_mutex);
    for (StoredUser &stored : loaded)
        users->publish(std::move(stored));
    return users;
}

void Users::publish(StoredUser stored)
{
    const std::string id = stored.user.id;
    User &user = stored.user;
    // Nobody takes the built-in administrator's name.
    const auto others = m_names.set(id, user.chosenName, id == kAdminId ? 0 : user.nameTakenMs);
    user.username = m_names.nameOf(id);
    m_hashById.insert_or_assign(id, std::move(stored.passwordHash));
    const auto old = m_byId.find(id);
    if (old != m_byId.end())
        m_idByCanonical.erase(old->second->canonicalId);
    m_idByCanonical.insert_or_assign(user.canonicalId, id);
    m_byId.insert_or_assign(id, std::make_shared<const User>(std::move(user)));
    showAgain(others);
}

void Users::forget(const std::string &id)
{
    const auto user = m_byId.find(id);
    if (user == m_byId.end())
        return;
    m_idByCanonical.erase(user->second->canonicalId);
    m_hashById.erase(id);
    m_byId.erase(user);
    showAgain(m_names.drop(id));
}

void Users::showAgain(const std::vector<std::string> &ids)
{
    for (const std::string &id : ids) {
        UserPtr &slot = m_byId.find(id)->second;
        User user = *slot;
        user.username = m_names.nameOf(id);
        slot = std::make_shared<const User>(std::move(user));
    }
}

UserPtr Users::find(std::string_view id) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? nullptr : found->second;
}

UserPtr Users::findByName(std::string_view username) const
{
    const std::shared_lock lock(m_mutex);
    const std::string *id = m_names.holderOf(username);
    return id == nullptr ? nullptr : m_byId.find(*id)->second;
}

UserPtr Users::findByCanonicalId(std::string_view canonicalId) const
{
    const std::shared_lock lock(m_mutex);
    const auto id = m_idByCanonical.find(canonicalId);
    return id == m_idByCanonical.end() ? nullptr : m_byId.find(id->second)->second;
}

std::vector<UserPtr> Users::list(std::string_view after, std::size_t limit) const
{
    std::vector<UserPtr> users;
    const std::shared_lock lock(m_mutex);
    for (auto at = m_byId.upper_bound(after); at != m_byId.end() && users.size() < limit; ++at)
        users.push_back(at->second);
    return users;
}

std::size_t Users::count() const
{
    const std::shared_lock lock(m_mutex);
    return m_byId.size();
}

std::map<std::string, std::size_t> Users::countByTenant() const
{
    std::map<std::string, std::size_t> counts;
    const std::shared_lock lock(m_mutex);
    for (const auto &[id, user] : m_byId) {
        if (!user->tenantId.empty())
            ++counts[user->tenantId];
    }
    return counts;
}

Status Users::admit(const User &user) const
{
    if (!user.isActive())
        return failure(Error::Denied, "The user " + user.username + " is disabled.", user.id);
    if (user.tenantId.empty())
        return {};
    const TenantPtr tenant = m_tenants.find(user.tenantId);
    if (tenant == nullptr)
        return failure(Error::Denied,
                       "The tenant of the user " + user.username +
                           " does not exist: an administrator can give the user another.",
                       user.tenantId);
    if (!tenant->isActive())
        return failure(Error::Denied,
                       "The tenant " + tenant->name + " of the user " + user.username + " is disabled.",
                       tenant->id);
    return {};
}

bool Users::hasAdminOutside(std::string_view tenantId) const
{
    const std::shared_lock lock(m_mutex);
    return std::ranges::any_of(m_byId, [&](const auto &item) {
        return item.second->tenantId != tenantId && isActingAdmin(*item.second);
    });
}

bool Users::isActingAdmin(const User &user) const
{
    return user.has(Role::Admin) && admit(user);
}

bool Users::isLastAdmin(const User &user) const
{
    const std::shared_lock lock(m_mutex);
    return isActingAdmin(user) && std::ranges::none_of(m_byId, [&](const auto &item) {
               return item.first != user.id && isActingAdmin(*item.second);
           });
}

Status Users::checkName(std::string_view username, std::string_view ownId) const
{
    const bool printable = std::ranges::all_of(
        username, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
    if (username.empty() || username.size() > kLongestName || !printable) {
        return failure(Error::InvalidArgument,
                       "A user's name has 1 to 128 bytes without spaces and control characters.", "username");
    }
    const UserPtr other = findByName(username);
    if (other != nullptr && other->id != ownId) {
        return failure(Error::AlreadyExists, "There is already a user " + std::string(username) + ".",
                       "username");
    }
    return {};
}

Status Users::checkRights(const std::vector<Role> &roles, const std::string &tenantId) const
{
    if (roles.empty())
        return failure(Error::InvalidArgument, "A user has at least one role.", "roles");
    if (std::ranges::find(roles, Role::TenantAdmin) != roles.end() && tenantId.empty())
        return failure(Error::InvalidArgument, "A tenant-admin belongs to a tenant.", "roles");
    if (!tenantId.empty() && m_tenants.find(tenantId) == nullptr)
        return failure(Error::InvalidArgument, "There is no tenant " + tenantId + ".", "tenant_id");
    return {};
}

Result<UserPtr> Users::create(const NewUser &wanted)
{
    TRY_STATUS(checkRights(wanted.roles, wanted.tenantId));
    TRY_STATUS(checkName(wanted.username, {}));  // before the expensive hash, and again under the mutex
    TRY_ASSIGN(const std::string hash, m_hasher.hash(wanted.password));

    const base::MutexLock change(m_changeMutex);
    TRY_STATUS(checkName(wanted.username, {}));
    if (!wanted.id.empty() && find(wanted.id) != nullptr)
        return failure(Error::AlreadyExists, "There is already a user with the id " + wanted.id + ".", "id");
    const std::int64_t now = m_records.clock().unixMs();
    StoredUser stored;
    stored.passwordHash = hash;
    User &user = stored.user;
    user.id = wanted.id.empty() ? Id128::random().uuid() : wanted.id;
    user.chosenName = wanted.username;
    user.nameTakenMs = now;
    user.displayName = wanted.displayName;
    user.email = wanted.email;
    user.roles = wanted.roles;
    user.tenantId = wanted.tenantId;
    user.canonicalId = newCanonicalId(user.id);
    user.theme = wanted.theme;
    user.language = wanted.language;
    user.metadata = wanted.metadata;
    user.initialPassword = wanted.initialPassword;
    user.passwordMs = now;
    user.createdMs = now;
    user.updatedMs = now;
    std::vector<Change> changes;
    changes.push_back(profileChange(user));
    changes.push_back(preferencesChange(user));
    changes.push_back(passwordChange(user, hash));
    TRY_STATUS(m_records.apply(changes));

    const std::string id = user.id;
    const std::unique_lock lock(m_mutex);
    publish(std::move(stored));
    return m_byId.find(id)->second;
}

Result<UserPtr> Users::edit(std::string_view id, const UserEdit &edit)
{
    const base::MutexLock change(m_changeMutex);
    const UserPtr existing = find(id);
    if (existing == nullptr)
        return noSuchUser(id);
    User user = *existing;
    user.updatedMs = m_records.clock().unixMs();
    if (edit.username && *edit.username != user.username) {
        TRY_STATUS(checkName(*edit.username, user.id));
        user.chosenName = *edit.username;
        user.nameTakenMs = user.updatedMs;
    }
    user.displayName = edit.displayName.value_or(user.displayName);
    user.email = edit.email.value_or(user.email);
    user.roles = edit.roles.value_or(user.roles);
    user.tenantId = edit.tenantId.value_or(user.tenantId);
    user.status = edit.status.value_or(user.status);
    user.theme = edit.theme.value_or(user.theme);
    user.language = edit.language.value_or(user.language);
    user.metadata = edit.metadata.value_or(user.metadata);
    if (edit.roles || edit.tenantId)
        TRY_STATUS(checkRights(user.roles, user.tenantId));
    if (!isActingAdmin(user) && isLastAdmin(*existing)) {
        return failure(Error::Denied,
                       user.username + " is the only active administrator: make another one first.", user.id);
    }
    // Only what changed is written: profile and preferences merge apart when two nodes change one user.
    std::vector<Change> changes;
    changes.push_back(profileChange(user));
    if (edit.theme || edit.language || edit.metadata)
        changes.push_back(preferencesChange(user));
    TRY_STATUS(m_records.apply(changes));

    const std::unique_lock lock(m_mutex);
    publish({std::move(user), m_hashById.find(id)->second});
    return m_byId.find(id)->second;
}

Status Users::remove(std::string_view id, std::vector<Change> also)
{
    const base::MutexLock change(m_changeMutex);
    const UserPtr user = find(id);
    if (user == nullptr)
        return noSuchUser(id);
    if (id == kAdminId)
        return failure(Error::Denied, "The built-in administrator cannot be deleted: disable it instead.",
                       user->id);
    if (isLastAdmin(*user))
        return failure(Error::Denied,
                       user->username + " is the only active administrator: make another one first.",
                       user->id);
    std::vector<Change> changes = userRemoval(user->id);
    std::ranges::move(also, std::back_inserter(changes));
    TRY_STATUS(m_records.apply(changes));

    const std::unique_lock lock(m_mutex);
    forget(user->id);
    return {};
}

Status Users::setPassword(std::string_view id, std::string_view password, std::string_view keptSession)
{
    TRY_ASSIGN(const std::string hash, m_hasher.hash(password));
    const base::MutexLock change(m_changeMutex);
    const UserPtr existing = find(id);
    if (existing == nullptr)
        return noSuchUser(id);
    User user = *existing;
    user.initialPassword = false;
    user.passwordMs = m_records.clock().unixMs();
    user.keptSession = keptSession;
    std::vector<Change> changes;
    changes.push_back(passwordChange(user, hash));
    TRY_STATUS(m_records.apply(changes));

    const std::unique_lock lock(m_mutex);
    publish({std::move(user), hash});
    return {};
}

Result<bool> Users::verifyPassword(std::string_view id, std::string_view password)
{
    std::string hash;
    {
        const std::shared_lock lock(m_mutex);
        const auto found = m_hashById.find(id);
        if (found != m_hashById.end())
            hash = found->second;
    }
    return m_hasher.verify(password, hash);
}

NameClaims::Losers Users::losers() const
{
    const std::shared_lock lock(m_mutex);
    return m_names.losers();
}

Users::TakenOver Users::takeOver(const std::vector<std::string> &ids)
{
    TakenOver taken;
    const base::MutexLock change(m_changeMutex);
    const NameClaims::Losers before = losers();
    for (const std::string &id : ids) {
        auto read = readUser(m_records, id);
        Status cleaned;
        if (read && read->hasLeftover)
            cleaned = m_records.apply(userRemoval(id));
        if (!read || !cleaned) {
            reportUnreadable(read ? cleaned.error() : read.error());
            continue;
        }
        if (read->deleted)
            taken.deleted.push_back(id);
        const std::unique_lock lock(m_mutex);
        if (read->user)
            publish(*std::move(read->user));
        else
            forget(id);
    }
    const std::shared_lock lock(m_mutex);
    taken.renamed = m_names.lostSince(before);
    return taken;
}

}  // namespace maxiofs::identity
