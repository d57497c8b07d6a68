// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/directory.h"

namespace maxiofs::identity {

Result<std::unique_ptr<Directory>> Directory::load(records::Records &records, crypto::ScryptCost cost)
{
    auto hasher = std::make_unique<PasswordHasher>(cost);
    TRY_ASSIGN(auto users, Users::load(records, *hasher));
    TRY_ASSIGN(auto keys, AccessKeys::load(records, *users));
    TRY_ASSIGN(auto grants, Grants::load(records));
    TRY_ASSIGN(auto sessions, Sessions::load(records, *users, *keys));
    return std::unique_ptr<Directory>(new Directory(std::move(hasher), std::move(users), std::move(keys),
                                                    std::move(grants), std::move(sessions)));
}

Directory::Directory(std::unique_ptr<PasswordHasher> hasher, std::unique_ptr<Users> users,
                     std::unique_ptr<AccessKeys> keys, std::unique_ptr<Grants> grants,
                     std::unique_ptr<Sessions> sessions)
    : m_hasher(std::move(hasher)),
      m_users(std::move(users)),
      m_keys(std::move(keys)),
      m_grants(std::move(grants)),
      m_sessions(std::move(sessions)),
      m_authorizer(*m_grants)
{
}

Status Directory::removeUser(std::string_view id)
{
    // The user first: a refusal then leaves keys and grants as they were, and keys without a user are
    // refused.
    TRY_STATUS(m_users->remove(id));
    TRY_STATUS(m_sessions->endAllOf(id));
    TRY_STATUS(m_keys->removeAllOf(id));
    return m_grants->takeAllOfUser(id);
}

Status Directory::changePassword(std::string_view id, std::string_view password, std::string_view keepSession)
{
    TRY_STATUS(m_users->setPassword(id, password));
    return m_sessions->endAllOf(id, keepSession);
}

}  // namespace maxiofs::identity
