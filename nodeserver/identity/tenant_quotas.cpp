// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/tenant_quotas.h"

namespace maxiofs::identity {

namespace {

// What comes and goes without being let in here (a bucket that moves to another node) is seen after this.
constexpr std::int64_t kMeasureMs = 10'000;

std::unexpected<Error> exceeded(const Tenant &tenant, std::int64_t limit, std::string_view what)
{
    return failure(Error::Quota,
                   "The quota of the tenant " + tenant.name + " of " + std::to_string(limit) + ' ' +
                       std::string(what) + " would be exceeded.",
                   tenant.id);
}

}  // namespace

TenantQuotas::Room &TenantQuotas::Room::operator=(Room &&other) noexcept
{
    if (this != &other) {
        end(false);
        m_quotas = std::exchange(other.m_quotas, nullptr);
        m_take = other.m_take;
    }
    return *this;
}

void TenantQuotas::Room::end(bool used)
{
    TenantQuotas *const quotas = std::exchange(m_quotas, nullptr);
    if (quotas == nullptr)
        return;
    const base::MutexLock lock(quotas->m_mutex);
    const auto pending = quotas->m_pending.find(m_take.tenantId);
    pending->second.bytes -= m_take.bytes;
    pending->second.buckets -= m_take.buckets;
    if (--pending->second.rooms == 0)
        quotas->m_pending.erase(pending);
    const auto bound = quotas->m_bounds.find(m_take.tenantId);
    if (used && bound != quotas->m_bounds.end())
        bound->second.admitted += m_take.bytes;
}

void TenantQuotas::countWith(records::Buckets &buckets, BucketUsage held)
{
    m_held = std::move(held);
    m_buckets.follow(buckets);
}

void TenantQuotas::setOthers(std::function<TenantUsage(const std::string &)> others)
{
    auto made = std::make_shared<const std::function<TenantUsage(const std::string &)>>(std::move(others));
    const base::MutexLock lock(m_mutex);
    m_others = std::move(made);
}

TenantUsage TenantQuotas::others(const std::string &tenantId) const
{
    std::shared_ptr<const std::function<TenantUsage(const std::string &)>> ask;
    {
        const base::MutexLock lock(m_mutex);
        ask = m_others;
    }
    return ask != nullptr && *ask ? (*ask)(tenantId) : TenantUsage();
}

Result<TenantUsage> TenantQuotas::own(const std::string &tenantId) const
{
    TenantUsage all;
    for (const BucketId &bucket : m_buckets.of(tenantId)) {
        TRY_ASSIGN(const TenantUsage held, m_held(bucket));
        all += held;
    }
    return all;
}

Result<TenantUsage> TenantQuotas::usage(const std::string &tenantId) const
{
    TRY_ASSIGN(TenantUsage all, own(tenantId));
    all += others(tenantId);
    return all;
}

bool TenantQuotas::isFresh(const Bound &bound, const TenantPtr &tenant) const
{
    const std::int64_t age = m_clock.unixMs() - bound.measuredMs;
    return bound.quotaOf == tenant && age >= 0 && age < kMeasureMs;
}

Status TenantQuotas::measure(const TenantPtr &tenant)
{
    std::uint64_t admittedBefore = 0;
    {
        const base::MutexLock lock(m_mutex);
        std::erase_if(m_bounds, [&](const auto &item) { return m_tenants.find(item.first) == nullptr; });
        admittedBefore = m_bounds[tenant->id].admitted;
    }
    const std::int64_t now = m_clock.unixMs();
    // What is committed while the counters are read may be counted twice, never not at all.
    TRY_ASSIGN(const TenantUsage usage, own(tenant->id));
    const base::MutexLock lock(m_mutex);
    Bound &bound = m_bounds[tenant->id];
    if (admittedBefore < bound.admittedBefore)
        return {};  // a later measurement was faster
    bound.quotaOf = tenant;
    bound.measured = usage.bytes;
    bound.admittedBefore = admittedBefore;
    bound.measuredMs = now;
    return {};
}

Result<TenantQuotas::Room> TenantQuotas::admitBytes(const std::string &tenantId, std::uint64_t bytes,
                                                    Mode mode, const std::function<std::uint64_t()> &replaced)
{
    const TenantPtr tenant = tenantId.empty() ? nullptr : m_tenants.find(tenantId);
    if (tenant == nullptr || !tenant->quota.bytes)
        return Room();
    const auto limit = static_cast<std::uint64_t>(*tenant->quota.bytes);
    const std::uint64_t elsewhere = others(tenantId).bytes;
    const auto takeIfFree = [&](std::uint64_t less, bool mustBeFresh) -> std::optional<Room> {
        const base::MutexLock lock(m_mutex);
        const Bound &bound = m_bounds[tenantId];
        if (mustBeFresh && !isFresh(bound, tenant))
            return std::nullopt;
        const std::uint64_t wanted = bytes - std::min(less, bytes);
        const auto pending = m_pending.find(tenantId);
        const std::uint64_t held = bound.measured + (bound.admitted - bound.admittedBefore) + elsewhere +
                                   (pending == m_pending.end() ? 0 : pending->second.bytes);
        if (wanted > limit || held > limit - wanted)
            return std::nullopt;
        Pending &now = m_pending[tenantId];
        ++now.rooms;
        now.bytes += wanted;
        return Room(*this, {tenantId, wanted, 0});
    };
    if (auto room = takeIfFree(0, true))
        return *std::move(room);
    if (mode == Mode::InMemory)
        return failure(Error::WouldBlock, "what the tenant's buckets hold must be measured", tenantId);
    TRY_STATUS(measure(tenant));
    if (auto room = takeIfFree(0, false))
        return *std::move(room);
    if (replaced) {
        if (auto room = takeIfFree(replaced(), false))
            return *std::move(room);
    }
    return exceeded(*tenant, *tenant->quota.bytes, "bytes");
}

Result<TenantQuotas::Room> TenantQuotas::admitBucket(const std::string &tenantId)
{
    const TenantPtr tenant = tenantId.empty() ? nullptr : m_tenants.find(tenantId);
    if (tenant == nullptr || !tenant->quota.buckets)
        return Room();
    const base::MutexLock lock(m_mutex);
    const auto found = m_pending.find(tenantId);
    const std::uint64_t pending = found == m_pending.end() ? 0 : found->second.buckets;
    // Under the lock, so that a bucket counts as one of those there are before its room ends.
    if (bucketCount(tenantId) + pending >= static_cast<std::uint64_t>(*tenant->quota.buckets))
        return exceeded(*tenant, *tenant->quota.buckets, "buckets");
    Pending &now = m_pending[tenantId];
    ++now.rooms;
    ++now.buckets;
    return Room(*this, {tenantId, 0, 1});
}

}  // namespace maxiofs::identity
