// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/user.h"
#include "records/records.h"

namespace maxiofs::identity {

// A user as its three records hold it. Two edits of one user on two nodes both stay where they are in two of
// them.

[[nodiscard]] records::Change profileChange(const User &user);
[[nodiscard]] records::Change preferencesChange(const User &user);
[[nodiscard]] records::Change passwordChange(const User &user, std::string_view hash);
/// Tombstones for all three.
[[nodiscard]] std::vector<records::Change> userRemoval(const std::string &id);

struct StoredUser {
    User user;
    std::string passwordHash;  // empty while the record has not come yet: nobody signs in
};

/// All users of auth.db; what is unreadable of them is left out.
[[nodiscard]] Result<std::vector<StoredUser>> loadUsers(records::Records &records);

// One user as auth.db has it now.
struct ReadUser {
    std::optional<StoredUser> user;  // empty: there is none, or it was deleted
    bool deleted = false;            // a tombstone says so: it does not come back
    bool hasLeftover = false;        // a record of it that was changed elsewhere after the deletion
};
/// A user is deleted with the tombstone of its profile or of its password: a later change of the other, made
/// where the deletion was not known, does not bring it back.
[[nodiscard]] Result<ReadUser> readUser(records::Records &records, const std::string &id);

}  // namespace maxiofs::identity
