// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/conflict_endpoints.h"

#include "api/console/conflict_id.h"
#include "console_fixture.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace conflict_endpoints_test {

using fixture::Console;
using fixture::Reply;

store::Conflict lost(const records::BucketRecord &bucket, const std::string &key, const NodeId &node,
                     unsigned time)
{
    store::Conflict conflict;
    conflict.bucket = bucket.id;
    conflict.object.key = key;
    const std::string name = "conflict-" + QString::number(time, 16).rightJustified(16, u'0').toStdString() +
                             '-' + node.hex().substr(0, 8);
    conflict.object.version = store::VersionId::parse(name).value();
    conflict.object.size = 10;
    conflict.object.etag = "e";
    conflict.object.lastModifiedMs = 1000;
    return conflict;
}

protocol::Page<protocol::Conflict> conflictsIn(const Reply &reply)
{
    return protocol::pageFromJson<protocol::Conflict>(reply.data()).value();
}

}  // namespace conflict_endpoints_test

using namespace conflict_endpoints_test;

// Two members: the one that is asked owns the bucket mail, the other the bucket photos.
class ConflictEndpointsTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Console> m_edge;
    std::unique_ptr<Console> m_owner;
    records::BucketPtr m_mail;
    records::BucketPtr m_photos;
    std::string m_admin;

    Reply call(const std::string &method, const std::string &path)
    {
        return m_edge->call(method, path, {}, m_admin);
    }
    static void add(Console &console, const records::BucketRecord &bucket, const std::string &key,
                    unsigned time = 5)
    {
        console.handover.all.push_back(lost(bucket, key, console.records->nodeId(), time));
    }

private Q_SLOTS:
    void init()
    {
        m_edge = std::make_unique<Console>();
        m_owner = std::make_unique<Console>(m_edge.get());
        m_mail = m_edge->addBucket("mail");
        m_edge->tell(*m_owner);
        m_photos = m_owner->addBucket("photos");
        m_owner->tell(*m_edge);
        m_admin = m_edge->token();
    }
    void cleanup()
    {
        m_owner.reset();
        m_edge.reset();
    }

    void anIdNamesBucketKeyAndVersion()
    {
        const auto conflict = lost(*m_photos, "a/b c/\xc3\xa4", m_owner->records->nodeId(), 7);
        const std::string id = conflictId(conflict.bucket, conflict.object.key, conflict.object.version);

        const auto place = conflictPlaceOf(id);

        QVERIFY(place && place->bucket == conflict.bucket && place->key == conflict.object.key &&
                place->version == conflict.object.version);
        const std::string current =
            conflictId(conflict.bucket, "key", store::VersionId{Stamp{5, m_owner->records->nodeId()}});
        for (const std::string &other : {std::string(), std::string("none"), id.substr(1), current})
            QVERIFY(!conflictPlaceOf(other));
    }
    void theOwnersTellOfTheirBuckets()
    {
        add(*m_edge, *m_mail, "letter");
        add(*m_edge, *m_photos, "a replica's");
        add(*m_owner, *m_photos, "cat");

        const auto page = conflictsIn(call("GET", "/cluster/conflicts"));
        const auto ofPhotos = conflictsIn(call("GET", "/cluster/conflicts?bucket=photos"));

        QCOMPARE(page.items.size(), 2);
        QVERIFY(page.next.empty() && page.missing.empty());
        QCOMPARE(ofPhotos.items.size(), 1);
        const protocol::Conflict &cat = ofPhotos.items[0];
        QCOMPARE(cat.bucket, std::string("photos"));
        QCOMPARE(cat.objectKey, std::string("cat"));
        QCOMPARE(cat.nodeId, m_owner->records->nodeId().uuid());
        QCOMPARE(cat.nodeName, std::string("node-2"));
        QVERIFY(cat.versionId.starts_with("conflict-") && cat.size == 10 && !cat.currentChangedAt);
    }
    void pagesGoOnOverAllNodes()
    {
        for (const char *key : {"a", "b", "c"}) {
            add(*m_edge, *m_mail, key);
            add(*m_owner, *m_photos, key);
        }

        std::vector<std::string> keys;
        std::string after;
        do {
            const auto page = conflictsIn(
                call("GET", "/cluster/conflicts?limit=2" + (after.empty() ? "" : "&after=" + after)));
            QVERIFY(page.items.size() <= 2);
            for (const protocol::Conflict &each : page.items)
                keys.push_back(each.bucket + '/' + each.objectKey);
            after = page.next;
        } while (!after.empty());

        std::vector<std::string> expected{"mail/a", "mail/b", "mail/c", "photos/a", "photos/b", "photos/c"};
        if (m_photos->id < m_mail->id)
            std::ranges::rotate(expected, expected.begin() + 3);
        QCOMPARE(keys, expected);
        QCOMPARE(call("GET", "/cluster/conflicts?after=none").status, 400);
    }
    void theOwnerRestoresAndDiscards()
    {
        add(*m_owner, *m_photos, "cat");
        add(*m_owner, *m_photos, "dog");
        const auto page = conflictsIn(call("GET", "/cluster/conflicts"));
        const std::string cat = "/cluster/conflicts/" + page.items[0].id;
        const std::string dog = "/cluster/conflicts/" + page.items[1].id;

        const Reply restored = call("POST", cat + "/restore");
        const Reply discarded = call("POST", dog + "/discard");
        const Reply again = call("POST", dog + "/discard");

        QCOMPARE(restored.status, 200);
        QCOMPARE(restored.data().value("version_id"_L1).toString(), u"null"_s);
        QCOMPARE(discarded.status, 200);
        QVERIFY(m_owner->handover.all.empty());
        QVERIFY2(again.status == 404 && again.code() == "NoSuchConflict", again.text.c_str());
        QCOMPARE(call("POST", "/cluster/conflicts/none/restore").code(), std::string("NoSuchConflict"));
        const auto entries = m_owner->audit->read({}).value().items;
        QVERIFY(std::ranges::any_of(entries, [](const protocol::AuditEntry &entry) {
            return entry.action == "conflict.restore" && entry.resource == "photos/cat" &&
                   entry.answer == 200;
        }));
    }
    void aNodeThatIsAwayIsNamed()
    {
        m_edge->peers.members.clear();

        const auto page = conflictsIn(call("GET", "/cluster/conflicts"));

        QCOMPARE(page.missing.size(), 1);
    }
};

MAXIOFS_TEST(ConflictEndpointsTest)

}  // namespace maxiofs::api::console

#include "conflict_endpoints_test.moc"
