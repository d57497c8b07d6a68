// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/certificate.h"

#include "base/hex.h"
#include "crypto/digest.h"
#include "support/test_runner.h"

#include <memory>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace maxiofs {

class CertificateTest : public QObject {
    Q_OBJECT

    static constexpr std::int64_t kDayMs = 86'400'000;

    static crypto::CertificateRequest request()
    {
        return {.commonName = "node-1",
                .names = {"node-1.example", "*.s3.example", "127.0.0.1", "::1"},
                .notBeforeUnixMs = 1'700'000'000'000,
                .validDays = 30};
    }

private Q_SLOTS:
    void aCertificateSaysWhatWasAskedFor()
    {
        const auto made = crypto::makeSelfSignedCertificate(request());
        QVERIFY(made.has_value());

        const auto summary = crypto::describeCertificate(asBytes(made->certificatePem));

        QVERIFY(summary.has_value());
        QCOMPARE(summary->commonName, std::string("node-1"));
        QVERIFY(summary->names == request().names);
        QCOMPARE(summary->notBeforeUnixMs, std::int64_t{1'700'000'000'000});
        QCOMPARE(summary->notAfterUnixMs, 1'700'000'000'000 + 30 * kDayMs);
    }

    void theFingerprintIsThatOfTheDerForm()
    {
        const auto made = crypto::makeSelfSignedCertificate(request());
        const std::string &pem = made->certificatePem;
        const std::size_t begin = pem.find('\n') + 1;
        std::string body = pem.substr(begin, pem.find("-----END") - begin);
        std::erase(body, '\n');
        const Bytes der = *fromBase64(body);

        QCOMPARE(crypto::describeCertificate(asBytes(pem))->fingerprint, crypto::sha256Hex(der));
        QCOMPARE(crypto::describeCertificate(der)->fingerprint, crypto::sha256Hex(der));
    }

    void theKeySignedTheCertificate()
    {
        const auto made = crypto::makeSelfSignedCertificate(request());
        const auto bioOf = [](const std::string &text) {
            return std::unique_ptr<BIO, decltype(&BIO_free)>(
                BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
        };
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
            PEM_read_bio_PrivateKey(bioOf(made->keyPem).get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(
            PEM_read_bio_X509(bioOf(made->certificatePem).get(), nullptr, nullptr, nullptr), &X509_free);

        QVERIFY(key && certificate);
        QCOMPARE(X509_check_private_key(certificate.get(), key.get()), 1);
        QCOMPARE(X509_verify(certificate.get(), key.get()), 1);
    }

    void twoCertificatesDiffer()
    {
        const auto fingerprint = [] {
            return crypto::describeCertificate(
                       asBytes(crypto::makeSelfSignedCertificate(request())->certificatePem))
                ->fingerprint;
        };

        QVERIFY(fingerprint() != fingerprint());
    }

    void wrongInputIsRefused()
    {
        auto noName = request();
        noName.commonName.clear();
        auto badName = request();
        badName.names = {"two words"};
        auto badText = request();
        badText.commonName = "\xff";
        auto noTime = request();
        noTime.validDays = 0;
        for (const auto &wrong : {noName, badName, badText, noTime})
            QVERIFY(crypto::makeSelfSignedCertificate(wrong).error().code == Error::InvalidArgument);
        QVERIFY(crypto::describeCertificate(asBytes("no certificate")).error().code ==
                Error::InvalidArgument);
        QVERIFY(!crypto::describeCertificate({}));
    }
};

MAXIOFS_TEST(CertificateTest)

}  // namespace maxiofs

#include "certificate_test.moc"
