// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/access_key_endpoints.h"

#include "api/console/views.h"

namespace maxiofs::api::console {

namespace {

identity::AccessKeyEdit editOf(const protocol::AccessKeyChange &change, const QJsonObject &body)
{
    identity::AccessKeyEdit edit{change.description, change.enabled, change.readOnly,
                                 change.buckets,     change.prefix,  std::nullopt};
    const QJsonValue expires = body.value(QLatin1StringView("expires_at"));
    if (change.expiresAt)
        edit.expiresMs = change.expiresAt->unixMs;
    else if (expires.isNull())  // null takes an expiry away; a field that is not there changes nothing
        edit.expiresMs = 0;
    return edit;
}

// The key named by the path, if it is that user's: else one user's rights would reach another's keys.
Result<identity::AccessKeyPtr> keyOf(const Call &call)
{
    identity::AccessKeyPtr key = call.context.identities.keys().find(call.parameters[1]);
    if (key == nullptr || key->isTemporary() || key->userId != call.parameters[0])
        return failure(Error::NotFound, "There is no access key " + call.parameters[1] + " of this user.",
                       call.parameters[1]);
    return key;
}

}  // namespace

Result<Answer> listAccessKeys(Call &call)
{
    TRY_ASSIGN(const std::size_t limit, call.limit());
    const std::string after = call.parameter("after");
    std::vector<protocol::AccessKey> keys;
    for (const identity::AccessKeyPtr &key : call.context.identities.keys().ofUser(call.parameters[0])) {
        if (key->id > after)
            keys.push_back(viewOf(*key));
    }
    return Answer::ok(protocol::pageToJson(pageOf(std::move(keys), limit, &protocol::AccessKey::id)));
}

Result<Answer> createAccessKey(Call &call)
{
    TRY_ASSIGN(const auto change, protocol::fromJson<protocol::AccessKeyChange>(call.body));
    identity::NewAccessKey wanted;
    wanted.userId = call.parameters[0];
    wanted.limits = editOf(change, call.body);
    TRY_ASSIGN(const auto made, call.context.identities.keys().create(wanted));
    protocol::AccessKey view = viewOf(*made.key);
    call.note.resource = view.id;
    call.note.after = protocol::toJson(view);
    view.secret = made.secret;
    return Answer::created(protocol::toJson(view));
}

Result<Answer> changeAccessKey(Call &call)
{
    TRY_ASSIGN(const auto change, protocol::fromJson<protocol::AccessKeyChange>(call.body));
    TRY_ASSIGN(const identity::AccessKeyPtr before, keyOf(call));
    call.note.resource = before->id;
    call.note.before = protocol::toJson(viewOf(*before));
    TRY_ASSIGN(const identity::AccessKeyPtr key,
               call.context.identities.keys().edit(before->id, editOf(change, call.body)));
    const QJsonObject view = protocol::toJson(viewOf(*key));
    call.note.after = view;
    return Answer::ok(view);
}

Result<Answer> deleteAccessKey(Call &call)
{
    TRY_ASSIGN(const identity::AccessKeyPtr key, keyOf(call));
    call.note.resource = key->id;
    call.note.before = protocol::toJson(viewOf(*key));
    TRY_STATUS(call.context.identities.keys().remove(key->id));
    return Answer::done("The access key " + key->id + " was deleted.");
}

}  // namespace maxiofs::api::console
