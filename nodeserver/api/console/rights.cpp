// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/rights.h"

namespace maxiofs::api::console {

using identity::Action;
using identity::Role;
using identity::User;

namespace {

Status require(bool allowed, std::string_view who)
{
    if (!allowed)
        return failure(Error::Denied, "This needs " + std::string(who) + ".");
    return {};
}

bool mayManage(const User &caller, const User &user)
{
    return caller.has(Role::Admin) || isTenantAdminOf(caller, user);
}

Status permitUser(Right right, const Call &call)
{
    const User &caller = call.user();
    const identity::UserPtr user = call.context.identities.users().find(call.parameters.at(0));
    const bool self = user != nullptr && user->id == caller.id;
    const bool managed = user != nullptr && mayManage(caller, *user);
    const bool known = readsAll(caller) || managed || self ||
                       (user != nullptr && caller.has(Role::TenantAdmin) && !user->tenantId.empty() &&
                        user->tenantId == caller.tenantId);
    if (user == nullptr || !known)
        return failure(Error::NotFound, "There is no user " + call.parameters.at(0) + ".",
                       call.parameters.at(0));
    switch (right) {
    case Right::ReadUser: return {};
    case Right::EditUser:
        return require(managed || self,
                       "the role admin, tenant-admin of the user's tenant, or to be that user");
    default: return require(managed, "the role admin, or tenant-admin of the user's tenant");
    }
}

Status permitTenant(Right right, const Call &call)
{
    const User &caller = call.user();
    TRY_STATUS(require(readsAll(caller) || caller.has(Role::TenantAdmin),
                       "the role admin, readonly or tenant-admin"));
    const std::string &id = call.parameters.at(0);
    const bool own = caller.has(Role::TenantAdmin) && caller.tenantId == id;
    if (call.context.identities.tenants().find(id) == nullptr || (!readsAll(caller) && !own))
        return failure(Error::NotFound, "There is no tenant " + id + ".", id);
    if (right == Right::ReadTenant)
        return {};
    return require(caller.has(Role::Admin) || own, "the role admin, or tenant-admin of this tenant");
}

Status permitBucket(Right right, const Call &call)
{
    TRY_ASSIGN(const auto bucket, call.context.buckets.find(call.parameters.at(0)));
    const identity::Authorizer &authorizer = call.context.identities.authorizer();
    if (!authorizer.isVisible(call.identity, *bucket))
        return failure(Error::NoSuchBucket, "There is no bucket " + bucket->name + ".", bucket->name);
    if (right == Right::QuotaOfBucket) {
        const bool tenants = call.user().has(Role::TenantAdmin) && !bucket->tenantId.empty() &&
                             bucket->tenantId == call.user().tenantId;
        return require(call.user().has(Role::Admin) || tenants,
                       "the role admin, or tenant-admin of the bucket's tenant");
    }
    return authorizer.authorize(
        call.identity, right == Right::ReadBucket ? Action::BucketRead : Action::BucketAdmin, bucket.get());
}

}  // namespace

std::string_view nameOf(Right right)
{
    switch (right) {
    case Right::Anyone: return "anyone";
    case Right::SignedIn: return "signed-in";
    case Right::ReadAll: return "read-all";
    case Right::Admin: return "admin";
    case Right::ManageUsers: return "manage-users";
    case Right::ReadUser: return "read-user";
    case Right::EditUser: return "edit-user";
    case Right::ManageUser: return "manage-user";
    case Right::ListTenants: return "list-tenants";
    case Right::ReadTenant: return "read-tenant";
    case Right::EditTenant: return "edit-tenant";
    case Right::CreateBucket: return "create-bucket";
    case Right::ReadBucket: return "read-bucket";
    case Right::AdminBucket: return "admin-bucket";
    case Right::QuotaOfBucket: return "quota-of-bucket";
    }
    return {};
}

bool readsAll(const User &user)
{
    return user.has(Role::Admin) || user.has(Role::ReadOnly);
}

bool isTenantAdminOf(const User &admin, const User &user)
{
    return admin.has(Role::TenantAdmin) && !admin.tenantId.empty() && admin.tenantId == user.tenantId &&
           !readsAll(user);
}

Status permit(Right right, const Call &call)
{
    switch (right) {
    case Right::Anyone:
    case Right::SignedIn: return {};
    case Right::ReadAll: return require(readsAll(call.user()), "the role admin or readonly");
    case Right::Admin: return require(call.user().has(Role::Admin), "the role admin");
    case Right::ManageUsers:
        return require(call.user().has(Role::Admin) || call.user().has(Role::TenantAdmin),
                       "the role admin or tenant-admin");
    case Right::ReadUser:
    case Right::EditUser:
    case Right::ManageUser: return permitUser(right, call);
    case Right::ListTenants:
        return require(readsAll(call.user()) || call.user().has(Role::TenantAdmin),
                       "the role admin, readonly or tenant-admin");
    case Right::ReadTenant:
    case Right::EditTenant: return permitTenant(right, call);
    case Right::CreateBucket:
        return call.context.identities.authorizer().authorize(call.identity, Action::CreateBucket, nullptr);
    case Right::ReadBucket:
    case Right::AdminBucket:
    case Right::QuotaOfBucket: return permitBucket(right, call);
    }
    return failure(Error::Internal, "an endpoint without a right");
}

}  // namespace maxiofs::api::console
