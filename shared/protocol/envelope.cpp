// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/envelope.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

namespace {

constexpr auto kSuccess = "success"_L1;
constexpr auto kError = "error"_L1;

}  // namespace

QByteArray successText(const QJsonValue &data, std::string_view message)
{
    detail::FieldWriter writer;
    writer.field("status"_L1, QJsonValue(kSuccess));
    writer.field("data"_L1, data.isUndefined() ? QJsonValue(QJsonValue::Null) : data);
    writer.unlessEmpty("message"_L1, std::string(message));
    return toText(writer.object());
}

QByteArray errorText(std::string_view code, std::string_view message, std::string_view requestId,
                     const QJsonObject &details)
{
    detail::FieldWriter writer;
    writer.field("status"_L1, QJsonValue(kError));
    writer.field("code"_L1, std::string(code));
    writer.field("message"_L1, std::string(message));
    writer.field("request_id"_L1, std::string(requestId));
    if (!details.isEmpty())
        writer.field("details"_L1, details);
    return toText(writer.object());
}

Result<Envelope> parseEnvelope(const QByteArray &text)
{
    TRY_ASSIGN(const QJsonObject object, parseObject(text));
    const std::string path;
    detail::FieldReader reader(object, path);
    Envelope envelope;
    std::string status;
    reader.required("status"_L1, status);
    reader.field("message"_L1, envelope.message);
    reader.field("code"_L1, envelope.code);
    reader.field("request_id"_L1, envelope.requestId);
    reader.field("details"_L1, envelope.details);
    TRY_STATUS(reader.status());
    envelope.success = status == "success";
    if (!envelope.success && status != "error")
        return detail::wrongField("status", "\"success\" or \"error\"");
    envelope.data = object.value("data"_L1);
    return envelope;
}

}  // namespace maxiofs::protocol
