// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "history_model.h"

#include <random>

namespace maxiofs::test {

using store::Versioning;

// Random histories against a simple model: whatever happens to the process, the disk and the index, the store
// holds what was acknowledged, and of the change that a crash interrupted all or nothing.
class HistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void randomHistoriesEndAsTheModelSays();
    void anyCrashPointOfAScenarioLeavesTheModel();
    void compactionComesToAnEndAndLeavesWhatLives();
};

namespace {

constexpr unsigned kPartNumbers = 4;
constexpr std::size_t kMostRounds = 1000;  // of compaction, before it is taken for endless

std::uint64_t numberFrom(const char *variable, std::uint64_t otherwise)
{
    bool given = false;
    const auto value = qEnvironmentVariable(variable).toULongLong(&given);
    return given ? value : otherwise;
}

// One store, its model, and random changes to both.
class History {
public:
    explicit History(std::uint64_t seed) : m_store(seed), m_random(seed)
    {
        m_store.inlineLimit = 512;
        m_store.segmentBytes = 8 << 10;
        m_store.minPartBytes = 0;
        m_store.open();
    }

    void step()
    {
        switch (m_random() % 41) {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4:
        case 5:
        case 6:
        case 7:
        case 8:
        case 9: put(); break;
        case 10:
        case 11:
        case 12: remove(); break;
        case 13:
        case 14:
        case 15: removeVersion(); break;
        case 16:
        case 17:
        case 18: setTags(); break;
        case 19:
        case 20: replaceAttributes(); break;
        case 21: toggleVersioning(); break;
        case 22:
        case 23: begin(); break;
        case 24:
        case 25:
        case 26:
        case 27: putPart(); break;
        case 28:
        case 29: complete(); break;
        case 30: abort(); break;
        case 31:
        case 32:
        case 33:
        case 34: compact(); break;
        case 35: note("flush"), expect(m_store->flushIndex()); break;
        case 36: rotate(); break;
        case 37: forget(); break;
        case 38: breakSoon(); break;
        case 39: restart(); break;
        case 40: scrubAndSweep(); break;
        }
        if (m_broken)
            crash();
    }

    /// Compares everything, as it is and after a rebuild, and looks for files that nobody needs.
    void finish()
    {
        m_store.files().clearFaults();
        check("at the end");
        rebuild();
        if (!m_isOpen || !m_difference.empty())
            return;
        scrubAndSweep();
        m_store.close();
        const std::size_t files = m_store.largeObjectFiles();
        if (files != m_model.filesAbove(m_store.inlineLimit))
            fail("there are " + std::to_string(files) + " large-object files instead of " +
                 std::to_string(m_model.filesAbove(m_store.inlineLimit)));
        reopen();
    }

    /// As step(), without anything that breaks or restarts.
    void stepOfChanges()
    {
        switch (m_random() % 12) {
        case 0:
        case 1:
        case 2: put(); break;
        case 3: remove(); break;
        case 4: removeVersion(); break;
        case 5: setTags(); break;
        case 6: replaceAttributes(); break;
        case 7: begin(); break;
        case 8:
        case 9: putPart(); break;
        case 10: complete(); break;
        case 11: toggleVersioning(); break;
        }
    }
    void removeEverything()
    {
        note("remove everything");
        for (const auto &[key, versions] : HistoryModel(m_model).keys) {
            for (const HistoryModel::Version &version : versions)
                settle(m_store.remove(key, *version.id),
                       [&](HistoryModel &model) { model.removeVersion(key, *version.id); });
        }
        for (const HistoryModel::Upload &upload : m_model.uploads)
            expect(m_store.abort(upload.key, *upload.id));
        m_model.uploads.clear();
    }
    [[nodiscard]] bool isBroken() const { return m_broken; }

    [[nodiscard]] const std::string &difference() const { return m_difference; }
    [[nodiscard]] const std::vector<std::string> &story() const { return m_story; }
    StoreFixture &store() { return m_store; }
    HistoryModel &model() { return m_model; }

    void put()
    {
        HistoryModel::Version version;
        version.data = randomData();
        version.pieces = {version.data.size()};
        version.etag = toHex(crypto::md5(asBytes(version.data)));
        version.metadata = randomPairs("m");
        const std::string key = randomKey();
        store::Attributes attributes;
        attributes.userMetadata = version.metadata;
        note("put " + key + " " + std::to_string(version.data.size()));
        const auto done = m_store.put(key, version.data, {}, attributes);
        if (done)
            version.id = done->version;
        settle(done, [&](HistoryModel &model) { model.put(key, version, m_store.versioning); });
    }
    void remove()
    {
        const std::string key = randomKey();
        note("remove " + key);
        const auto done = m_store.remove(key);
        std::optional<store::VersionId> marker;
        if (done && done->madeMarker)
            marker = done->version;
        settle(done, [&](HistoryModel &model) { model.remove(key, m_store.versioning, marker); });
    }
    void removeVersion()
    {
        const auto [chosen, version] = randomVersion();
        const std::string key = chosen;
        if (version == nullptr)
            return;
        const store::VersionId id = *version->id;
        note("remove " + key + " " + id.text());
        settle(m_store.remove(key, id), [&](HistoryModel &model) { model.removeVersion(key, id); });
    }
    void setTags()
    {
        const auto [chosen, version] = randomVersion();
        const std::string key = chosen;
        if (version == nullptr || version->isMarker)
            return;
        const store::VersionId id = *version->id;
        const store::Pairs tags = randomPairs("t");
        note("tag " + key + " " + id.text());
        settle(m_store.setTags(key, tags, id),
               [&](HistoryModel &model) { model.find(key, id)->tags = tags; });
    }
    void replaceAttributes()
    {
        const std::string key = randomKey();
        const HistoryModel::Version *latest = m_model.find(key, {});
        if (latest == nullptr || latest->isMarker || !latest->isNull)
            return;
        store::Attributes attributes;
        attributes.userMetadata = randomPairs("r");
        note("rewrite " + key);
        settle(m_store.replaceAttributes(key, latest->etag, attributes), [&](HistoryModel &model) {
            model.find(key, {})->metadata = attributes.userMetadata;
            model.find(key, {})->tags.clear();
        });
    }
    void toggleVersioning()
    {
        const bool enable = m_store.versioning != Versioning::Enabled;
        note(enable ? "enable versioning" : "suspend versioning");
        m_store.setVersioning(enable ? Versioning::Enabled : Versioning::Suspended);
    }
    void begin()
    {
        HistoryModel::Upload upload;
        upload.key = randomKey();
        upload.metadata = randomPairs("u");
        store::Attributes attributes;
        attributes.userMetadata = upload.metadata;
        note("begin " + upload.key);
        const auto id = m_store.beginUpload(upload.key, attributes);
        if (id)
            upload.id = *id;
        settle(id, [&](HistoryModel &model) { model.uploads.push_back(upload); });
    }
    void putPart()
    {
        const HistoryModel::Upload *upload = randomUpload();
        if (upload == nullptr)
            return;
        const Id128 id = *upload->id;
        const auto number = static_cast<unsigned>(1 + m_random() % kPartNumbers);
        const std::string data = randomData();
        note("part " + std::to_string(number) + " of " + upload->key + " " + std::to_string(data.size()));
        settle(m_store.putPart(upload->key, id, number, data),
               [&](HistoryModel &model) { model.findUpload(id)->parts[number].data = data; });
    }
    void complete()
    {
        const HistoryModel::Upload *upload = randomUpload();
        if (upload == nullptr)
            return;
        const Id128 id = *upload->id;
        const std::string key = upload->key;
        HistoryModel::Version version;
        version.metadata = upload->metadata;
        std::vector<store::ObjectStore::CompletePart> parts;
        Bytes sums;
        for (const auto &[number, part] : upload->parts) {
            if (m_random() % 4 == 0)
                continue;  // a part that is not listed goes
            const auto sum = crypto::md5(asBytes(part.data));
            parts.push_back({number, toHex(sum), {}});
            append(sums, sum);
            version.data += part.data;
            version.pieces.push_back(part.data.size());
        }
        if (parts.empty())
            return;
        version.etag = toHex(crypto::md5(sums)) + "-" + std::to_string(parts.size());
        note("complete " + key + " of " + std::to_string(parts.size()));
        const auto done = m_store.complete(key, id, parts);
        if (done)
            version.id = done->version;
        settle(done, [&](HistoryModel &model) {
            model.put(key, version, m_store.versioning);
            std::erase_if(model.uploads, [&](const auto &other) { return other.id == id; });
        });
    }
    void abort()
    {
        const HistoryModel::Upload *upload = randomUpload();
        if (upload == nullptr)
            return;
        const Id128 id = *upload->id;
        note("abort " + upload->key);
        settle(m_store.abort(upload->key, id), [&](HistoryModel &model) {
            std::erase_if(model.uploads, [&](const auto &other) { return other.id == id; });
        });
    }
    void compact()
    {
        note("compact");
        expect(m_store->compactOnce());
    }
    /// As often as there is something to do; how often that was.
    std::size_t compactAll()
    {
        note("compact all");
        std::size_t rounds = 0;
        for (auto more = m_store->compactOnce(); more && *more && rounds < kMostRounds;
             more = m_store->compactOnce())
            ++rounds;
        return rounds;
    }
    void scrubAndSweep()
    {
        note("scrub and sweep");
        expect(m_store->scrubOnce());
        expect(m_store->sweepOnce());
        if (!m_broken && !m_store->health().damage.empty())
            fail("scrub found damage: " + m_store->health().damage.front());
    }
    void forget()
    {
        note("forget");
        m_store.clock.advance(std::chrono::hours(24) * 8);
        m_store->forgetOld();
    }
    void rotate()
    {
        note("rotate keys");
        expect(m_store.keyring().rotate());
    }
    void breakSoon()
    {
        const std::uint64_t after = m_random() % 12;
        note("break after " + std::to_string(after));
        m_store.files().stopAfter(after);
    }
    void restart()
    {
        m_store.files().clearFaults();
        switch (m_random() % 4) {
        case 0:
            note("restart");
            m_store.close();
            reopen();
            break;
        case 1:
            note("kill");
            m_store.kill();
            reopen();
            break;
        case 2: crash(); break;
        case 3: rebuild(); break;
        }
    }
    void crash()
    {
        note("power cut");
        m_store.crash(m_random);
        if (m_random() % 4 == 0) {
            note("lose the index");
            m_store.dropIndex();
        }
        reopen();
    }
    void rebuild()
    {
        note("rebuild");
        m_store.close();
        m_store.dropIndex();
        reopen();
        if (!m_isOpen)
            return;
        m_store.close();
        if (std::string garbage = garbageIn(m_store.indexDirectory(), m_model); !garbage.empty())
            fail(garbage);
        reopen();
    }

private:
    void note(std::string text) { m_story.push_back(std::move(text)); }
    void fail(const std::string &difference)
    {
        if (m_difference.empty())
            m_difference = difference;
    }

    // A change that failed was interrupted: it may be there after the restart.
    template <typename Answer, typename Change>
    void settle(const Result<Answer> &answer, Change change)
    {
        if (answer) {
            change(m_model);
            return;
        }
        expect(answer);
        m_maybe = m_model;
        change(*m_maybe);
    }
    template <typename T>
    void expect(const Result<T> &answer)
    {
        if (answer)
            return;
        note("failed: " + answer.error().message);
        m_broken = true;
        if (!m_store.files().stopped())
            fail("a change failed: " + answer.error().message);
    }
    void reopen()
    {
        m_broken = false;
        if (const Status opened = m_store.tryOpen(); !opened) {
            fail("the store does not open: " + opened.error().message);
            m_isOpen = false;
            return;
        }
        check("after a restart");
    }
    void check(const std::string &when)
    {
        HistoryModel expected = m_model;
        std::string difference = expected.compare(m_store);
        if (!difference.empty() && m_maybe) {
            expected = *m_maybe;
            if (const std::string other = expected.compare(m_store); other.empty())
                difference.clear();
            else
                difference += " (or, if the last change counts: " + other + ")";
        }
        m_maybe.reset();
        if (!difference.empty()) {
            fail(when + ": " + difference);
            return;
        }
        m_model = std::move(expected);
        if (const auto health = m_store->health(); !health.damage.empty())
            fail(when + ": damage is reported: " + health.damage.front());
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
    std::pair<std::string, const HistoryModel::Version *> randomVersion()
    {
        if (m_model.keys.empty())
            return {};
        auto key = m_model.keys.begin();
        std::advance(key, m_random() % m_model.keys.size());
        return {key->first, &key->second[m_random() % key->second.size()]};
    }
    const HistoryModel::Upload *randomUpload()
    {
        return m_model.uploads.empty() ? nullptr : &m_model.uploads[m_random() % m_model.uploads.size()];
    }

    StoreFixture m_store;
    std::mt19937_64 m_random;
    HistoryModel m_model;
    std::optional<HistoryModel> m_maybe;
    bool m_broken = false;
    bool m_isOpen = true;
    std::string m_difference;
    std::vector<std::string> m_story;
};

void tell(const History &history, std::uint64_t seed)
{
    qWarning("seed %llu: %s", static_cast<unsigned long long>(seed), history.difference().c_str());
    const auto &story = history.story();
    const std::size_t from = story.size() > 400 ? story.size() - 400 : 0;
    for (std::size_t i = from; i < story.size(); ++i)
        qWarning("  %zu %s", i, story[i].c_str());
}

}  // namespace

void HistoryTest::randomHistoriesEndAsTheModelSays()
{
    const std::uint64_t steps = numberFrom("MAXIOFS_HISTORY_STEPS", 4000);
    const std::uint64_t length = numberFrom("MAXIOFS_HISTORY_LENGTH", 400);
    std::uint64_t seed = numberFrom("MAXIOFS_SEED", std::random_device()());
    qInfo("seed %llu", static_cast<unsigned long long>(seed));

    for (std::uint64_t done = 0; done < steps; done += length, ++seed) {
        History history(seed);
        for (std::uint64_t i = 0; i < length && history.difference().empty(); ++i)
            history.step();
        if (history.difference().empty())
            history.finish();
        if (!history.difference().empty())
            tell(history, seed);
        QVERIFY2(history.difference().empty(), history.difference().c_str());
    }
}

// A few changes of every kind, then compaction, with the power going after every single change of the disk.
void HistoryTest::anyCrashPointOfAScenarioLeavesTheModel()
{
    const std::uint64_t every = numberFrom("MAXIOFS_CRASH_POINT_STEP", 1);
    const std::uint64_t seed = numberFrom("MAXIOFS_SEED", 1);
    for (std::uint64_t point = 0;; point += every) {
        History history(seed);
        for (int i = 0; i < 40; ++i)
            history.stepOfChanges();
        const std::uint64_t before = history.store().files().changes();
        history.store().files().stopAfter(point);
        for (int i = 0; i < 10 && !history.isBroken(); ++i)
            history.stepOfChanges();
        for (int i = 0; i < 4 && !history.isBroken(); ++i)
            history.compact();
        const bool reached = history.store().files().stopped();
        QVERIFY(history.store().files().changes() > before || point == 0);

        history.crash();
        if (history.difference().empty())
            history.finish();

        if (!history.difference().empty())
            tell(history, point);
        QVERIFY2(history.difference().empty(), history.difference().c_str());
        if (!reached)
            break;
    }
}

void HistoryTest::compactionComesToAnEndAndLeavesWhatLives()
{
    const std::uint64_t seed = numberFrom("MAXIOFS_SEED", std::random_device()());
    qInfo("seed %llu", static_cast<unsigned long long>(seed));
    History history(seed);
    for (int i = 0; i < 600 && history.difference().empty(); ++i)
        history.step();
    QVERIFY2(history.difference().empty(), history.difference().c_str());
    history.store().files().clearFaults();

    QVERIFY(history.compactAll() < kMostRounds);
    QCOMPARE(history.compactAll(), 0U);

    // With everything removed and forgotten, nothing is left but what the newest segments hold.
    history.removeEverything();
    history.forget();
    history.store().setVersioning(Versioning::Suspended);
    for (int i = 0; i < 5; ++i) {
        history.store().close();
        history.store().open();
        QVERIFY(history.store().put("last", "data"));
        QVERIFY(history.store().remove("last"));
        history.forget();
        QVERIFY(history.store()->scrubOnce());
        QVERIFY(history.compactAll() < kMostRounds);
    }
    QVERIFY(history.store()->figures().segments <= 3);
}

}  // namespace maxiofs::test

using maxiofs::test::HistoryTest;
MAXIOFS_TEST(HistoryTest)
#include "history_test.moc"
