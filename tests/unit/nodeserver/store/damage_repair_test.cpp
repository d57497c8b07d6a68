// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "carrier.h"

#include <random>

namespace maxiofs::test {

using store::ImportOutcome;

class DamageRepairTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_store = std::make_unique<StoreFixture>(1);
        m_other = std::make_unique<StoreFixture>(2);
        m_other->bucket = m_store->bucket;
        m_other->role = store::BucketRole::Replica;
        for (StoreFixture *store : {m_store.get(), m_other.get()}) {
            store->minPartBytes = 0;
            store->open();
        }
        m_hooked = 0;
        (*m_store)->setDamageHook([this] { ++m_hooked; });
    }
    void cleanup()
    {
        m_store.reset();
        m_other.reset();
    }

    void aDamagedFileIsReplaced()
    {
        const std::string data = patternOf(200'000, 3);
        QVERIFY(m_store->put("key", data, {}, tagged()));
        QVERIFY(mirror());
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));
        QVERIFY(damageFiles());
        QVERIFY((*m_store)->scrubOnce());
        QCOMPARE(m_hooked, 1);
        QCOMPARE((*m_store)->health().damage.size(), std::size_t{1});

        QVERIFY(heal().value() == 1);

        QVERIFY((*m_store)->health().damage.empty());
        QCOMPARE(m_store->get("key").value(), data);
        QVERIFY((*m_store)->changes(m_store->bucket, m_rule, 0, 10)->entries.empty());
        checkSame();
        QVERIFY((*m_store)->scrubOnce());
        QVERIFY((*m_store)->health().damage.empty());
        m_store->close();
        QCOMPARE(m_store->largeObjectFiles(), std::size_t{1});
        m_store->dropIndex();
        m_store->open();
        QCOMPARE(m_store->get("key").value(), data);
        checkSame();
    }

    // Any bit of a segment: of a payload, of a header, of a batch, where neighbours are hidden with it.
    void aDamagedSegmentIsReplaced_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 12; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }
    void aDamagedSegmentIsReplaced()
    {
        QFETCH(const unsigned, seed);
        std::mt19937_64 random(seed);
        m_store->setVersioning(store::Versioning::Enabled);
        for (unsigned i = 0; i < 30; ++i) {
            const std::string key = "key-" + std::to_string(random() % 10);
            if (random() % 6 == 0)
                QVERIFY(m_store->remove(key));
            else
                QVERIFY(m_store->put(key, patternOf(1 + random() % 3000, i), {}, tagged()));
            if (random() % 5 == 0 && m_store->get(key))
                QVERIFY(m_store->setTags(key, {{"state", std::to_string(i)}}));
        }
        QVERIFY(mirror());
        const std::string path = "/data/log/0000000000000001.seg";
        const std::size_t size = os::readWholeFile(m_store->files(), path, 1 << 20)->size();
        QVERIFY(m_store->files().flipByte(path, kSegmentHeader + random() % (size - kSegmentHeader)));

        QVERIFY((*m_store)->scrubOnce());
        QVERIFY(heal().has_value());

        QVERIFY((*m_store)->health().damage.empty());
        checkSame();
        // Found again and again, it stays healed.
        QVERIFY((*m_store)->scrubOnce());
        QVERIFY((*m_store)->health().damage.empty());
        m_store->close();
        m_store->open();
        QVERIFY((*m_store)->health().damage.empty());
        checkSame();
    }

    void aDamagedPartIsReplacedWithItsObject()
    {
        const auto upload = m_store->beginUpload("key");
        std::vector<store::ObjectStore::CompletePart> listed;
        for (const unsigned number : {1U, 2U, 7U}) {
            const auto part = m_store->putPart("key", *upload, number, patternOf(9'000 + number, number));
            QVERIFY(part);
            listed.push_back({number, part->etag, {}});
        }
        QVERIFY(m_store->complete("key", *upload, listed));
        const std::string data = m_store->get("key").value();
        QVERIFY(mirror());
        QVERIFY(damageFiles());
        QVERIFY((*m_store)->scrubOnce());

        QVERIFY(heal().value() == 1);

        QVERIFY((*m_store)->health().damage.empty());
        QCOMPARE(m_store->get("key").value(), data);
        const auto object = (*m_store)->open(m_store->bucket, "key", {}, index::ReadMode::MayBlock);
        QVERIFY(object);
        QCOMPARE((*object)->partCount(), 3U);
        QCOMPARE((*object)->parts(2, 10)->first.front().number, 7U);
        checkSame();
    }

    void aVersionThatChangedMeanwhileIsLeftAlone()
    {
        QVERIFY(m_store->put("key", patternOf(100'000, 1)));
        QVERIFY(mirror());
        QVERIFY(damageFiles());
        QVERIFY((*m_store)->scrubOnce());
        const auto found = (*m_store)->damagedVersions(0, 10, [] { return false; });
        QVERIFY(found && found->versions.size() == 1);
        QVERIFY(m_store->put("key", "newer"));

        QVERIFY(healFrom(*m_other, found->versions.front()).value() == ImportOutcome::Older);

        QCOMPARE(m_store->get("key").value(), std::string("newer"));
        QVERIFY((*m_store)->damagedVersions(0, 10, [] { return false; })->versions.empty());
        QVERIFY((*m_store)->health().damage.empty());
    }

    void otherBytesHealNothing()
    {
        QVERIFY(m_store->put("key", patternOf(100'000, 1)));
        QVERIFY(damageFiles());
        QVERIFY((*m_store)->scrubOnce());
        const auto found = (*m_store)->damagedVersions(0, 10, [] { return false; });
        QVERIFY(found && found->versions.size() == 1);

        auto session = (*m_store)->beginHealing(found->versions.front(),
                                                *(*m_store)->damagedHeader(found->versions.front()));
        QVERIFY(session);
        QVERIFY((*session)->write(asBytes(patternOf(100'000, 2))));
        const auto healed =
            StoreFixture::wait<store::Imported>([&](auto done) { (*session)->commit(std::move(done)); });

        QCOMPARE(codeOf(healed), std::string("BadDigest"));
        QCOMPARE(codeOf(m_store->get("key")), std::string("Corrupt"));
        QCOMPARE((*m_store)->health().damage.size(), std::size_t{1});
    }

    void whatIsSkippedIsFoundByItself()
    {
        for (const auto *key : {"a", "b", "c"})
            QVERIFY(m_store->put(key, patternOf(100'000, 1)));
        QVERIFY(damageFiles());
        QVERIFY((*m_store)->scrubOnce());

        const auto first = (*m_store)->damagedVersions(0, 2, [] { return false; });
        const auto rest = (*m_store)->damagedVersions(2, 2, [] { return false; });
        const auto cancelled = (*m_store)->damagedVersions(0, 2, [] { return true; });

        QVERIFY(first && first->versions.size() == 2 && first->more && first->listed);
        QVERIFY(rest && rest->versions.size() == 1 && !rest->more);
        QCOMPARE(rest->versions.front().key, std::string("c"));
        QCOMPARE(codeOf(cancelled), std::string("Stopping"));
    }

private:
    static constexpr std::uint64_t kSegmentHeader = 128;

    static store::Attributes tagged()
    {
        store::Attributes attributes;
        attributes.userMetadata = {{"color", "red"}};
        attributes.tags = {{"state", "first"}};
        return attributes;
    }
    [[nodiscard]] Status mirror() { return Carrier(*m_store, *m_other, 1).compareAll(); }
    [[nodiscard]] bool damageFiles()
    {
        for (const auto &folder : m_store->files().list("/data/blobs").value()) {
            const std::string path = "/data/blobs/" + folder.name;
            for (const auto &file : m_store->files().list(path).value()) {
                if (!m_store->files().flipByte(path + "/" + file.name, 5000))
                    return false;
            }
        }
        return true;
    }
    [[nodiscard]] Result<ImportOutcome> healFrom(StoreFixture &from, const store::DamagedVersion &damaged)
    {
        TRY_ASSIGN(auto given, from->exportVersion(from.bucket, damaged.key, damaged.version));
        Bytes data;
        if (given.reader) {
            TRY_ASSIGN(data, Carrier::bytesOf(*given.reader));
        }
        auto stored = (*m_store)->damagedHeader(damaged);
        TRY_ASSIGN(auto session, (*m_store)->beginHealing(damaged, stored ? *stored : given.header));
        TRY_STATUS(session->write(data));
        TRY_ASSIGN(const auto imported,
                   StoreFixture::wait<store::Imported>([&](auto done) { session->commit(std::move(done)); }));
        return imported.outcome;
    }
    /// As the healer does; how many came from the other store.
    [[nodiscard]] Result<int> heal()
    {
        int healed = 0;
        for (int round = 0; round < 10; ++round) {
            TRY_ASSIGN(const auto found, (*m_store)->damagedVersions(0, 1000, [] { return false; }));
            if (found.versions.empty())
                return healed;
            for (const store::DamagedVersion &damaged : found.versions) {
                if (healFrom(*m_store, damaged))
                    continue;
                TRY_ASSIGN([[maybe_unused]] const auto outcome, healFrom(*m_other, damaged));
                ++healed;
            }
        }
        return failure(Error::Internal, "what was healed stands on the damage still");
    }
    void checkSame()
    {
        const auto here = Carrier::manifestOf(*m_store, 10);
        const auto there = Carrier::manifestOf(*m_other, 10);
        QVERIFY(here && there);
        QVERIFY(*here == *there);
        for (const store::ManifestEntry &entry : *here) {
            if (entry.kind != store::ManifestEntry::Kind::Object)
                continue;
            QCOMPARE(m_store->get(entry.key, entry.version).value(),
                     m_other->get(entry.key, entry.version).value());
            const auto one = (*m_store)->exportVersion(m_store->bucket, entry.key, entry.version);
            const auto two = (*m_other)->exportVersion(m_other->bucket, entry.key, entry.version);
            QVERIFY(one && two);
            for (const auto tag : {frame::Tag::ObjectTags, frame::Tag::UserMetadata, frame::Tag::Etag})
                QCOMPARE(one->header.fields.text(tag).value_or(""),
                         two->header.fields.text(tag).value_or(""));
        }
    }

    std::unique_ptr<StoreFixture> m_store;
    std::unique_ptr<StoreFixture> m_other;
    const Id128 m_rule = Id128::random();
    std::atomic<int> m_hooked{0};
};

}  // namespace maxiofs::test

using maxiofs::test::DamageRepairTest;
MAXIOFS_TEST(DamageRepairTest)
#include "damage_repair_test.moc"
