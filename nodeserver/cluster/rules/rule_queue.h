// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication.h"

#include <map>

namespace maxiofs::cluster::rules {

// The objects of a rule that failed by themselves, as they are in its durable queue.
class RuleQueue {
public:
    static constexpr std::size_t kMost = 10'000;  // then the rule stands still until some are through
    static constexpr std::int64_t kFirstPauseMs = 10'000;  // doubles with each attempt
    static constexpr std::int64_t kLongestPauseMs = 3'600'000;

    void load(std::vector<FailingObject> objects);
    /// A further failure of what may be in the queue already: the row as it is to be kept.
    [[nodiscard]] FailingObject failed(const VersionName &name, const std::string &error,
                                       std::int64_t wallMs) const;
    /// Takes what has been made durable. `moment` counts batches and rows that were kept.
    void keep(FailingObject object, std::uint64_t moment);
    /// The destination took what was sent at `moment`: false where it is not in the queue or was kept after
    /// that, by a newer failure.
    bool drop(const VersionName &name, std::uint64_t moment);
    /// Those to be tried now; marked as being sent.
    [[nodiscard]] std::vector<VersionName> takeDue(std::int64_t wallMs, std::size_t most);
    /// Those being sent were not decided: they are due again.
    void giveBack();
    /// All are due.
    void hurry();
    /// Unix time at which the first is due.
    [[nodiscard]] std::optional<std::int64_t> dueMs() const;
    [[nodiscard]] bool contains(const VersionName &name) const { return m_rows.contains(name); }
    [[nodiscard]] bool isFull() const { return m_rows.size() >= kMost; }
    [[nodiscard]] std::size_t size() const { return m_rows.size(); }

private:
    struct Row {
        FailingObject object;
        std::uint64_t keptAt = 0;
        bool sending = false;
    };

    std::map<VersionName, Row> m_rows;
};

}  // namespace maxiofs::cluster::rules
