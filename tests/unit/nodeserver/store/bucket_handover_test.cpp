// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "handing.h"

namespace maxiofs::test {

using store::HandedOutcome;
using store::ImportNeed;
using store::VersionId;
using store::Versioning;

// Two nodes that both took a bucket's writes: the first hands over to the second.
class BucketHandoverTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_former = std::make_unique<StoreFixture>(1);
        m_owner = std::make_unique<StoreFixture>(2);
        m_owner->bucket = m_former->bucket;
        for (StoreFixture *store : {m_former.get(), m_owner.get()}) {
            store->minPartBytes = 0;
            store->inlineLimit = 512;
            store->open();
        }
        m_handing = std::make_unique<Handing>(*m_former, *m_owner, 3);
    }
    void cleanup()
    {
        m_handing.reset();
        m_former.reset();
        m_owner.reset();
    }

    void theGreaterStampWinsAndTheOtherStaysAsAConflict_data()
    {
        QTest::addColumn<bool>("formerIsNewer");
        QTest::addColumn<qsizetype>("size");
        for (const qsizetype size : {0, 100, 3000}) {
            QTest::addRow("the former owner's %lld bytes are newer", size) << true << size;
            QTest::addRow("the owner's %lld bytes are newer", size) << false << size;
        }
    }
    void theGreaterStampWinsAndTheOtherStaysAsAConflict()
    {
        QFETCH(const bool, formerIsNewer);
        QFETCH(const qsizetype, size);
        StoreFixture &winner = formerIsNewer ? *m_former : *m_owner;
        StoreFixture &loser = formerIsNewer ? *m_owner : *m_former;
        winner.clock.advance(std::chrono::minutes(2));
        const std::string lost = patternOf(static_cast<std::size_t>(size), 1);
        store::Attributes attributes;
        attributes.contentHeaders = {{"content-type", "text/plain"}};
        attributes.userMetadata = {{"color", "red"}};
        attributes.tags = {{"state", "new"}};
        attributes.ownerId = std::string(64, 'b');
        const auto losing = loser.put("key", lost, {}, attributes);
        QVERIFY(losing && winner.put("key", "won"));

        const auto outcomes = m_handing->handAll(kAllUnsent, 0);
        QVERIFY(outcomes.has_value());

        const auto expected = formerIsNewer ? HandedOutcome::TakenOverOurs : HandedOutcome::KeptAsConflict;
        QCOMPARE(outcomes->at(expected), std::size_t{1});
        QCOMPARE(m_owner->get("key").value(), std::string("won"));
        const auto conflicts = m_owner->conflicts();
        QCOMPARE(conflicts.size(), std::size_t{1});
        const store::ObjectInfo &kept = conflicts.front().object;
        QVERIFY(conflicts.front().bucket == m_owner->bucket);
        QVERIFY(kept.version.text().starts_with("conflict-"));
        QVERIFY(kept.version.text().ends_with("-" + loser.node.hex().substr(0, 8)));
        QVERIFY(VersionId::parse(kept.version.text()) == kept.version);
        QCOMPARE(kept.etag, losing->etag);
        QCOMPARE(kept.lastModifiedMs, losing->lastModifiedMs);
        QCOMPARE(m_owner->get("key", kept.version).value(), lost);
        const auto object = (*m_owner)->open(m_owner->bucket, "key", kept.version, index::ReadMode::MayBlock);
        QVERIFY(**(*object)->attributes(index::ReadMode::MayBlock) == attributes);

        const auto listing = (*m_owner)->listVersions({m_owner->bucket, "", "", "", 10}, {});
        QCOMPARE(listing->entries.size(), std::size_t{2});
        QVERIFY(listing->entries.back().info->version == kept.version);
        QVERIFY(!listing->entries.back().info->isLatest);
        const auto counters = (*m_owner)->counters(m_owner->bucket);
        QCOMPARE(counters->currentObjects, 1U);
        QCOMPARE(counters->noncurrentObjects, 0U);
        QCOMPARE(counters->conflicts, 1U);
        QCOMPARE(counters->conflictBytes, lost.size());
        QTRY_COMPARE_WITH_TIMEOUT(m_owner->largeObjectFiles(), lost.size() > 512 ? 1U : 0U, 60'000);

        QVERIFY(m_owner->remove("key", kept.version)->existed);
        QVERIFY(m_owner->conflicts().empty());
        QCOMPARE((*m_owner)->counters(m_owner->bucket)->conflictBytes, 0U);
    }

    void whatTheOtherSideKnewIsNoConflict()
    {
        QVERIFY(m_former->put("theirs", "old"));
        QVERIFY(m_owner->put("ours", "old"));
        const store::CopyPart part{true, (*m_former)->position()};
        const std::uint64_t since = (*m_owner)->position();
        m_owner->clock.advance(std::chrono::minutes(1));
        QVERIFY(m_owner->put("theirs", "new"));
        m_former->clock.advance(std::chrono::minutes(2));
        QVERIFY(m_former->put("ours", "new"));

        const auto outcomes = m_handing->handAll(part, since);

        QVERIFY(outcomes->contains(HandedOutcome::Nothing) && outcomes->contains(HandedOutcome::Taken));
        QCOMPARE(outcomes->size(), std::size_t{2});
        QCOMPARE(m_owner->get("ours").value(), std::string("new"));
        QCOMPARE(m_owner->get("theirs").value(), std::string("new"));
        QVERIFY(m_owner->conflicts().empty());
    }

    void whatCountsAsForeignIsKept()
    {
        QVERIFY(m_owner->put("key", "old"));
        const std::uint64_t since = (*m_owner)->position();
        m_former->clock.advance(std::chrono::minutes(1));
        QVERIFY(m_former->put("key", "new"));

        QVERIFY(m_handing->handAll({true, 0}, since, true)->contains(HandedOutcome::TakenOverOurs));

        QCOMPARE(m_owner->conflicts().size(), std::size_t{1});
    }

    void aRemovalWinsAndLeavesWhatItHid()
    {
        QVERIFY(m_owner->put("removed there", "data"));
        QVERIFY(m_former->put("removed there", "data"));
        m_former->clock.advance(std::chrono::minutes(1));
        QVERIFY(m_former->remove("removed there")->existed);
        QVERIFY(m_former->put("removed here", "data"));
        m_owner->clock.advance(std::chrono::minutes(2));
        QVERIFY(m_owner->put("removed here", "other"));
        QVERIFY(m_owner->remove("removed here")->existed);

        QVERIFY(m_handing->handAll(kAllUnsent, 0));

        for (const std::string key : {"removed there", "removed here"})
            QCOMPARE(codeOf(m_owner->get(key)), std::string("NoSuchKey"));
        QCOMPARE(m_owner->conflicts().size(), std::size_t{2});
        QCOMPARE((*m_owner)->counters(m_owner->bucket)->currentObjects, 0U);
        QCOMPARE(codeOf(m_owner->closeBucket()), std::string("BucketNotEmpty"));
    }

    void versionsWithIdsComeTogether()
    {
        for (StoreFixture *store : {m_former.get(), m_owner.get()}) {
            store->setVersioning(Versioning::Enabled);
            QVERIFY(store->put("key", "one"));
            QVERIFY(store->put("key", "two"));
        }
        QVERIFY(m_former->remove("key")->madeMarker);

        const auto outcomes = m_handing->handAll(kAllUnsent, 0);

        QCOMPARE(outcomes->at(HandedOutcome::Taken), std::size_t{3});
        QCOMPARE((*m_owner)->counters(m_owner->bucket)->noncurrentObjects +
                     (*m_owner)->counters(m_owner->bucket)->currentObjects,
                 5U);
        QVERIFY(m_owner->conflicts().empty());
    }

    void aChangedHeaderTravelsWithoutItsBytes()
    {
        QVERIFY(m_former->put("key", std::string(2000, 'x')));
        QVERIFY(m_handing->handAll(kAllUnsent, 0)->contains(HandedOutcome::Taken));
        QVERIFY(m_owner->setTags("key", {{"state", "ours"}}));
        m_former->clock.advance(std::chrono::minutes(1));
        QVERIFY(m_former->setTags("key", {{"state", "theirs"}}));
        const auto header = (*m_former)->exportVersion(m_former->bucket, "key", {})->header;
        const store::HandoverTerms terms{true, 0, false};

        QVERIFY((*m_owner)->handedNeed(m_owner->bucket, header, terms).value() == ImportNeed::Header);
        const auto handed = StoreFixture::wait<store::Handed>(
            [&](auto done) { (*m_owner)->takeHeader(m_owner->bucket, header, terms, std::move(done)); });

        QVERIFY(handed->outcome == HandedOutcome::TakenOverOurs);
        QCOMPARE(tagsOf("key", {}), (store::Pairs{{"state", "theirs"}}));
        const auto conflicts = m_owner->conflicts();
        QCOMPARE(conflicts.size(), std::size_t{1});
        QCOMPARE(tagsOf("key", conflicts.front().object.version), (store::Pairs{{"state", "ours"}}));
        for (const auto &version : {VersionId{}, conflicts.front().object.version})
            QCOMPARE(m_owner->get("key", version).value(), std::string(2000, 'x'));
        QTRY_COMPARE_WITH_TIMEOUT(m_owner->largeObjectFiles(), std::size_t{2}, 60'000);
        QVERIFY(m_owner->remove("key", conflicts.front().object.version)->existed);
        QCOMPARE(m_owner->get("key").value(), std::string(2000, 'x'));
    }

    void headersWithoutBytesAreNotEnoughForAConflict()
    {
        QVERIFY(m_former->put("key", "theirs"));
        m_owner->clock.advance(std::chrono::minutes(1));
        QVERIFY(m_owner->put("key", "ours"));
        const auto header = (*m_former)->exportVersion(m_former->bucket, "key", {})->header;

        const auto handed = StoreFixture::wait<store::Handed>([&](auto done) {
            (*m_owner)->takeHeader(m_owner->bucket, header, {true, 0, false}, std::move(done));
        });

        QCOMPARE(codeOf(handed), std::string("NotFound"));
        QVERIFY((*m_owner)->handedNeed(m_owner->bucket, header, {true, 0, false}).value() ==
                ImportNeed::Data);
    }

    void partsStayPartsInAConflict()
    {
        const auto upload = m_owner->beginUpload("key");
        std::vector<store::ObjectStore::CompletePart> parts;
        for (unsigned number = 1; number <= 3; ++number)
            parts.push_back({number,
                             m_owner->putPart("key", *upload, number, patternOf(300U * number, number))->etag,
                             {}});
        const auto completed = m_owner->complete("key", *upload, parts);
        QVERIFY(completed);
        const std::string lost = m_owner->get("key").value();
        m_former->clock.advance(std::chrono::minutes(1));
        QVERIFY(m_former->put("key", "won"));

        QVERIFY(m_handing->handAll(kAllUnsent, 0)->contains(HandedOutcome::TakenOverOurs));

        const auto conflict = m_owner->conflicts().front().object;
        QCOMPARE(conflict.etag, completed->etag);
        QCOMPARE(m_owner->get("key", conflict.version).value(), lost);
        {
            const auto object =
                (*m_owner)->open(m_owner->bucket, "key", conflict.version, index::ReadMode::MayBlock);
            QCOMPARE((*object)->partCount(), 3U);
            QVERIFY((*object)->partRange(2).value() == (std::pair<std::uint64_t, std::uint64_t>(300, 600)));
        }
        // The parts' files went with the object that they were.
        QTRY_COMPARE_WITH_TIMEOUT(m_owner->largeObjectFiles(), std::size_t{1}, 60'000);
        QVERIFY(m_owner->restore("key", conflict.version));
        QCOMPARE(m_owner->get("key").value(), lost);
        QTRY_COMPARE_WITH_TIMEOUT(m_owner->largeObjectFiles(), std::size_t{1}, 60'000);
    }

    void aVersionThatWaitsInTheSameBatchIsKept()
    {
        m_former->clock.advance(std::chrono::minutes(1));
        QVERIFY(m_former->put("key", "theirs"));
        const auto exported = (*m_former)->exportVersion(m_former->bucket, "key", {});
        const Bytes data = Carrier::bytesOf(*exported->reader).value();
        auto session = (*m_owner)->beginPut(m_owner->bucket, "key", {}, std::nullopt).value();
        QVERIFY(session->write(asBytes("ours")));
        QVERIFY(session->finish());

        // Both are queued by the committer's thread itself, so its next batch holds both.
        std::promise<Result<store::Handed>> handed;
        QVERIFY(StoreFixture::wait<store::Deleted>([&](auto done) {
            (*m_owner)->remove(m_owner->bucket, "nothing", {}, {},
                               [&, done = std::move(done)](Result<store::Deleted> deleted) mutable {
                                   session->commit({}, [](const Result<store::Committed> &) {});
                                   (*m_owner)->takeVersion(
                                       m_owner->bucket, exported->header, data, {true, 0, false},
                                       [&](auto outcome) { handed.set_value(std::move(outcome)); });
                                   done(std::move(deleted));
                               });
        }));

        QVERIFY(handed.get_future().get()->outcome == HandedOutcome::TakenOverOurs);
        QCOMPARE(m_owner->get("key").value(), std::string("theirs"));
        QCOMPARE(m_owner->get("key", m_owner->conflicts().front().object.version).value(),
                 std::string("ours"));
    }

    void repeatingChangesNothing()
    {
        for (const auto *key : {"taken", "replaced since", "removed since"})
            QVERIFY(m_former->put(key, "theirs"));
        QVERIFY(m_owner->put("kept", "ours"));
        for (const auto *key : {"lost", "restored since", "discarded since"})
            QVERIFY(m_former->put(key, "theirs"));
        m_owner->clock.advance(std::chrono::minutes(1));
        for (const auto *key : {"lost", "restored since", "discarded since"})
            QVERIFY(m_owner->put(key, "ours"));
        m_former->clock.advance(std::chrono::minutes(2));
        QVERIFY(m_former->put("kept", "theirs"));
        QVERIFY(m_handing->handAll(kAllUnsent, 0));
        QCOMPARE(m_owner->conflicts().size(), std::size_t{4});
        m_owner->clock.advance(std::chrono::minutes(3));
        QVERIFY(m_owner->put("replaced since", "later"));
        QVERIFY(m_owner->remove("removed since")->existed);
        for (const auto &conflict : m_owner->conflicts()) {
            if (conflict.object.key == "restored since")
                QVERIFY(m_owner->restore(conflict.object.key, conflict.object.version));
            if (conflict.object.key == "discarded since")
                QVERIFY(m_owner->discard(conflict.object.key, conflict.object.version));
        }
        const auto before = Carrier::manifestOf(*m_owner, 100).value();

        const auto outcomes = m_handing->handAll(kAllUnsent, 0);

        QCOMPARE(outcomes->size(), std::size_t{1});
        QVERIFY(outcomes->contains(HandedOutcome::Nothing));
        QVERIFY(Carrier::manifestOf(*m_owner, 100).value() == before);
        QCOMPARE(m_owner->get("replaced since").value(), std::string("later"));
        QCOMPARE(m_owner->conflicts().size(), std::size_t{2});
    }

    void whatWasTakenIsKeptWhenAnotherTakesItsPlace()
    {
        StoreFixture third(7);
        third.bucket = m_owner->bucket;
        third.open();
        third.clock.advance(std::chrono::minutes(5));
        QVERIFY(third.put("key", "third"));
        QVERIFY(m_former->put("key", "theirs"));
        QVERIFY(m_handing->handAll(kAllUnsent, 0)->contains(HandedOutcome::Taken));

        QVERIFY(Handing(third, *m_owner, 1).handAll(kAllUnsent, 0)->contains(HandedOutcome::TakenOverOurs));

        QCOMPARE(m_owner->get("key").value(), std::string("third"));
        QCOMPARE(m_owner->get("key", m_owner->conflicts().front().object.version).value(),
                 std::string("theirs"));
        StoreFixture replica(8);
        replica.bucket = m_owner->bucket;
        replica.role = store::BucketRole::Replica;
        replica.open();
        QVERIFY(Carrier(*m_owner, replica, 1).compareAll());
        QVERIFY(Carrier::manifestOf(replica, 100).value() == Carrier::manifestOf(*m_owner, 100).value());
        QCOMPARE(replica.conflicts().size(), std::size_t{1});
    }

    void aReplicaTakesNothing()
    {
        QVERIFY(m_former->put("key", "theirs"));
        QVERIFY(m_former->put("removed", "theirs"));
        QVERIFY(m_former->remove("removed"));
        m_owner->setRole(store::BucketRole::Replica);

        QCOMPARE(m_handing->entries(kAllUnsent)->size(), std::size_t{2});
        for (const store::CopyEntry &entry : m_handing->entries(kAllUnsent).value())
            QCOMPARE(codeOf(m_handing->hand(entry, 0)), std::string("Busy"));
    }

    void wrongBytesAreRefused()
    {
        QVERIFY(m_former->put("key", std::string(900, 'x')));
        const auto header = (*m_former)->exportVersion(m_former->bucket, "key", {})->header;
        const store::HandoverTerms terms{true, 0, false};

        QCOMPARE(codeOf(m_handing->take(header, toBytes(std::string(900, 'y')), terms)),
                 std::string("BadDigest"));
        QCOMPARE(codeOf(m_handing->take(header, toBytes(std::string(899, 'x')), terms)),
                 std::string("BadDigest"));
        QCOMPARE(codeOf(m_handing->take(header, toBytes(std::string(901, 'x')), terms)),
                 std::string("EntityTooLarge"));
        QTRY_COMPARE_WITH_TIMEOUT(m_owner->largeObjectFiles(), std::size_t{0}, 60'000);
    }

private:
    store::Pairs tagsOf(const std::string &key, const VersionId &version)
    {
        const auto object = (*m_owner)->open(m_owner->bucket, key, version, index::ReadMode::MayBlock);
        return object ? (*(*object)->attributes(index::ReadMode::MayBlock))->tags : store::Pairs();
    }

    static constexpr store::CopyPart kAllUnsent{true, 0};
    std::unique_ptr<StoreFixture> m_former;
    std::unique_ptr<StoreFixture> m_owner;
    std::unique_ptr<Handing> m_handing;
};

}  // namespace maxiofs::test

using maxiofs::test::BucketHandoverTest;
MAXIOFS_TEST(BucketHandoverTest)
#include "bucket_handover_test.moc"
