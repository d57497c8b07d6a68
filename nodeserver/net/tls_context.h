// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

using SSL_CTX = struct ssl_ctx_st;

namespace maxiofs::net {

// The server's certificate, key and TLS rules: TLS 1.2 or newer, HTTP/1.1 only. Immutable; shared by the
// connections that were accepted with it. Any thread.
class TlsContext {
public:
    /// A certificate chain (leaf first) and its private key, both PEM. InvalidArgument when one cannot be
    /// read or they do not belong together.
    [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> fromPem(std::string_view certificateChain,
                                                                           std::string_view privateKey);
    ~TlsContext();
    TlsContext(const TlsContext &) = delete;
    TlsContext &operator=(const TlsContext &) = delete;

    [[nodiscard]] SSL_CTX *native() const { return m_context; }

private:
    explicit TlsContext(SSL_CTX *context) : m_context(context) {}

    SSL_CTX *m_context;
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
