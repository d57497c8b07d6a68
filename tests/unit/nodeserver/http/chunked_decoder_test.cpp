// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/chunked_decoder.h"

#include "support/test_runner.h"

#include <random>

namespace maxiofs::http {

class ChunkedDecoderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chunksAreJoined();
    void extensionsAndTrailersAreDropped();
    void bytesAfterTheBodyAreLeft();
    void randomBodiesSurviveAnySplit();
    void dataMayBypassTheDecoder();
    void malformedBodiesAreRefused_data();
    void malformedBodiesAreRefused();
    void endlessExtensionsAreRefused();
    void truncatedBodyIsNotFinished();
};

namespace {

// Decodes `wire` given in pieces of random sizes up to `largest`, into outputs of random sizes. Leaves what
// follows the body in `rest`.
Result<std::string> decodeInPieces(std::string_view wire, std::size_t largest, std::mt19937 &random,
                                   std::string *rest = nullptr, bool *finished = nullptr)
{
    ChunkedDecoder decoder;
    std::string body;
    std::string waiting;
    const auto upTo = [&](std::size_t limit) { return 1 + random() % std::max<std::size_t>(limit, 1); };
    for (;;) {
        const std::size_t now = std::min(wire.size(), upTo(largest));
        waiting += wire.substr(0, now);
        wire.remove_prefix(now);
        for (;;) {
            std::vector<std::byte> output(upTo(largest));
            const auto step = decoder.decode(asBytes(waiting), output);
            if (!step)
                return failure(step.error());
            body += asText(ByteView(output).first(step->produced));
            waiting.erase(0, step->consumed);
            if (step->consumed == 0)
                break;
        }
        if (wire.empty())
            break;
    }
    if (rest != nullptr)
        *rest = waiting;
    if (finished != nullptr)
        *finished = decoder.finished();
    return body;
}

Result<std::string> decodeAll(std::string_view wire, bool *finished = nullptr)
{
    std::mt19937 random(1);
    return decodeInPieces(wire, 1 << 20, random, nullptr, finished);
}

std::string hexOf(std::size_t size)
{
    char text[20];
    std::snprintf(text, sizeof text, "%zx", size);
    return text;
}

}  // namespace

void ChunkedDecoderTest::chunksAreJoined()
{
    bool finished = false;

    const auto body = decodeAll("3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n", &finished);

    QCOMPARE(body.value(), std::string("abc0123456789"));
    QVERIFY(finished);
}

void ChunkedDecoderTest::extensionsAndTrailersAreDropped()
{
    bool finished = false;

    const auto body = decodeAll(
        "3;a=b;c=\"d\"\r\nabc\r\n0;z\r\nX-Trailer: v\r\nContent-Length: 7\r\nE:\r\n\r\n", &finished);

    QCOMPARE(body.value(), std::string("abc"));
    QVERIFY(finished);
}

void ChunkedDecoderTest::bytesAfterTheBodyAreLeft()
{
    std::mt19937 random(2);
    std::string rest;

    const auto body = decodeInPieces("1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n", 1000, random, &rest);

    QCOMPARE(body.value(), std::string("a"));
    QCOMPARE(rest, std::string("GET / HTTP/1.1\r\n"));
}

void ChunkedDecoderTest::randomBodiesSurviveAnySplit()
{
    const unsigned seed = std::random_device()();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 300; ++round) {
        std::string wire;
        std::string expected;
        for (std::size_t chunks = random() % 8; chunks > 0; --chunks) {
            std::string data(1 + random() % 200, '\0');
            for (char &byte : data)
                byte = static_cast<char>(random());
            wire += hexOf(data.size()) + (random() % 4 == 0 ? ";x=y" : "") + "\r\n" + data + "\r\n";
            expected += data;
        }
        wire += random() % 2 == 0 ? "0\r\n\r\n" : "0\r\nTrailer: yes\r\n\r\n";
        const std::string next = "NEXT";
        std::string rest;
        bool finished = false;

        const auto body = decodeInPieces(wire + next, 1 + random() % 64, random, &rest, &finished);

        QVERIFY(body.has_value());
        QVERIFY(*body == expected);
        QVERIFY(finished);
        QCOMPARE(rest, next);
    }
}

void ChunkedDecoderTest::dataMayBypassTheDecoder()
{
    ChunkedDecoder decoder;
    std::array<std::byte, 2> output;
    const std::string_view begin = "a\r\n01";

    const auto step = decoder.decode(asBytes(begin), output);
    QCOMPARE(step->produced, std::size_t(2));
    QCOMPARE(decoder.dataLeft(), std::uint64_t(8));
    decoder.took(8);
    QCOMPARE(decoder.dataLeft(), std::uint64_t(0));
    QVERIFY(decoder.decode(asBytes("\r\n0\r\n\r\n"), {}).has_value());

    QVERIFY(decoder.finished());
}

void ChunkedDecoderTest::malformedBodiesAreRefused_data()
{
    QTest::addColumn<QByteArray>("wire");
    const auto row = [](const char *name, const QByteArray &wire) { QTest::newRow(name) << wire; };
    row("no size", "\r\nabc\r\n");
    row("size with a sign", "+3\r\nabc\r\n0\r\n\r\n");
    row("size with 0x", "0x3\r\nabc\r\n0\r\n\r\n");
    row("space before the size", " 3\r\nabc\r\n0\r\n\r\n");
    row("space after the size", "3 \r\nabc\r\n0\r\n\r\n");
    row("extension without a size", ";a\r\n");
    row("LF after the size", "3\nabc\r\n0\r\n\r\n");
    row("CR CR after the size", "3\r\rabc");
    row("LF in an extension", "3;a\nabc\r\n0\r\n\r\n");
    row("bare CR in an extension", "3;a\rb\r\nabc\r\n0\r\n\r\n");
    row("control byte in an extension", "3;a\x01\r\nabc\r\n0\r\n\r\n");
    row("data longer than the size", "3\r\nabcd\r\n0\r\n\r\n");
    row("LF after the data", "3\r\nabc\n0\r\n\r\n");
    row("no line end after the data", "3\r\nabc0\r\n\r\n");
    row("size of 17 digits", "00000000000000003\r\nabc\r\n0\r\n\r\n");
    row("size beyond 63 bits", "ffffffffffffffff\r\n");
    row("LF as the end", "0\r\n\n");
    row("trailer without a colon", "0\r\nabc\r\n\r\n");
    row("trailer without a name", "0\r\n: abc\r\n\r\n");
    row("folded trailer", "0\r\na: b\r\n c\r\n\r\n");
    row("LF after a trailer", "0\r\na: b\n\r\n");
    row("space before a trailer's colon", "0\r\na : b\r\n\r\n");
    row("control byte in a trailer", "0\r\na: \x01\r\n\r\n");
}

void ChunkedDecoderTest::malformedBodiesAreRefused()
{
    QFETCH(QByteArray, wire);

    const auto body = decodeAll(wire.toStdString());

    QVERIFY(!body.has_value());
    QCOMPARE(body.error().code, Error::InvalidArgument);
}

void ChunkedDecoderTest::endlessExtensionsAreRefused()
{
    std::string manyShort;
    for (std::size_t i = 0; i < ChunkedDecoder::kFreeOverhead; ++i)
        manyShort += "1;aa\r\nx\r\n";
    const std::string oneLong = "1;" + std::string(ChunkedDecoder::kMaxExtensionBytes + 1, 'a');
    const std::string trailers = "0\r\na: " + std::string(ChunkedDecoder::kMaxTrailerBytes, 'a');

    QVERIFY(!decodeAll(manyShort + "0\r\n\r\n").has_value());
    QVERIFY(!decodeAll(oneLong).has_value());
    QVERIFY(!decodeAll(trailers).has_value());
}

void ChunkedDecoderTest::truncatedBodyIsNotFinished()
{
    const std::string wire = "3\r\nabc\r\n0\r\nA: b\r\n\r\n";
    for (std::size_t size = 0; size < wire.size(); ++size) {
        bool finished = true;
        QVERIFY(decodeAll(std::string_view(wire).substr(0, size), &finished).has_value());
        QVERIFY(!finished);
    }
}

}  // namespace maxiofs::http

using maxiofs::http::ChunkedDecoderTest;
MAXIOFS_TEST(ChunkedDecoderTest)
#include "chunked_decoder_test.moc"
