// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/batch_codec.h"

#include "base/hex.h"
#include "cluster/replication/manifest_codec.h"
#include "support/golden.h"
#include "support/test_runner.h"
#include "unit/nodeserver/cluster/replication/replication_samples.h"

using namespace maxiofs;
using namespace maxiofs::cluster;
using namespace maxiofs::cluster::replication;
using namespace std::string_literals;

namespace batch_codec_test {

using Outcome = rules::EntryAnswer::Outcome;

rules::BatchAnswer answerOfAll()
{
    rules::BatchAnswer answer;
    answer.entries = {{Outcome::Applied, {}, 3},
                      {Outcome::Older, {}, 0},
                      {Outcome::Gone, {}, 0},
                      {Outcome::Failed, Error(Error::StorageFull, "No room."), 5}};
    return answer;
}

rules::TheirManifest manifestOfAll()
{
    using Kind = rules::ManifestEntry::Kind;
    rules::TheirManifest manifest;
    manifest.page.more = true;
    manifest.page.entries = {
        {{"a", {}}, Kind::Version, samples::stampAt(1), samples::stampAt(4), 3, samples::kBucket},
        {{"a", samples::stampAt(9)}, Kind::Marker, samples::stampAt(9), samples::stampAt(9), 0, {}},
        {{"b", samples::stampAt(8)}, Kind::Tombstone, samples::stampAt(10), samples::stampAt(10), 0, {}}};
    return manifest;
}

std::string hexOf(const std::string &bytes)
{
    return toHex(asBytes(bytes)) + '\n';
}

}  // namespace batch_codec_test

using namespace batch_codec_test;

class BatchCodecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aBatchIsReadAsItWasWritten()
    {
        const StateBatch batch = samples::batchOfAll();

        const auto read = decodeBatch(asBytes(encodeBatch(batch)));

        QVERIFY2(read, read ? "" : qPrintable(QString::fromStdString(read.error().message)));
        QCOMPARE(read->states.size(), batch.states.size());
        QCOMPARE(encodeBatch(*read), encodeBatch(batch));
        const auto &sent = std::get<SentVersion>(read->states[0]);
        QVERIFY(sent.header == std::get<SentVersion>(batch.states[0]).header);
        QCOMPARE(toText(sent.data), "abc"s);
        QCOMPARE(std::get<OfferedVersion>(read->states[1]).header.size, 1ULL << 33);
        QVERIFY(std::get<SentVersion>(read->states[3]).header.isDeleteMarker);
        QVERIFY(std::get<store::VersionRemoval>(read->states[4]) ==
                std::get<store::VersionRemoval>(batch.states[4]));
        QVERIFY(!std::get<store::VersionRemoval>(read->states[5]).version.stamp);
        QCOMPARE(read->header.to, std::uint64_t{1000});
        QCOMPARE(read->header.complete, std::uint64_t{900});
        QVERIFY(read->header.location == batch.header.location);
        QVERIFY(read->header.whole && !read->header.degraded);
    }

    void aRepairIsReadAsOne()
    {
        StateBatch batch;
        batch.header = samples::batchHeader();
        batch.states.emplace_back(SentVersion{samples::headerOf("a", 1, 3), toBytes("abc"), true});
        batch.states.emplace_back(OfferedVersion{samples::headerOf("b", 2, 1ULL << 33), true});
        batch.states.emplace_back(SentVersion{samples::headerOf("c", 3, 3), toBytes("abc"), false});

        const auto read = decodeBatch(asBytes(encodeBatch(batch)));

        QVERIFY(read);
        QVERIFY(std::get<SentVersion>(read->states[0]).isRepair);
        QVERIFY(std::get<OfferedVersion>(read->states[1]).isRepair);
        QVERIFY(!std::get<SentVersion>(read->states[2]).isRepair);
    }

    void anAnswerIsReadAsItWasWritten()
    {
        const auto read = decodeAnswer(asBytes(encodeAnswer(answerOfAll())), 4);

        QVERIFY(read);
        QCOMPARE(read->entries[0].outcome, Outcome::Applied);
        QCOMPARE(read->entries[0].bytes, std::uint64_t{3});
        QCOMPARE(read->entries[3].error.code, Error::StorageFull);
        QCOMPARE(read->entries[3].error.message, "No room."s);
        QVERIFY(!decodeAnswer(asBytes(encodeAnswer(answerOfAll())), 5));
    }

    void aRefusalHasNoEntries()
    {
        rules::BatchAnswer answer;
        answer.verdict = rules::Verdict::Superseded;
        answer.location = {samples::kNode, {9, samples::kNode}, false};

        const auto read = decodeAnswer(asBytes(encodeAnswer(answer)), 4);

        QVERIFY(read);
        QVERIFY(read->verdict == rules::Verdict::Superseded);
        QVERIFY(read->location == answer.location);
    }

    void aManifestIsReadAsItWasWritten()
    {
        const ManifestRequest request{samples::batchHeader(), "pre/", rules::VersionName{"pre/a", {}}, 77};
        const auto asked = decodeManifestRequest(asBytes(encodeManifestRequest(request)));
        const auto told = decodeManifest(asBytes(encodeManifest(manifestOfAll())));

        QVERIFY(asked);
        QCOMPARE(asked->prefix, "pre/"s);
        QVERIFY(asked->after == request.after);
        QCOMPARE(asked->most, 77U);
        QVERIFY(told);
        QVERIFY(told->page.more && told->page.whole);
        QCOMPARE(encodeManifest(*told), encodeManifest(manifestOfAll()));
    }

    void whatIsCutShortOrLongerIsRefused()
    {
        const std::string batch = encodeBatch(samples::batchOfAll());
        const std::string manifest = encodeManifest(manifestOfAll());
        for (std::size_t size = 0; size < batch.size(); ++size)
            QVERIFY(!decodeBatch(asBytes(batch).first(size)));
        for (std::size_t size = 0; size < manifest.size(); ++size)
            QVERIFY(!decodeManifest(asBytes(manifest).first(size)));
        QVERIFY(!decodeBatch(asBytes(batch + "x")));
        QVERIFY(!decodeManifest(asBytes(manifest + "x")));
        QVERIFY(!decodeBatch(asBytes(manifest)));
    }

    void anotherFormatIsNamed()
    {
        std::string batch = encodeBatch(samples::batchOfAll());
        batch[4] = '\x02';

        const auto read = decodeBatch(asBytes(batch));

        QCOMPARE(read.error().code, Error::Unsupported);
        QVERIFY(read.error().message.find("format 2") != std::string::npos);
    }

    void aNumberOfEntriesThatCannotBeThereTakesNoMemory()
    {
        StateBatch empty;
        std::string batch = encodeBatch(empty);
        batch.back() = '\x7f';

        QVERIFY(!decodeBatch(asBytes(batch)));
    }

    void messagesAreThoseOfTheGoldenFile()
    {
        const ManifestRequest request{samples::batchHeader(), "pre/", rules::VersionName{"pre/a", {}}, 77};
        const std::string all = hexOf(encodeBatch(samples::batchOfAll())) +
                                hexOf(encodeAnswer(answerOfAll())) + hexOf(encodeManifestRequest(request)) +
                                hexOf(encodeManifest(manifestOfAll()));

        QCOMPARE(toText(test::goldenFile("replication-messages-v1.txt", asBytes(all))), all);
    }
};

MAXIOFS_TEST(BatchCodecTest)
#include "batch_codec_test.moc"
