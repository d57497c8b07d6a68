// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/user.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

MAXIOFS_PROTOCOL_ENUM(Role)

MAXIOFS_PROTOCOL_ENUM(UserStatus)

MAXIOFS_PROTOCOL_ENUM(Access)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, User>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.required("username"_L1, s.username);
    visit.field("display_name"_L1, s.displayName);
    visit.field("email"_L1, s.email);
    visit.field("roles"_L1, s.roles);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.field("status"_L1, s.status);
    visit.field("theme"_L1, s.theme);
    visit.field("language"_L1, s.language);
    visit.field("canonical_id"_L1, s.canonicalId);
    visit.field("metadata"_L1, s.metadata);
    visit.field("initial_password"_L1, s.initialPassword);
    visit.field("created_at"_L1, s.createdAt);
    visit.field("updated_at"_L1, s.updatedAt);
}
MAXIOFS_PROTOCOL_LISTED(User)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, UserChange>
void listFields(V &visit, S &s)
{
    visit.unlessEmpty("username"_L1, s.username);
    visit.unlessEmpty("password"_L1, s.password);
    visit.unlessEmpty("current_password"_L1, s.currentPassword);
    visit.unlessEmpty("display_name"_L1, s.displayName);
    visit.unlessEmpty("email"_L1, s.email);
    visit.unlessEmpty("roles"_L1, s.roles);
    visit.unlessEmpty("tenant_id"_L1, s.tenantId);
    visit.unlessEmpty("status"_L1, s.status);
    visit.unlessEmpty("theme"_L1, s.theme);
    visit.unlessEmpty("language"_L1, s.language);
    visit.unlessEmpty("metadata"_L1, s.metadata);
}
MAXIOFS_PROTOCOL_STRUCT(UserChange)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, AccessKey>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.field("user_id"_L1, s.userId);
    visit.field("description"_L1, s.description);
    visit.field("enabled"_L1, s.enabled);
    visit.field("read_only"_L1, s.readOnly);
    visit.field("buckets"_L1, s.buckets);
    visit.field("prefix"_L1, s.prefix);
    visit.field("expires_at"_L1, s.expiresAt);
    visit.field("created_at"_L1, s.createdAt);
    visit.unlessEmpty("secret"_L1, s.secret);
}
MAXIOFS_PROTOCOL_LISTED(AccessKey)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, AccessKeyChange>
void listFields(V &visit, S &s)
{
    visit.unlessEmpty("description"_L1, s.description);
    visit.unlessEmpty("enabled"_L1, s.enabled);
    visit.unlessEmpty("read_only"_L1, s.readOnly);
    visit.unlessEmpty("buckets"_L1, s.buckets);
    visit.unlessEmpty("prefix"_L1, s.prefix);
    visit.unlessEmpty("expires_at"_L1, s.expiresAt);
}
MAXIOFS_PROTOCOL_STRUCT(AccessKeyChange)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, GrantRequest>
void listFields(V &visit, S &s)
{
    visit.field("user_id"_L1, s.userId);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.required("access"_L1, s.access);
}
MAXIOFS_PROTOCOL_STRUCT(GrantRequest)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Grant>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.field("user_id"_L1, s.userId);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.required("bucket"_L1, s.bucket);
    visit.required("access"_L1, s.access);
    visit.field("created_at"_L1, s.createdAt);
}
MAXIOFS_PROTOCOL_LISTED(Grant)

}  // namespace maxiofs::protocol
