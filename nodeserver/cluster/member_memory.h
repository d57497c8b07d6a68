// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/membership.h"
#include "records/records.h"

namespace maxiofs::cluster {

// What a node remembers of its membership, as it lies in auth.db:
//   cluster_config     cluster_id, was_member, former_ids (its ids in clusters that it was in) and, in the
//                      specification's column cluster_token, the token, sealed, in base64
//   cluster_secrets    "cluster": all other secrets; "join-intent": a join whose outcome is not known;
//                      "access-token-key": what the sessions sign with, the cluster's while in one
// Records of cluster_secrets are never sent.
struct MemberMemory {
    rules::MemberState state;
    std::vector<NodeId> formerIds;
};

/// Corrupt when a secret does not open or is not what this program writes.
[[nodiscard]] Result<MemberMemory> readMemory(records::Records &records);

[[nodiscard]] Status writeSecrets(records::RecordTransaction &transaction,
                                  const records::SecretSealer &sealer, const rules::ClusterSecrets &secrets);
/// Also makes a key of its own for the sessions of the lone node.
[[nodiscard]] Status forgetSecrets(records::RecordTransaction &transaction);
[[nodiscard]] Status writeIntent(records::RecordTransaction &transaction,
                                 const std::optional<rules::JoinIntent> &intent);
[[nodiscard]] Status writeFormer(records::RecordTransaction &transaction, bool wasMember,
                                 const std::vector<NodeId> &formerIds);

}  // namespace maxiofs::cluster
