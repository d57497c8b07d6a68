// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "configuration.h"
#include "http/exchange.h"
#include "net/address.h"
#include "tls_identity.h"

#include <memory>
#include <string>

namespace maxiofs {

// The running node: builds its parts in order (data directory, records, identities, store, threads, services,
// ports) and stops them in reverse. Both ports answer from the beginning: /health says `starting` until all
// is ready.
class Node {
public:
    explicit Node(Configuration configuration);
    ~Node();  // stops
    Node(const Node &) = delete;
    Node &operator=(const Node &) = delete;

    /// Errors name what could not be opened and what to do.
    [[nodiscard]] Status start();
    /// /health answers 503 from now on, everything else goes on: load balancers turn away.
    void drain();
    /// Lets requests finish for at most 10 s, makes everything durable, closes. Once.
    void stop();
    /// Reads the certificate files anew; connections that are open keep theirs. The old one stays after an
    /// error.
    [[nodiscard]] Status reloadCertificate();

    [[nodiscard]] const Configuration &configuration() const { return m_configuration; }

private:
    struct Parts;

    [[nodiscard]] Status openData();
    [[nodiscard]] Status openIdentities();
    [[nodiscard]] Status openStore();
    [[nodiscard]] Status openPorts();
    [[nodiscard]] Status announceEndpoint(const net::ListenAddress &address, std::uint16_t port);
    [[nodiscard]] Status makeServices();
    [[nodiscard]] Status makeCluster();
    [[nodiscard]] Status makeOwnership();
    void makeReplication();
    void makeS3();
    [[nodiscard]] Result<TlsIdentity> readTls() const;
    void useTls(TlsIdentity tls);
    [[nodiscard]] bool isForBucket(const http::Exchange &exchange) const;
    /// Whether another node asks, and not a client for a bucket that is called "api".
    [[nodiscard]] bool isInternal(const http::Exchange &exchange) const;
    net::Awaitable<void> answerNode(http::Exchange &exchange);

    const Configuration m_configuration;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace maxiofs
