// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/tenant_usages.h"

#include "net/completion.h"
#include "net/thread_name.h"

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster {

using identity::TenantUsage;

namespace {

constexpr auto kNumber = "number"_L1;
constexpr auto kTenants = "tenants"_L1;
constexpr auto kBytes = "bytes"_L1;
constexpr auto kObjects = "objects"_L1;

std::uint64_t countIn(const QJsonObject &object, QLatin1StringView field)
{
    return static_cast<std::uint64_t>(std::max<qint64>(object.value(field).toInteger(), 0));
}

}  // namespace

TenantUsages::TenantUsages(Needs needs) : m_needs(std::move(needs))
{
    // Another one after each start, so that a member does not take new figures for those it has.
    m_own.number = SystemClock::instance().unixMs();
}

TenantUsages::~TenantUsages()
{
    stop();
}

void TenantUsages::addHandler(link::InternalHandlers &handlers)
{
    handlers.add(kRoute, [this](link::InternalCall call) { return answerOnPool(std::move(call.body)); });
}

net::Awaitable<Result<QJsonObject>> TenantUsages::answerOnPool(QJsonObject question)
{
    co_return co_await m_needs.pool.run([&] { return answer(question); });
}

void TenantUsages::start()
{
    m_thread = std::thread([this] { run(); });
}

void TenantUsages::stop()
{
    {
        const std::lock_guard lock(m_stopMutex);
        m_stopped = true;
    }
    m_stopping.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void TenantUsages::run()
{
    net::nameThisThread("tenants");
    std::unique_lock lock(m_stopMutex);
    while (!m_stopping.wait_for(lock, kInterval, [this] { return m_stopped; })) {
        lock.unlock();
        if (m_needs.identities.tenants().count() > 0)
            askAll();
        lock.lock();
    }
}

void TenantUsages::askAll()
{
    const std::vector<NodeId> members = m_needs.members();
    {
        const base::MutexLock lock(m_mutex);
        std::erase_if(m_told, [&](const auto &entry) {
            return std::ranges::find(members, entry.first) == members.end();
        });
    }
    for (const NodeId &member : members) {
        if (m_needs.isSilent(member))
            continue;
        std::int64_t known = 0;
        {
            const base::MutexLock lock(m_mutex);
            known = m_told[member].number;
        }
        const auto answer =
            m_needs.calls.callAndWait(member, kRoute, {{kNumber, static_cast<qint64>(known)}}, kLimit);
        if (!answer || !answer->contains(kTenants))
            continue;
        Told told;
        told.number = answer->value(kNumber).toInteger();
        const QJsonObject tenants = answer->value(kTenants).toObject();
        for (auto tenant = tenants.begin(); tenant != tenants.end(); ++tenant) {
            const QJsonObject held = tenant.value().toObject();
            told.tenants.emplace(tenant.key().toStdString(),
                                 TenantUsage{countIn(held, kBytes), countIn(held, kObjects)});
        }
        const base::MutexLock lock(m_mutex);
        m_told[member] = std::move(told);
    }
}

TenantUsage TenantUsages::of(const std::string &tenantId) const
{
    TenantUsage sum;
    const base::MutexLock lock(m_mutex);
    for (const auto &[member, told] : m_told) {
        if (const auto found = told.tenants.find(tenantId); found != told.tenants.end())
            sum += found->second;
    }
    return sum;
}

Result<TenantUsages::ByTenant> TenantUsages::countOwn() const
{
    ByTenant counted;
    for (const identity::TenantPtr &tenant :
         m_needs.identities.tenants().list({}, std::numeric_limits<std::size_t>::max())) {
        TRY_ASSIGN(const TenantUsage held, m_needs.identities.tenantQuotas().own(tenant->id));
        if (held.bytes != 0 || held.objects != 0)
            counted.emplace(tenant->id, held);
    }
    return counted;
}

Result<QJsonObject> TenantUsages::answer(const QJsonObject &question)
{
    const base::MutexLock lock(m_ownMutex);
    const auto now = std::chrono::steady_clock::now();
    if (now - m_countedAt >= m_needs.countInterval) {
        TRY_ASSIGN(ByTenant counted, countOwn());
        m_countedAt = now;
        if (counted != m_own.tenants) {
            m_own.tenants = std::move(counted);
            ++m_own.number;
        }
    }
    QJsonObject answer{{kNumber, static_cast<qint64>(m_own.number)}};
    if (question.value(kNumber).toInteger() == m_own.number)
        return answer;
    QJsonObject tenants;
    for (const auto &[id, held] : m_own.tenants)
        tenants.insert(QString::fromStdString(id),
                       QJsonObject{{kBytes, static_cast<qint64>(held.bytes)},
                                   {kObjects, static_cast<qint64>(held.objects)}});
    answer.insert(kTenants, tenants);
    return answer;
}

}  // namespace maxiofs::cluster
