// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "handing.h"

namespace maxiofs::test {

using store::HandedOutcome;
using store::VersionId;
using store::Versioning;

// What is done with conflict versions once they are there.
class ConflictTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_former = std::make_unique<StoreFixture>(1);
        m_owner = std::make_unique<StoreFixture>(2);
        m_owner->bucket = m_former->bucket;
        for (StoreFixture *store : {m_former.get(), m_owner.get()}) {
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

    void aRestoredConflictIsCurrent_data()
    {
        QTest::addColumn<int>("versioning");
        QTest::addColumn<bool>("isRemoved");
        for (const Versioning versioning : {Versioning::Off, Versioning::Enabled, Versioning::Suspended}) {
            for (const bool isRemoved : {false, true})
                QTest::addRow("versioning %d, removed %d", static_cast<int>(versioning), isRemoved)
                    << static_cast<int>(versioning) << isRemoved;
        }
    }
    void aRestoredConflictIsCurrent()
    {
        QFETCH(const int, versioning);
        QFETCH(const bool, isRemoved);
        const std::string lost = patternOf(2000, 5);
        store::Attributes attributes;
        attributes.userMetadata = {{"color", "red"}};
        attributes.ownerId = std::string(64, 'c');
        QVERIFY(m_former->put("key", lost, {}, attributes));
        m_owner->clock.advance(std::chrono::minutes(1));
        QVERIFY(m_owner->put("key", "won"));
        QVERIFY(m_handing->handAll(kAllUnsent, 0)->contains(HandedOutcome::KeptAsConflict));
        const VersionId conflict = m_owner->conflicts().front().object.version;
        m_owner->setVersioning(static_cast<Versioning>(versioning));
        if (isRemoved)
            QVERIFY(m_owner->remove("key")->existed);

        const auto restored = m_owner->restore("key", conflict);

        QVERIFY(restored);
        QVERIFY(restored->isVersioned == (versioning != static_cast<int>(Versioning::Off)));
        QCOMPARE(m_owner->get("key").value(), lost);
        const auto object = (*m_owner)->open(m_owner->bucket, "key", {}, index::ReadMode::MayBlock);
        QVERIFY((*object)->info().version == restored->version);
        QVERIFY((*object)->info().lastModifiedMs > conflict.stamp->unixMs());
        QVERIFY(**(*object)->attributes(index::ReadMode::MayBlock) == attributes);
        QVERIFY(m_owner->conflicts().empty());
        QCOMPARE((*m_owner)->counters(m_owner->bucket)->conflicts, 0U);
        QCOMPARE((*m_owner)->counters(m_owner->bucket)->currentBytes, lost.size());
        QTRY_COMPARE_WITH_TIMEOUT(m_owner->largeObjectFiles(), std::size_t{1}, 60'000);
        QCOMPARE(codeOf(m_owner->restore("key", conflict)), std::string("NoSuchVersion"));
    }

    void aRestoreKeepsToTheQuota()
    {
        QVERIFY(m_former->put("key", std::string(900, 'x')));
        m_owner->clock.advance(std::chrono::minutes(1));
        QVERIFY(m_owner->put("key", "won"));
        QVERIFY(m_handing->handAll(kAllUnsent, 0));
        const VersionId conflict = m_owner->conflicts().front().object.version;
        (*m_owner)->setBucket({m_owner->bucket, Versioning::Off, 800, 0, store::BucketRole::Owner});

        QCOMPARE(codeOf(m_owner->restore("key", conflict)), std::string("Quota"));

        QCOMPARE(m_owner->get("key").value(), std::string("won"));
        QCOMPARE(m_owner->conflicts().size(), std::size_t{1});
        QTRY_COMPARE_WITH_TIMEOUT(m_owner->largeObjectFiles(), std::size_t{1}, 60'000);
        (*m_owner)->setBucket({m_owner->bucket, Versioning::Off, 900, 0, store::BucketRole::Owner});
        QVERIFY(m_owner->restore("key", conflict));
    }

    void onlyConflictsAreRestoredAndDiscarded()
    {
        m_owner->setVersioning(Versioning::Enabled);
        const auto put = m_owner->put("key", "data");
        const VersionId unknown{index::conflictStampOf(*put->version.stamp)};

        QCOMPARE(codeOf(m_owner->restore("key", put->version)), std::string("InvalidArgument"));
        QCOMPARE(codeOf(m_owner->discard("key", put->version)), std::string("InvalidArgument"));
        QCOMPARE(codeOf(m_owner->restore("key", unknown)), std::string("NoSuchVersion"));
        QCOMPARE(codeOf(m_owner->discard("key", unknown)), std::string("NoSuchVersion"));
    }

    void conflictsTravelLikeOtherVersions()
    {
        StoreFixture replica(9);
        replica.bucket = m_owner->bucket;
        replica.role = store::BucketRole::Replica;
        replica.open();
        Carrier carrier(*m_owner, replica, 4);
        QVERIFY(carrier.begin());
        for (const auto *key : {"kept", "restored", "discarded"})
            QVERIFY(m_former->put(key, patternOf(700, 3)));
        m_owner->clock.advance(std::chrono::minutes(1));
        for (const auto *key : {"kept", "restored", "discarded"})
            QVERIFY(m_owner->put(key, "won"));
        QVERIFY(m_handing->handAll(kAllUnsent, 0));
        QVERIFY(carrier.run());
        const auto conflicts = m_owner->conflicts();
        QCOMPARE(replica.conflicts(2).size(), std::size_t{3});
        QCOMPARE(replica.get("kept", conflicts[1].object.version).value(), patternOf(700, 3));
        QCOMPARE(codeOf(replica.restore("kept", conflicts[1].object.version)), std::string("Busy"));

        QCOMPARE(conflicts[0].object.key, std::string("discarded"));
        QVERIFY(m_owner->discard("discarded", conflicts[0].object.version));
        QCOMPARE(conflicts[2].object.key, std::string("restored"));
        QVERIFY(m_owner->restore("restored", conflicts[2].object.version));
        QVERIFY(carrier.run());

        QCOMPARE(replica.conflicts().size(), std::size_t{1});
        QCOMPARE(replica.get("restored").value(), patternOf(700, 3));
        QVERIFY(Carrier::manifestOf(replica, 100).value() == Carrier::manifestOf(*m_owner, 100).value());
        QVERIFY((*replica).counters(replica.bucket).value() == (*m_owner)->counters(m_owner->bucket).value());
    }

private:
    static constexpr store::CopyPart kAllUnsent{true, 0};
    std::unique_ptr<StoreFixture> m_former;
    std::unique_ptr<StoreFixture> m_owner;
    std::unique_ptr<Handing> m_handing;
};

}  // namespace maxiofs::test

using maxiofs::test::ConflictTest;
MAXIOFS_TEST(ConflictTest)
#include "conflict_test.moc"
