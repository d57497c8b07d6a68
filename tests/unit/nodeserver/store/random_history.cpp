// SPDX-License-Identifier: GPL-3.0-or-later
#include "random_history.h"

namespace maxiofs::test {

using store::Versioning;

namespace {

constexpr unsigned kPartNumbers = 4;

}  // namespace

RandomHistory::RandomHistory(std::uint64_t seed) : m_store(seed), m_random(seed)
{
    m_store.inlineLimit = 512;
    m_store.segmentBytes = 8 << 10;
    m_store.minPartBytes = 0;
    m_store.open();
}

void RandomHistory::step()
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
    default: scrubAndSweep(); break;
    }
    if (m_broken)
        crash();
}

void RandomHistory::finish()
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

void RandomHistory::stepOfChanges()
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
    default: toggleVersioning(); break;
    }
}

void RandomHistory::removeEverything()
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

void RandomHistory::put()
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

void RandomHistory::remove()
{
    const std::string key = randomKey();
    note("remove " + key);
    const auto done = m_store.remove(key);
    std::optional<store::VersionId> marker;
    if (done && done->madeMarker)
        marker = done->version;
    settle(done, [&](HistoryModel &model) { model.remove(key, m_store.versioning, marker); });
}

void RandomHistory::removeVersion()
{
    const auto [chosen, version] = randomVersion();
    const std::string key = chosen;
    if (version == nullptr)
        return;
    const store::VersionId id = *version->id;
    note("remove " + key + " " + id.text());
    settle(m_store.remove(key, id), [&](HistoryModel &model) { model.removeVersion(key, id); });
}

void RandomHistory::setTags()
{
    const auto [chosen, version] = randomVersion();
    const std::string key = chosen;
    if (version == nullptr || version->isMarker)
        return;
    const store::VersionId id = *version->id;
    const store::Pairs tags = randomPairs("t");
    note("tag " + key + " " + id.text());
    settle(m_store.setTags(key, tags, id), [&](HistoryModel &model) { model.find(key, id)->tags = tags; });
}

void RandomHistory::replaceAttributes()
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

void RandomHistory::toggleVersioning()
{
    const bool enable = m_store.versioning != Versioning::Enabled;
    note(enable ? "enable versioning" : "suspend versioning");
    m_store.setVersioning(enable ? Versioning::Enabled : Versioning::Suspended);
}

void RandomHistory::begin()
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

void RandomHistory::putPart()
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

void RandomHistory::complete()
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

void RandomHistory::abort()
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

void RandomHistory::compact()
{
    note("compact");
    expect(m_store->compactOnce());
}

std::size_t RandomHistory::compactAll()
{
    note("compact all");
    std::size_t rounds = 0;
    for (auto more = m_store->compactOnce(); more && *more && rounds < kMostRounds;
         more = m_store->compactOnce())
        ++rounds;
    return rounds;
}

void RandomHistory::scrubAndSweep()
{
    note("scrub and sweep");
    expect(m_store->scrubOnce());
    expect(m_store->sweepOnce());
    if (!m_broken && !m_store->health().damage.empty())
        fail("scrub found damage: " + m_store->health().damage.front());
}

void RandomHistory::forget()
{
    note("forget");
    m_store.clock.advance(std::chrono::hours(24) * 8);
    m_store->forgetOld();
}

void RandomHistory::rotate()
{
    note("rotate keys");
    expect(m_store.keyring().rotate());
}

void RandomHistory::breakSoon()
{
    const std::uint64_t after = m_random() % 12;
    note("break after " + std::to_string(after));
    m_store.files().stopAfter(after);
}

void RandomHistory::restart()
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
    default: rebuild(); break;
    }
}

void RandomHistory::crash()
{
    note("power cut");
    m_store.crash(m_random);
    if (m_random() % 4 == 0) {
        note("lose the index");
        m_store.dropIndex();
    }
    reopen();
}

void RandomHistory::rebuild()
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

void RandomHistory::fail(const std::string &difference)
{
    if (m_difference.empty())
        m_difference = difference;
}

void RandomHistory::reopen()
{
    m_broken = false;
    if (const Status opened = m_store.tryOpen(); !opened) {
        fail("the store does not open: " + opened.error().message);
        m_isOpen = false;
        return;
    }
    check("after a restart");
}

void RandomHistory::check(const std::string &when)
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

std::string RandomHistory::randomData()
{
    const std::uint64_t kind = m_random() % 8;
    const std::size_t size = kind == 0 ? 0 : kind < 6 ? m_random() % 300 : 400 + m_random() % 1500;
    return patternOf(size, static_cast<unsigned>(m_random()));
}

store::Pairs RandomHistory::randomPairs(const std::string &name)
{
    store::Pairs pairs;
    for (std::uint64_t i = m_random() % 3; i != 0; --i)
        pairs.emplace_back(name + std::to_string(i), std::to_string(m_random() % 1000));
    // Larger than a row of the index holds, now and then.
    if (m_random() % 16 == 0)
        pairs.emplace_back(name, std::string(5000, 'x'));
    return pairs;
}

std::pair<std::string, const HistoryModel::Version *> RandomHistory::randomVersion()
{
    if (m_model.keys.empty())
        return {};
    auto key = m_model.keys.begin();
    std::advance(key, m_random() % m_model.keys.size());
    return {key->first, &key->second[m_random() % key->second.size()]};
}

const HistoryModel::Upload *RandomHistory::randomUpload()
{
    return m_model.uploads.empty() ? nullptr : &m_model.uploads[m_random() % m_model.uploads.size()];
}

}  // namespace maxiofs::test
