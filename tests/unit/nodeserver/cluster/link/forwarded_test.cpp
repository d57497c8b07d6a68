// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/forwarded.h"

#include "support/golden.h"
#include "support/test_runner.h"

#include <array>

using namespace maxiofs;
using namespace maxiofs::cluster::link;
using namespace std::string_literals;

namespace forwarded_test {

const std::string kForwardToken(64, '7');
constexpr std::int64_t kForwardMs = 1'765'621'800'123;

Forwarded sampleForward()
{
    Forwarded forwarded;
    forwarded.edge = *NodeId::fromUuid("11111111-2222-4333-8444-555555555555");
    forwarded.epoch = {7, *NodeId::fromUuid("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")};
    forwarded.clientAddress = "2001:db8::1";
    forwarded.wallMs = kForwardMs;
    forwarded.clientTls = true;
    return forwarded;
}

Result<Forwarded> readBack(const std::string &value, std::string_view method = "GET",
                           std::string_view target = "/b/k?versionId=1", std::int64_t nowMs = kForwardMs,
                           std::vector<std::string_view> tokens = {kForwardToken})
{
    return readForwarded(value, method, target, tokens, nowMs);
}

bool isRefused(const Result<Forwarded> &read)
{
    return !read && read.error().code == Error::Unauthenticated;
}

}  // namespace forwarded_test

using namespace forwarded_test;

class ForwardedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWasSaid()
    {
        const auto read = readBack(forwardedValue(sampleForward(), "GET", "/b/k?versionId=1", kForwardToken));

        QVERIFY(read);
        QCOMPARE(read->edge, sampleForward().edge);
        QVERIFY(read->epoch == sampleForward().epoch);
        QCOMPARE(read->clientAddress, sampleForward().clientAddress);
        QCOMPARE(read->wallMs, kForwardMs);
        QVERIFY(read->clientTls);
    }

    void itsFormStays()
    {
        const std::string value = forwardedValue(sampleForward(), "GET", "/b/k?versionId=1", kForwardToken);

        QCOMPARE(value, toText(test::goldenFile("cluster-forwarded-v1.txt", asBytes(value))));
    }

    void aReadForAReplicaIsMarkedAsSuch()
    {
        Forwarded sample = sampleForward();
        QVERIFY(!readBack(forwardedValue(sample, "GET", "/b/k", kForwardToken), "GET", "/b/k")->toReplica);
        sample.toReplica = true;
        const std::string value = forwardedValue(sample, "GET", "/b/k?versionId=1", kForwardToken);

        QVERIFY(readBack(value)->toReplica);
        QCOMPARE(value, toText(test::goldenFile("cluster-forwarded-v2.txt", asBytes(value))));
        std::string unmarked = value;
        unmarked[0] = '1';
        QVERIFY(isRefused(readBack(unmarked)));
    }

    void eitherOfTwoTokensIsGood()
    {
        const std::string value = forwardedValue(sampleForward(), "GET", "/b/k?versionId=1", kForwardToken);

        QVERIFY(readBack(value, "GET", "/b/k?versionId=1", kForwardMs, {"other", kForwardToken}));
        QVERIFY(isRefused(readBack(value, "GET", "/b/k?versionId=1", kForwardMs, {"other", ""})));
        QVERIFY(isRefused(readBack(value, "GET", "/b/k?versionId=1", kForwardMs, {})));
        const std::string byNothing = forwardedValue(sampleForward(), "GET", "/b/k?versionId=1", "");
        QVERIFY(isRefused(readBack(byNothing, "GET", "/b/k?versionId=1", kForwardMs, {""})));
    }

    void itIsGoodForItsRequestAlone()
    {
        const std::string value = forwardedValue(sampleForward(), "GET", "/b/k?versionId=1", kForwardToken);

        QVERIFY(isRefused(readBack(value, "DELETE")));
        QVERIFY(isRefused(readBack(value, "GET", "/b/k?versionId=2")));
        QVERIFY(isRefused(readBack(value, "GET", "/b/k?versionId=1", kForwardMs + 300'001)));
        QVERIFY(isRefused(readBack(value, "GET", "/b/k?versionId=1", kForwardMs - 300'001)));
        QVERIFY(readBack(value, "GET", "/b/k?versionId=1", kForwardMs + 300'000));
    }

    void everyChangedByteIsFound()
    {
        const std::string value = forwardedValue(sampleForward(), "GET", "/b/k?versionId=1", kForwardToken);

        for (std::size_t i = 0; i < value.size(); ++i) {
            std::string changed = value;
            changed[i] = changed[i] == '1' ? '2' : '1';
            QVERIFY2(isRefused(readBack(changed)), qPrintable(QString::number(i)));
        }
        QVERIFY(isRefused(readBack(value + ".x")));
        QVERIFY(isRefused(readBack(value.substr(0, value.size() - 1))));
        QVERIFY(isRefused(readBack("")));
    }
};

MAXIOFS_TEST(ForwardedTest)
#include "forwarded_test.moc"
