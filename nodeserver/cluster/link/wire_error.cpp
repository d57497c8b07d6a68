// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/wire_error.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>
#include <optional>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster::link {

namespace {

constexpr std::array kDoorCodes{kMissingHeader, kBadTimestamp, kClockSkew,        kBadNonce,    kReplayed,
                                kUnknownNode,   kRemovedNode,  kWrongCertificate, kBadSignature};
constexpr Error::Code kLastCode = Error::Busy;
constexpr unsigned kUnauthorized = 401;

QString text(std::string_view bytes)
{
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

std::string bodyOf(std::string_view code, std::string_view message, std::string_view subject)
{
    const QJsonObject body{{"status"_L1, u"error"_s},
                           {"code"_L1, text(code)},
                           {"message"_L1, text(message)},
                           {"subject"_L1, text(subject)}};
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

std::optional<Error::Code> codeOf(std::string_view name)
{
    for (int code = 0; code <= kLastCode; ++code) {
        if (nameOf(static_cast<Error::Code>(code)) == name)
            return static_cast<Error::Code>(code);
    }
    return std::nullopt;
}

}  // namespace

WireRefusal refusalOf(const Error &error)
{
    return {statusOf(error.code), bodyOf(nameOf(error.code), error.message, error.subject)};
}

WireRefusal refusalOf(std::string_view code, std::string_view message)
{
    return {kUnauthorized, bodyOf(code, message, {})};
}

Error errorOf(unsigned status, std::string_view body)
{
    const QJsonObject object =
        QJsonDocument::fromJson(QByteArray(body.data(), static_cast<qsizetype>(body.size()))).object();
    const std::string code = object.value("code"_L1).toString().toStdString();
    std::string message = object.value("message"_L1).toString().toStdString();
    if (code == kClockSkew)
        return {Error::InvalidArgument, std::move(message), "clock"};
    if (std::ranges::find(kDoorCodes, code) != kDoorCodes.end())
        return {Error::Unauthenticated, std::move(message), code};
    if (const auto known = codeOf(code))
        return {*known, std::move(message), object.value("subject"_L1).toString().toStdString()};
    return {Error::Closed, "The node answered with status " + std::to_string(status) +
                               (message.empty() ? "." : ": " + message)};
}

}  // namespace maxiofs::cluster::link
