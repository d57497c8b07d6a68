// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/replica_freshness.h"

#include "support/run_coroutine.h"
#include "support/test_runner.h"
#include "unit/nodeserver/records/records_fixture.h"

#include <boost/asio/co_spawn.hpp>

#include <future>

using namespace std::chrono_literals;

namespace maxiofs::cluster::replication {

namespace replica_freshness_test {

class Member;

// Reaches the other nodes' handlers, or not at all.
class DirectCalls final : public PeerCalls {
public:
    explicit DirectCalls(const NodeId &self) : m_self(self) {}

    net::Awaitable<Result<QJsonObject>> call(NodeId member, std::string_view route, QJsonObject body,
                                             std::chrono::milliseconds) override
    {
        ++asked;
        if (!members.contains(member))
            co_return failure(Error::Closed, "cut");
        const link::InternalHandlers::Entry *const entry = handlersOf(member).find(route);
        link::InternalCall question;
        question.from = m_self;
        question.body = std::move(body);
        co_return co_await std::get<link::InternalHandlers::Handler> (*entry)(std::move(question));
    }
    Result<QJsonObject> callAndWait(const NodeId &member, std::string_view route, QJsonObject body,
                                    std::chrono::milliseconds limit) override
    {
        return test::runCoroutine(call(member, route, std::move(body), limit));
    }
    net::Awaitable<Result<std::unique_ptr<PeerStream>>> open(NodeId, std::string_view, QJsonObject,
                                                             std::chrono::milliseconds) override
    {
        co_return failure(Error::Internal, "not used here");
    }
    void send(const NodeId &, std::string_view, std::string, std::chrono::milliseconds,
              Answered answered) override
    {
        answered(failure(Error::Internal, "not used here"));
    }

    std::map<NodeId, Member *> members;
    std::atomic<int> asked{0};

private:
    [[nodiscard]] const link::InternalHandlers &handlersOf(const NodeId &member) const;

    const NodeId m_self;
};

// A node that may own the bucket or hold a replica of it.
class Member {
public:
    Member() { make(); }

    /// The bucket and its rules, as all nodes have them.
    void know(const BucketId &bucket, const NodeId &owner,
              const std::vector<records::ReplicationRule> &wanted)
    {
        records::NewBucket made;
        made.name = "photos";
        made.ownerId = std::string(64, 'a');
        made.id = bucket;
        if (!buckets->create(made))
            qFatal("no bucket");
        records::Record location;
        location.kind = records::Kind::Location;
        location.id = bucket.hex();
        location.body = records::bodyOf(records::Location{owner, {9, owner}, false});
        location.stamp = Stamp::after({}, db.clock.nowMs, owner);
        std::vector<records::Record> told;
        told.push_back(std::move(location));
        if (!db.records().merge(std::move(told)))
            qFatal("no location");
        for (const records::ReplicationRule &rule : wanted) {
            if (!rules->create(rule))
                qFatal("no rule");
        }
    }
    void reach(Member &other) { calls->members[other.id()] = &other; }
    void restart()
    {
        freshness->keep();
        freshness.reset();
        rules.reset();
        buckets.reset();
        db.reopen();
        make();
        if (!freshness->load())
            qFatal("not loaded");
    }

    [[nodiscard]] NodeId id() { return db.records().nodeId(); }
    [[nodiscard]] std::vector<NodeId> freshest(const BucketId &bucket)
    {
        std::promise<std::vector<NodeId>> promise;
        freshness->freshest(bucket, [&](std::vector<NodeId> nodes) { promise.set_value(std::move(nodes)); });
        return promise.get_future().get();
    }

    records::fixture::AuthDb db;
    std::unique_ptr<records::Buckets> buckets;
    std::unique_ptr<records::ReplicationRules> rules;
    std::unique_ptr<DirectCalls> calls;
    link::InternalHandlers handlers;
    std::map<std::string, std::int64_t> lags;  // of the rules that it sends by
    std::set<NodeId> silent;
    net::BlockingPool pool{1};
    net::IoThreads threads{1};
    std::unique_ptr<ReplicaFreshness> freshness;

private:
    void make()
    {
        threads.start();
        buckets = records::Buckets::load(db.records()).value();
        rules = records::ReplicationRules::load(db.records()).value();
        if (calls == nullptr)
            calls = std::make_unique<DirectCalls>(id());
        freshness = std::make_unique<ReplicaFreshness>(
            ReplicaFreshness::Needs{db.records(), *buckets, *rules, *calls, threads, pool, db.clock,
                                    [this](const NodeId &node) { return silent.contains(node); },
                                    [this](const NodeId &, const std::vector<std::string> &asked) {
                                        ReplicaFreshness::Lags told;
                                        for (const std::string &rule : asked) {
                                            if (lags.contains(rule))
                                                told.emplace(rule, lags.at(rule));
                                        }
                                        return told;
                                    }});
        freshness->addHandlers(handlers);
    }
};

const link::InternalHandlers &DirectCalls::handlersOf(const NodeId &member) const
{
    return members.at(member)->handlers;
}

// An owner, two nodes with full replicas, and one with nothing.
struct Cluster {
    Cluster() { know({ruleTo(first, "r1"), ruleTo(second, "r2")}); }
    explicit Cluster(const std::function<void(records::ReplicationRule &)> &change)
    {
        records::ReplicationRule rule = ruleTo(first, "r1");
        change(rule);
        know({rule});
    }

    [[nodiscard]] records::ReplicationRule ruleTo(Member &destination, const std::string &name) const
    {
        records::ReplicationRule rule;
        rule.id = "00000000-0000-4000-8000-0000000000" + name;
        rule.sourceBucket = rule.destinationBucket = "photos";
        rule.sourceBucketId = bucket;
        rule.destinationNode = destination.id();
        return rule;
    }
    void know(const std::vector<records::ReplicationRule> &rules)
    {
        const std::array members{&owner, &first, &second, &edge};
        for (Member *const member : members) {
            member->know(bucket, owner.id(), rules);
            for (Member *const other : members) {
                if (other != member)
                    member->reach(*other);
            }
        }
    }
    void ownerSays(const std::string &name, std::int64_t lagMs)
    {
        owner.lags["00000000-0000-4000-8000-0000000000" + name] = lagMs;
    }

    BucketId bucket = BucketId::random();
    Member owner, first, second, edge;
};

}  // namespace replica_freshness_test

using namespace replica_freshness_test;

class ReplicaFreshnessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aReplicaThatNeverHadEverythingServesNoReads()
    {
        Cluster cluster;
        cluster.first.freshness->askOwners();

        QVERIFY(!cluster.first.freshness->replicaLag(cluster.bucket));
        QVERIFY(cluster.edge.freshest(cluster.bucket).empty());
    }

    void itsLagIsWhatTheOwnerSaidAndTheTimeSince()
    {
        Cluster cluster;
        cluster.ownerSays("r1", 7'000);
        cluster.first.freshness->askOwners();

        const auto lag = cluster.first.freshness->replicaLag(cluster.bucket);
        QVERIFY(lag && *lag >= 7s && *lag < 67s);
        cluster.ownerSays("r1", 900'000);  // what was known to be there still is
        cluster.first.freshness->askOwners();
        QVERIFY(*cluster.first.freshness->replicaLag(cluster.bucket) < 67s);
        cluster.ownerSays("r1", 0);
        cluster.first.freshness->askOwners();
        QVERIFY(*cluster.first.freshness->replicaLag(cluster.bucket) < *lag);
        QVERIFY(!cluster.owner.freshness->replicaLag(cluster.bucket));
        QVERIFY(!cluster.edge.freshness->replicaLag(cluster.bucket));
    }

    void whatIsKnownOutlivesARestartAndTheOwner()
    {
        Cluster cluster;
        cluster.ownerSays("r1", 5'000);
        cluster.first.freshness->askOwners();
        cluster.first.silent.insert(cluster.owner.id());

        cluster.first.db.clock.nowMs += 3'600'000;
        cluster.first.restart();
        cluster.first.freshness->askOwners();

        const auto before = cluster.first.freshness->replicaLag(cluster.bucket);
        QVERIFY(before && *before >= 5s);
        cluster.first.db.clock.nowMs += 3'600'000;
        cluster.first.restart();
        QVERIFY(*cluster.first.freshness->replicaLag(cluster.bucket) >= *before);
    }

    void onlyFullReplicasThatAreNotPausedCount()
    {
        const std::array<std::function<void(records::ReplicationRule &)>, 5> changes{
            [](records::ReplicationRule &rule) { rule.options.prefix = "a/"; },
            [](records::ReplicationRule &rule) { rule.options.replicateDeletes = false; },
            [](records::ReplicationRule &rule) { rule.options.replicateMetadata = false; },
            [](records::ReplicationRule &rule) { rule.options.enabled = false; },
            [](records::ReplicationRule &rule) { rule.destinationBucket = "copy"; }};
        for (const auto &change : changes) {
            Cluster cluster(change);
            cluster.ownerSays("r1", 0);
            cluster.first.freshness->askOwners();

            QVERIFY(!cluster.first.freshness->replicaLag(cluster.bucket));
            QVERIFY(cluster.edge.freshest(cluster.bucket).empty());
        }
    }

    void theFreshestGoesFirst()
    {
        Cluster cluster;
        cluster.ownerSays("r1", 600'000);
        cluster.ownerSays("r2", 0);
        cluster.first.freshness->askOwners();
        cluster.second.freshness->askOwners();

        const std::vector<NodeId> order{cluster.second.id(), cluster.first.id()};
        QVERIFY(cluster.edge.freshest(cluster.bucket) == order);
        QVERIFY(cluster.first.freshest(cluster.bucket) == order);
    }

    void ofEquallyFreshOnesTheNodeItself()
    {
        Cluster cluster;
        cluster.ownerSays("r1", 100);
        cluster.ownerSays("r2", 100);
        const auto difference = [&] {
            cluster.first.freshness->askOwners();
            cluster.second.freshness->askOwners();
            return std::chrono::abs(*cluster.first.freshness->replicaLag(cluster.bucket) -
                                    *cluster.second.freshness->replicaLag(cluster.bucket));
        };

        // Again where the machine stood still between the questions.
        QTRY_VERIFY_WITH_TIMEOUT(difference().count() < ReplicaFreshness::kEqualMs / 2, 60'000);
        QVERIFY(cluster.first.freshest(cluster.bucket).front() == cluster.first.id());
        QVERIFY(cluster.second.freshest(cluster.bucket).front() == cluster.second.id());
    }

    void nodesThatAreAwayOrSilentAreLeftOut()
    {
        Cluster cluster;
        cluster.ownerSays("r1", 0);
        cluster.ownerSays("r2", 0);
        cluster.first.freshness->askOwners();
        cluster.second.freshness->askOwners();

        cluster.edge.calls->members.erase(cluster.first.id());
        QVERIFY(cluster.edge.freshest(cluster.bucket) == std::vector<NodeId>{cluster.second.id()});
        cluster.edge.silent = {cluster.second.id()};
        QVERIFY(cluster.edge.freshest(cluster.bucket) == std::vector<NodeId>{cluster.first.id()});
        cluster.edge.silent.insert(cluster.first.id());
        QVERIFY(cluster.edge.freshest(cluster.bucket).empty());
        QVERIFY(cluster.edge.freshest(BucketId::random()).empty());
    }

    void theOnlyReplicaIsNotAskedFirst()
    {
        Cluster cluster([](records::ReplicationRule &) {});
        cluster.ownerSays("r1", 0);
        cluster.first.freshness->askOwners();

        QVERIFY(cluster.edge.freshest(cluster.bucket) == std::vector<NodeId>{cluster.first.id()});
        QVERIFY(cluster.first.freshest(cluster.bucket) == std::vector<NodeId>{cluster.first.id()});
        QCOMPARE(cluster.edge.calls->asked.load(), 0);
    }

    void aRuleThatEndedIsForgotten()
    {
        Cluster cluster([](records::ReplicationRule &) {});
        cluster.ownerSays("r1", 0);
        cluster.first.freshness->askOwners();
        QVERIFY(cluster.first.freshness->replicaLag(cluster.bucket));

        QVERIFY(cluster.first.rules->remove(cluster.ruleTo(cluster.first, "r1").id).has_value());
        cluster.first.freshness->askOwners();

        QVERIFY(!cluster.first.freshness->replicaLag(cluster.bucket));
        cluster.first.restart();
        QVERIFY(!cluster.first.freshness->replicaLag(cluster.bucket));
    }
};

MAXIOFS_TEST(ReplicaFreshnessTest)

}  // namespace maxiofs::cluster::replication

#include "replica_freshness_test.moc"
