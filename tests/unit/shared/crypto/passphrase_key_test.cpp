// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/passphrase_key.h"

#include "base/hex.h"
#include "support/test_runner.h"

namespace maxiofs::crypto {

class PassphraseKeyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theKeyIsThatOfScrypt()
    {
        // RFC 7914 section 12, the first 32 of its 64 bytes.
        const auto key = passphraseKey("password", asBytes("NaCl"), {.logN = 10, .r = 8, .p = 16});

        QCOMPARE(toHex(key->view()),
                 std::string("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"));
    }

    void costsOutOfRangeGiveNoKey()
    {
        for (const ScryptCost &cost :
             {ScryptCost{0, 8, 1}, ScryptCost{63, 8, 1}, ScryptCost{20, 8, 1}, ScryptCost{20, 1, 1},
              ScryptCost{4, 0, 1}, ScryptCost{4, 8, 0}, ScryptCost{4, 8, 255}, ScryptCost{255, 255, 255}})
            QVERIFY(!passphraseKey("password", asBytes("NaCl"), cost));
    }
};

MAXIOFS_TEST(PassphraseKeyTest)

}  // namespace maxiofs::crypto

#include "passphrase_key_test.moc"
