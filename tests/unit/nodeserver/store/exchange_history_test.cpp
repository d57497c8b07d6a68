// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "carrier.h"

#include <random>

namespace maxiofs::test {

using store::Versioning;

// Two stores that carry each other's changes, with power cuts, lost indexes and feeds cut short: when all is
// carried, both hold the same versions and removals, and the same after a rebuild.
class ExchangeHistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aReplicaEndsAsItsSource();
    void writersOnBothSidesEndAlike();
    void anyCrashPointOfAnImportIsMadeUpFor();
};

namespace exchange_history {

std::uint64_t numberFrom(const char *variable, std::uint64_t otherwise)
{
    bool given = false;
    const auto value = qEnvironmentVariable(variable).toULongLong(&given);
    return given ? value : otherwise;
}

class Pair {
public:
    Pair(std::uint64_t seed, bool bothWrite)
        : m_bothWrite(bothWrite),
          m_random(seed),
          m_forth(m_first, m_second, seed),
          m_back(m_second, m_first, seed + 1)
    {
        for (StoreFixture *store : {&m_first, &m_second}) {
            store->inlineLimit = 512;
            store->segmentBytes = 8 << 10;
            store->minPartBytes = 0;
        }
        if (!bothWrite) {
            m_second.bucket = m_first.bucket;
            m_second.role = store::BucketRole::Replica;
        }
        m_first.open();
        m_second.open();
        // Its clock is behind.
        m_first.clock.advance(std::chrono::seconds(3));
        keep(m_forth.begin());
        if (bothWrite)
            keep(m_back.begin());
    }

    void step()
    {
        switch (m_random() % 24) {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4:
        case 5: put(writer()); break;
        case 6:
        case 7: remove(writer()); break;
        case 8:
        case 9: removeVersion(writer()); break;
        case 10:
        case 11: setTags(writer()); break;
        case 12: rewrite(writer()); break;
        case 13: toggleVersioning(writer()); break;
        case 14: multipart(writer()); break;
        case 15:
        case 16:
        case 17:
        case 18: carry(); break;
        case 19: compact(either()); break;
        case 20: note("flush"), keep(either()->flushIndex()); break;
        case 21: note("trim"), either()->forgetOld(); break;
        case 22: either().files().stopAfter(m_random() % 12); break;
        case 23: restart(either()); break;
        }
        mend();
    }
    void stepOfChanges()
    {
        switch (m_random() % 8) {
        case 0:
        case 1:
        case 2: put(m_first); break;
        case 3: remove(m_first); break;
        case 4: removeVersion(m_first); break;
        case 5: setTags(m_first); break;
        case 6: multipart(m_first); break;
        case 7: toggleVersioning(m_first); break;
        }
    }
    void carryAll()
    {
        note("carry all");
        keep(m_forth.run());
        if (m_bothWrite) {
            keep(m_back.run());
            keep(m_forth.run());
        }
    }
    /// Brings both to an end and compares.
    void finish()
    {
        for (StoreFixture *store : {&m_first, &m_second})
            store->files().clearFaults();
        mend();
        carryAll();
        compare("at the end");
        for (StoreFixture *store : {&m_first, &m_second}) {
            store->close();
            store->dropIndex();
            store->open();
        }
        compare("after a rebuild");
        for (StoreFixture *store : {&m_first, &m_second}) {
            for (int i = 0; i < 200; ++i) {
                const auto more = (*store)->compactOnce();
                keep(more);
                if (!more || !*more)
                    break;
            }
            keep((*store)->scrubOnce());
            if (!(*store)->health().damage.empty())
                fail("scrub found damage: " + (*store)->health().damage.front());
        }
        compare("after compaction");
    }
    void crash(StoreFixture &store)
    {
        note("power cut");
        store.crash(m_random);
        if (m_random() % 6 == 0) {
            note("lose the index");
            store.dropIndex();
        }
        reopen(store);
    }
    StoreFixture &second() { return m_second; }
    [[nodiscard]] const std::string &difference() const { return m_difference; }
    [[nodiscard]] const std::vector<std::string> &story() const { return m_story; }
    void mend()
    {
        for (StoreFixture *store : {&m_first, &m_second}) {
            if (store->files().stopped())
                crash(*store);
        }
    }

private:
    StoreFixture &either() { return m_random() % 2 == 0 ? m_first : m_second; }
    StoreFixture &writer() { return m_bothWrite ? either() : m_first; }
    std::string nameOf(const StoreFixture &store) { return &store == &m_first ? "first " : "second "; }
    void note(std::string text) { m_story.push_back(std::move(text)); }
    void fail(const std::string &difference)
    {
        if (m_difference.empty())
            m_difference = difference;
    }
    template <typename T>
    void keep(const Result<T> &answer)
    {
        if (answer)
            return;
        note("failed: " + answer.error().message);
        if (!m_first.files().stopped() && !m_second.files().stopped() && !isExpected(answer.error().code))
            fail("failed: " + answer.error().message);
    }
    static bool isExpected(Error::Code code)
    {
        return code == Error::NoSuchKey || code == Error::NoSuchVersion || code == Error::DeleteMarker ||
               code == Error::PreconditionFailed;
    }
    void put(StoreFixture &store)
    {
        const std::string key = randomKey();
        const std::string data = randomData();
        store::Attributes attributes;
        attributes.userMetadata = randomPairs("m");
        attributes.ownerId = std::string(64, 'a');
        note(nameOf(store) + "put " + key + " " + std::to_string(data.size()));
        keep(store.put(key, data, {}, attributes));
    }
    void remove(StoreFixture &store)
    {
        const std::string key = randomKey();
        note(nameOf(store) + "remove " + key);
        keep(store.remove(key));
    }
    std::optional<store::ManifestEntry> randomVersion(StoreFixture &store)
    {
        const auto all = Carrier::manifestOf(store, 100);
        if (!all || all->empty())
            return std::nullopt;
        const store::ManifestEntry &entry = (*all)[m_random() % all->size()];
        return entry.kind == store::ManifestEntry::Kind::Removed ? std::nullopt : std::optional(entry);
    }
    void removeVersion(StoreFixture &store)
    {
        if (const auto entry = randomVersion(store)) {
            note(nameOf(store) + "remove " + entry->key + " " + entry->version.text());
            keep(store.remove(entry->key, entry->version));
        }
    }
    void setTags(StoreFixture &store)
    {
        const auto entry = randomVersion(store);
        if (!entry || entry->kind == store::ManifestEntry::Kind::Marker)
            return;
        note(nameOf(store) + "tag " + entry->key + " " + entry->version.text());
        keep(store.setTags(entry->key, randomPairs("t"), entry->version));
    }
    void rewrite(StoreFixture &store)
    {
        const auto entry = randomVersion(store);
        const auto object = entry
                                ? store->open(store.bucket, entry->key, {}, index::ReadMode::MayBlock)
                                : Result<std::shared_ptr<store::ObjectReader>>(failure(Error::NoSuchKey, ""));
        if (!object)
            return;
        store::Attributes attributes;
        attributes.userMetadata = randomPairs("r");
        note(nameOf(store) + "rewrite " + entry->key);
        keep(store.replaceAttributes(entry->key, (*object)->info().etag, attributes));
    }
    void toggleVersioning(StoreFixture &store)
    {
        const bool enable = store.versioning != Versioning::Enabled;
        note(nameOf(store) + (enable ? "enable versioning" : "suspend versioning"));
        store.setVersioning(enable ? Versioning::Enabled : Versioning::Suspended);
    }
    void multipart(StoreFixture &store)
    {
        const std::string key = randomKey();
        note(nameOf(store) + "multipart " + key);
        const auto upload = store.beginUpload(key);
        keep(upload);
        if (!upload)
            return;
        std::vector<store::ObjectStore::CompletePart> parts;
        for (unsigned number = 1; number <= 3; ++number) {
            const auto part = store.putPart(key, *upload, number, randomData());
            keep(part);
            if (!part)
                return;
            parts.push_back({number, part->etag, {}});
        }
        keep(store.complete(key, *upload, parts));
        if (m_random() % 3 == 0)
            keep(store.beginUpload(key));
    }
    void carry()
    {
        Carrier &carrier = m_bothWrite && m_random() % 2 == 0 ? m_back : m_forth;
        note(&carrier == &m_forth ? "carry" : "carry back");
        keep(carrier.step());
    }
    void compact(StoreFixture &store)
    {
        note(nameOf(store) + "compact");
        keep(store->compactOnce());
    }
    void restart(StoreFixture &store)
    {
        store.files().clearFaults();
        switch (m_random() % 3) {
        case 0:
            note(nameOf(store) + "restart");
            store.close();
            reopen(store);
            break;
        case 1:
            note(nameOf(store) + "kill");
            store.kill();
            reopen(store);
            break;
        case 2: crash(store); break;
        }
    }
    void reopen(StoreFixture &store)
    {
        const Versioning versioning = store.versioning;
        if (const Status opened = store.tryOpen(); !opened) {
            std::fprintf(stderr, "the store does not open: %s\n", opened.error().message.c_str());
            std::abort();
        }
        store.setVersioning(versioning);
        // The limit of a feed is small enough to be met.
        store->setFeedLimits({60, store::kOldestFeedChangeMs});
    }
    void compare(const std::string &when)
    {
        const auto first = Carrier::manifestOf(m_first, 1 + m_random() % 9);
        const auto second = Carrier::manifestOf(m_second, 1 + m_random() % 9);
        keep(first);
        keep(second);
        if (!first || !second)
            return;
        for (std::size_t i = 0; i < std::max(first->size(), second->size()); ++i) {
            if (i < first->size() && i < second->size() && (*first)[i] == (*second)[i])
                continue;
            fail(when + ": manifests differ at " + std::to_string(i) + ": " +
                 (i < first->size() ? textOf((*first)[i]) : "nothing") + " and " +
                 (i < second->size() ? textOf((*second)[i]) : "nothing"));
            return;
        }
        for (const store::ManifestEntry &entry : *first)
            compareVersion(when, entry);
        const auto counters = m_first->counters(m_first.bucket);
        const auto others = m_second->counters(m_second.bucket);
        if (counters->currentBytes != others->currentBytes ||
            counters->currentObjects != others->currentObjects ||
            counters->noncurrentObjects != others->noncurrentObjects)
            fail(when + ": counters differ");
    }
    static std::string textOf(const store::ManifestEntry &entry)
    {
        return entry.key + " " + entry.version.text() + " kind " +
               std::to_string(static_cast<int>(entry.kind)) + " at " + std::to_string(entry.stamp.time) +
               " header " + std::to_string(entry.headerStamp.time);
    }
    void compareVersion(const std::string &when, const store::ManifestEntry &entry)
    {
        if (entry.kind == store::ManifestEntry::Kind::Removed)
            return;
        auto first = m_first->exportVersion(m_first.bucket, entry.key, entry.version);
        auto second = m_second->exportVersion(m_second.bucket, entry.key, entry.version);
        keep(first);
        keep(second);
        if (!first || !second)
            return;
        // Which way it came is the only difference.
        first->header.fields.remove(frame::Tag::Origin);
        second->header.fields.remove(frame::Tag::Origin);
        const std::string what = when + ": " + textOf(entry);
        if (sorted(first->header) != sorted(second->header))
            fail(what + " has another header");
        if (!first->reader || !second->reader)
            return;
        const auto firstBytes = Carrier::bytesOf(*first->reader);
        const auto secondBytes = Carrier::bytesOf(*second->reader);
        keep(firstBytes);
        keep(secondBytes);
        if (firstBytes && secondBytes && *firstBytes != *secondBytes)
            fail(what + " has other bytes");
        if (first->reader->partCount() != second->reader->partCount())
            fail(what + " has another number of parts");
        for (unsigned part = 1; part <= first->reader->partCount(); ++part) {
            const auto one = first->reader->partRange(part);
            const auto other = second->reader->partRange(part);
            keep(one);
            keep(other);
            if (one && other && *one != *other)
                fail(what + " has other parts");
        }
    }
    // The order of fields is that of their making.
    static std::vector<std::string> sorted(const store::VersionHeader &header)
    {
        using frame::Tag;
        std::vector<std::string> values;
        for (const Tag tag : {Tag::Etag, Tag::Checksum, Tag::OwnerId, Tag::PieceTable, Tag::ContentHeaders,
                              Tag::UserMetadata, Tag::ObjectTags, Tag::StorageClass}) {
            const auto value = header.fields.get(tag);
            values.push_back(value ? toText(*value) : "none");
        }
        values.push_back(toText(header.contentHash));
        values.push_back(std::to_string(header.size));
        return values;
    }
    std::string randomKey() { return "key " + std::to_string(m_random() % 6); }
    std::string randomData()
    {
        const std::uint64_t kind = m_random() % 8;
        const std::size_t size = kind == 0 ? 0 : kind < 6 ? m_random() % 300 : 400 + m_random() % 1500;
        return patternOf(size, static_cast<unsigned>(m_random()));
    }
    store::Pairs randomPairs(const std::string &name)
    {
        store::Pairs pairs;
        for (std::uint64_t i = m_random() % 3; i != 0; --i)
            pairs.emplace_back(name + std::to_string(i), std::to_string(m_random() % 1000));
        // Larger than a row of the index holds, now and then.
        if (m_random() % 16 == 0)
            pairs.emplace_back(name, std::string(5000, 'x'));
        return pairs;
    }

    const bool m_bothWrite;
    std::mt19937_64 m_random;
    StoreFixture m_first;
    StoreFixture m_second;
    Carrier m_forth;
    Carrier m_back;
    std::string m_difference;
    std::vector<std::string> m_story;
};

void tell(const Pair &pair, std::uint64_t seed)
{
    qWarning("seed %llu: %s", static_cast<unsigned long long>(seed), pair.difference().c_str());
    const auto &story = pair.story();
    for (std::size_t i = story.size() > 300 ? story.size() - 300 : 0; i < story.size(); ++i)
        qWarning("  %zu %s", i, story[i].c_str());
}

void runHistories(bool bothWrite)
{
    const std::uint64_t steps = numberFrom("MAXIOFS_HISTORY_STEPS", 1600);
    const std::uint64_t length = numberFrom("MAXIOFS_HISTORY_LENGTH", 200);
    std::uint64_t seed = numberFrom("MAXIOFS_SEED", std::random_device()());
    qInfo("seed %llu", static_cast<unsigned long long>(seed));
    for (std::uint64_t done = 0; done < steps; done += length, ++seed) {
        Pair pair(seed, bothWrite);
        for (std::uint64_t i = 0; i < length && pair.difference().empty(); ++i)
            pair.step();
        if (pair.difference().empty())
            pair.finish();
        if (!pair.difference().empty())
            tell(pair, seed);
        QVERIFY2(pair.difference().empty(), pair.difference().c_str());
    }
}

}  // namespace exchange_history

void ExchangeHistoryTest::aReplicaEndsAsItsSource()
{
    exchange_history::runHistories(false);
}

void ExchangeHistoryTest::writersOnBothSidesEndAlike()
{
    exchange_history::runHistories(true);
}

// The power of the taking side goes after every single change of its disk.
void ExchangeHistoryTest::anyCrashPointOfAnImportIsMadeUpFor()
{
    using namespace exchange_history;
    const std::uint64_t every = numberFrom("MAXIOFS_CRASH_POINT_STEP", 1);
    const std::uint64_t seed = numberFrom("MAXIOFS_SEED", 1);
    for (std::uint64_t point = 0;; point += every) {
        Pair pair(seed, false);
        for (int i = 0; i < 30; ++i)
            pair.stepOfChanges();
        pair.second().files().stopAfter(point);
        pair.carryAll();
        const bool reached = pair.second().files().stopped();
        pair.mend();
        if (pair.difference().empty())
            pair.finish();
        if (!pair.difference().empty())
            tell(pair, point);
        QVERIFY2(pair.difference().empty(), pair.difference().c_str());
        if (!reached)
            break;
    }
}

}  // namespace maxiofs::test

using maxiofs::test::ExchangeHistoryTest;
MAXIOFS_TEST(ExchangeHistoryTest)
#include "exchange_history_test.moc"
