// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/takeover.h"

#include <map>
#include <set>

namespace maxiofs::sim {

// Rules of the takeover, broken one at a time by the tests.
struct TakeoverFlaws {
    bool keepsEpoch = false;     // a takeover does not raise the epoch
    bool hearsNobody = false;    // an owner counts as silent whatever it says
    bool asksNobody = false;     // other members are not asked whether they hear it
    bool ignoresOthers = false;  // nor how fresh their copies are
    bool ignoresPolicy = false;  // manual is automatic
    bool handsNothingOver = false;
    bool forgetsRemovals = false;   // when it hands over
    bool dropsLosers = false;       // of what is handed over
    bool lastWins = false;          // what is handed over replaces what is newer
    bool acknowledgesLate = false;  // though the bucket has another owner
    bool neverWaits = false;        // for a synchronous rule
    bool neverDegrades = false;     // a rule that turned round
    bool admitsEarly = false;       // changes of the new owner before it has handed over
    bool holdsNothing = false;      // while a bucket is given away
    bool keepsRules = false;        // they do not turn round
    bool forgetsAwaited = false;    // that a former owner has yet to hand over
    bool forgetsUnpassed = false;   // removals that a replica does not have yet
    bool forgetsByAge = false;      // removals, whoever lacks them
};

// What a simulated node keeps of buckets and their records. A stamp names a version; it has no other content.
struct TakeoverDisk {
    struct Row {
        Stamp stamp;
        bool isRemoval = false;
        std::uint64_t sequence = 0;  // of the node's own feed
    };
    using Rows = std::map<std::string, Row>;
    using Conflicts = std::set<std::pair<std::string, Stamp>>;
    struct Bucket {
        Rows rows;
        Conflicts conflicts;
        std::optional<cluster::rules::CopyState> copy;
        std::map<records::Epoch, std::uint64_t> received;
    };
    struct Rule {
        cluster::rules::ReplicaRule rule;
        BucketId bucket;
        bool isDeleted = false;
        Stamp stamp;
    };

    NodeId id;
    std::uint64_t sequence = 0;
    std::map<BucketId, Bucket> buckets;
    std::map<BucketId, records::Location> locations;
    std::map<Id128, Rule> rules;
};

// --- What nodes of the model say to each other beside beats

struct ClientWrite {
    BucketId bucket;
    std::string key;
    bool isRemoval = false;
};
struct RecordsWord {
    std::map<BucketId, records::Location> locations;
    std::map<Id128, TakeoverDisk::Rule> rules;
};
struct BatchWord {
    BucketId bucket;
    records::Epoch epoch;
    bool isQuestion = false;  // whether it would be admitted
    bool isWhole = false;     // what is not in it is gone
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    TakeoverDisk::Rows rows;
    TakeoverDisk::Conflicts conflicts;
};
using TakeoverWord = std::variant<cluster::rules::TakeoverRequest, cluster::rules::TakeoverAnswer,
                                  ClientWrite, RecordsWord, BatchWord>;

}  // namespace maxiofs::sim
