// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/record.h"

namespace maxiofs::records {

// A record to be written. Fields of `body` replace those of the stored one; others, which a newer version may
// have written, stay.
struct Change {
    Kind kind;
    std::string id;
    QJsonObject body;
    crypto::SecretBytes secret;  // empty: the stored one stays
    bool deleted = false;

    [[nodiscard]] static Change put(Kind kind, std::string id, QJsonObject body,
                                    crypto::SecretBytes secret = {});
    /// Leaves a tombstone without body and secret; a Location keeps its body and takes the next epoch.
    [[nodiscard]] static Change remove(Kind kind, std::string id);
};

}  // namespace maxiofs::records
