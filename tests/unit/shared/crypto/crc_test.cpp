// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/crc.h"

#include "base/hex.h"
#include "support/test_runner.h"

#include <random>
#include <zlib.h>

namespace maxiofs {

class CrcTest : public QObject {
    Q_OBJECT

    static Bytes randomBytes(std::mt19937_64 &random, std::size_t size)
    {
        Bytes bytes(size);
        for (std::byte &byte : bytes)
            byte = static_cast<std::byte>(random());
        return bytes;
    }

private Q_SLOTS:
    void checkValuesAreThoseOfTheCatalogue()
    {
        const ByteView digits = asBytes("123456789");

        QCOMPARE(crypto::crc32(digits), 0xcbf43926U);
        QCOMPARE(crypto::crc32c(digits), 0xe3069283U);
        QCOMPARE(crypto::crc64Nvme(digits), 0xae8b14860a799888ULL);
        QCOMPARE(crypto::crc64Nvme({}), 0ULL);
    }

    void crc32cMatchesTheVectorsOfIscsi()
    {
        // RFC 3720 section B.4.
        QCOMPARE(crypto::crc32c(Bytes(32, std::byte{0})), 0x8a9136aaU);
        QCOMPARE(crypto::crc32c(Bytes(32, std::byte{0xff})), 0x62a8ab43U);
    }

    void crc64MatchesTheVectorsOfNvme()
    {
        // NVM command set specification, 64b CRC test cases: 4 KiB each.
        Bytes rising(4096);
        for (std::size_t i = 0; i < rising.size(); ++i)
            rising[i] = static_cast<std::byte>(i);
        Bytes falling(rising.rbegin(), rising.rend());

        QCOMPARE(crypto::crc64Nvme(Bytes(4096, std::byte{0})), 0x6482d367eb22b64eULL);
        QCOMPARE(crypto::crc64Nvme(Bytes(4096, std::byte{0xff})), 0xc0ddba7302eca3acULL);
        QCOMPARE(crypto::crc64Nvme(rising), 0x3e729f5f6750449cULL);
        QCOMPARE(crypto::crc64Nvme(falling), 0x9a2df64b8e9e517eULL);
    }

    void fastAndTableFormsAgreeForAnyLengthAndSplit()
    {
        const auto seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937_64 random(seed);

        for (std::size_t size = 0; size < 700; ++size) {
            const Bytes bytes = randomBytes(random, size);
            const ByteView view = bytes;
            const std::size_t border = size == 0 ? 0 : random() % size;
            const ByteView a = view.first(border);
            const ByteView b = view.subspan(border);

            using namespace crypto::detail;
            QCOMPARE(updateCrc32(updateCrc32(0, a), b), updateCrc32ByTable(0, view));
            QCOMPARE(updateCrc32c(updateCrc32c(0, a), b), updateCrc32cByTable(0, view));
            QCOMPARE(updateCrc64Nvme(updateCrc64Nvme(0, a), b), updateCrc64NvmeByTable(0, view));
            QCOMPARE(crypto::crc32(view),
                     static_cast<std::uint32_t>(
                         ::crc32(0, reinterpret_cast<const Bytef *>(bytes.data()), static_cast<uInt>(size))));
        }
    }

    void theValueOfAWholeFollowsFromItsParts()
    {
        const auto seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937_64 random(seed);

        for (int round = 0; round < 50; ++round) {
            const Bytes bytes = randomBytes(random, random() % 5000);
            const std::size_t border = bytes.empty() ? 0 : random() % (bytes.size() + 1);
            const ByteView a = ByteView(bytes).first(border);
            const ByteView b = ByteView(bytes).subspan(border);

            QCOMPARE(crypto::combineCrc32(crypto::crc32(a), crypto::crc32(b), b.size()),
                     crypto::crc32(bytes));
            QCOMPARE(crypto::combineCrc32c(crypto::crc32c(a), crypto::crc32c(b), b.size()),
                     crypto::crc32c(bytes));
            QCOMPARE(crypto::combineCrc64Nvme(crypto::crc64Nvme(a), crypto::crc64Nvme(b), b.size()),
                     crypto::crc64Nvme(bytes));
        }
    }

    void combiningIsAssociativeForHugeLengths()
    {
        // Five terabytes in three pieces: the grouping must not matter.
        const std::uint64_t b = 1ULL << 42;
        const std::uint64_t c = (1ULL << 40) + 12'345;
        using crypto::combineCrc64Nvme;
        QCOMPARE(combineCrc64Nvme(combineCrc64Nvme(11, 22, b), 33, c),
                 combineCrc64Nvme(11, combineCrc64Nvme(22, 33, c), b + c));
        using crypto::combineCrc32;
        QCOMPARE(combineCrc32(combineCrc32(11, 22, b), 33, c),
                 combineCrc32(11, combineCrc32(22, 33, c), b + c));
    }

    void valuesAreBigEndian()
    {
        crypto::Crc32c crc;
        crc.update(asBytes("123456789"));

        const auto bytes = crc.finish();

        QCOMPARE(toBase64(bytes), std::string("4waSgw=="));
        QCOMPARE(crypto::Crc32c::wordOf(bytes), 0xe3069283U);
        QCOMPARE(crc.value(), 0U);
    }
};

MAXIOFS_TEST(CrcTest)

}  // namespace maxiofs

#include "crc_test.moc"
