// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity_fixture.h"

namespace maxiofs::identity {

using fixture::TestDirectory;
using records::Kind;

namespace merging {

// Gives `to` all that `from` has, as a pull of everything would.
inline void send(TestDirectory &from, TestDirectory &to)
{
    records::Slots all;
    all.set();
    std::vector<records::Record> records;
    for (const Kind kind : records::syncedKinds()) {
        auto page = from.records().page(kind, all, {}, std::numeric_limits<std::size_t>::max()).value();
        std::ranges::move(page.records, std::back_inserter(records));
    }
    if (!to.records().merge(std::move(records)))
        qFatal("no merge");
}

inline void exchange(TestDirectory &a, TestDirectory &b)
{
    send(a, b);
    send(b, a);
    send(a, b);  // what b removed because of what a told
}

// All that a directory answers from memory, as text.
inline QByteArray memoryOf(TestDirectory &directory)
{
    QByteArray text;
    const auto add = [&](const auto &...words) {
        ((text += QByteArray::fromStdString(words) + ' '), ...);
        text += '\n';
    };
    std::set<std::string> userIds;
    for (const UserPtr &user : directory->users().list({}, 1000)) {
        userIds.insert(user->id);
        std::string roles;
        for (const Role role : user->roles)
            roles += std::string(protocol::nameOf(role)) + ',';
        add("user", user->id, user->username, user->chosenName, user->displayName, roles, user->tenantId,
            user->canonicalId, user->theme, std::string(protocol::nameOf(user->status)),
            std::to_string(user->passwordMs), user->keptSession);
        add("name", directory->users().findByName(user->username)->id,
            directory->users().findByCanonicalId(user->canonicalId)->id);
    }
    for (const TenantPtr &tenant : directory->tenants().list({}, 1000))
        add("tenant", tenant->id, tenant->name, tenant->displayName,
            std::to_string(tenant->quota.bytes.value_or(0)), std::string(protocol::nameOf(tenant->status)));
    for (const Grant &grant : directory->grants().list({}, 1000))
        add("grant", grant.id, grant.userId, grant.tenantId, grant.bucketId.hex(),
            std::string(protocol::nameOf(grant.access)),
            std::to_string(directory->grants().ofBucket(grant.bucketId).size()));
    for (const auto &record : directory.records().load(Kind::AccessKey).value()) {
        const AccessKeyPtr key = directory->keys().find(record.id);
        if (key == nullptr)
            add("missing key", record.id);
        else
            add("key", key->id, key->userId, key->description, key->sessionId);
    }
    add("sessions", std::to_string(directory->sessions().count()));
    return text;
}

inline Status rename(TestDirectory &directory, const std::string &id, const std::string &name)
{
    UserEdit edit;
    edit.username = name;
    const auto edited = directory->users().edit(id, edit);
    return edited ? Status() : failure(edited.error());
}

}  // namespace merging

}  // namespace maxiofs::identity
