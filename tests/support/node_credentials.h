// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "crypto/certificate.h"
#include "net/tls_context.h"

#include <memory>
#include <string>

namespace maxiofs::test {

// The certificates of a node that lives as long as a test.
struct NodeCredentials {
    std::string fingerprint;                         // of the node certificate
    std::string publicFingerprint;                   // of the one that clients see
    std::shared_ptr<const net::TlsContext> nodes;    // for http::Client
    std::shared_ptr<const net::TlsContext> servers;  // for http::Server

    [[nodiscard]] static NodeCredentials make()
    {
        const auto own = pair("node");
        const auto shown = pair("localhost");
        NodeCredentials made;
        made.fingerprint = crypto::describeCertificate(asBytes(own.certificatePem))->fingerprint;
        made.publicFingerprint = crypto::describeCertificate(asBytes(shown.certificatePem))->fingerprint;
        made.nodes = net::TlsContext::forNodes(own.certificatePem, own.keyPem).value();
        made.servers = net::TlsContext::fromPem(shown.certificatePem, shown.keyPem, made.nodes).value();
        return made;
    }

private:
    [[nodiscard]] static crypto::CertificateAndKey pair(const char *name)
    {
        return crypto::makeSelfSignedCertificate({.commonName = name,
                                                  .names = {name},
                                                  .notBeforeUnixMs = SystemClock::instance().unixMs(),
                                                  .validDays = 2})
            .value();
    }
};

}  // namespace maxiofs::test
