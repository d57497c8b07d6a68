// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_identity.h"

#include "os/memory_file_system.h"
#include "support/test_runner.h"

namespace maxiofs {

class TlsIdentityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void firstStartMakesTwoCertificates();
    void laterStartKeepsBoth();
    void agedCertificateForClientsIsRenewedAndTheNodesIsNot();
    void givenCertificateLeavesTheNodesAlone();
    void crashBetweenKeyAndCertificateIsMended();
    void damagedNodeCertificateIsAnErrorThatNamesTheFile();
};

namespace {

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::int64_t kNow = 20'000 * kDayMs;
const std::string kNodeFile = "/data/tls/node-certificate.pem";

TlsFiles ownFiles()
{
    TlsFiles files;
    files.directory = "/data/tls";
    files.names = {"localhost"};
    return files;
}

}  // namespace

void TlsIdentityTest::firstStartMakesTwoCertificates()
{
    os::MemoryFileSystem fileSystem;

    const auto identity = loadTlsIdentity(fileSystem, ownFiles(), kNow);

    QVERIFY(identity.has_value());
    QVERIFY(identity->context && identity->nodeContext);
    QVERIFY(identity->certificate.fingerprint != identity->nodeCertificate.fingerprint);
    QVERIFY(identity->nodeCertificate.notAfterUnixMs > kNow + 36'000 * kDayMs);
}

void TlsIdentityTest::laterStartKeepsBoth()
{
    os::MemoryFileSystem fileSystem;
    const auto first = loadTlsIdentity(fileSystem, ownFiles(), kNow);

    const auto second = loadTlsIdentity(fileSystem, ownFiles(), kNow + kDayMs);

    QCOMPARE(second->certificate.fingerprint, first->certificate.fingerprint);
    QCOMPARE(second->nodeCertificate.fingerprint, first->nodeCertificate.fingerprint);
}

void TlsIdentityTest::agedCertificateForClientsIsRenewedAndTheNodesIsNot()
{
    os::MemoryFileSystem fileSystem;
    const auto first = loadTlsIdentity(fileSystem, ownFiles(), kNow);

    const auto later = loadTlsIdentity(fileSystem, ownFiles(), kNow + 820 * kDayMs);

    QVERIFY(later->certificate.fingerprint != first->certificate.fingerprint);
    QCOMPARE(later->nodeCertificate.fingerprint, first->nodeCertificate.fingerprint);
}

void TlsIdentityTest::givenCertificateLeavesTheNodesAlone()
{
    os::MemoryFileSystem fileSystem;
    const auto own = loadTlsIdentity(fileSystem, ownFiles(), kNow);
    const auto given = crypto::makeSelfSignedCertificate({.commonName = "given", .names = {}}).value();
    QVERIFY(os::replaceFile(fileSystem, "/data/given.pem", asBytes(given.certificatePem)).has_value());
    QVERIFY(os::replaceFile(fileSystem, "/data/given.key", asBytes(given.keyPem)).has_value());
    TlsFiles files = ownFiles();
    files.certificate = "/data/given.pem";
    files.key = "/data/given.key";

    const auto identity = loadTlsIdentity(fileSystem, files, kNow);

    QCOMPARE(identity->certificate.commonName, std::string("given"));
    QCOMPARE(identity->nodeCertificate.fingerprint, own->nodeCertificate.fingerprint);
}

void TlsIdentityTest::crashBetweenKeyAndCertificateIsMended()
{
    os::MemoryFileSystem fileSystem;
    QVERIFY(fileSystem.createDirectories("/data/tls").has_value());
    const std::string older = "a key whose certificate was never written";
    QVERIFY(os::replaceFile(fileSystem, "/data/tls/node-key.pem", asBytes(older)).has_value());

    QVERIFY(loadTlsIdentity(fileSystem, ownFiles(), kNow).has_value());
}

void TlsIdentityTest::damagedNodeCertificateIsAnErrorThatNamesTheFile()
{
    os::MemoryFileSystem fileSystem;
    QVERIFY(loadTlsIdentity(fileSystem, ownFiles(), kNow).has_value());
    const std::string damage = "not a certificate";
    QVERIFY(os::replaceFile(fileSystem, kNodeFile, asBytes(damage)).has_value());

    const auto identity = loadTlsIdentity(fileSystem, ownFiles(), kNow);

    QVERIFY(!identity.has_value());
    QCOMPARE(identity.error().subject, kNodeFile);
}

}  // namespace maxiofs

using maxiofs::TlsIdentityTest;
MAXIOFS_TEST(TlsIdentityTest)
#include "tls_identity_test.moc"
