// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/access_keys.h"

#include "crypto/random_token.h"
#include "identity/unreadable.h"
#include "records/record_body.h"

#include <algorithm>
#include <mutex>

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

using records::Change;
using records::Kind;

namespace {

constexpr std::size_t kShortestId = 3;
constexpr std::size_t kLongestId = 128;
constexpr std::size_t kShortestSecret = 8;
constexpr std::size_t kLongestSecret = 128;
constexpr std::size_t kMostBuckets = 100;
constexpr std::size_t kLongestPrefix = 1024;
constexpr std::size_t kLongestDescription = 1024;

struct KeyBody {
    std::string userId;
    std::string description;
    bool enabled = true;
    bool readOnly = false;
    std::vector<std::string> buckets;
    std::string prefix;
    std::int64_t expiresMs = 0;
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;
    std::string sessionId;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, KeyBody>
void listFields(V &visit, S &s)
{
    visit.required("user_id"_L1, s.userId);
    visit.field("description"_L1, s.description);
    visit.required("enabled"_L1, s.enabled);
    visit.required("read_only"_L1, s.readOnly);
    visit.required("buckets"_L1, s.buckets);
    visit.required("prefix"_L1, s.prefix);
    visit.required("expires_ms"_L1, s.expiresMs);
    visit.field("created_ms"_L1, s.createdMs);
    visit.field("updated_ms"_L1, s.updatedMs);
    visit.unlessEmpty("session_id"_L1, s.sessionId);
}

void applyEdit(AccessKey &key, const AccessKeyEdit &edit)
{
    key.description = edit.description.value_or(key.description);
    key.enabled = edit.enabled.value_or(key.enabled);
    key.readOnly = edit.readOnly.value_or(key.readOnly);
    key.buckets = edit.buckets.value_or(key.buckets);
    key.prefix = edit.prefix.value_or(key.prefix);
    key.expiresMs = edit.expiresMs.value_or(key.expiresMs);
}

bool isPlain(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    });
}

Status check(const AccessKey &key, std::string_view secret)
{
    if (key.id.size() < kShortestId || key.id.size() > kLongestId || !isPlain(key.id)) {
        return failure(Error::InvalidArgument,
                       "An access key id has 3 to 128 letters, digits, dots, hyphens and underscores.", "id");
    }
    if (secret.size() < kShortestSecret || secret.size() > kLongestSecret)
        return failure(Error::InvalidArgument, "A secret key has 8 to 128 characters.", "secret");
    if (key.buckets.size() > kMostBuckets)
        return failure(Error::InvalidArgument, "An access key names at most 100 buckets.", "buckets");
    if (key.prefix.size() > kLongestPrefix)
        return failure(Error::InvalidArgument, "A prefix has at most 1024 bytes.", "prefix");
    if (key.description.size() > kLongestDescription)
        return failure(Error::InvalidArgument, "A description has at most 1024 bytes.", "description");
    return {};
}

std::unexpected<Error> noSuchKey(std::string_view id)
{
    return failure(Error::NotFound, "There is no access key " + std::string(id) + ".", std::string(id));
}

}  // namespace

// A key with its secret, and the signing keys that were made from it lately. The key itself is replaced with
// the entry, never changed.
struct AccessKeys::Entry {
    Entry(AccessKey limits, std::string_view secretText)
        : key(std::make_shared<const AccessKey>(std::move(limits))),
          secret(asBytes(secretText))
    {
    }

    sigv4::SigningKey signingKey(std::string_view day, std::string_view region)
    {
        const base::MutexLock lock(mutex);
        for (const Made &made : kept) {
            if (made.day == day && made.region == region)
                return made.key;
        }
        Made &slot = kept[next++ % kept.size()];
        slot = {std::string(day), std::string(region), sigv4::signingKey(asText(secret.view()), day, region)};
        return slot.key;
    }

    struct Made {
        std::string day;
        std::string region;
        sigv4::SigningKey key{};
    };

    const AccessKeyPtr key;
    const crypto::SecretBytes secret;

    base::Mutex mutex;
    std::array<Made, kKeptSigningKeys> kept GUARDED_BY(mutex);
    std::size_t next GUARDED_BY(mutex) = 0;
};

namespace {

Result<AccessKey> accessKeyOf(const records::Record &record)
{
    TRY_ASSIGN(KeyBody body, records::readBody<KeyBody>(Kind::AccessKey, record));
    return AccessKey{record.id,      body.userId,    body.description, body.enabled,
                     body.readOnly,  body.buckets,   body.prefix,      body.expiresMs,
                     body.createdMs, body.updatedMs, body.sessionId};
}

}  // namespace

Result<std::unique_ptr<AccessKeys>> AccessKeys::load(records::Records &records, const Users &users,
                                                     const Tenants &tenants)
{
    std::unique_ptr<AccessKeys> keys(new AccessKeys(records, users, tenants));
    TRY_ASSIGN(const auto stored, records.load(Kind::AccessKey));
    for (const auto &record : stored) {
        auto key = accessKeyOf(record);
        if (!key) {
            reportUnreadable(key.error());
            continue;
        }
        const std::unique_lock lock(keys->m_mutex);
        keys->m_entries.emplace(record.id,
                                std::make_shared<Entry>(*std::move(key), asText(record.secret.view())));
    }
    TRY_STATUS(keys->removeExpiredTemporary());
    return keys;
}

AccessKeys::EntryPtr AccessKeys::entry(std::string_view accessKeyId) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_entries.find(accessKeyId);
    return found == m_entries.end() ? nullptr : found->second;
}

Result<Signer> AccessKeys::findSigner(std::string_view accessKeyId, std::string_view day,
                                      std::string_view region) const
{
    const EntryPtr found = entry(accessKeyId);
    const UserPtr user = found == nullptr ? nullptr : m_users.find(found->key->userId);
    if (user == nullptr) {
        return failure(Error::Unauthenticated,
                       "The access key " + std::string(accessKeyId) + " does not exist.",
                       std::string(accessKeyId));
    }
    const AccessKey &key = *found->key;
    if (!key.enabled)
        return failure(Error::Denied, "The access key " + key.id + " is disabled.", key.id);
    if (key.expiresMs != 0 && key.expiresMs <= m_records.clock().unixMs())
        return failure(Error::Denied, "The access key " + key.id + " has expired.", key.id);
    // Without names: the signature is not checked yet.
    if (!user->isActive())
        return failure(Error::Denied, "The user of the access key " + key.id + " is disabled.", key.id);
    if (!m_users.admit(*user))
        return failure(Error::Denied, "The tenant of the access key " + key.id + " is disabled.", key.id);
    return Signer{{user, found->key, {}}, found->signingKey(day, region)};
}

AccessKeyPtr AccessKeys::find(std::string_view accessKeyId) const
{
    const EntryPtr found = entry(accessKeyId);
    return found == nullptr ? nullptr : found->key;
}

std::vector<AccessKeyPtr> AccessKeys::all(const std::function<bool(const AccessKey &)> &matches) const
{
    std::vector<AccessKeyPtr> keys;
    const std::shared_lock lock(m_mutex);
    for (const auto &[id, found] : m_entries) {
        if (matches(*found->key))
            keys.push_back(found->key);
    }
    return keys;
}

std::vector<AccessKeyPtr> AccessKeys::ofUser(std::string_view userId) const
{
    auto keys = all([&](const AccessKey &key) { return key.userId == userId && !key.isTemporary(); });
    std::ranges::sort(keys, {}, [](const AccessKeyPtr &key) { return key->id; });
    return keys;
}

std::map<std::string, std::size_t> AccessKeys::countByTenant() const
{
    std::map<std::string, std::size_t> counts;
    for (const AccessKeyPtr &key : all([](const AccessKey &key) { return !key.isTemporary(); })) {
        const UserPtr user = m_users.find(key->userId);
        if (user != nullptr && !user->tenantId.empty())
            ++counts[user->tenantId];
    }
    return counts;
}

Status AccessKeys::checkTenantQuota(std::string_view userId) const
{
    const UserPtr user = m_users.find(userId);
    const TenantPtr tenant = user == nullptr ? nullptr : m_tenants.find(user->tenantId);
    if (tenant == nullptr || !tenant->quota.accessKeys)
        return {};
    if (countByTenant()[tenant->id] < static_cast<std::uint64_t>(*tenant->quota.accessKeys))
        return {};
    return failure(Error::Quota,
                   "The tenant " + tenant->name + " has as many access keys as its quota allows, " +
                       std::to_string(*tenant->quota.accessKeys) + ": delete one first.",
                   tenant->id);
}

Status AccessKeys::write(const AccessKey &key, std::string_view secret)
{
    std::vector<Change> changes;
    changes.push_back(Change::put(
        Kind::AccessKey, key.id,
        protocol::toJson(KeyBody{key.userId, key.description, key.enabled, key.readOnly, key.buckets,
                                 key.prefix, key.expiresMs, key.createdMs, key.updatedMs, key.sessionId}),
        crypto::SecretBytes(asBytes(secret))));
    return m_records.apply(changes);
}

Result<MadeAccessKey> AccessKeys::create(const NewAccessKey &wanted)
{
    AccessKey key;
    key.id = wanted.id.empty() ? crypto::randomAccessKeyId() : wanted.id;
    key.userId = wanted.userId;
    key.createdMs = m_records.clock().unixMs();
    key.updatedMs = key.createdMs;
    applyEdit(key, wanted.limits);
    const std::string secret = wanted.secret.empty() ? crypto::randomSecretKey() : wanted.secret;
    TRY_STATUS(check(key, secret));

    const base::MutexLock change(m_changeMutex);
    if (m_users.find(key.userId) == nullptr)
        return failure(Error::NotFound, "There is no user " + key.userId + ".", key.userId);
    if (find(key.id) != nullptr)
        return failure(Error::AlreadyExists, "There is already an access key " + key.id + ".", key.id);
    if (ofUser(key.userId).size() >= kMaxPerUser)
        return failure(Error::Quota, "A user has at most 100 access keys: delete one first.", key.userId);
    TRY_STATUS(checkTenantQuota(key.userId));
    TRY_STATUS(write(key, secret));

    const auto made = std::make_shared<Entry>(std::move(key), secret);
    const std::unique_lock lock(m_mutex);
    m_entries.insert_or_assign(made->key->id, made);
    return MadeAccessKey{made->key, secret};
}

Result<AccessKeyPtr> AccessKeys::edit(std::string_view accessKeyId, const AccessKeyEdit &edit)
{
    const base::MutexLock change(m_changeMutex);
    const EntryPtr existing = entry(accessKeyId);
    if (existing == nullptr || existing->key->isTemporary())
        return noSuchKey(accessKeyId);
    AccessKey key = *existing->key;
    applyEdit(key, edit);
    key.updatedMs = m_records.clock().unixMs();
    const std::string_view secret = asText(existing->secret.view());
    TRY_STATUS(check(key, secret));
    TRY_STATUS(write(key, secret));

    const auto made = std::make_shared<Entry>(std::move(key), secret);
    const std::unique_lock lock(m_mutex);
    m_entries.insert_or_assign(made->key->id, made);
    return made->key;
}

Status AccessKeys::removeAll(const std::vector<AccessKeyPtr> &keys)
{
    if (keys.empty())
        return {};
    std::vector<Change> changes;
    changes.reserve(keys.size());
    for (const AccessKeyPtr &key : keys)
        changes.push_back(Change::remove(Kind::AccessKey, key->id));
    TRY_STATUS(m_records.apply(changes));
    const std::unique_lock lock(m_mutex);
    for (const AccessKeyPtr &key : keys)
        m_entries.erase(key->id);
    return {};
}

Status AccessKeys::remove(std::string_view accessKeyId)
{
    const base::MutexLock change(m_changeMutex);
    const AccessKeyPtr key = find(accessKeyId);
    if (key == nullptr || key->isTemporary())
        return noSuchKey(accessKeyId);
    return removeAll({key});
}

Status AccessKeys::removeAllOf(std::string_view userId)
{
    const base::MutexLock change(m_changeMutex);
    return removeAll(all([&](const AccessKey &key) { return key.userId == userId; }));
}

std::vector<Change> AccessKeys::removalOf(std::string_view userId) const
{
    std::vector<Change> changes;
    for (const AccessKeyPtr &key : all([&](const AccessKey &key) { return key.userId == userId; }))
        changes.push_back(Change::remove(Kind::AccessKey, key->id));
    return changes;
}

Result<MadeAccessKey> AccessKeys::createTemporary(std::string_view userId, std::string_view sessionId)
{
    TRY_STATUS(removeExpiredTemporary());
    const std::int64_t now = m_records.clock().unixMs();
    AccessKey key;
    key.id = crypto::randomAccessKeyId();
    key.userId = userId;
    key.description = "desktop";
    key.createdMs = now;
    key.updatedMs = now;
    key.expiresMs = now + kTemporaryMs;
    key.sessionId = sessionId;
    const std::string secret = crypto::randomSecretKey();

    const base::MutexLock change(m_changeMutex);
    auto others = all([&](const AccessKey &other) { return other.sessionId == sessionId; });
    std::ranges::sort(others, {}, [](const AccessKeyPtr &other) { return other->createdMs; });
    others.resize(others.size() - std::min(others.size(), kMaxPerSession - 1));
    TRY_STATUS(removeAll(others));
    TRY_STATUS(write(key, secret));
    const auto made = std::make_shared<Entry>(std::move(key), secret);
    const std::unique_lock lock(m_mutex);
    m_entries.insert_or_assign(made->key->id, made);
    return MadeAccessKey{made->key, secret};
}

Status AccessKeys::removeTemporary(const std::vector<std::string> &sessionIds)
{
    const base::MutexLock change(m_changeMutex);
    return removeAll(all([&](const AccessKey &key) {
        return key.isTemporary() && std::ranges::find(sessionIds, key.sessionId) != sessionIds.end();
    }));
}

Status AccessKeys::removeExpiredTemporary()
{
    const base::MutexLock change(m_changeMutex);
    const std::int64_t now = m_records.clock().unixMs();
    return removeAll(all([&](const AccessKey &key) { return key.isTemporary() && key.expiresMs <= now; }));
}

std::vector<AccessKeyPtr> AccessKeys::takeOver(const std::vector<std::string> &ids)
{
    std::vector<AccessKeyPtr> present;
    const base::MutexLock change(m_changeMutex);
    for (const std::string &id : ids) {
        const auto record = m_records.find(Kind::AccessKey, id);
        const bool live = record && *record && !(*record)->deleted;
        auto key = live ? accessKeyOf(**record) : Result<AccessKey>();
        if (!record || !key) {
            reportUnreadable(record ? key.error() : record.error());
            continue;
        }
        const std::unique_lock lock(m_mutex);
        if (!live) {
            m_entries.erase(id);
            continue;
        }
        const auto made = std::make_shared<Entry>(*std::move(key), asText((*record)->secret.view()));
        m_entries.insert_or_assign(id, made);
        present.push_back(made->key);
    }
    return present;
}

}  // namespace maxiofs::identity
