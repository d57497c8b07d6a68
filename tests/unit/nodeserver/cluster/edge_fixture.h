// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "cluster/forwarder.h"
#include "support/node_credentials.h"
#include "support/server_fixture.h"

#include <atomic>
#include <condition_variable>
#include <string>
#include <vector>

namespace maxiofs::test {

// A node that passes each request on to its owners in turn, until one answers. Keeps what came of each.
class EdgeFixture {
public:
    explicit EdgeFixture(std::vector<cluster::rules::Peer> owners, http::ClientOptions options = {})
        : m_owners(std::move(owners)),
          m_server([this](http::Exchange &exchange) { return pass(exchange); }),
          client(m_server.threads(), quick(options)),
          m_forwarder(client, [this](const cluster::rules::Peer &) { return ownersAreSilent.load(); })
    {
        client.setTls(credentials.nodes);
        m_server.server.setTls(credentials.servers);
    }
    ~EdgeFixture()
    {
        m_server.server.stop(std::chrono::milliseconds(0));
        client.stop();
    }

    [[nodiscard]] std::uint16_t port() const { return m_server.port(); }
    /// Waits for so many, since an answer may be read before its outcome is kept.
    [[nodiscard]] std::vector<std::string> outcomes(std::size_t count = 1) const
    {
        base::MutexLock lock(m_mutex);
        while (m_outcomes.size() < count && lock.waitFor(m_kept, std::chrono::seconds(30))) {
        }
        return m_outcomes;
    }
    [[nodiscard]] cluster::Forwarder::Stats stats() const { return m_forwarder.stats(); }

    std::atomic<bool> ownersAreSilent{false};
    std::atomic<bool> answersItself{false};  // what no owner has answered
    const NodeCredentials credentials = NodeCredentials::make();

private:
    static http::ClientOptions quick(http::ClientOptions options)
    {
        options.sweepInterval = std::chrono::milliseconds(10);
        return options;
    }

    void keep(std::string outcome)
    {
        const base::MutexLock lock(m_mutex);
        m_outcomes.push_back(std::move(outcome));
        m_kept.notify_all();
    }

    // Whether to go on with the next owner.
    [[nodiscard]] bool keep(const http::Exchange &exchange, const Result<cluster::ForwardOutcome> &outcome)
    {
        if (!outcome) {
            keep("client " + std::string(nameOf(outcome.error().code)));
            return false;
        }
        if (const auto *const relayed = std::get_if<cluster::Relayed>(&*outcome)) {
            keep("relayed " + std::to_string(relayed->status));
            return false;
        }
        if (const auto *const moved = std::get_if<cluster::Moved>(&*outcome)) {
            keep("moved " + moved->body);
            return moved->mayRepeat;
        }
        const auto &lost = std::get<cluster::Unreachable>(*outcome);
        Q_ASSERT(lost.hasAnswered == exchange.responded());
        keep("unreachable " + std::string(nameOf(lost.error.code)) + (lost.hasAnswered ? " answered" : "") +
             (lost.mayRepeat ? "" : " taken"));
        return lost.mayRepeat && !lost.hasAnswered;
    }

    net::Awaitable<void> pass(http::Exchange &exchange)
    {
        bool goesOn = true;
        for (const cluster::rules::Peer &owner : m_owners) {
            const Result<cluster::ForwardOutcome> outcome =
                co_await m_forwarder.forward(exchange, owner, "vouched");
            goesOn = keep(exchange, outcome);
            if (!outcome && outcome.error().code != Error::InvalidArgument)
                co_return;
            if (!goesOn)
                break;
        }
        if (exchange.responded())
            co_return;
        if (goesOn && answersItself) {
            co_await echo(exchange);
            co_return;
        }
        http::ResponseHead head(goesOn ? 503 : 400, "text/plain");
        const Status sent = co_await exchange.respond(std::move(head), "edge");
        static_cast<void>(sent);
    }

    const std::vector<cluster::rules::Peer> m_owners;
    mutable base::Mutex m_mutex;
    mutable std::condition_variable m_kept;
    std::vector<std::string> m_outcomes GUARDED_BY(m_mutex);
    ServerFixture m_server;

public:
    http::Client client;

private:
    cluster::Forwarder m_forwarder;
};

// A node that answers for a bucket.
class OwnerFixture : public ServerFixture {
public:
    explicit OwnerFixture(http::Handler handler, http::ServerOptions options = {})
        : ServerFixture(std::move(handler), std::move(options))
    {
        server.setTls(credentials.servers);
    }
    [[nodiscard]] cluster::rules::Peer peer() const { return peerAt(port(), credentials); }

    [[nodiscard]] static cluster::rules::Peer peerAt(std::uint16_t port, const NodeCredentials &credentials)
    {
        return {NodeId::random(), "https://127.0.0.1:" + std::to_string(port), credentials.fingerprint};
    }

    const NodeCredentials credentials = NodeCredentials::make();
};

}  // namespace maxiofs::test
