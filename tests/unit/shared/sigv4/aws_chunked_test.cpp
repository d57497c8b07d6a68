// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/aws_chunked.h"

#include "aws_examples.h"
#include "base/hex.h"
#include "support/test_runner.h"

#include <algorithm>
#include <random>

namespace maxiofs {

namespace aws_chunked_test {

constexpr const char *kSeed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
constexpr const char *kTrailerSeed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";

sigv4::ChunkSignatures chainFrom(const char *seed)
{
    return {aws_examples::key(), aws_examples::kDate, aws_examples::kScope, seed};
}

// The reference's example: 65 KiB of 'a' in chunks of 64 KiB and 1 KiB.
std::string signedBody()
{
    return "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" +
           std::string(65'536, 'a') +
           "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" +
           std::string(1'024, 'a') +
           "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
}
sigv4::AwsChunkedOptions signedOptions()
{
    return {sigv4::PayloadMode::SignedChunks, 66'560, {}, chainFrom(kSeed)};
}

std::string trailerBody()
{
    return "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n" +
           std::string(65'536, 'a') +
           "\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n" +
           std::string(1'024, 'a') +
           "\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
           "x-amz-checksum-crc32c:sOO8/Q==\r\n"
           "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
}
sigv4::AwsChunkedOptions trailerOptions()
{
    return {
        sigv4::PayloadMode::SignedChunksTrailer, 66'560, {"x-amz-checksum-crc32c"}, chainFrom(kTrailerSeed)};
}

sigv4::AwsChunkedOptions unsignedOptions(std::uint64_t length)
{
    return {sigv4::PayloadMode::UnsignedChunksTrailer, length, {"x-amz-checksum-crc32"}, std::nullopt};
}

// The payload, or "refused: <code>". `pieces` decides how the body arrives.
template <typename Pieces>
std::string decode(sigv4::AwsChunkedOptions options, std::string_view body, Pieces pieces)
{
    sigv4::AwsChunkedDecoder decoder(std::move(options));
    std::string payload;
    const auto refused = [](const sigv4::AuthError &error) {
        return "refused: " + std::string(sigv4::s3CodeOf(error.code));
    };
    while (!body.empty()) {
        const std::size_t count = std::min<std::size_t>(pieces(), body.size());
        const auto fed = decoder.feed(asBytes(body.substr(0, count)),
                                      [&](ByteView bytes) { payload.append(asText(bytes)); });
        if (!fed)
            return refused(fed.error());
        body.remove_prefix(count);
    }
    const auto finished = decoder.finish();
    return finished ? payload : refused(finished.error());
}
std::string decode(sigv4::AwsChunkedOptions options, std::string_view body)
{
    return decode(std::move(options), body, [] { return std::size_t{1} << 20; });
}

std::string replaced(std::string text, const std::string &what, const std::string &by)
{
    return text.replace(text.find(what), what.size(), by);
}

}  // namespace aws_chunked_test

using namespace aws_chunked_test;

class AwsChunkedTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theReferencesBodiesDecodeHoweverTheyArrive()
    {
        const auto seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        const std::string wanted(66'560, 'a');

        QVERIFY(decode(signedOptions(), signedBody()) == wanted);
        QVERIFY(decode(trailerOptions(), trailerBody()) == wanted);
        QVERIFY(decode(trailerOptions(), trailerBody(), [] { return 1; }) == wanted);
        for (int round = 0; round < 20; ++round) {
            const auto pieces = [&random] { return 1 + random() % 5'000; };
            QVERIFY(decode(signedOptions(), signedBody(), pieces) == wanted);
            QVERIFY(decode(trailerOptions(), trailerBody(), pieces) == wanted);
        }
    }

    void payloadIsHandedOutWithoutACopy()
    {
        const std::string body = "3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n";
        sigv4::AwsChunkedDecoder decoder(unsignedOptions(3));

        const auto step = decoder.next(asBytes(body));

        QVERIFY(step.has_value());
        QVERIFY(asText(step->payload) == "abc");
        QVERIFY(reinterpret_cast<const char *>(step->payload.data()) == body.data() + 3);
        QCOMPARE(step->consumed, std::size_t{6});
    }

    void unsignedBodiesKeepTheirTrailers()
    {
        sigv4::AwsChunkedDecoder decoder(unsignedOptions(5));
        std::string payload;
        const auto sink = [&](ByteView bytes) { payload.append(asText(bytes)); };

        QVERIFY(decoder.feed(asBytes("3\r\nabc\r\n2\r\nde\r\n0\r\nX-Amz-Checksum-CRC32: hYe5nA== \r\n\r\n"),
                             sink));

        QVERIFY(decoder.finish().has_value());
        QCOMPARE(payload, std::string("abcde"));
        QCOMPARE(decoder.decodedSoFar(), std::uint64_t{5});
        QCOMPARE(*decoder.trailer("x-amz-checksum-crc32"), std::string("hYe5nA=="));
        QVERIFY(decoder.trailer("x-amz-checksum-sha1") == nullptr);
    }

    void theLastEmptyLineMayBeMissingOrComeEarly()
    {
        const std::string body = signedBody();
        QVERIFY(decode(signedOptions(), body.substr(0, body.size() - 2)).size() == 66'560);
        const std::string trailing = trailerBody();
        QVERIFY(decode(trailerOptions(), trailing.substr(0, trailing.size() - 2)).size() == 66'560);
        QVERIFY(decode(trailerOptions(), replaced(trailing, "\r\nx-amz-checksum", "\r\n\r\nx-amz-checksum"))
                    .size() == 66'560);
    }

    void aChangedByteOrSignatureIsNoticed()
    {
        const std::string refused = "refused: SignatureDoesNotMatch";
        QCOMPARE(decode(signedOptions(), replaced(signedBody(), "aaaa", "aaba")), refused);
        QCOMPARE(decode(signedOptions(), replaced(signedBody(), "ad80", "ad81")), refused);
        QCOMPARE(decode(signedOptions(), replaced(signedBody(), "b6c6", "b6c7")), refused);
        QCOMPARE(decode(trailerOptions(), replaced(trailerBody(), "sOO8", "sOO9")), refused);
        QCOMPARE(decode(trailerOptions(), replaced(trailerBody(), "d81f", "d82f")), refused);
        auto otherSeed = signedOptions();
        otherSeed.signatures = chainFrom(kTrailerSeed);
        QCOMPARE(decode(otherSeed, signedBody()), refused);
    }

    void chunksMayNotBeSwappedOrLeftOut()
    {
        const std::string body = signedBody();
        const std::size_t second = body.find("\r\n400;") + 2;
        const std::size_t last = body.find("\r\n0;") + 2;
        const std::string swapped =
            body.substr(second, last - second) + body.substr(0, second) + body.substr(last);

        QCOMPARE(decode(signedOptions(), swapped), std::string("refused: SignatureDoesNotMatch"));
        QCOMPARE(decode(signedOptions(), body.substr(0, second) + body.substr(last)),
                 std::string("refused: SignatureDoesNotMatch"));
        QCOMPARE(decode(signedOptions(), body.substr(0, last)), std::string("refused: IncompleteBody"));
    }

    void signedChunksNeedASignedRequest()
    {
        auto options = signedOptions();
        options.signatures.reset();

        QCOMPARE(decode(options, signedBody()), std::string("refused: InvalidRequest"));
        QCOMPARE(decode(signedOptions(), "3\r\nabc\r\n0\r\n\r\n"), std::string("refused: InvalidRequest"));
        QCOMPARE(decode(unsignedOptions(66'560), signedBody()), std::string("refused: InvalidRequest"));
    }

    void theLengthMustBeThePromisedOne()
    {
        const std::string body = "3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n";

        QCOMPARE(decode(unsignedOptions(3), body), std::string("abc"));
        QCOMPARE(decode(unsignedOptions(4), body), std::string("refused: IncompleteBody"));
        QCOMPARE(decode(unsignedOptions(2), body), std::string("refused: IncompleteBody"));
        QCOMPARE(decode(unsignedOptions(0), "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"), std::string());
    }

    void malformedBodiesAreRefused()
    {
        const std::string end = "0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n";
        for (const std::string &bad :
             {std::string("x\r\n"), "\r\n" + end, "-3\r\nabc\r\n" + end, "3 \r\nabc\r\n" + end,
              "3\nabc\r\n" + end, "3\r\nabcd\r\n" + end, "3\r\nab\r\n" + end, "3;x=y\r\nabc\r\n" + end,
              "00000000000000003\r\nabc\r\n" + end, std::string(5'000, '0'), "3\r\nabc\r\n" + end + "x"})
            QVERIFY2(decode(unsignedOptions(3), bad) == "refused: InvalidRequest", bad.substr(0, 40).c_str());
    }

    void onlyAnnouncedTrailersAreTakenOnce()
    {
        const auto withTrailers = [](const std::string &lines) {
            return decode(unsignedOptions(3), "3\r\nabc\r\n0\r\n" + lines + "\r\n");
        };
        const std::string good = "x-amz-checksum-crc32:NSRBwg==\r\n";
        const std::string refused = "refused: MalformedTrailerError";

        QCOMPARE(withTrailers(good), std::string("abc"));
        QCOMPARE(withTrailers(""), refused);
        QCOMPARE(withTrailers(good + good), refused);
        QCOMPARE(withTrailers(good + "x-amz-checksum-sha1:x\r\n"), refused);
        QCOMPARE(withTrailers(good + "content-length:3\r\n"), refused);
        QCOMPARE(withTrailers(good + "x-amz-trailer-signature:" + std::string(64, 'a') + "\r\n"), refused);
        QCOMPARE(withTrailers("no colon\r\n"), refused);
        QCOMPARE(withTrailers("x-amz-checksum-crc32 :NSRBwg==\r\n"), refused);
        QCOMPARE(withTrailers("x-amz-checksum-crc32:a\x01\r\n"), refused);
        QCOMPARE(decode(trailerOptions(), trailerBody().substr(0, trailerBody().find("x-amz-trailer-sig"))),
                 refused);
    }

    void anErrorStays()
    {
        sigv4::AwsChunkedDecoder decoder(unsignedOptions(3));
        QVERIFY(!decoder.next(asBytes("x\r\n")));

        QVERIFY(!decoder.next(asBytes("3\r\nabc\r\n")));
        QVERIFY(!decoder.next({}));
        QVERIFY(!decoder.finish());
    }

    void announcedNamesAreReadFromTheHeader()
    {
        QVERIFY((sigv4::trailerNamesOf(" X-Amz-Checksum-CRC32 ,x-other,,") ==
                 std::vector<std::string>{"x-amz-checksum-crc32", "x-other"}));
        QCOMPARE(sigv4::trailerNamesOf(std::string(100, ',') + "a").size(), std::size_t{1});
        QCOMPARE(sigv4::trailerNamesOf("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r").size(), std::size_t{16});
    }
};

MAXIOFS_TEST(AwsChunkedTest)

}  // namespace maxiofs

#include "aws_chunked_test.moc"
