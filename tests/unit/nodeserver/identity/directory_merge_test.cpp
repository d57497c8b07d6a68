// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge_fixture.h"
#include "support/test_runner.h"

#include <random>

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

using namespace merging;

// Two or more nodes that give one another their records.
class DirectoryMergeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aUserOfOneNodeIsKnownToTheOther()
    {
        TestDirectory a;
        TestDirectory b;
        const UserPtr ann = a.addUser("ann", Role::TenantAdmin, "t1");
        const auto key = a->keys().create({ann->id, {}, {}, {}}).value();
        Grant grant;
        grant.userId = ann->id;
        grant.bucket = "photos";
        grant.bucketId = BucketId::random();
        QVERIFY(a->grants().give(grant).has_value());

        send(a, b);

        QVERIFY(b->sessions().login("ann", TestDirectory::passwordOf("ann"), "x").has_value());
        QVERIFY(b->keys().findSigner(key.key->id, "20251213", "r")->key ==
                sigv4::signingKey(key.secret, "20251213", "r"));
        QVERIFY(b->grants().accessOf(*ann, grant.bucketId) == Access::Read);
        QCOMPARE(memoryOf(a).replace("sessions 0", "sessions 1"), memoryOf(b));
    }

    void editsOfDifferentPartsBothStay()
    {
        TestDirectory a;
        TestDirectory b;
        const UserPtr ann = a.addUser("ann");
        exchange(a, b);
        UserEdit rights;
        rights.roles = {Role::Admin};
        QVERIFY(a->users().edit(ann->id, rights).has_value());
        QVERIFY(b->changePassword(ann->id, "a new password").has_value());

        exchange(a, b);

        for (TestDirectory *node : {&a, &b}) {
            QVERIFY((*node)->users().find(ann->id)->has(Role::Admin));
            QVERIFY((*node)->users().verifyPassword(ann->id, "a new password").value());
        }
    }

    void twoOfOneNameBothStay()
    {
        TestDirectory a;
        TestDirectory b;
        const UserPtr first = a.addUser("ann");
        b.clock.nowMs += 1;
        const UserPtr second = b.addUser("ann");
        exchange(a, b);

        const std::string other = "ann-conflict-" + second->id.substr(0, 8);
        for (TestDirectory *node : {&a, &b}) {
            QCOMPARE((*node)->users().findByName("ann")->id, first->id);
            QCOMPARE((*node)->users().findByName(other)->id, second->id);
            QVERIFY((*node)->sessions().login(other, TestDirectory::passwordOf("ann"), "x").has_value());
            // Editing something else does not make the name its own.
            UserEdit edit;
            edit.displayName = "Ann";
            QVERIFY((*node)->users().edit(second->id, edit).has_value());
            QCOMPARE((*node)->users().find(second->id)->chosenName, std::string("ann"));
        }
        QCOMPARE(rename(b, second->id, "ann").error().code, Error::AlreadyExists);

        QVERIFY(rename(b, second->id, "bob").has_value());
        exchange(a, b);
        QCOMPARE(a->users().findByName("bob")->id, second->id);
        QVERIFY(a->users().findByName(other) == nullptr);
        a.reopen();
        QCOMPARE(memoryOf(a).replace("sessions 2", ""), memoryOf(b).replace("sessions 2", ""));
    }

    void eachNodeIsToldOnceWhoLostAName()
    {
        TestDirectory a;
        TestDirectory b;
        std::vector<std::string> told;
        for (TestDirectory *node : {&a, &b}) {
            (*node)->whenRenamed([&told, node, &a](std::string_view of, const NameLost &lost) {
                told.push_back((node == &a ? "a " : "b ") + std::string(of) + ' ' + lost.before + ' ' +
                               lost.name);
            });
        }
        a.addUser("ann");
        NewTenant house;
        house.name = "house";
        QVERIFY(a->tenants().create(house).has_value());
        b.clock.nowMs += 1;
        const std::string user = "ann-conflict-" + b.addUser("ann")->id.substr(0, 8);
        const std::string tenant = "house-conflict-" + b->tenants().create(house).value()->id.substr(0, 8);

        exchange(a, b);
        a.addUser("other");
        exchange(a, b);

        std::ranges::sort(told);
        QVERIFY(told == (std::vector{"a tenant house " + tenant, "a user ann " + user,
                                     "b tenant house " + tenant, "b user ann " + user}));
    }

    void aNameThatWasTakenLaterGoesToNobodyElse()
    {
        TestDirectory a;
        TestDirectory b;
        const UserPtr old = a.addUser("old");
        a.clock.nowMs += 10;
        b.clock.nowMs += 10;
        const UserPtr ann = b.addUser("ann");
        a.clock.nowMs += 10;
        QVERIFY(rename(a, old->id, "ann").has_value());

        exchange(a, b);

        QCOMPARE(a->users().findByName("ann")->id, ann->id);
    }

    void theBuiltInAdministratorKeepsItsName()
    {
        TestDirectory a;
        TestDirectory b;
        NewUser admin;
        admin.id = kAdminId;
        admin.username = kAdminId;
        admin.password = "long enough";
        admin.roles = {Role::Admin};
        b.addUser("admin", Role::User);
        a.clock.nowMs += 1000;
        QVERIFY(a->users().create(admin).has_value());
        exchange(a, b);
        QCOMPARE(b->users().findByName("admin")->id, std::string(kAdminId));
        // What each made before they met belongs to the one that both have now.
        TestDirectory c;
        QCOMPARE(c->users().create(admin).value()->canonicalId, a->users().find(kAdminId)->canonicalId);
    }

    void twoTenantsOfOneNameBothStay()
    {
        TestDirectory a;
        TestDirectory b;
        const auto first = a->tenants().create({{}, "acme", {}, {}, {}}).value();
        b.clock.nowMs += 1;
        const auto second = b->tenants().create({{}, "acme", {}, {}, {5, {}, {}}}).value();
        exchange(a, b);
        for (TestDirectory *node : {&a, &b}) {
            QCOMPARE((*node)->tenants().findByName("acme")->id, first->id);
            QCOMPARE((*node)->tenants().find(second->id)->name, "acme-conflict-" + second->id.substr(0, 8));
            QVERIFY((*node)->tenants().find(second->id)->quota.bytes == 5);
        }
        QVERIFY(a->removeTenant(first->id).has_value());
        exchange(a, b);
        QCOMPARE(b->tenants().find(second->id)->name, std::string("acme"));
    }

    void aDeletedUserDoesNotComeBack_data()
    {
        QTest::addColumn<int>("elsewhere");
        QTest::newRow("nothing") << 0;
        QTest::newRow("profile") << 1;
        QTest::newRow("password") << 2;
        QTest::newRow("key, grant and session") << 3;
    }
    void aDeletedUserDoesNotComeBack()
    {
        QFETCH(const int, elsewhere);
        TestDirectory a;
        TestDirectory b;
        a.addUser("root", Role::Admin);
        const UserPtr ann = a.addUser("ann");
        const auto key = a->keys().create({ann->id, {}, {}, {}}).value();
        const Tokens tokens = a.login("ann");
        exchange(a, b);

        QVERIFY(a->removeUser(ann->id).has_value());
        b.clock.nowMs += 1000;  // b's changes are the greater ones, and b does not know of the deletion
        UserEdit edit;
        edit.displayName = "Ann";
        Grant grant;
        grant.userId = ann->id;
        grant.bucketId = BucketId::random();
        switch (elsewhere) {
        case 1: QVERIFY(b->users().edit(ann->id, edit).has_value()); break;
        case 2: QVERIFY(b->changePassword(ann->id, "a new password").has_value()); break;
        case 3:
            QVERIFY(b->keys().create({ann->id, {}, {}, {}}).has_value());
            QVERIFY(b->grants().give(grant).has_value());
            QVERIFY(b->sessions().refresh(tokens.refresh).has_value());
            b.login("ann");
            break;
        default: break;
        }
        exchange(a, b);

        for (TestDirectory *node : {&a, &b}) {
            QVERIFY((*node)->users().find(ann->id) == nullptr);
            QVERIFY((*node)->users().findByName("ann") == nullptr);
            QVERIFY(!(*node)->sessions().login("ann", TestDirectory::passwordOf("ann"), "x"));
            QVERIFY((*node)->keys().find(key.key->id) == nullptr);
            for (const Kind kind : {Kind::UserProfile, Kind::UserPassword, Kind::UserPreferences})
                QCOMPARE(node->records().load(kind)->size(), 1U);
            for (const Kind kind : {Kind::AccessKey, Kind::Grant, Kind::Session})
                QCOMPARE(node->records().load(kind)->size(), 0U);
            const QByteArray before = memoryOf(*node);
            node->reopen();
            QCOMPARE(memoryOf(*node), before);
        }
    }

    void whatArrivesAfterTheUsersEndGoesToo()
    {
        TestDirectory a;
        TestDirectory b;
        TestDirectory c;
        a.addUser("root", Role::Admin);
        const UserPtr ann = a.addUser("ann");
        exchange(a, b);
        exchange(a, c);
        QVERIFY(c->keys().create({ann->id, {}, {}, {}}).has_value());
        QVERIFY(a->removeUser(ann->id).has_value());
        exchange(a, b);
        send(c, b);
        QCOMPARE(b.records().load(Kind::AccessKey)->size(), 0U);
    }

    void anUnreadableRecordChangesNothing()
    {
        TestDirectory a;
        const UserPtr ann = a.addUser("ann", Role::User, "t1");
        const QByteArray before = memoryOf(a);
        std::vector<records::Record> bad;
        for (const auto &[kind, id] : {std::pair(Kind::UserProfile, ann->id),
                                       {Kind::Tenant, "t1"},
                                       {Kind::Grant, "g"},
                                       {Kind::Session, "s"}}) {
            records::Record record;
            record.kind = kind;
            record.id = id;
            record.body = {{"username"_L1, 7}};
            record.stamp = Stamp::after({}, a.clock.nowMs + 1000, NodeId::random());
            bad.push_back(std::move(record));
        }
        QVERIFY(a.records().merge(std::move(bad)).has_value());
        QCOMPARE(memoryOf(a), before);

        a.reopen();  // and does not keep the node from starting
        QVERIFY(a->users().find(ann->id) == nullptr);
    }

    // Nodes change things at random, exchange at random, and are apart in between: memory always equals the
    // disk, and when all have heard all they are the same.
    void memoryAlwaysEqualsTheDisk()
    {
        const unsigned seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
        std::array<TestDirectory, 3> nodes;
        nodes[0].addUser("root", Role::Admin);
        exchange(nodes[0], nodes[1]);
        exchange(nodes[0], nodes[2]);
        for (int step = 0; step < 250; ++step) {
            TestDirectory &node = nodes[pick(nodes.size())];
            node.clock.nowMs += static_cast<std::int64_t>(pick(5));
            const auto users = node->users().list({}, 1000);
            const UserPtr user = users[pick(users.size())];
            const std::string name(1, static_cast<char>('a' + pick(4)));
            switch (pick(12)) {
            case 0:
            case 1:
                if (node->users().findByName(name) == nullptr)
                    node.addUser(name, Role::User,
                                 pick(2) == 0 ? std::string() : "t" + std::to_string(pick(3)));
                break;
            case 2: (void)node->removeUser(user->id); break;
            case 3: (void)rename(node, user->id, name); break;
            case 4: (void)node->keys().create({user->id, {}, {}, {}}); break;
            case 5: {
                Grant grant;
                grant.userId = user->id;
                grant.bucketId = *BucketId::fromHex(std::string(31, '0') + std::to_string(pick(3)));
                (void)node->grants().give(grant);
                break;
            }
            case 6: (void)node->sessions().login(user->username, TestDirectory::passwordOf(name), "x"); break;
            case 7: (void)node->changePassword(user->id, TestDirectory::passwordOf(name)); break;
            case 8: {
                TenantEdit edit;
                edit.displayName = name;
                (void)node->tenants().edit("t" + std::to_string(pick(3)), edit);
                break;
            }
            case 9: (void)node->removeTenant("t" + std::to_string(pick(3))); break;
            default: exchange(node, nodes[pick(nodes.size())]); break;
            }
        }
        for (TestDirectory &node : nodes) {
            const QByteArray before = memoryOf(node);
            node.reopen();
            QCOMPARE(memoryOf(node), before);
        }
        for (int round = 0; round < 3; ++round) {
            exchange(nodes[0], nodes[1]);
            exchange(nodes[1], nodes[2]);
            exchange(nodes[2], nodes[0]);
        }
        for (TestDirectory &node : nodes) {
            QCOMPARE(memoryOf(node), memoryOf(nodes[0]));
            const QByteArray before = memoryOf(node);
            node.reopen();
            QCOMPARE(memoryOf(node), before);
        }
    }
};

MAXIOFS_TEST(DirectoryMergeTest)

}  // namespace maxiofs::identity

#include "directory_merge_test.moc"
