// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/conditions.h"
#include "parsed_request.h"
#include "support/test_runner.h"
#include "text/dates.h"

using namespace maxiofs;
using namespace maxiofs::api::s3;
using test::ParsedRequest;

namespace conditions_test {

constexpr std::int64_t kModifiedMs = 1'700'000'000'500;  // half a second into its second

std::string outcomeOf(const ReadConditions &conditions)
{
    const auto verdict = conditions.judge("abc", kModifiedMs);
    switch (verdict.outcome) {
    case ReadConditions::Outcome::Pass: return "200";
    case ReadConditions::Outcome::NotModified: return "304";
    case ReadConditions::Outcome::Failed: return "412 " + std::string(verdict.condition);
    }
    return {};
}

}  // namespace conditions_test

class ReadConditionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Each condition absent, fulfilled or not: RFC 9110 section 13.2.2, in all 81 combinations.
    void precedenceFollowsTheRfc()
    {
        const std::string before = text::formatHttpDate(conditions_test::kModifiedMs - 10'000);
        const std::string after = text::formatHttpDate(conditions_test::kModifiedMs + 10'000);
        const std::array<std::string, 3> match{"", "\"abc\"", "\"other\""};
        const std::array<std::string, 3> unmodified{"", after, before};
        const std::array<std::string, 3> noneMatch{"", "\"other\"", "\"abc\""};
        const std::array<std::string, 3> modified{"", before, after};
        for (int i = 0; i < 81; ++i) {
            const int a = i % 3, b = i / 3 % 3, c = i / 9 % 3, d = i / 27;
            ParsedRequest::Fields fields;
            const auto add = [&](const char *name, const std::string &value) {
                if (!value.empty())
                    fields.emplace_back(name, value);
            };
            add("If-Match", match[a]);
            add("If-Unmodified-Since", unmodified[b]);
            add("If-None-Match", noneMatch[c]);
            add("If-Modified-Since", modified[d]);
            std::string expected = "200";
            if (a == 2)
                expected = "412 If-Match";
            else if (a == 0 && b == 2)
                expected = "412 If-Unmodified-Since";
            else if (c == 2)
                expected = "304";
            else if (c == 0 && d == 2)
                expected = "304";

            const ParsedRequest request("GET", "/bucket/key", fields);

            QCOMPARE(conditions_test::outcomeOf(ReadConditions::parse(*request)), expected);
        }
    }

    void datesCountInWholeSeconds()
    {
        const std::string same = text::formatHttpDate(conditions_test::kModifiedMs);

        const ParsedRequest modified("GET", "/bucket/key", {{"If-Modified-Since", same}});
        const ParsedRequest unmodified("GET", "/bucket/key", {{"If-Unmodified-Since", same}});

        QCOMPARE(conditions_test::outcomeOf(ReadConditions::parse(*modified)), std::string("304"));
        QCOMPARE(conditions_test::outcomeOf(ReadConditions::parse(*unmodified)), std::string("200"));
    }

    void malformedDatesAreIgnored()
    {
        const ParsedRequest request("GET", "/bucket/key",
                                    {{"If-Modified-Since", "soon"}, {"If-Unmodified-Since", "-1"}});

        QCOMPARE(conditions_test::outcomeOf(ReadConditions::parse(*request)), std::string("200"));
    }

    void listsOfEtagsAreTakenApart()
    {
        const EtagList list = parseEtagList(R"("one" , W/"two","th,ree", four)");

        QCOMPARE(list.items.size(), std::size_t{4});
        QVERIFY(list.fitsStrongly("one"));
        QVERIFY(!list.fitsStrongly("two"));
        QVERIFY(list.fitsWeakly("two"));
        QVERIFY(list.fitsStrongly("th,ree"));
        QVERIFY(list.fitsStrongly("four"));
        QVERIFY(!list.fitsWeakly("five"));
        QVERIFY(parseEtagList(" * ").fitsStrongly("anything"));
        QVERIFY(parseEtagList("").items.empty());
        QVERIFY(parseEtagList("\"open").fitsStrongly("open"));
    }

    void aCopysSourceHasItsOwnHeaders()
    {
        const ParsedRequest request("PUT", "/bucket/key",
                                    {{"x-amz-copy-source-if-none-match", "abc"}, {"If-Match", "\"other\""}});

        const ReadConditions conditions = ReadConditions::parseCopySource(*request);

        QCOMPARE(conditions_test::outcomeOf(conditions), std::string("304"));
        QVERIFY(!conditions.ifMatch);
    }

    void changesTakeOneEtagOrAStar()
    {
        const auto parsed = [](ParsedRequest::Fields fields) {
            return parseWriteConditions(*ParsedRequest("PUT", "/bucket/key", fields));
        };

        QVERIFY(!parsed({}).value().any());
        QVERIFY(parsed({{"If-None-Match", "*"}}).value().ifNoneMatchAny);
        QCOMPARE(parsed({{"If-Match", "\"abc\""}}).value().ifMatch, std::string("abc"));
        QCOMPARE(parsed({{"If-Match", "abc"}}).value().ifMatch, std::string("abc"));
        QCOMPARE(parsed({{"If-Match", "*"}}).value().ifMatch, std::string("*"));
        const std::string refused = "NotImplemented";
        QCOMPARE(test::codeOf(parsed({{"If-None-Match", "\"abc\""}})), refused);
        QCOMPARE(test::codeOf(parsed({{"If-Match", "\"a\", \"b\""}})), refused);
        QCOMPARE(test::codeOf(parsed({{"If-Match", "W/\"a\""}})), refused);
        QCOMPARE(test::codeOf(parsed({{"If-Modified-Since", "x"}})), refused);
        QCOMPARE(test::codeOf(parsed({{"If-Unmodified-Since", "x"}})), refused);
    }

    void aRangeCountsOnlyForTheSameObject()
    {
        const auto holds = [](std::string_view value) {
            return ifRangeHolds(value, "abc", conditions_test::kModifiedMs, ParsedRequest::kNowMs);
        };

        QVERIFY(holds("\"abc\""));
        QVERIFY(!holds("W/\"abc\""));
        QVERIFY(!holds("\"other\""));
        QVERIFY(holds(text::formatHttpDate(conditions_test::kModifiedMs)));
        QVERIFY(!holds(text::formatHttpDate(conditions_test::kModifiedMs + 5000)));
    }
};

MAXIOFS_TEST(ReadConditionsTest)
#include "conditions_test.moc"
