// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/replication.h"

#include <QHash>
#include <QList>
#include <QString>

namespace maxiofs::models {

// How far each rule was behind since the program looks at it, at most an hour. Of many rules only the first
// kMostRules are kept, so that memory stays small.
class LagHistory {
public:
    static constexpr std::int64_t kKeptMs = 3'600'000;
    static constexpr qsizetype kMostRules = 200;
    static constexpr qsizetype kMostSamples = 2'000;

    struct Sample {
        std::int64_t atMs = 0;
        std::int64_t objects = 0;
    };

    /// What was seen at a time; rules that are gone are forgotten.
    void add(const std::vector<protocol::ReplicationRule> &rules, std::int64_t atMs);
    [[nodiscard]] QList<Sample> of(const QString &rule) const { return m_samples.value(rule); }

private:
    QHash<QString, QList<Sample>> m_samples;
};

}  // namespace maxiofs::models
