// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication_world.h"
#include "cluster/rules/rule_flights.h"
#include "cluster/rules/rule_queue.h"

#include <array>
#include <memory>

namespace maxiofs::cluster::rules {

// Carries a rule's batches to its destination: several at a time, again while the destination cannot be
// reached, within the rule's limit of bandwidth. An object that fails by itself three times goes into the
// durable queue, is tried from there for ever, and the rest goes on.
class RuleCarrier {
public:
    static constexpr std::size_t kWindow = 4;            // batches in flight of each lane
    static constexpr unsigned kMostFailures = 3;         // of an object, then it is queued
    static constexpr std::int64_t kAgainMs = 1000;       // until an object that failed is tried again
    static constexpr std::int64_t kFirstPauseMs = 1000;  // of a destination that does not answer; doubles
    static constexpr std::int64_t kLongestPauseMs = 30'000;
    static constexpr std::size_t kQueueBatch = 100;

    enum class Lane { Feed, Comparison };

    // Who gives batches; called on the machines' thread, and may call back.
    class Owner {
    public:
        virtual ~Owner() = default;
        [[nodiscard]] virtual BatchHeader headerOf(std::uint64_t to) const = 0;
        /// A lane's batches landed in order, up to this position.
        virtual void landed(Lane lane, std::uint64_t to) = 0;
        /// An object of the feed passes into the queue: the destination does not have what was at `position`.
        virtual void passed(std::uint64_t position, const std::string &error) = 0;
        /// The destination answers, or answers no more; `error` is empty for an answer.
        virtual void linkChanged(bool reachable, const std::string &error) = 0;
        virtual void superseded(const records::Location &location) = 0;
        /// There may be room for more, or a pause is over.
        virtual void goOn() = 0;
    };

    RuleCarrier(ReplicationWorld &world, const ReplicationRule &rule, Owner &owner);
    ~RuleCarrier();
    RuleCarrier(const RuleCarrier &) = delete;
    RuleCarrier &operator=(const RuleCarrier &) = delete;

    void loadQueue(std::vector<FailingObject> objects);
    [[nodiscard]] bool hasRoom(Lane lane) const;
    void add(Lane lane, std::vector<BatchEntry> entries, std::uint64_t to);
    /// Sends what may be sent.
    void pump();
    void setPaused(bool paused);
    /// Ends the pause after a failure: the destination answers again, or somebody wants to know.
    void wake();
    void hurryQueue();
    /// Nothing is sent any more and no answer counts.
    void stop();

    // For the other calls to the destination, which share its pauses.
    [[nodiscard]] bool mayCall() const;
    void called(const Status &status);

    [[nodiscard]] bool isEmpty(Lane lane) const { return line(lane).flights.size() == 0; }
    /// Objects of the lane that were applied and that were queued, since the machine began.
    [[nodiscard]] std::uint64_t applied(Lane lane) const { return line(lane).applied; }
    [[nodiscard]] std::uint64_t queued(Lane lane) const { return line(lane).queued; }
    [[nodiscard]] bool isReachable() const { return m_error.empty(); }
    [[nodiscard]] std::size_t queued() const { return m_queue.size(); }
    [[nodiscard]] std::uint64_t inFlight() const;
    [[nodiscard]] const RuleFlights &flights(Lane lane) const { return line(lane).flights; }

    struct Totals {
        std::uint64_t objects = 0;
        std::uint64_t bytes = 0;
        std::uint64_t errors = 0;
        std::optional<std::int64_t> lastSyncMs;
        std::string lastError;  // empty after a success
    };
    [[nodiscard]] const Totals &totals() const { return m_totals; }

private:
    struct Line {
        RuleFlights flights;
        std::size_t open = 0;  // batches in flight
        std::uint64_t applied = 0;
        std::uint64_t queued = 0;
    };
    using Flight = RuleFlights::Flight;

    [[nodiscard]] Line &line(Lane lane) { return m_lines[static_cast<std::size_t>(lane)]; }
    [[nodiscard]] const Line &line(Lane lane) const { return m_lines[static_cast<std::size_t>(lane)]; }
    void goOn();
    bool sendNext(Lane lane);
    bool sendQueued();
    void send(std::vector<BatchEntry> entries, std::uint64_t to,
              std::move_only_function<void(Result<BatchAnswer>)> done);
    void answered(Lane lane, std::uint64_t id, std::uint64_t moment, const Result<BatchAnswer> &answer);
    void queueAnswered(const std::vector<VersionName> &names, std::uint64_t moment,
                       const Result<BatchAnswer> &answer);
    /// Whether the batch's entries were judged, each with an answer; else the link has failed, or the rule
    /// has ended.
    [[nodiscard]] bool isTaken(const Result<BatchAnswer> &answer, std::size_t count);
    void took(const VersionName &name, const EntryAnswer &answer, std::uint64_t moment);
    void enqueue(Lane lane, Flight &flight);
    void enqueued(Lane lane, std::uint64_t id, std::vector<FailingObject> rows, const Status &status);
    void land(Lane lane);
    void failed(const std::string &error);
    void succeeded();
    void setTimer();
    template <typename Call>
    [[nodiscard]] auto guarded(Call call)
    {
        return [alive = std::weak_ptr(m_alive), call = std::move(call)](auto result) mutable {
            if (!alive.expired())
                call(std::move(result));
        };
    }

    ReplicationWorld &m_world;
    const ReplicationRule &m_rule;
    Owner &m_owner;
    std::array<Line, 2> m_lines;
    RuleQueue m_queue;
    bool m_sendingQueue = false;
    bool m_paused = false;
    bool m_stopped = false;
    std::uint64_t m_lastMoment = 0;  // counts flights, batches and rows kept
    std::string m_error;             // why the destination is not reached; empty: it is
    std::int64_t m_pauseMs = kFirstPauseMs;
    std::int64_t m_quietUntilMs = 0;  // steady; nothing is sent before, after a failure
    std::int64_t m_paceMs = 0;        // steady; nothing is sent before, by the limit of bandwidth
    Totals m_totals;
    TimerId m_timer = 0;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

}  // namespace maxiofs::cluster::rules
