// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/password_hasher.h"
#include "identity/tenants.h"
#include "identity/user_records.h"

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
    std::optional<std::string> tenantId;  // empty: none
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

    /// All must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<Users>> load(records::Records &records,
                                                             PasswordHasher &hasher, const Tenants &tenants);

    /// Null when there is none.
    [[nodiscard]] UserPtr find(std::string_view id) const;
    [[nodiscard]] UserPtr findByName(std::string_view username) const;
    [[nodiscard]] UserPtr findByCanonicalId(std::string_view canonicalId) const;
    /// In order of id, those after `after`.
    [[nodiscard]] std::vector<UserPtr> list(std::string_view after, std::size_t limit) const;
    [[nodiscard]] std::size_t count() const;
    /// How many belong to each tenant.
    [[nodiscard]] std::map<std::string, std::size_t> countByTenant() const;
    /// Denied, with the reason in a sentence, for a user who may do nothing: disabled, or its tenant is.
    [[nodiscard]] Status admit(const User &user) const;
    /// Whether somebody could still administer if the tenant were disabled.
    [[nodiscard]] bool hasAdminOutside(std::string_view tenantId) const;

    /// AlreadyExists for a taken name, InvalidArgument for a wrong one, a weak password, no role or a tenant
    /// that there is not.
    [[nodiscard]] Result<UserPtr> create(const NewUser &wanted);
    /// Refuses (Denied) to take the last active administrator away. NotFound, AlreadyExists, InvalidArgument.
    [[nodiscard]] Result<UserPtr> edit(std::string_view id, const UserEdit &edit);
    /// Writes `also` in the same transaction: what belongs to the user (Directory::removeUser). Denied for
    /// the built-in administrator and the last active one.
    [[nodiscard]] Status remove(std::string_view id, std::vector<records::Change> also = {});

    /// Sessions from before are over, but for `keptSession`.
    [[nodiscard]] Status setPassword(std::string_view id, std::string_view password,
                                     std::string_view keptSession = {});
    /// False for a wrong password and for an unknown user (empty id), in the same time.
    [[nodiscard]] Result<bool> verifyPassword(std::string_view id, std::string_view password);

    struct TakenOver {
        std::vector<std::string> deleted;  // ids of those that were deleted elsewhere
        std::vector<NameLost> renamed;
    };
    /// Takes over from auth.db what a merge brought.
    TakenOver takeOver(const std::vector<std::string> &ids);

private:
    Users(records::Records &records, PasswordHasher &hasher, const Tenants &tenants)
        : m_records(records),
          m_hasher(hasher),
          m_tenants(tenants),
          m_names(kLongestName)
    {
    }
    void publish(StoredUser stored);  // these three under m_mutex
    void forget(const std::string &id);
    void showAgain(const std::vector<std::string> &ids);
    [[nodiscard]] NameClaims::Losers losers() const;
    [[nodiscard]] bool isActingAdmin(const User &user) const;
    [[nodiscard]] bool isLastAdmin(const User &user) const;
    [[nodiscard]] Status checkName(std::string_view username, std::string_view ownId) const;
    [[nodiscard]] Status checkRights(const std::vector<Role> &roles, const std::string &tenantId) const;

    records::Records &m_records;
    PasswordHasher &m_hasher;
    const Tenants &m_tenants;
    base::Mutex m_changeMutex;  // one change at a time; taken before m_mutex
    mutable std::shared_mutex m_mutex;
    std::map<std::string, UserPtr, std::less<>> m_byId;               // under m_mutex
    NameClaims m_names;                                               // under m_mutex
    std::map<std::string, std::string, std::less<>> m_idByCanonical;  // under m_mutex
    std::map<std::string, std::string, std::less<>> m_hashById;       // under m_mutex
};

}  // namespace maxiofs::identity
