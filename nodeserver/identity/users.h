// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/password_hasher.h"
#include "identity/user.h"
#include "records/records.h"

#include <shared_mutex>
#include <unordered_map>

namespace maxiofs::identity {

struct NewUser {
    std::string id;  // empty: a UUID
    std::string username;
    std::string password;
    std::vector<Role> roles;
    std::string tenantId;
    std::string displayName;
    std::string email;
    std::string theme;
    std::string language;
    QJsonObject metadata;
    bool initialPassword = false;
};

struct UserEdit {
    std::optional<std::string> username;
    std::optional<std::string> displayName;
    std::optional<std::string> email;
    std::optional<std::vector<Role>> roles;
    std::optional<UserStatus> status;
    std::optional<std::string> theme;
    std::optional<std::string> language;
    std::optional<QJsonObject> metadata;
};

// The users: in memory for every request, in auth.db as three records each (profile and rights; password;
// preferences). Any thread; find() is one shared lock and one look-up, changes write to the disk and
// passwords take tens of milliseconds.
class Users {
public:
    static constexpr std::size_t kLongestName = 128;

    [[nodiscard]] static Result<std::unique_ptr<Users>> load(records::Records &records,
                                                             PasswordHasher &hasher);

    /// Null when there is none.
    [[nodiscard]] UserPtr find(std::string_view id) const;
    [[nodiscard]] UserPtr findByName(std::string_view username) const;
    [[nodiscard]] UserPtr findByCanonicalId(std::string_view canonicalId) const;
    /// In order of id, those after `after`.
    [[nodiscard]] std::vector<UserPtr> list(std::string_view after, std::size_t limit) const;
    [[nodiscard]] std::size_t count() const;

    /// AlreadyExists for a taken name, InvalidArgument for a wrong one, a weak password or no role.
    [[nodiscard]] Result<UserPtr> create(const NewUser &wanted);
    /// Refuses (Denied) to take the last active administrator away. NotFound, AlreadyExists, InvalidArgument.
    [[nodiscard]] Result<UserPtr> edit(std::string_view id, const UserEdit &edit);
    /// Access keys, grants and sessions are the caller's to remove (Directory::removeUser). Denied for the
    /// built-in administrator and the last active one.
    [[nodiscard]] Status remove(std::string_view id);

    [[nodiscard]] Status setPassword(std::string_view id, std::string_view password, bool initial = false);
    /// False for a wrong password and for an unknown user (empty id), in the same time.
    [[nodiscard]] Result<bool> verifyPassword(std::string_view id, std::string_view password);

private:
    Users(records::Records &records, PasswordHasher &hasher) : m_records(records), m_hasher(hasher) {}
    void publish(User user);
    [[nodiscard]] bool isLastAdmin(const User &user) const;
    [[nodiscard]] Status checkName(std::string_view username, std::string_view ownId) const;

    records::Records &m_records;
    PasswordHasher &m_hasher;
    base::Mutex m_changeMutex;  // one change at a time; taken before m_mutex
    mutable std::shared_mutex m_mutex;
    std::map<std::string, UserPtr, std::less<>> m_byId;               // under m_mutex
    std::map<std::string, std::string, std::less<>> m_idByName;       // under m_mutex
    std::map<std::string, std::string, std::less<>> m_idByCanonical;  // under m_mutex
    std::map<std::string, std::string, std::less<>> m_hashById;       // under m_mutex
};

}  // namespace maxiofs::identity
