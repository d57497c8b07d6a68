// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/checksum.h"

#include "base/hex.h"
#include "support/test_runner.h"

namespace maxiofs {

class ChecksumTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void namesAndHeadersReadBack()
    {
        for (const auto algorithm : crypto::kChecksumAlgorithms) {
            QVERIFY(crypto::checksumAlgorithmOf(crypto::nameOf(algorithm)) == algorithm);
            QVERIFY(crypto::checksumAlgorithmOfHeader(crypto::checksumHeaderOf(algorithm)) == algorithm);
            QCOMPARE(crypto::checksumOf(algorithm, {}).size(), crypto::checksumSize(algorithm));
        }
        QVERIFY(crypto::checksumAlgorithmOf("crc64nvme") == crypto::ChecksumAlgorithm::Crc64Nvme);
        QVERIFY(crypto::checksumAlgorithmOfHeader("X-Amz-Checksum-SHA256") ==
                crypto::ChecksumAlgorithm::Sha256);
        QVERIFY(!crypto::checksumAlgorithmOf("MD5"));
        QVERIFY(!crypto::checksumAlgorithmOfHeader("x-amz-checksum-algorithm"));
    }

    void valuesAreThoseThatS3Encodes()
    {
        const auto encoded = [](crypto::ChecksumAlgorithm algorithm) {
            return toBase64(crypto::checksumOf(algorithm, asBytes("123456789")));
        };

        QCOMPARE(encoded(crypto::ChecksumAlgorithm::Crc32), std::string("y/Q5Jg=="));
        QCOMPARE(encoded(crypto::ChecksumAlgorithm::Crc32c), std::string("4waSgw=="));
        QCOMPARE(encoded(crypto::ChecksumAlgorithm::Crc64Nvme), std::string("rosUhgp5mIg="));
        QCOMPARE(encoded(crypto::ChecksumAlgorithm::Sha1), std::string("98O8HYCOBHMq32eZZczDTKeuNEE="));
        QCOMPARE(encoded(crypto::ChecksumAlgorithm::Sha256),
                 std::string("FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="));
    }

    void piecesGiveTheSameAsTheWholeAndFinishStartsAnew()
    {
        for (const auto algorithm : crypto::kChecksumAlgorithms) {
            crypto::Checksum checksum(algorithm);
            checksum.update(asBytes("1234"));
            checksum.update(asBytes("56789"));
            QVERIFY(checksum.finish() == crypto::checksumOf(algorithm, asBytes("123456789")));
            QVERIFY(checksum.finish() == crypto::checksumOf(algorithm, {}));
        }
    }

    void onlyCrcsCombine()
    {
        for (const auto algorithm : crypto::kChecksumAlgorithms) {
            const Bytes a = crypto::checksumOf(algorithm, asBytes("1234"));
            const Bytes b = crypto::checksumOf(algorithm, asBytes("56789"));
            const auto whole = crypto::combineChecksums(algorithm, a, b, 5);
            QCOMPARE(whole.has_value(), crypto::canCombine(algorithm));
            if (whole)
                QVERIFY(*whole == crypto::checksumOf(algorithm, asBytes("123456789")));
            QVERIFY(!crypto::combineChecksums(algorithm, ByteView(a).first(3), b, 5));
        }
    }
};

MAXIOFS_TEST(ChecksumTest)

}  // namespace maxiofs

#include "checksum_test.moc"
