// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/tls_context.h"

#include "base/clock.h"
#include "crypto/certificate.h"
#include "support/test_runner.h"

namespace maxiofs::net {

class TlsContextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void certificateWithItsKeyIsTaken();
    void chainIsTaken();
    void keyOfAnotherCertificateIsRefused();
    void textThatIsNoPemIsRefused();
};

namespace {

crypto::CertificateAndKey certificateFor(const char *name)
{
    return crypto::makeSelfSignedCertificate({.commonName = name,
                                              .names = {"localhost"},
                                              .notBeforeUnixMs = SystemClock::instance().unixMs(),
                                              .validDays = 2})
        .value();
}

}  // namespace

void TlsContextTest::certificateWithItsKeyIsTaken()
{
    const auto pair = certificateFor("one");

    QVERIFY(TlsContext::fromPem(pair.certificatePem, pair.keyPem).has_value());
}

void TlsContextTest::chainIsTaken()
{
    const auto leaf = certificateFor("leaf");
    const auto issuer = certificateFor("issuer");

    QVERIFY(TlsContext::fromPem(leaf.certificatePem + issuer.certificatePem, leaf.keyPem).has_value());
}

void TlsContextTest::keyOfAnotherCertificateIsRefused()
{
    const auto one = certificateFor("one");
    const auto other = certificateFor("other");

    const auto context = TlsContext::fromPem(one.certificatePem, other.keyPem);

    QVERIFY(!context.has_value());
    QCOMPARE(context.error().code, Error::InvalidArgument);
    QVERIFY(context.error().message.find("does not belong") != std::string::npos);
}

void TlsContextTest::textThatIsNoPemIsRefused()
{
    const auto pair = certificateFor("one");

    QVERIFY(!TlsContext::fromPem("", pair.keyPem).has_value());
    QVERIFY(!TlsContext::fromPem("certificate", pair.keyPem).has_value());
    QVERIFY(!TlsContext::fromPem(pair.certificatePem, pair.certificatePem).has_value());
}

}  // namespace maxiofs::net

using maxiofs::net::TlsContextTest;
MAXIOFS_TEST(TlsContextTest)
#include "tls_context_test.moc"
