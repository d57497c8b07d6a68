// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node.h"

#include "api/console/console_service.h"
#include "api/ops/ops_service.h"
#include "api/s3/cluster_links.h"
#include "api/s3/object_export.h"
#include "api/s3/s3_service.h"
#include "base/mutex.h"
#include "cluster/ownership/ownership_engine.h"
#include "cluster/replication/replication_engine.h"
#include "cluster_parts.h"
#include "http/server.h"
#include "identity/directory.h"
#include "net/blocking_pool.h"
#include "net/io_threads.h"
#include "records/cluster_nodes.h"
#include "records/secret_sealer.h"
#include "store/node_store.h"

#include <atomic>

namespace maxiofs {

// In the order of their life: each may use those above it.
struct Node::Parts {
    const SystemClock &clock = SystemClock::instance();
    api::console::LogTail logTail{SystemClock::instance()};
    std::int64_t startedMs = SystemClock::instance().unixMs();

    std::unique_ptr<store::DataDirectory> directory;
    std::unique_ptr<records::RecordKeySealer> sealer;
    std::unique_ptr<records::Records> records;
    std::unique_ptr<identity::Directory> identities;
    std::unique_ptr<records::Buckets> buckets;
    std::unique_ptr<records::ReplicationRules> rules;
    std::unique_ptr<records::ClusterNodes> nodes;
    std::unique_ptr<records::Settings> settings;
    std::unique_ptr<identity::AuditLog> audit;
    identity::TrustedProxies proxies;
    std::unique_ptr<store::NodeStore> store;

    std::atomic<std::uint16_t> consolePort{0};  // once it listens
    base::Mutex certificateMutex;
    TlsIdentity tls GUARDED_BY(certificateMutex);

    api::s3::Metrics metrics;
    std::unique_ptr<monitor::NodeMonitor> monitor;
    std::unique_ptr<api::console::EventHub> events;
    std::unique_ptr<net::BlockingPool> s3Pool;
    std::unique_ptr<net::BlockingPool> consolePool;
    std::unique_ptr<net::BlockingPool> clusterPool;
    std::unique_ptr<api::s3::ClusterLinks> s3Links;
    std::unique_ptr<api::s3::Context> s3Context;
    std::unique_ptr<api::s3::ObjectExport> objectExport;
    std::unique_ptr<api::s3::S3Service> s3;
    std::unique_ptr<api::ops::OpsService> ops;
    std::unique_ptr<api::console::ConsoleService> console;

    std::unique_ptr<net::IoThreads> threads;
    std::unique_ptr<ClusterParts> cluster;
    cluster::ClientGates gates;
    std::unique_ptr<cluster::ownership::OwnershipEngine> ownership;
    std::unique_ptr<cluster::replication::ReplicationEngine> replication;
    std::atomic<ClusterParts *> servedCluster{nullptr};  // once it is made: the ports are open before
    std::unique_ptr<http::Server> s3Server;
    std::unique_ptr<http::Server> consoleServer;
};

}  // namespace maxiofs
