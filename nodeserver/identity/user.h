// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/user.h"

#include <memory>

namespace maxiofs::identity {

using protocol::Access;
using protocol::Role;
using protocol::UserStatus;

// A user as requests see it: never changed once made, a change makes a new one.
struct User {
    std::string id;                // "admin" for the built-in administrator, else a UUID
    std::string username;          // as shown, and for signing in
    std::string chosenName;        // as given; differs from `username` after a conflict (NameClaims)
    std::int64_t nameTakenMs = 0;  // since when it has chosenName
    std::string displayName;
    std::string email;
    std::vector<Role> roles;
    std::string tenantId;  // empty without one
    UserStatus status = UserStatus::Active;
    std::string canonicalId;  // 64 hex: the owner of what this user makes; random but for the administrator's
    std::string theme;
    std::string language;
    QJsonObject metadata;
    bool initialPassword = false;  // still the random one of the first start
    std::int64_t passwordMs = 0;   // when it was set: older sessions are over,
    std::string keptSession;       // but for the one in which it was changed
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;

    [[nodiscard]] bool has(Role role) const;
    [[nodiscard]] bool isActive() const { return status == UserStatus::Active; }
};
using UserPtr = std::shared_ptr<const User>;

inline constexpr std::string_view kAdminId = "admin";

// What an access key may be limited to, besides its user's rights.
struct AccessKey {
    std::string id;
    std::string userId;
    std::string description;
    bool enabled = true;
    bool readOnly = false;
    std::vector<std::string> buckets;  // empty: all that the user may use
    std::string prefix;                // empty: all keys
    std::int64_t expiresMs = 0;        // 0: never
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;
    std::string sessionId;  // of POST /auth/s3-credentials: the session that it ends with

    [[nodiscard]] bool isTemporary() const { return !sessionId.empty(); }
};
using AccessKeyPtr = std::shared_ptr<const AccessKey>;

// Who a request comes from. Cheap to copy.
struct Identity {
    UserPtr user;           // null: nobody signed
    AccessKeyPtr key;       // null for the console
    std::string sessionId;  // of the console

    [[nodiscard]] bool isAnonymous() const { return user == nullptr; }
};

}  // namespace maxiofs::identity
