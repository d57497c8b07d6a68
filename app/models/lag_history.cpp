// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lag_history.h"

#include <QSet>

namespace maxiofs::models {

void LagHistory::add(const std::vector<protocol::ReplicationRule> &rules, std::int64_t atMs)
{
    QSet<QString> known;
    for (const protocol::ReplicationRule &rule : rules) {
        const QString id = QString::fromStdString(rule.id);
        known.insert(id);
        if (rule.state.status == protocol::ReplicationStatus::Unknown ||
            (!m_samples.contains(id) && m_samples.size() >= kMostRules))
            continue;
        QList<Sample> &samples = m_samples[id];
        // A clock that was set back: what is of later than now has no place.
        while (!samples.isEmpty() && samples.last().atMs >= atMs)
            samples.removeLast();
        samples.append({atMs, rule.state.lagObjects});
        while (samples.size() > kMostSamples || samples.first().atMs < atMs - kKeptMs)
            samples.removeFirst();
    }
    m_samples.removeIf([&known](const auto &one) { return !known.contains(one.key()); });
}

}  // namespace maxiofs::models
