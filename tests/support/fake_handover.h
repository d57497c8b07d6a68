// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/bucket_handover.h"

#include <algorithm>
#include <tuple>

namespace maxiofs::test {

// Conflict versions alone: those that a test puts in.
class FakeHandover final : public store::BucketHandover {
public:
    Result<store::CopyPage> copyPage(const BucketId &, const store::CopyPart &,
                                     const std::optional<store::CopyPlace> &, std::size_t) override
    {
        return unused();
    }
    Result<store::ImportNeed> handedNeed(const BucketId &, const store::VersionHeader &,
                                         const store::HandoverTerms &) override
    {
        return unused();
    }
    void takeVersion(const BucketId &, store::VersionHeader, Bytes, const store::HandoverTerms &,
                     Done<store::Handed> done) override
    {
        done(unused());
    }
    Result<std::unique_ptr<store::HandedSession>> beginTake(const BucketId &, store::VersionHeader,
                                                            const store::HandoverTerms &) override
    {
        return unused();
    }
    void takeHeader(const BucketId &, store::VersionHeader, const store::HandoverTerms &,
                    Done<store::Handed> done) override
    {
        done(unused());
    }
    void takeRemoval(const BucketId &, store::VersionRemoval, const store::HandoverTerms &,
                     Done<store::Handed> done) override
    {
        done(unused());
    }
    Result<store::ConflictPage> conflicts(const std::optional<BucketId> &bucket,
                                          const std::optional<store::ConflictPlace> &after,
                                          std::size_t limit) override
    {
        const auto placeOf = [](const store::Conflict &conflict) {
            return store::ConflictPlace{conflict.bucket, conflict.object.key, conflict.object.version};
        };
        const auto isBefore = [](const store::ConflictPlace &a, const store::ConflictPlace &b) {
            return std::tie(a.bucket, a.key, b.version) < std::tie(b.bucket, b.key, a.version);
        };
        std::vector<store::Conflict> sorted = all;
        std::ranges::sort(sorted, isBefore, placeOf);
        store::ConflictPage page;
        for (const store::Conflict &conflict : sorted) {
            if ((after && !isBefore(*after, placeOf(conflict))) || (bucket && conflict.bucket != *bucket))
                continue;
            if (page.conflicts.size() == limit) {
                page.next = placeOf(page.conflicts.back());
                break;
            }
            page.conflicts.push_back(conflict);
        }
        return page;
    }
    void restoreConflict(const BucketId &bucket, std::string key, const store::VersionId &conflict,
                         Done<store::Committed> done) override
    {
        if (const Status taken = take(bucket, key, conflict); !taken)
            return done(failure(taken.error()));
        store::Committed committed;
        done(committed);
    }
    void discardConflict(const BucketId &bucket, std::string key, const store::VersionId &conflict,
                         Done<void> done) override
    {
        done(take(bucket, key, conflict));
    }
    Result<std::int64_t> forgetRemovals(const BucketId &, std::int64_t) override { return unused(); }
    void setRemovalsHook(RemovalsHook) override {}

    std::vector<store::Conflict> all;

private:
    static std::unexpected<Error> unused() { return failure(Error::Internal, "not asked in tests"); }
    Status take(const BucketId &bucket, const std::string &key, const store::VersionId &conflict)
    {
        const auto found = std::ranges::find_if(all, [&](const store::Conflict &each) {
            return each.bucket == bucket && each.object.key == key && each.object.version == conflict;
        });
        if (found == all.end())
            return failure(Error::NoSuchVersion, "There is no such version.", conflict.text());
        all.erase(found);
        return {};
    }
};

}  // namespace maxiofs::test
