// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/users.h"
#include "sigv4/signing_key.h"

namespace maxiofs::identity {

struct AccessKeyEdit {
    std::optional<std::string> description;
    std::optional<bool> enabled;
    std::optional<bool> readOnly;
    std::optional<std::vector<std::string>> buckets;
    std::optional<std::string> prefix;
    std::optional<std::int64_t> expiresMs;
};

struct NewAccessKey {
    std::string userId;
    std::string id;      // empty: a random one
    std::string secret;  // empty: a random one
    AccessKeyEdit limits;
};

struct MadeAccessKey {
    AccessKeyPtr key;
    std::string secret;  // to be shown once
};

// Who signed an S3 request, and the key to check the signature with.
struct Signer {
    Identity identity;
    sigv4::SigningKey key{};
};

// The S3 access keys. findSigner() is on the path of every S3 request: two shared locks, two look-ups and,
// but for the first request of a key, day and region, no HMAC. Any thread; changes write to the disk.
class AccessKeys {
public:
    static constexpr std::size_t kMaxPerUser = 100;
    static constexpr std::size_t kMaxPerSession = 20;  // temporary ones; the oldest ends
    static constexpr std::int64_t kTemporaryMs = 3'600'000;
    static constexpr std::size_t kKeptSigningKeys = 4;  // for each access key

    /// All must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<AccessKeys>> load(records::Records &records,
                                                                  const Users &users, const Tenants &tenants);

    /// Unauthenticated for an unknown access key id (S3: InvalidAccessKeyId); Denied for a key that is
    /// disabled or has expired and for a disabled user or tenant. `day` as in the credential scope
    /// ("20130524").
    [[nodiscard]] Result<Signer> findSigner(std::string_view accessKeyId, std::string_view day,
                                            std::string_view region) const;

    /// Null when there is none.
    [[nodiscard]] AccessKeyPtr find(std::string_view accessKeyId) const;
    /// A user's lasting keys in order of id.
    [[nodiscard]] std::vector<AccessKeyPtr> ofUser(std::string_view userId) const;
    /// How many lasting keys the users of each tenant have.
    [[nodiscard]] std::map<std::string, std::size_t> countByTenant() const;

    /// Quota when user or tenant have as many as they may.
    [[nodiscard]] Result<MadeAccessKey> create(const NewAccessKey &wanted);
    [[nodiscard]] Result<AccessKeyPtr> edit(std::string_view accessKeyId, const AccessKeyEdit &edit);
    [[nodiscard]] Status remove(std::string_view accessKeyId);
    [[nodiscard]] Status removeAllOf(std::string_view userId);
    /// The changes that remove a user's keys, for a transaction of the caller's, which calls takeOver() then.
    [[nodiscard]] std::vector<records::Change> removalOf(std::string_view userId) const;

    /// A key for an hour that ends with the session it was made for.
    [[nodiscard]] Result<MadeAccessKey> createTemporary(std::string_view userId, std::string_view sessionId);
    [[nodiscard]] Status removeTemporary(const std::vector<std::string> &sessionIds);
    /// Those that ended by themselves.
    [[nodiscard]] Status removeExpiredTemporary();

    /// Takes over from auth.db what a merge brought; the keys that are there now.
    std::vector<AccessKeyPtr> takeOver(const std::vector<std::string> &ids);

private:
    struct Entry;
    using EntryPtr = std::shared_ptr<Entry>;

    AccessKeys(records::Records &records, const Users &users, const Tenants &tenants)
        : m_records(records),
          m_users(users),
          m_tenants(tenants)
    {
    }
    [[nodiscard]] EntryPtr entry(std::string_view accessKeyId) const;
    [[nodiscard]] std::vector<AccessKeyPtr> all(const std::function<bool(const AccessKey &)> &matches) const;
    [[nodiscard]] Status write(const AccessKey &key, std::string_view secret);
    [[nodiscard]] Status removeAll(const std::vector<AccessKeyPtr> &keys) REQUIRES(m_changeMutex);
    [[nodiscard]] Status checkTenantQuota(std::string_view userId) const;

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    records::Records &m_records;
    const Users &m_users;
    const Tenants &m_tenants;
    base::Mutex m_changeMutex;  // one change at a time; taken before m_mutex
    mutable std::shared_mutex m_mutex;
    std::unordered_map<std::string, EntryPtr, Hash, std::equal_to<>> m_entries;  // under m_mutex
};

}  // namespace maxiofs::identity
