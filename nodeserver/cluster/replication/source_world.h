// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/bucket_keeper.h"
#include "cluster/machine_thread.h"
#include "cluster/replication/batch_sender.h"
#include "cluster/rules/replication_world.h"
#include "records/replication_queue.h"
#include "records/replication_rules.h"

#include <map>

namespace maxiofs::cluster::replication {

// The world of the rules whose source bucket this node owns: the store, the calls to their destinations, and
// what auth.db keeps of them. As ReplicationWorld says: on the machines' thread, which never waits here;
// after that thread has stopped nothing is answered any more.
class SourceWorld final : public rules::ReplicationWorld {
public:
    static constexpr std::chrono::milliseconds kManifestLimit{30'000};

    struct Needs {
        store::VersionExchange &store;
        records::ReplicationRules &rules;
        records::ReplicationQueue &queue;
        PeerCalls &calls;
        BatchSender &sender;
        MachineThread &thread;
        net::BlockingPool &pool;
        net::BlockingPool &keeper;          // of one thread: what auth.db is told stays in its order
        std::function<bool()> isUndamaged;  // nothing of the store is missing
        BucketKeeper *ownership = nullptr;
    };
    explicit SourceWorld(Needs needs) : m_needs(std::move(needs)) {}

    [[nodiscard]] std::int64_t wallMs() const override { return m_needs.thread.wallMs(); }
    [[nodiscard]] std::int64_t steadyMs() const override { return m_needs.thread.steadyMs(); }
    rules::TimerId after(std::int64_t delayMs, std::move_only_function<void()> call) override
    {
        return m_needs.thread.after(delayMs, std::move(call));
    }
    void cancel(rules::TimerId timer) override { m_needs.thread.cancel(timer); }

    void openFeed(const rules::ReplicationRule &rule, Done<rules::OpenedFeed> done) override;
    void readFeed(const rules::ReplicationRule &rule, std::uint64_t after, std::size_t most,
                  Done<rules::FeedPage> done) override;
    void acknowledge(const rules::ReplicationRule &rule, std::uint64_t position) override;
    void readManifest(const rules::ReplicationRule &rule, const std::optional<rules::VersionName> &after,
                      std::size_t most, Done<rules::ManifestPage> done) override;
    [[nodiscard]] rules::FeedLag lag(const rules::ReplicationRule &rule) const override;

    void sendBatch(const rules::ReplicationRule &rule, rules::Batch batch,
                   Done<rules::BatchAnswer> done) override;
    void readTheirs(const rules::ReplicationRule &rule, const rules::BatchHeader &header,
                    const std::optional<rules::VersionName> &after, std::size_t most,
                    Done<rules::TheirManifest> done) override;
    void loadProgress(const rules::ReplicationRule &rule, Done<rules::RuleProgress> done) override;
    void saveProgress(const rules::ReplicationRule &rule, const rules::RuleProgress &progress,
                      Finished done) override;
    void loadQueue(const rules::ReplicationRule &rule, Done<std::vector<rules::FailingObject>> done) override;
    void keepInQueue(const rules::ReplicationRule &rule, std::vector<rules::FailingObject> objects,
                     Finished done) override;
    void dropFromQueue(const rules::ReplicationRule &rule, std::vector<rules::VersionName> names) override;

    void tell(const rules::ReplicationRule &rule, rules::RuleEvent event, const std::string &text) override;
    void completed(const rules::ReplicationRule &rule, const records::Location &location,
                   std::uint64_t position) override;
    void superseded(const rules::ReplicationRule &rule, const records::Location &location) override;
    /// The destination is told how far it is, though nothing was sent.
    void tellProgress(const Id128 &rule);

private:
    void owe(const Id128 &rule, std::uint64_t position);
    /// Answers on the machines' thread, from any.
    template <typename T>
    [[nodiscard]] Done<T> onThread(Done<T> done);
    template <typename T, typename Job>
    void run(net::BlockingPool &pool, Done<T> done, Job job);

    const Needs m_needs;
    // Up to where, at least, rules' destinations still have to be told that they are.
    std::map<Id128, std::uint64_t> m_untold;
};

}  // namespace maxiofs::cluster::replication
