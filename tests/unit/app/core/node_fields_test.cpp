// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node_fields.h"

#include "support/test_runner.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;
using maxiofs::core::NodeFields;

class NodeFieldsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void endpointsGetASchemeAndAPort_data();
    void endpointsGetASchemeAndAPort();
    void whatIsNoEndpointIsEmpty_data();
    void whatIsNoEndpointIsEmpty();
    void metadataIsReadAsItIsShown_data();
    void metadataIsReadAsItIsShown();
    void brokenMetadataSaysWhatIsWrong();
    void tokensAreFreedOfWhiteSpace();
    void whatCannotBecomeATokenIsTold();
};

void NodeFieldsTest::endpointsGetASchemeAndAPort_data()
{
    QTest::addColumn<QString>("written");
    QTest::addColumn<QString>("endpoint");
    QTest::newRow("name") << u"node2"_s << u"https://node2:8080"_s;
    QTest::newRow("port") << u" node2:9000 "_s << u"https://node2:9000"_s;
    QTest::newRow("http") << u"http://10.0.1.20:8080"_s << u"http://10.0.1.20:8080"_s;
    QTest::newRow("slash") << u"https://node2:8080/"_s << u"https://node2:8080"_s;
    QTest::newRow("IPv6") << u"[::1]:8080"_s << u"https://[::1]:8080"_s;
}

void NodeFieldsTest::endpointsGetASchemeAndAPort()
{
    QFETCH(QString, written);
    QTEST(NodeFields::endpoint(written), "endpoint");
}

void NodeFieldsTest::whatIsNoEndpointIsEmpty_data()
{
    QTest::addColumn<QString>("written");
    for (const char *text : {"", "two words", "ftp://node2", "https://user:secret@node2",
                             "https://node2/path", "https://node2?x=1", "https://"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void NodeFieldsTest::whatIsNoEndpointIsEmpty()
{
    QFETCH(QString, written);
    QCOMPARE(NodeFields::endpoint(written), QString());
}

void NodeFieldsTest::metadataIsReadAsItIsShown_data()
{
    QTest::addColumn<QJsonObject>("metadata");
    QTest::addColumn<QString>("shown");
    QTest::newRow("none") << QJsonObject() << QString();
    QTest::newRow("pairs") << QJsonObject{{u"rack"_s, u"4"_s}, {u"room"_s, u"b2"_s}} << u"rack=4, room=b2"_s;
    QTest::newRow("number") << QJsonObject{{u"rack"_s, 4}} << uR"({"rack":4})"_s;
    QTest::newRow("comma") << QJsonObject{{u"town"_s, u"a, b"_s}} << uR"({"town":"a, b"})"_s;
    QTest::newRow("equals") << QJsonObject{{u"a=b"_s, u"c"_s}} << uR"({"a=b":"c"})"_s;
    QTest::newRow("empty value") << QJsonObject{{u"spare"_s, QString()}} << uR"({"spare":""})"_s;
    QTest::newRow("list") << QJsonObject{{u"x"_s, QJsonArray{1, 2}}} << uR"({"x":[1,2]})"_s;
}

void NodeFieldsTest::metadataIsReadAsItIsShown()
{
    QFETCH(QJsonObject, metadata);
    QTEST(NodeFields::textOf(metadata), "shown");
    const auto read = NodeFields::metadata(NodeFields::textOf(metadata));
    QVERIFY(read);
    QCOMPARE(*read, metadata);
}

void NodeFieldsTest::brokenMetadataSaysWhatIsWrong()
{
    QVERIFY(NodeFields::metadata(u"rack"_s).error().contains(u"name=value"_s));
    QVERIFY(!NodeFields::metadata(u"=4"_s));
    QVERIFY(NodeFields::metadata(u"{\"rack\": }"_s).error().contains(u"JSON"_s));
    QVERIFY(!NodeFields::metadata(u"{\"rack\": 4} and more"_s));
}

void NodeFieldsTest::tokensAreFreedOfWhiteSpace()
{
    const QString token = QString(32, u'a') + QString(32, u'7');

    QCOMPARE(NodeFields::token(u"  "_s + token.left(20) + u"\n "_s + token.mid(20).toUpper() + u"\t"_s),
             token);
    QVERIFY(NodeFields::isToken(token + u"\n"_s));
}

void NodeFieldsTest::whatCannotBecomeATokenIsTold()
{
    QVERIFY(!NodeFields::isToken(QString(63, u'a')));
    QVERIFY(!NodeFields::isNoToken(QString(63, u'a')));
    QVERIFY(!NodeFields::isNoToken({}));
    QVERIFY(NodeFields::isNoToken(QString(65, u'a')));
    QVERIFY(NodeFields::isNoToken(u"xyz"_s));
}

MAXIOFS_TEST(NodeFieldsTest)
#include "node_fields_test.moc"
