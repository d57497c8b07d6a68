// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/members.h"
#include "cluster/rules/world.h"

#include <list>
#include <map>
#include <set>

namespace maxiofs::test {

// A world that stands still: time passes when the test says so, and the test answers what is asked.
class FakeWorld final : public cluster::rules::World {
public:
    struct Asked {
        cluster::rules::Peer peer;
        cluster::rules::Request request;
        Answered answered;
    };

    [[nodiscard]] std::int64_t wallMs() const override { return wall; }
    [[nodiscard]] std::int64_t steadyMs() const override { return m_now; }
    [[nodiscard]] Id128 randomId() override { return idOf(++m_lastId); }
    void ask(const cluster::rules::Peer &peer, cluster::rules::Request request, std::int64_t limitMs,
             Answered answered) override
    {
        const auto asked = open.insert(open.end(), {peer, std::move(request), std::move(answered)});
        m_limits[after(limitMs, [this, asked] { fail(asked, Error::TimedOut, "no answer in 5 s"); })] = asked;
    }
    cluster::rules::TimerId after(std::int64_t delayMs, std::move_only_function<void()> call) override
    {
        m_timers.emplace(std::pair(m_now + delayMs, ++m_lastTimer), std::move(call));
        return m_lastTimer;
    }
    void cancel(cluster::rules::TimerId timer) override
    {
        std::erase_if(m_timers, [timer](const auto &entry) { return entry.first.second == timer; });
    }

    /// Lets time pass, wall clock too.
    void pass(std::int64_t ms)
    {
        const std::int64_t end = m_now + ms;
        while (!m_timers.empty() && m_timers.begin()->first.first <= end) {
            auto due = m_timers.extract(m_timers.begin());
            const std::int64_t step = std::max<std::int64_t>(due.key().first - m_now, 0);
            wall += step;
            m_now += step;
            m_limits.erase(due.key().second);
            due.mapped()();
        }
        wall += end - m_now;
        m_now = end;
    }
    /// All timers that are due in it run at its end.
    void sleep(std::int64_t ms)
    {
        m_now += ms;
        wall += ms;
        pass(0);
    }
    /// Requests of a kind that wait for an answer.
    template <typename Request>
    [[nodiscard]] std::size_t waiting() const
    {
        std::size_t count = 0;
        for (const Asked &asked : open)
            count += std::holds_alternative<Request>(asked.request) ? 1 : 0;
        return count;
    }
    /// Answers the oldest request of a kind, to a node if one is given: false if there is none.
    template <typename Request>
    bool answer(Result<cluster::rules::Answer> answer, const std::optional<NodeId> &to = std::nullopt)
    {
        for (auto it = open.begin(); it != open.end(); ++it) {
            if (!std::holds_alternative<Request>(it->request) || (to && it->peer.id != *to))
                continue;
            finish(it, std::move(answer));
            return true;
        }
        return false;
    }
    template <typename Request>
    bool refuse(Error::Code code, std::string message)
    {
        return answer<Request>(failure(code, std::move(message)));
    }

    [[nodiscard]] static Id128 idOf(std::uint8_t number)
    {
        Id128 id;
        id.bytes.back() = std::byte{number};
        return id;
    }
    [[nodiscard]] static cluster::rules::Peer peerOf(std::uint8_t number)
    {
        return {idOf(number), "https://node-" + std::to_string(number), {}};
    }

    std::int64_t wall = 1'700'000'000'000;
    std::list<Asked> open;

private:
    void fail(std::list<Asked>::iterator asked, Error::Code code, std::string message)
    {
        finish(asked, failure(code, std::move(message)));
    }
    void finish(std::list<Asked>::iterator asked, Result<cluster::rules::Answer> answer)
    {
        std::erase_if(m_limits, [&](const auto &limit) {
            if (limit.second == asked)
                cancel(limit.first);
            return limit.second == asked;
        });
        auto answered = std::move(asked->answered);
        open.erase(asked);
        answered(std::move(answer));
    }

    std::int64_t m_now = 1'000'000;
    std::uint8_t m_lastId = 100;
    cluster::rules::TimerId m_lastTimer = 0;
    std::map<std::pair<std::int64_t, cluster::rules::TimerId>, std::move_only_function<void()>> m_timers;
    std::map<cluster::rules::TimerId, std::list<Asked>::iterator> m_limits;
};

// Members as the test lists them.
class FakeMembers final : public cluster::rules::Members {
public:
    [[nodiscard]] NodeId self() const override { return FakeWorld::idOf(1); }
    [[nodiscard]] std::vector<cluster::rules::Peer> others() const override { return peers; }
    [[nodiscard]] bool isHealthy(const NodeId &member) const override { return !sick.contains(member); }
    [[nodiscard]] std::string clusterId() const override { return "c"; }

    std::vector<cluster::rules::Peer> peers;
    std::set<NodeId> sick;
};

}  // namespace maxiofs::test
