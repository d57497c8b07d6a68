// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "explore.h"
#include "takeover_node.h"

namespace maxiofs::sim {

// Clients write through any node while owners crash, are cut off one way or both, lose their disks, or give
// their buckets away. Each node and each message between them is simulated; the promises are those of
// Takeover and, for what was acknowledged, those of the design.
class TakeoverModel final : public Model {
public:
    enum What : unsigned { Put, Remove, Promote, ForcePromote, GiveAway, Whats };
    static constexpr std::size_t kKeys = 3;

    TakeoverModel(const History &history, const TakeoverFlaws &flaws);

    [[nodiscard]] std::unique_ptr<Program> start(Simulator &simulator, std::size_t node,
                                                 World &world) override;
    void act(Simulator &simulator, const Step &step) override;
    [[nodiscard]] bool loseDisk(std::size_t node) override;
    void healed(Simulator &simulator) override;
    [[nodiscard]] std::int64_t healMs() const override { return 75'000; }
    [[nodiscard]] std::optional<std::string> check(Simulator &simulator) override;
    [[nodiscard]] std::string describe(const Step &step) const override;

    // --- For nodes
    [[nodiscard]] const TakeoverFlaws &flaws() const { return m_flaws; }
    [[nodiscard]] bool isAutomatic() const { return m_isAutomatic; }
    [[nodiscard]] std::size_t nodes() const { return m_disks.size(); }
    [[nodiscard]] TakeoverDisk &disk(std::size_t node) { return m_disks[node]; }
    /// Nothing for an id that was lost with its disk.
    [[nodiscard]] std::optional<std::size_t> indexOf(const NodeId &id) const;
    [[nodiscard]] std::size_t placeOf(const NodeId &id) const;
    /// Keeps a word for its way; each node that gets the ticket reads its own copy.
    [[nodiscard]] std::string ticket(TakeoverWord word);
    [[nodiscard]] TakeoverWord word(const std::string &ticket) const;
    void decided(const ClientWrite &write, const Stamp &stamp, const std::optional<Stamp> &replaced);
    void acknowledged(Simulator &simulator, std::size_t node, const BucketId &bucket, const std::string &key,
                      const Stamp &stamp, const records::Epoch &epoch, const std::set<NodeId> &durableOn);
    void claimed(Simulator &simulator, std::size_t node, const BucketId &bucket,
                 const records::Location &known, const records::Location &taken);
    void handedOver(const BucketId &bucket, const records::Epoch &epoch, const NodeId &former)
    {
        m_handedOver.insert({bucket, epoch, former});
    }
    /// Now and then.
    void watch(std::size_t node, const TakeoverNode &self);

private:
    struct Version {
        BucketId bucket;
        std::string key;
        Stamp stamp;

        auto operator<=>(const Version &) const = default;
    };
    struct Decided {
        std::optional<Stamp> replaced;  // what was there when it was decided
        bool isRemoval = false;
    };
    struct Acknowledged {
        Version version;
        NodeId owner;
        std::set<NodeId> durableOn;
    };
    enum class Owed { Nothing, Successor, All };  // what must be left of it

    [[nodiscard]] static TakeoverNode *nodeOf(const Simulator &simulator, std::size_t node);
    void removeLost(Simulator &simulator);
    void writeLast(Simulator &simulator);
    [[nodiscard]] bool hear(const Simulator &simulator, std::size_t a, std::size_t b) const;
    [[nodiscard]] std::optional<std::string> checkClaim(const Simulator &simulator, std::size_t node,
                                                        const BucketId &bucket,
                                                        const records::Location &known) const;
    [[nodiscard]] std::optional<std::string> checkOwner(const Simulator &simulator, const BucketId &bucket,
                                                        std::size_t &owner) const;
    [[nodiscard]] std::optional<std::string> checkReplicas(const BucketId &bucket, std::size_t owner) const;
    [[nodiscard]] std::optional<std::string> checkWrites(const BucketId &bucket, std::size_t owner) const;
    [[nodiscard]] bool isKept(const Version &version, const TakeoverDisk::Bucket &kept) const;
    [[nodiscard]] bool wasRemovedAfter(const Version &version) const;
    [[nodiscard]] Owed owed(const Acknowledged &write) const;

    const TakeoverFlaws m_flaws;
    const History &m_history;
    bool m_isCalm = false;        // nothing is wrong in the whole history
    bool m_isClear = false;       // messages arrive where there is a link
    bool m_isMoved = false;       // people move buckets
    bool m_isForgetting = false;  // removals grow old
    bool m_isAutomatic = true;
    std::vector<TakeoverDisk> m_disks;
    std::vector<BucketId> m_buckets;
    std::set<NodeId> m_lost;
    std::vector<TakeoverWord> m_words;
    std::map<BucketId, std::set<records::Epoch>> m_epochs;
    std::set<std::tuple<BucketId, records::Epoch, NodeId>> m_handedOver;
    std::map<Version, Decided> m_decided;
    std::vector<Acknowledged> m_acknowledged;
    std::set<BucketId> m_lastWritten;  // after everything healed, and acknowledged
    bool m_isLast = false;
    std::string m_awaitedBroken;
};

[[nodiscard]] Scenario takeoverScenario(const TakeoverFlaws &flaws = {});
/// Copies are away for so long that removals are forgotten meanwhile, where they may be.
[[nodiscard]] Scenario removalsScenario(const TakeoverFlaws &flaws = {});
/// Nothing is wrong; people give buckets from node to node.
[[nodiscard]] Scenario switchesScenario(const TakeoverFlaws &flaws = {});

}  // namespace maxiofs::sim
