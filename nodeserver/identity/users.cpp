// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/users.h"

#include "base/hex.h"
#include "records/record_body.h"

#include <algorithm>
#include <mutex>

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

using records::Change;
using records::Kind;

namespace {

constexpr std::size_t kCanonicalIdBytes = 32;

struct ProfileBody {
    std::string username;
    std::string displayName;
    std::string email;
    std::vector<Role> roles;
    std::string tenantId;
    UserStatus status = UserStatus::Active;
    std::string canonicalId;
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;
};

struct PreferencesBody {
    std::string theme;
    std::string language;
    QJsonObject metadata;
};

struct PasswordBody {
    bool initial = false;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ProfileBody>
void listFields(V &visit, S &s)
{
    visit.required("username"_L1, s.username);
    visit.field("display_name"_L1, s.displayName);
    visit.field("email"_L1, s.email);
    visit.required("roles"_L1, s.roles);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.required("status"_L1, s.status);
    visit.required("canonical_id"_L1, s.canonicalId);
    visit.field("created_ms"_L1, s.createdMs);
    visit.field("updated_ms"_L1, s.updatedMs);
}

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, PreferencesBody>
void listFields(V &visit, S &s)
{
    visit.field("theme"_L1, s.theme);
    visit.field("language"_L1, s.language);
    visit.field("metadata"_L1, s.metadata);
}

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, PasswordBody>
void listFields(V &visit, S &s)
{
    visit.field("initial"_L1, s.initial);
}

Change profileChange(const User &user)
{
    return Change::put(
        Kind::UserProfile, user.id,
        protocol::toJson(ProfileBody{user.username, user.displayName, user.email, user.roles, user.tenantId,
                                     user.status, user.canonicalId, user.createdMs, user.updatedMs}));
}

Change preferencesChange(const User &user)
{
    return Change::put(Kind::UserPreferences, user.id,
                       protocol::toJson(PreferencesBody{user.theme, user.language, user.metadata}));
}

Change passwordChange(const std::string &id, std::string_view hash, bool initial)
{
    return Change::put(Kind::UserPassword, id, protocol::toJson(PasswordBody{initial}),
                       crypto::SecretBytes(asBytes(hash)));
}

bool isActiveAdmin(const User &user)
{
    return user.isActive() && user.has(Role::Admin);
}

Status checkRoles(const std::vector<Role> &roles, const std::string &tenantId)
{
    if (roles.empty())
        return failure(Error::InvalidArgument, "A user has at least one role.", "roles");
    if (std::ranges::find(roles, Role::TenantAdmin) != roles.end() && tenantId.empty())
        return failure(Error::InvalidArgument, "A tenant-admin belongs to a tenant.", "roles");
    return {};
}

std::string newCanonicalId()
{
    Bytes bytes(kCanonicalIdBytes);
    fillRandom(bytes);
    return toHex(bytes);
}

std::unexpected<Error> noSuchUser(std::string_view id)
{
    return failure(Error::NotFound, "There is no user " + std::string(id) + ".", std::string(id));
}

}  // namespace

Result<std::unique_ptr<Users>> Users::load(records::Records &records, PasswordHasher &hasher)
{
    std::unique_ptr<Users> users(new Users(records, hasher));
    std::map<std::string, PreferencesBody> preferences;
    std::map<std::string, bool> initial;
    TRY_ASSIGN(const auto preferenceRecords, records.load(Kind::UserPreferences));
    for (const auto &record : preferenceRecords) {
        TRY_ASSIGN(preferences[record.id], records::readBody<PreferencesBody>(Kind::UserPreferences, record));
    }
    TRY_ASSIGN(const auto passwords, records.load(Kind::UserPassword));
    for (const auto &record : passwords) {
        TRY_ASSIGN(const auto body, records::readBody<PasswordBody>(Kind::UserPassword, record));
        initial[record.id] = body.initial;
        users->m_hashById[record.id] = toText(record.secret.view());
    }
    TRY_ASSIGN(const auto profiles, records.load(Kind::UserProfile));
    for (const auto &record : profiles) {
        TRY_ASSIGN(ProfileBody profile, records::readBody<ProfileBody>(Kind::UserProfile, record));
        const PreferencesBody &preference = preferences[record.id];
        users->publish({record.id, profile.username, profile.displayName, profile.email, profile.roles,
                        profile.tenantId, profile.status, profile.canonicalId, preference.theme,
                        preference.language, preference.metadata, initial[record.id], profile.createdMs,
                        profile.updatedMs});
    }
    return users;
}

void Users::publish(User user)
{
    const auto made = std::make_shared<const User>(std::move(user));
    const std::unique_lock lock(m_mutex);
    const auto old = m_byId.find(made->id);
    if (old != m_byId.end())
        m_idByName.erase(old->second->username);
    m_byId.insert_or_assign(made->id, made);
    m_idByName.insert_or_assign(made->username, made->id);
    m_idByCanonical.insert_or_assign(made->canonicalId, made->id);
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
    const auto id = m_idByName.find(username);
    return id == m_idByName.end() ? nullptr : m_byId.find(id->second)->second;
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

bool Users::isLastAdmin(const User &user) const
{
    const std::shared_lock lock(m_mutex);
    return isActiveAdmin(user) && std::ranges::none_of(m_byId, [&](const auto &item) {
               return item.first != user.id && isActiveAdmin(*item.second);
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

Result<UserPtr> Users::create(const NewUser &wanted)
{
    TRY_STATUS(checkRoles(wanted.roles, wanted.tenantId));
    TRY_STATUS(checkName(wanted.username, {}));  // before the expensive hash, and again under the mutex
    TRY_ASSIGN(const std::string hash, m_hasher.hash(wanted.password));

    const base::MutexLock change(m_changeMutex);
    TRY_STATUS(checkName(wanted.username, {}));
    if (!wanted.id.empty() && find(wanted.id) != nullptr)
        return failure(Error::AlreadyExists, "There is already a user with the id " + wanted.id + ".", "id");
    const std::int64_t now = m_records.clock().unixMs();
    User user{wanted.id.empty() ? Id128::random().uuid() : wanted.id,
              wanted.username,
              wanted.displayName,
              wanted.email,
              wanted.roles,
              wanted.tenantId,
              UserStatus::Active,
              newCanonicalId(),
              wanted.theme,
              wanted.language,
              wanted.metadata,
              wanted.initialPassword,
              now,
              now};
    std::vector<Change> changes;
    changes.push_back(profileChange(user));
    changes.push_back(preferencesChange(user));
    changes.push_back(passwordChange(user.id, hash, wanted.initialPassword));
    TRY_STATUS(m_records.apply(changes));

    const std::string id = user.id;
    {
        const std::unique_lock lock(m_mutex);
        m_hashById[id] = hash;
    }
    publish(std::move(user));
    return find(id);
}

Result<UserPtr> Users::edit(std::string_view id, const UserEdit &edit)
{
    const base::MutexLock change(m_changeMutex);
    const UserPtr existing = find(id);
    if (existing == nullptr)
        return noSuchUser(id);
    User user = *existing;
    user.username = edit.username.value_or(user.username);
    user.displayName = edit.displayName.value_or(user.displayName);
    user.email = edit.email.value_or(user.email);
    user.roles = edit.roles.value_or(user.roles);
    user.status = edit.status.value_or(user.status);
    user.theme = edit.theme.value_or(user.theme);
    user.language = edit.language.value_or(user.language);
    user.metadata = edit.metadata.value_or(user.metadata);
    user.updatedMs = m_records.clock().unixMs();
    TRY_STATUS(checkName(user.username, user.id));
    TRY_STATUS(checkRoles(user.roles, user.tenantId));
    if (!isActiveAdmin(user) && isLastAdmin(*existing)) {
        return failure(Error::Denied,
                       user.username + " is the only active administrator: make another one first.", user.id);
    }
    // Only what changed is written: profile and preferences merge apart when two nodes change one user.
    std::vector<Change> changes;
    changes.push_back(profileChange(user));
    if (edit.theme || edit.language || edit.metadata)
        changes.push_back(preferencesChange(user));
    TRY_STATUS(m_records.apply(changes));
    publish(std::move(user));
    return find(id);
}

Status Users::remove(std::string_view id)
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
    std::vector<Change> changes;
    changes.push_back(Change::remove(Kind::UserProfile, user->id));
    changes.push_back(Change::remove(Kind::UserPassword, user->id));
    changes.push_back(Change::remove(Kind::UserPreferences, user->id));
    TRY_STATUS(m_records.apply(changes));

    const std::unique_lock lock(m_mutex);
    m_byId.erase(user->id);
    m_idByName.erase(user->username);
    m_idByCanonical.erase(user->canonicalId);
    m_hashById.erase(user->id);
    return {};
}

Status Users::setPassword(std::string_view id, std::string_view password, bool initial)
{
    TRY_ASSIGN(const std::string hash, m_hasher.hash(password));
    const base::MutexLock change(m_changeMutex);
    const UserPtr existing = find(id);
    if (existing == nullptr)
        return noSuchUser(id);
    std::vector<Change> changes;
    changes.push_back(passwordChange(existing->id, hash, initial));
    TRY_STATUS(m_records.apply(changes));

    User user = *existing;
    user.initialPassword = initial;
    {
        const std::unique_lock lock(m_mutex);
        m_hashById[user.id] = hash;
    }
    publish(std::move(user));
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

}  // namespace maxiofs::identity
