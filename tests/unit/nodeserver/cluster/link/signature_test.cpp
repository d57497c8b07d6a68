// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/signature.h"

#include "base/hex.h"
#include "cluster/link/nonce_memory.h"
#include "cluster/link/routes.h"
#include "crypto/digest.h"
#include "support/golden.h"
#include "support/test_runner.h"

using namespace maxiofs;
using namespace maxiofs::cluster::link;
using namespace std::string_literals;

namespace signature_test {

const std::string kSigningToken = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const std::string kSignedPath = "/api/internal/cluster/user-sync";
const std::string kSignedBody = R"({"format":1,"checksum":"00"})";
const std::string kSigningNonce = "01234567-89ab-4cde-8f01-23456789abcd";
constexpr std::int64_t kSigningMs = 1'765'621'800'123;

SignedParts signedParts(std::string_view body = kSignedBody)
{
    return {"POST", kSignedPath, "1765621800", kSigningNonce, asBytes(body)};
}

bool isWrongForm(const SignedParts &wrong)
{
    const Status status = checkForm(wrong);
    return !status && status.error().code == Error::Unauthenticated;
}

// RFC 2104 written out, so that the golden vectors do not rest on the code that they check.
std::string hmacByHand(std::string_view key, std::string_view message)
{
    constexpr std::size_t kBlock = 64;
    std::string inner(kBlock, '\x36');
    std::string outer(kBlock, '\x5c');
    for (std::size_t i = 0; i < key.size(); ++i) {
        inner[i] = static_cast<char>(inner[i] ^ key[i]);
        outer[i] = static_cast<char>(outer[i] ^ key[i]);
    }
    const auto first = crypto::sha256(asBytes(inner.append(message)));
    return crypto::sha256Hex(asBytes(outer.append(asText(first))));
}

struct Vector {
    std::string timestamp;
    std::string nonce;
    std::string body;
};
const std::vector<Vector> kVectors{
    {"1765621800", kSigningNonce, kSignedBody},
    {"1765621800", kSigningNonce, ""},
    {"0000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "\0\xff"s},
};

}  // namespace signature_test

using namespace signature_test;

class SignatureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isTheSpecificationsHmac()
    {
        const std::string message = "POST" + kSignedPath + "1765621800" + kSigningNonce + kSignedBody;

        const std::string signature = signatureOf(kSigningToken, signedParts());

        QCOMPARE(signature, hmacByHand(kSigningToken, message));
        QVERIFY(isSignedBy(kSigningToken, signedParts(), signature));
    }

    void goldenVectorsStay()
    {
        std::string text;
        for (const Vector &vector : kVectors) {
            text += "POST " + kSignedPath + " " + vector.timestamp + " " + vector.nonce + " " +
                    toHex(asBytes(vector.body)) + " " +
                    signatureOf(kSigningToken,
                                {"POST", kSignedPath, vector.timestamp, vector.nonce, asBytes(vector.body)}) +
                    "\n";
        }

        QCOMPARE(text, toText(test::goldenFile("cluster-signature-v1.txt", asBytes(text))));
    }

    void aWrongTokenOrAnyChangedPartIsFound()
    {
        const std::string signature = signatureOf(kSigningToken, signedParts());
        std::string otherToken = kSigningToken;
        otherToken.back() = '0';
        SignedParts later = signedParts();
        later.timestamp = "1765621801";
        SignedParts elsewhere = signedParts();
        elsewhere.path = "/api/internal/cluster/tenant-sync";

        QVERIFY(!isSignedBy(otherToken, signedParts(), signature));
        QVERIFY(!isSignedBy("", signedParts(), signatureOf("", signedParts())));
        QVERIFY(!isSignedBy(kSigningToken, signedParts("{}"), signature));
        QVERIFY(!isSignedBy(kSigningToken, later, signature));
        QVERIFY(!isSignedBy(kSigningToken, elsewhere, signature));
    }

    void signingFillsAllHeaders()
    {
        const NodeId self = NodeId::random();

        const SignatureHeaders headers =
            sign(kSigningToken, self, "POST", kSignedPath, asBytes(kSignedBody), kSigningMs);

        QCOMPARE(headers.nodeId, self.uuid());
        QCOMPARE(headers.timestamp, "1765621800"s);
        const SignedParts sent{"POST", kSignedPath, headers.timestamp, headers.nonce, asBytes(kSignedBody)};
        QVERIFY(checkForm(sent));
        QVERIFY(checkSignatureForm(headers.signature));
        QVERIFY(isSignedBy(kSigningToken, sent, headers.signature));
        QVERIFY(sign(kSigningToken, self, "POST", kSignedPath, {}, kSigningMs).nonce != headers.nonce);
    }

    // Bytes that move over a border would give the same message: the parts' forms leave no room for it.
    void eachPartHasItsBorder()
    {
        SignedParts wrong = signedParts();
        for (const std::string_view method : {"", "post", "POST/", "P OST"}) {
            wrong.method = method;
            QVERIFY(isWrongForm(wrong));
        }
        wrong = signedParts();
        for (const std::string_view path :
             {"/api/internal/cluster/user-sync1", "/api/internal/cluster/user-sync?x", "/bucket/key", "",
              "/api/internal/cluster/", "/API/internal/cluster/user-sync"}) {
            wrong.path = path;
            QVERIFY(isWrongForm(wrong));
        }
        wrong = signedParts();
        for (const std::string_view timestamp :
             {"", "176562180", "17656218000", "176562180a", "+765621800", " 765621800", "-765621800"}) {
            wrong.timestamp = timestamp;
            QVERIFY(isWrongForm(wrong));
        }
        wrong = signedParts();
        for (const std::string_view nonce :
             {"", "01234567-89AB-4cde-8f01-23456789abcd", "0123456789ab4cde8f0123456789abcd",
              "01234567-89ab-4cde-8f01-23456789abcdx", "01234567-89ab-4cde-8f0123456789-abcd",
              "{1234567-89ab-4cde-8f01-23456789abc}"}) {
            wrong.nonce = nonce;
            QVERIFY(isWrongForm(wrong));
        }
        QVERIFY(checkForm(signedParts()));
    }

    void signaturesAreLowerCaseHex()
    {
        const std::string signature = signatureOf(kSigningToken, signedParts());

        QVERIFY(checkSignatureForm(signature));
        QVERIFY(!checkSignatureForm(signature + "0"));
        QVERIFY(!checkSignatureForm(""));
        QVERIFY(!checkSignatureForm("G" + signature.substr(1)));
        QVERIFY(!checkSignatureForm("A" + signature.substr(1)));
    }

    void fiveMinutesOfSkewAreTaken()
    {
        constexpr std::int64_t kAt = 1'765'621'800'000;

        QVERIFY(checkSkew("1765621800", kAt));
        QVERIFY(checkSkew("1765622100", kAt));
        QVERIFY(checkSkew("1765621500", kAt));
        QVERIFY(!checkSkew("1765622101", kAt));
        const Status late = checkSkew("1765621499", kAt);
        QVERIFY(!late);
        QCOMPARE(late.error().subject, "clock"s);
        QCOMPARE(late.error().message,
                 "The clock of the sender is 301 s behind (at most 300 s): synchronise it with NTP."s);
    }

    void noRouteIsAPrefixOfAnother()
    {
        for (const Route &a : routes()) {
            for (const Route &b : routes())
                QVERIFY(&a == &b || !b.name.starts_with(a.name));
            QCOMPARE(findRoute(std::string(kInternalBase) + std::string(a.name)), &a);
        }
        QVERIFY(findRoute("/api/internal/cluster/other") == nullptr);
    }

    void anAnswersProofCoversBothCertificates()
    {
        const std::string asker(64, 'a');
        const std::string answerer(64, 'b');
        const AnswerParts answer{kSignedPath, kSigningNonce, asker, answerer, asBytes(kSignedBody)};
        const std::string proof = answerProof(kSigningToken, answer);

        QVERIFY(proof != answerProof("other", answer));
        QVERIFY(proof != answerProof(kSigningToken,
                                     {kSignedPath, kSigningNonce, answerer, asker, asBytes(kSignedBody)}));
        QVERIFY(proof !=
                answerProof(kSigningToken, {kSignedPath, kSigningNonce, asker, asker, asBytes(kSignedBody)}));
        QVERIFY(proof != answerProof(kSigningToken, {kSignedPath, kSigningNonce, asker, answerer,
                                                     asBytes(kSignedBody + " ")}));
        // Bytes that move from one part to the next.
        QVERIFY(answerProof(kSigningToken, {kSignedPath, "x", asker + "y", answerer, {}}) !=
                answerProof(kSigningToken, {kSignedPath, "x", asker, "y" + answerer, {}}));
    }

    void aNonceIsGoodOnce()
    {
        NonceMemory memory;
        const NodeId node = NodeId::random();
        const Id128 nonce = Id128::random();

        QCOMPARE(memory.remember(node, nonce, 1000, 1000), NonceMemory::Outcome::New);
        QCOMPARE(memory.remember(node, nonce, 1000, 1000), NonceMemory::Outcome::Replayed);
        QCOMPARE(memory.remember(node, nonce, 1200, 1001), NonceMemory::Outcome::Replayed);
        QCOMPARE(memory.remember(NodeId::random(), nonce, 1000, 1000), NonceMemory::Outcome::New);
    }

    void aNonceIsForgottenWhenItsTimestampIsTooOld()
    {
        NonceMemory memory;
        const NodeId node = NodeId::random();
        const Id128 early = Id128::random();
        const Id128 ahead = Id128::random();
        QCOMPARE(memory.remember(node, early, 1000, 1000), NonceMemory::Outcome::New);
        QCOMPARE(memory.remember(node, ahead, 1300, 1000), NonceMemory::Outcome::New);

        QCOMPARE(memory.remember(node, early, 1000, 1300), NonceMemory::Outcome::Replayed);
        QCOMPARE(memory.remember(node, Id128::random(), 1301, 1301), NonceMemory::Outcome::New);

        QCOMPARE(memory.size(), std::size_t{2});
        QCOMPARE(memory.remember(node, ahead, 1300, 1600), NonceMemory::Outcome::Replayed);
    }

    void aFullMemoryForgetsNothingEarly()
    {
        NonceMemory memory;
        const NodeId node = NodeId::random();
        Id128 nonce;
        const auto numbered = [&](std::size_t number) {
            std::memcpy(nonce.bytes.data(), &number, sizeof number);
            return nonce;
        };
        for (std::size_t i = 0; i < NonceMemory::kMaxEntries; ++i)
            QVERIFY(memory.remember(node, numbered(i), 1000, 1000) == NonceMemory::Outcome::New);

        QCOMPARE(memory.remember(node, Id128::random(), 1000, 1000), NonceMemory::Outcome::Full);
        QCOMPARE(memory.remember(node, numbered(0), 1000, 1000), NonceMemory::Outcome::Replayed);
        QCOMPARE(memory.remember(node, Id128::random(), 1301, 1301), NonceMemory::Outcome::New);
    }
};

MAXIOFS_TEST(SignatureTest)
#include "signature_test.moc"
