// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace maxiofs::cluster::rules {

// Whether a rule's destination has all that was ever acknowledged to clients. Behind: writes are not waited
// for. Closing: they are again, so that the rest cannot grow. CaughtUp: nothing that was let go is missing.
class RuleCatchUp {
public:
    enum class Phase { Behind, Closing, CaughtUp };

    [[nodiscard]] Phase phase() const { return m_phase; }
    /// After a start, of which nothing is known but whether the destination had all before the feed.
    void begin(bool whole)
    {
        m_phase = whole ? Phase::Closing : Phase::Behind;
        m_target.reset();
    }
    void fallBehind()
    {
        m_phase = Phase::Behind;
        m_target.reset();
    }
    /// A write up to here was answered without waiting.
    void release(std::uint64_t position) { m_releasedTo = std::max(m_releasedTo, position); }
    /// The feed ended here.
    void sawEnd(std::uint64_t position)
    {
        if (!m_target)
            m_target = position;
    }
    /// True when it has just caught up. `complete`: all is at the destination up to `acknowledged`.
    bool update(std::uint64_t acknowledged, bool complete)
    {
        if (m_phase == Phase::CaughtUp || !complete || !m_target || acknowledged < *m_target)
            return false;
        m_phase = acknowledged >= m_releasedTo ? Phase::CaughtUp : Phase::Closing;
        return m_phase == Phase::CaughtUp;
    }

private:
    Phase m_phase = Phase::Closing;
    std::optional<std::uint64_t> m_target;
    std::uint64_t m_releasedTo = 0;
};

}  // namespace maxiofs::cluster::rules
