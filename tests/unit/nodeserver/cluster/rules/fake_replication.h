// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication_world.h"
#include "cluster/rules/rule_queue.h"

#include <deque>
#include <map>
#include <set>

namespace maxiofs::test {

// A source with a feed of changes and a destination that takes what it is sent, unless the test says
// otherwise. Time passes when the test says so.
class FakeReplication final : public cluster::rules::ReplicationWorld {
public:
    using Rule = cluster::rules::ReplicationRule;
    using Entry = cluster::rules::FeedEntry;
    using Outcome = cluster::rules::EntryAnswer::Outcome;

    [[nodiscard]] std::int64_t wallMs() const override { return 1'700'000'000'000 + m_now; }
    [[nodiscard]] std::int64_t steadyMs() const override { return m_now; }
    cluster::rules::TimerId after(std::int64_t delayMs, std::move_only_function<void()> call) override
    {
        m_timers.emplace(std::pair(m_now + delayMs, ++m_lastTimer), std::move(call));
        return m_lastTimer;
    }
    void cancel(cluster::rules::TimerId timer) override
    {
        std::erase_if(m_timers, [timer](const auto &entry) { return entry.first.second == timer; });
    }
    void pass(std::int64_t ms)
    {
        const std::int64_t end = m_now + ms;
        while (!m_timers.empty() && m_timers.begin()->first.first <= end) {
            auto due = m_timers.extract(m_timers.begin());
            m_now = std::max(m_now, due.key().first);
            due.mapped()();
        }
        m_now = end;
    }

    /// A change of the source's bucket; its position.
    std::uint64_t change(const std::string &key, std::uint64_t size = 1,
                         Entry::Change kind = Entry::Change::Put, std::vector<Id128> through = {})
    {
        feed.push_back({++sequence, kind, {key, {}}, size, std::move(through)});
        return sequence;
    }
    [[nodiscard]] std::string keysSent() const
    {
        std::string keys;
        for (const auto &batch : sent)
            for (const auto &entry : batch.entries)
                keys += entry.name.key + ' ';
        return keys;
    }

    void openFeed(const Rule & /*rule*/, Done<cluster::rules::OpenedFeed> done) override
    {
        const bool isNew = !std::exchange(consumerKnown, true);
        soon([this, isNew, done = std::move(done)]() mutable {
            done(cluster::rules::OpenedFeed{cursor, isNew});
        });
    }
    void readFeed(const Rule & /*rule*/, std::uint64_t after, std::size_t most,
                  Done<cluster::rules::FeedPage> done) override
    {
        soon([this, after, most, done = std::move(done)]() mutable {
            if (!consumerKnown)
                return done(failure(Error::NotFound, "no such consumer"));
            cluster::rules::FeedPage page{.entries = {}, .next = sequence};
            page.trimmed = after < trimmedTo;
            for (const Entry &entry : feed)
                if (entry.position > after && page.entries.size() < most)
                    page.entries.push_back(entry);
            done(std::move(page));
        });
    }
    void acknowledge(const Rule & /*rule*/, std::uint64_t position) override { cursor = position; }
    void readManifest(const Rule & /*rule*/, const std::optional<cluster::rules::VersionName> & /*after*/,
                      std::size_t /*most*/, Done<cluster::rules::ManifestPage> done) override
    {
        soon([this, done = std::move(done)]() mutable { done(ours); });
    }
    [[nodiscard]] cluster::rules::FeedLag lag(const Rule & /*rule*/) const override
    {
        return {sequence - cursor, 0, {}};
    }
    void sendBatch(const Rule & /*rule*/, cluster::rules::Batch batch,
                   Done<cluster::rules::BatchAnswer> done) override
    {
        sent.push_back(batch);
        if (isSilent)
            return;
        soon([this, batch = std::move(batch), done = std::move(done)]() mutable {
            if (!isReachable)
                return done(failure(Error::Closed, "the connection was refused"));
            cluster::rules::BatchAnswer answer;
            answer.verdict = verdict;
            for (const auto &entry : batch.entries) {
                answer.entries.emplace_back();
                if (failing.contains(entry.name.key)) {
                    answer.entries.back().outcome = Outcome::Failed;
                    answer.entries.back().error = Error(Error::Corrupt, entry.name.key + " is damaged");
                } else if (verdict == cluster::rules::Verdict::Taken) {
                    there.insert(entry.name.key);
                }
            }
            done(std::move(answer));
        });
    }
    void readTheirs(const Rule & /*rule*/, const cluster::rules::BatchHeader & /*header*/,
                    const std::optional<cluster::rules::VersionName> & /*after*/, std::size_t /*most*/,
                    Done<cluster::rules::TheirManifest> done) override
    {
        soon([this, done = std::move(done)]() mutable {
            if (!isReachable)
                return done(failure(Error::Closed, "the connection was refused"));
            cluster::rules::TheirManifest manifest;
            manifest.verdict = verdict;
            manifest.page = theirs;
            done(std::move(manifest));
        });
    }
    void loadProgress(const Rule & /*rule*/, Done<cluster::rules::RuleProgress> done) override
    {
        soon([this, done = std::move(done)]() mutable { done(progress); });
    }
    void saveProgress(const Rule & /*rule*/, const cluster::rules::RuleProgress &value,
                      Finished done) override
    {
        progress = value;
        soon([done = std::move(done)]() mutable { done({}); });
    }
    void loadQueue(const Rule & /*rule*/, Done<std::vector<cluster::rules::FailingObject>> done) override
    {
        soon([done = std::move(done)]() mutable { done(std::vector<cluster::rules::FailingObject>()); });
    }
    void keepInQueue(const Rule & /*rule*/, std::vector<cluster::rules::FailingObject> objects,
                     Finished done) override
    {
        soon([this, objects = std::move(objects), done = std::move(done)]() mutable {
            if (!queueWorks)
                return done(failure(Error::Io, "the queue cannot be written"));
            for (auto &object : objects)
                queue[object.name.key] = object;
            done({});
        });
    }
    void dropFromQueue(const Rule & /*rule*/, std::vector<cluster::rules::VersionName> names) override
    {
        for (const auto &name : names)
            queue.erase(name.key);
    }
    void tell(const Rule & /*rule*/, cluster::rules::RuleEvent event, const std::string & /*text*/) override
    {
        events.push_back(event);
    }
    void superseded(const Rule & /*rule*/, const records::Location & /*location*/) override
    {
        wasSuperseded = true;
    }

    // --- The source
    std::deque<Entry> feed;
    std::uint64_t sequence = 0;
    std::uint64_t cursor = 0;
    std::uint64_t trimmedTo = 0;
    bool consumerKnown = false;
    bool queueWorks = true;
    cluster::rules::ManifestPage ours;
    cluster::rules::RuleProgress progress;
    std::map<std::string, cluster::rules::FailingObject> queue;
    std::vector<cluster::rules::RuleEvent> events;
    bool wasSuperseded = false;
    // --- The destination
    bool isReachable = true;
    bool isSilent = false;  // answers nothing
    cluster::rules::Verdict verdict = cluster::rules::Verdict::Taken;
    std::set<std::string> failing;
    cluster::rules::ManifestPage theirs;
    std::vector<cluster::rules::Batch> sent;
    std::set<std::string> there;

private:
    void soon(std::move_only_function<void()> call) { after(1, std::move(call)); }

    std::int64_t m_now = 0;
    cluster::rules::TimerId m_lastTimer = 0;
    std::map<std::pair<std::int64_t, cluster::rules::TimerId>, std::move_only_function<void()>> m_timers;
};

}  // namespace maxiofs::test
