// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/sessions.h"

#include "crypto/constant_time.h"
#include "crypto/digest.h"
#include "crypto/random_token.h"
#include "identity/unreadable.h"
#include "records/record_body.h"

#include <algorithm>
#include <charconv>
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
    std::int64_t generation = 0;
    std::int64_t createdMs = 0;
    std::int64_t expiresMs = 0;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, SessionBody>
void listFields(V &visit, S &s)
{
    visit.required("user_id"_L1, s.userId);
    visit.required("refresh_sha256"_L1, s.refreshHash);
    visit.field("generation"_L1, s.generation);
    visit.field("created_ms"_L1, s.createdMs);
    visit.required("expires_ms"_L1, s.expiresMs);
}

Result<Sessions::Session> sessionOf(const records::Record &record)
{
    TRY_ASSIGN(SessionBody body, records::readBody<SessionBody>(Kind::Session, record));
    return Sessions::Session{record.id,       body.userId,    body.refreshHash,
                             body.generation, body.createdMs, body.expiresMs};
}

// A refresh token: "<session>.<generation>.<random>".
struct RefreshToken {
    std::string_view sessionId;
    std::int64_t generation = 0;  // 0 for one that is not of this form
};

RefreshToken refreshTokenOf(std::string_view text)
{
    RefreshToken token;
    const std::size_t first = text.find('.');
    token.sessionId = text.substr(0, first);
    const std::size_t last = text.rfind('.');
    if (first == text.npos || first == last)
        return token;
    const std::string_view digits = text.substr(first + 1, last - first - 1);
    std::int64_t generation = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), generation);
    if (error == std::errc() && end == digits.data() + digits.size())
        token.generation = generation;
    return token;
}

// A change of the password ends sessions also where their tombstones lost against a refresh made elsewhere.
bool isOver(const Sessions::Session &session, const User &user)
{
    return session.createdMs < user.passwordMs && session.id != user.keptSession;
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
        auto session = sessionOf(record);
        if (session)
            sessions->m_sessions.insert_or_assign(record.id, *std::move(session));
        else
            reportUnreadable(session.error());
    }
    TRY_STATUS(sessions->removeExpired());
    return sessions;
}

Status Sessions::loadKey()
{
    TRY_ASSIGN(const bool found, readKey());
    return found ? Status() : setTokenKey(crypto::SecretBytes::random(kTokenKeyBytes));
}

Result<bool> Sessions::readKey()
{
    TRY_ASSIGN(auto record, m_records.find(Kind::ClusterSecret, kTokenKeyId));
    if (!record || record->deleted || record->secret.empty())
        return false;
    const std::unique_lock lock(m_mutex);
    m_tokenKey = std::make_shared<const crypto::SecretBytes>(std::move(record->secret));
    return true;
}

void Sessions::takeOverSecrets(const std::vector<std::string> &ids)
{
    if (std::ranges::find(ids, kTokenKeyId) == ids.end())
        return;
    const base::MutexLock change(m_changeMutex);
    if (const auto read = readKey(); !read)
        reportUnreadable(read.error());
}

std::shared_ptr<const crypto::SecretBytes> Sessions::tokenKey() const
{
    const std::shared_lock lock(m_mutex);
    return m_tokenKey;
}

Status Sessions::setTokenKey(crypto::SecretBytes key)
{
    if (key.size() < kTokenKeyBytes)
        return failure(Error::InvalidArgument, "The key of access tokens has at least 32 bytes.");
    const base::MutexLock change(m_changeMutex);
    const auto current = tokenKey();
    if (current != nullptr && crypto::equalConstantTime(asText(current->view()), asText(key.view())))
        return {};
    std::vector<Change> changes;
    changes.push_back(Change::put(Kind::ClusterSecret, kTokenKeyId, {}, key.clone()));
    TRY_STATUS(m_records.apply(changes));
    const std::unique_lock lock(m_mutex);
    m_tokenKey = std::make_shared<const crypto::SecretBytes>(std::move(key));
    return {};
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
    const auto isRight = [&](const UserPtr &user) -> Result<bool> {
        TRY_ASSIGN(const bool right,
                   m_users.verifyPassword(user != nullptr ? std::string_view(user->id) : std::string_view(),
                                          password));
        return right && user->isActive();
    };
    UserPtr user = m_users.findByName(username);
    TRY_ASSIGN(bool right, isRight(user));
    if (!right && m_seek) {
        m_seek(std::string(username));
        if (const UserPtr now = m_users.findByName(username); now != user) {
            user = now;
            TRY_ASSIGN(right, isRight(user));
        }
    }
    if (!right) {
        m_guard.failed(username, address);
        return wrongPassword();
    }
    m_guard.succeeded(username, address);
    TRY_STATUS(m_users.admit(*user));
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
    TRY_STATUS(m_keys.removeExpiredTemporary());

    const base::MutexLock change(m_changeMutex);
    std::vector<Session> existing = ofUser(user->id);
    std::ranges::sort(existing, {}, &Session::createdMs);
    std::vector<std::string> tooMany;
    for (std::size_t i = 0; i + kMaxPerUser <= existing.size(); ++i)
        tooMany.push_back(existing[i].id);
    TRY_STATUS(end(tooMany));
    return issue(newSession(*user), user);
}

Sessions::Session Sessions::newSession(const User &user) const
{
    Session session;
    session.id = Id128::random().hex();
    session.userId = user.id;
    // Not older than the password, which may have been set by a node whose clock is ahead.
    session.createdMs = std::max(m_records.clock().unixMs(), user.passwordMs);
    return session;
}

Result<Tokens> Sessions::refresh(std::string_view refreshToken)
{
    const RefreshToken token = refreshTokenOf(refreshToken);
    const base::MutexLock change(m_changeMutex);
    Session session;
    {
        const std::shared_lock lock(m_mutex);
        const auto found = m_sessions.find(token.sessionId);
        if (token.sessionId.size() == refreshToken.size() || found == m_sessions.end() ||
            found->second.expiresMs <= m_records.clock().unixMs())
            return sessionOver();
        session = found->second;
    }
    const UserPtr user = m_users.find(session.userId);
    if (!crypto::equalConstantTime(crypto::sha256Hex(asBytes(refreshToken)), session.refreshHash)) {
        // A node that cannot hear the one which made the token must not end the session of its owner.
        if (token.generation > session.generation)
            return failure(Error::Busy,
                           "This node has not heard of the newest token of this session yet: try again.");
        // The token was used before: by its owner or by a thief, and only the owner can sign in again.
        TRY_STATUS(end({session.id}));
        return sessionOver();
    }
    if (user == nullptr || !user->isActive() || isOver(session, *user)) {
        TRY_STATUS(end({session.id}));
        return sessionOver();
    }
    // The session outlives a disabled tenant, so that its people go on when it is active again.
    const Status admitted = m_users.admit(*user);
    if (!admitted)
        return failure(Error::Unauthenticated, admitted.error().message, admitted.error().subject);
    return issue(std::move(session), user);
}

Result<Tokens> Sessions::renew(const Identity &identity)
{
    const base::MutexLock change(m_changeMutex);
    const UserPtr user = m_users.find(identity.user->id);
    if (user == nullptr || !m_users.admit(*user))
        return sessionOver();
    Session session = newSession(*user);
    for (Session &existing : ofUser(user->id)) {
        if (existing.id == identity.sessionId && !isOver(existing, *user))
            session = std::move(existing);
    }
    return issue(std::move(session), user);
}

Result<Tokens> Sessions::issue(Session session, const UserPtr &user)
{
    const std::int64_t now = m_records.clock().unixMs();
    Tokens tokens;
    ++session.generation;
    tokens.refresh = session.id + '.' + std::to_string(session.generation) + '.' + crypto::randomToken();
    tokens.access = signToken({user->id, session.id, now / kMsPerSecond, now / kMsPerSecond + kAccessSeconds},
                              *tokenKey());
    tokens.expiresInSeconds = kAccessSeconds;
    tokens.user = user;
    session.refreshHash = crypto::sha256Hex(asBytes(tokens.refresh));
    session.expiresMs = now + kRefreshMs;
    std::vector<Change> changes;
    changes.push_back(
        Change::put(Kind::Session, session.id,
                    protocol::toJson(SessionBody{session.userId, session.refreshHash, session.generation,
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
    {
        const std::unique_lock lock(m_mutex);
        for (const std::string &id : ids)
            m_sessions.erase(id);
    }
    return m_keys.removeTemporary(ids);
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
               verifyToken(accessToken, *tokenKey(), m_records.clock().unixMs() / kMsPerSecond));
    const UserPtr user = m_users.find(token.userId);
    if (user == nullptr || !user->isActive())
        return sessionOver();
    {
        const std::shared_lock lock(m_mutex);
        const auto found = m_sessions.find(token.sessionId);
        if (found == m_sessions.end() || found->second.userId != token.userId || isOver(found->second, *user))
            return sessionOver();
    }
    const Status admitted = m_users.admit(*user);
    if (!admitted)
        return failure(Error::Unauthenticated, admitted.error().message, admitted.error().subject);
    return Identity{user, nullptr, token.sessionId};
}

std::size_t Sessions::count() const
{
    const std::shared_lock lock(m_mutex);
    return m_sessions.size();
}

bool Sessions::hasEnded(const std::string &sessionId) const
{
    {
        const std::shared_lock lock(m_mutex);
        if (m_sessions.contains(sessionId))
            return false;
    }
    const auto record = m_records.find(Kind::Session, sessionId);
    return record && *record && (*record)->deleted;
}

std::vector<Change> Sessions::removalOf(std::string_view userId) const
{
    std::vector<Change> changes;
    for (const Session &session : ofUser(userId))
        changes.push_back(Change::remove(Kind::Session, session.id));
    return changes;
}

Sessions::TakenOver Sessions::takeOver(const std::vector<std::string> &ids)
{
    TakenOver taken;
    const base::MutexLock change(m_changeMutex);
    for (const std::string &id : ids) {
        const auto record = m_records.find(Kind::Session, id);
        const bool live = record && *record && !(*record)->deleted;
        auto session = live ? sessionOf(**record) : Result<Session>();
        if (!record || !session) {
            reportUnreadable(record ? session.error() : record.error());
            continue;
        }
        const std::unique_lock lock(m_mutex);
        if (live) {
            taken.present.push_back(*session);
            m_sessions.insert_or_assign(id, *std::move(session));
        } else {
            taken.ended.push_back(id);
            m_sessions.erase(id);
        }
    }
    return taken;
}

}  // namespace maxiofs::identity
