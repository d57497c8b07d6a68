// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/user_records.h"

#include "identity/unreadable.h"
#include "records/record_body.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

using records::Change;
using records::Kind;
using records::Record;

namespace {

struct ProfileBody {
    std::string username;
    std::int64_t nameTakenMs = 0;
    std::string displayName;
    std::string email;
    std::vector<Role> roles;
    std::string tenantId;
    UserStatus status = UserStatus::Active;
    std::string canonicalId;
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;
};

struct PreferencesBody {
    std::string theme;
    std::string language;
    QJsonObject metadata;
};

struct PasswordBody {
    bool initial = false;
    std::int64_t setMs = 0;
    std::string keptSession;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ProfileBody>
void listFields(V &visit, S &s)
{
    visit.required("username"_L1, s.username);
    visit.field("name_taken_ms"_L1, s.nameTakenMs);
    visit.field("display_name"_L1, s.displayName);
    visit.field("email"_L1, s.email);
    visit.required("roles"_L1, s.roles);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.required("status"_L1, s.status);
    visit.required("canonical_id"_L1, s.canonicalId);
    visit.field("created_ms"_L1, s.createdMs);
    visit.field("updated_ms"_L1, s.updatedMs);
}

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, PreferencesBody>
void listFields(V &visit, S &s)
{
    visit.field("theme"_L1, s.theme);
    visit.field("language"_L1, s.language);
    visit.field("metadata"_L1, s.metadata);
}

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, PasswordBody>
void listFields(V &visit, S &s)
{
    visit.field("initial"_L1, s.initial);
    visit.field("set_ms"_L1, s.setMs);
    visit.field("kept_session"_L1, s.keptSession);
}

Status takeProfile(const Record &record, User &user)
{
    TRY_ASSIGN(ProfileBody body, records::readBody<ProfileBody>(Kind::UserProfile, record));
    user.id = record.id;
    user.username = body.username;
    user.chosenName = body.username;
    // Records of the first version have no time of the name: it is as old as the user.
    user.nameTakenMs = body.nameTakenMs != 0 ? body.nameTakenMs : body.createdMs;
    user.displayName = body.displayName;
    user.email = body.email;
    user.roles = body.roles;
    user.tenantId = body.tenantId;
    user.status = body.status;
    user.canonicalId = body.canonicalId;
    user.createdMs = body.createdMs;
    user.updatedMs = body.updatedMs;
    return {};
}

Status takePreferences(const Record &record, User &user)
{
    TRY_ASSIGN(PreferencesBody body, records::readBody<PreferencesBody>(Kind::UserPreferences, record));
    user.theme = body.theme;
    user.language = body.language;
    user.metadata = body.metadata;
    return {};
}

Status takePassword(const Record &record, StoredUser &stored)
{
    TRY_ASSIGN(const auto body, records::readBody<PasswordBody>(Kind::UserPassword, record));
    stored.user.initialPassword = body.initial;
    stored.user.passwordMs = body.setMs;
    stored.user.keptSession = body.keptSession;
    stored.passwordHash = toText(record.secret.view());
    return {};
}

bool isLive(const Record *record)
{
    return record != nullptr && !record->deleted;
}

bool isTombstone(const Record *record)
{
    return record != nullptr && record->deleted;
}

}  // namespace

Change profileChange(const User &user)
{
    return Change::put(Kind::UserProfile, user.id,
                       protocol::toJson(ProfileBody{user.chosenName, user.nameTakenMs, user.displayName,
                                                    user.email, user.roles, user.tenantId, user.status,
                                                    user.canonicalId, user.createdMs, user.updatedMs}));
}

Change preferencesChange(const User &user)
{
    return Change::put(Kind::UserPreferences, user.id,
                       protocol::toJson(PreferencesBody{user.theme, user.language, user.metadata}));
}

Change passwordChange(const User &user, std::string_view hash)
{
    return Change::put(
        Kind::UserPassword, user.id,
        protocol::toJson(PasswordBody{user.initialPassword, user.passwordMs, user.keptSession}),
        crypto::SecretBytes(asBytes(hash)));
}

std::vector<Change> userRemoval(const std::string &id)
{
    std::vector<Change> changes;
    changes.push_back(Change::remove(Kind::UserProfile, id));
    changes.push_back(Change::remove(Kind::UserPassword, id));
    changes.push_back(Change::remove(Kind::UserPreferences, id));
    return changes;
}

Result<std::vector<StoredUser>> loadUsers(records::Records &records)
{
    std::map<std::string, StoredUser> users;
    TRY_ASSIGN(const auto profiles, records.load(Kind::UserProfile));
    for (const Record &record : profiles) {
        StoredUser stored;
        const Status taken = takeProfile(record, stored.user);
        if (taken)
            users[record.id] = std::move(stored);
        else
            reportUnreadable(taken.error());
    }
    TRY_ASSIGN(const auto passwords, records.load(Kind::UserPassword));
    for (const Record &record : passwords) {
        const auto user = users.find(record.id);
        if (user == users.end())
            continue;
        const Status taken = takePassword(record, user->second);
        if (!taken)
            reportUnreadable(taken.error());
    }
    TRY_ASSIGN(const auto preferences, records.load(Kind::UserPreferences));
    for (const Record &record : preferences) {
        const auto user = users.find(record.id);
        if (user == users.end())
            continue;
        const Status taken = takePreferences(record, user->second.user);
        if (!taken)
            reportUnreadable(taken.error());
    }
    std::vector<StoredUser> loaded;
    for (auto &[id, stored] : users) {
        // The usual user has a password; one without may be a leftover of a deletion.
        if (stored.passwordHash.empty()) {
            TRY_ASSIGN(const auto password, records.find(Kind::UserPassword, id));
            if (password && password->deleted)
                continue;
        }
        loaded.push_back(std::move(stored));
    }
    return loaded;
}

Result<ReadUser> readUser(records::Records &records, const std::string &id)
{
    TRY_ASSIGN(
        const auto found,
        records.findAll({{Kind::UserProfile, id}, {Kind::UserPassword, id}, {Kind::UserPreferences, id}}));
    const auto recordOf = [&](Kind kind) -> const Record * {
        const auto record = std::ranges::find(found, kind, &Record::kind);
        return record == found.end() ? nullptr : &*record;
    };
    const Record *const profile = recordOf(Kind::UserProfile);
    const Record *const password = recordOf(Kind::UserPassword);
    const Record *const preferences = recordOf(Kind::UserPreferences);
    ReadUser read;
    read.deleted = isTombstone(profile) || isTombstone(password);
    if (read.deleted) {
        read.hasLeftover = isLive(profile) || isLive(password) || isLive(preferences);
        return read;
    }
    if (!isLive(profile))
        return read;
    StoredUser stored;
    TRY_STATUS(takeProfile(*profile, stored.user));
    if (isLive(password))
        TRY_STATUS(takePassword(*password, stored));
    if (isLive(preferences))
        TRY_STATUS(takePreferences(*preferences, stored.user));
    read.user = std::move(stored);
    return read;
}

}  // namespace maxiofs::identity
