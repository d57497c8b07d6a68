// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/wire_error.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <optional>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster::link {

namespace {

constexpr Error::Code kLastCode = Error::Busy;
constexpr unsigned kUnauthorized = 401;

QString text(std::string_view bytes)
{
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

std::string bodyOf(std::string_view code, const Error &error)
{
    const QJsonObject body{{"status"_L1, u"error"_s},
                           {"code"_L1, text(code)},
                           {"message"_L1, text(error.message)},
                           {"error"_L1, text(nameOf(error.code))},
                           {"subject"_L1, text(error.subject)}};
    return QJsonDocument(body).toJson(QJsonDocument::Compact).toStdString();
}

unsigned statusOf(Error::Code code)
{
    switch (code) {
    case Error::InvalidArgument:
    case Error::Unsupported: return 400;
    case Error::Unauthenticated: return kUnauthorized;
    case Error::Denied: return 403;
    case Error::NotFound:
    case Error::NoSuchBucket:
    case Error::NoSuchKey:
    case Error::NoSuchVersion:
    case Error::NoSuchUpload: return 404;
    case Error::AlreadyExists:
    case Error::BucketNotEmpty:
    case Error::Quota: return 409;
    case Error::PreconditionFailed: return 412;
    case Error::EntityTooLarge: return 413;
    case Error::Locked: return 429;
    case Error::Busy:
    case Error::ReadOnly:
    case Error::Stopping: return 503;
    case Error::TimedOut: return 504;
    case Error::StorageFull: return 507;
    default: return 500;
    }
}

std::optional<Error::Code> errorCodeOf(std::string_view name)
{
    for (int code = 0; code <= kLastCode; ++code) {
        if (nameOf(static_cast<Error::Code>(code)) == name)
            return static_cast<Error::Code>(code);
    }
    return std::nullopt;
}

}  // namespace

std::string_view codeOf(rules::Refusal refusal)
{
    switch (refusal) {
    case rules::Refusal::Lone: return "LoneNode";
    case rules::Refusal::Joining: return "Joining";
    case rules::Refusal::UnknownNode: return kUnknownNode;
    case rules::Refusal::Removed: return kRemovedNode;
    case rules::Refusal::WrongCertificate: return kWrongCertificate;
    case rules::Refusal::WrongToken: return kBadSignature;
    }
    return {};
}

WireRefusal refusalOf(const Error &error)
{
    return {statusOf(error.code), bodyOf(nameOf(error.code), error)};
}

WireRefusal doorRefusalOf(std::string_view code, const Error &error)
{
    return {kUnauthorized, bodyOf(code, error)};
}

Error errorOf(unsigned status, std::string_view body)
{
    const QJsonObject object =
        QJsonDocument::fromJson(QByteArray(body.data(), static_cast<qsizetype>(body.size()))).object();
    std::string message = object.value("message"_L1).toString().toStdString();
    if (const auto code = errorCodeOf(object.value("error"_L1).toString().toStdString()))
        return {*code, std::move(message), object.value("subject"_L1).toString().toStdString()};
    return {Error::Closed, "The node answered with status " + std::to_string(status) +
                               (message.empty() ? "." : ": " + message)};
}

}  // namespace maxiofs::cluster::link
