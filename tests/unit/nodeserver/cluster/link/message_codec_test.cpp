// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/message_codec.h"

#include "cluster/link/routes.h"
#include "cluster/link/wire_error.h"
#include "protocol/json.h"
#include "support/golden.h"
#include "support/test_runner.h"

#include <QJsonArray>

#include <set>

using namespace maxiofs;
using namespace maxiofs::cluster;
using namespace maxiofs::cluster::link;
using namespace std::string_literals;
using namespace Qt::StringLiterals;

namespace message_codec_test {

const std::string kRecordKey(64, '5');
const std::string kJoinKey = "the cluster's token";
const NodeId kWireNode = *NodeId::fromUuid("11111111-2222-4333-8444-555555555555");
const Id128 kWireOther = *Id128::fromUuid("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee");

records::Record recordOf(records::Kind kind, const std::string &id, std::string_view secret = {})
{
    records::Record record;
    record.kind = kind;
    record.id = id;
    record.body = {{"name"_L1, u"Ännchen"_s}, {"size"_L1, Q_INT64_C(9007199254740993)}};
    record.secret = crypto::SecretBytes(asBytes(secret));
    record.stamp = {0xffff'ffff'ffff'fffeULL, kWireNode};
    record.clusterId = "c-1";
    return record;
}

records::Record tombstoneOf(records::Kind kind, const std::string &id)
{
    records::Record record = recordOf(kind, id);
    record.body = {};
    record.deleted = true;
    return record;
}

template <typename... Records>
std::vector<records::Record> listOf(Records... items)
{
    std::vector<records::Record> list;
    (list.push_back(std::move(items)), ...);
    return list;
}

rules::NodeDescription description()
{
    return {kWireNode, "node-1",         "https://10.0.0.1:8080", "eu",
            7,         {{"rack"_L1, 3}}, std::string(64, 'c'),    {1, 2}};
}

rules::ClusterSecrets secrets()
{
    return {{3, kWireNode}, std::string(64, '1'), std::string(64, '2'), 1'765'621'800'000,
            kRecordKey,     std::string(64, '4'), {kWireOther},         {std::string(64, '6')}};
}

std::vector<rules::Request> sampleRequests()
{
    using namespace rules;
    using records::Kind;
    records::Slots slots;
    slots.set(0).set(9).set(255);
    std::vector<Request> all;
    all.emplace_back(PushRecords{listOf(recordOf(Kind::Tenant, "t"), tombstoneOf(Kind::TenantQuota, "t"))});
    all.emplace_back(PushRecords{listOf(recordOf(Kind::UserProfile, "u"))});
    all.emplace_back(PushRecords{listOf(recordOf(Kind::Setting, "s3-region"))});
    all.emplace_back(PushRecords{listOf(recordOf(Kind::Grant, "g"), recordOf(Kind::Setting, "s"))});
    all.emplace_back(PushRecords{listOf(tombstoneOf(Kind::Setting, "s")), true});
    all.emplace_back(CompareRecords{{Kind::Tenant, Kind::TenantQuota}, "0f"});
    all.emplace_back(CompareRecords{
        {Kind::UserProfile, Kind::UserPassword, Kind::UserPreferences, Kind::AccessKey}, "1f"});
    all.emplace_back(CompareRecords{{Kind::Location}, "2f"});
    all.emplace_back(AskDigests{Kind::Bucket});
    all.emplace_back(PullRecords{Kind::Bucket, slots, "after this"});
    all.emplace_back(SeekRecord{Kind::AccessKey, "MXABC"});
    all.emplace_back(ReserveName{"bucket/photos", kWireOther});
    all.emplace_back(JoinOffer{description(), {"ann", "bob"}, {"photos"}, {"acme"}, 1'765'621'800'000, {}});
    all.emplace_back(JoinConfirm{kWireOther, description(), {}});
    all.emplace_back(JoinInvite{"https://a:1",
                                std::string(64, 'd'),
                                "n",
                                "r",
                                5,
                                {{"a"_L1, 1}},
                                true,
                                "admin",
                                "pass",
                                "secret",
                                {}});
    all.emplace_back(JoinInvite{"https://a:1", std::string(64, 'd'), "", "", 100, {}, false, {}, {}, {}, {}});
    all.emplace_back(FetchSecrets{{2, kWireNode}});
    all.emplace_back(DeliverSecrets{secrets()});
    all.emplace_back(LeaveCluster{true});
    all.emplace_back(Beat{});
    all.emplace_back(Probe{});
    return all;
}

// Each with a request that it answers.
std::vector<std::pair<rules::Request, rules::Answer>> sampleAnswers()
{
    using namespace rules;
    using records::Kind;
    records::SlotDigests digests{};
    digests[1] = 1;
    digests[255] = 0xfedc'ba98'7654'3210ULL;
    records::RecordPage page;
    page.records = listOf(recordOf(Kind::Setting, "s"));
    page.more = true;
    const BeatAnswer beat{1'765'621'800'000, {3, kWireNode}, 42, "degraded", "The disk is slow."};
    std::vector<std::pair<Request, Answer>> all;
    all.emplace_back(PushRecords{}, PushRecordsAnswer{2, 1});
    all.emplace_back(CompareRecords{}, CompareRecordsAnswer{true});
    all.emplace_back(AskDigests{}, AskDigestsAnswer{digests});
    all.emplace_back(PullRecords{}, PullRecordsAnswer{std::move(page)});
    all.emplace_back(SeekRecord{}, SeekRecordAnswer{listOf(tombstoneOf(Kind::Bucket, "b"))});
    all.emplace_back(ReserveName{}, ReserveNameAnswer{false, true});
    all.emplace_back(JoinOffer{},
                     JoinOfferAnswer{kWireOther, "c-1", description(), {"ann"}, {"photos"}, {"acme"}, 1, 17});
    all.emplace_back(JoinInvite{}, JoinInviteAnswer{kWireNode});
    all.emplace_back(FetchSecrets{}, FetchSecretsAnswer{});
    all.emplace_back(FetchSecrets{}, FetchSecretsAnswer{secrets()});
    all.emplace_back(DeliverSecrets{}, DeliverSecretsAnswer{{3, kWireNode}});
    all.emplace_back(LeaveCluster{}, LeaveClusterAnswer{});
    all.emplace_back(Beat{}, beat);
    all.emplace_back(Probe{}, ProbeAnswer{beat, "1.2.0", 1000, 10, 3});
    return all;
}

std::string lineOf(std::string_view name, const QJsonObject &body)
{
    return std::string(name) + " " + protocol::toText(body).toStdString() + "\n";
}

QJsonObject objectIn(const QByteArray &text)
{
    return protocol::parseObject(text).value();
}

// The subject of the refusal; empty when the body was taken.
std::string refusedField(std::string_view route, const QByteArray &text)
{
    const auto read = MessageCodec(kRecordKey).decode(route, objectIn(text));
    return read || read.error().code != Error::InvalidArgument ? std::string() : read.error().subject;
}

QByteArray pushOf(const QByteArray &record)
{
    return "{\"records\":[" + record + "]}";
}

const QByteArray kGoodRecord = R"({"kind":"settings","id":"s","body":{},"deleted":false,"cluster_id":"",)"
                               R"("stamp":"5-11111111-2222-4333-8444-555555555555"})";

QByteArray replaced(QByteArray text, const char *from, const char *to)
{
    return text.replace(from, to);
}

}  // namespace message_codec_test

using namespace message_codec_test;

class MessageCodecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyRequestComesBack()
    {
        const MessageCodec codec(kRecordKey);
        std::set<std::size_t> seen;
        for (const rules::Request &request : sampleRequests()) {
            const QJsonObject body = codec.encode(request).value();

            const auto read = codec.decode(routeOf(request), body);

            QVERIFY2(read, read ? "" : qPrintable(QString::fromStdString(read.error().message)));
            QCOMPARE(read->index(), request.index());
            QCOMPARE(codec.encode(*read).value(), body);
            seen.insert(request.index());
        }
        QCOMPARE(seen.size(), std::variant_size_v<rules::Request>);
    }

    void everyAnswerComesBack()
    {
        const MessageCodec codec(kRecordKey);
        std::set<std::size_t> seen;
        for (const auto &[request, answer] : sampleAnswers()) {
            const QJsonObject body = codec.encode(answer, kJoinKey).value();

            const auto read = codec.decodeAnswer(request, body, kJoinKey);

            QVERIFY2(read, read ? "" : qPrintable(QString::fromStdString(read.error().message)));
            QCOMPARE(read->index(), answer.index());
            QCOMPARE(codec.encode(*read, kJoinKey).value(), body);
            seen.insert(answer.index());
        }
        // JoinConfirmAnswer has a test of its own.
        QCOMPARE(seen.size() + 1, std::variant_size_v<rules::Answer>);
    }

    void theFormStays()
    {
        const MessageCodec codec(kRecordKey);
        std::string text;
        for (const rules::Request &request : sampleRequests())
            text += lineOf(routeOf(request), codec.encode(request).value());
        for (const auto &[request, answer] : sampleAnswers())
            text +=
                lineOf("answer of " + std::string(routeOf(request)), codec.encode(answer, kJoinKey).value());

        QCOMPARE(text, toText(test::goldenFile("cluster-messages-v1.txt", asBytes(text))));
    }

    void secretsAreSealedForTheirRecord()
    {
        const MessageCodec codec(kRecordKey);
        const rules::PushRecords push{listOf(recordOf(records::Kind::AccessKey, "MX1", "s3cret"))};
        const QJsonObject body =
            codec.encode(rules::Request(rules::PushRecords{listOf(push.records[0].clone())})).value();
        QVERIFY(!protocol::toText(body).contains("s3cret"));
        const QByteArray stored = QByteArray::fromStdString(toText(test::goldenFile(
            "cluster-sealed-record-v1.json", asBytes(protocol::toText(body).toStdString()))));

        const auto read = codec.decode("user-sync", objectIn(stored));

        QVERIFY(read);
        const records::Record &record = std::get<rules::PushRecords>(*read).records[0];
        QCOMPARE(toText(record.secret.view()), "s3cret"s);
        QVERIFY(!codec.decode("user-sync", objectIn(replaced(stored, "\"MX1\"", "\"MX2\""))));
        QVERIFY(!MessageCodec(std::string(64, '6')).decode("user-sync", objectIn(stored)));
        QVERIFY(!MessageCodec("").decode("user-sync", objectIn(stored)));
        QVERIFY(!MessageCodec("").encode(rules::Request(rules::PushRecords{listOf(record.clone())})));
    }

    void aJoinsSecretsOpenWithItsKeyAlone()
    {
        const MessageCodec codec(kRecordKey);
        rules::JoinConfirmAnswer answer;
        answer.clusterId = "c-1";
        answer.secrets = secrets();
        answer.nodes = listOf(recordOf(records::Kind::Node, kWireNode.uuid()));
        const QJsonObject body = codec.encode(rules::Answer(std::move(answer)), kJoinKey).value();

        const auto read = MessageCodec("").decodeAnswer(rules::JoinConfirm{}, body, kJoinKey);

        QVERIFY(!protocol::toText(body).contains(QByteArray(64, '1')));
        QVERIFY(read);
        const auto &back = std::get<rules::JoinConfirmAnswer>(*read);
        QCOMPARE(back.secrets.token, secrets().token);
        QCOMPARE(back.secrets.recordKey, kRecordKey);
        QVERIFY(back.secrets.generation == secrets().generation);
        QCOMPARE(back.nodes.size(), std::size_t{1});
        QVERIFY(!codec.decodeAnswer(rules::JoinConfirm{}, body, "another key"));
    }

    void aJoinThatItsCertificateProvesGetsThemInTheClear()
    {
        const MessageCodec codec(kRecordKey);
        rules::JoinConfirmAnswer answer;
        answer.secrets = secrets();
        const QJsonObject body = codec.encode(rules::Answer(std::move(answer)), {}).value();

        const auto read = MessageCodec("").decodeAnswer(rules::JoinConfirm{}, body, kJoinKey);

        QVERIFY(read);
        QCOMPARE(std::get<rules::JoinConfirmAnswer>(*read).secrets.token, secrets().token);
    }

    void keysOfAJoinAreNeverSent()
    {
        const MessageCodec codec(kRecordKey);
        rules::JoinOffer offer;
        offer.self = description();
        offer.key = "MARK";
        rules::JoinConfirm confirm;
        confirm.key = "MARK";
        rules::JoinInvite invite;
        invite.key = "MARK";

        for (const rules::Request &request :
             {rules::Request(offer), rules::Request(confirm), rules::Request(invite)})
            QVERIFY(!protocol::toText(codec.encode(request).value()).contains("MARK"));
    }

    void oldRoutesCompareAllOfTheirKinds()
    {
        const auto read = MessageCodec("").decode("user-sync", objectIn(R"({"checksum":"00"})"));

        QVERIFY(read);
        QCOMPARE(std::get<rules::CompareRecords>(*read).kinds.size(), std::size_t{4});
    }

    void kindsStayOnTheirRoutes()
    {
        const QByteArray setting = pushOf(kGoodRecord);

        QCOMPARE(refusedField("record-sync", setting), ""s);
        QCOMPARE(refusedField("user-sync", setting), "kind"s);
        QCOMPARE(refusedField("tenant-sync", setting), "kind"s);
        QCOMPARE(refusedField("record-sync", R"({"kind":"users","checksum":"0"})"), "kind"s);
        QCOMPARE(refusedField("record-sync", R"({"kind":"cluster_secrets","checksum":"0"})"), "kind"s);
        const auto mixed = MessageCodec("").encode(rules::Request(rules::PushRecords{
            listOf(recordOf(records::Kind::Tenant, "t"), recordOf(records::Kind::Setting, "s"))}));
        QVERIFY(!mixed);
    }

    void wrongFieldsAreNamedByTheirPath()
    {
        QCOMPARE(
            refusedField("record-sync", pushOf(replaced(kGoodRecord, "\"settings\"", "\"cluster_secrets\""))),
            "records[0].kind"s);
        QCOMPARE(refusedField("record-sync", pushOf(replaced(kGoodRecord, "\"s\"", "\"\""))),
                 "records[0].id"s);
        QCOMPARE(refusedField("record-sync", pushOf(replaced(kGoodRecord, "{}", "[]"))), "records[0].body"s);
        QCOMPARE(refusedField("record-sync", pushOf(replaced(kGoodRecord, "false", "0"))),
                 "records[0].deleted"s);
        QCOMPARE(refusedField("record-sync", pushOf(replaced(kGoodRecord, "5-1", "5.1"))),
                 "records[0].stamp"s);
        QCOMPARE(refusedField("record-sync", pushOf(replaced(kGoodRecord, "5-1", "-5-1"))),
                 "records[0].stamp"s);
        QCOMPARE(refusedField("record-sync", pushOf(replaced(kGoodRecord, "settings", "bucket_locations"))),
                 "records[0].body"s);
        QCOMPARE(refusedField("record-sync",
                              pushOf(replaced(replaced(kGoodRecord, "false", "true"), "{}", "{\"a\":1}"))),
                 "records[0].body"s);
        QCOMPARE(refusedField("record-sync", R"({"records":[1]})"), "records[0]"s);
        QCOMPARE(refusedField("record-pull", R"({"kind":"settings","slots":"00","after":""})"), "slots"s);
        QCOMPARE(refusedField("record-pull", R"({"kind":"settings","after":""})"), "slots"s);
        QCOMPARE(refusedField("name-reserve", R"({"name":"n","holder":"x"})"), "holder"s);
        QCOMPARE(refusedField("join-offer", R"({"self":{"id":3}})"), "self.id"s);
        QVERIFY(!MessageCodec("").decode("console-call", {}));
    }

    void formatsAreChecked()
    {
        QVERIFY(checkFormat({{"format"_L1, 1}}));
        QCOMPARE(checkFormat({{"format"_L1, 2}}).error().code, Error::Unsupported);
        QCOMPARE(checkFormat({{"format"_L1, 0}}).error().code, Error::Unsupported);
        QCOMPARE(checkFormat({{"format"_L1, u"1"_s}}).error().code, Error::InvalidArgument);
        QCOMPARE(checkFormat({}).error().code, Error::InvalidArgument);
    }

    void pushesAreSplitByRouteAndSizeInTheirOrder()
    {
        rules::PushRecords push;
        push.forget = true;
        for (int i = 0; i < 12; ++i) {
            records::Record record =
                recordOf(i < 2 ? records::Kind::Tenant : records::Kind::Setting, std::to_string(i));
            record.body.insert("filler"_L1, QString(200'000, u'x'));
            push.records.push_back(std::move(record));
        }

        const std::vector<rules::PushRecords> parts = splitPush(std::move(push));

        int next = 0;
        for (const rules::PushRecords &part : parts) {
            QVERIFY(part.forget && !part.records.empty() && part.records.size() <= 5);
            QVERIFY(MessageCodec("").encode(
                rules::Request(rules::PushRecords{listOf(part.records.front().clone())})));
            for (const records::Record &record : part.records) {
                QCOMPARE(record.id, std::to_string(next++));
                QCOMPARE(syncRouteOf(record.kind), syncRouteOf(part.records.front().kind));
            }
        }
        QCOMPARE(next, 12);
        QCOMPARE(parts.size(), std::size_t{3});
    }

    void errorsTravelWithCodeAndSubject()
    {
        const WireRefusal refusal = refusalOf(Error(Error::Busy, "It owns buckets.", "a, b"));

        QCOMPARE(refusal.status, 503U);
        const Error error = errorOf(refusal.status, refusal.body);
        QCOMPARE(error.code, Error::Busy);
        QCOMPARE(error.message, "It owns buckets."s);
        QCOMPARE(error.subject, "a, b"s);
        for (int code = 0; code <= Error::Busy; ++code) {
            const WireRefusal each = refusalOf(Error(static_cast<Error::Code>(code), "x"));
            QCOMPARE(errorOf(each.status, each.body).code, static_cast<Error::Code>(code));
        }
    }

    void refusalsAtTheDoorTellWhy()
    {
        using rules::Refusal;
        for (const Refusal refusal : {Refusal::Lone, Refusal::Joining, Refusal::UnknownNode, Refusal::Removed,
                                      Refusal::WrongCertificate, Refusal::WrongToken}) {
            const WireRefusal wire = doorRefusalOf(codeOf(refusal), rules::errorOf(refusal, kWireNode));
            QCOMPARE(rules::refusalOf(errorOf(wire.status, wire.body)), std::optional(refusal));
            QCOMPARE(wire.status, 401U);
        }
        const WireRefusal skew = doorRefusalOf(kClockSkew, Error(Error::InvalidArgument, "Clocks.", "clock"));
        QCOMPARE(errorOf(401, skew.body).subject, "clock"s);
        QCOMPARE(protocol::parseObject(QByteArray::fromStdString(skew.body)).value().value("code"_L1),
                 QJsonValue(u"ClockSkew"_s));
        QCOMPARE(errorOf(502, "<html>").code, Error::Closed);
    }
};

MAXIOFS_TEST(MessageCodecTest)
#include "message_codec_test.moc"
