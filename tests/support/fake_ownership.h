// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/ownership.h"

#include <map>

namespace maxiofs::test {

// Says what a test wants it to say and remembers what it was asked.
class FakeOwnership final : public cluster::Ownership {
public:
    Role roleOf(const BucketId &bucket) const override
    {
        const auto found = roles.find(bucket);
        return found == roles.end() ? Role::Owner : found->second;
    }
    Result<records::Epoch> promote(const BucketId &bucket, const NodeId &target, bool force) override
    {
        promoted.push_back({bucket, target, force});
        if (refusal)
            return failure(*refusal);
        return records::Epoch{7, target};
    }
    std::vector<NodeId> awaited(const BucketId &bucket) const override
    {
        const auto found = former.find(bucket);
        return found == former.end() ? std::vector<NodeId>() : found->second;
    }
    bool isDegraded(const BucketId &, const Id128 &) const override { return false; }
    std::shared_ptr<void> whenChanged(Listener listener) override
    {
        const auto token = std::make_shared<Listener>(std::move(listener));
        listening = token;
        return token;
    }
    Totals totals() const override { return sums; }

    void tell(const Event &event) const
    {
        if (const auto listener = listening.lock())
            (*listener)(event);
    }

    struct Promotion {
        BucketId bucket;
        NodeId target;
        bool force = false;
    };
    std::map<BucketId, Role> roles;  // Owner of the others
    std::map<BucketId, std::vector<NodeId>> former;
    std::vector<Promotion> promoted;
    std::optional<Error> refusal;  // of promote()
    Totals sums;
    std::weak_ptr<Listener> listening;
};

}  // namespace maxiofs::test
