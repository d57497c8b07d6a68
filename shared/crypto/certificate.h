// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <vector>

namespace maxiofs::crypto {

struct CertificateRequest {
    std::string commonName;
    std::vector<std::string> names;  // DNS names and IP addresses, told apart by their form
    std::int64_t notBeforeUnixMs = 0;
    unsigned validDays = 825;
};

struct CertificateAndKey {
    std::string certificatePem;
    std::string keyPem;  // PKCS #8, unencrypted: for a file with mode 0600
};

struct CertificateSummary {
    std::string commonName;
    std::vector<std::string> names;
    std::string fingerprint;  // SHA-256 of the DER form, 64 hex digits
    std::int64_t notBeforeUnixMs = 0;
    std::int64_t notAfterUnixMs = 0;
};

/// A self-signed ECDSA P-256 certificate with its key, for servers and clients. InvalidArgument for an empty
/// or overlong name.
[[nodiscard]] Result<CertificateAndKey> makeSelfSignedCertificate(const CertificateRequest &request);

/// Reads the first certificate of a PEM text, or a DER one. InvalidArgument when there is none.
[[nodiscard]] Result<CertificateSummary> describeCertificate(ByteView pemOrDer);

}  // namespace maxiofs::crypto
