// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/machine_thread.h"
#include "cluster/peer_calls.h"
#include "cluster/rules/takeover_messages.h"

#include <map>

namespace maxiofs::cluster::ownership {

// How far a node's copy of a bucket is, as its owner knows.
struct Progress {
    BucketId bucket;
    rules::FeedPoint at;
};
[[nodiscard]] std::string encodeProgress(const Progress &progress);
[[nodiscard]] Result<Progress> decodeProgress(ByteView bytes);

// Tells replicas how far they are, which they need to know when they are asked to take over. Of each replica
// the newest word, one at a time. On the machine's thread.
class ProgressTeller {
public:
    static constexpr std::string_view kRoute = "replica-progress";
    static constexpr std::int64_t kPauseMs = 100;  // between two words to one replica
    static constexpr std::chrono::milliseconds kLimit{2000};

    ProgressTeller(MachineThread &thread, PeerCalls &calls) : m_thread(thread), m_calls(calls) {}

    void tell(const NodeId &destination, const Progress &progress);

private:
    using Replica = std::pair<BucketId, NodeId>;

    void send(const Replica &replica);
    void sent(const Replica &replica, const rules::FeedPoint &at);

    MachineThread &m_thread;
    PeerCalls &m_calls;
    std::map<Replica, rules::FeedPoint> m_waiting;  // the newest, while an older one is under way
};

}  // namespace maxiofs::cluster::ownership
