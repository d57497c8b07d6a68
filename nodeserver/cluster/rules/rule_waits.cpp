// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/rule_waits.h"

#include <algorithm>
#include <vector>

namespace maxiofs::cluster::rules {

void RuleWaits::add(std::uint64_t position, std::int64_t nowMs, Done done)
{
    m_waits.emplace(position, Wait{nowMs + kLimitMs, std::move(done)});
}

// Who waited may add another wait from inside.
void RuleWaits::endUpTo(std::uint64_t position, const Status &status)
{
    Waits ended;
    while (!m_waits.empty() && m_waits.begin()->first <= position)
        ended.insert(m_waits.extract(m_waits.begin()));
    for (auto &[at, wait] : ended)
        wait.done(status);
}

void RuleWaits::reach(std::uint64_t position)
{
    endUpTo(position, {});
}

void RuleWaits::fail(std::uint64_t position, const Error &error)
{
    endUpTo(position, failure(error));
}

void RuleWaits::endAll(const Status &status)
{
    endUpTo(greatest(), status);
}

void RuleWaits::expire(std::int64_t nowMs, const Error &error)
{
    std::vector<Done> ended;
    for (auto it = m_waits.begin(); it != m_waits.end();) {
        if (it->second.untilMs > nowMs) {
            ++it;
            continue;
        }
        ended.push_back(std::move(it->second.done));
        it = m_waits.erase(it);
    }
    for (Done &done : ended)
        done(failure(error));
}

std::optional<std::int64_t> RuleWaits::dueMs() const
{
    std::optional<std::int64_t> due;
    for (const auto &[position, wait] : m_waits)
        due = std::min(due.value_or(wait.untilMs), wait.untilMs);
    return due;
}

}  // namespace maxiofs::cluster::rules
