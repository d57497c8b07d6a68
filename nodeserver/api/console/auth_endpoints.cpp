// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/auth_endpoints.h"

#include "api/console/views.h"
#include "protocol/auth.h"

namespace maxiofs::api::console {

namespace {

QJsonObject sessionOf(const identity::Tokens &tokens)
{
    return protocol::toJson(
        protocol::Session{tokens.access, tokens.refresh, tokens.expiresInSeconds, viewOf(*tokens.user)});
}

}  // namespace

Result<Answer> login(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::LoginRequest>(call.body));
    call.note.username = request.username;
    call.note.resource = request.username;
    TRY_ASSIGN(const identity::Tokens tokens,
               call.context.identities.sessions().login(request.username, request.password, call.address));
    return Answer::ok(sessionOf(tokens));
}

Result<Answer> refresh(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::RefreshRequest>(call.body));
    TRY_ASSIGN(const identity::Tokens tokens,
               call.context.identities.sessions().refresh(request.refreshToken));
    return Answer::ok(sessionOf(tokens));
}

Result<Answer> logout(Call &call)
{
    call.note.resource = call.user().username;
    TRY_STATUS(call.context.identities.sessions().logout(call.identity.sessionId));
    return Answer::done("Signed out.");
}

Result<Answer> me(Call &call)
{
    return Answer::ok(protocol::toJson(viewOf(call.user())));
}

Result<Answer> s3Credentials(Call &call)
{
    TRY_ASSIGN(const auto made,
               call.context.identities.keys().createTemporary(call.user().id, call.identity.sessionId));
    call.note.resource = made.key->id;
    return Answer::created(protocol::toJson(protocol::S3Credentials{
        made.key->id, made.secret, call.context.settings.text(records::kRegionSetting),
        protocol::Time{made.key->expiresMs}}));
}

}  // namespace maxiofs::api::console
