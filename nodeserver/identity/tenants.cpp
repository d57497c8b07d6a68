// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/tenants.h"

#include "identity/unreadable.h"
#include "records/record_body.h"

#include <algorithm>
#include <mutex>

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

// Made in protocol/tenant.cpp.
extern template QJsonObject toJson<TenantQuota>(const TenantQuota &);
extern template Result<TenantQuota> fromJson<TenantQuota>(const QJsonValue &, const std::string &);
extern template std::string_view nameOf<TenantStatus>(TenantStatus);
extern template std::optional<TenantStatus> fromName<TenantStatus>(std::string_view);

}  // namespace maxiofs::protocol

namespace maxiofs::identity {

using records::Change;
using records::Kind;
using records::Record;

namespace {

struct TenantBody {
    std::string name;
    std::int64_t nameTakenMs = 0;
    std::string displayName;
    std::string description;
    TenantStatus status = TenantStatus::Active;
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, TenantBody>
void listFields(V &visit, S &s)
{
    visit.required("name"_L1, s.name);
    visit.field("name_taken_ms"_L1, s.nameTakenMs);
    visit.field("display_name"_L1, s.displayName);
    visit.field("description"_L1, s.description);
    visit.required("status"_L1, s.status);
    visit.field("created_ms"_L1, s.createdMs);
    visit.field("updated_ms"_L1, s.updatedMs);
}

Result<Tenant> tenantOf(const Record &record)
{
    TRY_ASSIGN(const auto body, records::readBody<TenantBody>(Kind::Tenant, record));
    Tenant tenant;
    tenant.id = record.id;
    tenant.name = body.name;
    tenant.chosenName = body.name;
    tenant.nameTakenMs = body.nameTakenMs;
    tenant.displayName = body.displayName;
    tenant.description = body.description;
    tenant.status = body.status;
    tenant.createdMs = body.createdMs;
    tenant.updatedMs = body.updatedMs;
    return tenant;
}

Result<std::optional<Tenant>> readTenant(records::Records &records, const std::string &id)
{
    TRY_ASSIGN(const auto profile, records.find(Kind::Tenant, id));
    if (!profile || profile->deleted)
        return std::nullopt;
    TRY_ASSIGN(Tenant tenant, tenantOf(*profile));
    TRY_ASSIGN(const auto quota, records.find(Kind::TenantQuota, id));
    if (quota && !quota->deleted) {
        TRY_ASSIGN(tenant.quota, records::readBody<TenantQuota>(Kind::TenantQuota, *quota));
    }
    return tenant;
}

std::unexpected<Error> noSuchTenant(std::string_view id)
{
    return failure(Error::NotFound, "There is no tenant " + std::string(id) + ".", std::string(id));
}

bool isLimit(const std::optional<std::int64_t> &value)
{
    return !value || *value > 0;
}

Status checkAllButName(const Tenant &tenant)
{
    if (tenant.displayName.size() > Tenants::kLongestText)
        return failure(Error::InvalidArgument, "A display name has at most 1024 bytes.", "display_name");
    if (tenant.description.size() > Tenants::kLongestText)
        return failure(Error::InvalidArgument, "A description has at most 1024 bytes.", "description");
    const TenantQuota &quota = tenant.quota;
    if (!isLimit(quota.bytes) || !isLimit(quota.buckets) || !isLimit(quota.accessKeys))
        return failure(Error::InvalidArgument, "A tenant's limits are greater than 0, or null for no limit.",
                       "quota");
    return {};
}

}  // namespace

Result<std::unique_ptr<Tenants>> Tenants::load(records::Records &records)
{
    std::unique_ptr<Tenants> tenants(new Tenants(records));
    std::map<std::string, TenantQuota> quotas;
    TRY_ASSIGN(const auto quotaRecords, records.load(Kind::TenantQuota));
    for (const Record &record : quotaRecords) {
        auto quota = records::readBody<TenantQuota>(Kind::TenantQuota, record);
        if (quota)
            quotas[record.id] = *quota;
        else
            reportUnreadable(quota.error());
    }
    TRY_ASSIGN(const auto profiles, records.load(Kind::Tenant));
    for (const Record &record : profiles) {
        auto tenant = tenantOf(record);
        if (!tenant) {
            reportUnreadable(tenant.error());
            continue;
        }
        tenant->quota = quotas[record.id];
        const std::unique_lock lock(tenants->m_mutex);
        tenants->publish(*std::move(tenant));
    }
    return tenants;
}

void Tenants::publish(Tenant tenant)
{
    const auto others = m_names.set(tenant.id, tenant.chosenName, tenant.nameTakenMs);
    tenant.name = m_names.nameOf(tenant.id);
    const std::string id = tenant.id;
    m_byId.insert_or_assign(id, std::make_shared<const Tenant>(std::move(tenant)));
    showAgain(others);
}

void Tenants::forget(const std::string &id)
{
    m_byId.erase(id);
    showAgain(m_names.drop(id));
}

void Tenants::showAgain(const std::vector<std::string> &ids)
{
    for (const std::string &id : ids) {
        TenantPtr &slot = m_byId.find(id)->second;
        Tenant tenant = *slot;
        tenant.name = m_names.nameOf(id);
        slot = std::make_shared<const Tenant>(std::move(tenant));
    }
}

TenantPtr Tenants::find(std::string_view id) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? nullptr : found->second;
}

TenantPtr Tenants::findByName(std::string_view name) const
{
    const std::shared_lock lock(m_mutex);
    const std::string *id = m_names.holderOf(name);
    return id == nullptr ? nullptr : m_byId.find(*id)->second;
}

std::vector<TenantPtr> Tenants::list(std::string_view after, std::size_t limit) const
{
    std::vector<TenantPtr> tenants;
    const std::shared_lock lock(m_mutex);
    for (auto at = m_byId.upper_bound(after); at != m_byId.end() && tenants.size() < limit; ++at)
        tenants.push_back(at->second);
    return tenants;
}

std::size_t Tenants::count() const
{
    const std::shared_lock lock(m_mutex);
    return m_byId.size();
}

Status Tenants::checkName(const std::string &name, std::string_view ownId) const
{
    const bool printable =
        std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; });
    if (name.empty() || name.size() > kLongestName || !printable || name.front() == ' ' || name.back() == ' ')
        return failure(Error::InvalidArgument,
                       "A tenant's name has 1 to 128 bytes without control characters, and no space at its "
                       "begin and end.",
                       "name");
    const TenantPtr other = findByName(name);
    if (other != nullptr && other->id != ownId)
        return failure(Error::AlreadyExists, "There is already a tenant " + name + ".", "name");
    return {};
}

Status Tenants::write(const Tenant &tenant, bool profile, bool quota)
{
    std::vector<Change> changes;
    if (profile)
        changes.push_back(
            Change::put(Kind::Tenant, tenant.id,
                        protocol::toJson(TenantBody{tenant.chosenName, tenant.nameTakenMs, tenant.displayName,
                                                    tenant.description, tenant.status, tenant.createdMs,
                                                    tenant.updatedMs})));
    if (quota)
        changes.push_back(Change::put(Kind::TenantQuota, tenant.id, protocol::toJson(tenant.quota)));
    return m_records.apply(changes);
}

Result<TenantPtr> Tenants::create(const NewTenant &wanted)
{
    const base::MutexLock change(m_changeMutex);
    const std::int64_t now = m_records.clock().unixMs();
    Tenant tenant{wanted.id.empty() ? Id128::random().uuid() : wanted.id,
                  wanted.name,
                  wanted.name,
                  now,
                  wanted.displayName,
                  wanted.description,
                  TenantStatus::Active,
                  wanted.quota,
                  now,
                  now};
    TRY_STATUS(checkName(tenant.chosenName, {}));
    TRY_STATUS(checkAllButName(tenant));
    if (find(tenant.id) != nullptr)
        return failure(Error::AlreadyExists, "There is already a tenant with the id " + tenant.id + ".",
                       "id");
    TRY_STATUS(write(tenant, true, tenant.quota != TenantQuota()));

    const std::string id = tenant.id;
    const std::unique_lock lock(m_mutex);
    publish(std::move(tenant));
    return m_byId.find(id)->second;
}

Result<TenantPtr> Tenants::edit(std::string_view id, const TenantEdit &edit)
{
    const base::MutexLock change(m_changeMutex);
    const TenantPtr existing = find(id);
    if (existing == nullptr)
        return noSuchTenant(id);
    Tenant tenant = *existing;
    tenant.updatedMs = m_records.clock().unixMs();
    if (edit.name && *edit.name != tenant.name) {
        TRY_STATUS(checkName(*edit.name, id));
        tenant.chosenName = *edit.name;
        tenant.nameTakenMs = tenant.updatedMs;
    }
    tenant.displayName = edit.displayName.value_or(tenant.displayName);
    tenant.description = edit.description.value_or(tenant.description);
    tenant.status = edit.status.value_or(tenant.status);
    tenant.quota = edit.quota.value_or(tenant.quota);
    TRY_STATUS(checkAllButName(tenant));
    // Quota and profile merge apart: a change of one on one node does not undo the other's on another.
    TRY_STATUS(write(tenant, true, edit.quota.has_value()));

    const std::unique_lock lock(m_mutex);
    publish(std::move(tenant));
    return m_byId.find(id)->second;
}

Status Tenants::remove(std::string_view id)
{
    const base::MutexLock change(m_changeMutex);
    const TenantPtr tenant = find(id);
    if (tenant == nullptr)
        return noSuchTenant(id);
    std::vector<Change> changes;
    changes.push_back(Change::remove(Kind::Tenant, tenant->id));
    changes.push_back(Change::remove(Kind::TenantQuota, tenant->id));
    TRY_STATUS(m_records.apply(changes));

    const std::unique_lock lock(m_mutex);
    forget(tenant->id);
    return {};
}

NameClaims::Losers Tenants::losers() const
{
    const std::shared_lock lock(m_mutex);
    return m_names.losers();
}

std::vector<NameLost> Tenants::takeOver(const std::vector<std::string> &ids)
{
    const base::MutexLock change(m_changeMutex);
    const NameClaims::Losers before = losers();
    for (const std::string &id : ids) {
        auto tenant = readTenant(m_records, id);
        if (!tenant) {
            reportUnreadable(tenant.error());
            continue;
        }
        const std::unique_lock lock(m_mutex);
        if (*tenant)
            publish(**std::move(tenant));
        else
            forget(id);
    }
    const std::shared_lock lock(m_mutex);
    return m_names.lostSince(before);
}

}  // namespace maxiofs::identity
