// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/member_store.h"
#include "records/cluster_nodes.h"
#include "support/test_runner.h"
#include "unit/nodeserver/records/records_fixture.h"

#include <algorithm>

// Nodes with all that they keep of their membership, and what two of them do to agree.
namespace maxiofs::cluster {

namespace fixture {

using namespace Qt::StringLiterals;

using records::Buckets;
using records::Change;
using records::Kind;
using records::Location;
using records::Origin;
using records::Record;
using records::RecordKey;
using records::fixture::AuthDb;
using records::fixture::one;

inline const std::string kClusterId = "aaaaaaaa-0000-4000-8000-000000000001";
inline const std::string kOtherCluster = "bbbbbbbb-0000-4000-8000-000000000001";

// One node's auth.db with all that keeps records in memory.
struct MemberNode {
    explicit MemberNode(std::string nodeName) : name(std::move(nodeName)) { load(); }

    void load()
    {
        buckets = Buckets::load(db.records()).value();
        nodes = records::ClusterNodes::load(db.records(), {name, "https://" + name, certificate()}).value();
        store = MemberStore::load(db.records(), *buckets).value();
    }
    void restart()
    {
        store.reset();
        nodes.reset();
        buckets.reset();
        db.reopen();
        load();
    }
    [[nodiscard]] records::Records &records() { return db.records(); }
    [[nodiscard]] std::string certificate() const { return std::string(64, name.back()); }
    [[nodiscard]] rules::NodeDescription description()
    {
        rules::NodeDescription self;
        self.id = records().nodeId();
        self.name = name;
        self.endpoint = "https://" + name;
        self.certificate = certificate();
        return self;
    }
    [[nodiscard]] bool put(Kind kind, const std::string &id, const QJsonObject &body,
                           const std::string &secret = {})
    {
        return records()
            .apply(one(Change::put(kind, id, body, crypto::SecretBytes(asBytes(secret)))))
            .has_value();
    }
    [[nodiscard]] bool makeUser(const std::string &id, const std::string &username)
    {
        return put(Kind::UserProfile, id, {{"username"_L1, QString::fromStdString(username)}}) &&
               put(Kind::UserPassword, id, {}, "hash of " + username + " on " + name);
    }
    [[nodiscard]] records::BucketPtr makeBucket(const std::string &bucket)
    {
        records::NewBucket wanted;
        wanted.name = bucket;
        wanted.ownerId = std::string(64, 'a');
        return buckets->create(wanted).value();
    }
    [[nodiscard]] std::optional<Record> find(Kind kind, const std::string &id)
    {
        auto found = records().find(kind, id).value();
        if (found && found->deleted)
            return std::nullopt;
        return found;
    }
    [[nodiscard]] std::string userName(const std::string &id)
    {
        const auto user = find(Kind::UserProfile, id);
        return user ? user->body.value("username"_L1).toString().toStdString() : std::string();
    }
    [[nodiscard]] std::string tenantName(const std::string &id)
    {
        const auto tenant = find(Kind::Tenant, id);
        return tenant ? tenant->body.value("name"_L1).toString().toStdString() : std::string();
    }
    [[nodiscard]] std::int64_t nameTakenMs(Kind kind, const std::string &id)
    {
        const auto record = find(kind, id);
        return record ? record->body.value("name_taken_ms"_L1).toInteger() : 0;
    }
    [[nodiscard]] std::string secretOf(Kind kind, const std::string &id)
    {
        const auto record = find(kind, id);
        return record ? toText(record->secret.view()) : std::string();
    }

    AuthDb db;
    std::string name;
    std::unique_ptr<Buckets> buckets;
    std::unique_ptr<records::ClusterNodes> nodes;
    std::unique_ptr<MemberStore> store;
};

inline rules::ClusterSecrets secretsOf(std::uint64_t generation, const NodeId &node)
{
    rules::ClusterSecrets secrets;
    secrets.generation = {generation, node};
    secrets.token = std::string(64, 'f');
    secrets.previousToken = std::string(64, 'e');
    secrets.previousUntilMs = 12345;
    secrets.recordKey = std::string(64, 'd');
    secrets.accessTokenKey = std::string(63, 'c') + std::to_string(generation % 10);
    secrets.removed = {node};
    return secrets;
}

inline bool same(const rules::ClusterSecrets &a, const rules::ClusterSecrets &b)
{
    return a.generation == b.generation && a.token == b.token && a.previousToken == b.previousToken &&
           a.previousUntilMs == b.previousUntilMs && a.recordKey == b.recordKey &&
           a.accessTokenKey == b.accessTokenKey && a.removed == b.removed;
}

inline rules::JoinIntent intentOf(MemberNode &joiner, MemberNode &member)
{
    rules::JoinIntent intent;
    intent.member = {member.records().nodeId(), "https://" + member.name, member.certificate()};
    intent.offer.offer = Id128::random();
    intent.offer.clusterId = kClusterId;
    intent.offer.member = member.description();
    intent.offer.wallMs = member.db.clock.nowMs;
    intent.self = joiner.description();
    intent.key = "join key";
    for (const std::string &name : joiner.store->ownUserNames()) {
        if (member.store->isUserName(name))
            intent.offer.userClashes.push_back(name);
    }
    for (const std::string &name : joiner.store->ownBucketNames()) {
        if (member.store->isBucketName(name))
            intent.offer.bucketClashes.push_back(name);
    }
    for (const std::string &name : joiner.store->ownTenantNames()) {
        if (member.store->isTenantName(name))
            intent.offer.tenantClashes.push_back(name);
    }
    return intent;
}

// Both steps of a join, as the machine would make them.
inline bool join(MemberNode &joiner, MemberNode &member)
{
    rules::JoinIntent intent = intentOf(joiner, member);
    if (joiner.store->state().wasMember)
        intent.self.id = NodeId::random();
    if (!joiner.store->saveIntent(intent) || !member.store->addNode(intent.self, 2))
        return false;
    rules::JoinConfirmAnswer answer;
    answer.clusterId = kClusterId;
    answer.secrets = *member.store->state().secrets;
    answer.nodes = member.store->nodes();
    return joiner.store->enter(intent, answer).has_value();
}

// What two members do until they agree.
inline void syncBoth(MemberNode &a, MemberNode &b)
{
    const auto pull = [](MemberNode &from, MemberNode &to) {
        for (const Kind kind : records::syncedKinds()) {
            auto page = from.records().page(kind, records::Slots().set(), {}, std::size_t{1} << 30).value();
            QVERIFY(to.records().merge(std::move(page.records)).has_value());
        }
    };
    pull(a, b);
    pull(b, a);
    QCOMPARE(a.records().checksum(records::syncedKinds()), b.records().checksum(records::syncedKinds()));
}

inline void makeCluster(MemberNode &node)
{
    QVERIFY(node.store->found(kClusterId, secretsOf(1, node.records().nodeId()), node.description()));
}

}  // namespace fixture

}  // namespace maxiofs::cluster
