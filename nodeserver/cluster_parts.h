// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/internal/internal_service.h"
#include "cluster/forwarder.h"
#include "cluster/member_store.h"
#include "cluster/node_cluster.h"
#include "cluster/router.h"
#include "cluster/tenant_usages.h"
#include "net/io_threads.h"
#include "records/settings.h"
#include "tls_identity.h"

namespace maxiofs {

// The node's part in a cluster and what it stands on, built and stopped together: calls to others, the
// membership on the disk, the machines, the router, and the service that answers others.
class ClusterParts {
public:
    struct Needs {
        records::Records &records;
        records::ClusterNodes &nodes;
        records::Buckets &buckets;
        records::Settings &settings;
        identity::Directory &identities;
        net::IoThreads &threads;
        net::BlockingPool &pool;
        const Clock &clock;
        const TlsIdentity &tls;
        std::string inviteToken;
        std::function<cluster::rules::ProbeAnswer()> report;             // of the node's state; any thread
        std::function<void(const records::Buckets::Renamed &)> renamed;  // a bucket lost its name in a merge
    };
    [[nodiscard]] static Result<std::unique_ptr<ClusterParts>> make(Needs needs);
    ~ClusterParts();  // stops

    /// Once, after all handlers are registered. Others are answered from now on; then waits until the node
    /// has what the members changed meanwhile, for at most kCatchUp.
    void start();
    /// Ends every call; the I/O threads must run still.
    void stop();
    /// The node's certificates were read anew.
    void setTls(const TlsIdentity &tls) { m_client.setTls(tls.nodeContext); }

    /// Answers another node.
    net::Awaitable<void> answer(http::Exchange &exchange);

    [[nodiscard]] cluster::link::InternalHandlers &handlers() { return m_handlers; }
    [[nodiscard]] cluster::NodeCluster &cluster() { return m_cluster; }
    [[nodiscard]] cluster::PeerCalls &peers() { return m_cluster.calls(); }
    [[nodiscard]] cluster::Router &router() { return m_router; }
    [[nodiscard]] cluster::Forwarder &forwarder() { return m_forwarder; }

private:
    ClusterParts(Needs needs, std::unique_ptr<cluster::MemberStore> members);
    void followSettings();
    void followRecords();

    const Needs m_needs;
    http::Client m_client;
    const std::unique_ptr<cluster::MemberStore> m_members;
    cluster::NodeCluster m_cluster;
    cluster::TenantUsages m_tenantUsages;
    cluster::Router m_router;
    cluster::Forwarder m_forwarder;
    cluster::link::InternalHandlers m_handlers;
    api::internal::InternalService m_service;
    std::atomic<bool> m_started{false};
    records::Records::Listening m_listening;  // last: ends first
};

}  // namespace maxiofs
