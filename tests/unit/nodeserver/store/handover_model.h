// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/bucket_handover.h"

#include <map>
#include <string>
#include <vector>

namespace maxiofs::test {

// What taking an entry must make of a bucket, by its manifest alone.
class HandoverModel {
public:
    using Name = std::pair<std::string, store::VersionId>;
    using State = std::map<Name, store::ManifestEntry>;

    [[nodiscard]] static State stateOf(const std::vector<store::ManifestEntry> &manifest);
    [[nodiscard]] static store::ManifestEntry entryOf(const store::CopyEntry &entry);

    struct Taking {
        store::HandedOutcome outcome{};
        std::vector<State> states;  // that the bucket goes through: the first as it was, the last when done
    };
    /// `atTakeover`: what the owner had when it took the bucket.
    [[nodiscard]] static Taking taking(const State &before, const State &atTakeover,
                                       const store::CopyEntry &entry, bool isForeign);
    /// The first difference in words; empty for none.
    [[nodiscard]] static std::string difference(const State &is, const State &shouldBe);
};

}  // namespace maxiofs::test
