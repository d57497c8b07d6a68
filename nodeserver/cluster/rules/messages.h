// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/record_store.h"

#include <map>
#include <variant>

// What nodes say to each other, as values. cluster/link gives each its route and its form on the wire; the
// simulation passes the values themselves.
namespace maxiofs::cluster::rules {

// Where a node is reached, and what it must prove.
struct Peer {
    NodeId id;                // null before a join has told it
    std::string endpoint;     // "http://host:port" or "https://...": calls go over TLS in both cases
    std::string certificate;  // SHA-256 of its pinned certificate, 64 lower-case hex; empty before a join

    bool operator==(const Peer &) const = default;
};

// The formats that a node speaks; two nodes work with the greatest that both know.
struct ProtocolRange {
    unsigned lowest = 1;
    unsigned highest = 1;

    bool operator==(const ProtocolRange &) const = default;
};

// What a node says of itself when it joins.
struct NodeDescription {
    NodeId id;
    std::string name;
    std::string endpoint;
    std::string region;
    std::int64_t priority = 100;
    QJsonObject metadata;
    std::string certificate;  // SHA-256, 64 hex
    ProtocolRange protocol;
};

// What only members know. Replaced as a whole: the greater generation wins.
struct ClusterSecrets {
    records::Epoch generation;
    std::string token;                      // 64 lower-case hex digits: the key of the signatures
    std::string previousToken;              // also good until previousUntilMs; empty after a removal
    std::int64_t previousUntilMs = 0;       // Unix
    std::string recordKey;                  // 64 hex: seals secrets of records on their way
    std::string accessTokenKey;             // 64 hex: signs the console's access tokens
    std::vector<NodeId> removed;            // removed nodes that never knew any of these, in order
    std::vector<std::string> formerTokens;  // the newest first; good for nothing but to greet a member that
                                            // was away and has none newer
};

// --- Records
// ---------------------------------------------------------------------------------------------------

// New or changed records, sent to all members at once.
struct PushRecords {
    std::vector<records::Record> records;
    bool forget = false;  // tombstones that every member has had for long: to be dropped, not merged
};
struct PushRecordsAnswer {
    std::size_t applied = 0;
    std::size_t ignored = 0;
};

// Whether both hold the same records of some kinds.
struct CompareRecords {
    std::vector<records::Kind> kinds;
    std::string checksum;  // RecordStore::checksum
};
struct CompareRecordsAnswer {
    bool match = false;
};

struct AskDigests {
    records::Kind kind = records::Kind::Setting;
};
struct AskDigestsAnswer {
    records::SlotDigests digests{};
};

struct PullRecords {
    records::Kind kind = records::Kind::Setting;
    records::Slots slots;
    std::string after;
};
struct PullRecordsAnswer {
    records::RecordPage page;
};

// A bucket by name, a user by name, an access key by id, with all records that belong to it.
struct SeekRecord {
    records::Kind kind = records::Kind::Bucket;  // Bucket, UserProfile, AccessKey
    std::string name;
};
struct SeekRecordAnswer {
    std::vector<records::Record> records;  // empty: unknown there too
};

// --- Reservations
// ----------------------------------------------------------------------------------------------

// Holds a name ("bucket/photos", "member-number/7") at its registrar for kReservationMs.
struct ReserveName {
    std::string name;
    Id128 holder;  // the same holder may ask again
};
struct ReserveNameAnswer {
    bool granted = false;
    bool taken = false;  // refused for good: the name is in use; else held by another for the moment
};

// --- Membership
// ------------------------------------------------------------------------------------------------

// First step of a join, from the node that joins. Nothing is kept by it but an offer in memory.
struct JoinOffer {
    NodeDescription self;
    std::vector<std::string> userNames;    // that it would bring along
    std::vector<std::string> bucketNames;  //
    std::vector<std::string> tenantNames;  //
    std::int64_t wallMs = 0;
    std::string key;  // the token, or an invitation's secret; proves both sides to each other. Not sent: the
                      // link of the member sets the key with which the signature verified
};
struct JoinOfferAnswer {
    Id128 offer;
    std::string clusterId;
    NodeDescription member;
    std::vector<std::string> userClashes;    // names that are taken in the cluster
    std::vector<std::string> bucketClashes;  //
    std::vector<std::string> tenantClashes;  //
    unsigned protocol = 1;                   // that the cluster speaks
    std::int64_t wallMs = 0;
};

// Second step: the member writes the joiner down and hands over all it needs. Good to repeat: a member that
// has the joiner already answers the same again.
struct JoinConfirm {
    Id128 offer;
    NodeDescription self;
    std::string key;  // as in the offer; empty for a member that its pinned certificate alone proves
};
struct JoinConfirmAnswer {
    std::string clusterId;
    ClusterSecrets secrets;
    std::vector<records::Record> nodes;  // Kind::Node, the joiner's own too
};

// From a member to a lone node, which must agree: it knows the cluster's token (MAXIOFS_CLUSTER_TOKEN), or
// one of its administrators vouches with a password. It then joins by the two steps above.
struct JoinInvite {
    std::string endpoint;     // of the inviting member
    std::string certificate;  // of the inviting member
    std::string name;         // that the joiner is to have; empty: its own
    std::string region;
    std::int64_t priority = 100;
    QJsonObject metadata;
    bool acceptRenames = false;
    std::string username;  // an administrator of the lone node; empty: the token proves
    std::string password;
    std::string secret;  // with username: stands for the token in this join; the token never travels
    std::string key;     // without username: the token; not sent, set by the link as in the offer
};
struct JoinInviteAnswer {
    NodeId id;
};

// The secrets, asked for or handed over by a member that its pinned certificate proves.
struct FetchSecrets {
    records::Epoch have;
};
struct FetchSecretsAnswer {
    std::optional<ClusterSecrets> secrets;  // empty: the asker's are as new
};
struct DeliverSecrets {
    ClusterSecrets secrets;
};
struct DeliverSecretsAnswer {
    records::Epoch have;
};

// From a member that wants to go: the one asked removes it.
struct LeaveCluster {
    bool force = false;
};
struct LeaveClusterAnswer {};

// --- Health
// ----------------------------------------------------------------------------------------------------

struct Beat {};
struct BeatAnswer {
    std::int64_t wallMs = 0;
    records::Epoch secretsGeneration;
    std::uint64_t newestEvent = 0;  // of its event stream
    std::string state;              // as /health says: healthy, degraded, read-only, starting, stopping
    std::string reason;             // why it is not healthy
};

struct Probe {};
struct ProbeAnswer {
    BeatAnswer beat;
    std::string version;
    std::int64_t capacityTotal = 0;  // bytes
    std::int64_t capacityUsed = 0;
    std::int64_t bucketCount = 0;
};

using Request =
    std::variant<PushRecords, CompareRecords, AskDigests, PullRecords, SeekRecord, ReserveName, JoinOffer,
                 JoinConfirm, JoinInvite, FetchSecrets, DeliverSecrets, LeaveCluster, Beat, Probe>;
using Answer =
    std::variant<PushRecordsAnswer, CompareRecordsAnswer, AskDigestsAnswer, PullRecordsAnswer,
                 SeekRecordAnswer, ReserveNameAnswer, JoinOfferAnswer, JoinConfirmAnswer, JoinInviteAnswer,
                 FetchSecretsAnswer, DeliverSecretsAnswer, LeaveClusterAnswer, BeatAnswer, ProbeAnswer>;

}  // namespace maxiofs::cluster::rules
