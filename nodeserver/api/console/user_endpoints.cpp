// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/user_endpoints.h"

#include "api/console/rights.h"
#include "api/console/views.h"
#include "identity/first_start.h"

#include <algorithm>

namespace maxiofs::api::console {

using identity::Role;
using identity::User;
using identity::UserPtr;

namespace {

bool mayList(const User &caller, const User &user)
{
    return readsAll(caller) || caller.id == user.id ||
           (caller.has(Role::TenantAdmin) && !caller.tenantId.empty() && caller.tenantId == user.tenantId);
}

// A tenant-admin gives no rights beyond the tenant.
Status checkRolesGiven(const User &caller, const std::vector<Role> &roles)
{
    const bool beyond =
        std::ranges::any_of(roles, [](Role role) { return role == Role::Admin || role == Role::ReadOnly; });
    if (beyond && !caller.has(Role::Admin))
        return failure(Error::Denied, "This needs the role admin: to give the roles admin and readonly.",
                       "roles");
    return {};
}

// Where a new user belongs: a tenant-admin's to the same tenant.
Result<std::string> tenantFor(const User &caller, const protocol::UserChange &change)
{
    if (caller.has(Role::Admin))
        return change.tenantId.value_or("");
    if (change.tenantId && *change.tenantId != caller.tenantId)
        return failure(Error::Denied, "This needs the role admin: to choose a user's tenant.", "tenant_id");
    return caller.tenantId;
}

// Who edits only the own profile changes neither rights nor name.
Status checkOwnEdit(const protocol::UserChange &change)
{
    if (change.roles || change.status || change.username)
        return failure(Error::Denied, "This needs the role admin, or tenant-admin of your tenant: your own "
                                      "name, roles and status.");
    return {};
}

// Everything that can refuse a new password, before anything is changed.
Status checkPassword(Call &call, const User &user, const protocol::UserChange &change)
{
    TRY_STATUS(identity::PasswordHasher::check(*change.password));
    if (user.id != call.user().id)
        return {};
    TRY_ASSIGN(const bool right,
               call.context.identities.users().verifyPassword(user.id, change.currentPassword.value_or("")));
    if (!right)
        return failure(Error::Denied, "The current password is wrong.", "current_password");
    return {};
}

Status setPassword(Call &call, const User &user, const std::string &password)
{
    const bool own = user.id == call.user().id;
    TRY_STATUS(call.context.identities.changePassword(user.id, password, own ? call.identity.sessionId : ""));
    if (user.id == identity::kAdminId)
        return identity::forgetInitialPassword(os::posixFileSystem(), call.context.dataDirectory);
    return {};
}

}  // namespace

Result<Answer> listUsers(Call &call)
{
    TRY_ASSIGN(const std::size_t limit, call.limit());
    const identity::Users &users = call.context.identities.users();
    std::vector<protocol::User> found;
    std::string after = call.parameter("after");
    while (found.size() <= limit) {
        const std::vector<UserPtr> some = users.list(after, limit + 1);
        for (const UserPtr &user : some) {
            if (mayList(call.user(), *user) && found.size() <= limit)
                found.push_back(viewOf(*user));
        }
        if (some.size() <= limit)
            break;
        after = some.back()->id;
    }
    return Answer::ok(protocol::pageToJson(pageOf(std::move(found), limit, &protocol::User::id)));
}

Result<Answer> createUser(Call &call)
{
    TRY_ASSIGN(const auto change, protocol::fromJson<protocol::UserChange>(call.body));
    const User &caller = call.user();
    identity::NewUser wanted;
    wanted.username = change.username.value_or("");
    call.note.resource = wanted.username;
    wanted.password = change.password.value_or("");
    wanted.roles = change.roles.value_or(std::vector<Role>());
    TRY_STATUS(checkRolesGiven(caller, wanted.roles));
    TRY_ASSIGN(wanted.tenantId, tenantFor(caller, change));
    wanted.displayName = change.displayName.value_or("");
    wanted.email = change.email.value_or("");
    wanted.theme = change.theme.value_or("");
    wanted.language = change.language.value_or("");
    wanted.metadata = change.metadata.value_or(QJsonObject());
    TRY_ASSIGN(const UserPtr user, call.context.identities.users().create(wanted));
    const QJsonObject view = protocol::toJson(viewOf(*user));
    call.note.after = view;
    return Answer::created(view);
}

Result<Answer> getUser(Call &call)
{
    return Answer::ok(protocol::toJson(viewOf(*call.context.identities.users().find(call.parameters[0]))));
}

Result<Answer> changeUser(Call &call)
{
    TRY_ASSIGN(const auto change, protocol::fromJson<protocol::UserChange>(call.body));
    identity::Users &users = call.context.identities.users();
    const UserPtr before = users.find(call.parameters[0]);
    const User &caller = call.user();
    if (before == nullptr)
        return failure(Error::NotFound, "There is no user " + call.parameters[0] + ".", call.parameters[0]);
    call.note.resource = before->username;
    call.note.before = protocol::toJson(viewOf(*before));
    if (!caller.has(Role::Admin) && !isTenantAdminOf(caller, *before))
        TRY_STATUS(checkOwnEdit(change));
    if (change.roles)
        TRY_STATUS(checkRolesGiven(caller, *change.roles));
    if (change.tenantId && *change.tenantId != before->tenantId && !caller.has(Role::Admin))
        return failure(Error::Denied, "This needs the role admin: to change a user's tenant.", "tenant_id");
    if (change.password)
        TRY_STATUS(checkPassword(call, *before, change));

    const identity::UserEdit edit{change.username, change.tenantId, change.displayName,
                                  change.email,    change.roles,    change.status,
                                  change.theme,    change.language, change.metadata};
    TRY_STATUS(users.edit(before->id, edit));
    if (change.password)
        TRY_STATUS(setPassword(call, *before, *change.password));
    const UserPtr user = users.find(before->id);
    if (user == nullptr)
        return failure(Error::NotFound, "The user " + before->username + " was deleted meanwhile.",
                       before->id);
    const QJsonObject view = protocol::toJson(viewOf(*user));
    call.note.after = view;
    return Answer::ok(view);
}

Result<Answer> deleteUser(Call &call)
{
    const UserPtr user = call.context.identities.users().find(call.parameters[0]);
    if (user == nullptr)
        return failure(Error::NotFound, "There is no user " + call.parameters[0] + ".", call.parameters[0]);
    call.note.resource = user->username;
    call.note.before = protocol::toJson(viewOf(*user));
    TRY_STATUS(call.context.identities.removeUser(user->id));
    return Answer::done("The user " + user->username + " was deleted.");
}

}  // namespace maxiofs::api::console
