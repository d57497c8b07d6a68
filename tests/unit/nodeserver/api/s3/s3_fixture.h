// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/s3_service.h"
#include "base/hex.h"
#include "fake_cluster.h"
#include "http/server.h"
#include "os/memory_file_system.h"
#include "records/secret_sealer.h"
#include "s3_client.h"
#include "store/node_store.h"

#include <QTemporaryDir>

namespace maxiofs::test {

// The S3 API on a local port over a real store, whose log and files are in memory, with two users: "owner",
// who makes the bucket "bucket", and "other", who has no rights in it. The node is alone until a test sets
// cluster->member.
class S3Fixture {
public:
    S3Fixture()
    {
        const std::string folder = m_folder.path().toStdString();
        records = records::Records::open(folder + "/auth.db", m_sealer, SystemClock::instance()).value();
        identities = identity::Directory::load(*records, {.logN = 4, .r = 1, .p = 1}).value();
        buckets = records::Buckets::load(*records).value();

        store::DataDirectory::Options where;
        where.path = "/data";
        m_directory = store::DataDirectory::open(m_files, where).value();
        store::NodeStore::Options options;
        options.node = Id128::random();
        options.backgroundWork = false;
        store::NodeStore::Environment environment;
        environment.indexDirectory = folder + "/index";
        store = store::NodeStore::open(*m_directory, options, environment).value();

        cluster = std::make_unique<FakeCluster>(*records, *buckets);
        context = std::make_unique<api::s3::Context>(api::s3::Context{*store,
                                                                      *buckets,
                                                                      *identities,
                                                                      m_pool,
                                                                      metrics,
                                                                      [this] { return region; },
                                                                      {"s3.example.com"},
                                                                      [] { return "test-host"; },
                                                                      SystemClock::instance(),
                                                                      &cluster->links});
        service = std::make_unique<api::s3::S3Service>(*context);
        buckets->whenChanged([this](records::Buckets::Event event, const records::BucketRecord &bucket) {
            service->bucketChanged(event, bucket);
        });
        m_threads.start();
        m_server = std::make_unique<http::Server>(
            m_threads, http::ServerOptions(),
            [this](http::Exchange &exchange) { return service->handle(exchange); });
        m_port = m_server->listen(net::ListenAddress::parse("127.0.0.1:0").value()).value();
        owner.emplace(m_port, addUser("owner"));
        other.emplace(m_port, addUser("other"));
        nobody.emplace(m_port, std::nullopt);
        if (owner->send("PUT", "/bucket").status != 200)
            qFatal("the bucket was not made");
    }
    ~S3Fixture()
    {
        m_server->stop(std::chrono::milliseconds(0));
        m_pool.stop();
        store->stop();
        m_threads.stop();
    }

    sigv4::Credentials addUser(const std::string &name)
    {
        identity::NewUser user;
        user.username = name;
        user.password = name + "-password";
        user.roles = {identity::Role::User};
        identity::NewAccessKey key;
        key.userId = identities->users().create(user).value()->id;
        const auto made = identities->keys().create(key).value();
        return {made.key->id, made.secret, "us-east-1", {}};
    }
    void setVersioning(const std::string &status)
    {
        const std::string body =
            "<VersioningConfiguration><Status>" + status + "</Status></VersioningConfiguration>";
        if (owner->send("PUT", "/bucket?versioning", body).status != 200)
            qFatal("versioning was not set");
    }
    /// As x-amz-checksum-crc32c has it.
    [[nodiscard]] static std::string crc32cOf(std::string_view bytes)
    {
        return toBase64(crypto::checksumOf(crypto::ChecksumAlgorithm::Crc32c, asBytes(bytes)));
    }
    [[nodiscard]] S3Client clientFor(const sigv4::Credentials &credentials) const
    {
        return S3Client(m_port, credentials);
    }

private:
    static constexpr std::array<std::byte, 32> kKey{std::byte{7}};

    QTemporaryDir m_folder;
    os::MemoryFileSystem m_files{1};
    records::RecordKeySealer m_sealer{kKey};

public:
    std::string region = "us-east-1";
    std::unique_ptr<records::Records> records;  // outlives what listens to its changes
    std::unique_ptr<identity::Directory> identities;
    std::unique_ptr<records::Buckets> buckets;
    std::unique_ptr<store::NodeStore> store;
    api::s3::Metrics metrics;
    std::unique_ptr<FakeCluster> cluster;
    std::unique_ptr<api::s3::Context> context;
    std::unique_ptr<api::s3::S3Service> service;
    std::optional<S3Client> owner, other, nobody;

private:
    std::unique_ptr<store::DataDirectory> m_directory;
    net::BlockingPool m_pool{3, "blocking"};
    net::IoThreads m_threads{2, "io"};
    std::unique_ptr<http::Server> m_server;
    std::uint16_t m_port = 0;
};

}  // namespace maxiofs::test
