// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/replication.h"
#include "theme/status.h"

#include <QCoreApplication>
#include <QString>

namespace maxiofs::models {

// A replication rule in words: its state as shape and word, its mode, how far it is behind.
class ReplicationWords {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::models::ReplicationWords)
public:
    [[nodiscard]] static theme::Status statusOf(protocol::ReplicationStatus status);
    [[nodiscard]] static QString wordOf(protocol::ReplicationStatus status);
    /// "Synchronous", "Continuous, 10 s", "Every 5 min".
    [[nodiscard]] static QString modeOf(std::int64_t intervalSeconds);
    /// What a mode means, in a sentence.
    [[nodiscard]] static QString meaningOf(std::int64_t intervalSeconds);
    /// For the chip of a rule: "Behind by 4 min 10 s".
    [[nodiscard]] static QString chipOf(const protocol::ReplicationRule &rule);
    /// Why the rule is as it is: its last error, else the reason that its node tells; empty: nothing to tell.
    [[nodiscard]] static QString reasonOf(const protocol::ReplicationRule &rule, std::int64_t nowMs);
    /// "3.3 objects/s in, 2.6 out: it grows"; empty where nothing moves.
    [[nodiscard]] static QString pace(const protocol::ReplicationState &state);
    /// True where nothing can be said of its lag: the owner of its bucket did not answer.
    [[nodiscard]] static bool isUnknown(const protocol::ReplicationRule &rule);
};

}  // namespace maxiofs::models
