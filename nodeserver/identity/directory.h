// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/authorizer.h"
#include "identity/sessions.h"

namespace maxiofs::identity {

// All about identities over one auth.db, made in order. Any thread, as its parts say.
class Directory {
public:
    /// `records` must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<Directory>> load(records::Records &records,
                                                                 crypto::ScryptCost cost = {});

    [[nodiscard]] Users &users() { return *m_users; }
    [[nodiscard]] AccessKeys &keys() { return *m_keys; }
    [[nodiscard]] Grants &grants() { return *m_grants; }
    [[nodiscard]] Sessions &sessions() { return *m_sessions; }
    [[nodiscard]] const Authorizer &authorizer() const { return m_authorizer; }

    /// Removes the user, then the user's sessions, keys and grants.
    [[nodiscard]] Status removeUser(std::string_view id);
    /// Also ends the user's other sessions.
    [[nodiscard]] Status changePassword(std::string_view id, std::string_view password,
                                        std::string_view keepSession = {});

private:
    Directory(std::unique_ptr<PasswordHasher> hasher, std::unique_ptr<Users> users,
              std::unique_ptr<AccessKeys> keys, std::unique_ptr<Grants> grants,
              std::unique_ptr<Sessions> sessions);

    std::unique_ptr<PasswordHasher> m_hasher;
    std::unique_ptr<Users> m_users;
    std::unique_ptr<AccessKeys> m_keys;
    std::unique_ptr<Grants> m_grants;
    std::unique_ptr<Sessions> m_sessions;
    Authorizer m_authorizer;
};

}  // namespace maxiofs::identity
