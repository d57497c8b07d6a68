// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/rule_queue.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

namespace {

std::int64_t pauseMs(std::uint64_t attempts)
{
    constexpr std::uint64_t kMostDoublings = 9;
    return std::min(RuleQueue::kFirstPauseMs << std::min(attempts, kMostDoublings),
                    RuleQueue::kLongestPauseMs);
}

}  // namespace

void RuleQueue::load(std::vector<FailingObject> objects)
{
    for (FailingObject &object : objects)
        keep(std::move(object), 0);
}

FailingObject RuleQueue::failed(const VersionName &name, const std::string &error, std::int64_t wallMs) const
{
    FailingObject object{.name = name, .sinceMs = wallMs, .error = error};
    if (const auto found = m_rows.find(name); found != m_rows.end()) {
        object.status = FailingObject::Status::Failed;
        object.attempts = found->second.object.attempts + 1;
        object.sinceMs = found->second.object.sinceMs;
    }
    object.nextMs = wallMs + pauseMs(object.attempts);
    return object;
}

void RuleQueue::keep(FailingObject object, std::uint64_t moment)
{
    VersionName name = object.name;
    m_rows.insert_or_assign(std::move(name), Row{std::move(object), moment});
}

bool RuleQueue::drop(const VersionName &name, std::uint64_t moment)
{
    const auto found = m_rows.find(name);
    if (found == m_rows.end() || found->second.keptAt > moment)
        return false;
    m_rows.erase(found);
    return true;
}

std::vector<VersionName> RuleQueue::takeDue(std::int64_t wallMs, std::size_t most)
{
    std::vector<VersionName> due;
    for (auto &[name, row] : m_rows) {
        if (due.size() == most)
            break;
        if (row.sending || row.object.nextMs > wallMs)
            continue;
        row.sending = true;
        due.push_back(name);
    }
    return due;
}

void RuleQueue::giveBack()
{
    for (auto &[name, row] : m_rows)
        row.sending = false;
}

void RuleQueue::hurry()
{
    for (auto &[name, row] : m_rows)
        row.object.nextMs = 0;
}

std::optional<std::int64_t> RuleQueue::dueMs() const
{
    std::optional<std::int64_t> due;
    for (const auto &[name, row] : m_rows)
        if (!row.sending)
            due = std::min(due.value_or(row.object.nextMs), row.object.nextMs);
    return due;
}

}  // namespace maxiofs::cluster::rules
