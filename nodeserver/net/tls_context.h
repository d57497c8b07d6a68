// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

using SSL_CTX = struct ssl_ctx_st;

namespace maxiofs::net {

// The server name (SNI) by which nodes call each other: a ClientHello with it gets the node certificate and
// is asked for one. No other client ever is.
inline constexpr std::string_view kNodeServerName = "node.maxiofs";

// A certificate, its key and TLS rules. Immutable; shared by the connections that were made with it. Any
// thread.
class TlsContext {
public:
    /// A server's: TLS 1.2 or newer, HTTP/1.1 only. A certificate chain (leaf first) and its private key,
    /// both PEM. `nodes`: takes over for a client that calls by kNodeServerName. InvalidArgument when one
    /// cannot be read or they do not belong together.
    [[nodiscard]] static Result<std::shared_ptr<const TlsContext>>
    fromPem(std::string_view certificateChain, std::string_view privateKey,
            std::shared_ptr<const TlsContext> nodes = nullptr);
    /// Between nodes, both as server and as client: TLS 1.3 without tickets; each side shows its certificate.
    /// Any one is accepted here: who calls compares its fingerprint with the pinned one.
    [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> forNodes(std::string_view certificate,
                                                                            std::string_view privateKey);
    ~TlsContext();
    TlsContext(const TlsContext &) = delete;
    TlsContext &operator=(const TlsContext &) = delete;

    [[nodiscard]] SSL_CTX *native() const { return m_context; }

private:
    TlsContext(SSL_CTX *context, std::shared_ptr<const TlsContext> nodes)
        : m_context(context),
          m_nodes(std::move(nodes))
    {
    }

    SSL_CTX *m_context;
    const std::shared_ptr<const TlsContext> m_nodes;
};

// The context for new connections; replaced while the server runs. Empty: only plain connections. Any thread.
class TlsSource {
public:
    void set(std::shared_ptr<const TlsContext> context) EXCLUDES(m_mutex);
    [[nodiscard]] std::shared_ptr<const TlsContext> get() const EXCLUDES(m_mutex);

private:
    mutable base::Mutex m_mutex;
    std::shared_ptr<const TlsContext> m_context GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::net
