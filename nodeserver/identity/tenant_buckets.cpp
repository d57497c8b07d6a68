// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/tenant_buckets.h"

namespace maxiofs::identity {

void TenantBuckets::follow(records::Buckets &buckets)
{
    using Event = records::Buckets::Event;
    buckets.whenChanged([this](Event event, const records::BucketRecord &bucket) {
        const base::MutexLock lock(m_mutex);
        set(bucket.id, event == Event::Removed ? std::string() : bucket.tenantId);
    });
    const base::MutexLock lock(m_mutex);
    for (const records::BucketPtr &bucket : buckets.all())
        set(bucket->id, bucket->tenantId);
}

void TenantBuckets::set(const BucketId &bucket, const std::string &tenantId)
{
    const auto known = m_tenantOf.find(bucket);
    if (known != m_tenantOf.end()) {
        const auto tenant = m_byTenant.find(known->second);
        tenant->second.erase(bucket);
        if (tenant->second.empty())
            m_byTenant.erase(tenant);
        m_tenantOf.erase(known);
    }
    if (tenantId.empty())
        return;
    m_tenantOf.emplace(bucket, tenantId);
    m_byTenant[tenantId].insert(bucket);
}

std::size_t TenantBuckets::count(std::string_view tenantId) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_byTenant.find(tenantId);
    return found == m_byTenant.end() ? 0 : found->second.size();
}

std::vector<BucketId> TenantBuckets::of(std::string_view tenantId) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_byTenant.find(tenantId);
    if (found == m_byTenant.end())
        return {};
    return {found->second.begin(), found->second.end()};
}

}  // namespace maxiofs::identity
