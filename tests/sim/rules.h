// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/stamp.h"
#include "records/bucket_names.h"
#include "records/record.h"

namespace maxiofs::sim {

using Claims = std::map<BucketId, records::BucketNames::Claim>;

// The rules that simulated nodes live by: those of the product. A test overrides one to show that histories
// notice.
class Rules {
public:
    virtual ~Rules() = default;

    /// Whether what comes takes the place of what is stored.
    [[nodiscard]] virtual bool replaces(const records::Record &comes, const records::Record &stored) const
    {
        return records::supersedes(comes, stored);
    }
    /// The stamp of a change; `seen` is the newest that the node has ever met.
    [[nodiscard]] virtual Stamp stamp(const Stamp &replaced, std::int64_t wallMs, const NodeId &node,
                                      const Stamp & /*seen*/) const
    {
        return Stamp::after(replaced, wallMs, node);
    }
    /// The epoch under which a node takes a bucket.
    [[nodiscard]] virtual records::Epoch takeover(const records::Epoch &old, const NodeId &node) const
    {
        return {old.number + 1, node};
    }
    /// Whether a deletion leaves a record behind.
    [[nodiscard]] virtual bool keepsTombstones() const { return true; }
    /// Whether a tombstone may be dropped by its age alone, whoever has it.
    [[nodiscard]] virtual bool dropsByAge() const { return false; }
    /// Whether a change is on the disk when it is said to be.
    [[nodiscard]] virtual bool writesThrough() const { return true; }
    /// Whether a node compares what it has with the others, and does not rely on pushes.
    [[nodiscard]] virtual bool compares() const { return true; }
    /// Whether a push is taken before it is confirmed.
    [[nodiscard]] virtual bool takesPushes() const { return true; }
    /// Whether a name is reserved before a bucket is made.
    [[nodiscard]] virtual bool reserves() const { return true; }
    /// What a bucket is called where several may claim one name.
    [[nodiscard]] virtual std::string shownName(const Claims &claims, const BucketId &id) const
    {
        records::BucketNames names;
        for (const auto &[bucket, claim] : claims)
            names.put(bucket, claim);
        return names.shownBy(id);
    }
    /// Whether a bucket that lost its name lives on under another.
    [[nodiscard]] virtual bool keepsLosers() const { return true; }
    /// Whether a node answers for a bucket only while it is the owner as far as it knows.
    [[nodiscard]] virtual bool ownerAnswers(const records::Location &known, const NodeId &node) const
    {
        return known.owner == node;
    }
};

}  // namespace maxiofs::sim
