// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/cluster.h"

#include <algorithm>

namespace maxiofs::test {

// A cluster that says what a test wants it to say and remembers what it was asked.
class FakeCluster final : public cluster::Cluster {
public:
    static constexpr const char *kToken = "the-token-0123456789abcdef";

    Result<cluster::rules::Membership::Founded> initialize(const std::string &, const std::string &) override
    {
        TRY_STATUS(takeRefusal());
        member = true;
        return cluster::rules::Membership::Founded{"cluster-1", kToken};
    }
    Result<cluster::rules::Membership::Joined> join(const JoinWish &wish) override
    {
        joined = wish;
        TRY_STATUS(takeRefusal());
        member = true;
        return cluster::rules::Membership::Joined{{}, "cluster-1", {"ann"}, {"photos"}};
    }
    Result<NodeId> invite(const InviteWish &wish) override
    {
        invited = wish;
        TRY_STATUS(takeRefusal());
        return invitedId;
    }
    Status removeNode(const NodeId &node, bool force) override
    {
        TRY_STATUS(takeRefusal());
        removed = {node, force};
        return {};
    }
    Status leave(bool force) override
    {
        TRY_STATUS(takeRefusal());
        removed = {NodeId(), force};
        member = false;
        return {};
    }
    Result<std::string> rotateToken() override
    {
        TRY_STATUS(takeRefusal());
        return std::string(kToken);
    }
    bool isMember() const override { return member; }
    std::string tokenFingerprint() const override { return member ? "0123abcd" : ""; }
    void settle() override { ++settled; }
    bool seek(records::Kind, const std::string &name) override
    {
        sought.push_back(name);
        return onSeek && onSeek(name);
    }
    Status reserveBucket(const std::string &name, const BucketId &) override
    {
        TRY_STATUS(takeRefusal());
        reserved.push_back(name);
        return {};
    }
    std::string forwardedValue(const records::Epoch &, std::string_view, bool, bool, std::string_view,
                               std::string_view) const override
    {
        return {};
    }
    Result<cluster::link::Forwarded> readForwarded(std::string_view, std::string_view,
                                                   std::string_view) const override
    {
        return failure(Error::Unauthenticated, "Nobody passes on to a fake.");
    }
    void forwardFailed(const NodeId &node) override { failed.push_back(node); }
    std::vector<cluster::rules::Observation> observations() const override { return seen; }
    std::optional<cluster::rules::Observation> observation(const NodeId &node) const override
    {
        const auto found = std::ranges::find(seen, node, &cluster::rules::Observation::id);
        return found == seen.end() ? std::nullopt : std::optional(*found);
    }
    void probeNow() override { ++probed; }
    protocol::HealthHistory history(const NodeId &, std::int64_t, std::int64_t) const override
    {
        return beats;
    }

    bool member = false;
    std::optional<Error> refusal;  // of the next change
    JoinWish joined;
    InviteWish invited;
    NodeId invitedId;
    std::optional<std::pair<NodeId, bool>> removed;
    std::vector<std::string> sought;
    std::function<bool(const std::string &)> onSeek;
    std::vector<std::string> reserved;
    std::vector<NodeId> failed;
    std::vector<cluster::rules::Observation> seen;
    protocol::HealthHistory beats;
    int settled = 0;
    int probed = 0;

private:
    [[nodiscard]] Status takeRefusal()
    {
        if (!refusal)
            return {};
        const Error error = *std::exchange(refusal, std::nullopt);
        return failure(error);
    }
};

}  // namespace maxiofs::test
