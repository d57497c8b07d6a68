// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/seeker.h"
#include "fake_store.h"
#include "fake_world.h"
#include "support/test_runner.h"

namespace maxiofs::cluster::rules {

namespace seeker_test {

using records::Kind;
using test::FakeMembers;
using test::FakeStore;
using test::FakeWorld;

// Two others, and what came of each search.
class Searching {
public:
    Searching() { members.peers = {FakeWorld::peerOf(2), FakeWorld::peerOf(3)}; }
    void seek(const std::string &name)
    {
        seeker.seek(Kind::AccessKey, name, [this](bool came) { outcomes.push_back(came); });
    }
    bool answer(std::vector<std::string> found, bool deleted = false)
    {
        SeekRecordAnswer answer;
        for (const std::string &id : found)
            answer.records.push_back(FakeStore::recordOf(Kind::AccessKey, id, 1, deleted));
        return world.answer<SeekRecord>(Answer(std::in_place_type<SeekRecordAnswer>, std::move(answer)));
    }

    FakeWorld world;
    FakeMembers members;
    FakeStore store;
    Seeker seeker{world, members, store, [](const std::vector<records::RecordKey> &) {}};
    std::vector<bool> outcomes;
};

}  // namespace seeker_test

using namespace seeker_test;

class SeekerTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theFirstThatHasItIsEnough();
    void nobodyHasItOnceAllHaveAnswered();
    void tombstoneIsTakenButIsNoFind();
    void oneFlightForAName();
    void refusalIsRememberedForASecond();
    void refusalIsForgottenWhenARecordOfTheKindComes();
    void loneNodeFindsNothing();
    void flightsAndRefusalsAreBounded();
};

void SeekerTest::theFirstThatHasItIsEnough()
{
    Searching node;
    node.seek("k");
    QCOMPARE(node.world.waiting<SeekRecord>(), std::size_t{2});

    QVERIFY(node.answer({"k"}));

    QCOMPARE(node.outcomes, std::vector<bool>{true});
    QVERIFY(node.store.kept.contains({Kind::AccessKey, "k"}));
    QVERIFY(node.answer({}));
    QCOMPARE(node.outcomes.size(), std::size_t{1});
}

void SeekerTest::nobodyHasItOnceAllHaveAnswered()
{
    Searching node;
    node.seek("k");
    QVERIFY(node.answer({}));
    QVERIFY(node.outcomes.empty());

    node.world.pass(Seeker::kLimitMs);

    QCOMPARE(node.outcomes, std::vector<bool>{false});
}

void SeekerTest::tombstoneIsTakenButIsNoFind()
{
    Searching node;
    node.seek("k");

    QVERIFY(node.answer({"k"}, true));
    QVERIFY(node.answer({}));

    QCOMPARE(node.outcomes, std::vector<bool>{false});
    QVERIFY(node.store.kept.contains({Kind::AccessKey, "k"}));
}

void SeekerTest::oneFlightForAName()
{
    Searching node;
    for (int i = 0; i < 5; ++i)
        node.seek("k");
    node.seek("other");

    QCOMPARE(node.world.waiting<SeekRecord>(), std::size_t{4});
    QVERIFY(node.answer({"k"}));
    QCOMPARE(node.outcomes, std::vector<bool>(5, true));
}

void SeekerTest::refusalIsRememberedForASecond()
{
    Searching node;
    node.seek("k");
    QVERIFY(node.answer({}));
    QVERIFY(node.answer({}));

    node.world.pass(999);
    node.seek("k");
    QCOMPARE(node.outcomes, std::vector<bool>(2, false));
    QCOMPARE(node.world.waiting<SeekRecord>(), std::size_t{0});
    node.world.pass(1);
    node.seek("k");

    QCOMPARE(node.world.waiting<SeekRecord>(), std::size_t{2});
}

void SeekerTest::refusalIsForgottenWhenARecordOfTheKindComes()
{
    Searching node;
    node.seek("k");
    QVERIFY(node.answer({}));
    QVERIFY(node.answer({}));

    node.seeker.recordsCame({{Kind::Bucket, "b"}});
    node.seek("k");
    QCOMPARE(node.world.waiting<SeekRecord>(), std::size_t{0});
    node.seeker.recordsCame({{Kind::AccessKey, "z"}});
    node.seek("k");

    QCOMPARE(node.world.waiting<SeekRecord>(), std::size_t{2});
}

void SeekerTest::loneNodeFindsNothing()
{
    Searching node;
    node.members.peers.clear();

    node.seek("k");

    QCOMPARE(node.outcomes, std::vector<bool>{false});
}

void SeekerTest::flightsAndRefusalsAreBounded()
{
    Searching node;
    for (std::size_t i = 0; i < Seeker::kMaxFlights + 5; ++i)
        node.seek("k" + std::to_string(i));

    QCOMPARE(node.world.waiting<SeekRecord>(), 2 * Seeker::kMaxFlights);
    QCOMPARE(node.outcomes, std::vector<bool>(5, false));
}

MAXIOFS_TEST(SeekerTest)

}  // namespace maxiofs::cluster::rules

#include "seeker_test.moc"
