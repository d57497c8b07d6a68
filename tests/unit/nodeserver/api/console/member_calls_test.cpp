// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/member_calls.h"

#include "console_fixture.h"
#include "protocol/cluster.h"
#include "protocol/event.h"
#include "support/run_coroutine.h"
#include "support/test_runner.h"

#include <QJsonArray>

#include <future>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

using fixture::Console;
using fixture::Reply;
using identity::Role;

// Two members of one cluster: what is asked of one is answered by the other, or by both.
class MemberCallsTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Console> m_edge;
    std::unique_ptr<Console> m_owner;
    std::string m_admin;

    Reply call(const std::string &method, const std::string &path, const QJsonObject &body = {})
    {
        return m_edge->call(method, path, body, m_admin);
    }
    // A bucket of the other member, with one object of three bytes.
    records::BucketPtr bucketThere(const std::string &name, const std::string &tenant = {})
    {
        records::NewBucket wanted;
        wanted.name = name;
        wanted.ownerId = m_owner->identities->users().find("admin")->canonicalId;
        wanted.tenantId = tenant;
        const auto bucket = m_owner->buckets->create(wanted).value();
        m_owner->store->setBucket({bucket->id, store::Versioning::Off, 0, 0});
        auto put = m_owner->store->beginPut(bucket->id, "a", {}, 3).value();
        if (!put->write(asBytes("abc")) || !put->finish())
            qFatal("the object cannot be stored");
        std::promise<void> stored;
        put->commit({}, [&](const auto &) { stored.set_value(); });
        stored.get_future().get();
        m_owner->tell(*m_edge);
        return bucket;
    }
    Result<QJsonObject> passOn(const QJsonObject &body)
    {
        const auto *const entry = m_owner->handlers.find(kConsoleCallRoute);
        cluster::link::InternalCall call;
        call.body = body;
        return test::runCoroutine(std::get<cluster::link::InternalHandlers::Handler>(*entry)(call));
    }
    static QStringList namesIn(const Reply &reply, const QString &list)
    {
        QStringList names;
        for (const QJsonValue &item : reply.data().value(list).toArray())
            names << item.toObject().value("name"_L1).toString();
        return names;
    }
    void silenceOther(Error::Code code = Error::Closed)
    {
        m_edge->peers.refusals.emplace(m_owner->records->nodeId(), Error(code, "No route to it."));
    }
    // The names in `missing`.
    static QStringList missingIn(const Reply &reply) { return namesIn(reply, u"missing"_s); }

private Q_SLOTS:
    void init()
    {
        m_edge = std::make_unique<Console>();
        m_owner = std::make_unique<Console>(m_edge.get());
        m_admin = m_edge->token();
    }
    void cleanup()
    {
        m_owner.reset();
        m_edge.reset();
    }

    void theOwnerAnswersForItsBucket()
    {
        const auto bucket = bucketThere("photos");
        const auto seen = call("GET", "/buckets/photos").data();
        QCOMPARE(seen.value("object_count"_L1).toInteger(), 1);
        QCOMPARE(seen.value("total_size"_L1).toInteger(), 3);
        QCOMPARE(seen.value("primary_node"_L1).toString().toStdString(), m_owner->records->nodeId().uuid());

        QCOMPARE(call("PUT", "/buckets/photos/versioning", {{"versioning"_L1, u"enabled"_s}}).status, 200);
        QVERIFY(m_owner->buckets->find("photos").value()->versioning == records::Versioning::Enabled);
        QVERIFY(m_owner->cluster.settled > 0);
        QCOMPARE(call("DELETE", "/buckets/photos").code(), std::string("BucketNotEmpty"));
    }

    void whatTheOwnerDidIsInItsAuditLogWithWhoAskedForIt()
    {
        bucketThere("photos");
        test::FakeExchange exchange("PUT /api/v1/buckets/photos/quota HTTP/1.1\r\nAuthorization: Bearer " +
                                        m_admin + "\r\nX-Forwarded-For: 203.0.113.9\r\n",
                                    R"({"objects":5})", "10.0.0.1");
        m_edge->serve(exchange);
        QCOMPARE(exchange.sentStatus(), 200);

        const auto recorded = m_owner->audit->read({}).value().items;
        QCOMPARE(recorded.size(), 1);
        QCOMPARE(recorded[0].action, std::string("bucket.quota"));
        QCOMPARE(recorded[0].username, std::string("admin"));
        QCOMPARE(recorded[0].address, std::string("203.0.113.9"));
        QCOMPARE(recorded[0].answer, 200);
        QVERIFY(m_edge->audit->read({}).value().items.empty());
    }

    void anOwnerThatIsAwayIsNamed()
    {
        bucketThere("photos");
        silenceOther();
        const auto reply = call("DELETE", "/buckets/photos");
        QCOMPARE(reply.status, 503);
        QCOMPARE(reply.code(), std::string("NodeUnreachable"));
        QVERIFY(reply.text.contains("node-2"));
        QVERIFY(m_edge->cluster.failed == std::vector{m_owner->records->nodeId()});
        // The attempt is in the log of the node that was asked.
        QCOMPARE(m_edge->audit->read({}).value().items.at(0).answer, 503);

        m_edge->peers.refusals.clear();
        silenceOther(Error::TimedOut);
        QCOMPARE(call("DELETE", "/buckets/photos").code(), std::string("NodeTimedOut"));
    }

    void aBucketThatMovedIsAskedForAgain()
    {
        const auto bucket = bucketThere("photos");
        QCOMPARE(call("GET", "/buckets/photos").status, 200);
        // Both hold the other for the owner until the edge learns better.
        records::Record moved =
            m_owner->records->find(records::Kind::Location, bucket->id.hex()).value().value();
        moved.body =
            records::bodyOf(records::Location{m_edge->records->nodeId(),
                                              {bucket->location.epoch.number + 1, m_edge->records->nodeId()},
                                              false});
        std::vector<records::Record> there;
        there.push_back(moved.clone());
        QVERIFY(m_owner->records->merge(std::move(there)).has_value());
        m_owner->router->forget(bucket->id);
        m_edge->cluster.onSeek = [&](const std::string &) {
            m_owner->tell(*m_edge);
            return true;
        };

        const auto reply = call("GET", "/buckets/photos");

        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.data().value("primary_node"_L1).toString().toStdString(),
                 m_edge->records->nodeId().uuid());
        QVERIFY(m_edge->cluster.sought == std::vector<std::string>{"photos"});
    }

    void aBucketThatThisNodeDoesNotKnowIsAskedFor()
    {
        m_edge->cluster.onSeek = [&](const std::string &name) {
            if (name == "fresh")
                bucketThere("fresh");
            return name == "fresh";
        };
        QCOMPARE(call("GET", "/buckets/fresh").status, 200);
        QCOMPARE(call("GET", "/buckets/nothing").code(), std::string("NoSuchBucket"));
    }

    void theOwnerLooksTheCallersRightsUpItself()
    {
        const auto ann = m_owner->addUser("ann", Role::User);
        bucketThere("photos");
        PassedCall passed;
        passed.method = "DELETE";
        passed.path = "/buckets/photos";
        passed.userId = ann->id;
        passed.requestId = "R1";
        const auto outcome = [&] { return outcomeOf(passOn(bodyOf(passed)).value()).value(); };
        QCOMPARE(outcome().status, 404);  // not even visible
        QVERIFY(outcome().body.contains("\"request_id\":\"R1\""));

        identity::Grant grant;
        grant.userId = ann->id;
        grant.bucket = "photos";
        grant.bucketId = m_owner->buckets->find("photos").value()->id;
        QVERIFY(m_owner->identities->grants().give(grant).has_value());
        QCOMPARE(outcome().status, 403);

        passed.userId = "nobody";
        QCOMPARE(passOn(bodyOf(passed)).error().code, Error::Busy);
    }

    void onlyWhatIsMeantToBeIsPassedOn()
    {
        PassedCall passed;
        passed.method = "DELETE";
        passed.path = "/users/admin";
        passed.userId = "admin";
        passed.requestId = "R1";
        for (const auto &[method, path] :
             {std::pair("DELETE", "/users/admin"), std::pair("POST", "/auth/login"),
              std::pair("POST", "/cluster/leave"), std::pair("GET", "/events"), std::pair("GET", "/nothing"),
              std::pair("POST", "/system/keys/export")}) {
            passed.method = method;
            passed.path = path;
            QCOMPARE(passOn(bodyOf(passed)).error().code, Error::InvalidArgument);
        }
        QCOMPARE(passOn({{"method"_L1, u"GET"_s}}).error().code, Error::InvalidArgument);
        bucketThere("photos");
        passed.method = "GET";
        passed.path = "/buckets/photos";
        QVERIFY(passOn(bodyOf(passed)).has_value());
        records::NewBucket wanted;
        wanted.name = "mine";
        wanted.ownerId = m_edge->identities->users().find("admin")->canonicalId;
        QVERIFY(m_edge->buckets->create(wanted).has_value());
        m_edge->tell(*m_owner);
        passed.path = "/buckets/mine";
        QCOMPARE(passOn(bodyOf(passed)).error().subject, std::string(kNotOwner));
    }

    void aListOfBucketsIsTheClustersWithTheOwnersCounters()
    {
        bucketThere("bbb");
        QCOMPARE(call("POST", "/buckets", {{"name"_L1, u"aaa"_s}}).status, 201);
        QVERIFY(m_edge->cluster.reserved == std::vector<std::string>{"aaa"});
        for (const char *const path : {"/buckets", "/cluster/buckets"}) {
            const auto reply = call("GET", path);
            QCOMPARE(namesIn(reply, u"buckets"_s), (QStringList{u"aaa"_s, u"bbb"_s}));
            const QJsonObject there = reply.data().value("buckets"_L1).toArray()[1].toObject();
            QCOMPARE(there.value("object_count"_L1).toInteger(), 1);
            QCOMPARE(there.value("total_size"_L1).toInteger(), 3);
            QCOMPARE(there.value("primary_node"_L1).toString().toStdString(),
                     m_owner->records->nodeId().uuid());
            QVERIFY(there.value("counted"_L1).toBool() && missingIn(reply).isEmpty());
            const auto first = call("GET", std::string(path) + "?limit=1");
            QCOMPARE(namesIn(first, u"buckets"_s), QStringList{u"aaa"_s});
            const auto second = call("GET", std::string(path) + "?limit=1&after=aaa");
            QVERIFY(second.data().value("buckets"_L1).toArray()[0].toObject().value("counted"_L1).toBool());
        }
        silenceOther(Error::TimedOut);
        const auto reply = call("GET", "/buckets");
        QCOMPARE(namesIn(reply, u"buckets"_s), (QStringList{u"aaa"_s, u"bbb"_s}));
        QVERIFY(!reply.data().value("buckets"_L1).toArray()[1].toObject().value("counted"_L1).toBool());
        QCOMPARE(missingIn(reply), QStringList{u"node-2"_s});
    }

    void aUserSeesTheOwnBucketsOnAllNodes()
    {
        const auto ann = m_owner->addUser("ann", Role::User);
        bucketThere("secret");
        identity::Identity identity{ann, nullptr, {}};
        PassedCall passed{"GET", "/buckets", {}, {}, ann->id, {}, "R1"};
        const auto data = dataOf(outcomeOf(passOn(bodyOf(passed)).value()).value()).value().toObject();
        QVERIFY(data.value("buckets"_L1).toArray().isEmpty());
    }

    void theNodeOfABucketIsTold()
    {
        bucketThere("photos");
        cluster::rules::Observation seen;
        seen.id = m_owner->records->nodeId();
        seen.status = protocol::HealthStatus::Degraded;
        m_edge->cluster.seen = {seen};
        const auto nodes =
            protocol::fromJson<protocol::BucketNodes>(call("GET", "/cluster/buckets/photos/nodes").data())
                .value();
        QCOMPARE(nodes.primary.name, std::string("node-2"));
        QVERIFY(nodes.primary.healthStatus == protocol::HealthStatus::Degraded);
    }

    void everyMemberTellsOfItsSystem()
    {
        const auto reply = call("GET", "/system");
        QCOMPARE(reply.data().value("count"_L1).toInteger(), 2);
        const QJsonArray nodes = reply.data().value("nodes"_L1).toArray();
        QCOMPARE(nodes[0].toObject().value("node_name"_L1).toString(), u"node-1"_s);
        QCOMPARE(nodes[1].toObject().value("node_name"_L1).toString(), u"node-2"_s);
        silenceOther(Error::TimedOut);
        const auto alone = call("GET", "/system");
        QCOMPARE(alone.data().value("count"_L1).toInteger(), 1);
        QCOMPARE(missingIn(alone), QStringList{u"node-2"_s});
    }

    void whoIsKnownToBeAwayIsNotAsked()
    {
        bucketThere("photos");
        cluster::rules::Observation seen;
        seen.id = m_owner->records->nodeId();
        seen.status = protocol::HealthStatus::Unavailable;
        seen.reason = "no beat for 7 s";
        m_edge->cluster.seen = {seen};
        const auto list = call("GET", "/system");
        QCOMPARE(missingIn(list), QStringList{u"node-2"_s});
        QVERIFY(list.text.contains("no beat for 7 s"));
        const auto reply = call("GET", "/buckets/photos");
        QCOMPARE(reply.code(), std::string("NodeUnreachable"));
        QVERIFY(reply.text.contains("no beat for 7 s"));
        QVERIFY(m_edge->peers.asked.empty());
    }

    void theAuditLogIsThatOfAllMembers()
    {
        const auto record = [](Console &console, const char *action) {
            protocol::AuditEntry entry;
            entry.action = action;
            QVERIFY(console.audit->record(entry).has_value());
        };
        const std::vector<const char *> actions{"a1", "b1", "b2", "a2", "a3", "b3"};
        for (const char *const action : actions) {
            m_edge->clock.nowMs += 1000;
            m_owner->clock.nowMs += 1000;
            record(action[0] == 'a' ? *m_edge : *m_owner, action);
        }
        std::vector<std::string> read;
        std::set<std::string> ids;
        std::string after;
        do {
            const auto page = protocol::pageFromJson<protocol::AuditEntry>(
                                  call("GET", "/audit-logs?limit=2" + after).data())
                                  .value();
            for (const auto &entry : page.items) {
                read.push_back(entry.action);
                ids.insert(entry.id);
            }
            after = page.next.empty() ? "" : "&after=" + page.next;
        } while (!after.empty());
        QVERIFY(read == (std::vector<std::string>{"b3", "a3", "a2", "b2", "b1", "a1"}));
        QCOMPARE(ids.size(), read.size());
        QCOMPARE(call("GET", "/audit-logs?after=nonsense").status, 400);

        silenceOther(Error::TimedOut);
        const auto alone = call("GET", "/audit-logs");
        QCOMPARE(alone.data().value("count"_L1).toInteger(), 3);
        QCOMPARE(missingIn(alone), QStringList{u"node-2"_s});
    }

    void anotherNodesHistoryHasTheBeatsAndItsOwnRates()
    {
        m_owner->monitor->measure();
        m_owner->clock.nowMs += 1000;
        m_owner->monitor->measure();
        const auto own = m_owner->monitor->history(1, 0);
        QVERIFY(!own.samples.empty());
        protocol::HealthSample beat;
        beat.time = own.samples.back().time;
        beat.medianMs = 1.25;
        m_edge->cluster.beats.samples = {beat};
        const std::string path = "/cluster/nodes/" + m_owner->records->nodeId().uuid() + "/health";

        const auto history = protocol::fromJson<protocol::HealthHistory>(call("GET", path).data()).value();
        QCOMPARE(history.latencyOf, std::string("beats"));
        QCOMPARE(history.samples.size(), 1);
        QVERIFY(history.samples[0].medianMs == 1.25);
        QCOMPARE(history.samples[0].cpu, own.samples.back().cpu);
        QVERIFY(history.missing.empty());

        silenceOther(Error::TimedOut);
        const auto alone = protocol::fromJson<protocol::HealthHistory>(call("GET", path).data()).value();
        QVERIFY(alone.samples.at(0).medianMs == 1.25);
        QCOMPARE(alone.missing.at(0).name, std::string("node-2"));

        const std::string self = "/cluster/nodes/" + m_edge->records->nodeId().uuid() + "/health";
        m_edge->peers.asked.clear();
        QCOMPARE(call("GET", self).data().value("latency_of"_L1).toString(), u"requests"_s);
        QVERIFY(m_edge->peers.asked.empty());
    }

    void healthNamesEachMemberWithItsReason()
    {
        cluster::rules::Observation seen;
        seen.id = m_owner->records->nodeId();
        seen.status = protocol::HealthStatus::Unavailable;
        seen.reason = "No answer for 5 s.";
        seen.latencyMs = 7;
        seen.probe.emplace();
        seen.probe->version = "9.9";
        seen.probe->capacityTotal = 1000;
        m_edge->cluster.seen = {seen};
        auto health =
            protocol::fromJson<protocol::ClusterHealth>(call("GET", "/cluster/health").data()).value();
        QCOMPARE(health.totalNodes, 2);
        QCOMPARE(health.healthyNodes, 1);
        QCOMPARE(health.unavailableNodes, 1);
        const auto other = std::ranges::find(health.nodes, "node-2", &protocol::NodeHealth::name);
        QCOMPARE(other->reason, std::string("No answer for 5 s."));
        QCOMPARE(call("POST", "/cluster/health/refresh").status, 200);
        QCOMPARE(m_edge->cluster.probed, 1);
        const auto node = call("GET", "/cluster/nodes/" + seen.id.uuid()).data();
        QCOMPARE(node.value("version"_L1).toString(), u"9.9"_s);
        QCOMPARE(node.value("capacity_total"_L1).toInteger(), 1000);
        QVERIFY(!node.value("is_local"_L1).toBool());

        m_edge->cluster.seen.clear();
        health = protocol::fromJson<protocol::ClusterHealth>(call("GET", "/cluster/health").data()).value();
        QCOMPARE(health.unknownNodes, 1);
    }

    void theLocationCacheIsToldOfAndEmptied()
    {
        bucketThere("photos");
        call("GET", "/buckets/photos");
        call("GET", "/buckets/photos");
        const auto stats =
            protocol::fromJson<protocol::CacheStats>(call("GET", "/cluster/cache/stats").data()).value();
        QVERIFY(stats.entries == 1 && stats.hits == 1 && stats.misses == 1);
        QCOMPARE(stats.hitRatio, 0.5);
        QCOMPARE(stats.ttlSeconds, 300);
        QCOMPARE(call("DELETE", "/cluster/cache").status, 200);
        QCOMPARE(call("GET", "/cluster/cache/stats").data().value("entries"_L1).toInteger(), 0);
    }
};

MAXIOFS_TEST(MemberCallsTest)

}  // namespace maxiofs::api::console

#include "member_calls_test.moc"
