// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/authentication.h"

#include "sigv4/verify.h"

#include <array>

namespace maxiofs::api::s3 {

namespace {

S3Error withKeyId(S3Error error, const sigv4::Authorization &authorization)
{
    if (error.kind.code == errors::kSignatureDoesNotMatch.code) {
        error.details.emplace(error.details.begin(), "SignatureProvided", authorization.signature);
        error.details.emplace(error.details.begin(), "AWSAccessKeyId", authorization.accessKeyId);
    }
    return error;
}

}  // namespace

S3Result<Caller> authenticate(const http::RequestHead &head, const identity::AccessKeys &keys,
                              std::int64_t nowMs)
{
    std::array<sigv4::HeaderView, http::RequestHead::kMaxFields> fields;
    const std::size_t count = std::min(head.fieldCount(), fields.size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto field = head.field(i);
        fields[i] = {field.name, field.value};
    }
    const sigv4::RequestView view{head.method(), head.path(), head.query(), std::span(fields).first(count)};

    auto authorization = sigv4::parseAuthorization(view, nowMs);
    if (!authorization)
        return refuse(fromAuth(authorization.error()));
    if (authorization->kind == sigv4::Authorization::Kind::Anonymous)
        return refuse(S3Error(errors::kAccessDenied));
    if (!authorization->securityToken.empty())
        return refuse(S3Error(errors::kInvalidToken).with("Token-0", authorization->securityToken));

    auto signer = keys.findSigner(authorization->accessKeyId, authorization->day, authorization->region);
    if (!signer) {
        if (signer.error().code == Error::Unauthenticated)
            return refuse(
                S3Error(errors::kInvalidAccessKeyId).with("AWSAccessKeyId", authorization->accessKeyId));
        return refuse(S3Error(errors::kAccessDenied, signer.error().message));
    }
    if (const auto verified = sigv4::verify(*authorization, view, signer->key); !verified)
        return refuse(withKeyId(fromAuth(verified.error()), *authorization));
    return Caller{*std::move(signer), *std::move(authorization)};
}

}  // namespace maxiofs::api::s3
