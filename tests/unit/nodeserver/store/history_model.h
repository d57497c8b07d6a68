// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store_fixture.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace maxiofs::test {

// What a bucket must hold, by the rules of S3 and nothing else. A version whose answer was lost in a crash
// has an id that is learned from the store.
struct HistoryModel {
    struct Version {
        bool isNull = true;
        bool isMarker = false;
        std::optional<store::VersionId> id;  // unknown until answered
        std::string data;
        std::vector<std::uint64_t> pieces;  // the sizes of its parts, or its own
        std::string etag;
        store::Pairs metadata;
        store::Pairs tags;
    };
    struct Part {
        std::string data;
    };
    struct Upload {
        std::string key;
        store::Pairs metadata;
        std::optional<Id128> id;
        std::map<unsigned, Part> parts;
    };

    std::map<std::string, std::vector<Version>> keys;  // newest first; never empty vectors
    std::vector<Upload> uploads;

    void put(const std::string &key, Version version, store::Versioning versioning);
    /// S3's DELETE without a version; the id of the marker made, where there is one.
    void remove(const std::string &key, store::Versioning versioning, std::optional<store::VersionId> marker);
    void removeVersion(const std::string &key, const store::VersionId &id);
    [[nodiscard]] Version *find(const std::string &key, const std::optional<store::VersionId> &id);
    [[nodiscard]] Upload *findUpload(const Id128 &id);

    /// How many pieces of data are larger than this.
    [[nodiscard]] std::size_t filesAbove(std::uint64_t inlineLimit) const;
    /// Learns unknown ids from the store; empty when all is as it should be, else what differs.
    [[nodiscard]] std::string compare(StoreFixture &store);

private:
    [[nodiscard]] std::string compareVersions(StoreFixture &store);
    [[nodiscard]] std::string compareVersion(StoreFixture &store, const std::string &key,
                                             const Version &version) const;
    [[nodiscard]] std::string compareListing(StoreFixture &store) const;
    [[nodiscard]] std::string compareCounters(StoreFixture &store) const;
    [[nodiscard]] std::string compareUploads(StoreFixture &store);
};

/// Rows that nothing visible stands on: parts of nothing, counters that are not the sum of the rows. The
/// store must be closed.
[[nodiscard]] std::string garbageIn(const std::string &indexDirectory, const HistoryModel &model);

}  // namespace maxiofs::test
