// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/state_reader.h"

#include "cluster/replication/store_views.h"
#include "cluster/replication/synchronous_store.h"
#include "support/test_runner.h"
#include "unit/nodeserver/store/store_fixture.h"

using namespace maxiofs;
using namespace maxiofs::cluster;
using namespace maxiofs::cluster::replication;
using namespace std::string_literals;

namespace state_reader_test {

using Outcome = rules::EntryAnswer::Outcome;

// A store with one bucket, written through the store for clients.
class Source {
public:
    Source()
        : clients({.store = openStore(fixture),
                   .mustWait = [this](const BucketId &) { return isSynchronous; },
                   .wait =
                       [this](const BucketId &, std::uint64_t at, SynchronousStore::Waited waited) {
                           waitedFor = at;
                           waited(waits);
                       }})
    {
    }
    static store::ObjectStore &openStore(test::StoreFixture &fixture)
    {
        fixture.open();
        fixture->setBucket({fixture.bucket});
        return *fixture;
    }
    Result<store::Committed> put(const std::string &key, std::size_t size)
    {
        store::Attributes attributes;
        attributes.ownerId = std::string(64, 'a');
        attributes.userMetadata = {{"name", "value"}};
        auto session = clients.beginPut(fixture.bucket, key, attributes, size);
        if (!session || !(*session)->write(Bytes(size, std::byte{'x'})) || !(*session)->finish())
            qFatal("the object was not taken");
        std::promise<Result<store::Committed>> done;
        (*session)->commit({}, [&](Result<store::Committed> result) { done.set_value(std::move(result)); });
        return done.get_future().get();
    }
    void remove(const std::string &key)
    {
        std::promise<bool> done;
        clients.remove(fixture.bucket, key, std::nullopt, {},
                       [&](const Result<store::Deleted> &result) { done.set_value(result.has_value()); });
        QVERIFY(done.get_future().get());
    }
    ReadState read(const std::string &key, ReadRules rules)
    {
        rules::BatchEntry entry;
        entry.name.key = key;
        return readState(*fixture, rules, entry);
    }
    [[nodiscard]] ReadRules all() const { return {fixture.bucket, fixture.bucket, true, true}; }

    test::StoreFixture fixture;
    bool isSynchronous = false;
    Status waits;
    std::uint64_t waitedFor = 0;
    SynchronousStore clients;
};

const Outcome *outcomeOf(const ReadState &state)
{
    const auto *const answer = std::get_if<rules::EntryAnswer>(&state);
    return answer == nullptr ? nullptr : &answer->outcome;
}

}  // namespace state_reader_test

using namespace state_reader_test;

class StateReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void smallVersionsTravelWholeAndLargeOnesAreOffered()
    {
        Source source;
        QVERIFY(source.put("small", 1000));
        QVERIFY(source.put("large", kMaxInlineBytes + 1));

        const ReadState small = source.read("small", source.all());
        const ReadState large = source.read("large", source.all());

        const auto &sent = std::get<SentVersion>(std::get<EntryState>(small));
        QCOMPARE(sent.data, Bytes(1000, std::byte{'x'}));
        QCOMPARE(sent.header.key, "small"s);
        QCOMPARE(std::get<OfferedVersion>(std::get<EntryState>(large)).header.size, kMaxInlineBytes + 1);
    }

    void aRepairTravelsAsOne()
    {
        Source source;
        QVERIFY(source.put("small", 1000));
        QVERIFY(source.put("large", kMaxInlineBytes + 1));
        rules::BatchEntry repair;
        repair.what = rules::BatchEntry::What::Repair;

        repair.name.key = "small";
        const ReadState small = readState(*source.fixture, source.all(), repair);
        repair.name.key = "large";
        const ReadState large = readState(*source.fixture, source.all(), repair);

        QVERIFY(std::get<SentVersion>(std::get<EntryState>(small)).isRepair);
        QVERIFY(std::get<OfferedVersion>(std::get<EntryState>(large)).isRepair);
        QVERIFY(!std::get<SentVersion>(std::get<EntryState>(source.read("small", source.all()))).isRepair);
    }

    void aRemovalTravelsUnlessTheRuleKeepsDeletesBack()
    {
        Source source;
        QVERIFY(source.fixture->addConsumer(source.fixture.bucket, Id128::random()));
        QVERIFY(source.put("key", 5));
        source.remove("key");
        ReadRules withoutDeletes = source.all();
        withoutDeletes.deletes = false;

        const ReadState removal = source.read("key", source.all());
        const ReadState kept = source.read("key", withoutDeletes);
        const ReadState never = source.read("never", source.all());

        QCOMPARE(std::get<store::VersionRemoval>(std::get<EntryState>(removal)).key, "key"s);
        QVERIFY(outcomeOf(kept) != nullptr && *outcomeOf(kept) == Outcome::Gone);
        QVERIFY(outcomeOf(never) != nullptr && *outcomeOf(never) == Outcome::Gone);
    }

    void metadataStaysWhereTheRuleSaysSo()
    {
        Source source;
        QVERIFY(source.put("key", 5));
        ReadRules without = source.all();
        without.metadata = false;

        const ReadState whole = source.read("key", source.all());
        const ReadState bare = source.read("key", without);

        QVERIFY(
            std::get<SentVersion>(std::get<EntryState>(whole)).header.fields.has(frame::Tag::UserMetadata));
        QVERIFY(
            !std::get<SentVersion>(std::get<EntryState>(bare)).header.fields.has(frame::Tag::UserMetadata));
    }

    void aManifestBeginsAndEndsWithItsPrefix()
    {
        Source source;
        for (const auto *key : {"a", "b", "b/", "b/1", "b/2", "b0", "c"})
            QVERIFY(source.put(key, 1));

        const auto page = readManifest(*source.fixture, source.fixture.bucket, "b/", std::nullopt, 100);
        const auto all = readManifest(*source.fixture, source.fixture.bucket, "", std::nullopt, 3);

        QVERIFY(page);
        std::vector<std::string> keys;
        for (const auto &entry : page->entries)
            keys.push_back(entry.name.key);
        QCOMPARE(keys, (std::vector{"b/"s, "b/1"s, "b/2"s}));
        QVERIFY(!page->more);
        QCOMPARE(all->entries.size(), std::size_t{3});
        QVERIFY(all->more);
    }

    void aWriteIsAnsweredByWhatTheDestinationSays()
    {
        Source source;
        QVERIFY(source.put("key", 1));
        QCOMPARE(source.waitedFor, std::uint64_t{0});

        source.isSynchronous = true;
        const auto good = source.put("key", 2);
        QVERIFY(good);
        QCOMPARE(source.waitedFor, good->sequence);
        source.waits = failure(Error::TimedOut, "The destination did not answer.");
        const auto bad = source.put("key", 3);
        QVERIFY(!bad);
        QCOMPARE(bad.error().code, Error::Busy);
        QCOMPARE(bad.error().message, "The destination did not answer."s);
    }
};

MAXIOFS_TEST(StateReaderTest)
#include "state_reader_test.moc"
