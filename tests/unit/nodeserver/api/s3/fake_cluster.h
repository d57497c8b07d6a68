// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/cluster_links.h"
#include "cluster/link/message_codec.h"
#include "cluster/machine_thread.h"
#include "records/buckets.h"

#include <QJsonDocument>

#include <deque>

namespace maxiofs::test {

// A cluster of this node and others that a test plays: it says where buckets are, what a forwarded request
// comes to, and what the others know. Set up before the requests that use it.
class FakeCluster final : public cluster::Cluster, public cluster::PeerCalls, public cluster::ReplicaReads {
public:
    static constexpr std::string_view kGenuine = "genuine";  // value of a forwarded header that counts
    static constexpr std::string_view kToReplica = "genuine, to a replica";

    FakeCluster(records::Records &records, const records::Buckets &buckets)
        : self(records.nodeId()),
          router({[this] { return member.load(); }, [this] { return self; },
                  [&buckets](const BucketId &bucket) -> std::optional<records::Location> {
                      const auto found = buckets.findById(bucket);
                      return found ? std::optional((*found)->location) : std::nullopt;
                  },
                  [this](const NodeId &node) -> std::optional<cluster::Router::Member> {
                      return cluster::Router::Member{{node, "https://" + nameOf(node), "certificate"},
                                                     nameOf(node)};
                  }},
                 SystemClock::instance()),
          links{*this,
                router,
                *this,
                records,
                [this](http::Exchange &exchange, cluster::rules::Peer owner, std::string forwarded) {
                    return forward(exchange, std::move(owner), std::move(forwarded));
                },
                [this] { return self; },
                [this] { return placesByRoom.load(); },
                this,
                {}},
          m_records(records)
    {
    }

    [[nodiscard]] std::string nameOf(const NodeId &node) const
    {
        return node == second ? "node-2" : "node-3";
    }
    static records::Record locationRecord(const BucketId &bucket, const records::Location &location)
    {
        records::Record record;
        record.kind = records::Kind::Location;
        record.id = bucket.hex();
        record.body = records::bodyOf(location);
        record.stamp = Stamp::after({}, SystemClock::instance().unixMs(), location.epoch.node);
        return record;
    }
    /// As a record of another node tells it.
    void place(const BucketId &bucket, const NodeId &owner, std::uint64_t epoch, bool unavailable = false)
    {
        std::vector<records::Record> told;
        told.push_back(locationRecord(bucket, {owner, {epoch, owner}, unavailable}));
        if (!m_records.merge(std::move(told)))
            qFatal("the location was not merged");
    }
    /// The body of a 421 that tells of another owner.
    static std::string answerOf(const BucketId &bucket, const NodeId &owner, std::uint64_t epoch)
    {
        cluster::rules::SeekRecordAnswer answer;
        answer.records.push_back(locationRecord(bucket, {owner, {epoch, owner}, false}));
        const cluster::link::MessageCodec codec({});
        const auto json = codec.encode(cluster::rules::Answer(std::move(answer)), {});
        return QJsonDocument(json.value()).toJson().toStdString();
    }

    net::Awaitable<Result<cluster::ForwardOutcome>> forward(http::Exchange &exchange,
                                                            cluster::rules::Peer owner, std::string forwarded)
    {
        forwards.push_back({owner, std::move(forwarded)});
        if (outcomes.empty()) {
            http::ResponseHead head(299);
            head.add("x-from", owner.endpoint);
            (void)co_await exchange.respond(std::move(head), "of the owner");
            co_return cluster::ForwardOutcome(cluster::Relayed{299});
        }
        auto outcome = std::move(outcomes.front());
        outcomes.pop_front();
        co_return outcome();
    }

    // --- cluster::Cluster
    Result<cluster::rules::Membership::Founded> initialize(const std::string &, const std::string &) override
    {
        return unused();
    }
    Result<cluster::rules::Membership::Joined> join(const JoinWish &) override { return unused(); }
    Result<NodeId> invite(const InviteWish &) override { return unused(); }
    Status removeNode(const NodeId &, bool) override { return unused(); }
    Status leave(bool) override { return unused(); }
    Result<std::string> rotateToken() override { return unused(); }
    bool isMember() const override { return member; }
    std::string tokenFingerprint() const override { return {}; }

    void settle() override { ++settled; }
    bool seek(records::Kind kind, const std::string &name) override
    {
        ++sought[{kind, name}];
        return onSeek && onSeek(kind, name);
    }
    Status reserveBucket(const std::string &name, const BucketId &holder) override
    {
        reserved.emplace_back(name, holder);
        return onReserve ? onReserve() : Status();
    }

    std::string forwardedValue(const records::Epoch &epoch, std::string_view clientAddress, bool,
                               bool toReplica, std::string_view method,
                               std::string_view target) const override
    {
        return std::to_string(epoch.number) + " " + std::string(clientAddress) + " " + std::string(method) +
               " " + std::string(target) + (toReplica ? " to a replica" : "");
    }
    Result<cluster::link::Forwarded> readForwarded(std::string_view value, std::string_view,
                                                   std::string_view) const override
    {
        if (value != kGenuine && value != kToReplica)
            return failure(Error::Unauthenticated, "not genuine");
        return cluster::link::Forwarded{second, forwardedEpoch, "198.51.100.7",
                                        0,      forwardedTls,   value == kToReplica};
    }
    void forwardFailed(const NodeId &node) override { failed.push_back(node); }

    std::vector<cluster::rules::Observation> observations() const override { return observed; }
    std::optional<cluster::rules::Observation> observation(const NodeId &node) const override
    {
        cluster::rules::Observation seen;
        seen.id = node;
        if (heardNow)
            seen.lastSeenSteadyMs = cluster::steadyNowMs();
        return seen;
    }
    void probeNow() override {}
    protocol::HealthHistory history(const NodeId &, std::int64_t, std::int64_t) const override { return {}; }

    // --- cluster::PeerCalls
    net::Awaitable<Result<QJsonObject>> call(NodeId, std::string_view, QJsonObject,
                                             std::chrono::milliseconds) override
    {
        co_return unused();
    }
    Result<QJsonObject> callAndWait(const NodeId &, std::string_view, QJsonObject,
                                    std::chrono::milliseconds) override
    {
        return unused();
    }
    void send(const NodeId &, std::string_view, std::string, std::chrono::milliseconds,
              Answered answered) override
    {
        answered(unused());
    }
    net::Awaitable<Result<std::unique_ptr<cluster::PeerStream>>>
    open(NodeId node, std::string_view route, QJsonObject body, std::chrono::milliseconds) override
    {
        if (!onOpen)
            co_return unused();
        co_return co_await onOpen(node, std::string(route), std::move(body));
    }

    // --- cluster::ReplicaReads
    std::optional<std::chrono::milliseconds> replicaLag(const BucketId &) const override { return ownLag; }
    void freshest(const BucketId &, std::move_only_function<void(std::vector<NodeId>)> done) override
    {
        ++choices;
        done(replicas);
    }

    const NodeId self;
    const NodeId second = NodeId::random();
    const NodeId third = NodeId::random();
    std::atomic<bool> member{false};
    std::atomic<bool> placesByRoom{false};
    std::atomic<bool> heardNow{false};  // the others, always; else never
    std::vector<cluster::rules::Observation> observed;
    struct Forward {
        cluster::rules::Peer owner;
        std::string value;
    };
    std::vector<Forward> forwards;
    std::deque<std::function<cluster::ForwardOutcome()>> outcomes;  // empty: relayed
    std::vector<NodeId> failed;
    std::atomic<int> settled{0};
    std::map<std::pair<records::Kind, std::string>, int> sought;
    std::function<bool(records::Kind, const std::string &)> onSeek;  // on the pool
    std::vector<std::pair<std::string, BucketId>> reserved;
    std::function<Status()> onReserve;
    std::optional<std::chrono::milliseconds> ownLag;  // of this node's replica
    std::vector<NodeId> replicas;                     // the freshest first
    std::atomic<int> choices{0};
    records::Epoch forwardedEpoch;
    bool forwardedTls = false;
    std::function<net::Awaitable<Result<std::unique_ptr<cluster::PeerStream>>>(NodeId, std::string,
                                                                               QJsonObject)>
        onOpen;

    cluster::Router router;
    api::s3::ClusterLinks links;

private:
    records::Records &m_records;

    static std::unexpected<Error> unused() { return failure(Error::Internal, "not part of this test"); }
};

}  // namespace maxiofs::test
