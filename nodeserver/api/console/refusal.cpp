// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/refusal.h"

#include "base/log_line.h"
#include "protocol/envelope.h"

namespace maxiofs::api::console {

namespace {

struct Kind {
    unsigned status;
    std::string_view code;
};

Kind kindOf(Error::Code code, std::string_view missing)
{
    switch (code) {
    case Error::InvalidArgument: return {400, "InvalidArgument"};
    case Error::Unauthenticated: return {401, "Unauthenticated"};
    case Error::Denied: return {403, "AccessDenied"};
    case Error::NotFound: return {404, missing};
    case Error::NoSuchBucket: return {404, "NoSuchBucket"};
    case Error::AlreadyExists: return {409, "AlreadyExists"};
    case Error::PreconditionFailed: return {409, "Conflict"};
    case Error::BucketNotEmpty: return {409, "BucketNotEmpty"};
    case Error::Quota: return {409, "LimitReached"};
    case Error::EntityTooLarge: return {413, "EntityTooLarge"};
    case Error::Locked: return {429, "TooManyAttempts"};
    case Error::Busy: return {503, "Busy"};
    case Error::ReadOnly: return {503, "ReadOnly"};
    case Error::Stopping: return {503, "Stopping"};
    case Error::StorageFull: return {507, "StorageFull"};
    default: return {500, "InternalError"};
    }
}

}  // namespace

Refusal refusalOf(const Error &error, std::string_view missing, std::string_view requestId)
{
    const Kind kind = kindOf(error.code, missing);
    if (kind.status != 500)
        return {kind.status, std::string(kind.code), error.message, {}};
    base::errorLine("Console: a request failed")
        .with("request", requestId)
        .with("error", maxiofs::nameOf(error.code))
        .with("reason", error.message);
    return {500,
            std::string(kind.code),
            "The node could not do this; its log says why at request " + std::string(requestId) + ".",
            {}};
}

QByteArray textOf(const Refusal &refusal, std::string_view requestId)
{
    return protocol::errorText(refusal.code, refusal.message, requestId, refusal.details);
}

}  // namespace maxiofs::api::console
