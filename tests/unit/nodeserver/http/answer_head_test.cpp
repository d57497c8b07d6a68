// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/answer_head.h"

#include "support/test_runner.h"

namespace maxiofs::http {

class AnswerHeadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void statusAndFieldsAreRead();
    void reasonMayBeMissing();
    void malformedStatusLineIsRefused_data();
    void malformedStatusLineIsRefused();
    void bodyEndsAsTheHeadSays_data();
    void bodyEndsAsTheHeadSays();
    void doubtfulFramingIsRefused_data();
    void doubtfulFramingIsRefused();
    void fieldsAreLimited();
};

namespace {

std::expected<AnswerHead, HeadFault> answerHead(const std::string &text)
{
    AnswerHead head;
    if (const auto parsed = AnswerHead::parse(text, 8, head); !parsed)
        return std::unexpected(parsed.error());
    return head;
}

void answerRow(const char *name, const char *text)
{
    QTest::newRow(name) << QByteArray(text);
}

}  // namespace

void AnswerHeadTest::statusAndFieldsAreRead()
{
    const auto head = answerHead("HTTP/1.1 206 Partial Content\r\nETag:  \"x\" \r\nx-y:\r\n\r\n");

    QCOMPARE(head->status(), 206U);
    QCOMPARE(head->minorVersion(), 1U);
    QCOMPARE(head->fieldCount(), std::size_t(2));
    QCOMPARE(head->find("etag").value(), std::string_view("\"x\""));
    QCOMPARE(head->line(0), std::string_view("ETag:  \"x\" \r\n"));
    QCOMPARE(head->field(1).value, std::string_view());
}

void AnswerHeadTest::reasonMayBeMissing()
{
    QCOMPARE(answerHead("HTTP/1.0 404 \r\n\r\n")->status(), 404U);
    QCOMPARE(answerHead("HTTP/1.1 404\r\n\r\n")->status(), 404U);
}

void AnswerHeadTest::malformedStatusLineIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    answerRow("empty", "\r\n\r\n");
    answerRow("another version", "HTTP/2.0 200 OK\r\n\r\n");
    answerRow("lower case", "http/1.1 200 OK\r\n\r\n");
    answerRow("two spaces", "HTTP/1.1  200 OK\r\n\r\n");
    answerRow("two digits", "HTTP/1.1 20 OK\r\n\r\n");
    answerRow("four digits", "HTTP/1.1 2000 OK\r\n\r\n");
    answerRow("no number", "HTTP/1.1 2x0 OK\r\n\r\n");
    answerRow("too small", "HTTP/1.1 099 OK\r\n\r\n");
    answerRow("too large", "HTTP/1.1 600 OK\r\n\r\n");
    answerRow("control byte", "HTTP/1.1 200 O\x01K\r\n\r\n");
    answerRow("no status", "HTTP/1.1\r\n\r\n");
    answerRow("space before a colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n");
}

void AnswerHeadTest::malformedStatusLineIsRefused()
{
    QFETCH(QByteArray, text);

    QVERIFY(!answerHead(text.toStdString()).has_value());
}

void AnswerHeadTest::bodyEndsAsTheHeadSays_data()
{
    using Body = Framing::Body;
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("toHead");
    QTest::addColumn<int>("body");
    QTest::addColumn<quint64>("length");
    QTest::addColumn<bool>("keepAlive");
    const auto row = [](const char *name, const char *text, bool toHead, Body body, quint64 length,
                        bool keepAlive) {
        QTest::newRow(name) << QByteArray(text) << toHead << int(body) << length << keepAlive;
    };
    row("length", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", false, Body::Length, 7, true);
    row("no length", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, Body::None, 0, true);
    row("chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", false, Body::Chunked, 0, true);
    row("close", "HTTP/1.1 200 OK\r\n\r\n", false, Body::UntilClose, 0, false);
    row("to HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", true, Body::None, 7, true);
    row("204", "HTTP/1.1 204 No\r\n\r\n", false, Body::None, 0, true);
    row("304", "HTTP/1.1 304 No\r\nContent-Length: 7\r\n\r\n", false, Body::None, 7, true);
    row("asked to close", "HTTP/1.1 204 No\r\nConnection: x, Close\r\n\r\n", false, Body::None, 0, false);
    row("old", "HTTP/1.0 204 No\r\n\r\n", false, Body::None, 0, false);
    row("old and kept", "HTTP/1.0 204 No\r\nConnection: keep-alive\r\n\r\n", false, Body::None, 0, true);
}

void AnswerHeadTest::bodyEndsAsTheHeadSays()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, toHead);
    QFETCH(int, body);
    QFETCH(quint64, length);
    QFETCH(bool, keepAlive);

    const auto framing = answerHead(text.toStdString())->framing(toHead);

    QVERIFY(framing.has_value());
    QCOMPARE(int(framing->body), body);
    QCOMPARE(quint64(framing->length), length);
    QCOMPARE(framing->keepAlive, keepAlive);
}

void AnswerHeadTest::doubtfulFramingIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    answerRow("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n");
    answerRow("list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n");
    answerRow("signed length", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n");
    answerRow("huge length", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n");
    answerRow("both", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
    answerRow("two encodings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
    answerRow("twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n");
    answerRow("old and chunked", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    answerRow("another protocol", "HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\n");
}

void AnswerHeadTest::doubtfulFramingIsRefused()
{
    QFETCH(QByteArray, text);

    QVERIFY(!answerHead(text.toStdString())->framing(false).has_value());
}

void AnswerHeadTest::fieldsAreLimited()
{
    std::string text = "HTTP/1.1 200 OK\r\n";
    for (unsigned i = 0; i < 9; ++i)
        text += "A: b\r\n";

    QVERIFY(!answerHead(text + "\r\n").has_value());
}

}  // namespace maxiofs::http

using maxiofs::http::AnswerHeadTest;
MAXIOFS_TEST(AnswerHeadTest)
#include "answer_head_test.moc"
