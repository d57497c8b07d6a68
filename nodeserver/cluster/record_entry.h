// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/membership.h"
#include "records/record_transaction.h"

#include <set>

namespace maxiofs::cluster {

// What a node's records become when it enters a cluster, inside one transaction. What it made while alone
// comes along under new stamps; all else, of former clusters, is dropped without tombstones, since the
// cluster sends what counts:
//   users, keys, grants, tenants, buckets  come along; users, tenants and buckets whose names clash are
//                                          renamed
//   the built-in administrator             stays until the cluster's replaces it, whatever the clocks say
//   settings                               are the cluster's, but for what is said of this node alone
//   sessions, tombstones, members          are dropped
class RecordEntry {
public:
    RecordEntry(records::RecordTransaction &transaction, const rules::JoinIntent &intent,
                const rules::JoinConfirmAnswer &answer, std::int64_t nowMs);

    [[nodiscard]] Status run();

private:
    [[nodiscard]] Status enter(records::Kind kind);
    [[nodiscard]] bool comesAlong(const records::Record &record) const;
    [[nodiscard]] Status bring(records::StoredRecord row);
    void rename(records::Record &record, QLatin1StringView field, const std::vector<std::string> &clashes,
                std::set<std::string> &taken) const;
    void renameBucket(records::Record &bucket) const;
    void moveLocation(records::Record &location) const;

    records::RecordTransaction &m_transaction;
    const rules::JoinIntent &m_intent;
    const rules::JoinConfirmAnswer &m_answer;
    const NodeId m_before;
    const NodeId m_self;
    const Stamp m_nameStamp;  // of names that it brings: taken after all that the cluster has
    std::map<records::Kind, std::set<std::string>> m_brought;
    std::set<std::string> m_userNames;    // that are not free
    std::set<std::string> m_tenantNames;  //
};

/// A Setting that is said of one node has an id that ends so.
[[nodiscard]] std::string settingTailOf(const NodeId &node);
/// The node's buckets and settings follow its new id.
[[nodiscard]] Status moveToNewId(records::RecordTransaction &transaction, const NodeId &before,
                                 const NodeId &now);

}  // namespace maxiofs::cluster
