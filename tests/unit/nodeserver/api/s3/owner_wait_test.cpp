// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/owner_wait.h"

#include "s3_member.h"
#include "support/test_runner.h"

#include <thread>

namespace owner_wait_test {

using namespace maxiofs;
using cluster::Unreachable;
using test::kOfTheOwner;
using test::kUnreachable;
using test::S3Member;

constexpr std::chrono::milliseconds kLongWait{120'000};

void waitForWaiting(const S3Member &node)
{
    const auto end = std::chrono::steady_clock::now() + kLongWait;
    while (node.cluster.links.waiting == 0 && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
}

}  // namespace owner_wait_test

using namespace owner_wait_test;

class OwnerWaitTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aChangeWaitsForTheNodeThatTakesTheBucket()
    {
        for (const bool isHere : {false, true}) {
            S3Member node;
            node.cluster.place(node.id(), node.cluster.second, 5);
            node.cluster.links.mayMove = [](const BucketId &) { return true; };
            node.cluster.links.ownerWait = kLongWait;
            node.answerWith(kUnreachable);

            const std::jthread taking([&] {
                waitForWaiting(node);
                node.cluster.place(node.id(), isHere ? node.cluster.self : node.cluster.third, 6);
            });
            const auto answer = node.s3.owner->send("PUT", "/bucket/key", "kept");

            QCOMPARE(answer.status, isHere ? 200U : kOfTheOwner);
            QCOMPARE(node.cluster.forwards.size(), isHere ? 1U : 2U);
            QTRY_COMPARE_WITH_TIMEOUT(node.cluster.links.waiting.load(), 0U, 60'000);
        }
    }

    void aChangeGoesToAnOwnerThatIsBack()
    {
        S3Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.cluster.links.mayMove = [](const BucketId &) { return true; };
        node.cluster.links.ownerWait = kLongWait;
        node.answerWith(kUnreachable);

        const std::jthread comingBack([&] {
            waitForWaiting(node);
            node.cluster.heardNow = true;
        });
        QCOMPARE(node.s3.owner->send("DELETE", "/bucket/key").status, kOfTheOwner);
        QCOMPARE(node.cluster.forwards.size(), 2U);
    }

    void whereNobodyTakesItInTimeTheClientComesAgain()
    {
        S3Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.cluster.links.mayMove = [](const BucketId &) { return true; };
        node.cluster.links.ownerWait = std::chrono::milliseconds(200);
        node.answerWith(kUnreachable);

        const auto answer = node.s3.owner->send("PUT", "/bucket/key", "x");

        QCOMPARE(answer.code(), std::string("SlowDown"));
        QCOMPARE(answer.header("retry-after"), std::string("1"));
        QVERIFY(answer.xml().childText("Message").find("node-2") != std::string_view::npos);
        QCOMPARE(node.cluster.links.waiting.load(), 0U);
    }

    void aChangeWaitsForNobodyWhereNobodyMayTakeItOrItIsGone()
    {
        S3Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.cluster.links.ownerWait = kLongWait;
        const auto put = [&](bool mayRepeat) {
            node.answerWith(Unreachable{Error(Error::Closed, "refused"), mayRepeat, false});
            return node.s3.owner->send("PUT", "/bucket/key", "x").code();
        };

        node.cluster.links.mayMove = [](const BucketId &) { return false; };
        QCOMPARE(put(true), std::string("ServiceUnavailable"));
        node.cluster.links.mayMove = [](const BucketId &) { return true; };
        QCOMPARE(put(false), std::string("ServiceUnavailable"));
        node.cluster.links.waiting = api::s3::OwnerWait::kMaxWaiting;
        QCOMPARE(put(true), std::string("ServiceUnavailable"));
        QCOMPARE(node.cluster.links.waiting.load(), api::s3::OwnerWait::kMaxWaiting);
    }
};

MAXIOFS_TEST(OwnerWaitTest)
#include "owner_wait_test.moc"
