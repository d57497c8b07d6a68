// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/auth.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

MAXIOFS_PROTOCOL_ELSEWHERE(User)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, LoginRequest>
void listFields(V &visit, S &s)
{
    visit.required("username"_L1, s.username);
    visit.required("password"_L1, s.password);
}
MAXIOFS_PROTOCOL_STRUCT(LoginRequest)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, RefreshRequest>
void listFields(V &visit, S &s)
{
    visit.required("refresh_token"_L1, s.refreshToken);
}
MAXIOFS_PROTOCOL_STRUCT(RefreshRequest)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Session>
void listFields(V &visit, S &s)
{
    visit.required("token"_L1, s.token);
    visit.required("refresh_token"_L1, s.refreshToken);
    visit.required("expires_in"_L1, s.expiresIn, kSeconds);
    visit.required("user"_L1, s.user);
}
MAXIOFS_PROTOCOL_STRUCT(Session)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, S3Credentials>
void listFields(V &visit, S &s)
{
    visit.required("access_key_id"_L1, s.accessKeyId);
    visit.required("secret_access_key"_L1, s.secretAccessKey);
    visit.field("region"_L1, s.region);
    visit.required("expires_at"_L1, s.expiresAt);
}
MAXIOFS_PROTOCOL_STRUCT(S3Credentials)

}  // namespace maxiofs::protocol
