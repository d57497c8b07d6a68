// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/field_codec.h"
#include "records/records.h"

namespace maxiofs::records {

/// Reads a record's body into a struct that has listFields() (protocol/field_codec.h). Corrupt, naming record
/// and field, when it is not what this program writes.
template <typename Body>
[[nodiscard]] Result<Body> readBody(Kind kind, const Record &record)
{
    auto body = protocol::fromJson<Body>(record.body, {});
    if (!body) {
        const std::string about = std::string(tableOf(kind)) + '/' + record.id;
        return failure(Error::Corrupt,
                       "the record " + about + " in auth.db is damaged: " + body.error().message, about);
    }
    return *std::move(body);
}

}  // namespace maxiofs::records
