// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/json.h"

#include "protocol/field_codec.h"

#include <QDateTime>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, MissingNode>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.field("name"_L1, s.name);
    visit.field("reason"_L1, s.reason);
}
MAXIOFS_PROTOCOL_STRUCT(MissingNode)

namespace {

constexpr std::int64_t kMsPerSecond = 1000;

}  // namespace

std::string toIso(Time time)
{
    const Qt::DateFormat format = time.unixMs % kMsPerSecond == 0 ? Qt::ISODate : Qt::ISODateWithMs;
    return QDateTime::fromMSecsSinceEpoch(time.unixMs, Qt::UTC).toString(format).toStdString();
}

std::optional<Time> fromIso(std::string_view text)
{
    // A time without a zone would be read as local time: refuse it.
    if (text.size() < 20 || (!text.ends_with('Z') && text.find_first_of("+-", 19) == text.npos))
        return std::nullopt;
    const auto time = QDateTime::fromString(QString::fromUtf8(QByteArrayView(text)), Qt::ISODateWithMs);
    if (!time.isValid())
        return std::nullopt;
    return Time{time.toMSecsSinceEpoch()};
}

QByteArray toText(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

Result<QJsonObject> parseObject(const QByteArray &text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError) {
        return failure(Error::InvalidArgument, "The text is not JSON: " + error.errorString().toStdString() +
                                                   " at byte " + std::to_string(error.offset) + ".");
    }
    if (!document.isObject())
        return failure(Error::InvalidArgument, "The document must be an object.");
    return document.object();
}

}  // namespace maxiofs::protocol
