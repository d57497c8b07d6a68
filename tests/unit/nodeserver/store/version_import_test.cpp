// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "carrier.h"

#include <set>

namespace maxiofs::test {

using store::ImportNeed;
using store::ImportOutcome;

class VersionImportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_source = std::make_unique<StoreFixture>(1);
        m_replica = std::make_unique<StoreFixture>(2);
        m_replica->bucket = m_source->bucket;
        m_replica->role = store::BucketRole::Replica;
        for (StoreFixture *store : {m_source.get(), m_replica.get()}) {
            store->minPartBytes = 0;
            store->open();
        }
    }
    void cleanup()
    {
        m_source.reset();
        m_replica.reset();
    }

    void aReplicaRefusesClients()
    {
        const auto id = m_source->beginUpload("key");
        QCOMPARE(codeOf(m_replica->put("key", "data")), std::string("Busy"));
        QCOMPARE(codeOf(m_replica->remove("key")), std::string("Busy"));
        QCOMPARE(codeOf(m_replica->setTags("key", {})), std::string("Busy"));
        QCOMPARE(codeOf(m_replica->beginUpload("key")), std::string("Busy"));
        QCOMPARE(codeOf(m_replica->complete("key", *id, {})), std::string("Busy"));

        QVERIFY(m_source->put("key", "data"));
        QVERIFY(import("key").value() == ImportOutcome::Applied);
        QCOMPARE(m_replica->get("key").value(), std::string("data"));
    }

    void aVersionArrivesWithAllThatItHas_data()
    {
        QTest::addColumn<qsizetype>("size");
        QTest::newRow("empty") << qsizetype{0};
        QTest::newRow("small") << qsizetype{100};
        QTest::newRow("of several frames, in a file") << qsizetype{200'000};
    }
    void aVersionArrivesWithAllThatItHas()
    {
        QFETCH(const qsizetype, size);
        m_source->setVersioning(store::Versioning::Enabled);
        store::Attributes attributes;
        attributes.contentHeaders = {{"content-type", "text/plain"}};
        attributes.userMetadata = {{"color", "red"}};
        attributes.tags = {{"state", "new"}};
        attributes.ownerId = std::string(64, 'b');
        attributes.storageClass = "STANDARD_IA";
        const auto put = m_source->put("key", patternOf(static_cast<std::size_t>(size), 7), {}, attributes);
        QVERIFY(put);

        QVERIFY(import("key", put->version).value() == ImportOutcome::Applied);

        const auto there = (*m_replica)->open(m_replica->bucket, "key", {}, index::ReadMode::MayBlock);
        QVERIFY(there);
        QVERIFY((*there)->info().version == put->version);
        QCOMPARE((*there)->info().etag, put->etag);
        QCOMPARE((*there)->info().lastModifiedMs, put->lastModifiedMs);
        QVERIFY(**(*there)->attributes() == attributes);
        QCOMPARE(m_replica->get("key").value(), patternOf(static_cast<std::size_t>(size), 7));
        QCOMPARE(m_replica->largeObjectFiles(), size > 4096 ? 1U : 0U);
        QVERIFY(import("key", put->version).value() == ImportOutcome::AlreadyThere);
        QCOMPARE(m_replica->largeObjectFiles(), size > 4096 ? 1U : 0U);
    }

    void partsStayAsTheyWere_data()
    {
        QTest::addColumn<int>("parts");
        QTest::newRow("table in the row") << 3;
        QTest::newRow("table in the log") << 200;
    }
    void partsStayAsTheyWere()
    {
        QFETCH(const int, parts);
        const auto upload = m_source->beginUpload("key");
        std::vector<store::ObjectStore::CompletePart> listed;
        for (int i = 1; i <= parts; ++i) {
            const auto number = static_cast<unsigned>(2 * i);
            const auto part = m_source->putPart("key", *upload, number, patternOf(50U + number, number));
            QVERIFY(part);
            listed.push_back({number, part->etag, {}});
        }
        const auto done = m_source->complete("key", *upload, listed);
        QVERIFY(done);

        QVERIFY(import("key").value() == ImportOutcome::Applied);
        QVERIFY(m_source->setTags("key", {{"state", "new"}}));
        QVERIFY(need("key").value() == ImportNeed::Header);
        QVERIFY(importHeader("key").has_value());

        const auto here = (*m_source)->open(m_source->bucket, "key", {}, index::ReadMode::MayBlock);
        const auto there = (*m_replica)->open(m_replica->bucket, "key", {}, index::ReadMode::MayBlock);
        QVERIFY(here && there);
        QCOMPARE((*there)->info().etag, done->etag);
        QCOMPARE((*there)->partCount(), static_cast<unsigned>(parts));
        for (unsigned i = 1; i <= (*here)->partCount(); ++i)
            QVERIFY((*there)->partRange(i).value() == (*here)->partRange(i).value());
        const auto infos = (*here)->parts(4, 2);
        const auto others = (*there)->parts(4, 2);
        QVERIFY(infos && others);
        QCOMPARE(others->second, infos->second);
        QCOMPARE(others->first.size(), infos->first.size());
        for (std::size_t i = 0; i < infos->first.size(); ++i) {
            QCOMPARE(others->first[i].number, infos->first[i].number);
            QCOMPARE(others->first[i].size, infos->first[i].size);
            QCOMPARE(others->first[i].etag, infos->first[i].etag);
        }
        QVERIFY((*there)->attributes().value()->tags == (store::Pairs{{"state", "new"}}));
        QCOMPARE(m_replica->get("key").value(), m_source->get("key").value());
        // And on to a third as they are.
        const auto given = (*m_source)->exportVersion(m_source->bucket, "key", {})->header;
        const auto passedOn = (*m_replica)->exportVersion(m_replica->bucket, "key", {})->header;
        QVERIFY(passedOn.contentHash == given.contentHash);
        QVERIFY(passedOn.headerStamp == given.headerStamp);
        for (const auto tag : {frame::Tag::Etag, frame::Tag::PieceTable, frame::Tag::ObjectTags})
            QCOMPARE(passedOn.fields.text(tag).value_or("none"), given.fields.text(tag).value_or("nothing"));
    }

    void wrongBytesAreRefusedAndLeaveNothing()
    {
        QVERIFY(m_source->put("small", std::string(100, 'a')));
        QVERIFY(m_source->put("large", std::string(100'000, 'a')));

        QCOMPARE(codeOf(importBytes("small", std::string(100, 'b'))), std::string("BadDigest"));
        QCOMPARE(codeOf(importBytes("small", std::string(99, 'a'))), std::string("BadDigest"));
        QCOMPARE(codeOf(importBytes("large", std::string(100'000, 'b'))), std::string("BadDigest"));
        const auto header = (*m_source)->exportVersion(m_source->bucket, "large", {})->header;
        auto session = (*m_replica)->beginImport(m_replica->bucket, m_source->bucket, header);
        QVERIFY(session);
        QVERIFY((*session)->write(asBytes(std::string(60'000, 'a'))));
        QCOMPARE(codeOf((*session)->write(asBytes(std::string(60'000, 'a')))), std::string("EntityTooLarge"));
        session->reset();

        QCOMPARE(codeOf(m_replica->get("small")), std::string("NoSuchKey"));
        QCOMPARE(m_replica->largeObjectFiles(), 0U);
    }

    void aRemovedVersionDoesNotComeBack()
    {
        m_source->setVersioning(store::Versioning::Enabled);
        const auto put = m_source->put("key", "data");
        QVERIFY(put);
        const auto late = (*m_source)->exportVersion(m_source->bucket, "key", put->version);
        QVERIFY(late);
        QVERIFY(m_source->remove("key", put->version));
        const auto removal = (*m_source)->exportRemoval(m_source->bucket, "key", put->version);
        QVERIFY(removal && *removal);
        QCOMPARE(codeOf((*m_source)->exportVersion(m_source->bucket, "key", put->version)),
                 std::string("NoSuchVersion"));

        QVERIFY(importRemoval(**removal).value() == ImportOutcome::Applied);
        QVERIFY(importRemoval(**removal).value() == ImportOutcome::AlreadyThere);

        QVERIFY((*m_replica)->importNeed(m_replica->bucket, late->header).value() == ImportNeed::Nothing);
        QVERIFY(importOf(*late).value() == ImportOutcome::Older);
        QCOMPARE(codeOf(m_replica->get("key")), std::string("NoSuchKey"));
    }

    void ofTheNullVersionTheNewerWins()
    {
        QVERIFY(m_source->put("key", "old"));
        const auto old = (*m_source)->exportVersion(m_source->bucket, "key", {});
        QVERIFY(m_source->put("key", "new"));
        const auto removedLater = (*m_source)->exportVersion(m_source->bucket, "key", {});

        QVERIFY(import("key").value() == ImportOutcome::Applied);
        QVERIFY(importOf(*old).value() == ImportOutcome::Older);
        QCOMPARE(m_replica->get("key").value(), std::string("new"));

        QVERIFY(m_source->remove("key"));
        const auto removal = (*m_source)->exportRemoval(m_source->bucket, "key", {});
        QVERIFY(importRemoval(**removal).value() == ImportOutcome::Applied);
        QVERIFY(importOf(*removedLater).value() == ImportOutcome::Older);
        QVERIFY(m_source->put("key", "newest"));
        QVERIFY(import("key").value() == ImportOutcome::Applied);
        QVERIFY(importRemoval(**removal).value() == ImportOutcome::Older);
        QCOMPARE(m_replica->get("key").value(), std::string("newest"));
    }

    // The new owner's clock is behind that of the one before it.
    void aNewOwnersWritesAreNewerThanWhatItTookOver()
    {
        m_source->clock.advance(std::chrono::hours(1));
        QVERIFY(m_source->put("key", "data"));
        QVERIFY(m_source->remove("key"));
        const auto removal = (*m_source)->exportRemoval(m_source->bucket, "key", {});
        QVERIFY(importRemoval(**removal).value() == ImportOutcome::Applied);
        m_replica->role = store::BucketRole::Owner;
        m_replica->close();
        m_replica->open();

        QVERIFY(m_replica->put("key", "written later"));

        const auto written = (*m_replica)->exportVersion(m_replica->bucket, "key", {});
        QVERIFY(written);
        QVERIFY(written->header.stamp > (*removal)->stamp);
    }

    void anIdIsNotGivenOutTwiceWhileTheClockIsBehind()
    {
        m_source->setVersioning(store::Versioning::Enabled);
        m_source->clock.advance(std::chrono::hours(1));
        const auto ahead = m_source->put("key", "from a clock that is ahead");
        QVERIFY(ahead);
        QVERIFY(import("key", ahead->version).value() == ImportOutcome::Applied);
        m_replica->role = store::BucketRole::Owner;
        m_replica->setVersioning(store::Versioning::Enabled);

        const auto first = m_replica->put("key", "first");
        QVERIFY(first);
        QVERIFY(m_replica->remove("key", first->version));
        const auto second = m_replica->put("key", "second");
        QVERIFY(second);
        QVERIFY(m_replica->remove("key", second->version));
        const auto third = m_replica->put("key", "third");

        QVERIFY(third);
        QVERIFY(first->version.stamp > ahead->version.stamp);
        QVERIFY(second->version.stamp > first->version.stamp);
        QVERIFY(third->version.stamp > second->version.stamp);
    }

    void changedTagsMoveNoBytes()
    {
        QVERIFY(m_source->put("key", std::string(100'000, 'a')));
        QCOMPARE(codeOf(importHeader("key")), std::string("NotFound"));
        QVERIFY(import("key").value() == ImportOutcome::Applied);
        const auto before = (*m_source)->exportVersion(m_source->bucket, "key", {})->header;
        QVERIFY(m_source->setTags("key", {{"state", "new"}}));

        QVERIFY(need("key").value() == ImportNeed::Header);
        QVERIFY(importHeader("key").value() == ImportOutcome::Applied);
        QVERIFY(importHeader("key").value() == ImportOutcome::AlreadyThere);

        QVERIFY(need("key").value() == ImportNeed::Nothing);
        QVERIFY((*m_replica)->importNeed(m_replica->bucket, before).value() == ImportNeed::Nothing);
        QCOMPARE(m_replica->largeObjectFiles(), 1U);
        QCOMPARE(m_replica->get("key").value(), std::string(100'000, 'a'));
        QVERIFY(m_source->put("key", "other bytes"));
        QVERIFY(need("key").value() == ImportNeed::Data);
        QCOMPARE(codeOf(importHeader("key")), std::string("NotFound"));
    }

    void metadataCanBeLeftBehind()
    {
        store::Attributes attributes;
        attributes.contentHeaders = {{"content-type", "text/plain"}};
        attributes.userMetadata = {{"color", "red"}};
        QVERIFY(m_source->put("key", "data", {}, attributes));
        QVERIFY(m_source->setTags("key", {{"state", "new"}}));
        auto exported = (*m_source)->exportVersion(m_source->bucket, "key", {});
        QVERIFY(exported);

        exported->header.removeMetadata();
        QVERIFY(importOf(*exported).value() == ImportOutcome::Applied);

        const auto there = (*m_replica)->open(m_replica->bucket, "key", {}, index::ReadMode::MayBlock);
        QVERIFY(there);
        const store::Attributes *kept = (*there)->attributes().value();
        QVERIFY(kept->contentHeaders == attributes.contentHeaders);
        QVERIFY(kept->userMetadata.empty());
        QVERIFY(kept->tags.empty());
    }

    void aVersionRemembersTheBucketsItCameThrough()
    {
        const BucketId copy = Id128::random();
        (*m_replica)->setBucket({.id = copy});
        QVERIFY((*m_replica)->addConsumer(copy, m_rule));
        QVERIFY(m_source->put("key", "data"));
        const auto exported = (*m_source)->exportVersion(m_source->bucket, "key", {});
        const auto imported = StoreFixture::wait<store::Imported>([&](auto done) {
            (*m_replica)
                ->importVersion(copy, m_source->bucket, exported->header, toBytes("data"), std::move(done));
        });
        QVERIFY(imported);

        const auto page = (*m_replica)->changes(copy, m_rule, 0, 10);
        QVERIFY(page);
        QVERIFY((page->entries.front().origins == std::vector{m_source->bucket}));
        QVERIFY(((*m_replica)->exportVersion(copy, "key", {})->header.origins() ==
                 std::vector{m_source->bucket}));

        // Changed here it is a change of this bucket.
        m_replica->bucket = copy;
        QVERIFY(m_replica->setTags("key", {{"state", "new"}}));
        QVERIFY((*m_replica)->changes(copy, m_rule, imported->position, 10)->entries.front().origins.empty());
    }

    void fieldsThatThisVersionDoesNotKnowGoAlong()
    {
        constexpr auto kClear = static_cast<frame::Tag>(2000);
        constexpr auto kSealed = static_cast<frame::Tag>(2001 | frame::kSealedTag);
        QVERIFY(m_source->put("key", "data"));
        auto exported = (*m_source)->exportVersion(m_source->bucket, "key", {});
        QVERIFY(exported);
        exported->header.fields.setText(kClear, "from the future");
        exported->header.fields.setText(kSealed, "secretly");

        QVERIFY(importOf(*exported).value() == ImportOutcome::Applied);

        const auto back = (*m_replica)->exportVersion(m_replica->bucket, "key", {});
        QVERIFY(back);
        QCOMPARE(back->header.fields.text(kClear).value_or(""), std::string("from the future"));
        QCOMPARE(back->header.fields.text(kSealed).value_or(""), std::string("secretly"));
    }

    void headersThatNoStoreGivesAreRefused()
    {
        QVERIFY(m_source->put("key", "data"));
        const auto good = (*m_source)->exportVersion(m_source->bucket, "key", {})->header;
        const auto codeWith = [&](auto change) {
            store::VersionExport exported{good, nullptr};
            change(exported.header);
            return codeOf(StoreFixture::wait<store::Imported>([&](auto done) {
                (*m_replica)
                    ->importVersion(m_replica->bucket, m_source->bucket, exported.header, toBytes("data"),
                                    std::move(done));
            }));
        };

        QCOMPARE(codeWith([](auto &header) { header.key.clear(); }), std::string("InvalidArgument"));
        QCOMPARE(codeWith([](auto &header) { header.key.assign(1025, 'k'); }),
                 std::string("InvalidArgument"));
        QCOMPARE(codeWith([](auto &header) { header.version.stamp = Stamp{}; }),
                 std::string("InvalidArgument"));
        QCOMPARE(codeWith([](auto &header) { header.headerStamp = Stamp{}; }),
                 std::string("InvalidArgument"));
        QCOMPARE(codeWith([](auto &header) { header.contentHash.clear(); }), std::string("InvalidArgument"));
        QCOMPARE(codeWith([](auto &header) { header.contentHash.front() ^= std::byte{1}; }),
                 std::string("BadDigest"));
        QCOMPARE(codeWith([](auto &header) { header.fields.set(frame::Tag::PieceTable, toBytes("?")); }),
                 std::string("Corrupt"));
        QCOMPARE(codeWith([](auto &) {}), std::string("ok"));
    }

    void cutOrForeignHeadersAreCorrupt()
    {
        QVERIFY(m_source->put("key", "data"));
        const Bytes good = (*m_source)->exportVersion(m_source->bucket, "key", {})->header.encoded();

        for (std::size_t size = 0; size < good.size(); ++size)
            QCOMPARE(codeOf(store::VersionHeader::decode(ByteView(good).first(size))),
                     std::string("Corrupt"));
        Bytes foreign = good;
        foreign[0] = std::byte{9};
        QCOMPARE(codeOf(store::VersionHeader::decode(foreign)), std::string("Corrupt"));
    }

    void aManifestNamesEachVersionAndRemovalOnce()
    {
        m_source->setVersioning(store::Versioning::Enabled);
        std::vector<store::VersionId> removed;
        QVERIFY(m_source->put("both", "null"));
        for (int i = 0; i < 30; ++i) {
            const std::string key = "key " + std::to_string(i % 4);
            m_source->setVersioning(i % 5 == 0 ? store::Versioning::Suspended : store::Versioning::Enabled);
            const auto put = m_source->put(key, "data " + std::to_string(i));
            QVERIFY(put);
            if (i % 3 == 0)
                QVERIFY(m_source->remove(key, put->version));
            if (i % 7 == 0)
                QVERIFY(m_source->remove(key));
        }

        const auto whole = Carrier::manifestOf(*m_source, 1000);

        QVERIFY(whole);
        for (std::size_t limit = 1; limit < 12; ++limit)
            QVERIFY(Carrier::manifestOf(*m_source, limit).value() == *whole);
        std::set<std::pair<std::string, store::VersionId>> named;
        std::size_t versions = 0;
        for (const store::ManifestEntry &entry : *whole) {
            QVERIFY(named.emplace(entry.key, entry.version).second);
            versions += entry.kind == store::ManifestEntry::Kind::Removed ? 0 : 1;
        }
        const auto counters = (*m_source)->counters(m_source->bucket);
        QCOMPARE(versions, counters->currentObjects + counters->noncurrentObjects);
        QVERIFY(versions < whole->size());
    }

private:
    [[nodiscard]] Result<ImportOutcome> import(const std::string &key, const store::VersionId &version = {})
    {
        TRY_ASSIGN(const auto exported, (*m_source)->exportVersion(m_source->bucket, key, version));
        return importOf(exported);
    }
    [[nodiscard]] Result<ImportOutcome> importOf(const store::VersionExport &exported)
    {
        TRY_ASSIGN(Bytes data, Carrier::bytesOf(*exported.reader));
        return outcome([&](auto done) {
            (*m_replica)
                ->importVersion(m_replica->bucket, m_source->bucket, exported.header, std::move(data),
                                std::move(done));
        });
    }
    [[nodiscard]] Result<ImportOutcome> importBytes(const std::string &key, const std::string &data)
    {
        TRY_ASSIGN(const auto exported, (*m_source)->exportVersion(m_source->bucket, key, {}));
        return outcome([&](auto done) {
            (*m_replica)
                ->importVersion(m_replica->bucket, m_source->bucket, exported.header, toBytes(data),
                                std::move(done));
        });
    }
    [[nodiscard]] Result<ImportOutcome> importHeader(const std::string &key)
    {
        TRY_ASSIGN(const auto exported, (*m_source)->exportVersion(m_source->bucket, key, {}));
        return outcome([&](auto done) {
            (*m_replica)->importHeader(m_replica->bucket, m_source->bucket, exported.header, std::move(done));
        });
    }
    [[nodiscard]] Result<ImportOutcome> importRemoval(const store::VersionRemoval &removal)
    {
        return outcome([&](auto done) {
            (*m_replica)->importRemoval(m_replica->bucket, m_source->bucket, removal, std::move(done));
        });
    }
    [[nodiscard]] Result<ImportNeed> need(const std::string &key)
    {
        TRY_ASSIGN(const auto exported, (*m_source)->exportVersion(m_source->bucket, key, {}));
        return (*m_replica)->importNeed(m_replica->bucket, exported.header);
    }
    template <typename Start>
    [[nodiscard]] static Result<ImportOutcome> outcome(Start start)
    {
        TRY_ASSIGN(const auto imported, StoreFixture::wait<store::Imported>(start));
        return imported.outcome;
    }

    const Id128 m_rule = Id128::random();
    std::unique_ptr<StoreFixture> m_source;
    std::unique_ptr<StoreFixture> m_replica;
};

}  // namespace maxiofs::test

using maxiofs::test::VersionImportTest;
MAXIOFS_TEST(VersionImportTest)
#include "version_import_test.moc"
