// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/access_keys.h"
#include "identity/access_token.h"
#include "identity/login_guard.h"

namespace maxiofs::identity {

struct Tokens {
    std::string access;
    std::string refresh;
    std::int64_t expiresInSeconds = 0;
    UserPtr user;
};

// The console's sessions: an access token of 15 minutes and a refresh token of 30 days that is good for one
// use; a second use of it ends the session. Sessions are records, so they outlive a restart and are known to
// every node of a cluster, which sign with one key. Any thread; login() takes as long as a password's hash,
// login() and refresh() write to the disk; authenticate() does neither.
class Sessions {
public:
    static constexpr std::int64_t kAccessSeconds = 15 * 60;
    static constexpr std::int64_t kRefreshMs = std::int64_t{30} * 24 * 3'600'000;
    static constexpr std::size_t kMaxPerUser = 50;  // the oldest ends

    [[nodiscard]] static Result<std::unique_ptr<Sessions>> load(records::Records &records, Users &users,
                                                                AccessKeys &keys);

    /// Unauthenticated for a wrong name or password or a disabled user, in one wording; Denied with the
    /// reason where the password is right and the user's tenant disabled; Locked after too many.
    [[nodiscard]] Result<Tokens> login(std::string_view username, std::string_view password,
                                       std::string_view address);
    /// Whether these are an administrator's: as login(), and Denied for another user, but begins no session.
    [[nodiscard]] Status checkAdministrator(std::string_view username, std::string_view password,
                                            std::string_view address);
    /// Asks the other nodes for a user by name, where a password is wrong or nobody has that name here: it
    /// may have been made or changed elsewhere a moment ago. May block. Only before the node serves.
    void seekUsersBy(std::function<void(const std::string &username)> seek) { m_seek = std::move(seek); }
    /// Unauthenticated when the session has ended; a token that was used before ends it. Busy for a token
    /// newer than what this node has heard of: another has just made it.
    [[nodiscard]] Result<Tokens> refresh(std::string_view refreshToken);
    /// New tokens for someone who is signed in, after the key that signs them has changed: of the same
    /// session, or of a new one where that is gone. Unauthenticated for a user who is gone or disabled.
    [[nodiscard]] Result<Tokens> renew(const Identity &identity);
    [[nodiscard]] Status logout(std::string_view sessionId);
    /// Ends all sessions of a user but `except`: after a change of the password, or with the user.
    [[nodiscard]] Status endAllOf(std::string_view userId, std::string_view except = {});

    /// The user as it is now, from the token of `Authorization: Bearer`. Unauthenticated, also with the
    /// reason for a disabled tenant.
    [[nodiscard]] Result<Identity> authenticate(std::string_view accessToken) const;
    [[nodiscard]] std::size_t count() const;
    /// Whether there was such a session and it was ended. May read the disk.
    [[nodiscard]] bool hasEnded(const std::string &sessionId) const;

    /// The key that signs access tokens, from now on and after a restart: the cluster's, or a new one for a
    /// node that leaves. Tokens of the former key end; refresh tokens stay good.
    [[nodiscard]] Status setTokenKey(crypto::SecretBytes key);

    /// The changes that end a user's sessions, for a transaction of the caller's, which calls takeOver()
    /// then.
    [[nodiscard]] std::vector<records::Change> removalOf(std::string_view userId) const;

    struct Session {
        std::string id;
        std::string userId;
        std::string refreshHash;      // SHA-256 of the token, hex
        std::int64_t generation = 0;  // how often it was refreshed
        std::int64_t createdMs = 0;
        std::int64_t expiresMs = 0;
    };
    struct TakenOver {
        std::vector<Session> present;
        std::vector<std::string> ended;  // ids
    };
    /// Takes over from auth.db what a merge brought.
    TakenOver takeOver(const std::vector<std::string> &ids);
    /// The same of the secrets that changed with the membership: the key that signs access tokens.
    void takeOverSecrets(const std::vector<std::string> &ids);

private:
    Sessions(records::Records &records, Users &users, AccessKeys &keys);
    [[nodiscard]] Status loadKey();
    /// Whether there is one.
    [[nodiscard]] Result<bool> readKey();
    [[nodiscard]] Result<UserPtr> checkPassword(std::string_view username, std::string_view password,
                                                std::string_view address);
    [[nodiscard]] std::shared_ptr<const crypto::SecretBytes> tokenKey() const;
    [[nodiscard]] Status removeExpired();
    [[nodiscard]] Session newSession(const User &user) const;
    [[nodiscard]] Result<Tokens> issue(Session session, const UserPtr &user) REQUIRES(m_changeMutex);
    [[nodiscard]] Status end(const std::vector<std::string> &ids) REQUIRES(m_changeMutex);
    [[nodiscard]] std::vector<Session> ofUser(std::string_view userId) const;

    records::Records &m_records;
    Users &m_users;
    AccessKeys &m_keys;
    LoginGuard m_guard;
    std::function<void(const std::string &)> m_seek;  // constant while the node serves
    base::Mutex m_changeMutex;                        // one change at a time; taken before m_mutex
    mutable std::shared_mutex m_mutex;
    std::shared_ptr<const crypto::SecretBytes> m_tokenKey;   // under m_mutex
    std::map<std::string, Session, std::less<>> m_sessions;  // under m_mutex
};

}  // namespace maxiofs::identity
