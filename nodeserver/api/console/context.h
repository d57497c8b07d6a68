// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/event_hub.h"
#include "api/console/log_tail.h"
#include "cluster/cluster.h"
#include "cluster/ownership.h"
#include "cluster/peer_calls.h"
#include "cluster/replica_reads.h"
#include "cluster/replication.h"
#include "cluster/router.h"
#include "identity/audit_log.h"
#include "identity/directory.h"
#include "identity/trusted_proxies.h"
#include "monitor/node_monitor.h"
#include "net/blocking_pool.h"
#include "records/cluster_nodes.h"
#include "records/replication_rules.h"
#include "records/settings.h"
#include "store/bucket_handover.h"
#include "store/object_store.h"

namespace maxiofs::api::console {

// What the console's endpoints work with. Everything must outlive the service.
struct Context {
    store::ObjectStore &store;
    records::Records &records;
    records::Buckets &buckets;
    records::ClusterNodes &nodes;
    records::Settings &settings;
    identity::Directory &identities;
    identity::AuditLog &audit;
    const identity::TrustedProxies &proxies;
    monitor::NodeMonitor &monitor;
    EventHub &events;
    LogTail &log;
    cluster::Cluster &cluster;
    cluster::Router &router;
    cluster::PeerCalls &peers;
    // Not the pool of the S3 API: logins may occupy six of its threads, so at least eight.
    net::BlockingPool &pool;
    records::ReplicationRules &rules;
    cluster::Replication &replication;
    cluster::Ownership &ownership;
    cluster::ReplicaReads &replicas;
    store::BucketHandover &handover;

    std::string dataDirectory;
    std::int64_t startedMs = 0;
    std::function<protocol::Certificate()> certificate;                    // any thread
    std::function<Result<Bytes>(std::string_view passphrase)> exportKeys;  // may block
    const Clock &clock = SystemClock::instance();
    // Of the certificate that it shows other nodes, as people compare them; any thread.
    std::function<std::string()> nodeFingerprint = [] { return std::string(); };
    std::function<std::uint16_t()> consolePort = [] { return std::uint16_t{0}; };  // any thread; 0: not yet
};

}  // namespace maxiofs::api::console
