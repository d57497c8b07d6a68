// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "carrier.h"

namespace maxiofs::test {

// Does to a store what clients do, at random, and keeps the story.
class RandomClient {
public:
    explicit RandomClient(std::uint64_t seed) : random(seed) {}

    /// One change; an answer that is neither right nor what a broken disk gives is a failure.
    void change(StoreFixture &store, const std::string &name)
    {
        switch (random() % 16) {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4: put(store, name); break;
        case 5:
        case 6: remove(store, name); break;
        case 7: removeVersion(store, name); break;
        case 8:
        case 9: setTags(store, name); break;
        case 10: rewrite(store, name); break;
        case 11: toggleVersioning(store, name); break;
        case 12:
        case 13: multipart(store, name); break;
        case 14:
        case 15: settleConflict(store, name); break;
        }
    }
    void note(std::string text) { story.push_back(std::move(text)); }
    void fail(const std::string &why)
    {
        if (difference.empty())
            difference = why;
    }
    template <typename T>
    void keep(StoreFixture &store, const Result<T> &answer)
    {
        if (answer)
            return;
        note("failed: " + answer.error().message);
        const Error::Code code = answer.error().code;
        const bool isExpected = code == Error::NoSuchKey || code == Error::NoSuchVersion ||
                                code == Error::DeleteMarker || code == Error::PreconditionFailed;
        if (!store.files().stopped() && !isExpected)
            fail("failed: " + answer.error().message);
    }

    std::mt19937_64 random;
    std::vector<std::string> story;
    std::string difference;  // the first that was found

private:
    void put(StoreFixture &store, const std::string &name)
    {
        const std::string key = randomKey();
        const std::string data = randomData();
        store::Attributes attributes;
        attributes.userMetadata = randomPairs("m");
        note(name + " put " + key + " " + std::to_string(data.size()));
        keep(store, store.put(key, data, {}, attributes));
    }
    void remove(StoreFixture &store, const std::string &name)
    {
        const std::string key = randomKey();
        note(name + " remove " + key);
        keep(store, store.remove(key));
    }
    std::optional<store::ManifestEntry> randomVersion(StoreFixture &store)
    {
        const auto all = Carrier::manifestOf(store, 100);
        if (!all || all->empty())
            return std::nullopt;
        const store::ManifestEntry &entry = (*all)[random() % all->size()];
        return entry.kind == store::ManifestEntry::Kind::Removed ? std::nullopt : std::optional(entry);
    }
    void removeVersion(StoreFixture &store, const std::string &name)
    {
        if (const auto entry = randomVersion(store)) {
            note(name + " remove " + entry->key + " " + entry->version.text());
            keep(store, store.remove(entry->key, entry->version));
        }
    }
    void setTags(StoreFixture &store, const std::string &name)
    {
        const auto entry = randomVersion(store);
        if (!entry || entry->kind == store::ManifestEntry::Kind::Marker)
            return;
        note(name + " tag " + entry->key + " " + entry->version.text());
        keep(store, store.setTags(entry->key, randomPairs("t"), entry->version));
    }
    void rewrite(StoreFixture &store, const std::string &name)
    {
        const std::string key = randomKey();
        const auto object = store->open(store.bucket, key, {}, index::ReadMode::MayBlock);
        if (!object)
            return;
        store::Attributes attributes;
        attributes.userMetadata = randomPairs("r");
        note(name + " rewrite " + key);
        keep(store, store.replaceAttributes(key, (*object)->info().etag, attributes));
    }
    void toggleVersioning(StoreFixture &store, const std::string &name)
    {
        const bool enable = store.versioning != store::Versioning::Enabled;
        note(name + (enable ? " enable versioning" : " suspend versioning"));
        store.setVersioning(enable ? store::Versioning::Enabled : store::Versioning::Suspended);
    }
    void multipart(StoreFixture &store, const std::string &name)
    {
        const std::string key = randomKey();
        note(name + " multipart " + key);
        const auto upload = store.beginUpload(key);
        keep(store, upload);
        if (!upload)
            return;
        std::vector<store::ObjectStore::CompletePart> parts;
        for (unsigned number = 1; number <= 2; ++number) {
            const auto part = store.putPart(key, *upload, number, randomData());
            keep(store, part);
            if (!part)
                return;
            parts.push_back({number, part->etag, {}});
        }
        keep(store, store.complete(key, *upload, parts));
    }
    void settleConflict(StoreFixture &store, const std::string &name)
    {
        const auto page = store->conflicts(store.bucket, {}, 1 + random() % 5);
        keep(store, page);
        if (!page || page->conflicts.empty())
            return;
        const store::ObjectInfo &conflict = page->conflicts[random() % page->conflicts.size()].object;
        const bool restores = random() % 2 == 0;
        note(name + (restores ? " restore " : " discard ") + conflict.key + " " + conflict.version.text());
        if (restores)
            keep(store, store.restore(conflict.key, conflict.version));
        else
            keep(store, store.discard(conflict.key, conflict.version));
    }
    std::string randomKey() { return "key " + std::to_string(random() % 5); }
    std::string randomData()
    {
        const std::uint64_t kind = random() % 8;
        const std::size_t size = kind == 0 ? 0 : kind < 6 ? random() % 300 : 400 + random() % 1500;
        return patternOf(size, static_cast<unsigned>(random()));
    }
    store::Pairs randomPairs(const std::string &name)
    {
        store::Pairs pairs;
        for (std::uint64_t i = random() % 3; i != 0; --i)
            pairs.emplace_back(name + std::to_string(i), std::to_string(random() % 1000));
        // Larger than a row of the index holds, now and then.
        if (random() % 16 == 0)
            pairs.emplace_back(name, std::string(5000, 'x'));
        return pairs;
    }
};

}  // namespace maxiofs::test
