// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "handing.h"
#include "handover_model.h"
#include "random_client.h"

#include "store/version_import.h"

#include <limits>

namespace maxiofs::test {

// Two stores own a bucket in turns. Each takes it over while the other still takes writes, which then hands
// its copy over, with power cuts and lost indexes on both sides. What each entry makes of the owner's bucket
// is compared with a model; in the end both hold the same.
class HandoverHistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ownersInTurnsLoseNothing();
    void anyCrashPointOfATakingIsMadeUpFor();
};

namespace handover_history {

std::uint64_t numberFrom(const char *variable, std::uint64_t otherwise)
{
    bool given = false;
    const auto value = qEnvironmentVariable(variable).toULongLong(&given);
    return given ? value : otherwise;
}

constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();

class TwoOwners {
public:
    TwoOwners(std::uint64_t seed, bool breaks) : m_breaks(breaks), m_client(seed)
    {
        m_stores[1].bucket = m_stores[0].bucket;
        for (StoreFixture &store : m_stores) {
            store.inlineLimit = 512;
            store.segmentBytes = 8 << 10;
            store.minPartBytes = 0;
        }
        m_stores[1].role = store::BucketRole::Replica;
        for (StoreFixture &store : m_stores)
            store.open();
    }

    // One change of owner, from the first that follows to both being alike again.
    void turn()
    {
        StoreFixture &former = m_stores[m_owner];
        StoreFixture &owner = m_stores[1 - m_owner];
        follow(former, owner);
        const State sent = stateOf(former);
        store::CopyPart part{random() % 2 == 0, former->position()};
        const std::uint64_t kind = random() % 6;
        if (kind == 0)
            part = {true, 0};
        else if (kind == 1)
            part = {true, kEnd};
        changes(former, 1 + random() % 25);
        if (random() % 2 == 0)
            carry(former, owner);

        note(nameOf(owner) + " takes the bucket");
        if (random() % 2 == 0)
            owner.clock.advance(std::chrono::seconds(random() % 60));
        owner.setRole(store::BucketRole::Owner);
        m_since = owner->position();
        m_atTakeover = stateOf(owner);
        for (std::uint64_t i = random() % 30; i != 0; --i)
            changes(random() % 2 == 0 ? former : owner, 1);
        former.setRole(store::BucketRole::Replica);
        m_isForeign = random() % 6 == 0;
        // What comes from the owner before it is all handed over is not its own.
        m_own = stateOf(former);
        part.until = former->position();
        carry(owner, former);
        handOver(former, owner, part, kind == 0 ? State() : sent);
        m_owner = 1 - m_owner;
        m_since = 0;
        follow(owner, former);
        compare("when all was handed over");
        check(owner);
    }
    void finish()
    {
        for (StoreFixture &store : m_stores)
            store.files().clearFaults();
        mend();
        follow(m_stores[m_owner], m_stores[1 - m_owner]);
        for (StoreFixture &store : m_stores) {
            store.close();
            store.dropIndex();
            store.open();
        }
        compare("after a rebuild");
        for (StoreFixture &store : m_stores) {
            for (int i = 0; i < 200; ++i) {
                const auto more = store->compactOnce();
                keep(store, more);
                if (!more || !*more)
                    break;
            }
            keep(store, store->scrubOnce());
            if (!store->health().damage.empty())
                fail("scrub found damage: " + store->health().damage.front());
            check(store);
        }
        compare("after compaction");
    }
    /// The power of the owner goes at this change of its disk while it takes a copy; whether it came so far.
    bool breakTakingAt(std::uint64_t point)
    {
        StoreFixture &former = m_stores[0];
        StoreFixture &owner = m_stores[1];
        changes(former, 20);
        follow(former, owner);
        owner.setRole(store::BucketRole::Owner);
        m_since = owner->position();
        m_atTakeover = stateOf(owner);
        for (int i = 0; i < 15; ++i) {
            changes(former, 1);
            changes(owner, 1);
        }
        former.setRole(store::BucketRole::Replica);
        m_own = stateOf(former);
        m_breakAt = point;
        m_owner = 1;
        handOver(former, owner, {true, 0}, {});
        follow(owner, former);
        compare("when all was handed over");
        check(owner);
        return m_wasBroken;
    }
    [[nodiscard]] const RandomClient &client() const { return m_client; }

private:
    using State = HandoverModel::State;

    std::uint64_t random() { return m_client.random(); }
    void note(std::string text) { m_client.note(std::move(text)); }
    void fail(const std::string &why) { m_client.fail(why); }
    template <typename T>
    void keep(StoreFixture &store, const Result<T> &answer)
    {
        m_client.keep(store, answer);
    }
    std::string nameOf(const StoreFixture &store) const
    {
        return &store == &m_stores[0] ? "first" : "second";
    }
    [[nodiscard]] bool isOver() const { return !m_client.difference.empty(); }

    void changes(StoreFixture &store, std::uint64_t count)
    {
        for (; count != 0 && !isOver(); --count) {
            m_client.change(store, nameOf(store));
            trouble();
        }
    }
    // Background work, restarts, and disks that stop soon.
    void trouble()
    {
        mend();
        StoreFixture &store = m_stores[random() % 2];
        switch (random() % 24) {
        case 0: note(nameOf(store) + " compact"), keep(store, store->compactOnce()); break;
        case 1: note(nameOf(store) + " flush"), keep(store, store->flushIndex()); break;
        case 2:
            if (m_breaks)
                store.files().stopAfter(random() % 12);
            break;
        case 3:
            if (m_breaks) {
                note(nameOf(store) + " restart");
                store.files().clearFaults();
                store.close();
                reopen(store);
            }
            break;
        }
        mend();
    }
    void mend()
    {
        for (StoreFixture &store : m_stores) {
            if (!store.files().stopped())
                continue;
            note(nameOf(store) + " loses power");
            store.crash(m_client.random);
            if (random() % 6 == 0) {
                note("and its index");
                store.dropIndex();
            }
            reopen(store);
        }
    }
    void reopen(StoreFixture &store)
    {
        const store::Versioning versioning = store.versioning;
        if (const Status opened = store.tryOpen(); !opened) {
            std::fprintf(stderr, "the store does not open: %s\n", opened.error().message.c_str());
            std::abort();
        }
        store.setVersioning(versioning);
    }
    State stateOf(StoreFixture &store)
    {
        while (true) {
            const auto manifest = Carrier::manifestOf(store, 1 + random() % 9);
            if (manifest)
                return HandoverModel::stateOf(*manifest);
            keep(store, manifest);
            if (isOver())
                return {};
            mend();
        }
    }
    // All of the one comes to the other.
    void follow(StoreFixture &from, StoreFixture &to)
    {
        for (StoreFixture *store : {&from, &to})
            store->files().clearFaults();
        mend();
        if (!isOver()) {
            note(nameOf(to) + " follows");
            keep(to, Carrier(from, to, random()).compareAll());
        }
    }
    // Some of it.
    void carry(StoreFixture &from, StoreFixture &to)
    {
        const auto manifest = Carrier::manifestOf(from, 100);
        keep(from, manifest);
        if (!manifest || manifest->empty())
            return;
        for (std::uint64_t i = random() % 5; i != 0 && !isOver(); --i) {
            const store::ManifestEntry &entry = (*manifest)[random() % manifest->size()];
            note("carry " + entry.key + " " + entry.version.text());
            if (const Status carried = Carrier(from, to, random()).carry(entry.key, entry.version);
                !carried && !from.files().stopped())
                keep(to, carried);
            mend();
        }
    }

    void handOver(StoreFixture &from, StoreFixture &to, const store::CopyPart &part, const State &sent)
    {
        note(nameOf(from) + " hands over" + (part.isWhole ? " all" : "") + (m_isForeign ? ", foreign" : ""));
        std::vector<store::CopyEntry> handed;
        State expected = stateOf(from);
        std::optional<store::CopyPlace> after;
        bool isLast = false;
        while (!isLast && !isOver()) {
            auto page = from->copyPage(from.bucket, part, after, 1 + random() % 6);
            if (!page) {
                keep(from, page);
                mend();
                continue;
            }
            for (const store::CopyEntry &entry : page->entries) {
                checkEntry(entry, part, expected, sent);
                take(from, to, entry);
                handed.push_back(entry);
                if (m_breakAt == 0 && random() % 3 == 0)
                    changes(to, 1);
                // A word that comes twice, now or much later.
                if (random() % 4 == 0)
                    take(from, to, handed[random() % handed.size()]);
            }
            after = page->next;
            isLast = !after;
        }
        if (part.isWhole)
            return;
        for (const auto &[name, entry] : expected) {
            const auto known = sent.find(name);
            if (known == sent.end() || known->second != entry)
                fail("nobody handed " + name.first + " " + name.second.text() + " over");
        }
    }
    // Each comes once, as it is, and says rightly whether it was sent.
    void checkEntry(const store::CopyEntry &entry, const store::CopyPart &part, State &expected,
                    const State &sent)
    {
        const store::ManifestEntry copied = HandoverModel::entryOf(entry);
        const HandoverModel::Name name{copied.key, copied.version};
        const auto known = sent.find(name);
        const auto own = m_own.find(name);
        const bool wasSent = part.after == kEnd || (known != sent.end() && known->second == copied) ||
                             own == m_own.end() || own->second != copied;
        if (entry.isUnsent == wasSent)
            fail(copied.key + " " + copied.version.text() + " says wrongly whether it was sent");
        const auto here = expected.find(name);
        if (here == expected.end() || here->second != copied)
            fail(copied.key + " " + copied.version.text() + " is handed over otherwise than it is");
        else
            expected.erase(here);
    }
    void take(StoreFixture &from, StoreFixture &to, const store::CopyEntry &entry)
    {
        const std::string what = entry.key() + " " + entry.version().text();
        while (!isOver()) {
            const State before = stateOf(to);
            const auto should = HandoverModel::taking(before, m_atTakeover, entry, m_isForeign);
            if (m_breakAt != 0 && !m_wasBroken)
                to.files().stopAfter(m_breakAt);
            note("hand over " + what + (entry.isUnsent ? " unsent" : ""));
            const auto handed = Handing(from, to, random()).hand(entry, m_since, m_isForeign);
            const bool isBroken = from.files().stopped() || to.files().stopped();
            m_wasBroken = m_wasBroken || to.files().stopped();
            if (!m_breaks && !to.files().stopped())
                to.files().clearFaults();
            mend();
            const State now = stateOf(to);
            if (handed) {
                if (const std::string other = HandoverModel::difference(now, should.states.back());
                    !other.empty())
                    fail(what + " was taken: " + other);
                if (handed->outcome != should.outcome)
                    fail(what + " has another outcome");
                return;
            }
            note("failed: " + handed.error().message);
            const bool isPart = std::ranges::any_of(should.states, [&](const State &state) {
                return HandoverModel::difference(now, state).empty();
            });
            if (!isBroken)
                fail(what + " was not taken: " + handed.error().message);
            else if (!isPart)
                fail(what + " was taken in part: " + HandoverModel::difference(now, should.states.back()));
        }
    }

    void compare(const std::string &when)
    {
        if (isOver())
            return;
        const std::string other = HandoverModel::difference(stateOf(m_stores[0]), stateOf(m_stores[1]));
        if (!other.empty())
            fail(when + ": " + other);
    }
    // Counters are those of the rows, and all bytes are there.
    void check(StoreFixture &store)
    {
        if (isOver())
            return;
        index::BucketCounters found;
        std::optional<store::VersionId> version;
        store::ObjectStore::ListRequest request{store.bucket, "", "", "", 7};
        bool goesOn = true;
        while (goesOn) {
            const auto page = store->listVersions(request, version);
            keep(store, page);
            if (!page)
                return;
            for (const auto &listed : page->entries)
                count(*listed.info, found);
            goesOn = page->truncated;
            if (goesOn) {
                request.after = page->entries.back().name;
                version = page->entries.back().info->version;
            }
        }
        const auto counters = store->counters(store.bucket).value();
        found.uploads = counters.uploads;
        found.uploadBytes = counters.uploadBytes;
        if (found != counters)
            fail("the counters are not those of the versions");
        if (store.conflicts(3).size() != counters.conflicts)
            fail("not all conflicts are listed");
        for (const auto &[name, entry] : stateOf(store)) {
            if (entry.kind == store::ManifestEntry::Kind::Object)
                checkBytes(store, name);
        }
    }
    static void count(const store::ObjectInfo &info, index::BucketCounters &counters)
    {
        const bool isConflict = info.version.isConflict();
        const bool isCurrent = !isConflict && info.isLatest && !info.isDeleteMarker;
        ++(isConflict  ? counters.conflicts
           : isCurrent ? counters.currentObjects
                       : counters.noncurrentObjects);
        (isConflict  ? counters.conflictBytes
         : isCurrent ? counters.currentBytes
                     : counters.noncurrentBytes) += info.size;
    }
    void checkBytes(StoreFixture &store, const HandoverModel::Name &name)
    {
        const auto exported = store->exportVersion(store.bucket, name.first, name.second);
        keep(store, exported);
        if (!exported)
            return;
        auto check = store::ContentCheck::of(exported->header);
        const auto bytes = Carrier::bytesOf(*exported->reader);
        keep(store, check);
        keep(store, bytes);
        if (!check || !bytes)
            return;
        check->update(*bytes);
        keep(store, check->finish());
    }

    const bool m_breaks;
    RandomClient m_client;
    std::array<StoreFixture, 2> m_stores{StoreFixture(1), StoreFixture(2)};
    std::size_t m_owner = 0;
    std::uint64_t m_since = 0;
    State m_atTakeover;
    State m_own;  // of who hands over, when it was fenced
    bool m_isForeign = false;
    std::uint64_t m_breakAt = 0;
    bool m_wasBroken = false;
};

void tell(const RandomClient &client, std::uint64_t seed)
{
    if (client.difference.empty())
        return;
    qWarning("seed %llu: %s", static_cast<unsigned long long>(seed), client.difference.c_str());
    const auto &story = client.story;
    for (std::size_t i = story.size() > 300 ? story.size() - 300 : 0; i < story.size(); ++i)
        qWarning("  %zu %s", i, story[i].c_str());
}

}  // namespace handover_history

void HandoverHistoryTest::ownersInTurnsLoseNothing()
{
    using namespace handover_history;
    const std::uint64_t histories = numberFrom("MAXIOFS_HISTORY_STEPS", 1600) / 200;
    std::uint64_t seed = numberFrom("MAXIOFS_SEED", std::random_device()());
    qInfo("seed %llu", static_cast<unsigned long long>(seed));
    for (std::uint64_t done = 0; done < histories; ++done, ++seed) {
        TwoOwners owners(seed, true);
        for (int i = 0; i < 4 && owners.client().difference.empty(); ++i)
            owners.turn();
        if (owners.client().difference.empty())
            owners.finish();
        tell(owners.client(), seed);
        QVERIFY2(owners.client().difference.empty(), owners.client().difference.c_str());
    }
}

void HandoverHistoryTest::anyCrashPointOfATakingIsMadeUpFor()
{
    using namespace handover_history;
    const std::uint64_t seed = numberFrom("MAXIOFS_SEED", std::random_device()());
    qInfo("seed %llu", static_cast<unsigned long long>(seed));
    for (std::uint64_t point = 1;; ++point) {
        TwoOwners owners(seed + point, false);
        const bool wasReached = owners.breakTakingAt(point);
        tell(owners.client(), seed + point);
        QVERIFY2(owners.client().difference.empty(), owners.client().difference.c_str());
        if (!wasReached || point == 20)
            break;
    }
}

}  // namespace maxiofs::test

using maxiofs::test::HandoverHistoryTest;
MAXIOFS_TEST(HandoverHistoryTest)
#include "handover_history_test.moc"
