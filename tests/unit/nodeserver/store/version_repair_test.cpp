// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "carrier.h"

namespace maxiofs::test {

using store::ImportOutcome;

class VersionRepairTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_source = std::make_unique<StoreFixture>(1);
        m_replica = std::make_unique<StoreFixture>(2);
        m_replica->bucket = m_source->bucket;
        m_replica->role = store::BucketRole::Replica;
        m_source->open();
        m_replica->open();
    }
    void cleanup()
    {
        m_source.reset();
        m_replica.reset();
    }

    void aRepairReplacesWhatHasTheSameStamps_data()
    {
        QTest::addColumn<bool>("versioned");
        QTest::addColumn<qsizetype>("size");
        QTest::newRow("null version") << false << qsizetype{100};
        QTest::newRow("null version in a file") << false << qsizetype{100'000};
        QTest::newRow("version") << true << qsizetype{100};
        QTest::newRow("version in a file") << true << qsizetype{100'000};
    }
    void aRepairReplacesWhatHasTheSameStamps()
    {
        QFETCH(const bool, versioned);
        QFETCH(const qsizetype, size);
        if (versioned)
            m_source->setVersioning(store::Versioning::Enabled);
        const std::string good(static_cast<std::size_t>(size), 'g');
        const auto put = m_source->put("key", good);
        QVERIFY(put);
        const auto other = m_source->put("other", "data");
        QVERIFY(other);
        QVERIFY(forge("key", put->version, std::string(static_cast<std::size_t>(size) + 1, 'b')));
        QVERIFY((*m_replica)->addConsumer(m_replica->bucket, m_rule));
        QVERIFY(outcomeOf("key", put->version, good, Taking::Import).value() == ImportOutcome::AlreadyThere);

        QVERIFY(outcomeOf("key", put->version, good, Taking::Repair).value() == ImportOutcome::Applied);

        QCOMPARE(m_replica->get("key", put->version).value(), good);
        QVERIFY(outcomeOf("key", put->version, good, Taking::Repair).value() == ImportOutcome::AlreadyThere);
        QVERIFY((*m_replica)->changes(m_replica->bucket, m_rule, 0, 10)->entries.empty());
        QVERIFY(outcomeOf("other", other->version, "data", Taking::Repair, true).value() ==
                ImportOutcome::Applied);
        QVERIFY(isSame());

        // The log alone gives the same.
        m_replica->close();
        QCOMPARE(m_replica->largeObjectFiles(), size > 4096 ? 1U : 0U);
        m_replica->dropIndex();
        m_replica->open();
        QCOMPARE(m_replica->get("key", put->version).value(), good);
        QVERIFY(isSame());
    }

    void aRepairNeverReplacesANewerVersion()
    {
        QVERIFY(m_source->put("key", "old"));
        const auto old = (*m_source)->exportVersion(m_source->bucket, "key", {})->header;
        QVERIFY(m_source->put("key", "new"));
        QVERIFY(outcomeOf("key", {}, "new", Taking::Import).value() == ImportOutcome::Applied);

        const auto outcome = StoreFixture::wait<store::Imported>([&](auto done) {
            (*m_replica)
                ->repairVersion(m_replica->bucket, m_source->bucket, old, toBytes("old"), std::move(done));
        });

        QVERIFY(outcome && outcome->outcome == ImportOutcome::Older);
        QCOMPARE(m_replica->get("key").value(), std::string("new"));
    }

    void bytesThatAreNotTheVersionsRepairNothing()
    {
        QVERIFY(m_source->put("key", "good"));
        QVERIFY(forge("key", {}, "bad"));

        QCOMPARE(codeOf(outcomeOf("key", {}, "evil", Taking::Repair)), std::string("BadDigest"));
        QCOMPARE(codeOf(outcomeOf("key", {}, "good, and more", Taking::Repair)), std::string("BadDigest"));

        QCOMPARE(m_replica->get("key").value(), std::string("bad"));
    }

    // A header that changes later is a change like any other.
    void whatWasRepairedGoesOnChanging()
    {
        QVERIFY(m_source->put("key", "good"));
        QVERIFY(forge("key", {}, "bad"));
        QVERIFY((*m_replica)->addConsumer(m_replica->bucket, m_rule));
        QVERIFY(outcomeOf("key", {}, "good", Taking::Repair).value() == ImportOutcome::Applied);
        m_replica->role = store::BucketRole::Owner;
        m_replica->setVersioning(store::Versioning::Off);

        QVERIFY(m_replica->setTags("key", {{"state", "new"}}));

        const auto page = (*m_replica)->changes(m_replica->bucket, m_rule, 0, 10);
        QVERIFY(page);
        QCOMPARE(page->entries.size(), std::size_t{1});
        QVERIFY(page->entries.front().kind == store::ChangeKind::Metadata);
    }

private:
    enum class Taking { Import, Repair };

    // What the replica holds under the very stamps of the source's version, with bytes of its own.
    [[nodiscard]] bool forge(const std::string &key, const store::VersionId &version, const std::string &data)
    {
        auto header = (*m_source)->exportVersion(m_source->bucket, key, version)->header;
        crypto::Xxh128 hash;
        hash.update(asBytes(data));
        const auto digest = hash.finish();
        header.contentHash.assign(digest.begin(), digest.end());
        header.size = data.size();
        const auto taken = StoreFixture::wait<store::Imported>([&](auto done) {
            (*m_replica)
                ->importVersion(m_replica->bucket, m_source->bucket, header, toBytes(data), std::move(done));
        });
        return taken && taken->outcome == ImportOutcome::Applied;
    }
    [[nodiscard]] Result<ImportOutcome> outcomeOf(const std::string &key, const store::VersionId &version,
                                                  const std::string &data, Taking taking,
                                                  bool bySession = false)
    {
        TRY_ASSIGN(const auto exported, (*m_source)->exportVersion(m_source->bucket, key, version));
        const BucketId &bucket = m_replica->bucket;
        std::unique_ptr<store::ImportSession> session;
        if (bySession) {
            TRY_ASSIGN(session, (*m_replica)->beginRepair(bucket, bucket, exported.header));
            TRY_STATUS(session->write(asBytes(data)));
        }
        TRY_ASSIGN(
            const auto imported, StoreFixture::wait<store::Imported>([&](auto done) {
                if (session)
                    session->commit(std::move(done));
                else if (taking == Taking::Repair)
                    (*m_replica)
                        ->repairVersion(bucket, bucket, exported.header, toBytes(data), std::move(done));
                else
                    (*m_replica)
                        ->importVersion(bucket, bucket, exported.header, toBytes(data), std::move(done));
            }));
        return imported.outcome;
    }
    [[nodiscard]] bool isSame()
    {
        const auto here = Carrier::manifestOf(*m_source, 10);
        const auto there = Carrier::manifestOf(*m_replica, 10);
        return here && there && *here == *there;
    }

    std::unique_ptr<StoreFixture> m_source;
    std::unique_ptr<StoreFixture> m_replica;
    const Id128 m_rule = Id128::random();
};

}  // namespace maxiofs::test

using maxiofs::test::VersionRepairTest;
MAXIOFS_TEST(VersionRepairTest)
#include "version_repair_test.moc"
