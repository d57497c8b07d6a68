// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/takeover.h"
#include "fake_world.h"

namespace maxiofs::test {

// A node of the takeover whose records and store are what the test says; it answers what the machine asks.
class FakeTakeoverNode final : public cluster::rules::TakeoverWorld {
public:
    using Request = cluster::rules::TakeoverRequest;
    struct Asked {
        NodeId to;
        Request request;
        Answered answered;
    };
    struct Forgotten {
        BucketId bucket;
        std::int64_t beforeMs = 0;
        std::move_only_function<void(Result<std::int64_t>)> done;
    };

    [[nodiscard]] std::optional<std::int64_t> heardAtMs(const NodeId & /*member*/) const override
    {
        return heard;
    }
    [[nodiscard]] std::int64_t priorityOf(const NodeId & /*member*/) const override { return 100; }
    void ask(const cluster::rules::Peer &peer, Request request, std::int64_t /*limitMs*/,
             Answered answered) override
    {
        open.push_back({peer.id, std::move(request), std::move(answered)});
    }
    [[nodiscard]] std::vector<BucketId> buckets() const override
    {
        std::vector<BucketId> ids;
        for (const auto &[id, facts] : owned)
            ids.push_back(id);
        return ids;
    }
    [[nodiscard]] std::optional<cluster::rules::OwnedBucket> bucket(const BucketId &bucket) const override
    {
        const auto found = owned.find(bucket);
        return found == owned.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] std::optional<cluster::rules::CopyState> copy(const BucketId &bucket) const override
    {
        const auto found = copies.find(bucket);
        return found == copies.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] Status writeCopy(const BucketId &bucket, const cluster::rules::CopyState &state) override
    {
        copies[bucket] = state;
        return {};
    }
    [[nodiscard]] Status commit(const BucketId &bucket, const records::Location &location,
                                const cluster::rules::CopyState &state,
                                const std::vector<std::pair<Id128, NodeId>> &destinations) override
    {
        owned.at(bucket).location = location;
        copies[bucket] = state;
        for (const auto &[rule, destination] : destinations)
            if (!pointRule(rule, destination))
                return failure(Error::NotFound, "no such rule");
        return {};
    }
    [[nodiscard]] Status pointRule(const Id128 &id, const NodeId &destination) override
    {
        for (auto &[bucket, facts] : owned)
            for (cluster::rules::ReplicaRule &rule : facts.rules)
                if (rule.id == id) {
                    rule.destination = destination;
                    return {};
                }
        return failure(Error::NotFound, "no such rule");
    }
    void refresh(const BucketId & /*bucket*/) override {}
    [[nodiscard]] std::uint64_t receivedTo(const BucketId & /*bucket*/,
                                           const records::Epoch & /*epoch*/) const override
    {
        return received;
    }
    [[nodiscard]] std::uint64_t feedPosition(const BucketId & /*bucket*/) const override { return position; }
    void serve(const BucketId & /*bucket*/, const records::Epoch & /*epoch*/) override {}
    void fence(const BucketId & /*bucket*/, std::move_only_function<void()> fenced) override { fenced(); }
    void hold(const BucketId & /*bucket*/, std::move_only_function<void(std::uint64_t)> held) override
    {
        held(position);
    }
    void release(const BucketId & /*bucket*/) override {}
    void page(const BucketId & /*bucket*/, const cluster::rules::HandedPart &part,
              const std::string & /*from*/,
              std::move_only_function<void(Result<cluster::rules::HandedPage>)> done) override
    {
        parts.push_back(part);
        done(cluster::rules::HandedPage{});
    }
    void take(cluster::rules::HandOver /*handed*/, std::uint64_t /*since*/,
              std::move_only_function<void(Result<cluster::rules::HandOverAnswer>)> done) override
    {
        done(cluster::rules::HandOverAnswer{});
    }
    void forgetRemovals(const BucketId &bucket, std::int64_t beforeMs,
                        std::move_only_function<void(Result<std::int64_t>)> done) override
    {
        forgotten.push_back({bucket, beforeMs, std::move(done)});
    }

    /// Answers the oldest request of a kind: what it was; none if there is none.
    template <typename Kind>
    std::optional<Kind> answer(Result<cluster::rules::TakeoverAnswer> answer)
    {
        for (auto it = open.begin(); it != open.end(); ++it) {
            auto *request = std::get_if<Kind>(&it->request);
            if (request == nullptr)
                continue;
            Kind asked = std::move(*request);
            auto answered = std::move(it->answered);
            open.erase(it);
            answered(std::move(answer));
            return asked;
        }
        return std::nullopt;
    }

    std::map<BucketId, cluster::rules::OwnedBucket> owned;
    std::map<BucketId, cluster::rules::CopyState> copies;
    std::optional<std::int64_t> heard;
    std::uint64_t received = 0;
    std::uint64_t position = 0;
    std::list<Asked> open;
    std::vector<cluster::rules::HandedPart> parts;
    std::vector<Forgotten> forgotten;
};

}  // namespace maxiofs::test
