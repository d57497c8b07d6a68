// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"
#include "text/xml_reader.h"
#include "text/xml_writer.h"

#include <random>

namespace maxiofs {

class XmlTest : public QObject {
    Q_OBJECT

    static std::string outline(const text::XmlElement &element)
    {
        std::string result = element.name + "[" + element.text + "]";
        for (const auto &child : element.children)
            result += "(" + outline(child) + ")";
        return result;
    }
    // The outline, or "refused".
    static std::string read(std::string_view document, const text::XmlLimits &limits = {})
    {
        const auto parsed = text::parseXml(document, limits);
        return parsed ? outline(*parsed) : "refused";
    }

private Q_SLOTS:
    void aDocumentIsWrittenFromFrontToBack()
    {
        text::XmlWriter xml;
        xml.open("List").attribute("xmlns", text::kS3Namespace).element("Key", "a<b>&\"c\"\r\n\x01");
        xml.open("Empty").close().element("Count", 3).element("More", true).element("Text", "literal");

        QCOMPARE(xml.take(),
                 std::string("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                             "<List xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                             "<Key>a&lt;b&gt;&amp;&quot;c&quot;&#xD;&#xA;&#x1;</Key><Empty></Empty>"
                             "<Count>3</Count><More>true</More><Text>literal</Text></List>"));
    }

    void aRequestBodyIsReadAsATree()
    {
        const auto parsed =
            text::parseXml("\xef\xbb\xbf<?xml version='1.0' encoding=\"UTF-8\" standalone='yes'?>\n"
                           "<!-- a comment -->\n"
                           "<s3:Delete xmlns:s3=\"urn:x\">\n"
                           "  <Object><Key> a&amp;b&#x2F;&#99;</Key><VersionId/></Object >\n"
                           "  <Object><Key><![CDATA[<raw>]]>&lt;</Key></Object>\n"
                           "  <Quiet>true</Quiet>\n"
                           "</s3:Delete>\n");

        QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().message.c_str());
        QCOMPARE(outline(*parsed), std::string("Delete[](Object[](Key[ a&b/c])(VersionId[]))"
                                               "(Object[](Key[<raw><]))(Quiet[true])"));
        QVERIFY(parsed->childText("Quiet") == "true");
        QVERIFY(parsed->childText("Missing").empty());
        QVERIFY(parsed->child("Object")->child("VersionId") != nullptr);
    }

    void lineEndsBecomeOneCharacter()
    {
        QCOMPARE(read("<a>1\r\n2\r3\n</a>"), std::string("a[1\n2\n3\n]"));
        QCOMPARE(read("<a>&#13;</a>"), std::string("a[\r]"));
    }

    void documentTypesAndForeignEntitiesAreRefused()
    {
        for (const char *bad : {"<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
                                "<a>&x;</a>", "<a>&nbsp;</a>", "<a><?php x?></a>", "<?xml-stylesheet x?><a/>",
                                "<?xml version='1.0' encoding='utf-16'?><a/>", "<a><!ELEMENT b></a>"})
            QCOMPARE(read(bad), std::string("refused"));
    }

    void malformedDocumentsAreRefused()
    {
        for (const char *bad : {"",
                                " ",
                                "text",
                                "<a>",
                                "</a>",
                                "<a></b>",
                                "<a/><b/>",
                                "<a/>text",
                                "<a",
                                "<a x></a>",
                                "<a x=1/>",
                                "<a x='1' x='2'/>",
                                "<a x='1'y='2'/>",
                                "<a x='<'/>",
                                "<1a/>",
                                "< a/>",
                                "<a>&</a>",
                                "<a>&#0;</a>",
                                "<a>&#xD800;</a>",
                                "<a>&#x110000;</a>",
                                "<a>&#;</a>",
                                "<a>]]></a>",
                                "<a><![CDATA[x</a>",
                                "<a><!-- -- --></a>",
                                "<a>\x01</a>",
                                "<a>\xff</a>",
                                "<:a/>",
                                "<a:1/>",
                                "<a:/>",
                                "<a:b:c/>",
                                "<a></a b>",
                                "<s:a></t:a>",
                                "<![CDATA[x]]>",
                                "<a x='1'/ >"})
            QVERIFY2(read(bad) == "refused", bad);
    }

    void everyLimitHolds()
    {
        QCOMPARE(read("<a><b><c/></b></a>", {.depth = 3}), std::string("a[](b[](c[]))"));
        QCOMPARE(read("<a><b><c/></b></a>", {.depth = 2}), std::string("refused"));
        QCOMPARE(read("<a><b/><c/></a>", {.elements = 3}), std::string("a[](b[])(c[])"));
        QCOMPARE(read("<a><b/><c/></a>", {.elements = 2}), std::string("refused"));
        QCOMPARE(read("<a/>", {.bytes = 4}), std::string("a[]"));
        QCOMPARE(read("<a/>", {.bytes = 3}), std::string("refused"));
        QCOMPARE(read("<a x='' y=''/>", {.attributes = 2}), std::string("a[]"));
        QCOMPARE(read("<a x='' y=''/>", {.attributes = 1}), std::string("refused"));
    }

    void anErrorNamesItsPlace()
    {
        const auto parsed = text::parseXml("<a>\n  <b></c>\n</a>");

        QVERIFY(parsed.error().code == Error::InvalidArgument);
        QVERIFY(parsed.error().message.contains("line 2, column 9"));
    }

    void whatIsWrittenIsRead()
    {
        const auto seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        for (int round = 0; round < 300; ++round) {
            std::string content;
            for (std::size_t i = 0; i < random() % 20; ++i)
                content.push_back(static_cast<char>(1 + random() % 127));
            text::XmlWriter xml;
            xml.open("a").element("b", content);
            const auto parsed = text::parseXml(xml.take());
            QVERIFY(parsed.has_value());
            QVERIFY(parsed->childText("b") == content);
        }
    }
};

MAXIOFS_TEST(XmlTest)

}  // namespace maxiofs

#include "xml_test.moc"
