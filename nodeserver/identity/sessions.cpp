// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/sessions.h"

#include "crypto/constant_time.h"
#include "crypto/digest.h"
#include "crypto/random_token.h"
#include "records/record_body.h"

#include <algorithm>
#include <mutex>

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

using records::Change;
using records::Kind;

namespace {

constexpr std::size_t kTokenKeyBytes = 32;
constexpr std::int64_t kMsPerSecond = 1000;
constexpr const char *kTokenKeyId = "access-token-key";

struct SessionBody {
    std::string userId;
    std::string refreshHash;
    std::int64_t createdMs = 0;
    std::int64_t expiresMs = 0;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, SessionBody>
void listFields(V &visit, S &s)
{
    visit.required("user_id"_L1, s.userId);
    visit.required("refresh_sha256"_L1, s.refreshHash);
    visit.field("created_ms"_L1, s.createdMs);
    visit.required("expires_ms"_L1, s.expiresMs);
}

std::unexpected<Error> wrongPassword()
{
    return failure(Error::Unauthenticated,
                   "The user name or the password is wrong, or the user is disabled.");
}

std::unexpected<Error> sessionOver()
{
    return failure(Error::Unauthenticated, "The session has ended: sign in again.");
}

}  // namespace

Sessions::Sessions(records::Records &records, Users &users, AccessKeys &keys)
    : m_records(records),
      m_users(users),
      m_keys(keys),
      m_guard(records.clock())
{
}

Result<std::unique_ptr<Sessions>> Sessions::load(records::Records &records, Users &users, AccessKeys &keys)
{
    std::unique_ptr<Sessions> sessions(new Sessions(records, users, keys));
    TRY_STATUS(sessions->loadKey());
    TRY_ASSIGN(const auto stored, records.load(Kind::Session));
    for (const auto &record : stored) {
        TRY_ASSIGN(SessionBody body, records::readBody<SessionBody>(Kind::Session, record));
        sessions->m_sessions[record.id] = {record.id, body.userId, body.refreshHash, body.createdMs,
                                           body.expiresMs};
    }
    TRY_STATUS(sessions->removeExpired());
    return sessions;
}

Status Sessions::loadKey()
{
    TRY_ASSIGN(auto secrets, m_records.load(Kind::ClusterSecret));
    for (auto &record : secrets) {
        if (record.id == kTokenKeyId)
            m_tokenKey = std::move(record.secret);
    }
    if (!m_tokenKey.empty())
        return {};
    m_tokenKey = crypto::SecretBytes::random(kTokenKeyBytes);
    std::vector<Change> changes;
    changes.push_back(Change::put(Kind::ClusterSecret, kTokenKeyId, {}, m_tokenKey.clone()));
    return m_records.apply(changes);
}

Status Sessions::removeExpired()
{
    const base::MutexLock change(m_changeMutex);
    const std::int64_t now = m_records.clock().unixMs();
    std::vector<std::string> over;
    {
        const std::shared_lock lock(m_mutex);
        for (const auto &[id, session] : m_sessions) {
            if (session.expiresMs <= now)
                over.push_back(id);
        }
    }
    return end(over);
}

Result<UserPtr> Sessions::checkPassword(std::string_view username, std::string_view password,
                                        std::string_view address)
{
    // No user has such a name, and the guard must not keep it.
    if (username.size() > Users::kLongestName)
        return wrongPassword();
    TRY_STATUS(m_guard.admit(username, address));
    const UserPtr user = m_users.findByName(username);
    TRY_ASSIGN(
        const bool right,
        m_users.verifyPassword(user != nullptr ? std::string_view(user->id) : std::string_view(), password));
    if (!right || !user->isActive()) {
        m_guard.failed(username, address);
        return wrongPassword();
    }
    m_guard.succeeded(username, address);
    return user;
}

Status Sessions::checkAdministrator(std::string_view username, std::string_view password,
                                    std::string_view address)
{
    TRY_ASSIGN(const UserPtr user, checkPassword(username, password, address));
    if (!user->has(Role::Admin))
        return failure(Error::Denied, "The user \"" + user->username + "\" is no administrator.",
                       "credentials");
    return {};
}

Result<Tokens> Sessions::login(std::string_view username, std::string_view password, std::string_view address)
{
    TRY_ASSIGN(const UserPtr user, checkPassword(username, password, address));
    TRY_STATUS(removeExpired());

    const base::MutexLock change(m_changeMutex);
    std::vector<Session> existing = ofUser(user->id);
    std::ranges::sort(existing, {}, &Session::createdMs);
    std::vector<std::string> tooMany;
    for (std::size_t i = 0; i + kMaxPerUser <= existing.size(); ++i)
        tooMany.push_back(existing[i].id);
    TRY_STATUS(end(tooMany));
    Session session;
    session.id = Id128::random().hex();
    session.userId = user->id;
    session.createdMs = m_records.clock().unixMs();
    return issue(std::move(session), user);
}

Result<Tokens> Sessions::refresh(std::string_view refreshToken)
{
    const std::size_t dot = refreshToken.find('.');
    const std::string_view id = refreshToken.substr(0, dot);
    const base::MutexLock change(m_changeMutex);
    Session session;
    {
        const std::shared_lock lock(m_mutex);
        const auto found = m_sessions.find(id);
        if (dot == refreshToken.npos || found == m_sessions.end() ||
            found->second.expiresMs <= m_records.clock().unixMs())
            return sessionOver();
        session = found->second;
    }
    const UserPtr user = m_users.find(session.userId);
    if (!crypto::equalConstantTime(crypto::sha256Hex(asBytes(refreshToken)), session.refreshHash)) {
        // The token was used before: by its owner or by a thief, and only the owner can sign in again.
        TRY_STATUS(end({session.id}));
        return sessionOver();
    }
    if (user == nullptr || !user->isActive()) {
        TRY_STATUS(end({session.id}));
        return sessionOver();
    }
    return issue(std::move(session), user);
}

Result<Tokens> Sessions::renew(const Identity &identity)
{
    const base::MutexLock change(m_changeMutex);
    const UserPtr user = m_users.find(identity.user->id);
    if (user == nullptr || !user->isActive())
        return sessionOver();
    Session session;
    for (Session &existing : ofUser(user->id)) {
        if (existing.id == identity.sessionId)
            session = std::move(existing);
    }
    if (session.id.empty()) {
        session.id = Id128::random().hex();
        session.userId = user->id;
        session.createdMs = m_records.clock().unixMs();
    }
    return issue(std::move(session), user);
}

Result<Tokens> Sessions::issue(Session session, const UserPtr &user)
{
    const std::int64_t now = m_records.clock().unixMs();
    Tokens tokens;
    tokens.refresh = session.id + '.' + crypto::randomToken();
    tokens.access = signToken({user->id, session.id, now / kMsPerSecond, now / kMsPerSecond + kAccessSeconds},
                              m_tokenKey);
    tokens.expiresInSeconds = kAccessSeconds;
    tokens.user = user;
    session.refreshHash = crypto::sha256Hex(asBytes(tokens.refresh));
    session.expiresMs = now + kRefreshMs;
    std::vector<Change> changes;
    changes.push_back(Change::put(Kind::Session, session.id,
                                  protocol::toJson(SessionBody{session.userId, session.refreshHash,
                                                               session.createdMs, session.expiresMs})));
    TRY_STATUS(m_records.apply(changes));
    const std::unique_lock lock(m_mutex);
    m_sessions.insert_or_assign(session.id, session);
    return tokens;
}

Status Sessions::end(const std::vector<std::string> &ids)
{
    if (ids.empty())
        return {};
    std::vector<Change> changes;
    changes.reserve(ids.size());
    for (const std::string &id : ids)
        changes.push_back(Change::remove(Kind::Session, id));
    TRY_STATUS(m_records.apply(changes));
    for (const std::string &id : ids)
        m_keys.removeTemporary(id);
    const std::unique_lock lock(m_mutex);
    for (const std::string &id : ids)
        m_sessions.erase(id);
    return {};
}

Status Sessions::logout(std::string_view sessionId)
{
    const base::MutexLock change(m_changeMutex);
    return end({std::string(sessionId)});
}

std::vector<Sessions::Session> Sessions::ofUser(std::string_view userId) const
{
    std::vector<Session> sessions;
    const std::shared_lock lock(m_mutex);
    for (const auto &[id, session] : m_sessions) {
        if (session.userId == userId)
            sessions.push_back(session);
    }
    return sessions;
}

Status Sessions::endAllOf(std::string_view userId, std::string_view except)
{
    const base::MutexLock change(m_changeMutex);
    std::vector<std::string> ids;
    for (const Session &session : ofUser(userId)) {
        if (session.id != except)
            ids.push_back(session.id);
    }
    return end(ids);
}

Result<Identity> Sessions::authenticate(std::string_view accessToken) const
{
    TRY_ASSIGN(const AccessToken token,
               verifyToken(accessToken, m_tokenKey, m_records.clock().unixMs() / kMsPerSecond));
    {
        const std::shared_lock lock(m_mutex);
        const auto found = m_sessions.find(token.sessionId);
        if (found == m_sessions.end() || found->second.userId != token.userId)
            return sessionOver();
    }
    const UserPtr user = m_users.find(token.userId);
    if (user == nullptr || !user->isActive())
        return sessionOver();
    return Identity{user, nullptr, token.sessionId};
}

std::size_t Sessions::count() const
{
    const std::shared_lock lock(m_mutex);
    return m_sessions.size();
}

}  // namespace maxiofs::identity
