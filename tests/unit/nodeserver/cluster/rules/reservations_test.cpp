// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/reservations.h"
#include "fake_world.h"
#include "support/test_runner.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

namespace reservations_test {

using test::FakeMembers;
using test::FakeWorld;

constexpr std::string_view kName = "bucket/photos";

// This node, which knows of some names and records.
class Reserving {
public:
    /// Whether it was reserved, or the error's code; empty while it is open.
    std::optional<Error::Code> reserve(std::uint8_t holder, const std::string &name = std::string(kName))
    {
        last.reset();
        reservations.reserve(name, FakeWorld::idOf(holder), [this](const Status &status) {
            granted += status ? 1 : 0;
            last = status ? kGranted : status.error().code;
        });
        return last;
    }
    [[nodiscard]] ReserveNameAnswer asked(std::uint8_t holder)
    {
        return *reservations.onReserve({std::string(kName), FakeWorld::idOf(holder)});
    }

    static constexpr Error::Code kGranted = Error::Internal;  // stands for no error
    FakeWorld world;
    FakeMembers members;
    std::set<std::string, std::less<>> taken;
    std::set<Id128> gone;
    Reservations reservations{
        world, members, [this](std::string_view name) { return taken.contains(name); },
        [this](std::string_view, const Id128 &holder) { return gone.contains(holder); }};
    std::optional<Error::Code> last;
    int granted = 0;
};

}  // namespace reservations_test

using namespace reservations_test;

class ReservationsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void registrarsAreTheSameOnAllNodes();
    void memberThatGoesMovesOnlyItsOwnNames();
    void loneNodeReservesWithItself();
    void secondHolderIsToldToTryAgain();
    void reservationEndsAfterThirtySeconds();
    void reservationEndsWhenItsRecordIsGone();
    void nameInUseIsTaken();
    void registrarIsAskedAndTheNextWhenItIsAway();
    void registrarsWordCounts();
    void tooManyNamesAreRefused();
};

void ReservationsTest::registrarsAreTheSameOnAllNodes()
{
    std::vector<NodeId> members;
    for (std::uint8_t i = 1; i <= 5; ++i)
        members.push_back(FakeWorld::idOf(i));
    std::vector<NodeId> otherOrder(members.rbegin(), members.rend());
    std::set<NodeId> first;

    for (int i = 0; i < 100; ++i) {
        const std::string name = "bucket/" + std::to_string(i);
        QCOMPARE(registrarsOf(name, members), registrarsOf(name, otherOrder));
        first.insert(registrarsOf(name, members).front());
    }

    QCOMPARE(first.size(), std::size_t{5});
}

void ReservationsTest::memberThatGoesMovesOnlyItsOwnNames()
{
    const std::vector<NodeId> members{FakeWorld::idOf(1), FakeWorld::idOf(2), FakeWorld::idOf(3)};
    for (int i = 0; i < 100; ++i) {
        const std::string name = "bucket/" + std::to_string(i);
        std::vector<NodeId> before = registrarsOf(name, members);

        const std::vector<NodeId> after = registrarsOf(name, {members[0], members[2]});

        std::erase(before, members[1]);
        QCOMPARE(after, before);
    }
}

void ReservationsTest::loneNodeReservesWithItself()
{
    Reserving node;

    QCOMPARE(node.reserve(7), std::optional(Reserving::kGranted));
}

void ReservationsTest::secondHolderIsToldToTryAgain()
{
    Reserving node;
    QVERIFY(node.asked(7).granted);

    const ReserveNameAnswer second = node.asked(8);

    QVERIFY(!second.granted && !second.taken);
    QVERIFY(node.asked(7).granted);
    QCOMPARE(node.reserve(8), std::optional(Error::Busy));
}

void ReservationsTest::reservationEndsAfterThirtySeconds()
{
    Reserving node;
    QVERIFY(node.asked(7).granted);

    node.world.pass(29'999);
    QVERIFY(!node.asked(8).granted);
    node.world.pass(1);

    QVERIFY(node.asked(8).granted);
}

void ReservationsTest::reservationEndsWhenItsRecordIsGone()
{
    Reserving node;
    QVERIFY(node.asked(7).granted);

    node.gone.insert(FakeWorld::idOf(7));  // a bucket that was made and deleted at once

    QVERIFY(node.asked(8).granted);
}

void ReservationsTest::nameInUseIsTaken()
{
    Reserving node;
    node.taken.emplace(kName);

    QVERIFY(node.asked(7).taken);
    node.members.peers = {FakeWorld::peerOf(2), FakeWorld::peerOf(3)};
    QCOMPARE(node.reserve(7), std::optional(Error::AlreadyExists));
    QVERIFY(node.world.open.empty());
}

void ReservationsTest::registrarIsAskedAndTheNextWhenItIsAway()
{
    Reserving node;
    node.members.peers = {FakeWorld::peerOf(2), FakeWorld::peerOf(3)};
    std::string name;  // that this node is the last registrar of
    for (int i = 0; name.empty(); ++i)
        if (registrarsOf(std::to_string(i), {FakeWorld::idOf(1), FakeWorld::idOf(2), FakeWorld::idOf(3)})
                .back() == FakeWorld::idOf(1))
            name = std::to_string(i);

    QVERIFY(!node.reserve(7, name));
    QCOMPARE(node.world.open.size(), std::size_t{1});
    QVERIFY(node.world.refuse<ReserveName>(Error::Closed, "refused"));
    QCOMPARE(node.world.open.size(), std::size_t{1});
    node.world.pass(Reservations::kAskLimitMs);

    QCOMPARE(node.last, std::optional(Reserving::kGranted));
    QCOMPARE(node.reserve(8, name), std::nullopt);
}

void ReservationsTest::registrarsWordCounts()
{
    Reserving node;
    node.members.peers = {FakeWorld::peerOf(2), FakeWorld::peerOf(3)};
    const auto answerTo = [&](ReserveNameAnswer answer) {
        for (int i = 0; i < 100 && node.world.open.empty(); ++i)
            static_cast<void>(node.reserve(7, "n" + std::to_string(i)));
        return node.world.answer<ReserveName>(Answer(answer));
    };

    QVERIFY(answerTo({true, false}));
    QCOMPARE(node.last, std::optional(Reserving::kGranted));
    QVERIFY(answerTo({false, true}));
    QCOMPARE(node.last, std::optional(Error::AlreadyExists));
    QVERIFY(answerTo({false, false}));
    QCOMPARE(node.last, std::optional(Error::Busy));
}

void ReservationsTest::tooManyNamesAreRefused()
{
    Reserving node;
    for (std::size_t i = 0; i < Reservations::kMaxHeld; ++i)
        static_cast<void>(node.reservations.onReserve({std::to_string(i), FakeWorld::idOf(7)}));
    QCOMPARE(node.reserve(7), std::optional(Error::Busy));

    node.world.pass(Reservations::kReservationMs);

    QCOMPARE(node.reserve(7), std::optional(Reserving::kGranted));
}

MAXIOFS_TEST(ReservationsTest)

}  // namespace maxiofs::cluster::rules

#include "reservations_test.moc"
