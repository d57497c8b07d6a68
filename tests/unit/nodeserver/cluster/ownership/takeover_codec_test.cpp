// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/ownership/copy_codec.h"
#include "cluster/ownership/takeover_codec.h"
#include "support/test_runner.h"

#include <QTest>

namespace takeover_codec_test {

using namespace maxiofs;
using namespace maxiofs::cluster;
using namespace maxiofs::cluster::ownership;

rules::CopyState state()
{
    rules::CopyState state;
    state.fed = {7, NodeId::random()};
    state.wasOwner = true;
    state.handed = {8, NodeId::random()};
    state.bases = {{{6, NodeId::random()}, 1234}, {{5, NodeId::random()}, rules::kWholeFeed}};
    state.since = 99;
    state.before = NodeId::random();
    state.turned = Id128::random();
    state.degraded = {Id128::random(), Id128::random()};
    state.awaited = {NodeId::random()};
    state.behind = {NodeId::random(), NodeId::random()};
    state.until = 1234567;
    state.gaveWay = {{NodeId::random(), Id128::random()}};
    return state;
}

rules::HandOver handOver()
{
    rules::HandOver handed;
    handed.bucket = BucketId::random();
    handed.epoch = {3, NodeId::random()};
    handed.offer = Id128::random();
    handed.isForeign = true;
    rules::HandedEntry entry;
    entry.key = "a/key";
    entry.version = "null";
    entry.stamp = {77, NodeId::random()};
    entry.isRemoval = true;
    entry.isUnsent = true;
    store::VersionRemoval removal;
    removal.key = entry.key;
    removal.stamp = entry.stamp;
    removal.versionStamp = {55, NodeId::random()};
    entry.content = std::make_shared<const HandedContent>(HandedContent{removal, {}});
    handed.entries.push_back(std::move(entry));
    return handed;
}

std::vector<rules::TakeoverRequest> requests()
{
    const BucketId bucket = BucketId::random();
    const records::Epoch epoch{4, NodeId::random()};
    return {rules::AskStandings{NodeId::random(), {bucket, BucketId::random()}},
            rules::PromoteReplica{bucket, true},
            rules::BeginSwitch{bucket, epoch, Id128::random(), true},
            rules::AskSwitch{bucket, Id128::random()},
            rules::EndSwitch{bucket, Id128::random()},
            rules::OfferCopy{bucket, epoch, {epoch, 12}, true, epoch},
            handOver(),
            rules::EndHandOver{bucket, epoch, Id128::random()},
            rules::MarkWhole{bucket, epoch, state().bases, {NodeId::random()}, {NodeId::random()}},
            rules::ForgetRemovals{bucket, epoch, -5}};
}

std::vector<rules::TakeoverAnswer> answers()
{
    const records::Epoch epoch{4, NodeId::random()};
    rules::Standing standing;
    standing.bucket = BucketId::random();
    standing.node = NodeId::random();
    standing.isCandidate = true;
    standing.at = {epoch, 17};
    standing.priority = -3;
    standing.known = epoch;
    return {rules::AskStandingsAnswer{1234, {standing}},
            rules::AskStandingsAnswer{std::nullopt, {}},
            rules::PromoteReplicaAnswer{epoch},
            rules::BeginSwitchAnswer{55},
            rules::AskSwitchAnswer{epoch},
            rules::EndSwitchAnswer{},
            rules::OfferCopyAnswer{false, 3, true, Id128::random()},
            rules::HandOverAnswer{2, 1},
            rules::EndHandOverAnswer{},
            rules::MarkWholeAnswer{},
            rules::ForgetRemovalsAnswer{}};
}

class TakeoverCodecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyRequestComesBackAsItWas();
    void everyAnswerComesBackAsItWas();
    void aHandedEntryKeepsWhatItIsAndLearnsWhereItCameFrom();
    void theStateOfACopyComesBackAsItWas();
    void whatIsCutOrLongerIsRefused();
};

// Written again, since most have no equality of their own.
void TakeoverCodecTest::everyRequestComesBackAsItWas()
{
    for (const rules::TakeoverRequest &request : requests()) {
        const std::string bytes = encodeRequest(request);
        const auto read = decodeRequest(asBytes(bytes), NodeId::random());
        QVERIFY(read);
        QCOMPARE(read->index(), request.index());
        QCOMPARE(encodeRequest(*read), bytes);
    }
}

void TakeoverCodecTest::everyAnswerComesBackAsItWas()
{
    for (const rules::TakeoverAnswer &answer : answers()) {
        const std::string bytes = encodeAnswer(answer);
        const auto read = decodeAnswer(asBytes(bytes));
        QVERIFY(read);
        QCOMPARE(read->index(), answer.index());
        QCOMPARE(encodeAnswer(*read), bytes);
    }
}

void TakeoverCodecTest::aHandedEntryKeepsWhatItIsAndLearnsWhereItCameFrom()
{
    const rules::HandOver handed = handOver();
    const NodeId from = NodeId::random();
    const std::string bytes = encodeRequest(handed);
    const auto read = decodeRequest(asBytes(bytes), from);
    QVERIFY(read);
    const rules::HandedEntry &entry = std::get<rules::HandOver>(*read).entries.at(0);
    QCOMPARE(entry.key, "a/key");
    QVERIFY(entry.isRemoval && entry.isUnsent);
    QVERIFY(entry.stamp == handed.entries.at(0).stamp);
    const auto *const content = static_cast<const HandedContent *>(entry.content.get());
    QVERIFY(content->from == from);
    const auto &sent = std::get<store::VersionRemoval>(
        static_cast<const HandedContent *>(handed.entries[0].content.get())->state);
    QVERIFY(std::get<store::VersionRemoval>(content->state) == sent);
}

void TakeoverCodecTest::theStateOfACopyComesBackAsItWas()
{
    const rules::CopyState written = state();
    const auto read = decodeCopyState(encodeCopyState(written));
    QVERIFY(read);
    QVERIFY(*read == written);
    const auto points = decodePoints(encodePoints(written.bases));
    QVERIFY(points);
    QVERIFY(*points == written.bases);
}

void TakeoverCodecTest::whatIsCutOrLongerIsRefused()
{
    for (const rules::TakeoverRequest &request : requests()) {
        const std::string bytes = encodeRequest(request);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            QVERIFY(!decodeRequest(asBytes(std::string_view(bytes).substr(0, size)), NodeId()));
        QVERIFY(!decodeRequest(asBytes(bytes + "x"), NodeId()));
    }
    const Bytes copy = encodeCopyState(state());
    for (std::size_t size = 0; size < copy.size(); ++size)
        QVERIFY(!decodeCopyState(ByteView(copy).first(size)));
}

}  // namespace takeover_codec_test

using takeover_codec_test::TakeoverCodecTest;
MAXIOFS_TEST(TakeoverCodecTest)

#include "takeover_codec_test.moc"
