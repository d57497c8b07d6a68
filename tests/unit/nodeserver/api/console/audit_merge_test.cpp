// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/audit_merge.h"

#include "support/test_runner.h"

#include <random>
#include <set>

namespace maxiofs::api::console {

namespace audit_merge_test {

// The logs of some nodes, newest first, read as the endpoint reads them.
struct Logs {
    std::map<NodeId, std::vector<protocol::AuditEntry>> entries;

    [[nodiscard]] AuditSource read(const NodeId &node, const AuditPlace &place, std::size_t limit) const
    {
        AuditSource source{node, {}};
        const auto begun = place.after.find(node);
        for (const protocol::AuditEntry &entry : entries.at(node)) {
            const bool isAfter = begun != place.after.end()
                                     ? std::stoull(entry.id) < std::stoull(begun->second)
                                     : place.notAfterMs == 0 || entry.time.unixMs <= place.notAfterMs;
            if (!isAfter)
                continue;
            if (source.page.items.size() == limit) {
                source.page.next = source.page.items.back().id;
                break;
            }
            source.page.items.push_back(entry);
        }
        return source;
    }
    void add(const NodeId &node, std::int64_t timeMs)
    {
        protocol::AuditEntry entry;
        auto &log = entries[node];
        entry.id = std::to_string(log.size() + 1);
        entry.time = {timeMs};
        log.insert(log.begin(), entry);
    }
};

}  // namespace audit_merge_test

using audit_merge_test::Logs;

class AuditMergeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPlaceComesBackFromItsText()
    {
        const AuditPlace place{1'765'621'800'000, {{NodeId::random(), "17"}, {NodeId::random(), "1"}}};
        QVERIFY(auditPlaceOf(textOf(place)).value() == place);
        for (const char *const wrong : {"", "x", "5_x", "5_x:1", "-", "5__"})
            QVERIFY2(!auditPlaceOf(wrong).has_value(), wrong);
        QVERIFY(!auditPlaceOf("5_" + NodeId::random().uuid() + ":x").has_value());
    }

    // Whatever the clocks do, however pages are cut, and though nodes write on: each entry that was there at
    // the beginning is shown once, in its node's order.
    void everyEntryIsShownOnce()
    {
        const unsigned seed = std::random_device()();
        std::mt19937 random(seed);
        qInfo("seed %u", seed);
        const auto roll = [&](int least, int most) {
            return std::uniform_int_distribution<int>(least, most)(random);
        };
        for (int round = 0; round < 300; ++round) {
            Logs logs;
            std::vector<NodeId> nodes;
            for (int i = roll(1, 4); i > 0; --i)
                nodes.push_back(NodeId::random());
            std::int64_t nowMs = 1'000'000;
            std::set<std::string> expected;
            for (const NodeId &node : nodes)
                logs.entries[node];
            for (int i = roll(0, 40); i > 0; --i) {
                nowMs += roll(0, 9) == 0 ? -roll(0, 50) : roll(0, 5);
                const NodeId &node =
                    nodes[static_cast<std::size_t>(roll(0, static_cast<int>(nodes.size()) - 1))];
                logs.add(node, nowMs);
                expected.insert(node.uuid() + '-' + std::to_string(logs.entries[node].size()));
            }
            std::set<std::string> shown;
            std::map<std::string, std::vector<unsigned long long>> orders;
            std::string after;
            do {
                const AuditPlace place = after.empty() ? AuditPlace() : auditPlaceOf(after).value();
                const auto limit = static_cast<std::size_t>(roll(1, 7));
                std::vector<AuditSource> sources;
                for (const NodeId &node : nodes)
                    sources.push_back(logs.read(node, place, static_cast<std::size_t>(roll(1, 7))));
                const auto page = mergeAudit(std::move(sources), limit, place);
                QVERIFY2(page.items.size() <= limit && (!page.items.empty() || page.next.empty()),
                         std::to_string(seed).c_str());
                for (const protocol::AuditEntry &entry : page.items) {
                    if (!expected.contains(entry.id))
                        continue;  // written meanwhile
                    QVERIFY2(shown.insert(entry.id).second, std::to_string(seed).c_str());
                    const std::size_t dash = entry.id.rfind('-');
                    auto &order = orders[entry.id.substr(0, dash)];
                    order.push_back(std::stoull(entry.id.substr(dash + 1)));
                    QVERIFY2(order.size() < 2 || order.back() < order[order.size() - 2],
                             std::to_string(seed).c_str());
                }
                nowMs += 10;
                logs.add(nodes.front(), nowMs);
                after = page.next;
            } while (!after.empty());
            QVERIFY2(shown == expected, std::to_string(seed).c_str());
        }
    }

    void aNodeThatComesBackGoesOnWhereItWas()
    {
        Logs logs;
        const NodeId here = NodeId::random();
        const NodeId there = NodeId::random();
        for (std::int64_t time = 1; time <= 4; ++time) {
            logs.add(here, time * 10);
            logs.add(there, time * 10 + 5);
        }
        const auto first = mergeAudit({logs.read(here, {}, 9), logs.read(there, {}, 9)}, 3, {});
        const AuditPlace second = auditPlaceOf(first.next).value();
        const auto without = mergeAudit({logs.read(here, second, 1)}, 1, second);
        const AuditPlace third = auditPlaceOf(without.next).value();
        QVERIFY(third.after.at(there) == second.after.at(there));
        QCOMPARE(logs.read(there, third, 1).page.items.at(0).time.unixMs, 25);
    }
};

MAXIOFS_TEST(AuditMergeTest)

}  // namespace maxiofs::api::console

#include "audit_merge_test.moc"
