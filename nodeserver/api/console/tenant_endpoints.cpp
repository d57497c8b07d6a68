// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/tenant_endpoints.h"

#include "api/console/rights.h"
#include "protocol/tenant.h"

namespace maxiofs::api::console {

using identity::Tenant;
using identity::TenantPtr;

namespace {

// How much belongs to tenants, counted once for a whole page.
struct Counts {
    explicit Counts(identity::Directory &identities)
        : quotas(identities.tenantQuotas()),
          users(identities.users().countByTenant()),
          keys(identities.keys().countByTenant())
    {
    }

    const identity::TenantQuotas &quotas;
    std::map<std::string, std::size_t> users;
    std::map<std::string, std::size_t> keys;
};

std::int64_t countIn(const std::map<std::string, std::size_t> &counts, const std::string &tenantId)
{
    const auto found = counts.find(tenantId);
    return found == counts.end() ? 0 : static_cast<std::int64_t>(found->second);
}

Result<protocol::Tenant> viewOf(const Tenant &tenant, const Counts &counts)
{
    TRY_ASSIGN(const identity::TenantUsage usage, counts.quotas.usage(tenant.id));
    protocol::Tenant view;
    view.id = tenant.id;
    view.name = tenant.name;
    view.displayName = tenant.displayName;
    view.description = tenant.description;
    view.status = tenant.status;
    view.quota = tenant.quota;
    view.userCount = countIn(counts.users, tenant.id);
    view.bucketCount = static_cast<std::int64_t>(counts.quotas.bucketCount(tenant.id));
    view.accessKeyCount = countIn(counts.keys, tenant.id);
    view.objectCount = static_cast<std::int64_t>(usage.objects);
    view.totalSize = static_cast<std::int64_t>(usage.bytes);
    view.createdAt = {tenant.createdMs};
    view.updatedAt = {tenant.updatedMs};
    return view;
}

Result<QJsonObject> jsonOf(Call &call, const Tenant &tenant)
{
    TRY_ASSIGN(const auto view, viewOf(tenant, Counts(call.context.identities)));
    return protocol::toJson(view);
}

Result<TenantPtr> tenantOf(const Call &call)
{
    TenantPtr tenant = call.context.identities.tenants().find(call.parameters[0]);
    if (tenant == nullptr)
        return failure(Error::NotFound, "There is no tenant " + call.parameters[0] + ".", call.parameters[0]);
    return tenant;
}

}  // namespace

Result<Answer> listTenants(Call &call)
{
    TRY_ASSIGN(const std::size_t limit, call.limit());
    const identity::Tenants &tenants = call.context.identities.tenants();
    const std::string after = call.parameter("after");
    std::vector<TenantPtr> found;
    if (readsAll(call.user())) {
        found = tenants.list(after, limit + 1);
    } else if (const TenantPtr own = tenants.find(call.user().tenantId); own != nullptr && own->id > after) {
        found.push_back(own);
    }
    const Counts counts(call.context.identities);
    std::vector<protocol::Tenant> views;
    for (const TenantPtr &tenant : found) {
        TRY_ASSIGN(auto view, viewOf(*tenant, counts));
        views.push_back(std::move(view));
    }
    return Answer::ok(protocol::pageToJson(pageOf(std::move(views), limit, &protocol::Tenant::id)));
}

Result<Answer> createTenant(Call &call)
{
    TRY_ASSIGN(const auto change, protocol::fromJson<protocol::TenantChange>(call.body));
    identity::NewTenant wanted;
    wanted.name = change.name.value_or("");
    call.note.resource = wanted.name;
    wanted.displayName = change.displayName.value_or("");
    wanted.description = change.description.value_or("");
    wanted.quota = change.quota.value_or(protocol::TenantQuota());
    TRY_ASSIGN(TenantPtr tenant, call.context.identities.tenants().create(wanted));
    if (change.status && *change.status != tenant->status) {
        identity::TenantEdit edit;
        edit.status = change.status;
        TRY_ASSIGN(tenant, call.context.identities.editTenant(tenant->id, edit));
    }
    TRY_ASSIGN(const QJsonObject view, jsonOf(call, *tenant));
    call.note.after = view;
    return Answer::created(view);
}

Result<Answer> getTenant(Call &call)
{
    TRY_ASSIGN(const TenantPtr tenant, tenantOf(call));
    TRY_ASSIGN(const QJsonObject view, jsonOf(call, *tenant));
    return Answer::ok(view);
}

Result<Answer> changeTenant(Call &call)
{
    TRY_ASSIGN(const auto change, protocol::fromJson<protocol::TenantChange>(call.body));
    TRY_ASSIGN(const TenantPtr before, tenantOf(call));
    call.note.resource = before->name;
    TRY_ASSIGN(const QJsonObject old, jsonOf(call, *before));
    call.note.before = old;
    if ((change.quota || change.status) && !call.user().has(identity::Role::Admin))
        return failure(Error::Denied, "This needs the role admin: quota and status of a tenant.",
                       change.quota ? "quota" : "status");
    const identity::TenantEdit edit{change.name, change.displayName, change.description, change.status,
                                    change.quota};
    TRY_ASSIGN(const TenantPtr tenant, call.context.identities.editTenant(before->id, edit));
    TRY_ASSIGN(const QJsonObject view, jsonOf(call, *tenant));
    call.note.after = view;
    return Answer::ok(view);
}

Result<Answer> deleteTenant(Call &call)
{
    TRY_ASSIGN(const TenantPtr tenant, tenantOf(call));
    call.note.resource = tenant->name;
    TRY_ASSIGN(const QJsonObject old, jsonOf(call, *tenant));
    call.note.before = old;
    TRY_STATUS(call.context.identities.removeTenant(tenant->id));
    return Answer::done("The tenant " + tenant->name + " was deleted.");
}

}  // namespace maxiofs::api::console
