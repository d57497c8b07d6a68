// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/stamp.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace maxiofs::records {

/// What a bucket shows while another has its name: the name's first 40 characters, "-conflict-" and 8 hex
/// digits of the bucket's id.
[[nodiscard]] std::string conflictNameOf(std::string_view name, const BucketId &id);

// Which name each bucket shows. Nodes that could not reach each other may each have made a bucket of one
// name: the one that took it first (of equal stamps, the smaller id) keeps it, the others show conflict
// names. What is shown depends on the claims alone, not on the order in which they came, so all nodes show
// the same. One thread at a time.
class BucketNames {
public:
    struct Claim {
        std::string name;
        Stamp since;  // when the name was taken

        bool operator==(const Claim &) const = default;
    };

    /// Takes or changes a bucket's claim. Returns the buckets that may show another name than before, itself
    /// among them.
    std::set<BucketId> put(const BucketId &id, Claim claim);
    std::set<BucketId> remove(const BucketId &id);

    /// The bucket must have a claim.
    [[nodiscard]] std::string shownBy(const BucketId &id) const;

private:
    using Contenders = std::set<std::pair<Stamp, BucketId>>;

    void addAffected(const std::string &name, const BucketId &id, std::set<BucketId> &affected) const;
    [[nodiscard]] bool isTakenByOther(const std::string &conflictName, const BucketId &id) const;

    std::map<BucketId, Claim> m_claims;
    std::map<std::string, Contenders, std::less<>> m_contenders;  // by name
};

}  // namespace maxiofs::records
