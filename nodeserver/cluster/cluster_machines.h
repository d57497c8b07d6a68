// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/health_board.h"
#include "cluster/machine_thread.h"
#include "cluster/member_store.h"
#include "cluster/peer_link.h"
#include "cluster/rules/membership.h"
#include "cluster/rules/record_sync.h"
#include "cluster/rules/reservations.h"
#include "identity/directory.h"
#include "net/blocking_pool.h"
#include "records/buckets.h"
#include "records/cluster_nodes.h"

namespace maxiofs::cluster {

// What of the membership everybody may read: a value, made anew after each change.
struct ClusterView {
    NodeId self;
    std::string clusterId;                         // empty: a lone node
    std::optional<rules::ClusterSecrets> secrets;  // of a member
    std::vector<rules::Peer> others;
    std::shared_ptr<const rules::Admission> admission;

    [[nodiscard]] bool isMember() const { return !clusterId.empty() && secrets.has_value(); }
    [[nodiscard]] const rules::Peer *find(const NodeId &node) const;
};

// The machines of the cluster on their two threads, and what joins them: membership, records and
// reservations on the one, which may wait for the disk; health on the other, which never does.
class ClusterMachines {
public:
    struct Parts {
        records::Records &records;
        records::ClusterNodes &nodes;
        records::Buckets &buckets;
        MemberStore &members;
        identity::Directory &identities;
        PeerLink &link;
        net::BlockingPool &pool;  // for checking passwords
        const Clock &clock;
        std::string certificate;  // of this node
        std::string inviteToken;
        std::function<rules::ProbeAnswer()> report;  // of this node's state; any thread, does not block
        std::function<void(const records::Buckets::Renamed &)> renamed;
    };
    explicit ClusterMachines(Parts parts);
    ~ClusterMachines();  // stops

    void start();
    /// Those that wait are told Stopping.
    void stop();

    [[nodiscard]] MachineThread &thread() { return m_thread; }
    [[nodiscard]] MachineThread &healthThread() { return m_healthThread; }
    // On thread() alone:
    [[nodiscard]] rules::Membership &membership() { return *m_membership; }
    [[nodiscard]] rules::RecordSync &sync() { return *m_sync; }
    [[nodiscard]] rules::Reservations &reservations() { return *m_reservations; }
    /// What follows from records that others sent.
    void merged(bool concernsMembers, bool concernsBuckets);
    // On healthThread() alone:
    [[nodiscard]] rules::Health &health() { return *m_health; }
    // On any:
    [[nodiscard]] const HealthBoard &board() const { return m_board; }
    [[nodiscard]] std::shared_ptr<const ClusterView> view() const;
    /// This node as it describes itself.
    [[nodiscard]] rules::NodeDescription describe() const;

private:
    class MemberView;

    [[nodiscard]] rules::MembershipHooks hooks();
    void watch();
    void publish();
    void observed(const rules::Observation &seen);
    void changed(const rules::Observation &before, const rules::Observation &after);
    void recordsChanged(const std::vector<records::RecordKey> &keys, records::Origin origin);
    void keepObservations();
    [[nodiscard]] bool isTaken(std::string_view reserved) const;
    [[nodiscard]] bool isGone(std::string_view reserved, const Id128 &holder) const;

    const Parts m_parts;
    HealthBoard m_board;
    mutable base::Mutex m_viewMutex;
    std::shared_ptr<const ClusterView> m_view GUARDED_BY(m_viewMutex);

    MachineThread m_thread;
    MachineThread m_healthThread;
    std::unique_ptr<MemberView> m_members;
    std::unique_ptr<rules::Reservations> m_reservations;
    std::unique_ptr<rules::Membership> m_membership;
    std::unique_ptr<rules::RecordSync> m_sync;
    std::unique_ptr<rules::Health> m_health;
    records::Records::Listening m_listening;
};

}  // namespace maxiofs::cluster
