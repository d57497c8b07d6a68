// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/health.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace maxiofs::cluster::rules {

namespace {

constexpr std::string_view kHealthyState = "healthy";

// Why a node is not healthy; a change of it is told even where the status stays.
enum class Cause { None, NotAsked, Silent, ProbesFailed, BeatFailed, ProbeFailed, Clock, Slow, ItSaysSo };

struct Judgement {
    HealthStatus status = HealthStatus::Healthy;
    Cause cause = Cause::None;
    std::string reason;
};

std::string secondsInWords(std::int64_t ms)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(ms) / 1000);
    return text;
}

}  // namespace

struct Health::Node {
    Peer peer;
    std::uint64_t serial = 0;  // a node that goes and comes again is another one
    std::int64_t sinceMs = 0;  // steady; silence counts from here
    bool beatOpen = false;
    bool probeOpen = false;
    std::optional<std::int64_t> probedMs;  // steady; when it was last asked
    int failedProbes = 0;                  // in a row
    std::string beatError;                 // of the last beat; empty when it was answered
    std::string probeError;
    Cause cause = Cause::NotAsked;
    Observation seen;

    [[nodiscard]] Judgement judge(std::int64_t nowMs) const;
};

Judgement Health::Node::judge(std::int64_t nowMs) const
{
    const std::int64_t silenceMs = nowMs - std::max(seen.lastSeenSteadyMs.value_or(sinceMs), sinceMs);
    if (silenceMs >= kSilenceMs) {
        std::string reason = "no beat for " + durationInWords(silenceMs);
        if (!beatError.empty())
            reason += ": " + beatError;
        return {HealthStatus::Unavailable, Cause::Silent, std::move(reason)};
    }
    if (failedProbes >= kFailedProbes)
        return {HealthStatus::Unavailable, Cause::ProbesFailed,
                std::to_string(failedProbes) + " probes failed: " + probeError};
    if (!beatError.empty())
        return {HealthStatus::Degraded, Cause::BeatFailed, "a beat failed: " + beatError};
    if (!probeError.empty())
        return {HealthStatus::Degraded, Cause::ProbeFailed, "a probe failed: " + probeError};
    if (!seen.beat)
        return {HealthStatus::Unknown, Cause::NotAsked, "it has not answered yet"};
    if (std::abs(seen.clockSkewMs) > kDegradedSkewMs)
        return {HealthStatus::Degraded, Cause::Clock,
                "its clock is " + durationInWords(std::abs(seen.clockSkewMs)) +
                    (seen.clockSkewMs > 0 ? " ahead" : " behind")};
    if (seen.beat->state != kHealthyState)
        return {HealthStatus::Degraded, Cause::ItSaysSo,
                seen.beat->reason.empty() ? "it is " + seen.beat->state : seen.beat->reason};
    if (seen.latencyMs >= kDegradedMs)
        return {HealthStatus::Degraded, Cause::Slow, "it answers after " + secondsInWords(seen.latencyMs)};
    return {};
}

std::string durationInWords(std::int64_t ms)
{
    constexpr std::int64_t kMinute = 60;
    constexpr std::int64_t kHour = 60 * kMinute;
    constexpr std::int64_t kDay = 24 * kHour;
    const std::int64_t seconds = ms / 1000;
    const auto pair = [seconds](std::int64_t large, const char *name, std::int64_t small,
                                const char *smallName) {
        return std::to_string(seconds / large) + ' ' + name + ' ' + std::to_string(seconds % large / small) +
               ' ' + smallName;
    };
    if (seconds < kMinute)
        return std::to_string(seconds) + " s";
    if (seconds < kHour)
        return pair(kMinute, "min", 1, "s");
    return seconds < kDay ? pair(kHour, "h", kMinute, "min") : pair(kDay, "d", kHour, "h");
}

Health::Health(World &world) : m_world(world) {}

Health::~Health()
{
    m_world.cancel(m_tickTimer);
    m_world.cancel(m_probeTimer);
}

void Health::setMembers(const std::vector<Peer> &others)
{
    std::erase_if(m_nodes, [&](const auto &node) {
        return std::ranges::find(others, node.first, &Peer::id) == others.end();
    });
    for (const Peer &peer : others) {
        auto &node = m_nodes[peer.id];
        if (node) {
            node->peer = peer;
            continue;
        }
        node = std::make_unique<Node>();
        node->peer = peer;
        node->serial = ++m_lastSerial;
        node->sinceMs = m_world.steadyMs();
        node->seen.id = peer.id;
        node->seen.reason = node->judge(node->sinceMs).reason;
        beat(*node);
        probe(*node, nullptr);
    }
    if (m_tickTimer == 0 && !m_nodes.empty()) {
        m_tickedMs = m_world.steadyMs();
        m_tickTimer = m_world.after(kBeatMs, [this] { tick(); });
        m_probeTimer = m_world.after(m_probeIntervalMs, [this] { probeAll(); });
    }
}

void Health::setProbeInterval(std::int64_t intervalMs)
{
    if (intervalMs == m_probeIntervalMs)
        return;
    m_probeIntervalMs = intervalMs;
    if (m_probeTimer != 0) {
        m_world.cancel(m_probeTimer);
        m_probeTimer = m_world.after(m_probeIntervalMs, [this] { probeAll(); });
    }
}

Health::Node *Health::find(const NodeId &id, std::uint64_t serial)
{
    const auto found = m_nodes.find(id);
    return found != m_nodes.end() && found->second->serial == serial ? found->second.get() : nullptr;
}

void Health::tick()
{
    m_tickTimer = m_world.after(kBeatMs, [this] { tick(); });
    const std::int64_t now = m_world.steadyMs();
    const bool slept = now - std::exchange(m_tickedMs, now) > kGiveUpMs;
    std::vector<std::pair<NodeId, std::uint64_t>> nodes;
    for (const auto &[id, node] : m_nodes) {
        nodes.emplace_back(id, node->serial);
        if (slept)
            node->sinceMs = now;
    }
    // Watchers may change the members.
    for (const auto &[id, serial] : nodes) {
        if (Node *node = find(id, serial))
            beat(*node);
        if (Node *node = find(id, serial))
            judge(*node, false);
    }
}

void Health::beat(Node &node)
{
    if (std::exchange(node.beatOpen, true))
        return;
    m_world.ask(node.peer, Beat{}, kBeatLimitMs,
                [this, id = node.peer.id, serial = node.serial,
                 asked = m_world.steadyMicros()](const Result<Answer> &answer) {
                    if (Node *asker = find(id, serial))
                        beatAnswered(*asker, asked, answer);
                });
}

void Health::beatAnswered(Node &node, std::int64_t askedMicros, const Result<Answer> &answer)
{
    node.beatOpen = false;
    const auto *beat = answer ? std::get_if<BeatAnswer>(&*answer) : nullptr;
    if (beat == nullptr) {
        node.beatError = answer ? "it answered something else" : answer.error().message;
    } else {
        node.beatError.clear();
        seen(node, askedMicros, *beat);
        node.seen.latencyMicros = static_cast<double>(m_world.steadyMicros() - askedMicros);
        node.seen.latencyMs = (m_world.steadyMicros() - askedMicros) / 1000;
        // It is back: nothing but a probe can clear what probes have found.
        if (node.failedProbes > 0)
            forwardFailed(node.peer.id);
    }
    judge(node, true);
}

void Health::seen(Node &node, std::int64_t askedMicros, const BeatAnswer &answer)
{
    const std::int64_t wallMs = m_world.wallMs();
    const std::int64_t halfWayMs = (m_world.steadyMicros() - askedMicros) / 2000;
    node.seen.clockSkewMs = answer.wallMs - (wallMs - halfWayMs);
    node.seen.lastSeenWallMs = wallMs;
    node.seen.lastSeenSteadyMs = m_world.steadyMs();
    node.seen.beat = answer;
}

void Health::probeAll()
{
    m_probeTimer = m_world.after(m_probeIntervalMs, [this] { probeAll(); });
    for (const auto &[id, node] : m_nodes)
        if (!node->probeOpen)
            probe(*node, nullptr);
}

void Health::probe(Node &node, std::move_only_function<void()> call)
{
    node.probeOpen = true;
    node.probedMs = m_world.steadyMs();
    m_world.ask(node.peer, Probe{}, m_probeLimitMs,
                [this, id = node.peer.id, serial = node.serial, asked = m_world.steadyMicros(),
                 call = std::move(call)](const Result<Answer> &answer) mutable {
                    if (Node *asker = find(id, serial))
                        probeAnswered(*asker, asked, answer);
                    if (call)
                        call();
                });
}

void Health::probeAnswered(Node &node, std::int64_t askedMicros, const Result<Answer> &answer)
{
    node.probeOpen = false;
    node.seen.lastCheckWallMs = m_world.wallMs();
    const auto *probe = answer ? std::get_if<ProbeAnswer>(&*answer) : nullptr;
    if (probe == nullptr) {
        ++node.failedProbes;
        node.probeError = answer ? "it answered something else" : answer.error().message;
    } else {
        node.failedProbes = 0;
        node.probeError.clear();
        node.seen.probe = *probe;
        seen(node, askedMicros, probe->beat);
    }
    judge(node, true);
}

void Health::probeNow(std::move_only_function<void()> call)
{
    if (m_nodes.empty()) {
        call();
        return;
    }
    struct Round {
        std::size_t open = 0;
        std::move_only_function<void()> call;
    };
    const auto round = std::make_shared<Round>(m_nodes.size(), std::move(call));
    for (const auto &[id, node] : m_nodes)
        probe(*node, [round] {
            if (--round->open == 0)
                round->call();
        });
}

void Health::forwardFailed(const NodeId &member)
{
    const auto found = m_nodes.find(member);
    if (found == m_nodes.end())
        return;
    Node &node = *found->second;
    if (!node.probeOpen && m_world.steadyMs() - node.probedMs.value_or(-kBeatMs) >= kBeatMs)
        probe(node, nullptr);
}

// Also tells: the node may be gone when it returns.
void Health::judge(Node &node, bool observed)
{
    Judgement judgement = node.judge(m_world.steadyMs());
    const Observation before = node.seen;
    const bool changed = judgement.status != before.status || judgement.cause != node.cause ||
                         (judgement.cause == Cause::ItSaysSo && judgement.reason != before.reason);
    node.seen.status = judgement.status;
    node.seen.reason = std::move(judgement.reason);
    node.cause = judgement.cause;
    const Observation after = node.seen;
    if (observed && m_watcher)
        m_watcher(after);
    if (changed && m_changeWatcher)
        m_changeWatcher(before, after);
}

std::vector<Observation> Health::observations() const
{
    std::vector<Observation> all;
    all.reserve(m_nodes.size());
    for (const auto &[id, node] : m_nodes)
        all.push_back(*find(id));
    return all;
}

std::optional<Observation> Health::find(const NodeId &member) const
{
    const auto found = m_nodes.find(member);
    if (found == m_nodes.end())
        return std::nullopt;
    Observation observation = found->second->seen;
    const Judgement judgement = found->second->judge(m_world.steadyMs());
    observation.status = judgement.status;
    observation.reason = judgement.reason;
    return observation;
}

}  // namespace maxiofs::cluster::rules
