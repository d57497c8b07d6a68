// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/console_service.h"
#include "api/console/endpoint.h"
#include "fake_peers.h"
#include "identity/first_start.h"
#include "os/memory_file_system.h"
#include "store/node_store.h"
#include "support/fake_cluster.h"
#include "support/fake_exchange.h"
#include "support/fake_handover.h"
#include "support/fake_ownership.h"
#include "support/fake_replica_reads.h"
#include "support/fake_replication.h"

#include <QJsonDocument>
#include <QTemporaryDir>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <set>

namespace maxiofs::api::console::fixture {

class FakeClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return nowMs; }

    std::int64_t nowMs = 1'765'621'800'000;
};

struct Reply {
    unsigned status = 0;
    QJsonObject json;
    std::string text;

    [[nodiscard]] QJsonObject data() const { return json.value(QStringLiteral("data")).toObject(); }
    [[nodiscard]] std::string code() const
    {
        return json.value(QStringLiteral("code")).toString().toStdString();
    }
};

// A whole node but its ports: records, store, identities and the console over them, asked without sockets.
class Console {
public:
    static constexpr const char *kAdminPassword = "the admin's password";

    /// `member`: another of the same cluster, whose records are here from the beginning.
    explicit Console(Console *member = nullptr);
    ~Console();

    /// Ends the test when the answer is not what the documentation says.
    Reply call(const std::string &method, const std::string &path, const QJsonObject &body = {},
               const std::string &token = {}, const std::string &headers = {});
    /// Runs the service until the response is complete.
    void serve(test::FakeExchange &exchange);

    /// Gives all records to another member, as record sync does.
    void tell(Console &other) const;

    /// Signs in and gives the access token; the admin without arguments.
    std::string token(const std::string &name = "admin", const std::string &password = kAdminPassword);
    identity::UserPtr addUser(const std::string &name, identity::Role role, const std::string &tenant = {});
    /// A member that only its record tells of.
    NodeId addNode(const std::string &name);
    /// A bucket of the administrator that this node owns.
    records::BucketPtr addBucket(const std::string &name, const std::string &tenant = {});
    /// A replica of the bucket at another node, and that the engine knows of it.
    records::ReplicationRulePtr addRule(const records::BucketRecord &bucket, const NodeId &destination);
    /// Makes the log's next sync fail, which is final: the node turns read-only.
    void breakDisk();
    static std::string passwordOf(const std::string &name) { return name + "-password"; }

    FakeClock clock;
    std::set<const Endpoint *> succeeded;  // by call()

private:
    static constexpr std::array<std::byte, 32> kKey{std::byte{7}};

    QTemporaryDir m_folder;        // auth.db and the index
    os::MemoryFileSystem m_files;  // the rest: a test does not wait for a disk
    records::RecordKeySealer m_sealer{kKey};
    base::Histogram m_latency;
    identity::TrustedProxies m_proxies = identity::TrustedProxies::parse("10.0.0.0/8").value();

public:
    std::unique_ptr<records::Records> records;
    std::unique_ptr<records::Buckets> buckets;
    std::unique_ptr<records::ClusterNodes> nodes;
    std::unique_ptr<records::ReplicationRules> rules;
    std::unique_ptr<records::Settings> settings;
    std::unique_ptr<identity::Directory> identities;
    std::unique_ptr<identity::AuditLog> audit;
    std::unique_ptr<store::DataDirectory> directory;
    std::unique_ptr<store::NodeStore> store;
    std::unique_ptr<monitor::NodeMonitor> monitor;
    std::unique_ptr<EventHub> events;
    std::unique_ptr<LogTail> log;
    test::FakeCluster cluster;
    test::FakeReplication replication;
    test::FakeOwnership ownership;
    test::FakeReplicaReads replicas;
    test::FakeHandover handover;
    std::unique_ptr<cluster::Router> router;
    FakePeers peers;
    cluster::link::InternalHandlers handlers;
    boost::asio::io_context io;
    net::BlockingPool pool{2, "test"};  // after the context, to which its threads post
    std::unique_ptr<Context> context;
    std::unique_ptr<ConsoleService> service;
};

}  // namespace maxiofs::api::console::fixture
