// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

#include <array>
#include <utility>

namespace maxiofs::protocol {

enum class Role { Admin, TenantAdmin, User, ReadOnly };
template <>
struct Names<Role> {
    static constexpr auto kAll =
        std::to_array<std::pair<Role, std::string_view>>({{Role::Admin, "admin"},
                                                          {Role::TenantAdmin, "tenant-admin"},
                                                          {Role::User, "user"},
                                                          {Role::ReadOnly, "readonly"}});
};

enum class UserStatus { Active, Disabled };
template <>
struct Names<UserStatus> {
    static constexpr auto kAll = std::to_array<std::pair<UserStatus, std::string_view>>(
        {{UserStatus::Active, "active"}, {UserStatus::Disabled, "disabled"}});
};

enum class Access { Read, Write, Admin };
template <>
struct Names<Access> {
    static constexpr auto kAll = std::to_array<std::pair<Access, std::string_view>>(
        {{Access::Read, "read"}, {Access::Write, "write"}, {Access::Admin, "admin"}});
};

struct User {
    static constexpr const char *kPlural = "users";

    std::string id;
    std::string username;
    std::string displayName;
    std::string email;
    std::vector<Role> roles;
    std::string tenantId;
    UserStatus status = UserStatus::Active;
    std::string theme;
    std::string language;
    std::string canonicalId;  // 64 hex: the owner in S3 answers
    QJsonObject metadata;
    bool initialPassword = false;  // still the random one of the first start
    Time createdAt;
    Time updatedAt;
};

// POST /users (username, password and roles are needed) and PUT /users/{id} (what is there is changed).
struct UserChange {
    std::optional<std::string> username;
    std::optional<std::string> password;
    std::optional<std::string> currentPassword;  // needed where a user changes the own password
    std::optional<std::string> displayName;
    std::optional<std::string> email;
    std::optional<std::vector<Role>> roles;
    std::optional<std::string> tenantId;  // empty: none; set by an admin only
    std::optional<UserStatus> status;
    std::optional<std::string> theme;
    std::optional<std::string> language;
    std::optional<QJsonObject> metadata;
};

struct AccessKey {
    static constexpr const char *kPlural = "access_keys";

    std::string id;  // the access key id of S3
    std::string userId;
    std::string description;
    bool enabled = true;
    bool readOnly = false;
    std::vector<std::string> buckets;  // empty: all that the user may use
    std::string prefix;                // empty: all keys
    std::optional<Time> expiresAt;
    Time createdAt;
    std::optional<std::string> secret;  // in the answer to its creation only
};

// POST /users/{id}/access-keys and PUT /users/{id}/access-keys/{key}.
struct AccessKeyChange {
    std::optional<std::string> description;
    std::optional<bool> enabled;
    std::optional<bool> readOnly;
    std::optional<std::vector<std::string>> buckets;
    std::optional<std::string> prefix;
    std::optional<Time> expiresAt;
};

// POST /buckets/{bucket}/grants: one of user and tenant.
struct GrantRequest {
    std::string userId;
    std::string tenantId;
    Access access = Access::Read;
};

struct Grant {
    static constexpr const char *kPlural = "grants";

    std::string id;
    std::string userId;    // one of these two
    std::string tenantId;  //
    std::string bucket;
    Access access = Access::Read;
    Time createdAt;
};

}  // namespace maxiofs::protocol
