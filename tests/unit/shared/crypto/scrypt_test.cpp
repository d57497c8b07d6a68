// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/scrypt.h"

#include "base/hex.h"
#include "crypto/constant_time.h"
#include "crypto/random_token.h"
#include "support/test_runner.h"

#include <algorithm>
#include <set>

namespace maxiofs {

class ScryptTest : public QObject {
    Q_OBJECT

    static constexpr crypto::ScryptCost kCheap{4, 8, 1};

private Q_SLOTS:
    void aPasswordFitsItsOwnHashOnly()
    {
        const std::string hash = crypto::hashPassword("correct horse", kCheap);

        QVERIFY(hash.starts_with("$scrypt$ln=4,r=8,p=1$"));
        QVERIFY(crypto::verifyPassword("correct horse", hash));
        QVERIFY(!crypto::verifyPassword("correct horsf", hash));
        QVERIFY(!crypto::verifyPassword("", hash));
        QVERIFY(crypto::hashPassword("correct horse", kCheap) != hash);
    }

    void aHashOfAnotherProgramFits()
    {
        // Python: hashlib.scrypt(b"pw", salt=bytes(range(16)), n=16384, r=8, p=1, dklen=32).
        QVERIFY(crypto::verifyPassword(
            "pw",
            "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$9I59jaX8uj6pggbk906ZixJaZzYy9YxXDAPz-HKr1GU"));
    }

    void brokenOrCostlyHashesNeverFit()
    {
        const std::string hash = crypto::hashPassword("pw", kCheap);
        std::string costly = hash;
        costly.replace(costly.find("ln=4"), 4, "ln=30");
        for (const std::string &text :
             {std::string(), std::string("pw"), hash + "A", hash.substr(1), hash.substr(0, hash.size() - 2),
              costly, std::string("$scrypt$ln=4,r=8,p=1$$"), std::string("$scrypt$ln=,r=8,p=1$AA$AA")})
            QVERIFY2(!crypto::verifyPassword("pw", text), text.c_str());
    }

    void aCheaperHashNeedsReplacing()
    {
        const std::string hash = crypto::hashPassword("pw", kCheap);

        QVERIFY(crypto::needsRehash(hash));
        QVERIFY(!crypto::needsRehash(hash, kCheap));
        QVERIFY(crypto::needsRehash("not a hash", kCheap));
    }

    void tokensAreOfTheirAlphabetAndDiffer()
    {
        std::set<std::string> keys;
        for (int i = 0; i < 200; ++i)
            keys.insert(crypto::randomAccessKeyId());

        QCOMPARE(keys.size(), std::size_t{200});
        for (const std::string &key : keys) {
            QCOMPARE(key.size(), std::size_t{20});
            QVERIFY(key.starts_with("MX"));
            QVERIFY(key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == std::string::npos);
        }
        QCOMPARE(crypto::randomSecretKey().size(), std::size_t{40});
        QCOMPARE(fromBase64Url(crypto::randomToken(32))->size(), std::size_t{32});
    }

    void everyCharacterOfAnAlphabetIsLikelyAlike()
    {
        const std::string text = crypto::randomText(30'000, "abc");

        for (const char c : {'a', 'b', 'c'}) {
            const auto count = std::ranges::count(text, c);
            // Ten standard deviations around 10,000.
            QVERIFY2(count > 9'180 && count < 10'820, qPrintable(QString::number(count)));
        }
    }

    void constantTimeComparisonIsAComparison()
    {
        QVERIFY(crypto::equalConstantTime("abc", "abc"));
        QVERIFY(!crypto::equalConstantTime("abc", "abd"));
        QVERIFY(!crypto::equalConstantTime("abc", "ab"));
        QVERIFY(crypto::equalConstantTime("", ""));
    }
};

MAXIOFS_TEST(ScryptTest)

}  // namespace maxiofs

#include "scrypt_test.moc"
