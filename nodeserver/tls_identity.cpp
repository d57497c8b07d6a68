// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_identity.h"

#include <array>
#include <unistd.h>

namespace maxiofs {

namespace {

constexpr std::uint64_t kLargestPem = 1 << 20;
constexpr std::int64_t kRenewBeforeMs = 30LL * 24 * 3600 * 1000;

Result<TlsIdentity> fromPem(const Bytes &certificate, const Bytes &key, const std::string &path)
{
    TlsIdentity identity;
    auto context = net::TlsContext::fromPem(asText(certificate), asText(key));
    if (!context)
        return failure(context.error().code, path + ": " + context.error().message, path);
    identity.context = std::move(*context);
    TRY_ASSIGN(identity.certificate, crypto::describeCertificate(certificate));
    return identity;
}

}  // namespace

Result<TlsIdentity> loadTlsIdentity(os::FileSystem &fileSystem, const TlsFiles &files, std::int64_t nowUnixMs)
{
    const bool isGiven = !files.certificate.empty();
    const std::string certificatePath = isGiven ? files.certificate : files.directory + "/certificate.pem";
    const std::string keyPath = isGiven ? files.key : files.directory + "/key.pem";
    if (!isGiven) {
        TRY_STATUS(fileSystem.createDirectories(files.directory));
        TRY_ASSIGN(const bool hasOwn, fileSystem.exists(certificatePath));
        bool makeOne = !hasOwn;
        if (hasOwn) {
            TRY_ASSIGN(const Bytes before, os::readWholeFile(fileSystem, certificatePath, kLargestPem));
            const auto summary = crypto::describeCertificate(before);
            makeOne = !summary || summary->notAfterUnixMs - nowUnixMs < kRenewBeforeMs;
        }
        if (makeOne) {
            crypto::CertificateRequest request;
            request.commonName = hostName();
            request.names = files.names;
            request.notBeforeUnixMs = nowUnixMs;
            TRY_ASSIGN(const auto made, crypto::makeSelfSignedCertificate(request));
            TRY_STATUS(os::replaceFile(fileSystem, keyPath, asBytes(made.keyPem)));
            TRY_STATUS(os::replaceFile(fileSystem, certificatePath, asBytes(made.certificatePem)));
        }
    }
    TRY_ASSIGN(const Bytes certificate, os::readWholeFile(fileSystem, certificatePath, kLargestPem));
    TRY_ASSIGN(const Bytes key, os::readWholeFile(fileSystem, keyPath, kLargestPem));
    return fromPem(certificate, key, certificatePath);
}

std::string hostName()
{
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0')
        return "localhost";
    return name.data();
}

}  // namespace maxiofs
