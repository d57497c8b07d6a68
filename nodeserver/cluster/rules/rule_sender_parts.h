// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/rule_carrier.h"
#include "cluster/rules/rule_catch_up.h"
#include "cluster/rules/rule_comparison.h"
#include "cluster/rules/rule_sender.h"
#include "cluster/rules/rule_waits.h"

namespace maxiofs::cluster::rules {

// What RuleSender is made of. rule_sender.cpp has what others ask, rule_follower.cpp what goes on by itself.
struct RuleSender::Parts final : RuleCarrier::Owner {
    using Lane = RuleCarrier::Lane;
    using Phase = RuleCatchUp::Phase;
    using Verified = std::move_only_function<void(Result<ComparisonCounts>)>;

    Parts(ReplicationWorld &givenWorld, ReplicationRule givenRule, const records::Location &givenLocation);
    ~Parts() override;
    Parts(const Parts &) = delete;
    Parts &operator=(const Parts &) = delete;

    // --- Preparing: what is durable of the rule decides whether it has to compare
    void prepare();
    void progressLoaded(const RuleProgress &loaded);
    void forgetComparison();
    void openFeed();
    void opened(std::uint64_t position, std::vector<FailingObject> queue);
    void prepareAgain(const Error &error);
    /// The store could not be read: goes on a little later.
    void goOnLater(const Error &error);

    // --- Following the feed
    void readFeed();
    void pageRead(const FeedPage &page);
    void follow(const FeedPage &page);
    [[nodiscard]] bool travels(const FeedEntry &entry) const;
    void poll();

    // --- Comparing
    void beginComparison(bool needed);
    void compare();
    /// Asks a destination that did not answer, where nothing is to be sent that would tell.
    void probe();
    void theirsRead(Result<TheirManifest> theirs);
    void oursRead(Result<ManifestPage> ours);
    void comparisonRead();
    void endComparison(const Status &status);
    void saveWhole();
    [[nodiscard]] std::optional<RuleStatus::Backlog> backlog() const;

    // --- What the carrier tells
    [[nodiscard]] BatchHeader headerOf(std::uint64_t to) const override;
    void landed(Lane lane, std::uint64_t to) override;
    void passed(std::uint64_t position, const std::string &error) override;
    void linkChanged(bool reachable, const std::string &error) override;
    void superseded(const records::Location &newer) override;
    void goOn() override;

    // --- Synchronous writes
    [[nodiscard]] bool isDegraded() const;
    [[nodiscard]] bool isStopped() const { return pausedByHand || !rule.enabled; }
    void fallBehind(const std::string &why);
    void updateCatchUp();
    void setWaitTimer();

    void add(Lane lane, std::vector<BatchEntry> entries, std::uint64_t from, std::uint64_t to);
    /// What is answered after the end, or after another preparation has begun, is dropped.
    template <typename Call>
    [[nodiscard]] auto guarded(Call call)
    {
        return [this, alive = std::weak_ptr(m_alive), turn = m_turn,
                call = std::move(call)](auto result) mutable {
            if (!alive.expired() && turn == m_turn && !isSuperseded)
                call(std::move(result));
        };
    }

    /// As guarded(); dropped also when the comparison that runs has ended.
    template <typename Call>
    [[nodiscard]] auto comparing(Call call)
    {
        isComparing = true;
        return guarded([this, turn = comparisonTurn, call = std::move(call)](auto result) mutable {
            if (turn != comparisonTurn)
                return;
            isComparing = false;
            call(std::move(result));
        });
    }

    ReplicationWorld &world;
    ReplicationRule rule;
    const records::Location location;
    RuleCarrier carrier;
    RuleCatchUp catchUp;
    RuleWaits waits;

    bool isReady = false;  // prepared: it follows the feed
    bool isWhole = false;  // all before the feed began is at the destination
    bool isSuperseded = false;
    bool pausedByHand = false;
    std::string prepareError;

    std::uint64_t readTo = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t complete = 0;  // the destination has all up to here
    std::uint64_t passedTo = 0;  // some object up to here went into the queue
    bool isReading = false;
    bool isPageStale = false;  // what is being read was asked for before the destination fell behind
    bool hasMore = true;       // there may be changes behind readTo
    bool inRound = true;       // a rule in rounds sends until it meets the feed's end

    std::optional<RuleComparison> comparison;
    bool comparisonNeeded = false;  // the rule is whole when it ends
    bool isComparing = false;       // a page is being read, or the end written down
    bool isProbing = false;
    std::uint64_t comparisonTurn = 0;  // counts comparisons
    std::uint64_t appliedBefore = 0;   // by the carrier, when the comparison began
    std::uint64_t queuedBefore = 0;
    ComparisonCounts lastCounts;
    Verified verified;

    TimerId retryTimer = 0;
    TimerId pollTimer = 0;
    TimerId waitTimer = 0;

private:
    std::uint64_t m_turn = 0;  // counts preparations
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

}  // namespace maxiofs::cluster::rules
