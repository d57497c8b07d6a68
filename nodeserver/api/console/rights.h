// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

// Who may use an endpoint. Where a path names a user, a tenant or a bucket, it is the first parameter.
enum class Right {
    Anyone,         // also without signing in
    SignedIn,       // the answer holds only what the caller may see
    ReadAll,        // admin, readonly
    Admin,          //
    ManageUsers,    // admin, tenant-admin
    ReadUser,       // ReadAll, the tenant-admin of the user, the user
    EditUser,       // admin, the tenant-admin of the user, the user
    ManageUser,     // admin, the tenant-admin of the user
    ListTenants,    // admin, readonly, tenant-admin: the answer holds only what the caller may see
    ReadTenant,     // ReadAll, the tenant-admin of it
    EditTenant,     // admin, the tenant-admin of it
    CreateBucket,   // identity::Action::CreateBucket
    ReadBucket,     // identity::Action::BucketRead
    AdminBucket,    // identity::Action::BucketAdmin
    QuotaOfBucket,  // admin, the tenant-admin of the bucket
};

[[nodiscard]] std::string_view nameOf(Right right);

/// Denied with the reason, NotFound or NoSuchBucket where the path names what the caller may not even know.
[[nodiscard]] Status permit(Right right, const Call &call);

/// Whether the identity may read what everybody made: admin and readonly.
[[nodiscard]] bool readsAll(const identity::User &user);
/// Whether a tenant-admin may change the user: of the same tenant, and without rights beyond it.
[[nodiscard]] bool isTenantAdminOf(const identity::User &admin, const identity::User &user);

}  // namespace maxiofs::api::console
