// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/replication_endpoints.h"

#include "console_fixture.h"
#include "protocol/cluster.h"
#include "protocol/event.h"
#include "support/test_runner.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace replication_endpoints_test {

using fixture::Console;
using fixture::Reply;

QString text(const std::string &bytes)
{
    return QString::fromStdString(bytes);
}

protocol::ReplicationRule ruleIn(const Reply &reply)
{
    return protocol::fromJson<protocol::ReplicationRule>(reply.data()).value();
}

protocol::Page<protocol::ReplicationRule> rulesIn(const Reply &reply)
{
    return protocol::pageFromJson<protocol::ReplicationRule>(reply.data()).value();
}

}  // namespace replication_endpoints_test

using namespace replication_endpoints_test;
using protocol::ReplicationStatus;

// A node of a cluster that has other members only in its records.
class ReplicationEndpointsTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Console> m_console;
    std::string m_admin;
    NodeId m_other;

    Reply call(const std::string &method, const std::string &path, const QJsonObject &body = {})
    {
        return m_console->call(method, path, body, m_admin);
    }
    [[nodiscard]] std::string self() const { return m_console->records->nodeId().uuid(); }
    [[nodiscard]] QJsonObject wanted(const std::string &bucket) const
    {
        return {{"source_bucket"_L1, text(bucket)}, {"destination_node_id"_L1, text(m_other.uuid())}};
    }
    [[nodiscard]] QJsonObject with(QJsonObject request, QLatin1StringView field,
                                   const QJsonValue &value) const
    {
        request.insert(field, value);
        return request;
    }
    // A bucket that the other node owns.
    records::BucketPtr bucketThere(const std::string &name)
    {
        const auto bucket = m_console->addBucket(name);
        records::Location location = bucket->location;
        location.owner = m_other;
        location.epoch = {location.epoch.number + 1, m_other};
        std::vector<records::Record> moved(1);
        moved[0].kind = records::Kind::Location;
        moved[0].id = bucket->id.hex();
        moved[0].stamp = {1, m_other};
        moved[0].body = records::bodyOf(location);
        if (!m_console->records->merge(std::move(moved)))
            qFatal("the bucket cannot be moved");
        return m_console->buckets->find(name).value();
    }
    void checkRefused(const QJsonObject &request, unsigned status, const char *code, const char *says)
    {
        const std::size_t before = m_console->rules->all().size();
        const Reply reply = call("POST", "/cluster/replication", request);
        QVERIFY2(reply.status == status && reply.code() == code && reply.text.contains(says),
                 reply.text.c_str());
        QCOMPARE(m_console->rules->all().size(), before);
    }

private Q_SLOTS:
    void init()
    {
        m_console = std::make_unique<Console>();
        m_console->cluster.member = true;
        m_other = m_console->addNode("node-2");
        m_admin = m_console->token();
    }
    void cleanup() { m_console.reset(); }

    void aRuleIsMadeWithWhatTheRequestLeavesOut()
    {
        const auto bucket = m_console->addBucket("photos", "t1");

        const Reply reply = call("POST", "/cluster/replication", wanted("photos"));

        QCOMPARE(reply.status, 201);
        const auto rule = ruleIn(reply);
        QCOMPARE(rule.tenantId, std::string("t1"));
        QCOMPARE(rule.sourceBucket, std::string("photos"));
        QCOMPARE(rule.sourceNodeId, self());
        QCOMPARE(rule.destinationNodeId, m_other.uuid());
        QCOMPARE(rule.destinationBucket, std::string("photos"));
        QVERIFY(rule.options == protocol::ReplicationRuleOptions());
        QVERIFY(rule.replica && rule.full && !rule.pausedAt);
        QVERIFY(rule.state.status == ReplicationStatus::Waiting);
        QVERIFY(m_console->rules->find(rule.id).value()->sourceBucketId == bucket->id);
        QVERIFY(m_console->cluster.settled > 0);
    }

    void aRuleTakesEveryOption()
    {
        m_console->addBucket("photos");
        QJsonObject request = wanted("photos");
        request.insert("destination_bucket"_L1, u"copies"_s);
        request.insert("sync_interval_seconds"_L1, 0);
        request.insert("enabled"_L1, false);
        request.insert("replicate_deletes"_L1, false);
        request.insert("replicate_metadata"_L1, false);
        request.insert("prefix"_L1, u"2026/"_s);
        request.insert("priority"_L1, -5);
        request.insert("policy"_L1, u"continue"_s);
        request.insert("bandwidth_limit_bytes_per_second"_L1, 1000);

        const auto rule = ruleIn(call("POST", "/cluster/replication", request));

        const protocol::ReplicationRuleOptions expected{
            0, false, false, false, "2026/", -5, protocol::ReplicationPolicy::Continue, 1000};
        QVERIFY(rule.options == expected);
        QVERIFY(!rule.replica && !rule.full);
        QCOMPARE(rule.destinationBucket, std::string("copies"));
        QCOMPARE(rule.pausedBy, std::string("admin"));
        QVERIFY(rule.state.status == ReplicationStatus::Paused);
        QVERIFY(*m_console->rules->find(rule.id).value() == *m_console->rules->all().front());
    }

    void whatCannotBeIsRefusedWithItsReason()
    {
        m_console->addBucket("photos");
        bucketThere("theirs");
        const QJsonObject good = wanted("photos");
        checkRefused(wanted("nothing"), 400, "NoSuchBucket", "There is no bucket nothing");
        checkRefused(with(good, "destination_node_id"_L1, text(NodeId::random().uuid())), 400, "NoSuchNode",
                     "There is no node");
        checkRefused(with(good, "destination_node_id"_L1, u"node-2"_s), 400, "NoSuchNode", "node-2");
        checkRefused(with(good, "destination_node_id"_L1, text(self())), 400, "SameNode",
                     "not sent to itself");
        checkRefused(wanted("theirs"), 400, "SameNode", "node-2");
        checkRefused(with(wanted("theirs"), "destination_bucket"_L1, u"copies"_s), 400, "SameNode",
                     "another node than the owner");
        for (const int interval : {1, 9, -1, 2'592'001})
            checkRefused(with(good, "sync_interval_seconds"_L1, interval), 400, "InvalidArgument",
                         "10 to 2592000");
        checkRefused(with(good, "policy"_L1, u"maybe"_s), 400, "InvalidArgument", "policy");
        checkRefused(with(good, "bandwidth_limit_bytes_per_second"_L1, -1), 400, "InvalidArgument",
                     "bytes per second");
        checkRefused(with(good, "priority"_L1, 1'000'001), 400, "InvalidArgument", "priority");
        checkRefused(with(good, "prefix"_L1, QString(1025, u'p')), 400, "InvalidArgument", "1024 bytes");
        checkRefused(with(good, "destination_bucket"_L1, u"No Name"_s), 400, "InvalidArgument", "");
        checkRefused(with(good, "enabled"_L1, u"yes"_s), 400, "InvalidArgument", "enabled");
        checkRefused({{"source_bucket"_L1, u"photos"_s}}, 400, "InvalidArgument", "destination_node_id");
        QVERIFY(m_console->rules->all().empty());
    }

    void aRefusalNamesTheFieldThatIsWrong()
    {
        const auto photos = m_console->addBucket("photos");
        const std::string rule = "/cluster/replication/" + m_console->addRule(*photos, m_other)->id;
        const QJsonObject good = wanted("photos");
        const QString self = text(this->self());
        const struct {
            const char *method;
            std::string path;
            QJsonObject body;
            QString field;
        } cases[] = {
            {"POST", "/cluster/replication", wanted("nothing"), u"source_bucket"_s},
            {"POST", "/cluster/replication", good, u"destination_node_id"_s},  // a second of the same way
            {"POST", "/cluster/replication", with(good, "destination_node_id"_L1, self),
             u"destination_node_id"_s},
            {"POST", "/cluster/replication", with(good, "destination_node_id"_L1, u"none"_s),
             u"destination_node_id"_s},
            {"POST", "/cluster/replication", with(good, "destination_bucket"_L1, u"No Name"_s),
             u"destination_bucket"_s},
            {"POST", "/cluster/replication", with(good, "sync_interval_seconds"_L1, 9),
             u"sync_interval_seconds"_s},
            {"POST", "/cluster/replication", with(good, "policy"_L1, u"maybe"_s), u"policy"_s},
            {"POST", "/cluster/replication", {{"source_bucket"_L1, u"photos"_s}}, u"destination_node_id"_s},
            {"POST",
             "/cluster/replication/bulk",
             {{"source_node_id"_L1, u"none"_s}, {"destination_node_id"_L1, self}},
             u"source_node_id"_s},
            {"POST",
             "/cluster/replication/bulk",
             {{"source_node_id"_L1, self}, {"destination_node_id"_L1, self}},
             u"destination_node_id"_s},
            {"PUT", rule, {{"source_bucket"_L1, u"mail"_s}}, u"source_bucket"_s},
            {"PUT", rule, {{"priority"_L1, 1'000'001}}, u"priority"_s},
            {"PUT", rule, {{"enabled"_L1, 1}}, u"enabled"_s},
            {"GET", "/cluster/replication?limit=0", {}, u"limit"_s},
            {"GET", rule + "/queue?status=lost", {}, u"status"_s},
        };
        for (const auto &each : cases) {
            const Reply reply = call(each.method, each.path, each.body);
            QVERIFY2(reply.status == 400, reply.text.c_str());
            QCOMPARE(reply.json.value("details"_L1).toObject().value("field"_L1).toString(), each.field);
        }
    }

    void aComparisonThatCannotBeginYetIsToBeAskedForAgain()
    {
        const auto photos = m_console->addBucket("photos");
        const std::string rule = m_console->addRule(*photos, m_other)->id;
        m_console->replication.refusal = Error(Error::Busy, "The rule compares both nodes already.");

        const Reply reply = call("POST", "/cluster/replication/" + rule + "/verify");

        QCOMPARE(reply.status, 503);
        QCOMPARE(reply.code(), std::string("Busy"));
        QVERIFY(reply.text.contains("compares both nodes already"));
    }

    void aSecondRuleOnTheSameWayIsRefused()
    {
        m_console->addBucket("photos");
        const auto first = ruleIn(call("POST", "/cluster/replication", wanted("photos")));
        const Reply reply =
            call("POST", "/cluster/replication", with(wanted("photos"), "prefix"_L1, u"a/"_s));
        QCOMPARE(reply.status, 400);
        QCOMPARE(reply.code(), std::string("DuplicateRule"));
        QCOMPARE(reply.json.value("details"_L1).toObject().value("rule_id"_L1).toString().toStdString(),
                 first.id);

        const NodeId third = m_console->addNode("node-3");
        const QJsonObject elsewhere = with(wanted("photos"), "destination_node_id"_L1, text(third.uuid()));
        QCOMPARE(call("POST", "/cluster/replication", elsewhere).status, 201);
    }

    void aCopyNeedsABucketOfItsDestinationOrAFreeName()
    {
        m_console->addBucket("photos");
        m_console->addBucket("mine");
        bucketThere("theirs");
        checkRefused(with(wanted("photos"), "destination_bucket"_L1, u"mine"_s), 409, "BucketElsewhere",
                     "node-1");
        QCOMPARE(
            call("POST", "/cluster/replication", with(wanted("photos"), "destination_bucket"_L1, u"theirs"_s))
                .status,
            201);
        QCOMPARE(call("POST", "/cluster/replication",
                      with(wanted("photos"), "destination_bucket"_L1, u"free-name"_s))
                     .status,
                 201);
    }

    void aBucketThatAnotherMemberJustMadeIsAskedFor()
    {
        m_console->cluster.onSeek = [&](const std::string &name) {
            if (name == "fresh")
                m_console->addBucket("fresh");
            return name == "fresh";
        };
        QCOMPARE(call("POST", "/cluster/replication", wanted("fresh")).status, 201);
        checkRefused(wanted("nothing"), 400, "NoSuchBucket", "nothing");
    }

    void aRuleOfABucketOfARemovedNodeIsRefused()
    {
        const auto bucket = bucketThere("photos");
        records::Location lost = bucket->location;
        lost.unavailable = true;
        lost.epoch.number += 1;
        std::vector<records::Record> told(1);
        told[0].kind = records::Kind::Location;
        told[0].id = bucket->id.hex();
        told[0].stamp = {1, m_other};
        told[0].body = records::bodyOf(lost);
        QVERIFY(m_console->records->merge(std::move(told)).has_value());
        checkRefused(with(wanted("photos"), "destination_node_id"_L1, text(self())), 409, "BucketUnavailable",
                     "was removed");
    }

    void rulesAreListedByPageBucketAndTenant()
    {
        const auto photos = m_console->addBucket("photos", "t1");
        const auto mail = m_console->addBucket("mail");
        const NodeId third = m_console->addNode("node-3");
        std::set<std::string> ids{m_console->addRule(*photos, m_other)->id,
                                  m_console->addRule(*photos, third)->id};
        const std::string ofMail = m_console->addRule(*mail, m_other)->id;

        const auto all = rulesIn(call("GET", "/cluster/replication"));
        QCOMPARE(all.items.size(), 3);
        QVERIFY(all.next.empty());
        QVERIFY(all.items[0].state.status == ReplicationStatus::InSync);
        QCOMPARE(rulesIn(call("GET", "/cluster/replication?bucket=photos")).items.size(), 2);
        const auto tenants = rulesIn(call("GET", "/cluster/replication?tenant_id=t1"));
        QCOMPARE(tenants.items.size(), 2);
        QVERIFY(ids.contains(tenants.items[0].id) && ids.contains(tenants.items[1].id));
        QVERIFY(rulesIn(call("GET", "/cluster/replication?bucket=mail&tenant_id=t1")).items.empty());
        QVERIFY(rulesIn(call("GET", "/cluster/replication?bucket=none")).items.empty());

        const auto first = rulesIn(call("GET", "/cluster/replication?limit=2"));
        QCOMPARE(first.items.size(), 2);
        const auto rest = rulesIn(call("GET", "/cluster/replication?limit=2&after=" + first.next));
        QCOMPARE(rest.items.size(), 1);
        ids = {first.items[0].id, first.items[1].id, rest.items[0].id};
        QVERIFY(ids.size() == 3 && ids.contains(ofMail));
        QCOMPARE(call("GET", "/cluster/replication?limit=0").status, 400);
    }

    void aChangeTakesWhatTheBodyNames()
    {
        const auto bucket = m_console->addBucket("photos");
        const auto rule = m_console->addRule(*bucket, m_other);
        const std::string path = "/cluster/replication/" + rule->id;

        const auto changed = ruleIn(call("PUT", path,
                                         {{"sync_interval_seconds"_L1, 300},
                                          {"policy"_L1, u"continue"_s},
                                          {"source_bucket"_L1, u"photos"_s},
                                          {"destination_bucket"_L1, u"photos"_s},
                                          {"destination_node_id"_L1, text(m_other.uuid())}}));

        protocol::ReplicationRuleOptions expected;
        expected.syncIntervalSeconds = 300;
        expected.policy = protocol::ReplicationPolicy::Continue;
        QVERIFY(changed.options == expected);
        for (const auto field : {"source_bucket"_L1, "destination_bucket"_L1, "destination_node_id"_L1}) {
            const Reply reply = call("PUT", path, {{field, u"another"_s}});
            QVERIFY2(reply.status == 400 && reply.text.contains("cannot be changed"), reply.text.c_str());
        }
        QCOMPARE(call("PUT", path, {{"sync_interval_seconds"_L1, 5}}).code(), std::string("InvalidArgument"));
        QCOMPARE(call("PUT", "/cluster/replication/none", {{"priority"_L1, 1}}).code(),
                 std::string("NoSuchRule"));
        QVERIFY(m_console->rules->find(rule->id).value()->options == expected);
    }

    void whoPausesARuleIsShownUntilItIsResumed()
    {
        const auto bucket = m_console->addBucket("photos");
        const std::string path = "/cluster/replication/" + m_console->addRule(*bucket, m_other)->id;

        const auto paused = ruleIn(call("POST", path + "/pause"));
        QVERIFY(!paused.options.enabled);
        QCOMPARE(paused.pausedBy, std::string("admin"));
        QCOMPARE(paused.pausedAt->unixMs, m_console->clock.nowMs);
        QVERIFY(paused.state.status == ReplicationStatus::Paused);
        QCOMPARE(paused.state.reason, std::string("Paused by admin."));
        const std::int64_t since = m_console->clock.nowMs;
        m_console->clock.nowMs += 5000;
        QCOMPARE(ruleIn(call("POST", path + "/pause")).pausedAt->unixMs, since);

        const auto resumed = ruleIn(call("POST", path + "/resume"));
        QVERIFY(resumed.options.enabled && resumed.pausedBy.empty() && !resumed.pausedAt);
        QVERIFY(resumed.state.status == ReplicationStatus::InSync);
        QCOMPARE(ruleIn(call("PUT", path, {{"enabled"_L1, false}})).pausedBy, std::string("admin"));
    }

    void anEndedRuleIsGone()
    {
        const auto bucket = m_console->addBucket("photos");
        const std::string path = "/cluster/replication/" + m_console->addRule(*bucket, m_other)->id;
        const Reply reply = call("DELETE", path);
        QCOMPARE(reply.status, 200);
        QVERIFY(reply.text.contains("photos") && reply.text.contains("node-2"));
        QVERIFY(m_console->rules->all().empty());
        for (const auto &[method, tail] :
             {std::pair("DELETE", ""), std::pair("GET", ""), std::pair("POST", "/sync"),
              std::pair("POST", "/pause"), std::pair("POST", "/verify"), std::pair("GET", "/queue")}) {
            const Reply gone = call(method, path + tail);
            QVERIFY2(gone.status == 404 && gone.code() == "NoSuchRule", gone.text.c_str());
        }
    }

    void theEngineIsAskedToSyncAndToVerify()
    {
        const auto bucket = m_console->addBucket("photos");
        const auto rule = m_console->addRule(*bucket, m_other);
        const std::string path = "/cluster/replication/" + rule->id;

        QCOMPARE(call("POST", path + "/sync").status, 200);
        const Reply begun = call("POST", path + "/verify");
        QCOMPARE(begun.status, 202);
        QCOMPARE(begun.data().value("state"_L1).toString(), u"running"_s);
        QCOMPARE(call("GET", path + "/verify").data().value("state"_L1).toString(), u"running"_s);
        QVERIFY(m_console->replication.synced == std::vector{rule->id});
        QVERIFY(m_console->replication.verified == std::vector{rule->id});

        m_console->replication.rules[rule->id].status = ReplicationStatus::Paused;
        const Reply refused = call("POST", path + "/sync");
        QCOMPARE(refused.status, 409);
        QCOMPARE(refused.code(), std::string("RulePaused"));
    }

    void theQueueIsListedByPageAndStatus()
    {
        const auto bucket = m_console->addBucket("photos");
        const auto rule = m_console->addRule(*bucket, m_other);
        using Status = protocol::ReplicationQueueStatus;
        for (const auto &[id, status] : {std::pair("1", Status::Sending), std::pair("2", Status::Failed),
                                         std::pair("3", Status::Pending)}) {
            protocol::ReplicationQueueEntry entry;
            entry.id = id;
            entry.replicationRuleId = rule->id;
            entry.objectKey = std::string("key-") + id;
            entry.status = status;
            m_console->replication.entries.push_back(entry);
        }
        const std::string path = "/cluster/replication/" + rule->id + "/queue";
        const auto entries = [&](const std::string &query) {
            return protocol::pageFromJson<protocol::ReplicationQueueEntry>(call("GET", path + query).data())
                .value();
        };

        QCOMPARE(entries("").items.size(), 3);
        QCOMPARE(entries("?status=failed").items.at(0).objectKey, std::string("key-2"));
        const auto first = entries("?limit=2");
        QCOMPARE(entries("?limit=2&after=" + first.next).items.at(0).objectKey, std::string("key-3"));
        QCOMPARE(call("GET", path + "?status=lost").status, 400);
    }

    void bulkMakesARuleForEachBucketOfANodeAndSaysWhatItSkipped()
    {
        const auto photos = m_console->addBucket("photos");
        const auto mail = m_console->addBucket("mail");
        bucketThere("theirs");
        m_console->addRule(*mail, m_other);
        QJsonObject request{{"source_node_id"_L1, text(self())},
                            {"destination_node_id"_L1, text(m_other.uuid())},
                            {"sync_interval_seconds"_L1, 60}};

        const Reply reply = call("POST", "/cluster/replication/bulk", request);

        QCOMPARE(reply.status, 200);
        const auto result = protocol::fromJson<protocol::ReplicationBulkResult>(reply.data()).value();
        QCOMPARE(result.created.size(), 1);
        const auto made = m_console->rules->find(result.created[0]).value();
        QVERIFY(made->sourceBucketId == photos->id && made->options.syncIntervalSeconds == 60);
        QCOMPARE(result.skipped.size(), 1);
        QCOMPARE(result.skipped[0].bucket, std::string("mail"));
        QVERIFY(result.skipped[0].reason.contains("already a rule"));

        const auto refused = [&](QLatin1StringView field, const QJsonValue &value) {
            return call("POST", "/cluster/replication/bulk", with(request, field, value)).code();
        };
        QCOMPARE(refused("source_node_id"_L1, text(NodeId::random().uuid())), std::string("NoSuchNode"));
        QCOMPARE(refused("destination_node_id"_L1, u"x"_s), std::string("NoSuchNode"));
        QCOMPARE(refused("destination_node_id"_L1, text(self())), std::string("SameNode"));
        QCOMPARE(refused("sync_interval_seconds"_L1, 3), std::string("InvalidArgument"));
        QCOMPARE(m_console->rules->all().size(), 2);
    }

    void changesAreInTheAuditLogAndAmongTheEvents()
    {
        m_console->addBucket("photos");
        const std::uint64_t start = m_console->events->newest();
        const auto rule = ruleIn(call("POST", "/cluster/replication", wanted("photos")));
        call("POST", "/cluster/replication/" + rule.id + "/pause");
        call("DELETE", "/cluster/replication/" + rule.id);

        const auto entries = m_console->audit->read({}).value().items;
        QCOMPARE(entries.size(), 3);
        QCOMPARE(entries[2].action, std::string("replication.create"));
        QCOMPARE(entries[1].action, std::string("replication.pause"));
        QCOMPARE(entries[0].action, std::string("replication.delete"));
        QCOMPARE(entries[0].resource, std::string("photos"));
        QVERIFY(entries[1].before.toObject().value("enabled"_L1).toBool());
        QVERIFY(!entries[1].after.toObject().value("enabled"_L1).toBool(true));
        QStringList changes;
        const auto events = m_console->events->after(start).value();
        for (const HubEvent &event : events) {
            if (event.type == "replication")
                changes << event.payload.value("name"_L1).toString() + u' ' +
                               event.payload.value("change"_L1).toString();
        }
        QCOMPARE(changes, (QStringList{u"photos created"_s, u"photos changed"_s, u"photos deleted"_s}));
    }

    void bucketsAndHealthTellOfReplicas()
    {
        const auto photos = m_console->addBucket("photos");
        m_console->addBucket("mail");
        const auto rule = m_console->addRule(*photos, m_other);
        m_console->replication.rules[rule->id].lagSeconds = 7;
        records::ReplicationRule copy = *rule;
        copy.id.clear();
        copy.destinationBucket = "copies";
        QVERIFY(m_console->rules->create(copy).has_value());

        const auto buckets =
            protocol::pageFromJson<protocol::ClusterBucket>(call("GET", "/cluster/buckets").data()).value();
        QCOMPARE(buckets.items[1].name, std::string("photos"));
        QCOMPARE(buckets.items[1].replicaCount, 1);
        QVERIFY(buckets.items[1].hasReplication && !buckets.items[0].hasReplication);
        const auto nodes =
            protocol::fromJson<protocol::BucketNodes>(call("GET", "/cluster/buckets/photos/nodes").data())
                .value();
        QCOMPARE(nodes.replicas.size(), 1);
        QCOMPARE(nodes.replicas[0].name, std::string("node-2"));
        QVERIFY(nodes.replicas[0].full && nodes.replicas[0].lagSeconds == 7);
        const auto health =
            protocol::fromJson<protocol::ClusterHealth>(call("GET", "/cluster/health").data()).value();
        QCOMPARE(health.replicatedBuckets, 1);
    }
};

MAXIOFS_TEST(ReplicationEndpointsTest)

}  // namespace maxiofs::api::console

#include "replication_endpoints_test.moc"
