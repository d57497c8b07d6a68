// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/certificate.h"
#include "net/tls_context.h"
#include "os/file_system.h"

#include <string>
#include <vector>

namespace maxiofs {

// The certificates a node shows. To clients: the one it was given, or its own, made at the first start and
// kept in <data-dir>/tls. To other nodes: always one of its own, made once for a hundred years, since the
// others pin it.
struct TlsIdentity {
    std::shared_ptr<const net::TlsContext> context;  // of a server; takes nodes' calls with the one below
    crypto::CertificateSummary certificate;
    std::shared_ptr<const net::TlsContext> nodeContext;  // for http::Client
    crypto::CertificateSummary nodeCertificate;          // its fingerprint is what others pin
};

struct TlsFiles {
    std::string certificate;  // empty: the own one below `directory`
    std::string key;
    std::string directory;
    std::vector<std::string> names;  // that an own certificate is for
};

/// Reads the files, or makes the own ones. An own certificate for clients that ends within 30 days is made
/// anew; a node certificate never is: one that cannot be read is an error. Errors name the file.
[[nodiscard]] Result<TlsIdentity> loadTlsIdentity(os::FileSystem &fileSystem, const TlsFiles &files,
                                                  std::int64_t nowUnixMs);

/// This computer's name and the names under which it is reached locally.
[[nodiscard]] std::string hostName();

}  // namespace maxiofs
