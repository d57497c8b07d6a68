// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/rule_view.h"

#include "../rules/fake_replication.h"
#include "support/test_runner.h"

namespace maxiofs::cluster::replication {

class RuleViewTest final : public QObject {
    Q_OBJECT

private:
    test::FakeReplication m_world;
    SourceRules::Entry m_entry;

private Q_SLOTS:
    void init()
    {
        auto record = std::make_shared<records::ReplicationRule>();
        record->id = Id128::random().uuid();
        m_entry = {};
        m_entry.record = std::move(record);
        rules::ReplicationRule rule;
        rule.id = Id128::random();
        m_world.ours.entries.clear();
        m_world.ours.entries.push_back(
            {.name = {"old", {}}, .stamp = {5, {}}, .headerStamp = {5, {}}, .size = 10, .contentHash = {}});
        m_world.isReachable = false;
        m_entry.sender =
            std::make_unique<rules::RuleSender>(m_world, rule, records::Location{{}, {3, {}}, false});
        m_entry.sender->start();
        m_world.pass(100);
    }
    void cleanup() { m_entry = {}; }

    void aBacklogThatCannotBeSentIsLag()
    {
        const auto state = stateOf(m_entry, SourceRules::Amount{7, 700});

        QCOMPARE(state.status, protocol::ReplicationStatus::Failing);
        QVERIFY(state.backlogTotal == 7 && state.backlogDone == 0);
        QCOMPARE(state.lagObjects, 7);
        QCOMPARE(state.lagBytes, 700);
    }
    void aBacklogThatIsNotCountedYetSaysSo()
    {
        const auto state = stateOf(m_entry, std::nullopt);

        QVERIFY(!state.backlogTotal && state.backlogDone == 0);
    }
    void aDestinationThatHasEverythingEndsTheBacklog()
    {
        m_world.isReachable = true;
        m_entry.sender->reached();
        m_world.pass(100);

        const auto state = stateOf(m_entry, std::nullopt);

        QCOMPARE(state.status, protocol::ReplicationStatus::InSync);
        QVERIFY(!state.backlogTotal && !state.backlogDone && state.lagObjects == 0);
    }
};

MAXIOFS_TEST(RuleViewTest)

}  // namespace maxiofs::cluster::replication

#include "rule_view_test.moc"
