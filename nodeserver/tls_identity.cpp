// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_identity.h"

#include <array>
#include <unistd.h>

namespace maxiofs {

namespace {

constexpr std::uint64_t kLargestPem = 1 << 20;
constexpr std::int64_t kRenewBeforeMs = 30LL * 24 * 3600 * 1000;
constexpr unsigned kNodeCertificateDays = 36'500;

struct PemFiles {
    std::string certificate;
    std::string key;
};

Result<crypto::CertificateSummary> describeFile(os::FileSystem &fileSystem, const std::string &path)
{
    TRY_ASSIGN(const Bytes pem, os::readWholeFile(fileSystem, path, kLargestPem));
    auto summary = crypto::describeCertificate(pem);
    if (!summary)
        return failure(summary.error().code, path + ": " + summary.error().message, path);
    return summary;
}

// The key first: a certificate that is there has its key.
Status makePair(os::FileSystem &fileSystem, const PemFiles &files, crypto::CertificateRequest request)
{
    request.commonName = hostName();
    TRY_ASSIGN(const auto made, crypto::makeSelfSignedCertificate(request));
    TRY_STATUS(os::replaceFile(fileSystem, files.key, asBytes(made.keyPem)));
    return os::replaceFile(fileSystem, files.certificate, asBytes(made.certificatePem));
}

Status makeOwnIfNeeded(os::FileSystem &fileSystem, const PemFiles &files,
                       const std::vector<std::string> &names, std::int64_t nowUnixMs)
{
    TRY_ASSIGN(const bool hasOwn, fileSystem.exists(files.certificate));
    if (hasOwn) {
        TRY_ASSIGN(const Bytes before, os::readWholeFile(fileSystem, files.certificate, kLargestPem));
        const auto summary = crypto::describeCertificate(before);
        if (summary && summary->notAfterUnixMs - nowUnixMs >= kRenewBeforeMs)
            return {};
    }
    crypto::CertificateRequest request;
    request.names = names;
    request.notBeforeUnixMs = nowUnixMs;
    return makePair(fileSystem, files, std::move(request));
}

struct Pem {
    Bytes certificate;
    Bytes key;
};

Result<Pem> readPair(os::FileSystem &fileSystem, const PemFiles &files)
{
    Pem pem;
    TRY_ASSIGN(pem.certificate, os::readWholeFile(fileSystem, files.certificate, kLargestPem));
    TRY_ASSIGN(pem.key, os::readWholeFile(fileSystem, files.key, kLargestPem));
    return pem;
}

Status loadNodeCertificate(os::FileSystem &fileSystem, const std::string &directory, std::int64_t nowUnixMs,
                           TlsIdentity &into)
{
    const PemFiles files{directory + "/node-certificate.pem", directory + "/node-key.pem"};
    TRY_ASSIGN(const bool isThere, fileSystem.exists(files.certificate));
    if (!isThere) {
        crypto::CertificateRequest request;
        request.names = {std::string(net::kNodeServerName)};
        request.notBeforeUnixMs = nowUnixMs;
        request.validDays = kNodeCertificateDays;
        TRY_STATUS(makePair(fileSystem, files, std::move(request)));
    }
    TRY_ASSIGN(const Pem pem, readPair(fileSystem, files));
    TRY_ASSIGN(into.nodeCertificate, describeFile(fileSystem, files.certificate));
    auto context = net::TlsContext::forNodes(asText(pem.certificate), asText(pem.key));
    if (!context)
        return failure(context.error().code, files.certificate + ": " + context.error().message,
                       files.certificate);
    into.nodeContext = std::move(*context);
    return {};
}

}  // namespace

Result<TlsIdentity> loadTlsIdentity(os::FileSystem &fileSystem, const TlsFiles &files, std::int64_t nowUnixMs)
{
    TRY_STATUS(fileSystem.createDirectories(files.directory));
    TlsIdentity identity;
    TRY_STATUS(loadNodeCertificate(fileSystem, files.directory, nowUnixMs, identity));

    PemFiles pair{files.certificate, files.key};
    if (files.certificate.empty()) {
        pair = {files.directory + "/certificate.pem", files.directory + "/key.pem"};
        TRY_STATUS(makeOwnIfNeeded(fileSystem, pair, files.names, nowUnixMs));
    }
    TRY_ASSIGN(const Pem pem, readPair(fileSystem, pair));
    auto context = net::TlsContext::fromPem(asText(pem.certificate), asText(pem.key), identity.nodeContext);
    if (!context)
        return failure(context.error().code, pair.certificate + ": " + context.error().message,
                       pair.certificate);
    identity.context = std::move(*context);
    TRY_ASSIGN(identity.certificate, describeFile(fileSystem, pair.certificate));
    return identity;
}

std::string hostName()
{
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0')
        return "localhost";
    return name.data();
}

}  // namespace maxiofs
