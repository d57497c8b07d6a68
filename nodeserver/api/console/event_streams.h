// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/event_hub.h"
#include "base/id.h"

#include <set>

namespace maxiofs::api::console {

// The events of this node and of all other members: a stream for each node, with numbers of its own. A reader
// keeps a place in each stream. An event's id names its node and number and then the reader's place in the
// other streams, "<node>-<number>,<node>-<number>", so that the reader can go on at any member. Any thread.
class EventStreams {
public:
    static constexpr std::size_t kKept = EventHub::kKept;       // of each other member
    static constexpr std::size_t kKeptBytes = 8 * 1024 * 1024;  //

    using Place = std::map<NodeId, std::uint64_t>;
    struct NodeEvent {
        NodeId node;
        HubEvent event;
    };

    /// `self` is this node's id, which changes when it joins another cluster.
    EventStreams(EventHub &own, std::function<NodeId()> self);

    /// Where a new reader begins.
    [[nodiscard]] Place newest() const;
    /// The place that an id tells, in streams that it does not name where they begin; empty where it does not
    /// name this node's, or what it names is not here any more.
    [[nodiscard]] std::optional<Place> placeOf(std::string_view id) const;
    /// `node` comes first.
    [[nodiscard]] static std::string idOf(const Place &place, const NodeId &node);
    [[nodiscard]] NodeId self() const { return m_self(); }

    /// What comes after the place in each stream; streams that are new are added to the place, with what
    /// comes from now on. Empty optional when something after the place is gone.
    [[nodiscard]] std::optional<std::vector<NodeEvent>> after(Place &place) const;

    /// Whether the place is beyond what this node knows of a stream yet: its reader came from another member,
    /// which was faster. It stays so only for what will never come, as numbers that a clock set back.
    [[nodiscard]] bool isAhead(const Place &place) const;

    // --- What other members tell
    /// The number up to which this node knows a member's events; empty before the first batch.
    [[nodiscard]] std::optional<std::uint64_t> knownOf(const NodeId &node) const;
    void take(const NodeId &node, EventBatch batch);
    /// Forgets the streams of nodes that are no members any more.
    void keepOnly(const std::set<NodeId> &members);

private:
    struct Stream {
        std::uint64_t begin = 0;   // for readers that do not know the stream
        std::uint64_t first = 0;   // everything after this is here
        std::uint64_t newest = 0;  //
        std::deque<HubEvent> events;
        std::size_t bytes = 0;
    };

    EventHub &m_own;
    const std::function<NodeId()> m_self;
    mutable base::Mutex m_mutex;  // taken before the hub's
    std::map<NodeId, Stream> m_others GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::api::console
