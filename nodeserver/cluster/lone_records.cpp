// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/lone_records.h"

#include "records/bucket_record.h"
#include "records/cluster_nodes.h"

#include <set>

namespace maxiofs::cluster {

using records::Kind;
using records::StoredRecord;

namespace {

constexpr std::int64_t kMsPerSecond = 1000;

// As cluster_config remembers this node.
Result<QJsonObject> rememberedBody(records::RecordTransaction &transaction)
{
    TRY_ASSIGN(auto row, transaction.connection().prepare("SELECT node_name, region, endpoint, certificate,"
                                                          " created_at FROM cluster_config"));
    TRY_STATUS(row.step());
    records::ClusterNode self;
    self.name = row.text(0);
    self.region = row.text(1);
    self.endpoint = row.text(2);
    self.certificate = row.text(3);
    self.createdMs = row.integer(4) * kMsPerSecond;
    self.updatedMs = self.createdMs;
    return records::bodyOf(self);
}

}  // namespace

Status takeIntoCluster(records::RecordTransaction &transaction, const std::string &clusterId)
{
    for (const Kind kind : records::syncedKinds()) {
        TRY_ASSIGN(auto update, transaction.connection().prepare(
                                    "UPDATE " + std::string(records::tableOf(kind)) + " SET cluster_id = ?"));
        update.bind(clusterId);
        TRY_STATUS(update.run());
    }
    return {};
}

Result<QJsonObject> dropMembers(records::RecordTransaction &transaction)
{
    const std::string ownId = transaction.writer().node.uuid();
    std::optional<QJsonObject> own;
    TRY_ASSIGN(const auto members, transaction.all(Kind::Node));
    for (const StoredRecord &row : members) {
        if (row.record.id == ownId && !row.record.deleted)
            own = row.record.body;
        TRY_STATUS(transaction.drop(Kind::Node, row.record.id));
    }
    if (own)
        return *std::move(own);
    return rememberedBody(transaction);
}

Status keepOwnBuckets(records::RecordTransaction &transaction)
{
    const NodeId self = transaction.writer().node;
    std::set<std::string> own;
    TRY_ASSIGN(auto locations, transaction.all(Kind::Location));
    for (StoredRecord &row : locations) {
        records::Location location = records::locationOf(row.record.body);
        if (row.record.deleted || location.owner != self)
            continue;
        own.insert(row.record.id);
        if (!location.unavailable)
            continue;
        row.record.body.remove(QStringLiteral("unavailable"));
        TRY_STATUS(transaction.put(row));
    }
    for (const records::RecordKey &key : records::recordsOfBucket({})) {
        TRY_ASSIGN(const auto rows, transaction.all(key.kind));
        for (const StoredRecord &row : rows) {
            if (!row.record.deleted && !own.contains(row.record.id))
                TRY_STATUS(transaction.drop(key.kind, row.record.id));
        }
    }
    return {};
}

}  // namespace maxiofs::cluster
